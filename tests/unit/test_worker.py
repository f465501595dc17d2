"""The worker's watch over its parts: when one counts as hanging, and how long it rests after failures."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeMailbox, FixedClock, SequenceIds, Ticks

from pipeline.bootstrap import App
from pipeline.settings import Settings
from pipeline.worker import HUNG, Worker

_LIMIT = timedelta(seconds=600)


class _Unwired(App):
    """The product without servers or a database; nothing here runs a part."""

    def mailbox(self, settings: Any) -> Any:
        """A mailbox in memory."""
        return FakeMailbox(settings.name)

    def deliver(self, *, copies: bool = True) -> Any:
        """Something that sends nothing, and puts no copies anywhere."""
        assert not copies, "a mail server that says nothing would hold up the letters"
        return Idle()


class _Ended(Exception):  # noqa: N818 - it stands for the end of the process, which is no error here
    """The process would have ended now."""


class Idle:
    """A stage that finds nothing to do."""

    unreachable = ""

    def run(self, **_: object) -> Idle:
        """Do nothing."""
        return self


@pytest.fixture
def ticks() -> Ticks:
    """The seconds by which parts are watched."""
    return Ticks()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that a test moves."""
    return FixedClock()


@pytest.fixture
def worker(clock: FixedClock, ticks: Ticks, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """A worker whose threads count as alive, and whose end as a process is an exception."""
    settings = Settings.model_validate(
        {
            "path": Path("infogov.toml"),
            "authority": {"name": "Northfield Council", "team": "Team"},
            "mailbox": {"foi": {"name": "foi", "host": "127.0.0.1", "user": "foi", "sent_folder": "Sent"}},
            "smtp": {"host": "127.0.0.1", "from_address": "foi@northfield.example"},
            "worker": {"hung_after_seconds": 600},
        }
    )

    def exit_(status: int) -> None:
        raise _Ended(status)

    monkeypatch.setattr(os, "_exit", exit_)
    monkeypatch.setattr(threading.Thread, "is_alive", lambda _: True)
    unused: Any = None
    app = _Unwired(settings=settings, store=unused, clock=clock, ids=SequenceIds(), calendar=unused)
    return Worker(app, ticks)


def test_a_part_that_gets_no_further_ends_the_process(worker: Worker, ticks: Ticks) -> None:
    """Up to the limit it is waited for, and then the exit status asks the supervisor for a new start."""
    worker._parts[0].pulse.start("mail", 10)
    ticks.advance(_LIMIT)
    worker._watch()
    ticks.advance(timedelta(seconds=1))
    with pytest.raises(_Ended, match=str(HUNG)):
        worker._watch()


def test_long_work_that_gets_on_is_not_a_hang(worker: Worker, ticks: Ticks) -> None:
    """A first poll of a large mailbox takes longer than the limit; each batch is a sign of life."""
    pulse = worker._parts[0].pulse
    pulse.start("mail", 10)
    for _ in range(5):
        ticks.advance(_LIMIT)
        worker._watch()
        pulse.advance()
    assert pulse.since == ticks()


def test_a_server_may_take_its_time_over_a_final_dot(worker: Worker, ticks: Ticks) -> None:
    """Whoever sends may stand still longer than the others, by the ten minutes that the answer may take (RFC 5321 section 4.5.3.2.6)."""
    pulse = worker._deliver.pulse
    pulse.start("letters", 1)
    ticks.advance(_LIMIT + timedelta(minutes=10))
    worker._watch()
    assert worker._deliver.longest_silence > _LIMIT + timedelta(minutes=9)
    ticks.advance(timedelta(seconds=2))
    with pytest.raises(_Ended, match=str(HUNG)):
        worker._watch()


def test_a_clock_that_is_set_ends_no_process(worker: Worker, clock: FixedClock) -> None:
    """What the wall's clock says, after a correction or a machine's sleep, is no part's silence."""
    worker._parts[0].pulse.start("mail", 10)
    clock.advance(timedelta(days=1))
    worker._watch()


def test_copies_are_put_beside_the_sending(worker: Worker) -> None:
    """A part of its own puts them, asked after each time of sending; a silent mailbox holds up no letter."""
    deliver, copies = (part for part in worker._parts if part.name in {"deliver", "sent copies"})
    assert not copies.nudged.is_set()
    deliver.nudge()
    assert deliver.turn() == ""
    assert copies.nudged.is_set()
    copies.abort()


def test_a_part_at_rest_may_rest_for_long(worker: Worker, ticks: Ticks) -> None:
    """No mail for a day is no hang."""
    ticks.advance(timedelta(days=1))
    worker._watch()


def test_a_part_that_died_ends_the_process_unless_it_was_told_to(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread gone without a word is as bad as one that hangs; after the signal to stop it is as it should be."""
    monkeypatch.setattr(threading.Thread, "is_alive", lambda _: False)
    with pytest.raises(_Ended, match=str(HUNG)):
        worker._watch()
    worker.stop()
    worker._watch()


def test_rests_grow_with_failures_and_stay_in_bounds(worker: Worker) -> None:
    """Five seconds and doubling, at most five minutes, each between half and all of it."""
    part = worker._parts[0]
    rests = []
    for part._failures in range(1, 20):
        rests.append(part._backoff())
    assert rests == sorted(rests)
    assert rests[:2] == [5.0 * 0.75, 10.0 * 0.75]
    assert rests[-1] == 300.0 * 0.75
