"""Words and an exit status, instead of a traceback, for every mistake of the person at the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from processes import (
    APPROVER,
    DRAFTER,
    ROOT,
    Service,
    assert_refused,
    call,
)
from servers.ports import free_port

if TYPE_CHECKING:
    from pathlib import Path


LETTER = ROOT / "tests" / "letters" / "start-for-life.toml"


@pytest.fixture
def lonely(tmp_path: Path) -> Service:
    """A configuration whose servers do not answer; nothing has been run with it."""
    return Service(tmp_path / "lonely", free_port(), free_port(), "foi@northfield.example")


@pytest.mark.parametrize(
    "words",
    [
        ("requests",),
        ("run-once",),
        ("run-once", "--dry-run"),
        ("receive",),
        ("intake",),
        ("deliver",),
        ("serve",),
        ("worker",),
        ("doctor",),
        ("explain", LETTER),
        ("show", "FOI123456789"),
        ("draft", "FOI123456789", "--new"),
        *((verb, "FOI123456789", "--officer", APPROVER) for verb in ("submit", "approve", "return", "withdraw")),
        *((verb, "FOI123456789", "--officer", APPROVER) for verb in ("close", "reopen", "send-now", "stop")),
        ("acknowledgements",),
        ("acknowledgements", "release", "FOI123456789"),
        ("outbox",),
        ("outbox", "retry", "1"),
        ("outbox", "cancel", "1"),
        ("outbox", "resolve", "1", "--delivered"),
        ("quarantine",),
        ("quarantine", "show", "1"),
        ("quarantine", "retry", "1"),
        ("quarantine", "dismiss", "1"),
        ("letter", LETTER, "--format", "text"),
        ("deadline", "--regime", "foi", "--received", "2024-05-02"),
        ("officer", "add", APPROVER),
        ("officer", "disable", APPROVER),
        ("officer", "list"),
        ("audit", "verify"),
        ("db", "upgrade"),
        ("db", "backup", "copy.db"),
        ("demo", "send", LETTER),
    ],
    ids=lambda words: " ".join(str(word) for word in words[:2]),
)
def test_every_verb_reads_the_file_it_is_given(words: tuple[str | Path, ...], tmp_path: Path) -> None:
    """--config is known to each, and a file that is not there is a mistake of usage, whatever the verb."""
    missing = tmp_path / "missing.toml"
    done = call(*words, "--config", missing)
    assert done.status == 2
    assert f"{missing}: there is no such file" in done.err + done.text
    assert "Traceback" not in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_named_before_the_verb_of_a_group_counts(lonely: Service) -> None:
    """The option may stand after the group's name as well as after its verb."""
    done = call("outbox", "--config", lonely.config, "retry", "7")
    assert_refused(done, 1, "no letter 7")
    assert call("officer", "--help").status == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[smtp\nhost = 3\n", ("is not valid TOML", "line 1")),
        ("\x00\xff", ("is not valid TOML",)),
        ("", ("authority", "mailbox", "smtp")),
        ('[smtp]\nhots = "localhost"\n', ("[smtp] hots is not a known key", "host")),
    ],
    ids=["broken", "binary", "empty", "unknown key"],
)
def test_a_broken_configuration_is_told_in_sentences(text: str, words: tuple[str, ...], tmp_path: Path) -> None:
    """Exit 2, with the file and the place."""
    file = tmp_path / "infogov.toml"
    file.write_text(text, encoding="utf-8")
    assert_refused(call("requests", "--config", file), 2, str(file), *words)
    doctor = call("doctor", "--config", file)
    assert doctor.status == 2
    assert "FAIL  configuration" in doctor.text


def test_all_mistakes_are_told_together(lonely: Service) -> None:
    """Three mistakes in three sections make three lines."""
    lonely.changes = {"smtp": {"security": "tsl"}, "delivery": {"mode": "sent"}, "web": {"port": 99_999}}
    lonely.write()
    done = lonely.call("requests")
    assert_refused(done, 2, "security", "mode", "port")
    assert len(done.err.splitlines()) == 3


def test_an_unknown_variable_is_refused_and_an_empty_one_is_not(
    lonely: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A misspelt INFOGOV_ variable would otherwise be ignored in silence."""
    monkeypatch.setenv("INFOGOV_SMTP__PASSWROD", "hush-hush")
    done = lonely.call("requests")
    assert_refused(done, 2, "INFOGOV_SMTP__PASSWROD")
    assert "hush-hush" not in done.err
    monkeypatch.setenv("INFOGOV_SMTP__PASSWROD", "")
    assert lonely.good("requests", "--json").lines == []


def test_no_configuration_at_all_names_the_first_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder the way on is init."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("INFOGOV_CONFIG", raising=False)
    assert_refused(call("requests"), 2, "infogov init", "--config")


def test_a_reference_or_officer_that_is_not_there_is_said(lonely: Service) -> None:
    """Exit 1 with the name and the verb that lists the right ones; a missing --officer is a mistake of usage."""
    assert_refused(lonely.call("show", "FOI123456789"), 1, "no request FOI123456789", "infogov requests")
    assert_refused(lonely.call("approve", "FOI123456789", "--officer", APPROVER), 1, f"no officer {APPROVER}")
    assert_refused(lonely.call("approve", "FOI123456789"), 2, "--officer")
    lonely.good("officer", "add", APPROVER)
    assert_refused(lonely.call("approve", "FOI123456789", "--officer", APPROVER), 1, "no request FOI123456789")
    assert_refused(lonely.call("withdraw", "'; DROP TABLE request", "--officer", APPROVER), 1, "no request")


def test_officers_are_added_listed_and_disabled(lonely: Service) -> None:
    """A disabled officer cannot act; adding them again enables them; an address that is none is refused."""
    lonely.good("officer", "add", APPROVER, "--name", "Avery Approver")
    lonely.good("officer", "add", DRAFTER, "--role", "officer")
    rows = {
        row["email"]: (row["name"], row["role"], row["disabled"])
        for row in lonely.good("officer", "list", "--json").lines
    }
    assert rows == {APPROVER: ("Avery Approver", "approver", False), DRAFTER: ("drafter", "officer", False)}
    lonely.good("officer", "disable", DRAFTER)
    assert_refused(lonely.call("close", "FOI123456789", "--officer", DRAFTER), 1, "is disabled")
    assert "disabled" in lonely.good("officer", "list").text
    lonely.good("officer", "add", DRAFTER.upper())
    assert not any(row["disabled"] for row in lonely.good("officer", "list", "--json").lines)
    assert_refused(lonely.call("officer", "add", DRAFTER), 2, "is an officer already")
    assert_refused(lonely.call("officer", "add", "nobody"), 2, "is not an e-mail address")
    assert_refused(lonely.call("officer", "disable", "x@example.org"), 1, "no officer x@example.org")


def test_unknown_verbs_and_options_are_mistakes_of_usage(lonely: Service) -> None:
    """Exit 2, as for every mistake in the call."""
    assert_refused(call("fetch"), 2, "fetch")
    assert_refused(lonely.call("requests", "--jsn"), 2, "--jsn")
    assert_refused(lonely.call("outbox", "retry", "one"), 2, "valid integer")
    assert_refused(lonely.call("draft", "FOI123456789"), 2, "--new")


def test_a_database_that_is_none_is_said(lonely: Service) -> None:
    """A file that is not a database, and a folder that is not there, are failures in words."""
    lonely.database.write_text("These are no bytes of a database.\n" * 100)
    assert_refused(lonely.call("requests"), 1, "infogov.db")
    lonely.changes["database"] = {"url": "sqlite:///infogov.toml/infogov.db"}
    lonely.write()
    assert_refused(lonely.call("requests"), 1, "infogov.toml/infogov.db")
    doctor = lonely.call("doctor")
    assert doctor.status == 1
    assert "FAIL  database" in doctor.text
