"""Letters that a restored database has lost, as the sent folder shows them, are kept on the trail and found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from storing import AT, make_store

from pipeline.store.events import SERVICE_CHAIN, Happening
from pipeline.store.lost_letters import LostLetter, conversation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.store import Store

ASKED, ADDRESS = "<asked_1%@mail.example.org>", "Jane@example.org"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = make_store(tmp_path)
    yield opened
    opened.close()


def letter(number: int = 1, **changes: object) -> LostLetter:
    """An acknowledgement of what *ADDRESS* asked, another one for each *number*."""
    made = LostLetter(
        reference="FOI123456782",
        message_id=f"<{number:032x}@council.example>",
        automatic=True,
        sent_at=AT + timedelta(days=number),
        conversation=conversation(ASKED, ADDRESS),
    )
    return replace(made, **changes)  # type: ignore[arg-type] # fields of many types


def test_a_letter_is_found_by_the_mail_it_answers_and_by_its_reader(store: Store) -> None:
    """Written in capitals or not; another person's mail under the same id, or another mail of theirs, has none."""
    with store.write() as work:
        assert work.lost_letters.note([letter()], at=AT, via="cli") == 1
    with store.read() as work:
        assert work.lost_letters.answering(ASKED, "jane@EXAMPLE.org") == [letter()]
        assert work.lost_letters.answering(ASKED, "thief@example.org") == []
        assert work.lost_letters.answering("<asked_1x@mail.example.org>", ADDRESS) == []


def test_all_letters_of_the_newest_reference_are_found(store: Store) -> None:
    """Also one that answers nothing; letters under an older reference for the same mail are not what its writer goes by now."""
    older = letter(1, reference="FOI876543217")
    later, reply = letter(2), letter(3, automatic=False, conversation=None)
    with store.write() as work:
        work.lost_letters.note([reply, later, older], at=AT, via="cli")
    with store.read() as work:
        assert work.lost_letters.answering(ASKED, ADDRESS) == [later, reply]


def test_a_letter_is_noted_once(store: Store) -> None:
    """Saying twice that the database was restored writes nothing twice, and the trail holds neither address nor words."""
    with store.write() as work:
        assert work.lost_letters.note([letter(), letter()], at=AT, via="cli") == 1
    with store.write() as work:
        assert work.lost_letters.note([letter(), letter(2)], at=AT, via="cli") == 1
    assert store.verify().ok
    with store.read() as work:
        [chained] = [work.lost_letters.answering(ASKED, ADDRESS)]
    assert [one.message_id for one in chained] == [letter().message_id, letter(2).message_id]


def test_when_it_was_restored(store: Store) -> None:
    """The last time counts, and a database that never was has none."""
    with store.read() as work:
        assert work.lost_letters.restored_at() is None
    for days in (1, 2):
        with store.write() as work:
            at = AT + timedelta(days=days)
            work.events.record(SERVICE_CHAIN, Happening(kind="database_restored", at=at))
    with store.read() as work:
        assert work.lost_letters.restored_at() == AT + timedelta(days=2)
