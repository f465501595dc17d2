"""Runs the checkup for ``doctor``: also where there is no configuration to start from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.bootstrap import checkup
from pipeline.cli.logs import set_up_logging
from pipeline.cli.opening import load_settings
from pipeline.domain.errors import ConfigurationError
from pipeline.stages.checkup import Check, State

if TYPE_CHECKING:
    from pathlib import Path


def run_checks(config: Path | None) -> list[Check]:
    """All checks in order; a configuration with mistakes is all that is looked at."""
    set_up_logging("error", "auto")
    try:
        settings = load_settings(config)
    except ConfigurationError as error:
        return [
            Check(name="configuration", state=State.FAIL, found=problem, remedy="mend the configuration")
            for problem in error.problems
        ]
    return checkup(settings).run()
