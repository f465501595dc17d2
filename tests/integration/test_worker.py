"""The worker as a process: it hears of mail at once, ends when told to, and lives through servers that stall, fail and come back."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest
from processes import Service, request_mail, wait_for
from servers.imap_faults import Fault
from servers.ports import free_port
from servers.smtp import Phase

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.dovecot import Dovecot
    from servers.imap_faults import FaultyWire
    from servers.smtp import SmtpSink

pytestmark = [pytest.mark.slow, pytest.mark.dovecot]

HUNG = 70
NO_IDLE = {"idle": False, "poll_seconds": 1}


@pytest.fixture
def make_service(tmp_path: Path, user: str, sink: SmtpSink) -> Iterator[Callable[..., Service]]:
    """Configure the product for a port of IMAP; keywords are sections to change. What it started is killed at the end."""
    made: list[Service] = []

    def make(imap: int, **changes: dict[str, Any]) -> Service:
        named = {name.replace("__", "."): values for name, values in changes.items()}
        made.append(Service(tmp_path / f"service{len(made)}", imap, sink.port, user, named))
        return made[-1]

    yield make
    for service in made:
        service.stop()


def end(process: subprocess.Popen[bytes]) -> int:
    """Ask *process* to end as a supervisor does; returns its status. Fails when it takes longer than ten seconds."""
    process.send_signal(signal.SIGTERM)
    return process.wait(10)


def up(service: Service, *parts: str) -> bool:
    """Whether each of *parts* of the worker has done a turn without trouble."""
    return set(parts) <= {row[0] for row in service.rows("SELECT part FROM heartbeat WHERE ok")}


@pytest.mark.parametrize("verb", ["worker", "serve"])
def test_mail_that_arrives_is_acknowledged_at_once(
    verb: str, make_service: Callable[..., Service], wire: FaultyWire, dovecot: Dovecot, sink: SmtpSink
) -> None:
    """The server's word by IDLE is enough, long before the next poll is due; told to stop while idle, it exits 0."""
    service = make_service(wire.port, mailbox__infogov={"poll_seconds": 3600}, worker={"deliver_seconds": 3600})
    process = service.start(verb)
    wait_for(lambda: any(b" IDLE" in command for command in wire.commands), "the worker listens")
    dovecot.append(service.user, request_mail(1))
    wait_for(lambda: sink.letters, "an acknowledgement")
    assert [letter.recipients for letter in sink.letters] == [("person1@example.org",)]
    assert end(process) == 0
    assert service.status_of_letters() == [("acknowledgement", "sent")]


def test_it_ends_in_time_while_the_imap_server_stalls(
    make_service: Callable[..., Service], wire: FaultyWire, dovecot: Dovecot
) -> None:
    """In the middle of a server's answer the connection is cut, and the mail is taken by the next run."""
    service = make_service(wire.port, mailbox__infogov=NO_IDLE)
    process = service.start("worker")
    wait_for(lambda: up(service, "mailbox:infogov"), "a first poll")
    dovecot.append(service.user, request_mail(1, size=50_000))
    wire.arm(Fault.STALL, after=5_000)
    wait_for(lambda: wire._left == 0, "the stall")
    assert end(process) == 0
    wire.arm(Fault.NONE)
    assert service.good("run-once", "--json").lines[0]["acknowledged"] == 1


def test_an_acknowledgement_whose_answer_stalls_is_tried_again(
    make_service: Callable[..., Service], dovecot: Dovecot, sink: SmtpSink
) -> None:
    """Told to stop after the final dot, the worker exits 0 in time and leaves the acknowledgement to be repeated as it was."""
    service = make_service(dovecot.port)
    dovecot.append(service.user, request_mail(1))
    sink.script.stall = Phase.DOT
    process = service.start("worker")
    assert sink.stalled.wait(30)
    assert end(process) == 0
    assert service.status_of_letters() == [("acknowledgement", "retry")]
    sink.script.stall = None
    service.waits_are_over()
    assert service.good("run-once", "--json").lines[0]["acknowledged"] == 1
    assert sink.offered[0].raw == sink.offered[1].raw


def test_a_response_whose_answer_stalls_waits_for_an_officer(
    make_service: Callable[..., Service], dovecot: Dovecot, sink: SmtpSink
) -> None:
    """Told to stop after the final dot, the worker exits 0 in time, and the response counts as uncertain; it is not repeated."""
    service = make_service(dovecot.port)
    dovecot.append(service.user, request_mail(1))
    service.good("run-once")
    reference = service.approved_response()
    sink.script.stall = Phase.DOT
    process = service.start("worker")
    assert sink.stalled.wait(30)
    assert end(process) == 0
    assert service.status_of_letters()[-1] == ("response", "uncertain")
    assert service.good("show", reference, "--json").lines[0]["flagged"]
    sink.script.stall = None
    service.good("run-once")
    assert len(sink.offered) == 2


def test_a_second_worker_on_the_same_database_refuses_to_start(
    make_service: Callable[..., Service], dovecot: Dovecot
) -> None:
    """It exits 1 and says why; the first one works on."""
    service = make_service(dovecot.port)
    first = service.start("worker")
    wait_for(lambda: up(service, "mailbox:infogov", "intake", "deliver"), "the first worker is up")
    assert service.start("worker").wait(30) == 1
    assert service.logged("infogov: another worker is running on this database; stop it first")
    assert not service.logged("Traceback")
    assert first.poll() is None
    assert end(first) == 0


def test_a_worker_whose_part_hangs_ends_itself(make_service: Callable[..., Service], wire: FaultyWire) -> None:
    """A server that says nothing while no time-out strikes: the process exits 70, so that its supervisor starts it again."""
    service = make_service(wire.port, worker={"hung_after_seconds": 2})
    wire.arm(Fault.STALL)
    assert service.start("worker").wait(40) == HUNG
    assert service.logged("worker_part_hangs")


def test_a_mailbox_that_is_down_keeps_no_other_from_being_read(
    make_service: Callable[..., Service], dovecot: Dovecot, sink: SmtpSink
) -> None:
    """Its trouble is on record, and the other mailbox's mail is acknowledged."""
    closed = Service.mailbox(free_port(), "away@northfield.example")
    service = make_service(dovecot.port, mailbox__away=closed)
    dovecot.append(service.user, request_mail(1))
    process = service.start("worker")
    wait_for(lambda: sink.letters, "an acknowledgement")
    troubled = "SELECT detail FROM heartbeat WHERE part = 'mailbox:away' AND NOT ok"
    wait_for(lambda: service.rows(troubled), "the trouble on record")
    assert end(process) == 0
    assert up(service, "mailbox:infogov")
    doctor = service.call("doctor", "--json")
    assert doctor.status == 1, doctor
    checks = {line["check"]: line["state"] for line in doctor.lines}
    assert (checks["worker mailbox:away"], checks["worker mailbox:infogov"]) == ("WARN", "OK")


def test_it_goes_on_after_the_mail_servers_were_restarted(
    make_service: Callable[..., Service], dovecot: Dovecot, sink: SmtpSink
) -> None:
    """Mail that came while both servers were down or after is taken and acknowledged without anybody's help."""
    service = make_service(dovecot.port, mailbox__infogov={"poll_seconds": 1})
    process = service.start("worker")
    wait_for(lambda: up(service, "mailbox:infogov"), "a first poll")
    sink.shut()
    dovecot.restart()
    dovecot.append(service.user, request_mail(1))
    unreachable = "SELECT detail FROM heartbeat WHERE part = 'deliver' AND NOT ok"
    wait_for(lambda: service.rows(unreachable), "a try to send")
    sink.reopen()
    wait_for(lambda: len(sink.letters) == 1, "an acknowledgement")
    dovecot.append(service.user, request_mail(2))
    wait_for(lambda: len(sink.letters) == 2, "a second acknowledgement")
    assert end(process) == 0
    assert {status for _, status in service.status_of_letters()} == {"sent"}
