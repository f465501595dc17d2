"""The verbs on new mail, as an officer types them, over a configuration and a database file."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from corpus_whose_words import COLLEAGUE, FORWARDS, HOST, OWN, mail
from storing import FOLDER, MAILBOX, UIDVALIDITY, arrival
from typer.testing import CliRunner

from pipeline.bootstrap import build
from pipeline.cli.main import app
from pipeline.cli.newmail import Means
from pipeline.domain.clock import EventKind
from pipeline.domain.errors import NotAllowedError, NotFoundError, UsageError
from pipeline.journal import log
from pipeline.settings import Settings
from pipeline.stages.newmail import EFFECTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

AT = datetime(2025, 1, 10, 11, 0, tzinfo=UTC)
OFFICER = "kim@exampleshire.gov.uk"
CONFIG = f"""
[authority]
name = "Exampleshire Council"
team = "Information Team"
internal_domains = ["exampleshire.gov.uk"]
trusted_hosts = ["{HOST}"]
[mailbox.foi]
host = "imap.example.org"
user = "{OWN}"
password = "unused"
[smtp]
host = "smtp.example.org"
from_address = "{OWN}"
"""


@pytest.fixture(autouse=True)
def _log_left_as_it_was() -> Iterator[None]:
    """A verb lets the log speak to its own standard error, which is closed when the verb has ended."""
    yield
    log.reset()
    logging.root.handlers.clear()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration whose database holds a forward (1) and a colleague's note (2), both filed, and an officer."""
    path = tmp_path / "infogov.toml"
    path.write_text(CONFIG, encoding="utf-8")
    opened = build(Settings.load(path, {}))
    arrivals = [
        arrival(1, FORWARDS[0].raw, internal_date=AT),
        arrival(2, mail("note", "Some thoughts.", sender=COLLEAGUE)),
    ]
    with opened.store.write() as work:
        work.officers.add(OFFICER, "Kim", "officer", via="test", at=AT)
        work.messages.take(MAILBOX, FOLDER, UIDVALIDITY, arrivals, AT)
    opened.intake.run()
    opened.close()
    return path


def run(config: Path, *words: str) -> Result:
    """What ``infogov newmail`` says to *words*."""
    return CliRunner().invoke(app, ["newmail", *words, "--config", str(config)])


def listed(config: Path) -> list[dict[str, Any]]:
    """The list as programs read it."""
    return [json.loads(line) for line in run(config, "--json").stdout.splitlines()]


def test_the_list(config: Path) -> None:
    """Every waiting mail is a line, with whose request it may be; the table says the same to people."""
    first, second = listed(config)
    assert (first["id"], first["verdict"], first["proposal"]["email"]) == (1, "internal", "orla@example.org")
    assert (second["id"], second["proposal"], second["reference"]) == (2, None, None)
    assert "orla@example.org" in run(config).stdout


def test_a_request_from_the_command_line(config: Path) -> None:
    """The verb opens the case with the day and reason given, and says what to do next."""
    result = run(
        config, "request", "1", "--officer", OFFICER, "--name", "O. Finch", "--received", "2025-01-06", "--reason", "Parks had it."
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "2025-01-06" in result.stdout
    assert "acknowledgements release" in result.stdout
    assert [one["id"] for one in listed(config)] == [2]


def test_attach_and_dismiss(config: Path) -> None:
    """A note is put with the case that a forward opened; the list is empty then."""
    opened = run(config, "request", "1", "--officer", OFFICER).stdout.split()
    reference = next(word for word in opened if word.startswith("EIR")).rstrip(".")
    assert run(config, "attach", "2", reference, "--officer", OFFICER, "--side", "internal").exit_code == 0
    assert [one["reference"] for one in listed(config)] == [reference]
    assert run(config, "dismiss", "1", "--officer", OFFICER, "--reason", "The day is right.").exit_code == 0
    assert listed(config) == []
    assert "no new mail" in run(config).stdout


def test_what_a_message_means_goes_onto_the_clock(config: Path) -> None:
    """Each choice of the page is one of the command's; what the law does not allow leaves the message where it is."""
    received = ("--received", "2025-01-03", "--reason", "Parks had it.")
    opened = run(config, "request", "1", "--officer", OFFICER, *received).stdout.split()
    reference = next(word for word in opened if word.startswith("EIR")).rstrip(".")
    assert {one.value for one in Means} == {one.value for one in EFFECTS}
    take = ("attach", "2", reference, "--officer", OFFICER, "--side", "internal")
    early = run(config, *take, "--means", "clarification")
    assert isinstance(early.exception, NotAllowedError)
    assert listed(config)[-1]["reference"] is None
    asked = ["clock", reference, "--event", "clarification_asked=2025-01-03", "--question", "1"]
    assert CliRunner().invoke(app, [*asked, "--officer", OFFICER, "--config", str(config)]).exit_code == 0
    for wrong in (("--question", "1"), ("--means", "review", "--question", "1")):
        assert isinstance(run(config, *take, *wrong).exception, UsageError)
    assert isinstance(run(config, *take, "--means", "clarification", "--question", "9").exception, NotFoundError)
    done = run(config, *take, "--means", "clarification", "--question", "1")
    assert done.exit_code == 0, done.output
    assert "recorded" in done.stdout
    product = build(Settings.load(config, {}))
    with product.store.read() as work:
        case = work.cases.by_reference(reference)
        assert case is not None
        events = [(event.kind, event.question) for event in work.clock_events.of_case(case.id)]
    product.close()
    key = case.questions[0].key
    assert events == [(EventKind.CLARIFICATION_ASKED, key), (EventKind.CLARIFICATION_RECEIVED, key)]


def test_a_refusal_is_an_error(config: Path) -> None:
    """A colleague's own words without --from end in an error that says so."""
    result = run(config, "request", "2", "--officer", OFFICER)
    assert isinstance(result.exception, NotAllowedError)
    assert "--from" in str(result.exception)
