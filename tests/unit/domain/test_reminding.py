"""Who gets a mail when, and what it says: hours in London, working days of England, one a day, restricted cases without their topic."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from pipeline.bootstrap import uk_calendar
from pipeline.domain.reminding import (
    NoticeKind,
    OpenCase,
    Person,
    Rules,
    calls,
    flood_calls,
    lists,
    managers,
    unapproved_today,
)

CALENDAR = uk_calendar()
KIM = Person(email="kim@council.example", name="Kim", role="officer")
ANN = Person(email="ann@council.example", name="Ann", role="approver")
ADA = Person(email="ada@council.example", name="Ada", role="admin", team="legal")
ROB = Person(email="rob@council.example", name="Rob", role="read_only")
ALL = (KIM, ANN, ADA, ROB)
MONDAY = date(2025, 1, 13)


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    """A time of a winter day, when London keeps UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def case(reference: str = "FOI1", **changes: object) -> OpenCase:
    """An open case of Kim's, due a week later."""
    values = OpenCase(
        reference=reference, topic="Clinics", due_on=date(2025, 1, 20), workflow="new", clock="running", owner=KIM.email
    )
    return replace(values, **changes)  # type: ignore[arg-type]


def who(now: datetime, **changes: object) -> list[tuple[str, str]]:
    """Kind and address of everybody who gets a mail at *now*."""
    rules = replace(Rules(), **changes)  # type: ignore[arg-type]
    return [(call.kind, call.person.email) for call in calls(now, CALENDAR, ALL, rules)]


def test_at_eight_everybody_who_works_gets_one_mail_and_who_approves_gets_the_summary() -> None:
    """Before eight nobody; from eight on one mail a person: never a second for a manager, none for who may only look."""
    assert who(at(7, 59)) == []
    morning = [("morning", KIM.email), ("summary", ANN.email), ("summary", ADA.email)]
    assert who(at(8)) == morning
    assert who(at(11, 59)) == morning


def test_the_hours_are_those_of_london() -> None:
    """In summer eight in London is seven UTC."""
    summer = date(2025, 7, 7)
    assert who(at(6, 59, summer)) == []
    assert len(who(at(7, 0, summer))) == 3


@pytest.mark.parametrize("day", [date(2025, 1, 11), date(2025, 1, 12), date(2025, 4, 18), date(2025, 12, 25)])
def test_nothing_goes_on_a_day_england_does_not_work(day: date) -> None:
    """Weekends and England's bank holidays are left alone."""
    assert who(at(9, 0, day)) == []


def test_a_holiday_of_scotland_alone_is_a_working_day() -> None:
    """Our people work on the second of January."""
    assert len(who(at(9, 0, date(2025, 1, 2)))) == 3


def test_the_key_is_the_persons_and_the_days() -> None:
    """One key a day and a person, whatever the case of the address; it goes stale when London's day is over."""
    [call, *_] = calls(at(8), CALENDAR, [replace(KIM, email="Kim@Council.example")], Rules())
    assert call.once_key == "morning:2025-01-13:kim@council.example"
    assert call.stale_at is not None
    assert call.stale_at.astimezone(UTC) == at(0, day=date(2025, 1, 14))
    [later, *_] = calls(at(17), CALENDAR, [KIM], Rules())
    assert later.once_key == call.once_key


def test_switched_off_nobody_gets_any() -> None:
    """The one switch turns all of them off."""
    assert who(at(13), enabled=False) == []


def test_named_managers_get_the_summary_and_must_be_officers() -> None:
    """An address that is no officer's gets nothing; one who may only look can be named."""
    rules = Rules(managers=("Rob@council.example", "mayor@elsewhere.example"))
    assert managers(ALL, rules) == [ROB]
    kinds = [(call.kind, call.person) for call in calls(at(8), CALENDAR, ALL, rules)]
    assert kinds == [("morning", KIM), ("morning", ANN), ("morning", ADA), ("summary", ROB)]


def test_at_noon_those_who_approve_are_warned() -> None:
    """From twelve on approvers and administrators are called besides."""
    assert [one for one in who(at(12)) if one[0] == "escalation"] == [
        ("escalation", ANN.email),
        ("escalation", ADA.email),
    ]


def test_what_is_late_and_what_is_near_stand_in_their_lists() -> None:
    """Overdue, today, soon by working days, each with the days left; what waits for the requester is in none of them."""
    cases = [
        case("FOI1", due_on=date(2025, 1, 10)),
        case("FOI2", due_on=MONDAY),
        case("FOI3", due_on=date(2025, 1, 20)),
        case("FOI4", due_on=date(2025, 1, 21)),
        case("FOI5", due_on=date(2025, 1, 10), clock="waiting_for_requester"),
        case("FOI6", due_on=date(2025, 1, 10), workflow="closed"),
    ]
    [call, *_] = calls(at(8), CALENDAR, [KIM], Rules())
    told = lists(call, cases, CALENDAR, Rules())
    assert [(line.reference, line.days) for line in told.overdue] == [("FOI1", -1)]
    assert [(line.reference, line.days) for line in told.today] == [("FOI2", 0)]
    assert [(line.reference, line.days) for line in told.soon] == [("FOI3", 5)]
    assert told.open_count == 5


def test_an_officer_is_told_of_their_own_and_of_nobodys() -> None:
    """Another's cases are none of theirs; what is nobody's is everybody's."""
    cases = [case("FOI1"), case("FOI2", owner=ANN.email), case("FOI3", owner=None)]
    [call] = calls(at(8), CALENDAR, [KIM], Rules())
    told = lists(call, cases, CALENDAR, Rules())
    assert [line.reference for line in told.soon] == ["FOI1"]
    assert [line.reference for line in told.nobodys] == ["FOI3"]
    assert told.by_owner == ()


def test_the_summary_counts_who_has_what() -> None:
    """The whole house, with each officer's open and overdue cases and letters that did not arrive."""
    cases = [case("FOI1", due_on=date(2025, 1, 10)), case("FOI2", undelivered=1), case("FOI3", owner=None)]
    [call, *_] = calls(at(8), CALENDAR, [ANN], Rules())
    told = lists(call, cases, CALENDAR, Rules())
    assert call.kind is NoticeKind.SUMMARY
    assert told.by_owner == ((KIM.email, 2, 1),)
    assert [line.reference for line in told.undelivered] == ["FOI2"]


def test_the_topic_of_a_restricted_case_is_for_its_team() -> None:
    """Who may not open a case reads its reference and date, not what it is about; an administrator reads it all."""
    hers = case("FOI1", team="social care", topic="A family", owner=None)
    shown = {}
    for person in (KIM, ANN, ADA, replace(KIM, email="sam@council.example", team="social care")):
        [call, *_] = calls(at(8), CALENDAR, [person], Rules())
        shown[person.email] = lists(call, [hers], CALENDAR, Rules()).nobodys[0].topic
    assert shown == {KIM.email: "", ANN.email: "", ADA.email: "A family", "sam@council.example": "A family"}


@pytest.mark.parametrize(
    ("workflow", "clock", "warned"),
    [
        ("new", "running", True),
        ("for_approval", "running", True),
        ("approved", "running", False),
        ("drafting", "waiting_for_requester", False),
        ("sent", "stopped", False),
    ],
)
def test_the_warning_names_what_is_due_today_and_not_approved(workflow: str, clock: str, warned: bool) -> None:  # noqa: FBT001 - a column of the table
    """An approved answer is on its way, and a clock that waits is nobody's delay."""
    call = next(one for one in calls(at(12), CALENDAR, [ANN], Rules()) if one.kind is NoticeKind.ESCALATION)
    cases = [case(due_on=MONDAY, workflow=workflow, clock=clock), case("FOI2", due_on=date(2025, 1, 14))]
    assert bool(unapproved_today(cases, call, CALENDAR)) is warned


def test_a_flood_is_told_once_a_day_to_all_who_work() -> None:
    """The key names the day and a mark, not the sender; who may only look is not told."""
    told = flood_calls(at(3), ALL, "0123456789abcdef")
    assert [call.person for call in told] == [KIM, ANN, ADA]
    assert told[0].once_key == "flood:0123456789abcdef:2025-01-13:kim@council.example"
    assert told[0].stale_at is None
