"""kill -9 at any moment: nothing is lost, nothing is made twice, and no letter goes out under a second name."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from processes import Service, absence_mail, kill, request_mail, wait_for
from servers.smtp import Phase

from pipeline.domain.unread import MAX_ATTEMPTS

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = [pytest.mark.slow, pytest.mark.dovecot]

# `make soak` sets FAULTS_SOAK: a night's worth of kills.
MAILS, ABSENCES, KILLS = (2000, 200, 200) if os.environ.get("FAULTS_SOAK") else (300, 40, 20)
REQUESTS = MAILS - ABSENCES
# What a whole run does, counted in steps that can be seen from outside: mails taken, mails filed, letters offered.
STEPS = 2 * MAILS + REQUESTS
STALLED = {
    KILLS * share // 20 for share in (15, 17, 19)
}  # these kills fall between the final dot and the server's answer
_MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE | re.IGNORECASE)


def fill_mailbox(dovecot: Dovecot, user: str) -> None:
    """Put in requests from as many people, some of them large so that they come in several batches, and out-of-office answers."""
    with dovecot.client(user) as client:
        for number in range(MAILS):
            absent = number % (MAILS // ABSENCES) == 3 and number // (MAILS // ABSENCES) < ABSENCES
            raw = absence_mail(number) if absent else request_mail(number, size=700_000 if number % 10 == 0 else 0)
            client.append("INBOX", raw)


def steps_done(service: Service, sink: SmtpSink) -> int:
    """How far the work has come."""
    taken = service.number("SELECT count(*) FROM message")
    filed = service.number("SELECT count(*) FROM message WHERE state = 'filed'")
    return taken + filed + len({letter.recipients for letter in list(sink.offered)})


def moments(seed: int) -> Iterator[tuple[int, float]]:
    """Where to kill: one random step in each equal part of the way, and some random milliseconds after it."""
    chance = random.Random(seed)
    slice_ = STEPS * 0.93 / KILLS
    for number in range(KILLS):
        yield int((number + chance.random()) * slice_), chance.random() * 0.15


def kill_at(service: Service, sink: SmtpSink, process: subprocess.Popen[bytes], step: int, delay: float) -> bool:
    """Kill *process* when the work has come to *step*; False when it had ended by itself before."""
    wait_for(lambda: process.poll() is not None or steps_done(service, sink) >= step, f"step {step}")
    time.sleep(delay)
    return killed(service, process)


def killed(service: Service, process: subprocess.Popen[bytes]) -> bool:
    """Kill *process*, but not while a mail has its last try; False when it had ended by itself before.

    A mail on which the product has died so often is put aside for an officer, as it should be; chance must not make a good mail one of those.
    """
    while process.poll() is None and service.number("SELECT count(*) FROM message WHERE attempts > 0"):
        # What stands still does not begin another try between our look and the kill.
        os.killpg(process.pid, signal.SIGSTOP)
        if not last_tries(service):
            break
        os.killpg(process.pid, signal.SIGCONT)
        wait_for(lambda: process.poll() is not None or not last_tries(service), "the end of a last try")
    alive = process.poll() is None
    kill(process)
    return alive


def last_tries(service: Service) -> int:
    """How many mails would be put aside if their reading were broken off now."""
    return service.number("SELECT count(*) FROM message WHERE state = 'received' AND attempts >= ?", MAX_ATTEMPTS)


def kill_in_silence(service: Service, sink: SmtpSink, process: subprocess.Popen[bytes]) -> bool:
    """Kill *process* while the server has a whole letter and has not answered yet."""
    sink.stalled.clear()
    sink.script.stall = Phase.DOT
    wait_for(lambda: process.poll() is not None or sink.stalled.is_set(), "a letter's final dot")
    alive = killed(service, process)
    sink.script.stall = None
    return alive


def killed_on_the_way(service: Service, sink: SmtpSink, verb: str, seed: int) -> None:
    """Run *verb* and kill it at so many moments."""
    for number, (step, delay) in enumerate(moments(seed), start=1):
        for _ in range(5):
            service.waits_are_over() if service.database.exists() else None
            process = service.start(verb)
            if number in STALLED and kill_in_silence(service, sink, process):
                break
            if number not in STALLED and kill_at(service, sink, process, step, delay):
                break
        else:
            pytest.fail(f"{verb} always ended before kill {number} at step {step}")


def assert_whole(service: Service, dovecot: Dovecot, sink: SmtpSink) -> None:
    """Assert that after all the kills everything is there once."""
    with dovecot.client(service.user) as client:
        client.select_folder("INBOX", readonly=True)
        uids = sorted(client.search())
    assert [row[0] for row in service.rows("SELECT uid FROM message ORDER BY uid")] == uids
    assert len(uids) == MAILS
    assert service.rows("SELECT state, count(*) FROM message GROUP BY state") == [("filed", MAILS)]
    senders = service.rows("SELECT author_email FROM message WHERE verdict = 'request' ORDER BY 1")
    assert len(senders) == REQUESTS
    assert service.rows("SELECT requester_email FROM request ORDER BY 1") == senders
    assert len(set(senders)) == REQUESTS
    names: dict[tuple[str, ...], set[bytes]] = {}
    times: Counter[bytes] = Counter()
    for letter in sink.offered:
        found = _MESSAGE_ID.search(letter.raw)
        assert found is not None
        names.setdefault(letter.recipients, set()).add(found[1])
        times[found[1]] += 1
    assert sorted(names) == senders
    assert all(len(of_one) == 1 for of_one in names.values())
    repeats = sum(times.values()) - len(times)
    assert len(STALLED) <= repeats <= KILLS
    audit = service.good("audit", "verify", "--json").lines[0]
    assert (audit["findings"], audit["raw_messages"], audit["requests"]) == ([], MAILS, REQUESTS)
    print(
        f"{MAILS} mails, {KILLS} kills: {len(uids)} rows, {len(senders)} requests, {len(times)} letters, {repeats} of them repeated"
    )


def all_sent(service: Service) -> bool:
    """Whether every acknowledgement has been accepted; lets the waits between tries pass."""
    service.waits_are_over()
    return service.number("SELECT count(*) FROM outbox WHERE status = 'sent'") == REQUESTS


def test_runs_killed_twenty_times_lose_nothing_and_repeat_nothing(
    service: Service, dovecot: Dovecot, sink: SmtpSink
) -> None:
    """300 mails and 20 kills of run-once: each UID one row, each request one case, one Message-ID each, at most one repeat a kill."""
    fill_mailbox(dovecot, service.user)
    killed_on_the_way(service, sink, "run-once", seed=20)
    for _ in range(2):
        # The first settles what the last kill interrupted; what it puts off goes with the second.
        service.waits_are_over()
        service.good("run-once")
    assert all_sent(service)
    assert_whole(service, dovecot, sink)
    assert set(service.good("run-once", "--json").lines[0].values()) == {0}


def test_a_worker_killed_twenty_times_loses_nothing_and_repeats_nothing(
    service: Service, dovecot: Dovecot, sink: SmtpSink
) -> None:
    """The same for the worker, whose threads receive, file and send at the same time; in the end it stops as it should."""
    fill_mailbox(dovecot, service.user)
    killed_on_the_way(service, sink, "worker", seed=21)
    last = service.start("worker")
    try:
        # All that twenty kills left behind, on a machine that may be busy with other tests, is more than one usual wait.
        wait_for(lambda: last.poll() is not None or all_sent(service), "every acknowledgement sent", seconds=150)
    except AssertionError as error:
        states = (
            "SELECT status, phase, count(*) FROM outbox GROUP BY 1, 2",
            "SELECT state, attempts, count(*) FROM message GROUP BY 1, 2",
        )
        left = [[tuple(row) for row in service.rows(one)] for one in states]
        raise AssertionError(f"{error}: {left}\n{service.log.read_text(encoding='utf-8')[-1500:]}") from error
    assert last.poll() is None, service.log.read_text(encoding="utf-8")[-2000:]
    last.send_signal(signal.SIGTERM)
    assert last.wait(10) == 0
    assert_whole(service, dovecot, sink)


def test_a_response_cut_off_after_its_final_dot_is_never_sent_again_by_itself(
    service: Service, dovecot: Dovecot, sink: SmtpSink
) -> None:
    """It is uncertain after the restart and stays so; an officer's word sends it again, under the same Message-ID."""
    dovecot.append(service.user, request_mail(1))
    service.good("run-once")
    reference = service.approved_response()
    sink.script.stall = Phase.DOT
    process = service.start("run-once")
    assert sink.stalled.wait(30)
    kill(process)
    sink.script.stall = None
    first = service.good("run-once", "--json").lines[0]
    assert (first["uncertain"], first["sent"]) == (1, 0)
    assert service.good("run-once", "--json").lines[0]["uncertain"] == 0
    letter = service.good("outbox", "--json").lines[-1]
    assert (letter["kind"], letter["status"]) == ("response", "uncertain")
    assert service.good("show", reference, "--json").lines[0]["status"] == "approved"
    sent = [offered.raw for offered in sink.offered if letter["message_id"].encode() in offered.raw]
    assert len(sent) == 1
    service.good("outbox", "resolve", letter["id"], "--not-delivered")
    assert service.good("run-once", "--json").lines[0]["sent"] == 1
    assert sink.offered[-1].raw == sent[0]
    assert service.good("show", reference, "--json").lines[0]["status"] == "sent"
