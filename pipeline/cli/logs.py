"""How the program logs: one event a line to standard error, and whatever the line says, no address and no words of an error's own."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from datetime import UTC, datetime
from typing import Any

from pipeline.journal import log

_ADDRESS = re.compile(r"[^\s<>\"'(),:;\[\]]{1,256}@[^\s<>\"'(),:;\[\]]{1,256}")
_HIDDEN = "[address]"
_FRAMES = 12


def set_up_logging(level: str, style: str) -> None:
    """Log to standard error: JSON lines for a journal, readable lines on a terminal; never bodies or addresses."""
    stream, one_by_one = sys.stderr, threading.Lock()
    shape = _readable if style == "text" or (style == "auto" and stream.isatty()) else _for_programs

    def keep(level: str, event: str, facts: dict[str, Any]) -> None:
        now = datetime.now(UTC)  # noqa: TID251 - a line of the log tells the machine's own time, whatever clock the work goes by
        line = {**facts, "event": event, "level": level, "timestamp": f"{now:%Y-%m-%dT%H:%M:%S.%fZ}"}
        said = shape(_without_addresses(_places_only(line)))
        with one_by_one:
            stream.write(said + "\n")
            stream.flush()

    log.set_up(str(level).lower(), keep)
    # Of the libraries' own loggers only warnings are let through, by name; what they say may quote a mail.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s", force=True)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_NameOnly())
    for noisy in ("apscheduler", "imapclient", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    # What these two call errors we say ourselves, with what mends it.
    for talker in ("mailparser", "msal"):
        logging.getLogger(talker).setLevel(logging.CRITICAL)


def places(error: BaseException) -> list[str]:
    """Where an error went through, innermost last, and its kind: files, lines and functions, never its words or values."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames] + [type(error).__name__]


def hidden(text: str) -> str:
    """*text* with every e-mail address taken out."""
    return _ADDRESS.sub(_HIDDEN, text)


def _for_programs(line: dict[str, Any]) -> str:
    return json.dumps(line, default=repr)


def _readable(line: dict[str, Any]) -> str:
    """One line for people: when, how grave, what, and its facts by name."""
    when, level, event = (line.pop(key) for key in ("timestamp", "level", "event"))
    facts = " ".join(f"{key}={_visible(line[key])}" for key in sorted(line))
    return f"{when} [{level:9}] {_visible(event):30} {facts}".rstrip()


def _visible(value: object) -> str:
    return value if isinstance(value, str) and value.isprintable() else repr(value)


def _places_only(event: dict[str, Any]) -> dict[str, Any]:
    """Put the places of an error where its traceback would be: the words of an error may be those of a mail."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["places"] = places(error)
    return event


def _without_addresses(event: dict[str, Any]) -> dict[str, Any]:
    return {key: _clean(value) for key, value in event.items()}


def _clean(value: object) -> object:
    if isinstance(value, str):
        return hidden(value)
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items()}
    return value


class _NameOnly(logging.Formatter):
    """Names the library that has something to say, and the place of an error; its words stay out of the log."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line = f"{record.levelname} {record.name} ({record.module}:{record.lineno})"
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        return line if error is None else f"{line} {places(error)}"
