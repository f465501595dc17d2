"""A worker as a service manager and a monitoring see it: it says when it is ready, answers probes, and rings when its mailbox goes silent."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import socket
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from processes import Service, request_mail, wait_for
from servers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = [pytest.mark.slow, pytest.mark.dovecot]


@pytest.fixture
def service(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Service]:
    """The product with a port for probes and a command for alarms."""
    note = f"import sys; open({str(tmp_path / 'rung')!r}, 'a').write(sys.stdin.read())"
    changes = {
        "worker": {"health_port": free_port(), "deliver_seconds": 1},
        "mailbox.infogov": {"poll_seconds": 1, "idle": False},
        "alarms": {"command": [sys.executable, "-c", note], "mailbox_minutes": 1},
    }
    made = Service(tmp_path / "service", dovecot.port, sink.port, user, changes)
    yield made
    made.stop()


def get(port: int, path: str) -> tuple[int, bytes]:
    """Ask for a page; 0 while nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except ConnectionError:
        return 0, b""
    finally:
        connection.close()


def heard(systemd: socket.socket) -> list[str]:
    """Everything said so far."""
    said = []
    while True:
        try:
            said += systemd.recv(1000).decode().splitlines()
        except BlockingIOError:
            return said


def test_a_worker_tells_how_it_is(
    service: Service, dovecot: Dovecot, sink: SmtpSink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """READY once it works, the watchdog fed while it does, probes and metrics that agree with what it did, STOPPING at the end."""
    port = service.changes["worker"]["health_port"]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "4000000")
        monkeypatch.delenv("WATCHDOG_PID", raising=False)
        dovecot.append(service.user, request_mail(1))
        process = service.start("worker")
        wait_for(lambda: get(port, "/readyz")[0] == 200, "the worker is ready")
        wait_for(lambda: sink.letters, "an acknowledgement")
        wait_for(lambda: b'infogov_letters{status="sent"} 1.0' in get(port, "/metrics")[1], "the letter in the metrics")
        assert get(port, "/healthz")[0] == 200
        told = json.loads(get(port, "/readyz")[1])
        assert told["last_good_poll"]["infogov"]
        said: list[str] = []

        def fed() -> bool:
            said.extend(heard(systemd))
            return said.count("WATCHDOG=1") >= 2

        wait_for(fed, "the watchdog fed twice")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        said += heard(systemd)
    assert said[:2] == ["READY=1", "STATUS=watching mailbox:infogov"]
    assert said[-1] == "STOPPING=1"


def test_the_alarm_needs_no_worker(service: Service, dovecot: Dovecot, tmp_path: Path) -> None:
    """With the worker gone, a timer's look tells once that mailbox and worker are silent, and names nobody; --test rings as well."""
    service.good("alarms", "--test")
    assert "this is a test" in (tmp_path / "rung").read_text(encoding="utf-8")
    dovecot.append(service.user, request_mail(1))
    service.good("run-once")
    with service.connection() as connection:
        connection.execute("UPDATE folder SET polled_at = '2020-01-01 00:00:00.000000'")
    (tmp_path / "rung").unlink()
    for _ in range(2):
        done = service.call("alarms", "--json")
        assert done.status == 1
        assert [line["problem"] for line in done.lines] == ["worker_silent", "mailbox_unread:infogov"]
    rung = (tmp_path / "rung").read_text(encoding="utf-8")
    assert rung.count("has not been read since 01 Jan 2020") == 1
    assert "@" not in rung


def _truncated(database: Path) -> None:
    database.write_bytes(database.read_bytes()[:5000])


def _newer(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize(
    "wreck",
    [
        pytest.param(lambda database: database.write_bytes(b"no database" * 1000), id="random bytes"),
        pytest.param(_truncated, id="truncated"),
        pytest.param(lambda database: database.write_bytes(b""), id="empty"),
        pytest.param(_newer, id="of a newer release"),
        pytest.param(lambda database: shutil.rmtree(database.parent), id="gone with its folder"),
    ],
)
def test_a_database_that_cannot_be_opened_rings(
    service: Service, tmp_path: Path, wreck: Callable[[Path], object]
) -> None:
    """Whoever [alarms] names is told that the database can't be asked, with the status of what is wrong and was told; none is made."""
    database = tmp_path / "service" / "data" / "infogov.db"
    service.changes["database"] = {"url": f"sqlite:///{database}"}
    service.write()
    service.good("db", "upgrade")
    wreck(database)
    there = sorted(path.name for path in database.parent.parent.iterdir())
    done = service.call("alarms", "--json")
    assert [line["problem"] for line in done.lines] == ["database"], done.err
    assert done.status == 1
    assert "the database can't be asked" in (tmp_path / "rung").read_text(encoding="utf-8")
    assert there == sorted(path.name for path in database.parent.parent.iterdir())


def test_an_alarm_that_nobody_hears_fails(service: Service) -> None:
    """When none of the ways works, the command says so and ends with another status than for what is wrong, so that a timer's unit fails."""
    service.changes["alarms"] = {"command": ["/nowhere/bell"]}
    service.write()
    done = service.call("alarms")
    assert done.status == 3
    assert "the database can't be asked" in done.text
    service.good("db", "upgrade")
    done = service.call("alarms")
    assert done.status == 3
    assert "the worker has never run" in done.text
    assert "nobody could be told: command failed; try each with: infogov alarms --test" in done.err
