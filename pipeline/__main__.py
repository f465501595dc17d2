"""``python -m pipeline`` and the installed command ``infogov``."""

import signal
import sys
from typing import NoReturn

_SERVICES = {"serve", "worker", "web"}
_TERMINATED = 128 + signal.SIGTERM


def _end(*_: object) -> NoReturn:
    """Told to stop: a service that has not begun yet has ended well, any other verb was cut short."""
    sys.exit(0 if _SERVICES.intersection(sys.argv[1:]) else _TERMINATED)


# What follows takes a second to import, in which a service manager may already change its mind.
signal.signal(signal.SIGTERM, _end)

from pipeline.cli.main import main  # noqa: E402 - as said above

__all__ = ["main"]

if __name__ == "__main__":
    main()
