"""Alarms ring once when something goes wrong, again while it lasts, once when it is over, and never by the mailbox they are about."""

from __future__ import annotations

import json
import sys
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import storing
from fakes import FakeTransport, FixedClock, SequenceIds

from pipeline.domain.errors import StoreError, TransportError
from pipeline.domain.health import Problem, ProblemKind
from pipeline.mail.alarm_routes import Command, Webhook
from pipeline.settings import Settings
from pipeline.stages.alarms import Alarms, MailRoute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pipeline.store import Store

UNREAD = Problem(
    kind=ProblemKind.MAILBOX_UNREAD,
    about="foi",
    words='the mailbox "foi" has not been read',
    remedy="run infogov doctor",
)
WAITING = Problem(kind=ProblemKind.LETTERS_WAITING, words="a letter waits", remedy="run infogov doctor")
SMALL = Problem(kind=ProblemKind.FAILED, words="1 letter could not be delivered", remedy="look", grave=False)


class Bell:
    """A route that keeps what it was told, or fails."""

    name = "bell"

    def __init__(self) -> None:
        self.rung: list[tuple[str, str, str]] = []
        self.broken = False

    def ring(self, state: str, subject: str, text: str) -> None:
        """Keep it."""
        if self.broken:
            raise TransportError("the bell is broken")
        self.rung.append((state, subject, text))


class House:
    """Alarms over a list of problems that the test changes."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.clock = FixedClock()
        self.bell = Bell()
        self.wrong: list[Problem] = []
        self.down = False
        self.store = store
        self.settings = settings
        self.alarms = self.started()

    def started(self) -> Alarms:
        """A new process."""
        return Alarms(self.store, self.clock, self.settings, [self.bell], self.problems)

    def problems(self) -> list[Problem]:
        """What is wrong."""
        if self.down:
            raise StoreError("the disk is full")
        return self.wrong

    @property
    def states(self) -> list[str]:
        """What was rung."""
        return [state for state, _, _ in self.bell.rung]


@pytest.fixture
def settings() -> Settings:
    """A configuration with alarms by mail."""
    return Settings.model_validate(
        {
            "path": "infogov.toml",
            "authority": {"name": "Northfield Council", "team": "Team"},
            "mailbox": {},
            "smtp": {"host": "127.0.0.1", "from_address": "foi@northfield.example"},
            "alarms": {"mail_to": "duty@it.example", "mail_from": "infogov@it.example", "mail_host": "127.0.0.1"},
        }
    )


@pytest.fixture
def house(tmp_path: Path, settings: Settings) -> Iterator[House]:
    """A house with a database of its own."""
    store = storing.make_store(tmp_path)
    yield House(store, settings)
    store.close()


def test_a_database_that_cannot_be_opened_rings(house: House) -> None:
    """Where there is no store to ask at all, that is the problem which is told, and nobody is asked what else is wrong."""
    looking = Alarms(None, house.clock, house.settings, [house.bell], house.problems)
    house.wrong = [UNREAD]
    assert [problem.kind for problem in looking.turn()] == [ProblemKind.DATABASE]
    assert house.states == ["alarm"]
    assert "the database can't be asked" in house.bell.rung[0][1]
    house.bell.broken = True
    house.clock.advance(timedelta(days=1))
    looking.turn()
    assert looking.unheard == ("bell",)


def test_a_problem_rings_once_and_its_end_once(house: House) -> None:
    """However often it is looked at in between, and also by a new process."""
    house.alarms.turn()
    assert house.states == []
    house.wrong = [UNREAD, SMALL]
    for _ in range(3):
        assert house.alarms.turn() == (UNREAD,)
        house.clock.advance(timedelta(minutes=1))
    house.started().turn()
    assert house.states == ["alarm"]
    assert "What to do: run infogov doctor." in house.bell.rung[0][2]
    house.wrong = [SMALL]
    house.started().turn()
    house.alarms.turn()
    assert house.states == ["alarm", "over"]
    assert UNREAD.words in house.bell.rung[1][2]


def test_a_problem_that_lasts_is_told_again_every_day(house: House) -> None:
    """So that nobody forgets it; a second problem meanwhile rings by itself."""
    house.wrong = [UNREAD]
    house.alarms.turn()
    house.clock.advance(timedelta(hours=23))
    house.wrong = [UNREAD, WAITING]
    house.alarms.turn()
    assert WAITING.words in house.bell.rung[1][1]
    house.clock.advance(timedelta(hours=1))
    house.alarms.turn()
    assert [UNREAD.words in subject for _, subject, _ in house.bell.rung] == [True, False, True]


def test_an_alarm_that_nobody_took_is_tried_again(house: House) -> None:
    """A broken way is no way, and what was never told has no end to tell of."""
    house.bell.broken = True
    house.wrong = [UNREAD]
    house.alarms.turn()
    house.bell.broken = False
    house.alarms.turn()
    assert house.states == ["alarm"]
    house.bell.broken = True
    house.wrong = [UNREAD, WAITING]
    house.alarms.turn()
    house.wrong = [UNREAD]
    house.bell.broken = False
    house.alarms.turn()
    assert house.states == ["alarm"]


def test_a_database_that_is_gone_rings_without_it(house: House) -> None:
    """Once, and once when it answers again."""
    house.down = True
    for _ in range(3):
        [problem] = house.alarms.turn()
    assert problem.kind is ProblemKind.DATABASE
    house.down = False
    house.alarms.turn()
    house.alarms.turn()
    assert house.states == ["alarm", "over"]


def test_the_mail_goes_by_its_own_server_and_asks_for_no_answer(settings: Settings) -> None:
    """From and to the addresses of [alarms], marked as sent by a program."""
    transport: Any = FakeTransport()
    route = MailRoute(transport, FixedClock(), SequenceIds(), settings)
    route.ring("alarm", "Infogov at Northfield Council: a letter waits", "- a letter waits.")
    [sent] = transport.sent
    assert (sent.sender, sent.recipients) == ("infogov@it.example", ("duty@it.example",))
    assert b"Auto-Submitted: auto-generated" in sent.raw
    assert b"foi@northfield.example" not in sent.raw
    assert not transport.connected


@pytest.fixture
def hook() -> Iterator[tuple[str, list[dict[str, Any]], Callable[[int], None]]]:
    """A webhook of our own: its address, what it was told, and a way to choose its answers."""
    told: list[dict[str, Any]] = []
    answers = [204]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers[0])
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/secret-part", told, lambda code: answers.__setitem__(0, code)
    server.shutdown()
    server.server_close()
    thread.join(10)


def test_a_webhook_gets_the_words_as_json(hook: tuple[str, list[dict[str, Any]], Callable[[int], None]]) -> None:
    """In "text", which chat services show; a refusal or a redirect is an error that keeps the address to itself."""
    url, told, answer = hook
    Webhook(url).ring("alarm", "Infogov: a letter waits", "- a letter waits.")
    assert told == [
        {"text": "Infogov: a letter waits\n- a letter waits.", "state": "alarm", "subject": "Infogov: a letter waits"}
    ]
    for code in (302, 404, 500):
        answer(code)
        with pytest.raises(TransportError, match=str(code)) as caught:
            Webhook(url).ring("alarm", "x", "y")
        assert "secret-part" not in str(caught.value)
    assert len(told) == 4


def test_a_webhook_that_is_not_there_is_an_error() -> None:
    """In words, without its address."""
    with pytest.raises(TransportError, match="can't be reached") as caught:
        Webhook("http://127.0.0.1:9/secret-part").ring("alarm", "x", "y")
    assert "secret-part" not in str(caught.value)


def test_a_command_reads_the_words_and_none_of_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On its standard input, with the state in a variable; ending badly, or not being there, is an error."""
    monkeypatch.setenv("INFOGOV_SMTP__PASSWORD", "hush")
    out = tmp_path / "out"
    script = "import os,sys; open(sys.argv[1],'w').write(os.environ['INFOGOV_ALARM']+sys.stdin.read()+str('INFOGOV_SMTP__PASSWORD' in os.environ))"
    Command([sys.executable, "-c", script, str(out)]).ring("over", "subject", "text")
    assert out.read_text() == "oversubject\ntext\nFalse"
    with pytest.raises(TransportError, match="ended with 3"):
        Command([sys.executable, "-c", "raise SystemExit(3)"]).ring("alarm", "x", "y")
    with pytest.raises(TransportError, match="did not run"):
        Command([str(tmp_path / "nothing")]).ring("alarm", "x", "y")


def test_the_test_rings_every_way_and_names_those_that_fail(house: House) -> None:
    """Nothing is wrong, and it says so."""
    assert house.alarms.test() == []
    assert house.states == ["test"]
    house.bell.broken = True
    assert house.alarms.test() == ["the bell is broken"]
