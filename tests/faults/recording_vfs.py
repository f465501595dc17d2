"""Records what SQLite asks of the disk, write by write and fsync by fsync, and builds the files as a power cut at any moment leaves them.

A thin layer over SQLite's own file system layer ("VFS"), made with ctypes in the library that Python's sqlite3 uses. What is proved
with it: the order of writes and fsyncs that SQLite and our settings give. What is taken on trust: that the disk keeps what fsync has
returned for, and the directory entries of files.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

_P, _INT, _LONG = ctypes.c_void_p, ctypes.c_int, ctypes.c_longlong
# Places in sqlite3_io_methods, counted in pointers after the version (sqlite3.h).
_CLOSE, _WRITE, _TRUNCATE, _SYNC, _METHODS = 0, 2, 3, 4, 18
_CLOSE_TYPE = ctypes.CFUNCTYPE(_INT, _P)
_WRITE_TYPE = ctypes.CFUNCTYPE(_INT, _P, _P, _INT, _LONG)
_TRUNCATE_TYPE = ctypes.CFUNCTYPE(_INT, _P, _LONG)
_SYNC_TYPE = ctypes.CFUNCTYPE(_INT, _P, _INT)
_OPEN_TYPE = ctypes.CFUNCTYPE(_INT, _P, _P, _P, _INT, _P)
_DELETE_TYPE = ctypes.CFUNCTYPE(_INT, _P, _P, _INT)


class _Methods(ctypes.Structure):
    _fields_ = [("version", _INT), ("calls", _P * _METHODS)]


class _Vfs(ctypes.Structure):
    _fields_ = [
        ("version", _INT), ("file_size", _INT), ("longest_path", _INT), ("next", _P), ("name", ctypes.c_char_p),
        ("data", _P), ("open", _P), ("delete", _P), ("calls", _P * 13),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: a write, truncate, sync or delete of a file, or a mark set by the test."""

    what: str
    file: str = ""
    offset: int = 0
    data: bytes = b""
    mark: Any = None


@dataclass(slots=True)
class Disk:
    """All steps since the recording began, over the files as they were at *start*."""

    start: dict[str, bytes]
    steps: list[Step] = field(default_factory=list)

    def mark(self, mark: Any) -> None:
        """Note something that the world has been told by now."""
        self.steps.append(Step("mark", mark=mark))

    def marks(self, until: int) -> list[Any]:
        """What the world had been told before step *until*."""
        return [step.mark for step in self.steps[:until] if step.what == "mark"]

    def after_power_cut(self, until: int, more: str, chance: random.Random) -> dict[str, bytes]:
        """The files when power is lost before step *until*: what was synced, and of what was not nothing, some writes, or a torn one."""
        safe = {name: bytearray(content) for name, content in self.start.items()}
        waiting: dict[str, list[Step]] = {}
        for step in self.steps[:until]:
            if step.what in ("write", "truncate"):
                waiting.setdefault(step.file, []).append(step)
            elif step.what == "sync":
                for one in waiting.pop(step.file, []):
                    _apply(safe, one)
            elif step.what == "delete":
                waiting.pop(step.file, None)
                safe.pop(step.file, None)
        for steps in waiting.values():
            for one in steps:
                if more.startswith("some") and chance.random() < 0.5:
                    _apply(safe, one)
                if more.endswith("torn"):
                    kept = chance.randrange(0, len(one.data) + 1, 512) if one is steps[-1] else len(one.data)
                    _apply(safe, Step(one.what, one.file, one.offset, one.data[:kept]))
        return {name: bytes(content) for name, content in safe.items()}


def _apply(files: dict[str, bytearray], step: Step) -> None:
    content = files.setdefault(step.file, bytearray())
    if step.what == "truncate":
        del content[step.offset :]
        return
    if len(content) < step.offset:
        content.extend(bytes(step.offset - len(content)))
    content[step.offset : step.offset + len(step.data)] = step.data


class _Recorder:
    """The layer itself; it must stay referenced as long as a connection made over it lives."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._names: dict[int, str] = {}
        self._methods: dict[int, tuple[_Methods, list[Any]]] = {}
        self.library = ctypes.CDLL(_sqlite3.__file__)
        self.library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        self.usual = self.library.sqlite3_vfs_find(None)
        self.vfs = _Vfs.from_buffer_copy(self.usual.contents)
        self.vfs.name = b"recording"
        self._open = _OPEN_TYPE(self.usual.contents.open)
        self._delete = _DELETE_TYPE(self.usual.contents.delete)
        self._kept = [_OPEN_TYPE(self._opened), _DELETE_TYPE(self._deleted)]
        self.vfs.open, self.vfs.delete = (ctypes.cast(one, _P).value for one in self._kept)

    def _opened(self, vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        code = self._open(vfs, name, file, flags, out)
        methods = ctypes.cast(file, ctypes.POINTER(_P))
        if code == 0 and name and methods[0]:
            self._names[file] = os.path.basename(ctypes.string_at(name).decode())  # noqa: PTH119 - not a path of ours
            methods[0] = ctypes.addressof(self._wrapped(methods[0]))
        return int(code)

    def _deleted(self, vfs: int, name: int, durable: int) -> int:
        self._disk.steps.append(Step("delete", os.path.basename(ctypes.string_at(name).decode())))  # noqa: PTH119 - the same
        return int(self._delete(vfs, name, durable))

    def _wrapped(self, address: int) -> _Methods:
        """The methods at *address* with ours in the place of those that change a file."""
        if address not in self._methods:
            usual = _Methods.from_address(address)
            made = _Methods.from_buffer_copy(usual)
            close, write = _CLOSE_TYPE(usual.calls[_CLOSE]), _WRITE_TYPE(usual.calls[_WRITE])
            truncate, sync = _TRUNCATE_TYPE(usual.calls[_TRUNCATE]), _SYNC_TYPE(usual.calls[_SYNC])

            def closed(file: int) -> int:
                self._names.pop(file, None)
                return int(close(file))

            def written(file: int, data: int, size: int, offset: int) -> int:
                self._note("write", file, offset, ctypes.string_at(data, size))
                return int(write(file, data, size, offset))

            def truncated(file: int, size: int) -> int:
                self._note("truncate", file, size)
                return int(truncate(file, size))

            def synced(file: int, flags: int) -> int:
                code = int(sync(file, flags))
                self._note("sync", file)
                return code

            ours = [_CLOSE_TYPE(closed), _WRITE_TYPE(written), _TRUNCATE_TYPE(truncated), _SYNC_TYPE(synced)]
            for place, call in zip((_CLOSE, _WRITE, _TRUNCATE, _SYNC), ours, strict=True):
                made.calls[place] = ctypes.cast(call, _P).value
            self._methods[address] = (made, [*ours, close, write, truncate, sync])
        return self._methods[address][0]

    def _note(self, what: str, file: int, offset: int = 0, data: bytes = b"") -> None:
        self._disk.steps.append(Step(what, self._names.get(file, ""), offset, data))


@contextmanager
def recording(database: Path) -> Iterator[Disk]:
    """Record everything that new connections of this process do to files; *database* and its log are as they are on the disk."""
    start = {path.name: path.read_bytes() for path in (database, Path(f"{database}-wal")) if path.exists()}
    disk = Disk(start)
    recorder = _Recorder(disk)
    assert recorder.library.sqlite3_vfs_register(ctypes.byref(recorder.vfs), 1) == 0
    try:
        yield disk
    finally:
        recorder.library.sqlite3_vfs_register(recorder.usual, 1)
        recorder.library.sqlite3_vfs_unregister(ctypes.byref(recorder.vfs))
