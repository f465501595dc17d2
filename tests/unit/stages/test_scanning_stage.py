"""Files of filed mail go past a clamd over a real socket; nothing waits for it, and everything is looked at in the end."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from fakes import FixedClock
from servers.clamd import EICAR, NAME, Clamd
from servers.ports import free_port
from storing import AT, arrival, make_store, new_case, take

from pipeline.mail.parsing import parse
from pipeline.mail.scanning import Scanner
from pipeline.stages.scanning import Scanning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.store import Store


def mail(*files: bytes) -> bytes:
    """A mail with *files*."""
    parts = "".join(
        f"--e\r\nContent-Type: application/x; name=f{n}\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64.b64encode(data).decode()}\r\n"
        for n, data in enumerate(files)
    )
    head = "From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=e\r\n\r\n"
    return f"{head}--e\r\n\r\nsee attached\r\n{parts}--e--\r\n".encode()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with three filed mails of two, one and no files, the first of them in a case."""
    opened = make_store(tmp_path)
    raws = (mail(b"words", EICAR), mail(b"x" * 3000), mail())
    with opened.write() as work:
        take(work, *(arrival(n, raw) for n, raw in enumerate(raws, 1)))
        for n, raw in enumerate(raws, 1):
            work.messages.settle(
                n, state="filed", values={"verdict": "request", "intent": "request", "received_at": AT}
            )
            work.messages.add_attachments(n, parse(raw).attachments)
        case = new_case(work, message_id=1)
        work.messages.link(case.id, 1, side="requester", rung="it opened this case", at=AT)
    yield opened
    opened.close()


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    """One that takes 2,000 bytes."""
    running = Clamd(limit=2000)
    yield running
    running.stop()


def scans(store: Store) -> dict[tuple[int, int], tuple[str | None, bool]]:
    """What is known of each file: verdict, and whether it was scanned at all."""
    with store.read() as work:
        files = [one for of_mail in work.attachments.of_messages([1, 2, 3]).values() for one in of_mail]
    return {(one.message_id, one.position): (one.scan, one.scanned_at is not None) for one in files}


def test_every_file_is_scanned_once(store: Store, clamd: Clamd) -> None:
    """Clean, infected and too large are told apart and kept; a second run asks nothing."""
    scanning = Scanning(store, FixedClock(), Scanner(clamd.address, 10))
    assert scanning.run() == {"clean": 1, "infected": 1, "not_scanned": 1}
    assert sorted(scans(store).values(), key=str) == sorted([("clean", True), (NAME, True), (None, True)], key=str)
    dialled = clamd.dialled
    assert scanning.run() == {}
    assert clamd.dialled == dialled == 3


def test_the_trail_says_what_was_scanned(store: Store, clamd: Clamd) -> None:
    """An event stands on the case's chain, or the mailbox's, with digests and outcomes and no names; the chains still prove themselves."""
    Scanning(store, FixedClock(), Scanner(clamd.address, 10)).run()
    with store.read() as work:
        [event] = [one for one in work.events.of_case(1) if one.kind == "attachments_scanned"]
    assert sorted(event.data["files"].values()) == ["clean", "infected"]
    assert "f1" not in str(event.data)
    assert store.verify().findings == []


def test_without_clamd_mail_goes_on_and_is_scanned_later(store: Store, clamd: Clamd) -> None:
    """A scanner that is away leaves everything as it is, unscanned; when it is back, all is scanned."""
    away = Scanning(store, FixedClock(), Scanner(f"127.0.0.1:{free_port()}", 5))
    assert away.run() == {"unavailable": 1}
    assert set(scans(store).values()) == {(None, False)}
    assert Scanning(store, FixedClock(), Scanner(clamd.address, 10)).run().total() == 3


def test_no_scanner_configured(store: Store) -> None:
    """Nothing is asked and nothing changes."""
    assert Scanning(store, FixedClock(), None).run() == {}
    assert set(scans(store).values()) == {(None, False)}


def test_mail_that_is_not_filed_waits(store: Store, clamd: Clamd) -> None:
    """What intake has not read has no files yet to be scanned."""
    with store.write() as work:
        take(work, arrival(4, mail(EICAR)))
    assert Scanning(store, FixedClock(), Scanner(clamd.address, 10)).run().total() == 3


def test_a_file_that_has_changed_meanwhile(store: Store, clamd: Clamd) -> None:
    """What another worker has written first stands; nothing is counted or recorded twice."""
    with store.read() as work:
        [file] = work.attachments.of_messages([2])[2]
    with store.write() as work:
        assert work.attachments.note_scan(file, "clean", AT)
        assert not work.attachments.note_scan(file, NAME, AT)
    assert scans(store)[2, file.position] == ("clean", True)
    assert Scanning(store, FixedClock(), Scanner(clamd.address, 10)).run().total() == 2


def test_another_worker_is_at_it(store: Store, clamd: Clamd) -> None:
    """While one worker scans, a second asks the scanner nothing; when the first has ended, the next run scans what is left."""
    scanning = Scanning(store, FixedClock(), Scanner(clamd.address, 10))
    with store.exclusive("scanning"):
        assert scanning.run() == {}
        assert clamd.dialled == 0
    assert scanning.run().total() == 3
