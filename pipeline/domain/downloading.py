"""Whether an officer may download a file that came with mail, by what the virus scanner has said of it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Download(StrEnum):
    """What the page does with a wish to download; ``ASK_FIRST`` is a page of warning with a button."""

    ALLOWED = "allowed"
    ASK_FIRST = "ask_first"
    REFUSED = "refused"


def downloadable(scan: str | None, scanned_at: datetime | None, *, scanner: bool) -> tuple[Download, str]:
    """What happens to a download, and why, in a sentence for the officer.

    *scan* is "clean", the name of what was found, or None: not looked at yet, or (with *scanned_at*) too large for the scanner or not to be
    taken out of its mail. *scanner* says whether one is configured; a find counts even after it has been switched off.
    """
    if scan == "clean":
        return Download.ALLOWED, "The virus scanner found nothing in this file."
    if scan is not None:
        return Download.REFUSED, f"The virus scanner found {scan} in this file, so that it can't be downloaded."
    if scanned_at is not None:
        return (
            Download.ASK_FIRST,
            "The virus scanner could not look into this file. Open it only if you know what it is.",
        )
    if scanner:
        return (
            Download.ASK_FIRST,
            "This file has not been scanned for viruses yet. Wait a few minutes, or open it only if you know what it is.",
        )
    return Download.ALLOWED, "Files are not scanned for viruses here."
