"""How the program logs: one event a line to standard error, and whatever the line says, no address and no words of an error's own."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_ADDRESS = re.compile(r"[^\s<>\"'(),:;\[\]]{1,256}@[^\s<>\"'(),:;\[\]]{1,256}")
_HIDDEN = "[address]"
_FRAMES = 12


def set_up_logging(level: str, style: str) -> None:
    """Log to standard error: JSON lines for a journal, readable lines on a terminal; never bodies or addresses."""
    pretty = style == "text" or (style == "auto" and sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _places_only,
            _without_addresses,
            structlog.dev.ConsoleRenderer(colors=False) if pretty else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[str(level).lower()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Of the libraries' own loggers only warnings are let through, by name; what they say may quote a mail.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s", force=True)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_NameOnly())
    for noisy in ("apscheduler", "imapclient", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    logging.getLogger("mailparser").setLevel(logging.CRITICAL)


def places(error: BaseException) -> list[str]:
    """Where an error went through, innermost last, and its kind: files, lines and functions, never its words or values."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames] + [type(error).__name__]


def hidden(text: str) -> str:
    """*text* with every e-mail address taken out."""
    return _ADDRESS.sub(_HIDDEN, text)


def _places_only(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put the places of an error where its traceback would be: the words of an error may be those of a mail."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["places"] = places(error)
    return event


def _without_addresses(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
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
