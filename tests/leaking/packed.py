"""Surgery on ZIP-based files, for what no library writes."""

from __future__ import annotations

import io
import zipfile


def unpacked(content: bytes) -> dict[str, bytes]:
    """The parts of a ZIP file by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    """A ZIP file of *parts*."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def changed(content: bytes, /, **replacements: tuple[str, str]) -> bytes:
    """*content* with a text replaced in parts: the key is the part's last name without its ending, the pair is old and new."""
    parts = unpacked(content)
    for key, (old, new) in replacements.items():
        name = next(name for name in parts if name.rpartition("/")[2].partition(".")[0] == key)
        text = parts[name].decode()
        assert old in text, (name, text[:2000])
        parts[name] = text.replace(old, new).encode()
    return packed(parts)


def added(content: bytes, parts: dict[str, bytes]) -> bytes:
    """*content* with more parts."""
    return packed(unpacked(content) | parts)
