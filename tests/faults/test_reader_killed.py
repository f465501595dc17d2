"""The process that reads mail for the worker is killed while it reads: the worker goes on, and every mail is filed and acknowledged once."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from faults.fault_table import Seen
from processes import Service, request_mail, wait_for

if TYPE_CHECKING:
    from faults.fault_table import Proofs
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = pytest.mark.dovecot

MAILS = 120


def reader_of(worker: int) -> int:
    """The process that *worker* has started; 0 while there is none."""
    tasks = Path(f"/proc/{worker}/task").iterdir()
    found = [int(word) for task in tasks for word in (task / "children").read_text(encoding="ascii").split()]
    return found[0] if found else 0


def test_the_process_that_reads_is_killed_twice(
    service: Service, dovecot: Dovecot, sink: SmtpSink, proofs: Proofs
) -> None:
    """Once with a batch in hand, once while what was lost is read again; no attempt is the worker's last."""
    with dovecot.client(service.user) as client:
        for number in range(MAILS):
            client.append("INBOX", request_mail(number))
    worker = service.start("worker")
    for filed in (5, 30):
        wait_for(lambda n=filed: service.number("SELECT count(*) FROM message WHERE state = 'filed'") >= n, "filing")
        wait_for(lambda: reader_of(worker.pid), "a reading process")
        os.kill(reader_of(worker.pid), signal.SIGKILL)
    wait_for(lambda: len(sink.letters) >= MAILS, "the acknowledgements")
    wait_for(lambda: service.number("SELECT count(*) FROM outbox WHERE status = 'sent'") == MAILS, "the records")
    assert worker.poll() is None
    requests = service.number("SELECT count(*) FROM request")
    assert service.number("SELECT count(*) FROM message WHERE state = 'filed'") == MAILS
    repeated = len(sink.letters) - len({letter.recipients for letter in sink.letters})
    words = service.log.read_text(encoding="utf-8")
    proofs.show("kill-reader", "", Seen(lost=MAILS - requests, repeated=repeated, tries=0, words=words))
