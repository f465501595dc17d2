"""Opens the application for a verb."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pipeline.bootstrap import App, build
from pipeline.cli.logs import set_up_logging
from pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["load_settings", "opened", "opened_to_look", "set_up_logging"]


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
