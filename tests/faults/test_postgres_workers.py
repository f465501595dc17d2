"""A worker whose PostgreSQL goes away, workers that lose their locks while they live, and kill -9 of the product after each of its effects there."""

from __future__ import annotations

import http.client
import json
import signal
import threading
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from faults.fault_table import ROWS, Seen
from faults.postgres_rows import POSTGRES_ROWS
from faults.test_effects import ANSWERED, MAILS, PEOPLE, Launcher, Walk, stage_of, told
from processes import Service, request_mail, wait_for
from product import SteadyIds
from servers.dovecot import free_port

from pipeline.bootstrap import build
from pipeline.settings import Settings
from pipeline.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from faults.fault_table import Proofs
    from faults.postgres_scene import Stand
    from servers.dovecot import Dovecot
    from servers.postgres import Postgres
    from servers.smtp import SmtpSink

    from pipeline.bootstrap import App

pytestmark = [pytest.mark.slow, pytest.mark.dovecot]

CASES = {row.name: row.cases for row in POSTGRES_ROWS}
# The session that holds the advisory locks of a worker, whichever they are.
END_HOLDERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_locks
    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = %s)
"""


# ---- locks lost ------------------------------------------------------------------------------------------------------


@pytest.fixture
def another(stand: Stand) -> Iterator[App]:
    """The product once more over the same database, as another worker has it."""
    made = replace(build(Settings.load(stand.product.config, {})), clock=stand.product.clock, ids=SteadyIds())
    yield made
    made.close()


def poll(app: App) -> None:
    """Read the mailbox once, by a lock as a worker does, or without it where it can't be had."""
    settings = app.settings.mailbox["infogov"]
    with app.store.exclusive("mailbox:infogov"):
        mailbox = app.mailbox(settings)
        assert app.receive.poll(mailbox, settings).errors == []
        mailbox.close()


JOBS: dict[str, Callable[[App], object]] = {
    "two pollers": poll,
    "two that file": lambda app: app.intake.run(),
    "two senders": lambda app: app.deliver().run(),
}


@pytest.mark.parametrize("case", CASES["pg-locks-lost"])
def test_locks_lost_while_their_holder_lives(case: str, stand: Stand, another: App, proofs: Proofs) -> None:
    """Its locks are taken by another that does the same work at the same time; unique keys and claims keep both right."""
    stand.mail_comes(20)
    for name, job in JOBS.items():
        if name == case:
            break
        job(stand.product.app)
    ended = threading.Event()

    def end_sessions() -> None:
        while not stand.server.execute(END_HOLDERS, stand.name) and not ended.wait(0.01):
            pass

    threads = [threading.Thread(target=lambda app=app: JOBS[case](app)) for app in (stand.product.app, another)]
    ending = threading.Thread(target=end_sessions)
    for thread in (ending, *threads):
        thread.start()
    for thread in threads:
        thread.join(60)
    ended.set()
    ending.join()
    for job in JOBS.values():
        job(stand.product.app)
    assert stand.product.sql("SELECT max(attempts) FROM message") <= [(3,)]
    proofs.show("pg-locks-lost", case, stand.account(stand.runs()))


def test_a_lock_lost_within_a_response(stand: Stand, another: App, sink: SmtpSink, proofs: Proofs) -> None:
    """The other thinks the sender dead and calls an officer; that the server took the letter stands all the same, and it goes once."""
    stand.waiting_response()
    offered = len(sink.offered)
    usual = another.deliver()
    transport = stand.product.app.transport()

    class Slow:
        """The transport of a sender that another takes for dead just when its letter has gone."""

        def send(self, *words: object, **more: object) -> object:
            accepted = transport.send(*words, **more)
            stand.server.execute(END_HOLDERS, stand.name)
            usual.run()
            return accepted

        def __getattr__(self, name: str) -> object:
            return getattr(transport, name)

    sender = stand.product.app.deliver()
    sender._transport = Slow()  # type: ignore[assignment] - a wrapper of the real one
    sender.run()
    assert len(sink.offered) == offered + 1
    stand.words = "; ".join(why for case in stand.product.cases() for why in case.flag_reasons)
    proofs.show("pg-lock-lost-response", "", stand.account(stand.runs()))


# ---- a worker --------------------------------------------------------------------------------------------------------


@pytest.fixture
def watched(lone: Postgres, finished: str, dovecot: Dovecot, sink: SmtpSink, tmp_path: Path) -> Iterator[Service]:
    """The product as a process on that server, with a port for probes."""
    name = lone.create(finished)
    changes = {
        "database": {"url": lone.url(name)},
        "mailbox.infogov": {"poll_seconds": 1, "idle": False},
        "worker": {"health_port": free_port(), "deliver_seconds": 1},
    }
    made = Service(tmp_path / "service", dovecot.port, sink.port, f"{name}-{free_port()}@northfield.example", changes)
    yield made
    made.stop()
    lone.drop(name)


def readiness(service: Service) -> str:
    """What /readyz says: its problems, or nothing where all is well."""
    connection = http.client.HTTPConnection("127.0.0.1", service.changes["worker"]["health_port"], timeout=20)
    try:
        connection.request("GET", "/readyz")
        return "; ".join(json.loads(connection.getresponse().read())["problems"])
    except ConnectionError:
        return "nobody listens"
    finally:
        connection.close()


@pytest.mark.parametrize("case", CASES["pg-worker"])
def test_a_worker_whose_server_goes_away(
    case: str, watched: Service, lone: Postgres, dovecot: Dovecot, sink: SmtpSink, proofs: Proofs
) -> None:
    """It stays up, says what is wrong meanwhile, and goes on by itself: mail from before and after is acknowledged once each."""
    worker = watched.start("worker")
    dovecot.append(watched.user, request_mail(0))
    wait_for(lambda: sink.letters and readiness(watched) == "", "the first acknowledgement")
    lone.end(signal.SIGINT if case.startswith("stopped") else signal.SIGKILL)
    try:
        dovecot.append(watched.user, request_mail(1))
        wait_for(lambda: ROWS["pg-worker"].health in readiness(watched), "the probe says so")
        wait_for(lambda: watched.logged("check that the PostgreSQL server runs"), "the log says so")
        said = readiness(watched)
    finally:
        lone.start()
    wait_for(lambda: len(sink.letters) == 2 and readiness(watched) == "", "the second acknowledgement")
    assert worker.poll() is None
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    assert not watched.logged("Traceback")
    people = [letter.recipients[0] for letter in sink.offered]
    lost = 2 - watched.number("SELECT count(*) FROM request") + 2 - len(set(people))
    assert watched.good("audit", "verify", "--json").lines[0]["findings"] == []
    proofs.show("pg-worker", case, Seen(lost=lost, repeated=len(people) - len(set(people)), tries=0, words=said))


# ---- the product killed ----------------------------------------------------------------------------------------------


class PostgresWalk(Walk):
    """The same walk, its databases clones of a *template* on *server*."""

    server: Postgres

    def service(self, name: str, user: str) -> Service:
        """A product for *user* over a clone of the template."""
        box = {"processed_folder": "Done", "sent_folder": "Sent", "idle": False}
        database = {"url": self.server.url(self.server.create(str(self.template)))}
        changes = {"mailbox.infogov": box, "database": database}
        self.sink.offered.clear()
        return Service(self.folder / name, self.dovecot.port, self.sink.port, user, changes)


@pytest.fixture
def walk(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, lone: Postgres, finished: str) -> Iterator[PostgresWalk]:
    """A walk over effects, with a launcher of its own."""
    launcher = Launcher()
    made = PostgresWalk(tmp_path, dovecot, sink, launcher, finished)  # type: ignore[arg-type] - a database's name where the other has a file
    made.server = lone
    yield made
    launcher.stop()


def sound(service: Service) -> bool:
    """Whether the trail holds."""
    store = Store.open(service.url)
    try:
        return store.verify().findings == []
    finally:
        store.close()


def test_the_mail_job_killed_on_postgresql(walk: PostgresWalk, proofs: Proofs) -> None:
    """After every other effect, and each letter: the next run finishes it, and only between a hand-over and its record a letter goes twice."""
    seen = walk.launcher.play("run-once", walk.service("whole", walk.user()).config)
    assert seen is not None
    assert set(seen) == {"commit", "move", "letter", "copy"}
    outcomes: dict[int, Seen] = {}
    letters = {number for number, name in enumerate(seen, start=1) if name == "letter"}
    for at in sorted({*range(1, len(seen) + 1, 2), *letters}):
        user = walk.user()
        service = walk.service(f"at{at}", user)
        assert walk.launcher.play("run-once", service.config, at) is None
        tries = 0
        while tries < 4 and service.number("SELECT count(*) FROM outbox WHERE copied_at IS NOT NULL") < MAILS:
            service.waits_are_over()
            walk.launcher.play("run-once", service.config)
            tries += 1
        assert [row[0] for row in service.rows("SELECT requester_email FROM request ORDER BY 1")] == PEOPLE
        assert walk.folders(user) == {"INBOX": 0, "Done": MAILS, "Sent": MAILS}
        assert sound(service)
        times = Counter(walk.offered())
        assert sorted(to for to, _ in times) == PEOPLE
        outcomes[at] = Seen(lost=0, repeated=sum(times.values()) - MAILS, tries=tries, words=told(service))
    for number, outcome in outcomes.items():
        if number in letters:
            proofs.show("pg-kill-letter", "", outcome)
        else:
            assert (outcome.repeated, outcome.tries <= 2) == (0, True), (number, outcome)
            proofs.note("pg-kill", stage_of(seen, number))


def test_officers_and_their_letter_killed_on_postgresql(walk: PostgresWalk, proofs: Proofs) -> None:
    """Killed at every fifth effect of an officer's day, and around the letter's own: one response, and one in doubt waits for a word."""
    user = walk.user(1)
    first = walk.service("template", user)
    assert walk.launcher.play("run-once", first.config) is not None
    walk.template = first.url.rpartition("/")[2]  # type: ignore[assignment] - as above
    whole = walk.launcher.play("answered", walk.service("whole", user).config)
    assert whole is not None
    letter = whole.index("letter") + 1
    for at in sorted({*range(1, len(whole) + 1, 5), letter - 1, letter}):
        service = walk.service(f"at{at}", user)
        assert walk.launcher.play("answered", service.config, at) is None
        walk.launcher.play("answered", service.config)
        doubtful = service.rows("SELECT id, message_id FROM outbox WHERE status = 'uncertain'")
        assert bool(doubtful) == (at in (letter - 1, letter))
        for number, name in doubtful:
            arrived = name in [one for _, one in walk.offered()]
            assert arrived == (at == letter)
            words = told(service)
            service.good("outbox", "resolve", str(number), "--delivered" if arrived else "--not-delivered")
            walk.launcher.play("answered", service.config)
            proofs.show("pg-kill-response", "", Seen(lost=0, repeated=0, tries=0, words=words))
        approved = service.rows("SELECT to_key, content FROM outbox WHERE kind = 'response' AND status = 'sent'")
        assert [(one.recipients[0], one.raw) for one in walk.sink.offered] == approved
        assert [to for to, _ in approved] == [ANSWERED]
        assert sound(service)
    proofs.note("pg-kill", "casework")
