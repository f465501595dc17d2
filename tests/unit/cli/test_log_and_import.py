"""The verbs log, import and clock --question, as an officer types them, over a configuration and a database file."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from corpus_whose_words import OWN
from typer.testing import CliRunner

from pipeline.bootstrap import build
from pipeline.cli.main import app
from pipeline.domain.errors import NotAllowedError, NotFoundError, UsageError
from pipeline.journal import log
from pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from typer.testing import Result

OFFICER = "kim@exampleshire.gov.uk"
CONFIG = f"""
[authority]
name = "Exampleshire Council"
team = "Information Team"
[mailbox.foi]
host = "imap.example.org"
user = "{OWN}"
password = "unused"
[smtp]
host = "smtp.example.org"
from_address = "{OWN}"
"""
WORDS = "1. How many allotments are let?\n2. What do they cost?\n"


@pytest.fixture(autouse=True)
def _log_left_as_it_was() -> Iterator[None]:
    """A verb lets the log speak to its own standard error, which is closed when the verb has ended."""
    yield
    log.reset()
    logging.root.handlers.clear()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration whose database holds an officer; beside it the words of a request."""
    path = tmp_path / "infogov.toml"
    path.write_text(CONFIG, encoding="utf-8")
    (tmp_path / "words.txt").write_text(WORDS, encoding="utf-8")
    opened = build(Settings.load(path, {}))
    with opened.store.write() as work:
        work.officers.add(OFFICER, "Kim", "officer", via="test", at=datetime(2025, 1, 10, 11, 0, tzinfo=UTC))
    opened.close()
    return path


def call(config: Path, verb: str, *words: str) -> Result:
    """Run a verb over *config*."""
    return CliRunner().invoke(app, [verb, *words, "--config", str(config)])


def logged(config: Path, *words: str) -> Result:
    """Log the words beside *config*, received on 13 January 2025 by post."""
    given = (str(config.parent / "words.txt"), "--officer", OFFICER, "--received", "2025-01-13", "--channel", "post")
    return call(config, "log", *given, "--name", "Orla Finch", "--postal", "1 Elm Way", *words)


def lines(result: Result) -> list[dict[str, Any]]:
    """The JSON objects a verb printed."""
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_letter_is_logged_with_its_scan(config: Path) -> None:
    """The verb opens the case, keeps the file, and says reference, law and date."""
    scan = config.parent / "scan.pdf"
    scan.write_bytes(b"%PDF-1.7")
    [done] = lines(logged(config, "--file", str(scan), "--law", "eir", "--json"))
    assert done["reference"].startswith("EIR")
    shown = call(config, "show", done["reference"])
    assert "1 Elm Way" not in shown.output
    [message] = lines(call(config, "show", done["reference"], "--json"))[0]["messages"]
    assert "1 Elm Way" in call(config, "show", done["reference"], "--message", str(message["id"])).output


def test_what_cannot_be_logged_says_why(config: Path) -> None:
    """A file that is not there, and a day to come, are refused in words."""
    missing = call(config, "log", "nothing.txt", "--officer", OFFICER, "--received", "2025-01-13", "--channel", "post")
    assert isinstance(missing.exception, UsageError)
    assert isinstance(logged(config, "--received", "2099-01-13").exception, NotAllowedError)


def test_an_import_is_tried_then_done(config: Path) -> None:
    """A trial names every bad row and ends with 1; the mended file is imported whole."""
    file = config.parent / "cases.csv"
    head = "own_reference,received_on,text,requester_name\n"
    file.write_text(head + "C-1,2025-01-13,How many?,Orla Finch\nC-2,soon,How many?,Max Vale\n", encoding="utf-8")
    tried = call(config, "import", str(file), "--officer", OFFICER)
    assert tried.exit_code == 1
    assert "soon is not a day" in tried.output
    assert lines(call(config, "requests", "--json")) == []
    file.write_text(head + "C-1,2025-01-13,How many?,Orla Finch\nC-2,14/01/2025,How many?,Max Vale\n", encoding="utf-8")
    assert "2 rows: 2 could be opened" in call(config, "import", str(file), "--officer", OFFICER, "--dry-run").output
    done = lines(call(config, "import", str(file), "--officer", OFFICER, "--json"))
    assert [one["own_reference"] for one in done] == ["C-1", "C-2"]
    assert len(lines(call(config, "requests", "--json"))) == 2


def test_the_help_of_import_says_the_columns(config: Path) -> None:
    """Whoever writes the file finds its columns in the help."""
    said = call(config, "import", "--help").output
    assert all(word in said for word in ("own_reference", "received_on", "clarification_asked", "letters_sent"))


def test_one_question_has_its_own_clock(config: Path) -> None:
    """Recorded for question 2, a clarification leaves the request running; both are told, as words and as JSON."""
    reference = lines(logged(config, "--json"))[0]["reference"]
    asked = ("--question", "2", "--event", "clarification_asked=2025-01-20", "--officer", OFFICER, "--json")
    [of_one] = lines(call(config, "clock", reference, *asked))
    assert (of_one["state"], of_one["due_on"], of_one["questions"]) == ("waiting_for_requester", None, [])
    [whole] = lines(call(config, "clock", reference, "--json"))
    assert (whole["state"], whole["due_on"]) == ("running", "2025-02-10")
    assert [(one["question"], one["state"]) for one in whole["questions"]] == [(2, "waiting_for_requester")]
    assert "Question 2 has a clock of its own." in call(config, "clock", reference).output
    assert isinstance(call(config, "clock", reference, "--question", "3").exception, NotFoundError)
