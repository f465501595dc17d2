"""What goes with a letter goes past the virus scanner first: a find stops it, and what no scanner saw asks a person."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from drafting_desk import APPROVER, AT, DRAFTER, DraftingDesk
from servers.clamd import EICAR, NAME, Clamd
from servers.ports import free_port
from storing import arrival, take

from pipeline.domain.errors import NotAllowedError, RecordError
from pipeline.domain.message import Attachment, raw_digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOTES = "notes.txt"
WORDS = b"forty\r\n"


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    """One that takes 2,000 bytes."""
    running = Clamd(limit=2000)
    yield running
    running.stop()


@pytest.fixture
def desk(tmp_path: Path, clamd: Clamd) -> Iterator[DraftingDesk]:
    """One request, nothing drafted, and a scanner."""
    made = DraftingDesk(tmp_path, scan={"clamd": clamd.address})
    yield made
    assert made.store.verify().findings == []


def keep(desk: DraftingDesk, content: bytes | None, name: str = NOTES) -> None:
    """Keep an answer with one file; None leaves the one that is kept."""
    written = replace(desk.answered(f"See {name}."), attachments=(name,))
    desk.casework.save_record(desk.reference, written, DRAFTER, given={} if content is None else {name: content})


def rules(desk: DraftingDesk) -> list[tuple[str, str]]:
    """Rule and level of what stands against the letter's files."""
    return [(one["rule"], one["level"]) for one in desk.casework.release_findings(desk.reference) if one["file"]]


def test_an_infected_file_is_not_kept(desk: DraftingDesk, clamd: Clamd) -> None:
    """The words name the file and what was found; the draft stays as it was, and a clean file is looked at once and goes."""
    with pytest.raises(RecordError, match=f"b.exe: the virus scanner found {NAME}"):
        keep(desk, EICAR, "b.exe")
    assert desk.casework.draft(desk.reference).version == 0
    keep(desk, WORDS)
    keep(desk, None)
    assert clamd.seen == [EICAR, WORDS]
    assert rules(desk) == []
    desk.casework.submit(desk.reference, DRAFTER)
    desk.casework.approve(desk.reference, APPROVER)


def test_what_no_scanner_saw_goes_with_a_reason_or_once_it_was_seen(desk: DraftingDesk, clamd: Clamd) -> None:
    """A scanner that is away stops nobody's typing; the approver says why the file goes, unless it was looked at meanwhile."""
    desk.configure(scan={"clamd": f"127.0.0.1:{free_port()}"})
    keep(desk, WORDS)
    assert rules(desk) == [("not_scanned", "accept")]
    desk.casework.submit(desk.reference, DRAFTER)
    with pytest.raises(NotAllowedError, match="has not been scanned for viruses"):
        desk.casework.approve(desk.reference, APPROVER)
    desk.configure(scan={"clamd": clamd.address})
    keep(desk, None)
    assert rules(desk) == []
    desk.casework.submit(desk.reference, DRAFTER)
    desk.casework.approve(desk.reference, APPROVER)


def test_a_file_too_large_for_the_scanner_needs_a_reason(desk: DraftingDesk) -> None:
    """It is neither clean nor infected: whoever approves it says that they know what it is."""
    keep(desk, b"forty and more\r\n" * 200)
    assert ("not_scanned", "accept") in rules(desk)
    desk.casework.submit(desk.reference, DRAFTER)
    with pytest.raises(NotAllowedError, match="could not look into this file"):
        desk.casework.approve(desk.reference, APPROVER)
    desk.casework.approve(desk.reference, APPROVER, override_reason="I made it myself")
    assert desk.deliver() == 1


@pytest.mark.parametrize("later", [False, True])
def test_a_requesters_infected_file_is_not_sent_back(desk: DraftingDesk, *, later: bool) -> None:
    """What was found in mail stops the letter though the scanner is off by now, also if it is found after the letter was put up."""
    desk.configure()

    def found() -> None:
        with desk.store.write() as work:
            take(work, arrival(1))
            work.messages.settle(1, state="filed", values={"verdict": "request", "intent": "request"})
            file = Attachment(name="x.txt", content_type="text/plain", size=len(WORDS), sha256=raw_digest(WORDS))
            work.messages.add_attachments(1, [file])
            assert work.attachments.infected([raw_digest(WORDS)]) == []
            work.attachments.note_scan(work.attachments.of_messages([1])[1][0], NAME, AT)

    if not later:
        found()
    keep(desk, WORDS)
    if later:
        desk.casework.submit(desk.reference, DRAFTER)
        found()
    assert rules(desk) == [("infected", "stop")]
    approve = partial(desk.casework.approve, desk.reference, APPROVER, override_reason="It is needed")
    go_on = approve if later else partial(desk.casework.submit, desk.reference, DRAFTER, despite="It is needed")
    with pytest.raises(NotAllowedError, match=f"notes.txt: The virus scanner found {NAME}"):
        go_on()
