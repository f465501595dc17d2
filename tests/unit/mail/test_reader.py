"""Reading apart, in a process of its own: the same as here, and what becomes of mails in hand when that process ends."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from corpus_whose_words import attached, stranger

from pipeline.mail.council import Council
from pipeline.mail.reader import Apart, ToRead, Unread
from pipeline.mail.reading_here import Here, look
from pipeline.mail.readout import Reading
from pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
COUNCIL = Council.of(
    Settings.model_validate(
        {
            "path": Path("infogov.toml"),
            "authority": {"name": "Exampleshire Council", "team": "Information Team"},
            "mailbox": {},
            "smtp": {"host": "localhost", "from_address": "foi@exampleshire.gov.uk"},
        }
    )
)


def to_read(raw: bytes, body: str = "whole") -> ToRead:
    """One mail as intake hands it over."""
    return ToRead(raw=raw, internal_date=AT, body=body, mailbox="foi")


MAILS = [to_read(stranger()), to_read(attached(stranger())), to_read(b"\0\xff", "missing"), to_read(b""), to_read(stranger(), "headers")]  # fmt: skip


@pytest.fixture
def apart() -> Iterator[Apart]:
    """A reader that reads apart, closed afterwards."""
    reader = Apart(COUNCIL)
    yield reader
    reader.close()


def children() -> list[int]:
    """The processes that this one has started and that still run."""
    tasks = Path("/proc/self/task").iterdir()
    return [int(word) for task in tasks for word in (task / "children").read_text(encoding="ascii").split()]


def test_what_is_read_apart_is_what_is_read_here(apart: Apart) -> None:
    """Whole mails, headers alone and rubbish come back equal from both, in order, over several calls."""
    here = Here(COUNCIL)
    for _ in range(2):
        assert list(apart.begin(MAILS)) == list(here.begin(MAILS))
    here.close()


def test_batches_handed_over_together_come_back_one_after_the_other(apart: Apart) -> None:
    """While one batch is answered the next may be in hand already, far larger than a pipe holds."""
    large = to_read(stranger() + b"x" * 2_000_000)
    first, second = apart.begin([large, MAILS[0]]), apart.begin([MAILS[0], large])
    expected = [look(large, COUNCIL), look(MAILS[0], COUNCIL)]
    assert [list(first), list(second)] == [expected, expected[::-1]]


def test_answers_of_a_batch_that_was_given_up_are_never_anothers(apart: Apart) -> None:
    """Where filing one batch fails, what was asked before is left unread; the next mails get their own readings all the same."""
    apart.begin([MAILS[0], MAILS[3]])
    begun = apart.begin([MAILS[1], MAILS[0]])
    assert next(begun) == look(MAILS[1], COUNCIL)
    assert list(apart.begin([MAILS[3], MAILS[1]])) == [look(MAILS[3], COUNCIL), look(MAILS[1], COUNCIL)]


def test_a_process_that_dies_takes_only_what_it_had_in_hand(apart: Apart) -> None:
    """Mails in hand come back as lost, and the next ones are read by a new process."""
    before = set(children())
    assert [type(answer) for answer in apart.begin(MAILS[:1])] == [Reading]
    (reading,) = set(children()) - before
    os.kill(reading, signal.SIGKILL)
    os.waitid(os.P_PID, reading, os.WEXITED | os.WNOWAIT)
    assert list(apart.begin(MAILS[:3])) == [None, None, None]
    assert list(apart.begin(MAILS)) == list(Here(COUNCIL).begin(MAILS))


def test_a_mail_that_takes_too_long_is_given_up() -> None:
    """The process is ended, and the mail comes back as lost."""
    reader = Apart(COUNCIL, longest=0.0)
    assert list(reader.begin(MAILS[:1])) == [None]
    reader.close()


def test_the_reading_process_leaves_when_it_is_told_to_and_heeds_no_signal_before(apart: Apart) -> None:
    """What stops the service as a whole must not cost the mail in hand; closing ends the process."""
    before = set(children())
    list(apart.begin(MAILS[:1]))
    (reading,) = set(children()) - before
    os.kill(reading, signal.SIGTERM)
    os.kill(reading, signal.SIGINT)
    assert [type(answer) for answer in apart.begin(MAILS[:1])] == [Reading]
    apart.close()
    assert set(children()) == before


def test_the_reading_process_has_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch, apart: Apart) -> None:
    """Passwords, credentials' folders and database addresses stand in the environment of services; it gets none of them."""
    for name in ("INFOGOV_SMTP__PASSWORD", "CREDENTIALS_DIRECTORY", "PGPASSWORD", "NOTIFY_SOCKET"):
        monkeypatch.setenv(name, "hush")
    before = set(children())
    list(apart.begin(MAILS[:1]))
    (reading,) = set(children()) - before
    assert b"hush" not in Path(f"/proc/{reading}/environ").read_bytes()


def test_what_breaks_the_reader_becomes_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error while reading one mail is that mail's, with words for an officer."""

    def broken(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr("pipeline.mail.reading_here.read", broken)
    assert look(MAILS[0], COUNCIL) == Unread("RecursionError", "the reader failed (RecursionError)")
