"""The signs of life in the database: what waits and since when, on either database, and alarms that stand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from fakes import FixedClock
from files_of_cases import settings
from storing import AT, FOLDER, MAILBOX, UIDVALIDITY, arrival, frozen, new_case, one_of_everything, position, take

from pipeline.domain.outbox import OutboxStatus
from pipeline.stages.recovery import Recovery
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from pipeline.store import Store

_HOUR = timedelta(hours=1)
_CHANGED = Happening(kind="changed", at=AT)


def test_nothing_waits_in_an_empty_house(store: Store) -> None:
    """No oldest of anything."""
    with store.read() as work:
        vitals = work.vitals
        ages = (vitals.oldest_due(AT), vitals.oldest_sending(), vitals.oldest_retried(), vitals.oldest_unfiled())
        assert ages == (None, None, None, None)
        assert (vitals.polls(), vitals.quarantined(), vitals.due_by(date(2099, 1, 1)), vitals.alarms()) == (
            {},
            0,
            0,
            [],
        )


def test_a_letter_waits_from_when_it_could_have_gone(store: Store) -> None:
    """Its time counts, not its queueing; tried before, its first attempt does, however often its next time moves."""
    with store.write() as work:
        case = new_case(work)
        work.outbox.freeze(case.id, frozen(1, not_before=AT + _HOUR), at=AT)
    with store.read() as work:
        assert work.vitals.oldest_due(AT + _HOUR - timedelta(seconds=1)) is None
        assert work.vitals.oldest_due(AT + _HOUR) == AT + _HOUR
    tried = AT + 2 * _HOUR
    with store.write() as work:
        [letter] = work.outbox.claim("token", tried, 5)
        assert work.vitals.oldest_sending() == tried
        work.outbox.settle(letter, OutboxStatus.RETRY, at=tried, answer="451 later", not_before=AT + 9 * _HOUR)
    with store.read() as work:
        assert work.vitals.oldest_due(tried) == tried
        assert work.vitals.oldest_retried() == AT
        assert work.vitals.oldest_sending() is None


def test_mail_waits_from_when_it_was_taken(store: Store) -> None:
    """Filed, it waits no more; what could not be read is counted until it is dismissed."""
    with store.write() as work:
        work.messages.first_contact(MAILBOX, FOLDER, position())
        take(work, arrival(1), arrival(2))
        work.messages.advance(MAILBOX, FOLDER, 2, AT + _HOUR)
    with store.read() as work:
        assert work.vitals.oldest_unfiled() == AT
        assert work.vitals.polls() == {(MAILBOX, FOLDER): AT + _HOUR}
    with store.write() as work:
        work.messages.settle(1, state="filed", values={})
        work.messages.settle(2, state="quarantined", values={})
    with store.read() as work:
        assert (work.vitals.oldest_unfiled(), work.vitals.quarantined()) == (None, 1)


def test_requests_are_due_until_they_are_answered(store: Store) -> None:
    """A closed one is not, and one whose clock stands still is not."""
    with store.write() as work:
        for number, reference in enumerate(("FOI000000015", "FOI000000023", "FOI000000031")):
            case = new_case(work, reference)
            if number == 1:
                work.cases.change(case, _CHANGED, workflow="closed")
            if number == 2:
                work.cases.change(case, _CHANGED, clock="stopped")
    with store.read() as work:
        assert work.vitals.due_by(date(2025, 2, 2)) == 0
        assert work.vitals.due_by(date(2025, 2, 3)) == 1


def test_an_alarm_stands_since_the_first_time(store: Store) -> None:
    """Told again, only that moves; over, it is forgotten."""
    with store.write() as work:
        work.vitals.told("disk", "little room", AT)
        work.vitals.told("disk", "less room", AT + _HOUR)
    with store.read() as work:
        [alarm] = work.vitals.alarms()
    assert (alarm.since, alarm.told_at, alarm.words) == (AT, AT + _HOUR, "less room")
    with store.write() as work:
        work.vitals.over("disk")
        assert work.vitals.alarms() == []


def test_a_restored_database_doubts_what_was_on_its_way(store: Store) -> None:
    """Everything unsent waits for a word, every folder is read again quietly, and saying it twice changes nothing more."""
    one_of_everything(store)
    marked = Recovery(store, FixedClock(AT + _HOUR), settings()).mark()
    assert (marked.letters, marked.folders) == (1, 1)
    with store.read() as work:
        assert work.outbox.counts() == {"sent": 1, "uncertain": 1}
        place = work.messages.position(MAILBOX, FOLDER)
        assert place is not None
        assert (place.quiet_until, place.uidvalidity) == (-1, UIDVALIDITY)
    assert Recovery(store, FixedClock(AT + _HOUR), settings()).mark() == marked
    with store.read() as work:
        assert work.outbox.counts() == {"sent": 1, "uncertain": 1}
    assert store.verify().ok
