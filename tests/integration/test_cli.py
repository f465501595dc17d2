"""The command as an operator types it, over real servers: every verb, its JSON keys and its exit status."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from processes import (
    APPROVER,
    DRAFTER,
    Service,
    absence_mail,
    assert_refused,
    fill,
    request_mail,
)
from servers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

REQUEST_KEYS = {
    "reference",
    "status",
    "clock",
    "outcome",
    "regime",
    "received_on",
    "due_on",
    "requester_name",
    "requester_email",
    "topic",
    "questions",
    "acknowledged_at",
}
RUN_KEYS = {
    "received",
    "requests",
    "replies",
    "bounces",
    "automatic",
    "internal",
    "other",
    "quarantined",
    "acknowledged",
    "sent",
    "retried",
    "failed",
    "uncertain",
}
OUTBOX_KEYS = {"id", "reference", "kind", "status", "attempts", "to", "message_id", "not_before", "last_error"}
QUARANTINE_KEYS = {"id", "received_on", "due_on", "from", "subject", "reason", "attempts"}


@pytest.fixture
def service(dovecot: Dovecot, sink: SmtpSink, user: str, tmp_path: Path) -> Iterator[Service]:
    """The product over an empty mailbox on real servers."""
    made = Service(tmp_path / "service", dovecot.port, sink.port, user)
    yield made
    made.stop()


@pytest.mark.dovecot
def test_a_request_goes_through_every_verb(service: Service, dovecot: Dovecot, sink: SmtpSink) -> None:
    """Received, filed and acknowledged by single stages; drafted, returned, approved, stopped, sent, closed and opened again."""
    dovecot.append(service.user, request_mail(1))
    assert service.good("receive", "--json").lines == [{"received": 1, "moved": 0, "left_behind": 0}]
    assert service.good("intake", "--json").lines[0]["requests"] == 1
    assert service.good("deliver", "--json").lines[0]["acknowledged"] == 1
    (request,) = service.good("requests", "--json").lines
    assert set(request) >= REQUEST_KEYS
    assert (request["status"], request["clock"], request["regime"]) == ("new", "running", "foi")
    assert request["acknowledged_at"]
    assert [question["label"] for question in request["questions"]] == ["1", "2"]
    assert_answered_once_by_two_officers(service, sink, request["reference"])
    reference = request["reference"]
    service.good("close", reference, "--officer", APPROVER)
    service.good("reopen", reference, "--officer", DRAFTER, "--reason", "A review was asked for.")
    service.good("withdraw", reference, "--officer", DRAFTER)
    whole = service.good("show", reference, "--json").lines[0]
    assert set(whole) >= REQUEST_KEYS | {"events", "letters", "messages"}
    assert (whole["status"], whole["outcome"]) == ("withdrawn", "withdrawn")
    assert "cli" in {event["via"] for event in whole["events"]}
    assert APPROVER in {event["actor"] for event in whole["events"]}
    assert reference in service.good("show", reference.lower()).text
    assert reference in service.good("requests", "--all").text
    assert reference in service.good("outbox").text
    assert "Everything is as it was recorded." in service.good("audit", "verify").text


def assert_answered_once_by_two_officers(service: Service, sink: SmtpSink, reference: str) -> None:
    """Take a request from the first draft to the letter sent, by every detour there is."""
    for officer in (DRAFTER, APPROVER):
        service.good("officer", "add", officer, "--name", officer.partition("@")[0].title())
    draft = service.folder / "draft.toml"
    service.good("draft", reference, "--new", "-o", draft)
    assert "depot 1?" in draft.read_text(encoding="utf-8")
    service.good("draft", reference, draft, "--officer", DRAFTER)
    assert_refused(service.call("submit", reference, "--officer", DRAFTER), 1, "the draft is not ready", "question 1")
    fill(draft)
    service.good("draft", reference, draft, "--officer", DRAFTER)
    service.good("submit", reference, "--officer", DRAFTER)
    assert_refused(service.call("approve", reference, "--officer", DRAFTER), 1, "another officer has to approve it")
    assert_refused(service.call("return", reference, "--officer", APPROVER), 1, "--reason")
    service.good("return", reference, "--officer", APPROVER, "--reason", "Say since when.")
    assert_refused(service.call("approve", reference, "--officer", APPROVER), 1, "being drafted")
    service.good("submit", reference, "--officer", DRAFTER)
    service.changes["delivery"] = {"undo_minutes": 15}
    service.write()
    approved = service.good("approve", reference, "--officer", APPROVER).text
    assert service.good("run-once", "--json").lines[0]["sent"] == 0
    service.good("stop", reference, "--officer", APPROVER, "--reason", "A second thought.")
    service.good("approve", reference, "--officer", APPROVER)
    service.good("send-now", reference, "--officer", APPROVER)
    assert service.good("run-once", "--json").lines[0]["sent"] == 1
    letters = service.good("outbox", "--json").lines
    assert [(row["kind"], row["status"]) for row in letters] == [
        ("acknowledgement", "sent"),
        ("response", "cancelled"),
        ("response", "sent"),
    ]
    assert set(letters[0]) >= OUTBOX_KEYS
    digest = hashlib.sha256(sink.letters[-1].raw).hexdigest()
    assert digest == letters[-1]["sha256"]
    assert re.search(r"sha256 [0-9a-f]{64}", approved)
    assert b"Forty-two." in sink.letters[-1].raw


@pytest.mark.dovecot
def test_run_once_counts_all_it_did(service: Service, dovecot: Dovecot) -> None:
    """Its keys are the promised ones, the verdicts add up to what was received, and a second run has nothing to do."""
    for raw in (request_mail(1), request_mail(2), absence_mail(3)):
        dovecot.append(service.user, raw)
    (first,) = service.good("run-once", "--json").lines
    assert set(first) == RUN_KEYS
    verdicts = RUN_KEYS - {"received", "acknowledged", "sent", "retried", "failed", "uncertain"}
    assert (first["received"], first["requests"], first["automatic"], first["acknowledged"]) == (3, 2, 1, 2)
    assert sum(first[key] for key in verdicts) == first["received"]
    (second,) = service.good("run-once", "--json").lines
    assert set(second.values()) == {0}
    assert service.good("run-once").text == "Nothing new.\n"


@pytest.mark.dovecot
def test_a_dry_run_writes_nothing_anywhere(service: Service, dovecot: Dovecot, sink: SmtpSink) -> None:
    """No database is made, no flag is set and nothing is sent; over a database that is there its rows stay as they are."""
    dovecot.append(service.user, request_mail(1))
    (look,) = service.good("run-once", "--dry-run", "--json").lines
    assert set(look) == RUN_KEYS
    assert (look["received"], look["requests"], look["acknowledged"]) == (1, 1, 0)
    assert [path.name for path in service.folder.iterdir()] == ["infogov.toml"]
    service.good("run-once")
    dovecot.append(service.user, request_mail(2))
    dovecot.append(service.user, absence_mail(3))
    before = dump(service)
    (look,) = service.good("run-once", "--dry-run", "--json").lines
    assert (look["received"], look["requests"], look["automatic"]) == (2, 1, 1)
    assert dump(service) == before
    assert len(sink.letters) == 1
    with dovecot.client(service.user) as client:
        client.select_folder("INBOX", readonly=True)
        flags = client.get_flags(client.search())
    assert [flag for of_one in flags.values() for flag in of_one if flag != b"\\Recent"] == []


def dump(service: Service) -> list[str]:
    """Everything the database holds, as SQL."""
    with closing(sqlite3.connect(service.database)) as connection:
        return list(connection.iterdump())


@pytest.mark.dovecot
def test_a_dry_run_counts_what_is_too_large(service: Service, dovecot: Dovecot) -> None:
    """A message over the limit is counted as received and quarantined, as a run would do with it."""
    service.changes["mailbox.infogov"] = {"max_message_mb": 1}
    service.write()
    dovecot.append(service.user, request_mail(1, size=1_500_000))
    (look,) = service.good("run-once", "--dry-run", "--json").lines
    (done,) = service.good("run-once", "--json").lines
    assert (look["received"], look["quarantined"]) == (done["received"], done["quarantined"]) == (1, 1)


@pytest.mark.dovecot
def test_mail_that_could_not_be_read_is_listed_shown_and_tried_again(service: Service, dovecot: Dovecot) -> None:
    """A message too large is quarantined with its dates; fetched whole on an officer's word, or taken off the list."""
    service.changes["mailbox.infogov"] = {"max_message_mb": 1}
    service.write()
    raw = request_mail(1, size=1_500_000)
    dovecot.append(service.user, raw)
    dovecot.append(service.user, request_mail(2, size=1_400_000))
    service.good("run-once")
    first, second = service.good("quarantine", "--json").lines
    assert set(first) >= QUARANTINE_KEYS
    assert first["received_on"] < first["due_on"]
    assert (first["from"], first["subject"]) == ("person1@example.org", "Freedom of Information request: depot 1")
    assert "too large" in service.good("quarantine").text
    assert service.good("quarantine", "show", first["id"]).out == raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    service.good("quarantine", "retry", first["id"])
    service.good("quarantine", "dismiss", second["id"])
    (done,) = service.good("run-once", "--json").lines
    assert (done["requests"], done["acknowledged"]) == (1, 1)
    assert service.good("quarantine").text == "Everything could be read.\n"
    assert_refused(service.call("quarantine", "retry", "99"), 1, "no message 99")
    assert service.good("audit", "verify", "--json").lines[0]["findings"] == []


@pytest.mark.dovecot
def test_acknowledgements_wait_for_release_where_that_is_configured(
    service: Service, dovecot: Dovecot, sink: SmtpSink
) -> None:
    """In release mode one is prepared and goes when an operator says so, once."""
    service.changes["acknowledgement"] = {"mode": "release"}
    service.write()
    dovecot.append(service.user, request_mail(1))
    assert service.good("run-once", "--json").lines[0]["acknowledged"] == 0
    (waiting,) = service.good("acknowledgements", "--json").lines
    assert (waiting["kind"], waiting["to"]) == ("acknowledgement", "person1@example.org")
    assert waiting["reference"] in service.good("acknowledgements").text
    service.good("acknowledgements", "release", waiting["reference"])
    assert service.good("run-once", "--json").lines[0]["acknowledged"] == 1
    assert service.good("acknowledgements").text == "No acknowledgement waits.\n"
    assert_refused(service.call("acknowledgements", "release", waiting["reference"]), 1, "acknowledgement already")
    assert len(sink.letters) == 1


@pytest.mark.dovecot
def test_a_letter_refused_by_the_server_is_retried_or_cancelled_by_hand(
    service: Service, dovecot: Dovecot, sink: SmtpSink
) -> None:
    """A failed letter goes again after outbox retry, and is out of the way after outbox cancel."""
    sink.script.recipients["person1@example.org"] = "550 5.1.1 No such user"
    sink.script.recipients["person2@example.org"] = "550 5.1.1 No such user"
    for number in (1, 2):
        dovecot.append(service.user, request_mail(number))
    assert service.good("run-once", "--json").lines[0]["failed"] == 2
    one, two = service.good("outbox", "--json").lines
    assert "No such user" in one["last_error"]
    sink.script.recipients.clear()
    service.good("outbox", "retry", one["id"])
    service.good("outbox", "cancel", two["id"])
    assert service.good("deliver", "--json").lines[0]["acknowledged"] == 1
    assert [status for _, status in service.status_of_letters()] == ["sent", "cancelled"]
    assert_refused(service.call("outbox", "cancel", one["id"]), 1, "is sent")
    assert_refused(service.call("outbox", "resolve", one["id"]), 2, "--delivered", "--not-delivered")
    assert_refused(service.call("outbox", "resolve", one["id"], "--delivered"), 1, "nothing to decide")
    assert_refused(service.call("outbox", "retry", "99"), 1, "no letter 99")


@pytest.mark.dovecot
def test_a_mailbox_that_is_down_is_said_and_the_rest_still_runs(
    service: Service, dovecot: Dovecot, sink: SmtpSink
) -> None:
    """Exit 1 with the mailbox's name; the other mailbox's mail is acknowledged all the same."""
    service.changes["mailbox.away"] = Service.mailbox(free_port(), "away")
    service.write()
    dovecot.append(service.user, request_mail(1))
    done = service.call("run-once", "--json")
    assert_refused(done, 1, "mailbox away", "nothing answers on this port".capitalize())
    assert (done.lines[0]["received"], done.lines[0]["acknowledged"]) == (1, 1)
    assert len(sink.letters) == 1
    look = service.call("run-once", "--dry-run")
    assert_refused(look, 1, "mailbox away")


@pytest.mark.dovecot
def test_doctor_looks_at_everything_and_says_what_to_do(service: Service, sink: SmtpSink) -> None:
    """All is well on good servers; a server that is down makes it exit 1 with a remedy."""
    service.good("db", "upgrade")
    (first, *rest) = service.good("doctor", "--json").lines
    assert (first["check"], first["state"]) == ("configuration", "OK")
    states = {line["check"]: line["state"] for line in rest}
    assert {"database": "OK", "mailbox infogov": "OK", "smtp": "OK", "calendar": "OK"}.items() <= states.items()
    assert states["officers"] == "WARN"
    sink.shut()
    done = service.call("doctor")
    assert done.status == 1
    assert re.search(r"^FAIL  smtp: .*\n +-> ", done.text, re.MULTILINE)
    assert "OK    mailbox infogov: logged in; INBOX (0 messages)" in done.text


@pytest.mark.dovecot
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE raw SET content = CAST(replace(CAST(content AS TEXT), 'vehicles', 'vehicels') AS BLOB)",
        "UPDATE outbox SET content = CAST(replace(CAST(content AS TEXT), 'Dear', 'dear') AS BLOB)",
        """UPDATE outbox SET recipients = '["someone@example.net"]'""",
        "UPDATE question SET text = replace(text, '2025', '2024') WHERE position = 2",
        "UPDATE request SET requester_email = 'someone@example.net'",
        "UPDATE event SET at = datetime(at, '+1 second') WHERE id = 2",
        "UPDATE event SET actor = 'nobody' WHERE id = 1",
        "DELETE FROM event WHERE id = (SELECT max(id) FROM event)",
        "DELETE FROM question WHERE position = 2",
    ],
)
def test_audit_finds_a_byte_changed_behind_its_back(change: str, service: Service, dovecot: Dovecot) -> None:
    """Exit 1, and the finding is on standard output and counted on standard error."""
    dovecot.append(service.user, request_mail(1))
    service.good("run-once")
    service.good("audit", "verify")
    with service.connection() as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        assert connection.execute(change).rowcount >= 1
    done = service.call("audit", "verify")
    assert_refused(done, 1, "tell your data protection officer")
    assert "WRONG: " in done.text
    assert service.call("audit", "verify", "--json").lines[0]["findings"]
