"""The words to systemd, heard on a socket of our own, and a watchdog that is fed on progress only."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from fakes import Ticks

from pipeline.watch.notifying import Watchdog, tell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MINUTE = timedelta(minutes=1)


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A service manager that listens, with a watchdog of two minutes."""
    place = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(place))
        sock.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(place))
        monkeypatch.setenv("WATCHDOG_USEC", "120000000")
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
        yield sock


def heard(systemd: socket.socket) -> list[str]:
    """Everything said so far."""
    said = []
    while True:
        try:
            said.append(systemd.recv(1000).decode())
        except BlockingIOError:
            return said


def test_words_reach_the_service_manager(systemd: socket.socket) -> None:
    """As one datagram, a line each."""
    assert tell("READY=1", "STATUS=watching foi")
    assert heard(systemd) == ["READY=1\nSTATUS=watching foi"]


def test_an_abstract_socket_is_reached_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name begins with @ in the variable and with NUL on the wire."""
    name = f"infogov-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind("\0" + name)
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + name)
        assert tell("STOPPING=1")
        assert sock.recv(100) == b"STOPPING=1"


def test_without_a_service_manager_nothing_happens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable, an odd one, or nobody behind it: the work goes on."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not tell("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", "vsock:2:1234")
    assert not tell("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    assert not tell("READY=1")


def test_the_watchdog_is_fed_four_times_a_period(systemd: socket.socket) -> None:
    """Not more often than it needs, however often the loop turns."""
    ticks = Ticks()
    watchdog = Watchdog(ticks)
    for _ in range(61):
        watchdog.feed([(ticks(), _MINUTE)])
        ticks.advance(timedelta(seconds=1))
    assert heard(systemd) == ["WATCHDOG=1"] * 3


def test_the_watchdog_starves_when_a_part_shows_no_sign_of_life(systemd: socket.socket) -> None:
    """One part that stands still is enough; it is fed again when that part moves."""
    ticks = Ticks()
    watchdog = Watchdog(ticks)
    still, moving = ticks(), ticks()
    ticks.advance(_MINUTE)
    assert watchdog.feed([(moving, _MINUTE), (still, _MINUTE)])
    ticks.advance(_MINUTE)
    assert not watchdog.feed([(ticks(), _MINUTE), (still, _MINUTE)])
    assert watchdog.feed([(ticks(), _MINUTE), (ticks(), _MINUTE)])
    assert heard(systemd) == ["WATCHDOG=1"] * 2


def test_a_watchdog_of_another_process_is_not_ours(systemd: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """sd_watchdog_enabled(3): the variable may be inherited from a parent."""
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid() + 1))
    ticks = Ticks()
    assert not Watchdog(ticks).feed([(ticks(), _MINUTE)])
    assert heard(systemd) == []
