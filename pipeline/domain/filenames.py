"""File names that are safe on any disk, made of names that strangers chose."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 60
_LONGEST_ENDING = 10
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_ENDING = re.compile(r"[A-Za-z0-9]{1,10}")


def safe_name(name: str, fallback: str = "file") -> str:
    """*name* as at most 60 ASCII letters, digits, dots, hyphens and underscores: no folder, no leading dot, no trailing one.

    What Windows takes for a device (CON, NUL.txt) is not looked for: callers put a number in front of every name.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    # Only what stands behind the last separator is a name; the rest would be somebody's idea of a folder.
    plain = re.split(r"[/\\]", plain)[-1]
    plain = re.sub(r"\.{2,}", ".", _UNSAFE.sub("_", plain)).rstrip("._-")
    stem, dot, ending = plain.rpartition(".")
    # A lone dot in front begins no ending (.htaccess), unless what stood before it had no letters of ours.
    hidden = name.startswith(".")
    if dot and (stem or not hidden) and _ENDING.fullmatch(ending):
        stem = stem.strip("._-")[: _LONGEST - _LONGEST_ENDING - 1].strip("._-")
        return f"{stem or fallback}.{ending}"
    return plain.strip("._-")[:_LONGEST].strip("._-") or fallback
