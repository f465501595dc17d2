"""Files that go with a letter, and viruses: one in which a scanner found something goes out in no letter, whoever sent it first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.domain.errors import RecordError, ScannerError
from pipeline.letters.release import Level
from pipeline.mail.scanning import found_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.mail.scanning import Scanner
    from pipeline.store import Work
    from pipeline.store.records import LetterFile

NOT_SCANNED, INFECTED = "not_scanned", "infected"
_LOOK_YOURSELF = "Keep the draft again once the scanner runs, or send it only if you know what it is"
_TOO_LARGE = "The virus scanner could not look into this file"
_AWAY = "This file has not been scanned for viruses: the scanner could not be asked"


def doubts(scanner: Scanner | None, files: Mapping[str, bytes], draft: str) -> dict[str, dict[str, Any] | None]:
    """Ask the scanner about *files* by name: for each what an officer has to accept, None where it is clean. Raises RecordError.

    As with downloads, a find stands in the way of everything, and a file that no scanner could look into asks a person. Without
    a scanner nothing is asked. This takes its time: call it outside a transaction.
    """
    if scanner is None:
        return {}
    said: dict[str, dict[str, Any] | None] = {}
    mistakes: list[str] = []
    away = False
    for name, content in files.items():
        try:
            found = None if away else scanner.scan(content)
        except ScannerError:
            # One that does not answer is not asked about the others: each would wait as long.
            away, found = True, None
        if found is not None and found.infected:
            mistakes.append(f"{draft}: attachments: {found_words(name, found.verdict)}")
        unseen = found is None or not found.verdict
        said[name] = _finding(name, NOT_SCANNED, Level.ACCEPT, _AWAY if away else _TOO_LARGE) if unseen else None
    if mistakes:
        raise RecordError(tuple(mistakes))
    return said


def still_in_doubt(kept: Iterable[LetterFile]) -> dict[str, bytes]:
    """Those of the files kept with a draft that no scanner has looked into."""
    return {
        file.name: file.content for file in kept if any(finding["rule"] == NOT_SCANNED for finding in file.findings)
    }


def findings_with(file: LetterFile, doubt: Mapping[str, Any] | None) -> tuple[dict[str, Any], ...]:
    """The findings of *file* with what the scanner says of it now."""
    others = tuple(finding for finding in file.findings if finding["rule"] != NOT_SCANNED)
    return others if doubt is None else (*others, dict(doubt))


def known_infected(work: Work, files: Sequence[LetterFile]) -> list[dict[str, Any]]:
    """A stop for each of a letter's files that came by mail once, to whichever case, and was found infected there. One query, none without files."""
    by_digest = {file.sha256: file.name for file in files}
    found = work.attachments.infected(list(by_digest))
    return [
        _finding(by_digest[one.sha256], INFECTED, Level.STOP, f"The virus scanner found {one.scan} in this file")
        for one in found
    ]


def _finding(file: str, rule: str, level: Level, words: str) -> dict[str, Any]:
    """A finding in the shape of the release check's."""
    remedy = _LOOK_YOURSELF if rule == NOT_SCANNED else "Take it out of the letter, and tell your IT security team"
    return {
        "rule": rule,
        "level": level.value,
        "file": file,
        "place": "the whole file",
        "count": 1,
        "words": words,
        "remedy": remedy,
    }
