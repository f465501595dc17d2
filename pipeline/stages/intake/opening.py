"""Opens a case for a new request: reference, questions, dates, and the acknowledgement it is owed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.domain.acknowledgement import AcknowledgementFacts, decide
from pipeline.domain.clock_questions import at_receipt
from pipeline.domain.errors import StoreError
from pipeline.domain.reference import make
from pipeline.domain.regime_mixed import Days, days_by_law, is_mixed
from pipeline.domain.request import OVER, Regime
from pipeline.domain.shadow import NAMES_LOST, as_record, silenced
from pipeline.domain.triage.language import is_welsh
from pipeline.letters import posting
from pipeline.mail.headers import sent_date
from pipeline.mail.judging import is_junk
from pipeline.settings_fields import DeliveryMode
from pipeline.stages.intake.given_back import told, write_down
from pipeline.store.cases import NewCase
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pipeline.domain.acknowledgement import Decision
    from pipeline.domain.clock_questions import Standing
    from pipeline.mail.readout import Reading
    from pipeline.stages.intake.desk import Desk, Item
    from pipeline.stages.intake.given_back import Told
    from pipeline.store import Work
    from pipeline.store.records import Case

_DRAWS = 20
_A_DAY = timedelta(days=1)
_SAME_WORDS = timedelta(days=90)  # about the 60 working days of the Fees Regulations' aggregation, regulation 5(2)


def look_ahead(work: Work, desk: Desk, readings: Sequence[Reading]) -> list[str | None]:
    """Ask once for a whole batch what filing asks about each of its mails: what its senders have had of us, and who said the same.

    Where the database is a journey away ids are drawn as well, and for each of *readings* a reference, given back if it is free.
    """
    now = desk.clock.now()
    work.outbox.count_ahead({one.requester.email for one in readings if one.requester is not None}, now - _A_DAY)
    work.cases.wordings_ahead({one.wording for one in readings if one.wording is not None}, now - _SAME_WORDS)
    if not readings or not work.ahead.draw(len(readings)):
        return [None] * len(readings)
    drawn = [_reference(desk, one) for one in readings]
    taken = work.cases.taken(drawn)
    # Of two that are the same by chance the second is drawn again.
    return [one if one not in taken and one not in drawn[:at] else None for at, one in enumerate(drawn)]


def _reference(desk: Desk, reading: Reading) -> str:
    prefixes = desk.settings.reference
    prefix = {Regime.FOI: prefixes.foi, Regime.EIR: prefixes.eir, Regime.SAR: prefixes.sar}
    return make(prefix[reading.regime.regime], desk.ids.reference_digits())


def open_case(work: Work, desk: Desk, item: Item, now: datetime) -> None:
    """Give the request its reference, its questions and its dates, and queue its acknowledgement if one is due."""
    reading = item.reading
    shadow = desk.settings.delivery.mode == DeliveryMode.SHADOW
    others = _in_the_same_words(work, item, now)
    again = _asked_again(item, others)
    wanted = _decide(work, desk, item, now)
    decision = silenced(wanted, item.waiting.quiet or (NAMES_LOST if item.known.lost else None), shadow=shadow)
    known = told(work, item.waiting, item.reading)
    decision = known.instead_of(decision) if known else decision
    request_id, reference = _with_reference(work, desk, item, decision, now, known, again)
    write_down(work, request_id, known, item.waiting.id, now)
    work.messages.link(
        request_id, item.waiting.id, side="requester", rung="it opened this case", at=now, at_the_end=True
    )
    for earlier in item.known.found:
        if earlier.own:
            work.cases.link_cases(request_id, earlier.case.id, f"asked in a mail about {earlier.case.reference}")
        else:
            work.messages.link(earlier.case.id, item.waiting.id, side="suggested", rung=earlier.rung, at=now)
    _link_same_words(work, item, request_id, others, now)
    going = wanted if shadow else decision
    if going.acknowledge and not going.release_needed and going.kind is not None and going.to is not None:
        days = _days(desk, reading)
        about = posting.Acknowledged(
            request_id=request_id,
            reference=reference,
            regime=reading.regime.regime,
            received_on=reading.received_on,
            due_on=days.own_data,
            others_due_on=days.others,
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


def _clocks(desk: Desk, reading: Reading) -> Standing | None:
    """The clocks of a request that asks under laws whose clocks differ; None for any other, which has one day for all of it."""
    if not is_mixed(reading.questions, reading.regime.regime):
        return None
    return at_receipt(reading.regime.regime, reading.questions, reading.received_on, desk.calendar)


def _days(desk: Desk, reading: Reading) -> Days:
    """The days the acknowledgement tells: one, or two where own data and other information are asked for together."""
    law = reading.regime.regime
    clocks = _clocks(desk, reading)
    if clocks is None:
        return Days(desk.due_on(law, reading.received_on))
    own = clocks.own_dates()
    asked = [(one.regime, own.get(key)) for key, one in enumerate(reading.questions, 1)]
    return days_by_law(law, clocks.due_on or desk.due_on(law, reading.received_on), asked)


def _in_the_same_words(work: Work, item: Item, now: datetime) -> list[Case]:
    """The requests of the last time in the same words, whoever asked; short ones are their asker's own."""
    wording = item.reading.wording
    return [] if wording is None else work.cases.same_wording(0, wording, now - _SAME_WORDS)


def _asked_again(item: Item, others: Sequence[Case]) -> str | None:
    """The sender's own open request in the same words, which this one may be, sent once more."""
    return next((other.reference for other in others if _is_theirs(other, item) and other.workflow not in OVER), None)


def _is_theirs(other: Case, item: Item) -> bool:
    requester = item.reading.requester
    return requester is not None and other.requester_email.strip().casefold() == requester.key


def _link_same_words(work: Work, item: Item, request_id: int, others: Sequence[Case], now: datetime) -> None:
    """Link requests in the same words: a campaign of several people, or one person asking again (FOIA section 14(2)). Each stays a request."""
    for other in others:
        again = _is_theirs(other, item)
        why = "the same person asked this in the same words" if again else "the same words from somebody else"
        work.cases.link_cases(request_id, other.id, why)
    if others:
        data = {"same_wording": [other.reference for other in others]}
        work.cases.note(request_id, Happening(kind="linked_by_wording", at=now, data=data))


def _with_reference(
    work: Work, desk: Desk, item: Item, decision: Decision, now: datetime, known: Told | None, again: str | None
) -> tuple[int, str]:
    """Draw references until one is free: the unique key decides, not a look beforehand (D6). The one the requester knows comes first."""
    reading = item.reading
    regime = reading.regime.regime
    clocks = _clocks(desk, reading)
    requester = reading.requester
    first = known.reference if known else item.reference
    flags = [*(item.triage.reasons if item.triage.flagged else ()), *reading.shortcomings]
    if again is not None:
        flags.append(
            f"the same sender asked this in the same words in {again}; if it was sent once more, merge the two"
        )
    for draw in range(_DRAWS):
        reference = first if first and not draw else _reference(desk, reading)
        new = NewCase(
            reference=reference,
            regime=regime,
            regime_reasons=reading.regime.reasons,
            flagged=item.triage.flagged or bool(flags),
            flag_reasons=tuple(flags),
            received_at=reading.receipt.at,
            received_on=reading.received_on,
            received_source=reading.receipt.source,
            due_on=(clocks.due_on if clocks else None) or desk.due_on(regime, reading.received_on),
            requester_name=requester.name if requester else "",
            requester_email=requester.email if requester else "",
            topic=reading.topic,
            subject=reading.message.subject,
            message_id=item.waiting.id,
            acknowledge=_acknowledge_state(decision),
            acknowledge_kind=decision.kind or decision.offered,
            acknowledge_reasons=decision.reasons,
            created_at=now,
            wording_sha256=reading.wording,
        )
        dates = clocks.own_dates() if clocks else None
        request_id = work.cases.open(new, reading.questions, dates=dates, questions_last=True)
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
            sent_to_sender_today=work.outbox.acknowledged_to(address, now - _A_DAY) if address else 0,
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
