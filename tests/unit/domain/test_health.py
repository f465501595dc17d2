"""What counts as a problem of the service, and which of them ask for somebody now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.domain.health import Health, Limits, MailboxHealth, PartHealth, ProblemKind, problems

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
LIMITS = Limits(mailbox=timedelta(minutes=30), unsent=timedelta(minutes=60))
WELL = Health(
    at=NOW,
    sends=True,
    parts=tuple(PartHealth(name=name, at=NOW) for name in ("mailbox:foi", "intake", "deliver")),
    mailboxes=(MailboxHealth(name="foi", polled_at=NOW),),
    free_bytes=50_000_000_000,
)


def ago(**time: int) -> datetime:
    """An instant before now."""
    return NOW - timedelta(**time)


def kinds(health: Health, *, grave: bool) -> list[ProblemKind]:
    """The kinds of problems, those that are grave or those that are not."""
    return [problem.kind for problem in problems(health, LIMITS) if problem.grave is grave]


def test_a_service_that_is_well_has_no_problems() -> None:
    """Fresh beats, a mailbox just read, nothing waiting."""
    assert problems(WELL, LIMITS) == ()


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"mailboxes": (MailboxHealth(name="foi", polled_at=ago(minutes=31)),)}, ProblemKind.MAILBOX_UNREAD),
        ({"mailboxes": (MailboxHealth(name="foi", polled_at=None),)}, ProblemKind.MAILBOX_UNREAD),
        ({"parts": ()}, ProblemKind.WORKER_SILENT),
        ({"parts": (PartHealth(name="intake", at=ago(minutes=31)),)}, ProblemKind.WORKER_SILENT),
        (
            {"parts": (PartHealth(name="intake", at=NOW), PartHealth(name="deliver", at=ago(hours=1)))},
            ProblemKind.PART_SILENT,
        ),
        ({"oldest_unsent": ago(minutes=61)}, ProblemKind.LETTERS_WAITING),
        ({"oldest_unfiled": ago(minutes=61)}, ProblemKind.MAIL_NOT_FILED),
        ({"oldest_sending": ago(minutes=61)}, ProblemKind.SENDING_STUCK),
        ({"free_bytes": 150_000_000}, ProblemKind.DISK),
        ({"secret_ends": {"smtp": date(2026, 3, 15)}}, ProblemKind.CLIENT_SECRET),
    ],
)
def test_what_keeps_the_service_from_its_work_is_grave(change: dict[str, object], kind: ProblemKind) -> None:
    """Each alone is the one grave problem, with words and a remedy."""
    health = replace(WELL, **change)
    assert kinds(health, grave=True) == [kind]
    [problem] = problems(health, LIMITS)
    assert problem.words
    assert problem.remedy


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"letters": {"uncertain": 1}}, ProblemKind.UNCERTAIN),
        ({"letters": {"failed": 2}}, ProblemKind.FAILED),
        ({"quarantined": 3}, ProblemKind.QUARANTINED),
        ({"oldest_retried": ago(hours=25)}, ProblemKind.RETRIED_TOO_LONG),
        ({"free_bytes": 900_000_000}, ProblemKind.DISK),
        ({"secret_ends": {"smtp": date(2026, 4, 1)}}, ProblemKind.CLIENT_SECRET),
    ],
)
def test_what_officers_see_to_is_no_alarm(change: dict[str, object], kind: ProblemKind) -> None:
    """It is told, and wakes nobody."""
    health = replace(WELL, **change)
    assert (kinds(health, grave=False), kinds(health, grave=True)) == ([kind], [])


@pytest.mark.parametrize(
    "change",
    [
        {"mailboxes": (MailboxHealth(name="foi", polled_at=ago(minutes=30)),)},
        {"oldest_unsent": ago(minutes=60)},
        {"oldest_unsent": ago(days=9), "sends": False},
        {"oldest_unfiled": ago(minutes=60)},
        {"secret_ends": {"smtp": date(2026, 4, 2)}},
    ],
)
def test_up_to_the_limit_nothing_is_wrong(change: dict[str, object]) -> None:
    """Nor when letters are meant to wait, nor 31 days before a secret ends."""
    assert problems(replace(WELL, **change), LIMITS) == ()


def test_two_mailboxes_are_two_problems() -> None:
    """Their keys differ, so that an alarm for one is none for the other; a silent part of a mailbox is told once."""
    boxes = tuple(MailboxHealth(name=name, polled_at=None) for name in ("foi", "eir"))
    parts = (*WELL.parts, PartHealth(name="mailbox:eir", at=None))
    found = problems(replace(WELL, mailboxes=boxes, parts=parts), LIMITS)
    assert [problem.key for problem in found] == ["mailbox_unread:foi", "mailbox_unread:eir"]
