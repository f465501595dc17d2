"""The verb ``paragraphs``: what officers may put into a letter, for people and for programs."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from pipeline.cli.main import app


def test_standard_paragraphs_are_listed_for_a_law_and_a_kind() -> None:
    """Only those that are right there; without --json with title, place and text."""
    ran = CliRunner().invoke(app, ["paragraphs", "foi", "--kind", "cost_refusal"])
    assert ran.exit_code == 0
    assert "How to narrow a request" in ran.output
    assert "into advice" in ran.output
    assert "subject access" not in ran.output


def test_standard_paragraphs_for_programs() -> None:
    """One JSON object a line."""
    ran = CliRunner().invoke(app, ["paragraphs", "sar", "--json"])
    rows = [json.loads(line) for line in ran.output.splitlines()]
    assert rows
    assert all("sar" in row["laws"] and row["text"] and row["field"] for row in rows)
