"""Files one message: the case it opens or belongs to, the letter it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.calendar import long_date
from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.request import Regime
from pipeline.domain.triage import Intent, Verdict
from pipeline.stages.intake.opening import open_case
from pipeline.store.events import Happening, mailbox_chain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pipeline.mail.bounces import Returned
    from pipeline.mail.readout import Reading
    from pipeline.stages.intake.desk import Desk, Item
    from pipeline.store import Work
    from pipeline.store.records import Case, Quarantined


def file(work: Work, desk: Desk, item: Item) -> Verdict:
    """Write everything about *item* in the caller's transaction; returns its verdict."""
    now = desk.clock.now()
    match item.triage.verdict:
        case Verdict.REQUEST:
            open_case(work, desk, item, now)
        case Verdict.REPLY:
            _attach(work, item, now, side="requester")
            _may_be_new(work, desk, item, now)
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


# ---- mail about a case -----------------------------------------------------------------------------------------------


def _attach(work: Work, item: Item, now: datetime, *, side: str) -> None:
    """Put the message on the named side of every case it may speak of, and call an officer to each."""
    for found in item.known.own:
        work.messages.link(found.case.id, item.waiting.id, side=side, rung=found.rung, at=now)
        data: dict[str, object] = {"intent": item.triage.intent, "side": side}
        _call_officer(work, found.case, item, now, f"{side}_mail_arrived", data)
        if item.known.lost:
            _call_officer(work, found.case, item, now, "lost_reference_named", data, why=item.known.lost_words)


def _may_be_new(work: Work, desk: Desk, item: Item, now: datetime) -> None:
    """Tell the officer of the case what is at stake in a reply that may be a request of its own: its time runs from its arrival, too."""
    if not item.triage.may_be_new or not item.known.own:
        return
    reading = item.reading
    day, due = reading.received_on, desk.due_on(reading.regime.regime, reading.received_on)
    why = (
        f"message {item.waiting.id} may ask for something new: as a request of its own, received on {long_date(day)}, it would be due on"
        f" {long_date(due)}. An officer can open a request from it"
    )
    data: dict[str, object] = {"received_on": day, "due_on": due}
    _call_officer(work, item.known.own[0].case, item, now, "reply_may_be_new", data, why=why)


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
