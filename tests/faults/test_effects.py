"""kill -9 right after each single effect of every stage: whoever comes next finishes the work, and nothing is lost or made twice."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections import Counter
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from faults.fault_table import Seen
from processes import ROOT, Service, clean_environment, request_mail

from pipeline.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faults.fault_table import Proofs
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = [pytest.mark.slow, pytest.mark.dovecot]

MAILS = 2
PEOPLE = [f"person{number}@example.org" for number in range(MAILS)]
ANSWERED = "person0@example.org"


class Launcher:
    """The forking launcher, started once."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("effects.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=clean_environment(PYTHONPATH=os.pathsep.join([str(ROOT), str(ROOT / "tests")])),
        )

    def play(self, scenario: str, config: Path, at: int = 0) -> list[str] | None:
        """Play *scenario* and kill it after effect *at*; returns its effects, or None when it was killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"scenario": scenario, "config": str(config), "at": at}) + "\n")
        self._process.stdin.flush()
        told: Any = json.loads(self._process.stdout.readline())
        assert not isinstance(told, dict), told
        return None if told is None else list(told)

    def stop(self) -> None:
        """End it."""
        self._process.communicate(timeout=20)


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    """One launcher for all walks."""
    made = Launcher()
    yield made
    made.stop()


class Walk:
    """The same start again and again, each time killed one effect later."""

    def __init__(self, folder: Path, dovecot: Dovecot, sink: SmtpSink, launcher: Launcher, template: Path) -> None:
        self.folder, self.dovecot, self.sink, self.launcher, self.template = folder, dovecot, sink, launcher, template

    def service(self, name: str, user: str) -> Service:
        """A product for *user* over a copy of the template database."""
        box = {"processed_folder": "Done", "sent_folder": "Sent", "idle": False}
        made = Service(self.folder / name, self.dovecot.port, self.sink.port, user, {"mailbox.infogov": box})
        shutil.copy(self.template, made.database)
        self.sink.offered.clear()
        return made

    def user(self, mails: int = MAILS) -> str:
        """A mailbox with so many *mails* in it."""
        user = f"u{secrets.token_hex(6)}@northfield.example"
        with self.dovecot.client(user) as client:
            for number in range(mails):
                client.append("INBOX", request_mail(number))
        return user

    def offered(self) -> list[tuple[str, str]]:
        """(recipient, Message-ID) of every letter whose final dot the server saw."""
        return [(one.recipients[0], str(message_from_bytes(one.raw)["Message-ID"])) for one in self.sink.offered]

    def folders(self, user: str) -> dict[str, int]:
        """How many messages lie in each folder."""
        with self.dovecot.client(user) as client:
            names = [name for _, _, name in client.list_folders()]
            return {name: client.folder_status(name, ["MESSAGES"])[b"MESSAGES"] for name in names}


@pytest.fixture
def walk(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, launcher: Launcher, empty_database: Path) -> Walk:
    """A walk over all effects."""
    return Walk(tmp_path, dovecot, sink, launcher, empty_database)


def proven(service: Service) -> list[str]:
    """What is wrong with the trail."""
    store = Store.open(f"sqlite:///{service.database}")
    try:
        return list(store.verify().findings)
    finally:
        store.close()


def told(service: Service) -> str:
    """What the letters' last attempts and the cases' flags say of trouble."""
    return "; ".join(
        str(row[0])
        for row in service.rows("SELECT answer FROM attempt UNION SELECT CAST(flag_reasons AS TEXT) FROM request")
    )


def stage_of(seen: list[str], at: int) -> str:
    """The stage that effect number *at* of a run belongs to: what comes before the move is receive's, what comes after the filing deliver's."""
    if at <= seen.index("move") + 2:
        return "receive"
    return "deliver" if at >= seen.index("letter") - 2 else "intake"


def test_the_mail_job_killed_after_each_effect_is_finished_by_the_next(walk: Walk, proofs: Proofs) -> None:
    """One acknowledgement a request, repeated only under its Message-ID and only when killed between its hand-over and its record."""
    at, seen = 0, None
    outcomes: dict[int, Seen] = {}
    while seen is None:
        at += 1
        user = walk.user()
        service = walk.service(f"at{at}", user)
        seen = walk.launcher.play("run-once", service.config, at)
        # The first run after the kill settles what it left, and what that puts off goes with the second.
        tries = 0
        while tries < 4 and service.number("SELECT count(*) FROM outbox WHERE copied_at IS NOT NULL") < MAILS:
            service.waits_are_over()
            walk.launcher.play("run-once", service.config)
            tries += 1
        assert service.rows("SELECT state, count(*) FROM message GROUP BY state") == [("filed", MAILS)]
        assert [row[0] for row in service.rows("SELECT requester_email FROM request ORDER BY 1")] == PEOPLE
        assert walk.folders(user) == {"INBOX": 0, "Done": MAILS, "Sent": MAILS}
        assert service.rows("SELECT kind, status, count(*) FROM outbox") == [("acknowledgement", "sent", MAILS)]
        assert proven(service) == []
        times = Counter(walk.offered())
        assert sorted(to for to, _ in times) == PEOPLE
        words = told(service)
        outcomes[at] = Seen(lost=0, repeated=sum(times.values()) - MAILS, tries=tries, words=words)
    assert len(seen) == at - 1
    assert set(seen) == {"commit", "move", "letter", "copy"}
    for number, name in enumerate(seen, start=1):
        outcome = outcomes[number]
        if name == "letter":
            proofs.show("kill-acknowledgement", "", outcome)
        else:
            assert (outcome.repeated, outcome.tries <= 2) == (0, True), (number, outcome)
            proofs.note("kill", stage_of(seen, number))


def test_an_officers_day_killed_after_each_effect_is_finished_by_the_next(walk: Walk, proofs: Proofs) -> None:
    """Draft, submit, approve, stop, approve, send: one response, and one that may have gone waits for an officer's word."""
    user = walk.user(1)
    first = walk.service("template", user)
    assert walk.launcher.play("run-once", first.config) is not None
    walk.template = first.database
    at, seen = 0, None
    doubtful: dict[int, tuple[int, Seen]] = {}
    while seen is None:
        at += 1
        service = walk.service(f"at{at}", user)
        seen = walk.launcher.play("answered", service.config, at)
        walk.launcher.play("answered", service.config)
        for number, name in service.rows("SELECT id, message_id FROM outbox WHERE status = 'uncertain'"):
            arrived = [one for _, one in walk.offered()].count(name)
            words = told(service)
            service.good("outbox", "resolve", str(number), "--delivered" if arrived else "--not-delivered")
            walk.launcher.play("answered", service.config)
            doubtful[at] = (arrived, Seen(lost=0, repeated=0, tries=0, words=words))
        # Whatever happened, the request has one response, offered once, as approved; the letter stopped before never left.
        approved = service.rows("SELECT to_key, content FROM outbox WHERE kind = 'response' AND status = 'sent'")
        assert [(one.recipients[0], one.raw) for one in walk.sink.offered] == approved
        assert [to for to, _ in approved] == [ANSWERED]
        assert service.rows("SELECT workflow FROM request") == [("sent",)]
        assert proven(service) == []
    assert len(seen) == at - 1
    # Killed between the mark and DATA the server has nothing, between its yes and our record it has the letter: from here they look alike.
    letter = seen.index("letter") + 1
    assert seen.count("letter") == 1
    assert {number: arrived for number, (arrived, _) in doubtful.items()} == {letter - 1: 0, letter: 1}
    for arrived, outcome in doubtful.values():
        proofs.show("kill-response", "after it is handed over" if arrived else "before it is handed over", outcome)
    proofs.note("kill", "casework")
