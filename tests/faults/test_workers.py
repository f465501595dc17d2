"""Four workers on one PostgreSQL and three mailboxes, killed with kill -9 at random: nothing is lost, nothing is made or sent twice.

``make soak-workers`` (SOAK_SECONDS=300) does for minutes what here takes seconds, and prints what it measured.
"""

from __future__ import annotations

import os
import random
import re
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from processes import Service, absence_mail, kill, request_mail, wait_for
from servers.postgres import Postgres

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from engines import Cluster
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = [pytest.mark.slow, pytest.mark.dovecot]

SOAK_SECONDS = float(os.environ.get("SOAK_SECONDS", "0"))
WORKERS = 4
BOXES = ("foi", "eir", "info")
MAILS, PAUSE = (90, 0.05) if not SOAK_SECONDS else (int(SOAK_SECONDS * 4), 0.25)
KILLS = 6  # where it is not for so many seconds
_MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE | re.IGNORECASE)
# Who holds a mailbox: the name that its process gave its connections.
_HOLDERS = """
    SELECT box, activity.application_name
    FROM unnest(string_to_array(?, ',')) AS box
    JOIN pg_locks AS lock ON lock.locktype = 'advisory' AND lock.granted
        AND (lock.classid::bigint << 32 | lock.objid::bigint) = hashtextextended('infogov mailbox:' || box, 0)
    JOIN pg_stat_activity AS activity USING (pid)
    WHERE lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

_LISTENERS = "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"


@dataclass(slots=True)
class Crew:
    """The workers that run now, by name, and what was seen of them."""

    service: Service
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: int = 0
    takeovers: list[float] = field(default_factory=list)
    _named: int = 0

    def start(self) -> None:
        """Start one more."""
        self._named += 1
        name = f"worker-{self._named}"
        self.running[name] = self.service.start("worker", PGAPPNAME=name)

    def holders(self) -> dict[str, str]:
        """Who reads which mailbox."""
        return dict(self.service.rows(_HOLDERS, ",".join(BOXES)))  # type: ignore[arg-type]

    def kill_one(self, chance: random.Random) -> None:
        """Kill any one of them, one that reads a mailbox every other time, and start another; note how long its mailboxes were alone."""
        # Somebody has to be up who can take over: a process needs its time to start.
        wait_for(lambda: len(self.up()) > 1, "two workers are up", seconds=60)
        held = self.holders()
        known = [name for name in held.values() if name in self.running]
        name = chance.choice(known if known and self.kills % 2 else sorted(self.running))
        kill(self.running.pop(name))
        died = time.monotonic()
        self.kills += 1
        orphaned = {box for box, holder in held.items() if holder == name}
        while orphaned:
            now = self.holders()
            found = {box for box in orphaned if now.get(box, name) != name}
            self.takeovers += [time.monotonic() - died] * len(found)
            orphaned -= found
            assert time.monotonic() - died < 60, f"nobody took over {orphaned}"
            time.sleep(0.02)
        self.start()

    def up(self) -> set[str]:
        """Those that are so far that they listen for work."""
        return {row[0] for row in self.service.rows(_LISTENERS)} & set(self.running)

    def end(self) -> list[int]:
        """Ask all to end, as a supervisor does; their exit statuses."""
        wait_for(lambda: self.up() == set(self.running), "every worker is up", seconds=60)
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        return [process.wait(20) for process in self.running.values()]


@dataclass(slots=True)
class Post:
    """Mail on its way into the mailboxes: most of it to one of them, some to two, some that asks for nothing."""

    dovecot: Dovecot
    users: dict[str, str]
    put: int = 0
    requesters: set[str] = field(default_factory=set)

    def deliver(self, chance: random.Random) -> None:
        """Put one mail in."""
        number = len(self.requesters) + 1
        boxes = chance.sample(BOXES, 2 if number % 9 == 0 else 1)
        raw = request_mail(number, size=300_000 if number % 20 == 0 else 0)
        for box in boxes:
            self.dovecot.append(self.users[box], raw)
            self.put += 1
        self.requesters.add(f"person{number}@example.org")
        if number % 10 == 0:
            self.dovecot.append(self.users[boxes[0]], absence_mail(number))
            self.put += 1


@pytest.fixture
def server(cluster: Cluster, postgres: Postgres) -> Iterator[Postgres]:
    """The shared PostgreSQL; for the long run one that waits for its disk, as a real one does."""
    del cluster
    if not SOAK_SECONDS:
        yield postgres
        return
    own = Postgres(durable=True)
    yield own
    own.stop()


@pytest.fixture
def shared(server: Postgres, dovecot: Dovecot, sink: SmtpSink, tmp_path: Path) -> Iterator[Service]:
    """The product for three mailboxes on PostgreSQL; what it started is killed at the end."""
    token = f"{random.SystemRandom().getrandbits(48):012x}"
    users = {box: f"{box}-{token}@northfield.example" for box in BOXES}
    boxes = {f"mailbox.{box}": Service.mailbox(dovecot.port, user) for box, user in users.items()}
    changes = {**boxes, "database": {"url": server.url(server.create())}, "worker": {"deliver_seconds": 2}}
    made = Service(tmp_path / "service", dovecot.port, sink.port, "unused", changes, first="foi")
    made.good("db", "upgrade")
    yield made
    made.stop()


def test_workers_killed_at_random_lose_nothing_and_repeat_nothing(
    shared: Service, dovecot: Dovecot, sink: SmtpSink
) -> None:
    """Each mail one row, each requester one case and one acknowledgement; a killed worker's mailboxes are read on by another."""
    chance = random.Random(4)
    crew, began = Crew(shared), time.monotonic()
    for _ in range(WORKERS):
        crew.start()
    users = {box: str(shared.changes[f"mailbox.{box}"]["user"]) for box in BOXES}
    post = Post(dovecot, users)
    postman = threading.Thread(target=lambda: [(post.deliver(chance), time.sleep(PAUSE)) for _ in range(MAILS)])
    postman.start()
    wait_for(lambda: len(crew.holders()) == len(BOXES), "every mailbox is read", seconds=90)
    killing = random.Random(5)
    while crew.kills < KILLS if not SOAK_SECONDS else time.monotonic() - began < SOAK_SECONDS:
        time.sleep(killing.uniform(0.3, 2.5))
        crew.kill_one(killing)
    postman.join()
    seconds = time.monotonic() - began

    def done() -> bool:
        shared.waits_are_over()
        filed = shared.number("SELECT count(*) FROM message WHERE state = 'filed'")
        sent = shared.number("SELECT count(*) FROM outbox WHERE status = 'sent'")
        return filed == post.put and sent == len(post.requesters)

    try:
        wait_for(done, "everything filed and acknowledged", seconds=180)
    except AssertionError as error:
        raise AssertionError(f"{error}: {left(shared)}") from error
    assert crew.end() == [0] * WORKERS
    assert_whole(shared, dovecot, sink, post)
    # SMTP can't tell a letter that was taken just before the kill from one that was not: the same letter goes again, at most once a kill.
    assert len(sink.offered) - len(post.requesters) <= crew.kills
    print(report(crew, post, sink, shared, seconds))


def left(service: Service) -> object:
    """What is in which state, for the words of a failure."""
    states = (
        "SELECT status, phase, count(*) FROM outbox GROUP BY 1, 2",
        "SELECT mailbox, state, attempts, count(*) FROM message GROUP BY 1, 2, 3",
        "SELECT part, detail FROM heartbeat",
    )
    return [service.rows(one) for one in states], service.log.read_text(encoding="utf-8")[-3000:]


def assert_whole(service: Service, dovecot: Dovecot, sink: SmtpSink, post: Post) -> None:
    """Assert that after all the kills everything is there once."""
    for box, user in post.users.items():
        with dovecot.client(user) as client:
            client.select_folder("INBOX", readonly=True)
            uids = sorted(client.search())
        rows = service.rows("SELECT uid FROM message WHERE mailbox = ? ORDER BY uid", box)
        assert [row[0] for row in rows] == uids
    assert service.number("SELECT count(*) FROM message") == post.put
    requesters = [row[0] for row in service.rows("SELECT requester_email FROM request")]
    assert sorted(requesters) == sorted(post.requesters)
    names: dict[tuple[str, ...], set[bytes]] = {}
    for letter in sink.offered:
        found = _MESSAGE_ID.search(letter.raw)
        assert found is not None
        names.setdefault(letter.recipients, set()).add(found[1])
    assert {to for (to,) in names} == post.requesters
    assert all(len(of_one) == 1 for of_one in names.values()), "a requester got a second acknowledgement"
    audit = service.good("audit", "verify", "--json").lines[0]
    assert (audit["findings"], audit["raw_messages"], audit["requests"]) == ([], post.put, len(post.requesters))


def report(crew: Crew, post: Post, sink: SmtpSink, service: Service, seconds: float) -> str:
    """What was measured, in a line."""
    times = Counter(letter.recipients for letter in sink.offered)
    repeated = sum(times.values()) - len(times)
    taken = sorted(crew.takeovers)
    middle, worst = (taken[len(taken) // 2], taken[-1]) if taken else (0.0, 0.0)
    tried = service.number("SELECT coalesce(max(attempts), 0) FROM message")
    return (
        f"\n{seconds:.0f} s, {WORKERS} workers, {len(BOXES)} mailboxes, {crew.kills} kills, {post.put} mails, "
        f"{len(post.requesters)} requests, 0 lost, 0 made twice, 0 second acknowledgements; the same letter offered again "
        f"after a kill in its last moment: {repeated}; mailbox taken over after {middle:.1f} s (median), {worst:.1f} s (worst) "
        f"of {len(taken)}; a message was tried at most {tried} times"
    )
