"""Whether a message gets an automatic answer, which, and to whom: the table of mail.md section 5 as one pure decision with every reason.

"No" never means that a request is passed over: it is recorded and numbered all the same, and an officer may acknowledge it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.domain.acknowledgement_mode import AcknowledgementMode
from pipeline.domain.request import Regime
from pipeline.domain.triage import Intent, Triage, Verdict
from pipeline.domain.triage.automatic import Kind, MachineSign, machine_signs, mailbox_sign

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from pipeline.domain.message import Address, Message


SPAM_LEVEL = 5  # Exchange's spam confidence level from which a message counts as spam
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z", re.IGNORECASE)


class AcknowledgementKind(StrEnum):
    """The automatic answers there are (architecture section 5)."""

    ACKNOWLEDGEMENT = "acknowledgement"
    RECEIPT = "receipt"
    SAR_ACKNOWLEDGEMENT = "sar_acknowledgement"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgementFacts:
    """What the decision needs besides message and triage.

    *received_age* is set only for mail found on first contact or after a rescan, and compared with *max_age_days*; *requester* is the person a web form
    names. *dmarc_reject* says that our own server saw DMARC fail where the sender's domain asks to reject or quarantine (RFC 7489); *junk* that the mail
    lay in a junk folder. *sent_to_sender_today* counts acknowledgements to that address in the last 24 hours.
    *machine* are the signs of a program in the message, where somebody has looked for them already.
    """

    mode: AcknowledgementMode = AcknowledgementMode.AUTOMATIC
    own_addresses: frozenset[str] = frozenset()
    received_age: timedelta | None = None
    max_age_days: int = 3
    already_acknowledged: bool = False
    sent_to_sender_today: int = 0
    per_sender_per_day: int = 5
    regime: Regime = Regime.FOI
    dmarc_reject: bool = False
    junk: bool = False
    requester: Address | None = None
    machine: tuple[MachineSign, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether to acknowledge, which *kind* and *to* whom (both None when not), and every reason as a sentence.

    *release_needed*: it is written, and waits for an officer to release it. *offered* is the kind an officer may still send by hand after a "no".
    """

    acknowledge: bool
    kind: AcknowledgementKind | None
    reasons: tuple[str, ...]
    to: str | None = None
    release_needed: bool = False
    offered: AcknowledgementKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    message: Message
    triage: Triage
    facts: AcknowledgementFacts
    recipient: str | None
    machine: tuple[MachineSign, ...]

    @property
    def form(self) -> bool:
        """Whether a web form names the person; the form's own headers then speak of the form only."""
        return self.facts.requester is not None


def decide(message: Message, triage: Triage, facts: AcknowledgementFacts) -> Decision:
    """Whether *message* is acknowledged automatically; all reasons against are collected. Never raises."""
    kind = kind_for(triage, facts.regime)
    case = _Case(
        message=message,
        triage=triage,
        facts=facts,
        recipient=_recipient(message, facts),
        machine=machine_signs(message) if facts.machine is None else facts.machine,
    )
    against = tuple(dict.fromkeys(reason for row in _TABLE for reason in row(case)))
    if against or kind is None or case.recipient is None:
        return Decision(acknowledge=False, kind=None, reasons=against, offered=kind)
    released = facts.mode is AcknowledgementMode.RELEASE
    reason = "a person wrote it and nothing stands against an automatic answer"
    reasons = (reason, "an officer releases acknowledgements here") if released else (reason,)
    return Decision(acknowledge=True, kind=kind, reasons=reasons, to=case.recipient, release_needed=released)


def kind_for(triage: Triage, regime: Regime) -> AcknowledgementKind | None:
    """Which answer an intent calls for; None where the table of architecture section 5 says none."""
    if triage.verdict is not Verdict.REQUEST:
        return None
    if triage.intent is Intent.UNCLEAR:
        return AcknowledgementKind.RECEIPT
    if triage.intent is Intent.REQUEST:
        return AcknowledgementKind.SAR_ACKNOWLEDGEMENT if regime is Regime.SAR else AcknowledgementKind.ACKNOWLEDGEMENT
    return None


def safe_address(email: str) -> bool:
    """Whether *email* can stand in an envelope and a header as it is: ASCII dot-atom local part and host name (RFC 5321 sections 2.3.5, 4.1.2)."""
    local, at, domain = email.rpartition("@")
    labels = domain.split(".")
    fits = bool(at) and len(local) <= 64 and len(email) <= 254 and len(labels) > 1  # noqa: PLR2004 - limits of RFC 5321 section 4.5.3.1
    return fits and _LOCAL.match(local) is not None and all(_LABEL.match(label) for label in labels)


def _recipient(message: Message, facts: AcknowledgementFacts) -> str | None:
    """The one address an answer may go to: the form's requester, else the single author; never Reply-To."""
    person = facts.requester or message.author
    if person is None or not safe_address(person.email.strip()):
        return None
    return person.email.strip()


_LAST_WORD = "it does not look like a request for information"
_NEVER_BY_VERDICT = {
    Verdict.QUARANTINED: "it could not be read; an officer releases it first",
    Verdict.REPLY: "it belongs to a request that has had its acknowledgement",
    Verdict.REQUEST: "it speaks of an earlier request, so an officer looks before anything is sent",
    Verdict.AUTOMATIC: "a program sent it, and programs are not answered",
    Verdict.BOUNCE: "a program sent it, and programs are not answered",
    Verdict.INTERNAL: "colleagues are not answered automatically",
}
_NEVER_BY_INTENT = {
    Intent.DUPLICATE: "it is a second copy, and the first one is what counts",
    Intent.ICO: "the Commissioner is never answered automatically",
}


def _verdict(case: _Case) -> tuple[str, ...]:
    """Rows 12, 13 and 16, and the intents that are never answered automatically."""
    triage = case.triage
    if kind_for(triage, case.facts.regime) is not None:
        return ()
    return (_NEVER_BY_INTENT.get(triage.intent) or _NEVER_BY_VERDICT.get(triage.verdict, _LAST_WORD),)


def _held(case: _Case) -> tuple[str, ...]:
    """Row 12: it may be about a request that has had its acknowledgement."""
    return (case.triage.held,) if case.triage.held else ()


def _definite_sender(case: _Case) -> tuple[str, ...]:
    """Row 1."""
    if case.facts.requester is None and case.message.author is None:
        return ("it does not name one definite sender",)
    return () if case.recipient else ("the sender's address cannot be answered automatically as it is written",)


def _machine(case: _Case) -> tuple[str, ...]:
    """Rows 2 to 8 and 15; the headers of a council's own web form are the form's, and only a report (row 3) still counts."""
    signs = [s for s in case.machine if s.row != _PHRASES or s.alone or s.unseen or _doubtful(s, case.triage)]
    if case.form:
        signs = [s for s in signs if s.row == _REPORTS]
        sign = mailbox_sign(case.recipient or "")
        signs += [sign] if sign and sign.row != _PHRASES else []
    return tuple(sign.clause for sign in signs)


def _doubtful(sign: MachineSign, judged: Triage) -> bool:
    """Whether a phrase that passes nothing over is reason enough not to answer unseen."""
    return not judged.plain and (
        sign.kind in {Kind.PROGRAM, Kind.LIST} or (sign.kind is Kind.ABSENCE and not judged.asked)
    )


def _impersonal(case: _Case) -> tuple[str, ...]:
    """Neither a question nor a greeting, a name or an "I": what programs send without saying so looks like this."""
    if case.form or not case.triage.impersonal or kind_for(case.triage, case.facts.regime) is None:
        return ()
    return ("nothing in it shows that a person wrote it, so an officer looks before anything is sent",)


_REPORTS, _PHRASES = 3, 15  # rows of mail.md section 5


def _only_copied(case: _Case) -> tuple[str, ...]:
    """A bare receipt for what was written to somebody else, and to us only as a copy."""
    message, own = case.message, case.facts.own_addresses
    to, cc = ({person.key for person in people} for people in (message.to, message.cc))
    if case.triage.intent is Intent.UNCLEAR and to and not to & own and cc & own:
        return ("it is written to somebody else and asks for nothing plainly, and we only have a copy",)
    return ()


def _passed_on(case: _Case) -> tuple[str, ...]:
    """Somebody else's request: who is told that it came, and whose it is, an officer says."""
    if not case.triage.passes_on or kind_for(case.triage, case.facts.regime) is None:
        return ()
    return ("it passes on what somebody else asks, so an officer says whose request it is before anything is sent",)


def _own_address(case: _Case) -> tuple[str, ...]:
    """Row 9: an answer that would come back to us."""
    message, own = case.message, case.facts.own_addresses
    people = (case.facts.requester,) if case.facts.requester else (*message.from_, *message.sender, *message.reply_to)
    if any(person.key in own for person in people):
        return ("it comes from, or asks for answers to, one of our own addresses",)
    return ()


def _gateway(case: _Case) -> tuple[str, ...]:
    """Row 11: forged or unwanted by our own server's word, so that an answer would go to a stranger."""
    reasons = []
    if case.facts.dmarc_reject:
        reasons.append("the sender's domain says that mail like this was not sent by it (DMARC)")
    if case.facts.junk:
        reasons.append("it lay among the junk mail")
    levels = [value.strip() for value in case.message.header("x-ms-exchange-organization-scl")]
    spam = any(level.isascii() and level.isdecimal() and int(level[:3]) >= SPAM_LEVEL for level in levels)
    if spam or any(value.strip().casefold() == "yes" for value in case.message.header("x-spam-flag")):
        reasons.append("the mail server marked it as spam")
    return tuple(reasons)


def _other_reply_to(case: _Case) -> tuple[str, ...]:
    """Answers go to From; another domain in Reply-To asks an officer."""
    author = case.message.author
    if case.form or author is None:
        return ()
    if any(person.domain != author.domain for person in case.message.reply_to):
        return ("it asks for answers at another domain than its sender's, so an officer says where they go",)
    return ()


def _limits(case: _Case) -> tuple[str, ...]:
    """Rows 14 and 17, and the configured mode."""
    facts = case.facts
    reasons = []
    if facts.already_acknowledged:
        reasons.append("it has been acknowledged already")
    if facts.sent_to_sender_today >= facts.per_sender_per_day:
        reasons.append(
            f"this sender has had {facts.sent_to_sender_today} acknowledgements in a day, so an officer decides"
        )
    if facts.received_age is not None and facts.received_age.total_seconds() > facts.max_age_days * 86_400:
        reasons.append(
            f"it is older than {facts.max_age_days} days and was found when the mailbox was first read or read anew"
        )
    if facts.mode is AcknowledgementMode.OFF:
        reasons.append("automatic acknowledgements are switched off")
    return tuple(reasons)


_TABLE: tuple[Callable[[_Case], tuple[str, ...]], ...] = (
    _verdict,
    _held,
    _definite_sender,
    _machine,
    _only_copied,
    _impersonal,
    _passed_on,
    _own_address,
    _gateway,
    _other_reply_to,
    _limits,
)
