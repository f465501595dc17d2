"""Doctor on real servers: what it says of a house that is not built yet, of databases it must leave alone, and of servers in trouble."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from processes import Service
from servers.certificates import make_certificate
from servers.ports import free_port

from pipeline.bootstrap import checkup
from pipeline.domain.errors import TransportError
from pipeline.mail.certificate import certificate_ends
from pipeline.settings import MailboxSettings, Settings, SmtpSettings
from pipeline.stages.checkup import State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from servers.certificates import Certificate
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = pytest.mark.dovecot


@pytest.fixture
def service(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Service:
    """The product configured, and nothing run yet."""
    return Service(tmp_path / "service", dovecot.port, sink.port, user)


def checks(service: Service) -> dict[str, dict[str, Any]]:
    """What doctor says, by the names of its checks."""
    return {line["check"]: line for line in service.call("doctor", "--json").lines}


def test_doctor_makes_no_database_and_changes_none(service: Service) -> None:
    """Before the first start there is none afterwards either; one of an older version keeps it and its bytes."""
    found = checks(service)
    assert found["database"]["state"] == "WARN"
    assert "infogov db upgrade" in found["database"]["remedy"]
    assert not service.database.exists()
    assert {path.name for path in service.folder.iterdir()} == {"infogov.toml"}
    service.good("db", "upgrade")
    with closing(sqlite3.connect(service.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("UPDATE alembic_version SET version_num = '0005'")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = service.database.read_bytes()
    found = checks(service)
    assert found["database"]["state"] == "WARN"
    assert "at version 0005" in found["database"]["found"]
    assert "officers" not in found
    assert service.database.read_bytes() == before


def test_a_database_of_a_newer_release_fails(service: Service) -> None:
    """It is refused in words, and the mail servers are looked at all the same."""
    service.good("db", "upgrade")
    with service.connection() as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    done = service.call("doctor", "--json")
    found = {line["check"]: line["state"] for line in done.lines}
    assert (done.status, found["database"], found["mailbox infogov"]) == (1, "FAIL", "OK")


def test_doctor_tells_what_the_servers_can_and_what_is_missing(service: Service) -> None:
    """Login, folders and abilities of the mailbox, the login and size limit of SMTP, the disk, the clock, and that nobody gets alarms."""
    found = checks(service)
    assert found["mailbox infogov"]["found"].startswith("logged in; INBOX (0 messages); can IDLE")
    assert "takes our login" in found["smtp"]["found"]
    assert found["clock"] == {
        "check": "clock",
        "state": "OK",
        "found": "not checked: no server here tells the time",
        "remedy": "",
    }
    assert found["disk"]["state"] == "OK"
    assert found["alarms"]["state"] == "WARN"


def test_a_folder_that_is_not_there_fails_with_its_name(service: Service) -> None:
    """A wrong name in the configuration is found before the first mail is missed."""
    service.changes["mailbox.infogov"] = {"folders": ["INBOX", "Requests"]}
    service.write()
    done = service.call("doctor")
    assert done.status == 1
    assert 'FAIL  mailbox infogov: mailbox "infogov"' in done.text
    assert 'opening folder "Requests"' in done.text


def test_a_mail_from_the_future_shows_a_clock_that_is_behind(service: Service, dovecot: Dovecot) -> None:
    """Where no server tells the time, the newest mail may show that ours is wrong."""
    with dovecot.client(service.user) as person:
        person.append("INBOX", b"Subject: x\r\n\r\nx\r\n", msg_time=datetime.now(UTC) + timedelta(hours=1))
    clock = checks(service)["clock"]
    assert clock["state"] == "WARN"
    assert "behind the newest mail in infogov" in clock["found"]


def test_stuck_rows_and_a_silent_worker_fail(service: Service, dovecot: Dovecot) -> None:
    """Mail that was taken and not filed, and a worker that was there and is gone, are told with what to do."""
    service.good("db", "upgrade")
    with dovecot.client(service.user) as person:
        person.append("INBOX", b"From: a@example.org\r\nSubject: x\r\n\r\nx\r\n")
    service.good("receive")
    long_ago = (datetime.now(UTC) - timedelta(hours=3)).strftime("%Y-%m-%d %H:%M:%S.%f")
    with service.connection() as connection:
        connection.execute("UPDATE message SET taken_at = ?", (long_ago,))
        connection.execute("INSERT INTO heartbeat VALUES ('intake', ?, 'ok', 1)", (long_ago,))
    done = service.call("doctor")
    assert done.status == 1
    assert "FAIL  mail not filed: mail taken at" in done.text
    assert "FAIL  worker silent: the worker has not been heard of since" in done.text
    assert "infogov intake tries again" in done.text


def test_a_configuration_that_everybody_may_read_is_told_when_it_holds_a_secret(service: Service) -> None:
    """A password in the file asks for a closed file."""
    service.config.chmod(0o644)
    assert checks(service)["secrets"]["state"] == "WARN"
    service.config.chmod(0o640)
    assert "secrets" not in checks(service)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_imap_servers_certificate_ends_on_the_day_it_names(
    security: str, dovecot: Dovecot, certificate: Certificate
) -> None:
    """Asked at once or after STARTTLS, it has the hours left that it was made with; without TLS there is none."""
    port = dovecot.tls_port if security == "tls" else dovecot.port
    box = _box(port, security)
    end = certificate_ends(box, imap=True, cafile=str(certificate.cert))
    assert end is not None
    assert timedelta(hours=20) < end - datetime.now(UTC) <= timedelta(days=1)
    assert certificate_ends(_box(port, "none"), imap=True) is None
    with pytest.raises(TransportError, match="not from an authority"):
        certificate_ends(box, imap=True)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_smtp_servers_certificate_is_read_the_same_way(
    security: str, make_sink: Callable[..., SmtpSink], certificate: Certificate, tmp_path: Path
) -> None:
    """Over SMTP, too; one that has ended is an error with a remedy, and a server without STARTTLS says so."""
    sink = make_sink(certificate=certificate, implicit=security == "tls")
    end = certificate_ends(_smtp(sink.port, security), imap=False, cafile=str(certificate.cert))
    assert end is not None
    old = make_certificate(tmp_path, expired=True)
    ended = make_sink(certificate=old, implicit=security == "tls")
    with pytest.raises(TransportError, match="has expired"):
        certificate_ends(_smtp(ended.port, security), imap=False, cafile=str(old.cert))
    plain = make_sink()
    with pytest.raises(TransportError, match="did not agree to TLS"):
        certificate_ends(_smtp(plain.port, "starttls"), imap=False)


def test_nothing_behind_the_port_is_told(service: Service) -> None:
    """Both servers gone: two failures with remedies, and everything else is still looked at."""
    service.imap = service.smtp = free_port()
    service.write()
    found = checkup(Settings.load(service.config, {})).run()
    states = {check.name: check.state for check in found}
    assert (states["mailbox infogov"], states["smtp"]) == (State.FAIL, State.FAIL)
    assert states["calendar"] is State.OK
    assert all(check.remedy for check in found if check.state is State.FAIL)


def _box(port: int, security: str) -> MailboxSettings:
    values = {"name": "foi", "host": "127.0.0.1", "port": port, "security": security, "user": "x", "password": "x"}
    return MailboxSettings.model_validate(values)


def _smtp(port: int, security: str) -> SmtpSettings:
    values = {"host": "127.0.0.1", "port": port, "security": security, "from_address": "foi@northfield.example"}
    return SmtpSettings.model_validate(values)
