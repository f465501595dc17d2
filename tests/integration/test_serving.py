"""The service as processes: worker and pages in one, each alone, and how they end."""

from __future__ import annotations

import json
import signal
import socket
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest
from processes import Service, wait_for

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = [pytest.mark.slow, pytest.mark.dovecot]


@pytest.fixture
def service(tmp_path: Path, dovecot: Dovecot, user: str, sink: SmtpSink) -> Iterator[Service]:
    """The product configured for a mailbox and an SMTP server; what it started is killed at the end."""
    made = Service(tmp_path / "service", dovecot.port, sink.port, user)
    yield made
    made.stop()


def asked(service: Service, path: str) -> tuple[int, str]:
    """What the pages answer at *path*: status and body; 0 while nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{service.web}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError:
        return 0, ""


def end(process: subprocess.Popen[bytes]) -> int:
    """Ask *process* to end as a supervisor does; returns its status."""
    process.send_signal(signal.SIGTERM)
    return process.wait(15)


def test_one_process_serves_pages_and_reads_mail(service: Service) -> None:
    """`serve` becomes ready once the mailbox was read, and ends with 0 when told to."""
    process = service.start("serve")
    wait_for(lambda: asked(service, "/readyz")[0] == 200, "the service becomes ready")
    assert json.loads(asked(service, "/healthz")[1]) == {"status": "ok"}
    assert "Sign in" in asked(service, "/")[1]
    assert "infogov_" in asked(service, "/metrics")[1]
    assert end(process) == 0


def test_the_pages_alone_say_that_no_worker_is_there(service: Service) -> None:
    """`web` serves the pages; asked whether the whole service works, it says what is missing."""
    process = service.start("web")
    wait_for(lambda: asked(service, "/healthz")[0] == 200, "the pages are served")
    status, body = asked(service, "/readyz")
    assert status == 503
    assert "worker" in body
    assert asked(service, "/readyz?of=web")[0] == 200
    assert end(process) == 0


def test_a_taken_port_ends_the_service_with_a_sentence(service: Service) -> None:
    """Where another program has the port, the command says so, names the key, and exits with 2."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", service.web))
        taken.listen()
        done = service.call("web")
    assert done.status == 2
    assert "[web] host and port" in done.err
    assert "Traceback" not in done.err
