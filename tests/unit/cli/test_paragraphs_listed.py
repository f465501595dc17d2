"""The verb ``paragraphs``: what officers may put into a letter, for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from pipeline.bootstrap import build, checkup
from pipeline.cli.main import app
from pipeline.domain.errors import RecordError
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[authority]
name = "Exampleshire Council"
team = "Information Team"
[mailbox.foi]
host = "127.0.0.1"
port = 1
security = "none"
user = "foi@example.org"
password = "unused"
[smtp]
host = "127.0.0.1"
port = 1
security = "none"
from_address = "foi@example.org"
[letters]
paragraphs = "own.toml"
"""
OWN = '[[paragraph]]\nkey = "our-own"\ntitle = "T"\nlaws = ["sar"]\nkinds = ["response"]\nfield = "answer"\ntext = "We say so."\n'


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


def test_the_councils_own_are_listed_with_ours(tmp_path: Path) -> None:
    """They lie beside the configuration that names them."""
    config = tmp_path / "infogov.toml"
    config.write_text(CONFIG, encoding="utf-8")
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    ran = CliRunner().invoke(app, ["paragraphs", "sar", "--config", str(config)])
    assert ran.exit_code == 0
    assert "We say so." in ran.output
    assert len(ran.output) > len(CliRunner().invoke(app, ["paragraphs", "sar"]).output) > 0
    found = {one.name: one for one in checkup(Settings.load(config, {})).run()}
    assert found["paragraphs"].state == "OK"


def test_nothing_starts_with_a_mistake_in_them(tmp_path: Path) -> None:
    """An officer who drafts is no one to mend the file: the service says what is wrong before, and doctor too."""
    config = tmp_path / "infogov.toml"
    config.write_text(CONFIG, encoding="utf-8")
    (tmp_path / "own.toml").write_text(OWN.replace("sar", "gdpr"), encoding="utf-8")
    settings = Settings.load(config, {})
    with pytest.raises(RecordError, match=r"own\.toml.*laws: gdpr is not known here; use some of foi, eir, sar"):
        build(settings)
    assert not (tmp_path / "infogov.db").exists()
    found = {one.name: one for one in checkup(settings).run()}
    assert found["paragraphs"].state == "FAIL"
    assert "gdpr" in found["paragraphs"].found
