"""Which cases a mail speaks of, and whether its sender may: a thread or a reference alone never attaches a stranger's mail to a case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.forwarding import is_within
from pipeline.domain.reference import find, is_valid
from pipeline.domain.request import ClockState, KnownCase, Workflow
from pipeline.domain.shadow import lost_reference_words

if TYPE_CHECKING:
    from pipeline.domain.message import Message
    from pipeline.mail.readout import Reading
    from pipeline.settings import Settings
    from pipeline.store import Work
    from pipeline.store.records import Case

# The ladder: the surest sign first. What stands in a case's file is the rung that found it.
_ANSWER = re.compile(r"^\s*(?:(?:re|aw|sv|ateb|fw|fwd)\s*:\s*){1,5}", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_SHORTEST_NUMBER = 4  # characters: a shorter one stands in too many subjects by chance
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to")
PLUS = "it was sent to the case's own address"
THREAD = "it answers one of our letters"
SUBJECT = "its reference stands in the subject"
TEXT = "its reference stands in the text"
OWN = "the number it had before Infogov stands in the subject"
AGAIN = "it answers a letter about a mail that was read again after a restore"
NAME = "the same sender answers under the same subject"
QUOTED = "its reference stands in the mail that the requester quotes"
_QUOTED_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Found:
    """One case that a mail speaks of: by which rung, and whether the mail comes from the address that the case belongs to."""

    case: Case
    rung: str
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All cases that a mail speaks of, the surest first.

    *lost* are references of ours that it names and no request has, in a database that was restored; *lost_words* says so to an officer.
    """

    found: tuple[Found, ...]
    lost: tuple[str, ...] = ()
    lost_words: str = ""

    @property
    def own(self) -> tuple[Found, ...]:
        """Those that belong to the sender."""
        return tuple(one for one in self.found if one.own)

    @property
    def suggested(self) -> tuple[str, ...]:
        """The references of those that belong to somebody else: for an officer to look at, never to act on."""
        return tuple(one.case.reference for one in self.found if not one.own)

    def for_triage(self) -> KnownCase | None:
        """The case that the sender's words are about, as far as triage may know it."""
        if not self.own:
            return None
        first = self.own[0]
        return KnownCase(
            reference=first.case.reference,
            requester_email=first.case.requester_email,
            workflow=Workflow(first.case.workflow),
            clock=ClockState(first.case.clock),
            known_sender=True,
            rung=first.rung,
            received_on=first.case.received_on,
            in_passing=first.rung == TEXT,
        )


def find_cases(
    work: Work,
    reading: Reading,
    prefixes: tuple[str, ...],
    settings: Settings,
    colleagues: frozenset[str] = frozenset(),
) -> Known:
    """Climb the ladder: a case's own plus address, our Message-ID in the thread, a reference in the subject, one in the sender's own words.

    Where there is none of these, an answer ("Re:") by the same sender under the subject of their own request counts, and last the
    reference of their own request in what they quote; what a stranger quotes shows no case, for anybody may have been forwarded it.
    A colleague of ours, by their domain or as one of the officers (*colleagues*), counts as knowing every case, for their mail only
    ever goes to its internal side. An answer to a mail of ours to our own people names many cases and belongs to none.
    """
    message = reading.message
    if work.notices.by_message_ids((*message.in_reply_to, *message.references)):
        return Known(found=())
    plus = work.cases.by_references(_in_addresses(message, prefixes, settings))
    thread = work.cases.by_our_message_ids((*message.in_reply_to, *message.references))
    in_subject, in_text = find(message.subject, prefixes), find(message.new_text or message.text, prefixes)
    subject, text = work.cases.by_references(in_subject), work.cases.by_references(in_text)
    sender = reading.requester
    domains = {domain.casefold() for domain in settings.authority.internal_domains}
    colleague = sender is not None and (sender.key in colleagues or is_within(sender.domain, domains))
    found: dict[int, Found] = {}
    old = [] if sender is None else _by_own_reference(work, sender.key, message.subject)
    lost, lost_words = _lost(work, (*in_subject, *in_text), (*subject, *text))
    again = [] if sender is None or not lost else _of_mails(work, message, sender.key)
    known = bool(plus or thread or subject or text or old or again)
    named = [] if known or sender is None else _by_subject(work, sender.key, message.subject)
    quoted = [] if known or named or sender is None else _by_quoted(work, sender.key, message, prefixes)
    rungs = (
        (PLUS, plus),
        (THREAD, thread),
        (SUBJECT, subject),
        (TEXT, text),
        (OWN, old),
        (AGAIN, again),
        (NAME, named),
        (QUOTED, quoted),
    )
    for rung, cases in rungs:
        for case in [_merged(work, one) for one in cases]:
            own = colleague or (sender is not None and sender.key == case.requester_email.strip().casefold())
            found.setdefault(case.id, Found(case, rung, own))
    return Known(found=tuple(found.values()), lost=lost, lost_words=lost_words)


def _lost(work: Work, named: tuple[str, ...], cases: tuple[Case, ...]) -> tuple[tuple[str, ...], str]:
    """Those of the references *named* that we may have given out and no request has, if this database was restored; and the words for it."""
    here = {case.reference for case in cases}
    unknown = tuple(dict.fromkeys(one for one in named if one not in here and is_valid(one)))
    restored_at = work.lost_letters.restored_at() if unknown else None
    lost = () if restored_at is None else tuple(one for one in unknown if not work.cases.by_own_reference(one))
    return lost, lost_reference_words(lost, restored_at) if lost and restored_at is not None else ""


def _of_mails(work: Work, message: Message, sender_key: str) -> list[Case]:
    """The sender's own requests in the mails that this one refers to, be they of the same batch."""
    work.messages.write_down()
    return work.cases.of_mails(message.references, sender_key)


def _by_subject(work: Work, sender_key: str, subject: str) -> list[Case]:
    """The sender's own requests under the subject that this mail answers."""
    answered = _ANSWER.sub("", subject, count=1)
    if answered == subject or not answered.strip():
        return []
    wanted = _plain_subject(answered)
    return [case for case in work.cases.of_requester(sender_key) if _plain_subject(case.subject) == wanted]


def _by_quoted(work: Work, sender_key: str, message: Message, prefixes: tuple[str, ...]) -> list[Case]:
    """The sender's own requests whose references stand in the older mail below or between their words."""
    if message.text == message.new_text:
        return []
    cases = work.cases.by_references(find(message.text[:_QUOTED_CHARACTERS], prefixes))
    return [case for case in cases if case.requester_email.strip().casefold() == sender_key]


def _by_own_reference(work: Work, sender_key: str, subject: str) -> list[Case]:
    """The sender's own requests whose number from before Infogov stands in the subject as a whole word."""
    words = _tokens(subject)
    return [
        case
        for case in work.cases.with_own_reference(sender_key)
        if len(case.own_reference or "") >= _SHORTEST_NUMBER
        and f" {_tokens(case.own_reference or '')} " in f" {words} "
    ]


def _tokens(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _merged(work: Work, case: Case) -> Case:
    """The case that *case* was merged into, and that one into another; itself where it was not merged, or is open again."""
    seen = {case.id}
    while case.workflow == Workflow.CLOSED and case.merged_into is not None and case.merged_into not in seen:
        case = work.cases.by_ids([case.merged_into])[0]
        seen.add(case.id)
    return case


def _plain_subject(subject: str) -> str:
    return " ".join(_ANSWER.sub("", subject, count=1).casefold().split())


def _in_addresses(message: Message, prefixes: tuple[str, ...], settings: Settings) -> tuple[str, ...]:
    """References in the detail of our own addresses, as in infogov+FOI598335296@council.gov.uk (RFC 5233)."""
    delivered = (word for name in _DELIVERED for word in message.header(name))
    found: list[str] = []
    for address in (
        *(to.key for to in (*message.to, *message.cc)),
        *(word.strip(" <>").casefold() for word in delivered),
    ):
        local, _, domain = address.rpartition("@")
        name, plus, detail = local.partition("+")
        if plus and f"{name}@{domain}" in settings.own_addresses:
            found += find(detail, prefixes)
    return tuple(found)
