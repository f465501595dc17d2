"""The files that go with a letter: kept with it, and checked before anybody approves for what nobody should see."""

from __future__ import annotations

import hashlib
import mimetypes
from typing import TYPE_CHECKING, Any

from pipeline.domain.errors import NotAllowedError, RecordError
from pipeline.letters import posting
from pipeline.letters.composing import Attachment
from pipeline.letters.release import CleanForm, Level, ReleaseFile, examine
from pipeline.letters.release.kinds import Kind, kind_of
from pipeline.store.records import LetterFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.letters.release import Finding
    from pipeline.settings import Settings

LARGEST_TOTAL = 20 * 2**20  # bytes; base64 makes a third more of it, and many mail servers stop at 35 MB
_CLEANEST = {
    Kind.SPREADSHEET: CleanForm.XLSX,
    Kind.ODS: CleanForm.XLSX,
    Kind.CSV: CleanForm.CSV,
    Kind.PDF: CleanForm.PDF,
    Kind.DOCUMENT: CleanForm.DOCX,
    Kind.IMAGE: CleanForm.IMAGE,
}
_COMMISSIONER = ("ico.org.uk", "icocasework@ico.org.uk", "0303 123 1113")


def checked(
    names: Sequence[str], given: Mapping[str, bytes], kept: Sequence[LetterFile], draft: str, contacts: frozenset[str]
) -> list[LetterFile]:
    """The files that the draft names, examined; one that is not *given* anew is taken from what is *kept*. Raises RecordError.

    This reads every file through and may take seconds: call it outside a transaction.
    """
    known = {file.name: file for file in kept}
    mistakes = [
        f"{draft}: attachments: {name} does not lie beside the draft; put it there, or take its name out"
        for name in names
        if name not in given and name not in known
    ]
    mistakes += [f"{draft}: attachments: {name} is named twice" for name in {n for n in names if names.count(n) > 1}]
    if mistakes:
        raise RecordError(tuple(mistakes))
    files = [known[name] if name not in given else _examined(name, given[name], contacts) for name in names]
    total = sum(len(file.content) for file in files)
    if total > LARGEST_TOTAL:
        text = f"{draft}: attachments: together they have {total / 2**20:.0f} MB; at most {LARGEST_TOTAL // 2**20} MB go out by mail"
        raise RecordError((text,))
    return files


def _examined(name: str, content: bytes, contacts: frozenset[str]) -> LetterFile:
    report = examine([ReleaseFile(name=name, content=content)], "", own_contacts=contacts)
    return LetterFile(
        name=name,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        findings=tuple(as_data(finding) for finding in report.findings),
    )


def as_data(finding: Finding) -> dict[str, Any]:
    """A finding as the store and the trail keep it: rule, level, file, where and how often, never what stood there."""
    return {
        "rule": finding.rule.value,
        "level": finding.level.value,
        "file": finding.file,
        "place": finding.place,
        "count": finding.count,
        "words": finding.words,
        "remedy": finding.remedy,
    }


def in_the_text(letter_text: str, contacts: frozenset[str]) -> list[dict[str, Any]]:
    """What the letter's own words may give away."""
    return [as_data(finding) for finding in examine([], letter_text, own_contacts=contacts).findings]


def refuse_leaks(found: Sequence[Mapping[str, Any]], *, approving: bool, reason: str) -> list[str]:
    """Raise NotAllowedError for what must not go out; returns the rules that *reason* accepts.

    A stop can't be waved through by anybody: the way out is a clean copy. The rest an approver accepts with a reason.
    """
    stops = [one for one in found if one["level"] == Level.STOP]
    others = [one for one in found if one["level"] != Level.STOP]
    if stops:
        lines = [f"{one['file']}: {one['words']} ({one['place']}). {one['remedy']}" for one in stops]
        raise NotAllowedError(
            "\n".join(("an attachment holds what nobody should see; nobody can override this:", *lines))
        )
    if approving and others and not reason.strip():
        lines = [f"{one['file']}: {one['words']} ({one['place']}). {one['remedy']}" for one in others]
        raise NotAllowedError(
            "\n".join(("read this again before it goes:", *lines, "To accept it, say why with --override-reason."))
        )
    return sorted({one["rule"] for one in others}) if approving else []


def own_contacts(settings: Settings, requester: str) -> frozenset[str]:
    """What may stand in every letter: our own addresses and domains, our telephone, the Commissioner, and the requester's own address."""
    authority = settings.authority
    ours = {
        *settings.own_addresses,
        *authority.internal_domains,
        *authority.address,
        authority.phone,
        authority.website,
    }
    return frozenset(one for one in {*ours, *_COMMISSIONER, requester, posting.monitored_address(settings)} if one)


def as_attachments(files: Sequence[LetterFile]) -> tuple[Attachment, ...]:
    """The files as parts of a mail."""
    return tuple(
        Attachment(
            name=file.name,
            data=file.content,
            content_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        )
        for file in files
    )


def form_of(file: ReleaseFile) -> CleanForm:
    """The form in which a clean copy keeps most of what *file* is. Raises NotAllowedError where there is none."""
    kind = kind_of(file.name, file.content)
    if kind not in _CLEANEST:
        raise NotAllowedError(f"{file.name}: no clean copy can be made of this kind of file; make a PDF of it instead")
    return _CLEANEST[kind]
