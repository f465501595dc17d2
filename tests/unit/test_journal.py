"""What the program says about itself: which events are kept, and how they are written down."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest
from journal_lines import journal_lines

from pipeline.cli.logs import set_up_logging
from pipeline.journal import LEVELS, Log, log

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The log speaks to the standard error of a test, which ends with it."""
    handlers, level = logging.root.handlers, logging.root.level
    logging.root.handlers = []
    yield
    log.reset()
    logging.root.handlers = handlers
    logging.root.setLevel(level)


@pytest.mark.parametrize("least", LEVELS)
def test_only_events_of_the_level_asked_for_and_above_are_kept(least: str) -> None:
    """Each level has its own word; an error that is being handled counts as one."""
    kept: list[tuple[str, str]] = []
    said = Log()
    said.set_up(least, lambda level, event, _: kept.append((level, event)))
    for level in LEVELS:
        getattr(said, level)(f"an_event_of_{level}")
    said.exception("a_fault")
    wanted = [level for level in LEVELS if LEVELS[level] >= LEVELS[least]]
    assert [event for _, event in kept if event != "a_fault"] == [f"an_event_of_{level}" for level in wanted]
    assert [level for level, event in kept if event == "a_fault"] == [level for level in wanted if level == "error"]


def test_a_line_for_programs_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    """The facts, the event, its level and the instant in UTC; what is no JSON value is written out, and no address is."""
    set_up_logging("info", "json")
    log.debug("unseen")
    log.warning("mailbox_not_read", mailbox="foi", reason="no kim@example.org here", uids={7}, tried=2)
    line = json.loads(capsys.readouterr().err)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "mailbox_not_read",
        "level": "warning",
        "mailbox": "foi",
        "reason": "no [address] here",
        "uids": "{7}",
        "tried": 2,
    }


def test_a_line_for_people_cannot_steer_their_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """When, how grave, what, and the facts by name; control characters are made visible."""
    set_up_logging("info", "text")
    log.info("mail_taken", taken=3, mailbox="foi\x1b[2J")
    when, _, rest = capsys.readouterr().err.partition(" ")
    assert when.endswith("Z")
    assert rest.split() == ["[info", "]", "mail_taken", r"mailbox='foi\x1b[2J'", "taken=3"]


def test_an_error_is_told_by_its_places_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither its words, which may be those of a mail, nor a traceback."""
    set_up_logging("info", "json")
    try:
        int("private words")
    except ValueError as error:
        log.exception("worker_part_failed", part="intake")
        log.error("another", exc_info=error)
    for line in map(json.loads, capsys.readouterr().err.splitlines()):
        assert line["places"][-1] == "ValueError"
        assert "private" not in json.dumps(line)
        assert "exc_info" not in line


@pytest.mark.parametrize("library", ["msal.oauth2cli.oauth2", "mailparser"])
def test_a_library_whose_faults_we_tell_ourselves_is_silent(library: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What it would say stands in our own sentence already, with what to do; another library's error is told by its name."""
    set_up_logging("info", "json")
    logging.getLogger(library).error("private words")
    logging.getLogger("another").error("private words")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("ERROR another")


def test_a_program_that_sets_nothing_up_still_hears_of_trouble(capsys: pytest.CaptureFixture[str]) -> None:
    """Warnings come by name, without their values, which may be anybody's."""
    log.info("unseen")
    log.warning("mailbox_not_read", reason="private words")
    assert capsys.readouterr().err == "warning mailbox_not_read reason\n"


def test_a_test_can_listen(capsys: pytest.CaptureFixture[str]) -> None:
    """Everything said in the block is kept in its order, and nothing of it is written."""
    with journal_lines() as lines:
        log.debug("first", number=1)
        log.error("second")
    assert lines == [{"event": "first", "level": "debug", "number": 1}, {"event": "second", "level": "error"}]
    assert capsys.readouterr().err == ""
