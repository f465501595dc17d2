"""Tells systemd how the service is (sd_notify(3)), without a library: ready, stopping, and alive only while the work gets on."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import timedelta

_FEEDS_A_PERIOD = 4  # systemd advises half of the period; a quarter leaves room for a slow second


def tell(*words: str) -> bool:
    """Send *words* ("READY=1", "STATUS=…") to the service manager; False where there is none, or it does not hear."""
    place = os.environ.get("NOTIFY_SOCKET", "")
    if not place.startswith(("/", "@")):
        return False
    address = "\0" + place[1:] if place.startswith("@") else place
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.connect(address)
            sock.sendall("\n".join(words).encode())
    except OSError:
        # Nobody is listening any more; the work matters more than the word about it.
        return False
    return True


class Watchdog:
    """Feeds systemd's watchdog (WatchdogSec=), but only while every part has shown a sign of life within its time.

    It is to be fed from the main loop, so that it starves, too, when that loop itself stands still. *ticks*: seconds that only go on.
    """

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._fed: float | None = None
        period = os.environ.get("WATCHDOG_USEC", "")
        ours = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self._every = int(period) / 1_000_000 / _FEEDS_A_PERIOD if ours and period.isdecimal() else None

    def feed(self, signs: Iterable[tuple[float, timedelta]]) -> bool:
        """Feed it when that is due and each of *signs* (the last sign of life, and how long it may be ago) is fresh; True when fed."""
        now = self._ticks()
        if self._every is None or (self._fed is not None and now - self._fed < self._every):
            return False
        if any(now - last > allowed.total_seconds() for last, allowed in signs):
            return False
        self._fed = now
        return tell("WATCHDOG=1")
