"""What the service writes about itself while mail of every kind comes in and everything goes wrong: nobody's name, address or words."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest
from hostile import HOSTILE
from processes import ROOT, Service, clean_environment, request_mail, wait_for
from servers.ports import free_port
from servers.smtp import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

_STOPPED_EARLY = """
import os, runpy, signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "pipeline.cli.main":
            os.kill(os.getpid(), signal.SIGTERM)

sys.argv = ["infogov", "{verb}"]
sys.meta_path.insert(0, Finder())
runpy.run_module("pipeline", run_name="__main__")
"""
CORPUS = sorted((ROOT / "tests" / "corpus").glob("*.eml"))[::9]


@pytest.fixture
def service(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Service]:
    """The product that logs everything it can, with a second mailbox that nobody answers for."""
    away = Service.mailbox(free_port(), "away@northfield.example")
    changes = {"mailbox.away": away, "logging": {"level": "debug", "format": "json"}}
    changes["mailbox.infogov"] = {"poll_seconds": 1, "idle": False, "max_message_mb": 1}
    made = Service(tmp_path / "service", dovecot.port, sink.port, user, changes)
    yield made
    made.stop()


def words_of(raw: bytes) -> set[str]:
    """What of a mail must be in no log: addresses, names, the subject, and its text's lines that are long enough to be anybody's."""
    message = message_from_bytes(raw, policy=policy.compat32)
    headers = [str(value) for name in ("From", "To", "Cc", "Reply-To", "Sender") for value in message.get_all(name, [])]
    people = [
        word for value in headers for word in (*re.findall(r"[^\s<>,]+@[^\s<>,]+", value), value.partition("<")[0])
    ]
    subject = [str(message.get("Subject", "")).strip()]
    text = raw.partition(b"\r\n\r\n")[2].decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines()]
    people = [person.strip(' "') for person in people]
    found = {word for word in people + subject if len(word) > 7} | {line[:60] for line in lines if len(line) > 25}
    # Words of our own vocabulary that a mail may use as well.
    return {word for word in found if not re.fullmatch(r"[A-Za-z]+|-+.*", word)}


@pytest.mark.slow
@pytest.mark.dovecot
def test_no_log_line_holds_anything_of_a_mail(service: Service, dovecot: Dovecot, sink: SmtpSink) -> None:
    """At the level "debug", through hostile mail, refused recipients, a mailbox that is down, a server that drops, and a database that fails."""
    mails = [path.read_bytes() for path in CORPUS] + [one.raw for one in HOSTILE if one.raw]
    mails += [request_mail(number) for number in range(6)] + [request_mail(90, size=2_000_000)]
    sink.script.recipients = {
        f"person{number}@example.org": f"550 5.1.1 no person{number}@example.org" for number in (1, 2)
    }
    for raw in mails:
        dovecot.append(service.user, raw)
    process = service.start("worker")
    wait_for(
        lambda: service.number("SELECT count(*) FROM message WHERE state <> 'received'") >= len(mails), "all filed"
    )
    wait_for(lambda: service.number("SELECT count(*) FROM outbox WHERE status = 'failed'") == 2, "two refusals")
    sink.script.answer = {Phase.DATA: "451 4.3.0 try again later person7@example.org"}
    dovecot.append(service.user, request_mail(7))
    wait_for(lambda: service.number("SELECT count(*) FROM outbox WHERE status = 'retry'"), "a retry")
    with service.connection() as connection:
        connection.execute("ALTER TABLE first_copy RENAME TO gone")
        dovecot.append(service.user, request_mail(8))
        wait_for(lambda: service.logged("worker_part_in_trouble"), "a failing database")
        connection.execute("ALTER TABLE gone RENAME TO first_copy")
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    log = service.log.read_text(encoding="utf-8")
    events = {json.loads(line)["event"] for line in log.splitlines() if line.startswith("{")}
    assert {"first_contact", "mail_filed", "letter_accepted", "letter_not_sent", "worker_part_in_trouble"} <= events
    told = {word for raw in [*mails, request_mail(7), request_mail(8)] for word in words_of(raw)}
    assert len(told) > 300
    assert sorted(word for word in told if word in log) == []
    assert re.findall(r"[\w.+-]+@[\w.-]+", log) == []
    assert "Traceback" not in log


@pytest.mark.slow
@pytest.mark.parametrize(("verb", "status"), [("worker", 0), ("requests", 143)])
def test_told_to_stop_while_it_starts_it_ends_in_its_own_way(verb: str, status: int, tmp_path: Path) -> None:
    """Before its modules are loaded: a service has ended well, another verb was cut short; neither dies of the signal."""
    script = _STOPPED_EARLY.format(verb=verb)
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=clean_environment(PYTHONPATH=str(ROOT)),
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (status, b"")
