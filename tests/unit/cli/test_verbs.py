"""The table of verbs: as complete, and as true, as if every family had been loaded."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import typer
from typer.core import TyperCommand

from pipeline import cli
from pipeline.cli.main import app
from pipeline.cli.verbs import VERBS


def families() -> dict[str, Any]:
    """Every verb by its name, as the modules of the command add them, but for parts of a family."""
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(cli.__path__, "pipeline.cli."):
        add_to = getattr(importlib.import_module(module.name), "add_to", None)
        if add_to is not None:
            spoken = typer.Typer()
            add_to(spoken)
            found |= typer.main.get_group(spoken).commands
    return found


def test_every_verb_of_every_family_is_in_the_table() -> None:
    """A verb that a family adds can be called, and the table names none that there is not."""
    assert sorted(VERBS) == sorted(families())
    made = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert {name: made[name].name for name in made} == {name: name for name in VERBS}


def test_each_line_of_the_help_is_how_the_verbs_own_help_begins() -> None:
    """At whatever width it is cut, the table's line reads as the verb's own help does."""
    for name, verb in families().items():
        outline = TyperCommand(name, help=VERBS[name][1])
        for width in (20, 45, 60, 100, 400):
            assert outline.get_short_help_str(width) == verb.get_short_help_str(width), name
