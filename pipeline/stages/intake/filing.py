"""Files one message: the case it opens or belongs to, the letter it returns, the acknowledgement it is owed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.domain.acknowledgement import AcknowledgementFacts, decide
from pipeline.domain.calendar import long_date
from pipeline.domain.campaign import wording_digest
from pipeline.domain.clock import due_on
from pipeline.domain.errors import StoreError
from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.reference import make
from pipeline.domain.request import Regime
from pipeline.domain.shadow import NAMES_LOST, as_record, silenced
from pipeline.domain.triage import Intent, Triage, Verdict
from pipeline.domain.triage.language import is_welsh
from pipeline.letters import posting
from pipeline.mail.headers import sent_date
from pipeline.mail.judging import is_junk
from pipeline.settings_fields import DeliveryMode
from pipeline.stages.intake.given_back import told, write_down
from pipeline.store.cases import NewCase
from pipeline.store.events import Happening, mailbox_chain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from pipeline.domain.acknowledgement import Decision
    from pipeline.domain.calendar import Calendar
    from pipeline.domain.ports import Clock, Ids
    from pipeline.mail.bounces import Returned
    from pipeline.mail.council import Council
    from pipeline.mail.readout import Reading
    from pipeline.settings import Settings
    from pipeline.stages.intake.given_back import Told
    from pipeline.stages.intake.known_cases import Known
    from pipeline.store import Work
    from pipeline.store.records import Case, Quarantined, Waiting

_DRAWS = 20
_DUES_KEPT = 1_000
_SAME_WORDS = timedelta(days=90)  # about the 60 working days of the Fees Regulations' aggregation, regulation 5(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What filing works with: time, chance, the configuration and the calendar."""

    clock: Clock
    ids: Ids
    settings: Settings
    council: Council
    calendar: Calendar
    _dues: dict[tuple[Regime, date], date] = field(default_factory=dict, init=False, repr=False, compare=False)

    def due_on(self, regime: Regime, received_on: date) -> date:
        """The last day for an answer to a request received on that day: worked out once a day and law, for a day's mail shares it."""
        if (regime, received_on) not in self._dues:
            if len(self._dues) > _DUES_KEPT:
                self._dues.clear()
            self._dues[regime, received_on] = due_on(regime, received_on, self.calendar)
        return self._dues[regime, received_on]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One message on the desk, read and judged; *stands_for* is the first copy of it where that could not be read."""

    waiting: Waiting
    reading: Reading
    returned: Returned | None
    known: Known
    triage: Triage
    stands_for: Quarantined | None = None


def file(work: Work, desk: Desk, item: Item) -> Verdict:
    """Write everything about *item* in the caller's transaction; returns its verdict."""
    now = desk.clock.now()
    match item.triage.verdict:
        case Verdict.REQUEST:
            _open_case(work, desk, item, now)
        case Verdict.REPLY:
            _attach(work, item, now, side="requester")
        case Verdict.INTERNAL:
            _attach(work, item, now, side="internal")
        case Verdict.BOUNCE:
            _returned(work, item, now)
        case Verdict.AUTOMATIC:
            _note(work, item, now)
        case _:
            _link_copy(work, item, now)
    _settle(work, desk, item, now)
    if item.stands_for is not None:
        _stand_for(work, item, item.stands_for, now)
    return item.triage.verdict


def _settle(work: Work, desk: Desk, item: Item, now: datetime) -> None:
    message, reading, judged = item.reading.message, item.reading, item.triage
    first = item.waiting.first_copy
    values = {
        "verdict": judged.verdict,
        "intent": judged.intent,
        "reasons": list(judged.reasons),
        "flagged": judged.flagged,
        "last_error": None,
        "received_at": reading.receipt.at,
        "received_on": reading.received_on,
        "due_on": desk.due_on(Regime.FOI, reading.received_on),
        "duplicate_of": first if judged.intent is Intent.DUPLICATE and first != item.waiting.id else None,
        **who(reading),
    }
    if judged.verdict is Verdict.REQUEST:
        values["placed"] = True
    if judged.verdict is Verdict.INTERNAL and reading.proposal is not None and not item.known.own:
        values["proposal"] = reading.proposal.as_json()
    work.messages.settle_at_the_end(item.waiting.id, state="filed", values=values, attachments=message.attachments)
    data = {"verdict": judged.verdict, "intent": judged.intent}
    happening = Happening(kind="message_filed", at=now, message_id=item.waiting.id, data=data)
    work.events.record(mailbox_chain(item.waiting.mailbox), happening)


def who(reading: Reading) -> dict[str, object]:
    """The columns of a message row that say whose it is."""
    return {
        "author_name": reading.requester.name if reading.requester else None,
        "author_email": reading.requester.email if reading.requester else None,
        "subject": reading.message.subject,
        "message_id": reading.message.message_id,
        "parser": reading.message.parser,
    }


# ---- a new request ---------------------------------------------------------------------------------------------------


def _open_case(work: Work, desk: Desk, item: Item, now: datetime) -> None:
    """Give the request its reference, its questions and its dates, and queue its acknowledgement if one is due."""
    reading = item.reading
    shadow = desk.settings.delivery.mode == DeliveryMode.SHADOW
    wanted = _decide(work, desk, item, now)
    decision = silenced(wanted, item.waiting.quiet or (NAMES_LOST if item.known.lost else None), shadow=shadow)
    known = told(work, item.waiting, item.reading)
    decision = known.instead_of(decision) if known else decision
    request_id, reference = _with_reference(work, desk, item, decision, now, known)
    write_down(work, request_id, known, item.waiting.id, now)
    work.messages.link(request_id, item.waiting.id, side="requester", rung="it opened this case", at=now, mark=False)
    for earlier in item.known.found:
        if earlier.own:
            work.cases.link_cases(request_id, earlier.case.id, f"asked in a mail about {earlier.case.reference}")
        else:
            work.messages.link(earlier.case.id, item.waiting.id, side="suggested", rung=earlier.rung, at=now)
    _link_same_words(work, item, request_id, now)
    going = wanted if shadow else decision
    if going.acknowledge and not going.release_needed and going.kind is not None and going.to is not None:
        about = posting.Acknowledged(
            request_id=request_id,
            reference=reference,
            regime=reading.regime.regime,
            received_on=reading.received_on,
            due_on=desk.due_on(reading.regime.regime, reading.received_on),
            to=going.to,
            answers=reading.message.message_id,
            welsh=desk.settings.letters.welsh and is_welsh(reading.words),
        )
        frozen = posting.seal_acknowledgement(
            desk.settings,
            going.kind,
            about,
            message_id=desk.ids.message_id(posting.own_domain(desk.settings)),
            at=now,
            not_before=work.outbox.earliest_slot(now, desk.settings.acknowledgement.global_per_hour),
        )
        work.outbox.freeze(request_id, as_record(frozen, request_id) if shadow else frozen, at=now)


def _link_same_words(work: Work, item: Item, request_id: int, now: datetime) -> None:
    """Link requests in the same words: a campaign of several people, or one person asking again (FOIA section 14(2)). Each stays a request."""
    wording = wording_digest(item.reading.questions)
    if wording is None:
        return
    key = item.reading.requester.key if item.reading.requester else ""
    others = work.cases.same_wording(request_id, wording, now - _SAME_WORDS)
    for other in others:
        again = other.requester_email.casefold() == key
        why = "the same person asked this in the same words" if again else "the same words from somebody else"
        work.cases.link_cases(request_id, other.id, why)
    if others:
        data = {"same_wording": [other.reference for other in others]}
        work.cases.note(request_id, Happening(kind="linked_by_wording", at=now, data=data))


def _with_reference(
    work: Work, desk: Desk, item: Item, decision: Decision, now: datetime, known: Told | None
) -> tuple[int, str]:
    """Draw references until one is free: the unique key decides, not a look beforehand (D6). The one the requester knows comes first."""
    reading = item.reading
    regime = reading.regime.regime
    prefix = {
        Regime.FOI: desk.settings.reference.foi,
        Regime.EIR: desk.settings.reference.eir,
        Regime.SAR: desk.settings.reference.sar,
    }
    requester = reading.requester
    for draw in range(_DRAWS):
        reference = known.reference if known and not draw else make(prefix[regime], desk.ids.reference_digits())
        new = NewCase(
            reference=reference,
            regime=regime,
            regime_reasons=reading.regime.reasons,
            flagged=item.triage.flagged or bool(reading.shortcomings),
            flag_reasons=(*(item.triage.reasons if item.triage.flagged else ()), *reading.shortcomings),
            received_at=reading.receipt.at,
            received_on=reading.received_on,
            received_source=reading.receipt.source,
            due_on=desk.due_on(regime, reading.received_on),
            requester_name=requester.name if requester else "",
            requester_email=requester.email if requester else "",
            topic=reading.topic,
            subject=reading.message.subject,
            message_id=item.waiting.id,
            acknowledge=_acknowledge_state(decision),
            acknowledge_kind=decision.kind or decision.offered,
            acknowledge_reasons=decision.reasons,
            created_at=now,
            wording_sha256=wording_digest(reading.questions),
        )
        request_id = work.cases.open(new, reading.questions, questions_last=True)
        if request_id is not None:
            return request_id, reference
    raise StoreError(f"no free reference was found in {_DRAWS} draws; choose another prefix in [reference]")


def _acknowledge_state(decision: Decision) -> str:
    if decision.acknowledge:
        return "release" if decision.release_needed else "automatic"
    return "officer" if decision.offered is not None else "none"


def _decide(work: Work, desk: Desk, item: Item, now: datetime) -> Decision:
    settings, reading = desk.settings, item.reading
    requester = reading.requester
    address = requester.email if requester else ""
    return decide(
        reading.message,
        item.triage,
        AcknowledgementFacts(
            mode=settings.acknowledgement.mode,
            own_addresses=desk.council.own_addresses | desk.council.form_senders,
            received_age=_age(item, now),
            max_age_days=settings.acknowledgement.max_age_days,
            already_acknowledged=False,
            sent_to_sender_today=work.outbox.acknowledged_to(address, now - timedelta(days=1)) if address else 0,
            per_sender_per_day=settings.acknowledgement.per_sender_per_day,
            regime=reading.regime.regime,
            dmarc_reject=reading.authentication.rejects,
            junk=is_junk(item.waiting.folder),
            requester=requester if reading.from_form else None,
            machine=None if reading.from_form else reading.signs,
        ),
    )


def _age(item: Item, now: datetime) -> timedelta | None:
    """How old the mail is, where that matters: on first contact, after a rescan, when it was moved in.

    The oldest stamp of a server counts, for mailboxes that were moved re-date their mail; what the sender's own clock says counts only
    where no server has left a stamp.
    """
    if not item.waiting.backfill:
        return None
    stamps = [item.waiting.internal_date, item.reading.receipt.at]
    received = item.reading.message.received
    delivered = sent_date(received[0].rpartition(";")[2]) if received else item.reading.message.date
    if delivered is not None:
        stamps.append(delivered)
    return now - min(stamps)


# ---- mail about a case -----------------------------------------------------------------------------------------------


def _attach(work: Work, item: Item, now: datetime, *, side: str) -> None:
    """Put the message on the named side of every case it may speak of, and call an officer to each."""
    for found in item.known.own:
        work.messages.link(found.case.id, item.waiting.id, side=side, rung=found.rung, at=now)
        data: dict[str, object] = {"intent": item.triage.intent, "side": side}
        _call_officer(work, found.case, item, now, f"{side}_mail_arrived", data)
        if item.known.lost:
            _call_officer(work, found.case, item, now, "lost_reference_named", data, why=item.known.lost_words)


def _note(work: Work, item: Item, now: datetime) -> None:
    """Put machine mail into the file of the case it speaks of; it changes nothing there."""
    for found in item.known.own:
        colleague = (
            item.reading.requester is not None and item.reading.requester.key != found.case.requester_email.casefold()
        )
        side = "internal" if colleague else "requester"
        work.messages.link(found.case.id, item.waiting.id, side=side, rung=found.rung, at=now)
        happening = Happening(kind="automatic_mail_arrived", at=now, message_id=item.waiting.id)
        work.cases.note(found.case.id, happening)


def _link_copy(work: Work, item: Item, now: datetime) -> None:
    """Put a further copy of a mail where the first one is, on the same side; all else waits among new mail."""
    if item.triage.intent is not Intent.DUPLICATE:
        return
    first, reading = item.waiting.first_copy, item.reading
    case_id = work.messages.case_of(first)
    if case_id is None:
        return
    side = next((m.side for m in work.messages.of_case(case_id) if m.id == first), "requester")
    work.messages.link(case_id, item.waiting.id, side=side, rung="it is the same mail once more", at=now)
    case = work.cases.by_ids([case_id])[0]
    if case.message_id == first and reading.receipt.trusted and reading.received_on < case.received_on:
        # Released from quarantine, or delivered to another mailbox of ours first: an officer moves the date, never we.
        why = (
            f"another copy of this mail was with us on {long_date(reading.received_on)} already, before {long_date(case.received_on)}:"
            f" {reading.receipt.source} The date of receipt may have to be that day"
        )
        data: dict[str, object] = {"received_on": reading.received_on}
        _call_officer(work, case, item, now, "earlier_copy_found", data, why=why)


def _stand_for(work: Work, item: Item, unread: Quarantined, now: datetime) -> None:
    """Take a first copy that could not be read off the list: from now on it is a copy of this one, which could."""
    values: dict[str, object] = {
        "verdict": Verdict.OTHER,
        "intent": Intent.DUPLICATE,
        "reasons": [f"it could not be read, and its copy, message {item.waiting.id}, could"],
        "duplicate_of": item.waiting.id,
        "body_wanted": False,
        "last_error": None,
    }
    work.messages.settle(unread.id, state="filed", values=values)
    data: dict[str, object] = {"verdict": Verdict.OTHER, "intent": Intent.DUPLICATE, "copy": item.waiting.id}
    happening = Happening(kind="message_filed", at=now, message_id=unread.id, data=data)
    work.events.record(mailbox_chain(unread.mailbox), happening)
    case_id = work.messages.case_of(item.waiting.id)
    if case_id is None:
        return
    side = next(m.side for m in work.messages.of_case(case_id) if m.id == item.waiting.id)
    work.messages.link(case_id, unread.id, side=side, rung="it is the same mail, which could not be read", at=now)
    case = work.cases.by_ids([case_id])[0]
    if case.message_id == item.waiting.id and unread.received_on is not None and unread.received_on < case.received_on:
        # The time allowed runs from the first copy, read or not; an officer moves the date, never we.
        why = f"a copy that could not be read arrived on {long_date(unread.received_on)}; the date of receipt may have to be that day"
        moved: dict[str, object] = {"received_on": unread.received_on}
        _call_officer(work, case, item, now, "earlier_copy_found", moved, why=why)


def _returned(work: Work, item: Item, now: datetime) -> None:
    """Find the letter that came back; one that was refused for good is marked, and its case calls for an officer (mail.md rows 20-23)."""
    if item.returned is None:
        return
    if _given_up(item.returned):
        for notice in work.notices.by_message_ids(item.returned.message_ids):
            work.notices.returned(notice, item.returned.words, at=now)
    for row in work.outbox.by_message_ids(item.returned.message_ids):
        case = work.cases.by_ids([row.request_id])[0]
        work.messages.link(case.id, item.waiting.id, side="delivery", rung=f"it is about our letter {row.id}", at=now)
        if _given_up(item.returned) and row.status in (OutboxStatus.SENT, OutboxStatus.UNCERTAIN):
            happening = Happening(kind="letter_bounced", at=now, message_id=item.waiting.id)
            work.outbox.move(row, OutboxStatus.BOUNCED, happening, last_error=item.returned.words)
            data: dict[str, object] = {"outbox": row.id, "kind": row.kind}
            _call_officer(
                work,
                case,
                item,
                now,
                "letter_came_back",
                data,
                why=f"our letter ({row.kind}) came back: {item.returned.words}",
            )
        else:
            data = {"outbox": row.id, "permanent": item.returned.permanent, "delivered": item.returned.delivered}
            work.cases.note(case.id, Happening(kind="delivery_report", at=now, message_id=item.waiting.id, data=data))


def _given_up(returned: Returned) -> bool:
    """Whether the letter did not arrive and nobody tries any more: refused for good, or given up after trying (RFC 3464 section 2.3.3)."""
    return bool(returned.permanent) or any(one.action == "failed" for one in returned.recipients)


def _call_officer(
    work: Work, case: Case, item: Item, now: datetime, kind: str, data: dict[str, object], *, why: str = ""
) -> None:
    """Flag a case for an officer, with the reason; a closed one comes back that way without being reopened."""
    reason = why or (item.triage.reasons[0] if item.triage.reasons else "a message arrived")
    # As it is now, and held: mail in another mailbox, filed by another worker, may be giving it a reason at this moment.
    case = work.cases.by_reference(case.reference, lock=True) or case
    reasons: Sequence[str] = case.flag_reasons if reason in case.flag_reasons else (*case.flag_reasons, reason)
    happening = Happening(kind=kind, at=now, message_id=item.waiting.id, data=data)
    work.cases.change(case, happening, flagged=True, flag_reasons=list(reasons))
