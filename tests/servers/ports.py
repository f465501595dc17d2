"""Ports of the loopback address for servers of tests, of which several processes run at once."""

from __future__ import annotations

import itertools
import os
import random
import socket

# Below the ports that the system lends to clients (from 32,768 on Linux): none of ours can have become the near end of somebody's
# connection between the asking and the listening, and a connection to a port where nobody listens cannot meet itself.
# And above those that browsers refuse to visit (10,080 is the last).
_FIRST, _LAST = 11_000, 32_000
# The processes of one run take turns, so that no two are given the same port; other runs start elsewhere.
_WORKERS = 64
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_OURS = range(_FIRST + _WORKER % _WORKERS, _LAST, _WORKERS)
_NEXT = itertools.count(random.SystemRandom().randrange(len(_OURS)))


def free_port() -> int:
    """Find a port on which nobody listens now; no other test is given the same one."""
    for number in itertools.islice(_NEXT, len(_OURS)):
        port = _OURS[number % len(_OURS)]
        with socket.socket() as sock:
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"every port from {_FIRST} to {_LAST} is taken")
