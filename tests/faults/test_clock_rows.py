"""A clock that jumps, and the two nights a year on which London's does: mail is taken and dated right, letters go once, nothing is forgotten."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from faults.machine_rows import MACHINE_ROWS

if TYPE_CHECKING:
    from faults.fault_table import Proofs
    from faults.story import Story

CASES = {row.name: row.cases for row in MACHINE_ROWS}
JUMPS = {"an hour": timedelta(hours=1), "a day": timedelta(days=1), "a year": timedelta(days=365)}
LONDON = ZoneInfo("Europe/London")


def all_of(story: Story) -> None:
    """Take, file and send once."""
    for job in (story.world.poll, lambda app: app.intake.run(), lambda app: app.deliver().run()):
        story.world.run(job)


@pytest.mark.parametrize("case", CASES["clock-back"])
def test_a_clock_that_jumps_back(case: str, story: Story, proofs: Proofs) -> None:
    """Letters that are due at an hour that is now to come wait for it; mail is taken and filed meanwhile, and its dates are the server's."""
    world, right = story.world, story.world.clock.now()
    story.before("sending")
    world.clock.set(right - JUMPS[case])
    all_of(story)
    assert world.server.offered == []
    assert world.rows("SELECT count(*) FROM message WHERE state = 'filed'") == [(2,)]
    world.clock.set(right + timedelta(minutes=1))
    story.mail_comes()
    seen = story.account(story.runs())
    assert {row[0] for row in world.rows("SELECT received_on FROM request")} == {right.date().isoformat()}
    proofs.show("clock-back", case, seen)


@pytest.mark.parametrize("case", CASES["clock-ahead"])
def test_a_clock_that_jumps_ahead(case: str, story: Story, proofs: Proofs) -> None:
    """Whether it is right again or not, every mail is dated by the mail server and acknowledged."""
    world, right = story.world, story.world.clock.now()
    all_of(story)
    for ahead in (JUMPS[case], JUMPS[case] + timedelta(minutes=1), timedelta(minutes=2)):
        world.clock.set(right)
        story.mail_comes()
        world.clock.set(right + ahead)
        all_of(story)
    assert {row[0] for row in world.rows("SELECT received_on FROM request")} == {right.date().isoformat()}
    proofs.show("clock-ahead", case, story.account(story.runs()))


def test_a_clock_that_jumps_far_ahead(story: Story, proofs: Proofs) -> None:
    """Mail that comes later looks a year old: it is filed with its right date, and an officer sees that nobody was told."""
    world, right = story.world, story.world.clock.now()
    all_of(story)
    world.clock.set(right + JUMPS["a year"])
    all_of(story)
    world.clock.set(right)
    story.mail_comes()
    world.clock.set(right + JUMPS["a year"])
    all_of(story)
    [case] = world.app.mailroom().waiting_acknowledgements()
    assert case.received_on == right.date()
    world.app.mailroom().release_acknowledgement(case.reference)
    world.run(lambda app: app.deliver().run())
    proofs.show("clock-far-ahead", "", story.account(story.runs()))


@pytest.mark.parametrize("case", CASES["clock-dst"])
def test_the_nights_of_the_clock_change(case: str, story: Story, proofs: Proofs) -> None:
    """Every half hour of the night a mail is dated with London's day, due as on any other night, and acknowledged once."""
    world = story.world
    night = datetime.combine(date.fromisoformat(case), datetime.min.time(), tzinfo=UTC)
    story.mails.clear()
    for uid in list(world.mailbox.folders["INBOX"].messages):
        world.mailbox.remove(uid)
    expected = {}
    for half_hours in range(-4, 7):
        world.clock.set(night + half_hours * timedelta(minutes=30))
        expected[f"person{len(story.mails)}@example.org"] = world.clock.now().astimezone(LONDON).date()
        story.mail_comes()
        all_of(story)
    with world.app.store.read() as work:
        found = {one.requester_email: one for one in work.cases.every()}
    assert {email: one.received_on for email, one in found.items()} == expected
    assert len({one.due_on for one in found.values()}) == 1
    proofs.show("clock-dst", case, story.account(story.runs()))
