"""Looks into ZIP archives, one level deep, within the limits that a bomb would break."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.letters.release.findings import Look, Notes, ReleaseFile
from pipeline.letters.release.packages import Package
from pipeline.letters.release.wording import Rule

if TYPE_CHECKING:
    from pipeline.letters.release.packages import Budget

_NOBODY_ASKED_FOR = ("__macosx/",)
_LITTER = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


def look_at_archive(file: ReleaseFile, budget: Budget) -> Look:
    """The files of an archive as inner files, litter of file managers as a finding; raises UncheckedError for bombs and passwords."""
    package = Package(file.content, budget)
    notes = Notes(file.name)
    inner = []
    for name in package.names:
        lowered = name.casefold()
        if lowered.startswith(_NOBODY_ASKED_FOR) or lowered.rpartition("/")[2] in _LITTER:
            notes.add(Rule.CUSTOM_DATA, name)
            continue
        inner.append(ReleaseFile(name=f"{file.name} > {name}", content=package.read(name)))
    return Look(findings=notes.findings(), inner=tuple(inner))
