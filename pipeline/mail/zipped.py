"""Zip files from strangers: what they hold is counted before anything is unpacked, and once more while it is."""

from __future__ import annotations

import io
import zipfile

from pipeline.domain.errors import UnreadableError

MAX_ENTRIES = 500
MAX_UNPACKED = 20 * 1024 * 1024
MAX_RATIO = 200
# Below this size even a perfect ratio harms nobody.
_FREE_OF_RATIO = 1024 * 1024
_ENTRY_BYTES = 600
_END = b"PK\x05\x06"
_END_SIZE = 22
_ENCRYPTED = 0x1
_LIMITED_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class ProtectedError(UnreadableError):
    """The file opens only with a password."""


class Archive:
    """The entries of a zip file, unpacked one by one, 20 MB of them at most. Raises UnreadableError for what no letter would need."""

    def __init__(self, data: bytes) -> None:
        end = data.rfind(_END)
        entries = int.from_bytes(data[end + 10 : end + 12], "little")
        directory = int.from_bytes(data[end + 12 : end + 16], "little")
        if end < 0 or len(data) < end + _END_SIZE:
            raise UnreadableError("it is damaged")
        if entries > MAX_ENTRIES or directory > MAX_ENTRIES * _ENTRY_BYTES:
            raise UnreadableError(f"it holds more than {MAX_ENTRIES} files")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise UnreadableError("it is damaged") from error
        self._left = MAX_UNPACKED
        self.names = frozenset(self._zip.namelist())

    def read(self, name: str) -> bytes:
        """The bytes of entry *name*. Raises UnreadableError when it is absent, damaged or unpacks beyond the limits, ProtectedError for a password."""
        try:
            entry = self._zip.getinfo(name)
        except KeyError as error:
            raise UnreadableError("it is damaged") from error
        if entry.flag_bits & _ENCRYPTED:
            raise ProtectedError("it is protected by a password")
        if entry.compress_type not in _LIMITED_METHODS:
            raise UnreadableError("it is packed in an unusual way")
        self._check(entry.file_size, entry.compress_size)
        try:
            with self._zip.open(entry) as stream:
                data = stream.read(self._left + 1)
        except Exception as error:
            raise UnreadableError("it is damaged") from error
        self._check(len(data), entry.compress_size)
        self._left -= len(data)
        return data

    def _check(self, size: int, packed: int) -> None:
        if size > self._left:
            raise UnreadableError(f"it unpacks to more than {MAX_UNPACKED // 2**20} MB")
        if size > _FREE_OF_RATIO and size > packed * MAX_RATIO:
            raise UnreadableError(f"it unpacks to more than {MAX_RATIO} times its size")
