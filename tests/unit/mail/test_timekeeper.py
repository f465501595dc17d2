"""The one clock that ends what takes too long."""

from __future__ import annotations

import threading
import time

from pipeline.mail.timekeeper import Timekeeper

SOON, NEVER = 0.02, 3600.0


def test_it_calls_when_time_is_up_and_not_for_what_was_removed() -> None:
    """Of several running at once the due one is called, whatever order they came in; one that ended before is not."""
    keeper, called, due = Timekeeper(), [], threading.Event()
    now = time.monotonic()
    keeper.add(now + NEVER, lambda: called.append("never"))
    gone = keeper.add(now + SOON, lambda: called.append("removed"))
    keeper.remove(gone)
    keeper.add(now + 2 * SOON, lambda: (called.append("due"), due.set()))
    assert due.wait(10)
    assert called == ["due"]


def test_an_earlier_one_wakes_it() -> None:
    """It sleeps for the nearest one, and a nearer one that comes later is called in its time all the same."""
    keeper, due = Timekeeper(), threading.Event()
    keeper.add(time.monotonic() + NEVER, due.clear)
    assert not due.wait(SOON)
    keeper.add(time.monotonic() + SOON, due.set)
    assert due.wait(10)


def test_one_call_more_than_its_time_is_harmless() -> None:
    """Removing what was called, or was never there, does nothing."""
    keeper, due = Timekeeper(), threading.Event()
    key = keeper.add(time.monotonic() - 1, due.set)
    assert due.wait(10)
    keeper.remove(key)
    keeper.remove(object())
