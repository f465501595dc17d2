"""Rows made together under ids drawn ahead: nobody in their transaction misses them, and nothing of them outlives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from engines import postgresql_only
from storing import AT, QUESTIONS, by_hand, case_values, frozen, new_case

from pipeline.domain.errors import UnfitError
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.store import Store, Work

REQUESTS = "SELECT id, reference FROM request ORDER BY id"


def opened(work: Work, reference: str) -> int:
    """Open a case as intake does, its questions last."""
    request_id = work.cases.open(case_values(reference), QUESTIONS, questions_last=True)
    assert request_id is not None
    return request_id


def test_only_where_a_journey_is_spared(store: Store) -> None:
    """On SQLite nothing is drawn and every row is made at once; on PostgreSQL as many may be put off as were drawn."""
    with store.write() as work:
        assert work.ahead.draw(2) == store.shared
        ids = [opened(work, f"FOI{n:09}") for n in range(3)]
        assert len(set(ids)) == 3
    with store.read() as work:
        assert [case.id for case in work.cases.by_ids(ids)] == sorted(ids)
        assert all(len(case.questions) == len(QUESTIONS) for case in work.cases.by_ids(ids))
    assert store.verify().findings == []


def test_what_is_asked_next_sees_them(store: Store) -> None:
    """Cases, their letters, links and events: whatever is read or written after, the rows it refers to are there."""
    with store.write() as work:
        work.ahead.draw(3)
        first, second = opened(work, "FOI000000001"), opened(work, "FOI000000002")
        letter = work.outbox.freeze(first, frozen(1), at=AT)
        assert letter is not None
        assert work.cases.by_reference("FOI000000002") is not None
        third = opened(work, "FOI000000003")
        work.cases.link_cases(third, second, "the same words")
        assert [row.id for row in work.outbox.summaries(request_id=first)] == [letter]
        assert work.outbox.freeze(second, frozen(2), at=AT) is not None
        assert work.outbox.counts() == {"queued": 2}
        assert work.cases.taken(["FOI000000003", "FOI000000004"]) == {"FOI000000003"}
    with store.read() as work:
        assert [reference for reference, _ in work.cases.linked(second)] == ["FOI000000003"]
        assert [event.kind for event in work.events.of_case(first)] == ["request_opened", "letter_frozen"]
    assert store.verify().findings == []


@postgresql_only
def test_a_reference_that_is_taken_undoes_the_transaction(store: Store, tmp_path: Path) -> None:
    """It was looked for before; who was quicker has it, nothing is kept of the others, and the next transaction starts with nothing."""
    with store.write() as work:
        new_case(work, "FOI000000001")

    def two() -> None:
        with store.write() as work:
            work.ahead.draw(2)
            opened(work, "FOI000000002")
            opened(work, "FOI000000001")

    with pytest.raises(UnfitError):
        two()
    with store.write() as work:
        work.cases.note(1, Happening(kind="noted", at=AT))
    assert [reference for _, reference in by_hand(tmp_path, REQUESTS)] == ["FOI000000001"]
    assert store.verify().findings == []


@postgresql_only
def test_what_was_put_off_is_given_up_with_its_transaction(store: Store, tmp_path: Path) -> None:
    """A block that raises before anything was written leaves no row for whoever has the connection next."""

    def broken() -> None:
        with store.write() as work:
            work.ahead.draw(1)
            opened(work, "FOI000000001")
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    for _ in range(3):
        with store.write() as work:
            assert work.outbox.counts() == {}
    assert by_hand(tmp_path, REQUESTS) == []
