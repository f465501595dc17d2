"""The whole product on PostgreSQL: the main job, casework, several processes at the same work, a server that goes away, and the move there."""

from __future__ import annotations

import itertools
import os
import shlex
import signal
import subprocess
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from engines import ask
from journal_lines import journal_lines
from processes import Service, request_mail, wait_for
from product import APPROVER, DRAFTER, SteadyIds, making, message_id, request
from servers import postgres as postgres_server
from servers.smtp import Phase

from pipeline.bootstrap import build
from pipeline.domain.errors import NotAllowedError
from pipeline.domain.ports import NoProgress
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store.cases import Cases
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from engines import Cluster
    from product import Product
    from servers.dovecot import Dovecot
    from servers.postgres import Postgres
    from servers.smtp import SmtpSink

    from pipeline.bootstrap import App

pytestmark = [pytest.mark.slow, pytest.mark.dovecot]

SECOND = "second@council.example"


@pytest.fixture
def url(cluster: Cluster, tmp_path: Path) -> str:
    """A finished, empty database."""
    return cluster.address(tmp_path)


@pytest.fixture
def product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str, url: str) -> Iterator[Product]:
    """The product with one mailbox, on PostgreSQL."""
    with making(tmp_path, dovecot, sink, user) as make:
        yield make(database={"url": url}, acknowledgement={"per_sender_per_day": 1000, "global_per_hour": 10_000})


@pytest.fixture
def another(product: Product) -> Iterator[Callable[[], App]]:
    """Wire the product once more over the same database, as another process would have it."""
    made: list[App] = []

    def make() -> App:
        made.append(replace(build(Settings.load(product.config, {})), clock=product.clock, ids=SteadyIds()))
        return made[-1]

    yield make
    for app in made:
        app.close()


def together(*jobs: Callable[[], object]) -> list[object]:
    """Run *jobs* at the same time; what each returned, or its NotAllowedError."""
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> object:
        start.wait()
        try:
            return job()
        except NotAllowedError as error:
            return error

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [done.result(timeout=120) for done in [pool.submit(run, job) for job in jobs]]


# ---- the job ---------------------------------------------------------------------------------------------------------


def test_mail_becomes_requests_and_each_is_acknowledged(product: Product, sink: SmtpSink) -> None:
    """Forty mails, among them odd characters, a copy and a machine's answer: numbered and acknowledged once, and the trail holds."""
    mails = [request(f"m{n}", sender=f"p{n}@example.org") for n in range(36)]
    odd = request("odd", sender="odd@example.org", subject="Freedom =?utf-8?q?of=00Information=ED=A0=80?= request")
    nul = request(
        "nul", sender="nul@example.org", body="Please tell me under the FOI Act:\r\nhow many \x00 potholes?\r\n"
    )
    away = request(
        "away", sender="away@example.org", subject="Out of office", headers=("Auto-Submitted: auto-replied",)
    )
    product.put(*mails, odd, nul, away, mails[0])
    counts = product.run_once()
    assert (counts["received"], counts["requests"], counts["acknowledged"], counts["errors"]) == (40, 38, 38, 0)
    assert product.run_once() == Counter()
    assert len({letter.recipients for letter in sink.letters}) == len(sink.letters) == 38
    assert product.app.store.verify().findings == []
    references = [case.reference for case in product.cases()]
    listed = product.cli("requests", "--json").lines
    assert sorted(line["reference"] for line in listed) == sorted(references)


@pytest.mark.parametrize("seen", [True, False])
def test_a_reference_drawn_ahead_that_somebody_has(
    product: Product, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch, *, seen: bool
) -> None:
    """Numbers drawn twice in a batch, and one that a case has, seen beforehand or taken a moment later: each mail has its own, and one letter."""
    first = product.one_case()
    draws = itertools.chain(
        [first.reference[3:11]] * 2, ["12345678"] * 3, (f"{n:08}" for n in itertools.count(20000000))
    )
    monkeypatch.setattr(SteadyIds, "reference_digits", lambda _self: next(draws))
    if not seen:
        monkeypatch.setattr(Cases, "taken", lambda _self, _references: set[str]())
    product.put(*[request(f"m{n}", sender=f"p{n}@example.org") for n in range(6)])
    product.receive()
    with journal_lines() as lines:
        assert product.intake() == {"request": 6}
    assert ("batch_not_filed" in {line["event"] for line in lines}) == (not seen)
    product.deliver()
    assert len({case.reference for case in product.cases()}) == 7
    assert len({message_id(letter) for letter in sink.letters}) == 7
    assert product.app.store.verify().findings == []


def test_an_answer_is_written_approved_and_sent_once(product: Product, sink: SmtpSink) -> None:
    """The officers' way of a letter, from the draft to the sent state, on this database."""
    case = product.one_case()
    product.approved(case)
    product.after_undo()
    assert product.run_once() == Counter(sent=1)
    assert product.run_once() == Counter()
    assert product.case(case.reference).workflow == "sent"
    assert len(sink.letters) == 2
    audit = product.cli("audit", "verify", "--json")
    assert (audit.status, audit.lines[0]["findings"]) == (0, [])


# ---- several at the same work ----------------------------------------------------------------------------------------


def test_two_workers_at_one_mailbox(product: Product, another: Callable[[], App], sink: SmtpSink) -> None:
    """Two that poll the same folder, file and send at the same time, lock or no lock: nothing is lost, made twice or acknowledged twice."""
    product.put(*[request(f"m{n}", sender=f"p{n}@example.org") for n in range(40)])

    def work() -> int:
        app = another()
        settings = app.settings.mailbox["infogov"]
        mailbox = app.mailbox(settings)
        try:
            taken = app.receive.poll(mailbox, settings)
        finally:
            mailbox.close()
        assert taken.errors == []
        app.intake.run()
        app.deliver().run()
        return taken.taken

    assert sum(int(str(taken)) for taken in together(work, work, work)) == 40
    product.intake()
    product.deliver()
    assert product.count("message") == product.count("request") == 40
    assert product.sql("SELECT state, max(attempts) FROM message GROUP BY state") == [("filed", 1)]
    assert len({letter.recipients for letter in sink.letters}) == len(sink.letters) == 40
    assert product.app.store.verify().findings == []


def test_two_approve_at_once(product: Product, another: Callable[[], App], sink: SmtpSink) -> None:
    """Of two who approve the same letter at the same moment one does, the other is told that it is done; one letter goes."""
    case = product.one_case()
    product.draft(case)
    product.casework().submit(case.reference, DRAFTER)
    with product.app.store.write() as work:
        work.officers.add(SECOND, "Second", "approver", via="test", at=product.clock.now())
    verbs = [another().casework() for _ in range(2)]
    done = together(
        lambda: verbs[0].approve(case.reference, APPROVER), lambda: verbs[1].approve(case.reference, SECOND)
    )
    assert len([one for one in done if isinstance(one, NotAllowedError)]) == 1
    assert product.count("outbox", "kind = 'response'") == 1
    product.after_undo()
    assert product.run_once() == Counter(sent=1)
    assert len(sink.letters) == 2
    assert product.app.store.verify().findings == []


def test_two_send_at_once(product: Product, another: Callable[[], App], sink: SmtpSink) -> None:
    """Two senders share what is due: each letter goes once, and both had some."""
    product.put(*[request(f"m{n}", sender=f"p{n}@example.org") for n in range(60)])
    product.receive()
    product.intake()
    senders = [another().deliver() for _ in range(2)]
    done = together(*[sender.run for sender in senders])
    shares = [one.acknowledged for one in done]  # type: ignore[attr-defined]
    assert sum(shares) == 60
    assert min(shares) > 0
    assert len({message_id(letter) for letter in sink.letters}) == len(sink.letters) == 60
    assert product.app.store.verify().findings == []


def test_an_officer_writes_on_a_case_whose_letter_is_going(product: Product, sink: SmtpSink) -> None:
    """What is put on a case between the claim of its acknowledgement and the server's answer stays, and the outcome comes after it."""
    product.put(*[request(f"m{n}", sender=f"p{n}@example.org") for n in range(6)])
    product.receive()
    product.intake()
    cases = product.cases()[::2]

    class Meanwhile(NoProgress):
        def start(self, what: str, total: int) -> None:
            assert (what, total) == ("letters", 6)
            with product.app.store.write() as work:
                for case in cases:
                    work.cases.note(case.id, Happening(kind="noted", at=product.clock.now()))

    assert product.sender().run(progress=Meanwhile()).acknowledged == 6
    assert (len(sink.letters), {row.status for row in product.outbox()}) == (6, {"sent"})
    with product.app.store.read() as work:
        assert [event.kind for event in work.events.of_case(cases[0].id)][-2:] == ["noted", "letter_sent"]
    assert product.app.store.verify().findings == []


def test_an_officer_stops_what_is_just_going(product: Product, another: Callable[[], App], sink: SmtpSink) -> None:
    """A stop and a sender at the same moment: the letter is stopped and never goes, or goes and can't be stopped."""
    case = product.one_case()
    product.approved(case)
    product.after_undo()
    sink.letters.clear()
    verbs, sender = another().casework(), another().deliver()
    stopped, _ = together(lambda: verbs.stop(case.reference, APPROVER), sender.run)
    product.deliver()
    [letter] = [row for row in product.outbox() if row.kind == "response"]
    if isinstance(stopped, NotAllowedError):
        assert (letter.status, len(sink.letters)) == ("sent", 1)
    else:
        assert (letter.status, len(sink.letters)) == ("cancelled", 0)
    assert product.app.store.verify().findings == []


def test_what_a_dead_sender_had_in_hand(product: Product, another: Callable[[], App], sink: SmtpSink) -> None:
    """A living sender keeps what it has claimed; when it is gone, the next one sends it at once."""
    product.put(request("one"))
    product.receive()
    product.intake()
    dying = another()
    with dying.store.write() as work:
        assert len(work.outbox.claim("dying", product.clock.now(), 20)) == 1
    hold = dying.store.exclusive("deliver dying")
    assert hold.__enter__()
    assert product.run_once() == Counter()
    hold.__exit__(None, None, None)
    after = product.deliver()
    assert (after.retried, after.acknowledged, len(sink.letters)) == (1, 1, 1)


def test_a_busy_sender_looks_for_dead_ones_once_a_second(product: Product, another: Callable[[], App]) -> None:
    """Of runs that follow each other at once only the first looks; a second later what a dead one had in hand is sent."""
    sender, dying = product.sender(), another()
    assert sender.run().acknowledged == 0
    product.put(request("one"))
    product.receive()
    product.intake()
    with dying.store.write() as work:
        assert len(work.outbox.claim("dying", product.clock.now(), 20)) == 1
    assert sender.run().retried == 0
    product.clock.set(product.clock.now() + timedelta(seconds=1))
    after = sender.run()
    assert (after.retried, after.acknowledged) == (1, 1)


def test_mail_of_one_case_in_two_mailboxes(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str, url: str
) -> None:
    """Two workers file answers to the same letter from two mailboxes at the same moment: every one is in the case's file."""
    users = {"infogov": user, "second": f"b{user}"}
    with making(tmp_path, dovecot, sink, user) as make:
        product = make(users, database={"url": url})
        case = product.one_case()
        ours = message_id(sink.letters[0])
        for number, box in enumerate(users):
            answers = [
                request(
                    f"a{number}{n}",
                    subject=f"Re: {case.reference}",
                    body=f"To clarify, I mean the financial year {2000 + 10 * number + n}.\r\n\r\nJane\r\n",
                    headers=(f"In-Reply-To: {ours}",),
                )
                for n in range(8)
            ]
            product.put(*answers, box=box)
            product.receive(box)
        apps = [build(Settings.load(product.config, {})) for _ in users]
        together(*[app.intake.run for app in apps])
        for app in apps:
            app.close()
        assert product.count("message", "state = 'filed'") == 17
        assert len(product.sides(case)) == 17
        assert product.case(case.reference).flagged
        assert product.app.store.verify().findings == []


# ---- a server that goes away -----------------------------------------------------------------------------------------


@pytest.fixture
def service(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str, url: str) -> Iterator[Service]:
    """The product as a process, on PostgreSQL; what it started is killed at the end."""
    changes = {"database": {"url": url}, "mailbox.infogov": {"poll_seconds": 1, "idle": False}}
    made = Service(tmp_path / "service", dovecot.port, sink.port, user, changes)
    yield made
    made.stop()


def test_a_worker_outlives_its_database(service: Service, postgres: Postgres, dovecot: Dovecot, sink: SmtpSink) -> None:
    """The server restarted under the worker, twice: it goes on by itself, and mail from before and after is acknowledged once each."""
    worker = service.start("worker")
    for number in range(1, 4):
        dovecot.append(service.user, request_mail(number))
        wait_for(lambda n=number: len(sink.letters) >= n, f"acknowledgement {number}", seconds=90)
        if number < 3:
            postgres.restart(pause=1.0)
    assert worker.poll() is None
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(15) == 0
    assert [letter.recipients for letter in sink.letters] == [(f"person{n}@example.org",) for n in (1, 2, 3)]
    assert service.good("audit", "verify", "--json").lines[0]["findings"] == []


def test_what_the_mail_server_took_is_written_down_after_a_restart(
    service: Service, postgres: Postgres, dovecot: Dovecot, sink: SmtpSink
) -> None:
    """The database gone between the final dot and the server's answer: the answer is kept until it can be written, and nothing goes twice."""
    dovecot.append(service.user, request_mail(1))
    sink.script.stall = Phase.DOT
    worker = service.start("worker")
    assert sink.stalled.wait(60)
    postgres.restart(pause=1.0)
    sink.release()
    wait_for(lambda: service.status_of_letters() == [("acknowledgement", "sent")], "the outcome on record", seconds=90)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(15) == 0
    assert len(sink.offered) == 1


# ---- operating -------------------------------------------------------------------------------------------------------


def test_a_newer_database_is_refused_by_every_verb(service: Service) -> None:
    """A database of a newer release is left alone, with the remedy on one line."""
    service.good("db", "upgrade")
    ask(service.url, "UPDATE alembic_version SET version_num = '9999'")
    for verb in ("worker", "run-once", "requests"):
        done = service.call(verb)
        assert done.status == 1, done
        assert "newer release" in done.err
    assert service.rows("SELECT version_num FROM alembic_version") == [("9999",)]


def test_the_backup_it_names_brings_everything_back(
    service: Service, postgres: Postgres, dovecot: Dovecot, tmp_path: Path
) -> None:
    """``db backup`` says which command to run; run as it stands, it makes a copy from which the service goes on."""
    dovecot.append(service.user, request_mail(1))
    service.good("run-once")
    heads = service.good("audit", "verify", "--json").lines[0]["heads"]
    refused = service.call("db", "backup", tmp_path / "copy.dump")
    assert refused.status == 1
    command = shlex.split(refused.err.partition("tool for this: ")[2].splitlines()[0])
    assert command[0] == "pg_dump"
    assert postgres_server.BINARIES is not None
    environment = {**os.environ, "PGPASSWORD": postgres_server.PASSWORD}
    subprocess.run([postgres_server.BINARIES / command[0], *command[1:]], check=True, env=environment)
    fresh = postgres.create()
    place = postgres.url(fresh).replace("+psycopg", "")
    subprocess.run(
        [postgres_server.BINARIES / "pg_restore", "--no-owner", "--dbname", place, tmp_path / "copy.dump"], check=True
    )
    service.changes["database"] = {"url": postgres.url(fresh)}
    service.write()
    assert service.good("audit", "verify", "--json").lines[0]["heads"] == heads
    dovecot.append(service.user, request_mail(2))
    assert service.good("run-once", "--json").lines[0]["requests"] == 1


def test_moving_from_a_file_to_a_server(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str, cluster: Cluster
) -> None:
    """``db copy`` moves a database with a sent answer and waiting mail; afterwards the same mail is not taken twice, and work goes on."""
    service = Service(tmp_path / "service", dovecot.port, sink.port, user)
    dovecot.append(user, request_mail(1))
    service.good("run-once")
    reference = service.approved_response()
    service.good("run-once")
    before = service.good("audit", "verify", "--json").lines[0]
    target = cluster.address(tmp_path / "target")
    with closing(Store.open(service.url)) as store, store.exclusive("worker") as alone:
        assert alone
        refused = service.call("db", "copy", target)
        assert (refused.status, "a worker is running" in refused.err) == (1, True)
    assert service.call("db", "copy", "oracle://x").status == 2
    assert service.call("db", "copy", service.url).status == 2
    said = service.good("db", "copy", target).text
    assert f"{before['events']} events in {before['chains']} chains" in said
    assert service.call("db", "copy", target).status == 1
    service.changes["database"] = {"url": target}
    service.write()
    assert service.good("audit", "verify", "--json").lines[0] == before
    assert set(service.good("run-once", "--json").lines[0].values()) == {0}
    assert service.good("show", reference, "--json").lines[0]["status"] == "sent"
    dovecot.append(user, request_mail(2))
    assert service.good("run-once", "--json").lines[0]["acknowledged"] == 1
    assert len(sink.letters) == 3


def test_the_clock_of_the_product_is_kept(product: Product) -> None:
    """Instants come back as they were given, whatever zone the server lives in."""
    with product.app.store.write() as work:
        work.heartbeats.beat("x", product.clock.now() + timedelta(microseconds=1), "ok", ok=True)
    with product.app.store.read() as work:
        [beat] = [beat for beat in work.heartbeats.all() if beat.part == "x"]
    assert beat.at == product.clock.now() + timedelta(microseconds=1)
