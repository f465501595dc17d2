"""Opens the application for a verb, and lets its log speak to standard error."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import structlog

from pipeline.bootstrap import App, build
from pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def load_settings(config: Path | None) -> Settings:
    """The settings of this machine. Raises ConfigurationError."""
    return Settings.load(config, os.environ)


@contextmanager
def opened(config: Path | None, *, logging_level: str | None = "error") -> Iterator[App]:
    """The application for one verb; *logging_level* None leaves it to the configuration."""
    settings = load_settings(config)
    set_up_logging(logging_level or settings.logging.level, settings.logging.format)
    app = build(settings)
    try:
        yield app
    finally:
        app.close()


@contextmanager
def opened_to_look(config: Path | None) -> Iterator[App]:
    """The application for a look that leaves no trace: where there is no database file yet, an empty one elsewhere stands in for it."""
    settings = load_settings(config)
    set_up_logging("warning", settings.logging.format)
    scheme, _, place = settings.database.url.partition(":///")
    with TemporaryDirectory(prefix="infogov-look-") as folder:
        if scheme.startswith("sqlite") and not Path(place.partition("?")[0]).exists():
            elsewhere = settings.database.model_copy(update={"url": f"sqlite:///{folder}/empty.db"})
            settings = settings.model_copy(update={"database": elsewhere})
        app = build(settings)
        try:
            yield app
        finally:
            app.close()


def set_up_logging(level: str, style: str) -> None:
    """Log to standard error: JSON lines for a journal, readable lines on a terminal; never bodies or addresses."""
    pretty = style == "text" or (style == "auto" and sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=False) if pretty else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[str(level).lower()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Of the libraries' own loggers only warnings are let through; mail-parser's errors quote the mail, and its caller deals with them.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s", force=True)
    for noisy in ("apscheduler", "imapclient", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    logging.getLogger("mailparser").setLevel(logging.CRITICAL)
