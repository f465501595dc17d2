"""Several workers on one database: a mailbox is read by one of them, and upkeep is done by whoever comes first, once an hour."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import storing
from engines import CURRENT, Cluster, Files
from fakes import FakeMailbox, FixedClock, SequenceIds
from storing import by_hand

from pipeline.bootstrap import App
from pipeline.settings import Settings
from pipeline.stages.receive import Received
from pipeline.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipeline.store import Store

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, on each engine."""
    made = Files() if request.param == "sqlite" else request.getfixturevalue("cluster")
    CURRENT.databases = made
    opened = storing.make_store(tmp_path)
    yield opened
    opened.close()
    CURRENT.databases = Files()
    if isinstance(made, Cluster):
        made.forget()


@dataclass(slots=True)
class Polls:
    """Stands for the stage that takes mail: counts the polls."""

    made: int = 0
    errors: list[str] = field(default_factory=list)

    def poll(self, *_: object, **__: object) -> Received:
        """Nothing new."""
        self.made += 1
        return Received(errors=list(self.errors))


@dataclass(frozen=True)
class Unwired(App):
    """The product without servers: only its store is real."""

    polls: Polls = field(default_factory=Polls)

    @property
    def receive(self) -> Any:
        """The stand-in."""
        return self.polls

    def mailbox(self, settings: Any) -> Any:
        """A mailbox in memory."""
        return FakeMailbox(settings.name)

    def deliver(self, *, copies: bool = True) -> Any:
        """Nothing that sends."""
        del copies
        return object()

    def notices(self) -> Any:
        """Nothing that tells."""
        return object()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that a test moves."""
    return FixedClock()


@pytest.fixture
def make(store: Store, clock: FixedClock, tmp_path: Path) -> Iterator[Callable[[], tuple[Worker, Polls]]]:
    """Make workers that share the database, each with connections of its own; their polls are counted."""
    stores: list[Store] = []
    settings = Settings.model_validate(
        {
            "path": Path("infogov.toml"),
            "authority": {"name": "Northfield Council", "team": "Team"},
            "mailbox": {"foi": {"name": "foi", "host": "127.0.0.1", "user": "foi"}},
            "smtp": {"host": "127.0.0.1", "from_address": "foi@northfield.example"},
        }
    )
    del store

    def one() -> tuple[Worker, Polls]:
        stores.append(storing.make_store(tmp_path))
        unused: Any = None
        app = Unwired(settings=settings, store=stores[-1], clock=clock, ids=SequenceIds(), calendar=unused)
        return Worker(app), app.polls

    yield one
    for opened in stores:
        opened.close()


def test_upkeep_is_done_once_an_hour(
    make: Callable[[], tuple[Worker, Polls]], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many workers look every few minutes, the house is looked after once an hour."""
    done: list[Worker] = []
    monkeypatch.setattr(Worker, "_look_after", lambda worker: done.append(worker))  # noqa: PLW0108 - to be bound to a worker
    workers = [make()[0] for _ in range(3)]
    for _ in range(25):
        for worker in workers:
            worker._upkeep()
        clock.advance(timedelta(minutes=5))
    assert len(done) == 3


def test_upkeep_goes_to_nobody_while_one_is_at_it(
    make: Callable[[], tuple[Worker, Polls]], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that finds another one at it leaves it alone."""
    done: list[Worker] = []
    monkeypatch.setattr(Worker, "_look_after", lambda worker: done.append(worker))  # noqa: PLW0108 - to be bound to a worker
    worker, _ = make()
    with store.exclusive("upkeep"):
        worker._upkeep()
    assert done == []


def test_a_mailbox_is_read_by_one(make: Callable[[], tuple[Worker, Polls]], store: Store) -> None:
    """Of two workers on PostgreSQL the first that comes reads the mailbox, poll after poll; when it lets go, the other does."""
    (first, of_first), (second, of_second) = make(), make()
    one, two = first._boxes[0], second._boxes[0]
    for _ in range(3):
        one._guarded_turn()
        two._guarded_turn()
    assert (of_first.made, of_second.made) == ((3, 0) if store.shared else (3, 3))
    one.let_go()
    two._guarded_turn()
    one._guarded_turn()
    assert (of_first.made, of_second.made) == ((3, 1) if store.shared else (4, 4))
    two.let_go()


def test_who_only_stands_by_says_nothing(make: Callable[[], tuple[Worker, Polls]], store: Store) -> None:
    """The trouble of who reads a mailbox stays on record, whoever else is well and stands by."""
    (first, of_first), (second, _) = make(), make()
    of_first.errors.append("mailbox foi: no answer")
    first._boxes[0]._guarded_turn()
    if store.shared:
        second._boxes[0]._guarded_turn()
    with store.read() as work:
        assert [(beat.part, beat.ok) for beat in work.heartbeats.all()] == [("mailbox:foi", False)]
    first._boxes[0].let_go()


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_a_lost_lock_is_noticed_at_the_next_poll(
    make: Callable[[], tuple[Worker, Polls]], store: Store, tmp_path: Path
) -> None:
    """When the database cuts the connection that held the lock, another may take the mailbox over, and who had it stands by."""
    assert store.shared
    (first, of_first), (second, of_second) = make(), make()
    first._boxes[0]._guarded_turn()
    by_hand(tmp_path, CUT)
    second._boxes[0]._guarded_turn()
    first._boxes[0]._guarded_turn()
    assert (of_first.made, of_second.made) == (1, 1)
    second._boxes[0].let_go()


def test_a_beat_is_written_when_there_is_news_or_time_has_passed(
    make: Callable[[], tuple[Worker, Polls]], clock: FixedClock, store: Store
) -> None:
    """A part that turns every second writes its sign of life every few; what is new it writes at once."""
    worker, polls = make()
    box = worker._boxes[0]
    box._guarded_turn()
    began = clock.now()
    for _ in range(9):
        clock.advance(timedelta(seconds=1))
        box._guarded_turn()

    def last() -> tuple[timedelta, bool]:
        with store.read() as work:
            [beat] = work.heartbeats.all()
        return beat.at - began, beat.ok

    assert last() == (timedelta(0), True)
    polls.errors.append("no answer")
    box._guarded_turn()
    assert last() == (timedelta(seconds=9), False)
    clock.advance(timedelta(seconds=10))
    box._guarded_turn()
    assert last() == (timedelta(seconds=19), False)
    box.let_go()
