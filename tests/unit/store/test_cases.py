"""Requests: made once, changed with an event, found by reference and by our letters; and the drafts written for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from storing import AT, QUESTIONS, arrival, by_hand, case_values, frozen, new_case, take

from pipeline.domain.errors import StoreError
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.store import Store

LATER = AT + timedelta(hours=1)


def test_a_case_comes_back_as_it_was_opened(store: Store) -> None:
    """Every field and question that intake gives is there again, and the first event tells of it."""
    given = case_values(flagged=True, flag_reasons=("no clear question",), acknowledge_reasons=("too old",))
    with store.write() as work:
        request_id = work.cases.open(given, QUESTIONS, via="web", actor="kim@example.gov.uk")
    with store.read() as work:
        case = work.cases.by_reference(given.reference, lock=True)
        assert case is not None
        [event] = work.events.of_case(case.id)
    assert case.id == request_id
    shown = [name for name in given.__slots__ if name != "wording_sha256"]  # a key for finding, not for showing
    assert {name: getattr(case, name) for name in shown} == {name: getattr(given, name) for name in shown}
    assert [(q.position, q.label, q.text) for q in case.questions] == [
        (1, "1", "How many clinics are there?"),
        (2, "2", "What do they cost?"),
    ]
    assert (case.workflow, case.clock, case.outcome) == ("new", "running", None)
    assert (event.kind, event.actor, event.via, event.at) == ("request_opened", "kim@example.gov.uk", "web", AT)
    assert event.data["received_on"] == "2025-01-06"


def test_a_taken_reference_changes_nothing(store: Store, tmp_path: Path) -> None:
    """A reference in use gives None, so that another is drawn; the case, its questions and the trail stay as they were."""
    with store.write() as work:
        new_case(work)
    before = by_hand(tmp_path, "SELECT * FROM request"), by_hand(tmp_path, "SELECT * FROM question")
    with store.write() as work:
        assert work.cases.open(case_values(requester_name="Somebody else"), QUESTIONS) is None
    assert (by_hand(tmp_path, "SELECT * FROM request"), by_hand(tmp_path, "SELECT * FROM question")) == before
    assert store.verify().events == 1


@pytest.mark.parametrize("ahead", [True, False])
def test_the_same_words_are_found(store: Store, *, ahead: bool) -> None:
    """Asked for many at once or for each, the same requests are found: those before, and those opened in the same transaction."""
    since = AT - timedelta(days=90)
    old, new, other = (f"{n:064}" for n in range(3))
    with store.write() as work:
        new_case(work, "FOI000000099", wording_sha256=old)
    found: list[list[str]] = []
    with store.write() as work:
        if ahead:
            work.cases.wordings_ahead({old, new, other}, since)
        for number, digest in enumerate((old, new, new, other, new), 1):
            opened = new_case(work, f"FOI00000000{number}", wording_sha256=digest)
            found.append([one.reference[-2:] for one in work.cases.same_wording(opened.id, digest, since)])
    assert found == [["99"], [], ["02"], [], ["03", "02"]]


def test_a_message_opens_one_case(store: Store) -> None:
    """A second case for the same message is an error, and not taken for a reference in use."""
    with store.write() as work:
        take(work, arrival(1))
        new_case(work, message_id=1)
    with pytest.raises(StoreError, match=r"(?i)unique"), store.write() as work:
        new_case(work, "FOI000000023", message_id=1)
    with store.read() as work:
        assert work.cases.counts() == {"new": 1}


def test_a_case_without_questions(store: Store) -> None:
    """A request in which no question was found is a case all the same."""
    with store.write() as work:
        assert new_case(work, questions=()).questions == ()
    assert store.verify().findings == []


def test_changes_are_on_record(store: Store) -> None:
    """A change of a vouched column carries the new digest, another change carries none, and the trail holds after both."""
    with store.write() as work:
        case = new_case(work)
        work.cases.change(case, Happening(kind="law_changed", at=LATER), regime="eir", due_on=date(2025, 2, 4))
        work.cases.change(case, Happening(kind="drafting", at=LATER), workflow="drafting")
        work.cases.change(case, Happening(kind="address_corrected", at=LATER), requester_email="New@Example.org")
        opened, law, moved, _ = work.events.of_case(case.id)
        changed = work.cases.by_ids([case.id])[0]
    assert law.data["digests"]["request"] != opened.data["digests"]["request"]
    assert "digests" not in moved.data
    assert (changed.regime, changed.due_on, changed.workflow) == ("eir", date(2025, 2, 4), "drafting")
    assert changed.requester_email == "New@Example.org"
    assert store.verify().findings == []


def test_a_corrected_address_is_found_under_its_new_key(store: Store, tmp_path: Path) -> None:
    """The key by which a requester's cases are found follows their address."""
    with store.write() as work:
        work.cases.change(
            new_case(work), Happening(kind="address_corrected", at=LATER), requester_email=" New@Example.org"
        )
    assert by_hand(tmp_path, "SELECT requester_key FROM request") == [("new@example.org",)]


def test_finding(store: Store) -> None:
    """Cases are found by reference, by id and by the Message-IDs of our letters; unknown ones just aren't there."""
    with store.write() as work:
        one, two = new_case(work), new_case(work, "FOI000000023")
        work.outbox.freeze(two.id, frozen(1), at=AT)
        assert work.cases.by_reference("FOI999999999") is None
        assert [c.reference for c in work.cases.by_ids([two.id, one.id, 99])] == ["FOI000000015", "FOI000000023"]
        assert [c.id for c in work.cases.by_references(["FOI000000023", "FOI999999999"])] == [two.id]
        assert [c.id for c in work.cases.by_our_message_ids(["<x@y>", frozen(1).message_id])] == [two.id]
        assert work.cases.by_references([]) == work.cases.by_our_message_ids([]) == []


def test_every_case_is_passed_over_once(store: Store) -> None:
    """Read in batches, all cases come, each once, in order, with their own questions."""
    with store.write() as work:
        for n in range(7):
            new_case(work, f"FOI00000000{n}", questions=QUESTIONS[: n % 3])
        found = list(work.cases.every(batch=3))
    assert [c.reference[-1] for c in found] == list("0123456")
    assert [len(c.questions) for c in found] == [0, 1, 2, 0, 1, 2, 0]


def test_waiting_acknowledgements(store: Store) -> None:
    """An acknowledgement that needs a person is listed until it was sent or the case is over."""
    with store.write() as work:
        new_case(work, "FOI000000001", acknowledge="automatic")
        release = new_case(work, "FOI000000002", acknowledge="release")
        new_case(work, "FOI000000003", acknowledge="officer")
        closed = new_case(work, "FOI000000004", acknowledge="officer")
        work.cases.change(closed, Happening(kind="closed", at=LATER), workflow="closed")
        assert [c.reference for c in work.cases.to_acknowledge()] == ["FOI000000002", "FOI000000003"]
        work.cases.change(release, Happening(kind="acknowledged", at=LATER), acknowledged_at=LATER)
        assert [c.reference for c in work.cases.to_acknowledge()] == ["FOI000000003"]


def test_the_mail_that_opened_a_case(store: Store) -> None:
    """The Message-ID of the opening mail is given for threading; a case without a mail has none."""
    with store.write() as work:
        take(work, arrival(1))
        work.messages.settle(1, state="filed", values={"message_id": "<1@example.org>"})
        by_mail, by_hand_ = new_case(work, message_id=1), new_case(work, "FOI000000023")
        assert work.cases.source_message_header(by_mail) == ("<1@example.org>", 1)
        assert work.cases.source_message_header(by_hand_) == (None, None)
        # A later mail of the requester's is not what the case came by; one whose case was split or merged is.
        take(work, arrival(2))
        work.messages.settle(2, state="filed", values={"message_id": "<2@example.org>"})
        work.messages.link(by_hand_.id, 2, side="requester", rung="test", at=LATER)
        assert work.cases.source_message_header(by_hand_) == (None, None)
        work.messages.link(by_hand_.id, 1, side="requester", rung="test", at=LATER)
        assert work.cases.source_message_header(by_hand_) == ("<1@example.org>", 1)
        other = replace(by_hand_, requester_email="another@example.org")
        work.messages.settle(1, state="filed", values={"author_email": by_hand_.requester_email})
        assert work.cases.source_message_header(by_hand_) == ("<1@example.org>", 1)
        assert work.cases.source_message_header(other) == (None, 1)


def test_linked_cases_know_of_each_other(store: Store) -> None:
    """A link is seen from both sides, once, and not from elsewhere."""
    with store.write() as work:
        one, two, three = (new_case(work, f"FOI00000000{n}") for n in (1, 2, 3))
        work.cases.link_cases(one.id, two.id, "same person")
        work.cases.link_cases(one.id, two.id, "said again")
        assert work.cases.linked(one.id) == [(two.reference, "same person")]
        assert work.cases.linked(two.id) == [(one.reference, "same person")]
        assert work.cases.linked(three.id) == []


def test_letters_keep_their_writers(store: Store) -> None:
    """Every version of a letter counts its writer; a new version takes submission and approval back."""
    with store.write() as work:
        case = new_case(work)
        first = work.letters.write(case.id, "response", "one", officer="kim@x", via="cli", at=AT)
        letter = work.letters.by_id(first)
        assert letter is not None
        happening = Happening(kind="submitted", at=AT, actor="kim@x")
        work.letters.move(letter, "for_approval", happening, submitted_by="kim@x", submitted_at=AT)
        assert work.letters.write(case.id, "response", "two", officer="lee@x", via="cli", at=LATER) == first
        work.letters.write(case.id, "response", "three", officer=None, via="cli", at=LATER)
        work.letters.write(case.id, "response", "four", officer="kim@x", via="cli", at=LATER)
        letter = work.letters.open_letter(case.id, "response")
        assert letter is not None
        assert (letter.version, letter.record, letter.status, letter.submitted_by) == (4, "four", "drafting", None)
        assert letter.writers == ("kim@x", "lee@x")
    assert store.verify().findings == []


def test_a_sent_letter_is_never_written_again(store: Store) -> None:
    """After a letter was sent or laid aside, writing begins a new one; each kind has its own."""
    with store.write() as work:
        case = new_case(work)
        ids = []
        for status in ("sent", "void"):
            ids.append(work.letters.write(case.id, "response", status, officer=None, via="cli", at=AT))
            letter = work.letters.by_id(ids[-1])
            assert letter is not None
            work.letters.move(letter, status, Happening(kind=f"letter_{status}", at=AT))
            assert work.letters.open_letter(case.id, "response") is None
        ids.append(work.letters.write(case.id, "response", "third", officer=None, via="cli", at=AT))
        ids.append(work.letters.write(case.id, "extension", "fourth", officer=None, via="cli", at=AT))
        assert ids == [1, 2, 3, 4]
        assert [letter.record for letter in work.letters.of_case(case.id)] == ["sent", "void", "third", "fourth"]
        assert work.letters.by_id(99) is None
