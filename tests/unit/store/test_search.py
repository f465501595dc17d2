"""Search by word: what is found and what is not, that the index follows every change, and that typed signs do nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from listing import ADMIN, KIM, OFFICER, TODAY, add_case, fill, noon, statements
from sqlalchemy import select
from storing import make_store

from pipeline.domain.roles import may_see
from pipeline.store.events import Happening
from pipeline.store.index_tables import RequestSearch
from pipeline.store.listing_records import QueueFilter, Scope, Viewer
from pipeline.store.records import QuestionRecord
from pipeline.store.searching import finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.store import Store, Work

ALL = QueueFilter(scope=Scope.ALL)


@pytest.fixture(scope="module")
def filled(database_engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with cases of every sort, for tests that only look."""
    opened = make_store(tmp_path_factory.mktemp(database_engine))
    fill(opened)
    yield opened
    opened.close()


def found(store: Store, typed: str, wanted: QueueFilter = ALL, viewer: Viewer = ADMIN) -> list[str]:
    """References of the first page."""
    with store.read() as work:
        return [row.reference for row in work.search.find(typed, wanted, viewer).rows]


def one_case(work: Work, **columns: object) -> int:
    """The case that these tests look for."""
    return add_case(work, 1, topic="Café licences", **columns)


@pytest.mark.parametrize(
    "typed",
    [
        "cafe ", "CAFÉ licences", "lic", "foi107654321", "FOI 107 654 321", "foi-107654321", "107654321 ", "foi1076",
        "person1@example.org", "Person1@Example.org cafe ", "person1@example.org licen", "person ", "how many were there ",
        "cafe FOI107654321", "year 2 ",
    ],
)  # fmt: skip
def test_a_case_is_found(store: Store, typed: str) -> None:
    """By topic, question, requester, address and reference, however they are written; the last word may be a beginning."""
    with store.write() as work:
        one_case(work)
        add_case(work, 2, topic="Parking", requester_name="Robin", requester_email="robin@elsewhere.example")
        case = work.cases.by_ids([2])[0]
        work.questions.rewrite(case.id, [QuestionRecord(position=1, label="", text="Where is it?", key=1)])
    assert found(store, typed) == ["FOI107654321"]


@pytest.mark.parametrize(
    "typed", ["", "   ", "!!", "cafe parking ", "caf licences ", "FOI107654322", "person2@example.org", "x@y", "_open "]
)
def test_a_case_is_not_found(store: Store, typed: str) -> None:
    """Every word has to be there, whole unless it is the last; nothing asked finds nothing."""
    with store.write() as work:
        one_case(work)
    assert found(store, typed) == []


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        "'",
        "*",
        "cafe*",
        "cafe OR",
        "NEAR(cafe, 2",
        "words:cafe",
        "^cafe",
        "cafe & ! | <->",
        "\\",
        "\x00",
        "a" * 5000,
        "%_",
        "(",
    ],
)
def test_signs_do_nothing(store: Store, typed: str) -> None:
    """Nothing that an officer types reaches the database as a query of its own."""
    with store.write() as work:
        one_case(work)
    assert found(store, typed) in ([], ["FOI107654321"])


def test_the_index_follows_a_case(store: Store) -> None:
    """Topic, requester, questions and letters that are changed are found by their new words, and not by the old ones."""
    with store.write() as work:
        case_id = one_case(work)
        case = work.cases.by_ids([case_id])[0]
        changed = Happening(kind="changed", at=noon(TODAY))
        work.cases.change(case, changed, topic="Taverns", requester_email="new@example.net", own_reference="OLD 77/3")
        work.questions.rewrite(case_id, [QuestionRecord(position=1, label="", text="Which pubs?", key=1)])
        record = 'kind = "response"\n[[question]]\ntext = "Which pubs?"\noutcome = "supplied"\nanswer = "The Crown"\n'
        work.letters.write(case_id, "response", record, officer=KIM, via="web", at=noon(TODAY))
    for typed in ("taverns ", "new@example.net", "pubs ", "crown ", "old 77 "):
        assert found(store, typed) == ["FOI107654321"], typed
    for typed in ("cafe ", "person1@example.org", "many ", "supplied ", "response "):
        assert found(store, typed) == [], typed
    with store.write() as work:
        work.letters.write(case_id, "response", "not = [toml", officer=KIM, via="web", at=noon(TODAY))
    assert found(store, "crown ") == []
    assert found(store, "toml ") == ["FOI107654321"]


def test_the_scope_follows_a_case(store: Store) -> None:
    """A case that is closed leaves the search among open ones, and one whose receipt is corrected changes its month."""
    with store.write() as work:
        case = work.cases.by_ids([one_case(work)])[0]
        changed = Happening(kind="changed", at=noon(TODAY))
        work.cases.change(case, changed, workflow="closed", received_on=TODAY - timedelta(days=400))
    assert found(store, "cafe ", QueueFilter()) == []
    assert found(store, "cafe ", QueueFilter(scope=Scope.CLOSED)) == ["FOI107654321"]
    last_year = replace(ALL, received_from=TODAY - timedelta(days=401), received_to=TODAY - timedelta(days=399))
    assert found(store, "cafe ", last_year) == ["FOI107654321"]
    assert found(store, "cafe ", replace(ALL, received_from=TODAY - timedelta(days=30))) == []


def test_a_case_taken_out_is_found_by_its_reference_only(store: Store) -> None:
    """Erasing takes the words away; making the index anew brings back what the case still says."""
    with store.write() as work:
        case_id = one_case(work)
        work.search.remove(case_id)
        work.search.tidy()
    assert found(store, "cafe ") == []
    assert found(store, "FOI107654321") == ["FOI107654321"]
    assert store.reindex() == 1
    assert found(store, "cafe ") == ["FOI107654321"]


def test_making_the_index_anew_changes_nothing(store: Store) -> None:
    """What the changes kept up to date is what all cases give."""
    fill(store)

    def kept() -> dict[int, str]:
        with store.read() as work:
            rows = work.cases._connection.execute(select(RequestSearch.request_id, RequestSearch.words))
            return {row.request_id: row.words for row in rows}

    before = kept()
    assert len(before) == 48
    assert store.reindex() == 48
    assert kept() == before
    assert len(found(store, "parking ")) == 12


def test_a_search_shows_only_what_the_viewer_may_open(filled: Store) -> None:
    """Restricted cases of another team are not found by their words, nor by their reference."""
    store = filled
    with store.read() as work:
        hidden = [c.reference for c in work.cases.every() if not may_see(OFFICER.role, OFFICER.team, c.team)]
    assert hidden
    assert not set(found(store, "there ", viewer=OFFICER)) & set(hidden)
    assert found(store, hidden[0], viewer=OFFICER) == []
    assert found(store, hidden[0]) == [hidden[0]]


def test_hits_come_in_the_queues_order_page_by_page(filled: Store) -> None:
    """A search is a queue narrowed by words: the same order, the same pages."""
    store = filled
    with store.read() as work:
        rule = [row.reference for row in work.queue.every(ALL, ADMIN) if row.topic == "Parking fines"]
        assert [row.reference for row in work.search.every("parking ", ALL, ADMIN, batch=5)] == rule
        first = work.search.find("parking ", ALL, ADMIN, size=5)
        assert [row.reference for row in first.rows] == rule[:5]
        assert first.more_than is None
        second = work.search.find("parking ", ALL, ADMIN, first.next, size=5)
        assert work.search.find("parking ", ALL, ADMIN, second.previous, size=5).rows == first.rows


def test_common_words_look_through_the_newest(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond so many hits the newest are put in order, and the page says that there are more."""
    monkeypatch.setattr(finding, "MOST_HITS", 10)
    store = filled
    with store.read() as work:
        page = work.search.find("there ", ALL, ADMIN)
        newest = [case.reference for case in work.cases.every()][-10:]
        assert {row.reference for row in page.rows} == set(newest)
        assert page.more_than == 10
        exact = work.search.find("there person1 parking ", ALL, ADMIN)
        assert exact.rows
        assert exact.more_than is None


def test_a_search_is_two_statements(filled: Store) -> None:
    """However many rows there are: one counts the hits, one reads the page."""
    store = filled
    for size in (3, 30):
        with statements(store) as seen, store.read() as work:
            assert len(work.search.find("there ", ALL, ADMIN, size=size).rows) == size
        assert len(seen) == 2
