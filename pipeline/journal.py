"""What the program says about itself while it works: events with their facts, handed to whoever was set up to write them down."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    # The level, the event and its facts; ``exc_info`` among these is an error, or True for the one that is being handled.
    Keep = Callable[[str, str, dict[str, Any]], None]

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}


class Log:
    """Takes events from any thread and keeps those of *least* level and above; until it is set up, warnings in plain words."""

    def __init__(self) -> None:
        self.reset()

    def set_up(self, least: str, keep: Keep) -> None:
        """Hand everything from level *least* on to *keep*. Raises KeyError for a level that there is not."""
        self._least, self._keep = LEVELS[least], keep

    def reset(self) -> None:
        """Be as at the beginning."""
        self.set_up("warning", _plainly)

    def debug(self, event: str, **facts: Any) -> None:  # noqa: ANN401 - a fact is whatever can be written down
        """Say what only a search for a fault needs."""
        self._say("debug", event, facts)

    def info(self, event: str, **facts: Any) -> None:  # noqa: ANN401 - the same
        """Say what was done."""
        self._say("info", event, facts)

    def warning(self, event: str, **facts: Any) -> None:  # noqa: ANN401 - the same
        """Say what somebody should look at."""
        self._say("warning", event, facts)

    def error(self, event: str, **facts: Any) -> None:  # noqa: ANN401 - the same
        """Say what went wrong."""
        self._say("error", event, facts)

    def critical(self, event: str, **facts: Any) -> None:  # noqa: ANN401 - the same
        """Say what ends the program."""
        self._say("critical", event, facts)

    def exception(self, event: str, **facts: Any) -> None:  # noqa: ANN401 - the same
        """Say what went wrong, with the error that is being handled."""
        self._say("error", event, {**facts, "exc_info": True})

    def _say(self, level: str, event: str, facts: dict[str, Any]) -> None:
        if LEVELS[level] >= self._least:
            self._keep(level, event, facts)


def _plainly(level: str, event: str, facts: dict[str, Any]) -> None:
    sys.stderr.write(f"{level} {event} {' '.join(facts)}\n")


log = Log()
