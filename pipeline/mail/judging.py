"""What a mail as read is taken for, with everything an officer should know of where it comes from; intake and ``explain`` both judge by it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.domain.forwarding import is_councillor
from pipeline.domain.triage import Intent, Triage, Verdict, triage

if TYPE_CHECKING:
    from pipeline.domain.triage import TriageContext
    from pipeline.mail.readout import Reading

# What servers and people call the folder for unwanted mail (RFC 6154 \Junk has no fixed name), the Welsh included.
_JUNK = frozenset({"junk", "junk email", "junk e-mail", "junk mail", "spam", "bulk mail", "quarantine", "sothach", "e-bost sothach"})  # fmt: skip
_FORM_UNREAD = (
    "looks like new mail without a clear question, because it comes from one of our web forms, and the name, address and question"
    " do not stand where the form's labels say"
)
_COUNCILLOR = (
    "a councillor seems to have written it from our own domain; an officer asks whether it is asked under the law on access to"
    " information or as part of council work"
)
_JUNK_REASON = "it lay in the folder for junk mail, so an officer looks before anything is sent"
_PEOPLE = frozenset({Verdict.REQUEST, Verdict.OTHER, Verdict.INTERNAL})


def is_junk(folder: str) -> bool:
    """Whether *folder*, as its server names it ("Junk Email", "INBOX.Spam", "[Gmail]/Spam"), is where unwanted mail is put."""
    return re.split(r"[/.\\]", folder.strip())[-1].strip().casefold() in _JUNK


def judge(reading: Reading, context: TriageContext, *, junk: bool = False) -> Triage:
    """What *reading* is, by triage and by what its sender's server, its form or the forward in it say; every remark is a reason.

    *junk*: it lay among junk mail. A request that is plain opens a case all the same; one that is not waits for an officer.
    """
    context = replace(context, attachment_text=reading.attachment_text, unreadable=reading.unreadable)
    judged = triage(reading.judged, context, words=reading.said, machine=None if context.case else reading.signs)
    if reading.form_unread and judged.verdict in _PEOPLE:
        judged = replace(
            judged,
            verdict=Verdict.REQUEST,
            intent=Intent.UNCLEAR,
            reasons=(_FORM_UNREAD, *judged.reasons[1:]),
            flagged=True,
        )
    remarks = [*_whose_words(reading, judged, context)]
    flagged = judged.flagged or bool(remarks)
    others = _passes_on(reading, judged)
    if others is not None:
        remarks.append(others)
        flagged = True
    if doubts := reading.authentication.doubts:
        remarks += doubts
        flagged = flagged or reading.authentication.rejects or judged.verdict in {Verdict.INTERNAL, Verdict.REPLY}
    if junk and judged.verdict not in {Verdict.AUTOMATIC, Verdict.BOUNCE} and judged.intent is not Intent.DUPLICATE:
        remarks.append(_JUNK_REASON)
        flagged = True
        if judged.intent is Intent.UNCLEAR:
            judged = replace(judged, verdict=Verdict.OTHER)
    first, *further = judged.reasons
    if reading.attachments_read:
        further.insert(
            0, f"it only points to what is attached; its words were read in {', '.join(reading.attachments_read[:3])}"
        )
    return replace(judged, reasons=(first, *remarks, *further), flagged=flagged, passes_on=others is not None)


def _passes_on(reading: Reading, judged: Triage) -> str | None:
    """What an officer is told of an outsider's mail that only brings another person's; an earlier mail of the sender's own is theirs."""
    inside, author = reading.passed_on, reading.message.author
    if inside is None or author is None or inside.sender.key == author.key or judged.verdict not in _PEOPLE:
        return None
    return inside.remark_on_outsider


def _whose_words(reading: Reading, judged: Triage, context: TriageContext) -> tuple[str, ...]:
    """What a colleague's mail is really: another person's request, or a councillor's question. Mail on a known case stands there."""
    author = reading.message.author
    if judged.verdict is not Verdict.INTERNAL or author is None:
        return ()
    if context.case is not None:
        return ()
    if reading.proposal is not None:
        return (reading.proposal.remark,)
    return (_COUNCILLOR,) if is_councillor(author, reading.message.new_text) else ()
