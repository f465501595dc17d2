"""What erasing leaves in the database's own file: none of the words, also not in its write-ahead log or its index of words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fakes import FixedClock
from storing import FOLDER, MAILBOX, UIDVALIDITY, arrival, by_hand, database, make_store, new_case

from pipeline.domain.request import Question
from pipeline.settings import Settings
from pipeline.stages.retention import Retention
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.store import Store

CLOSED = datetime(2022, 3, 1, 12, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ADA = "ada@council.example"
# Words that stand nowhere else: in mail, topic, question, draft, note and a file's name.
WORDS = ("Quillfeather", "Zebrawood", "Umbrellastand", "Yachtclub", "Xylophone", "Wickerwork")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = make_store(tmp_path)
    yield opened
    opened.close()


def settings() -> Settings:
    """Three years."""
    values: dict[str, Any] = {
        "path": Path("infogov.toml"),
        "authority": {"name": "Northfield Council", "team": "Team"},
        "mailbox": {"foi": {"name": "foi", "host": "127.0.0.1", "user": "foi"}},
        "smtp": {"host": "127.0.0.1", "from_address": "foi@council.example"},
        "retention": {"requests_years": 3},
    }
    return Settings.model_validate(values)


def fill(store: Store, cases: int) -> None:
    """Closed cases, the first with the words; the others lie around it on the same pages."""
    name, topic, asked, answer, note, mail = WORDS
    with store.write() as work:
        work.officers.add(ADA, "Ada", "admin", via="test", at=CLOSED)
        for n in range(1, cases + 1):
            said = f"From: a@example.org\r\nSubject: {n}\r\n\r\n{mail if n == 1 else 'plain'} {'x' * 3000}\r\n".encode()
            work.messages.take(MAILBOX, FOLDER, UIDVALIDITY, [arrival(n, said)], CLOSED)
            work.messages.settle(n, state="filed", values={"verdict": "request", "intent": "request"})
            case = new_case(
                work, f"FOI{n:09d}", message_id=n, questions=[Question(label="", text=asked if n == 1 else "what")],
                requester_name=name if n == 1 else "Sam", requester_email=f"{name if n == 1 else 'sam'}{n}@example.org",
                topic=topic if n == 1 else "Roads", created_at=CLOSED,
            )  # fmt: skip
            work.messages.link(case.id, n, side="requester", rung="it opened this case", at=CLOSED)
            text = f"answer = '{answer if n == 1 else 'none'}'"
            work.letters.write(case.id, "response", text + "\n" * 500, officer=ADA, via="test", at=CLOSED)
            work.notes.add(case.id, note if n == 1 else "nothing", officer=ADA, via="test", at=CLOSED)
            closing = {"workflow": "closed", "closed_at": CLOSED if n == 1 else NOW}
            work.cases.change(case, Happening(kind="closed", at=CLOSED), **closing)
            work.search.refresh(case.id)


def held(folder: Path) -> set[str]:
    """Which of the words stand anywhere in the database's files, in any case."""
    files = [path for path in folder.iterdir() if path.name.startswith(database(folder).name)]
    content = b"".join(path.read_bytes() for path in files).lower()
    return {word for word in WORDS if word.lower().encode() in content}


@pytest.mark.parametrize("cases", [1, 40])
def test_the_words_are_gone_from_the_files(store: Store, tmp_path: Path, cases: int) -> None:
    """Before erasing all of them are there; afterwards none, while the service still has the database open."""
    fill(store, cases)
    assert held(tmp_path) == set(WORDS)
    done = Retention(store, FixedClock(NOW), settings()).erase(ADA)
    assert done.counts == {"request": 1}
    assert held(tmp_path) == set()
    assert store.verify().findings == []
    assert by_hand(tmp_path, "PRAGMA integrity_check") == [("ok",)]
    with store.read() as work:
        assert len(list(work.cases.every())) == cases
