"""Letters on their way out: frozen once, claimed, marked, settled, put back, taken over; and the limits on acknowledgements."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storing import AT, by_hand, frozen, new_case

from pipeline.domain.errors import StaleError, StoreError, UnfitError
from pipeline.domain.outbox import OutboxStatus, Phase
from pipeline.store.events import Happening
from pipeline.store.outbox import recipients_digest

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from pipeline.domain.outbox import Frozen
    from pipeline.store import Store
    from pipeline.store.records import Case, Claimed, OutboxSummary

LATER = AT + timedelta(minutes=5)


@pytest.fixture
def case(store: Store) -> Case:
    """An open case."""
    with store.write() as work:
        return new_case(work)


def put(store: Store, case: Case, *letters: Frozen) -> None:
    """Freeze *letters* for *case*."""
    with store.write() as work:
        for letter in letters:
            assert work.outbox.freeze(case.id, letter, at=AT) is not None


def claim(store: Store, token: str, limit: int = 10) -> list[Claimed]:
    """Claim what is due at AT, as the worker *token*."""
    with store.write() as work:
        return work.outbox.claim(token, AT, limit)


def look(store: Store, outbox_id: int = 1) -> OutboxSummary:
    """A letter's row as it is now."""
    with store.read() as work:
        [row] = work.outbox.summaries(outbox_id=outbox_id)
    return row


# ---- freezing --------------------------------------------------------------------------------------------------------


def test_a_letter_is_frozen_once(store: Store, case: Case) -> None:
    """A second letter with the same key, whatever it says, gives None and leaves the first, without an event."""
    with store.write() as work:
        assert work.outbox.freeze(case.id, frozen(1), at=AT) == 1
        assert work.outbox.freeze(case.id, frozen(2, once_key=frozen(1).once_key), at=AT) is None
        assert work.outbox.content(1) == frozen(1).content
        assert work.outbox.content(2) is None
        assert [e.kind for e in work.events.of_case(case.id)] == ["request_opened", "letter_frozen"]


def test_a_message_id_is_used_once(store: Store, case: Case) -> None:
    """Another letter under a Message-ID in use is an error, and not taken for a letter frozen already."""
    put(store, case, frozen(1))
    with pytest.raises(StoreError, match=r"(?i)unique"):
        put(store, case, frozen(2, message_id=frozen(1).message_id))


def test_a_frozen_letter_comes_back(store: Store, case: Case) -> None:
    """Bytes, recipients and digests are those that were frozen; an approver's name stands in the event."""
    letter = frozen(1, content=bytes(range(256)), recipients=("Ä@example.org", "b@example.org"))
    with store.write() as work:
        work.outbox.freeze(case.id, letter, at=AT, actor="kim@x", via="web")
        assert work.events.of_case(case.id)[-1].actor == "kim@x"
        [row] = work.outbox.by_message_ids([letter.message_id, "<other@example.org>"])
        assert work.outbox.by_message_ids([]) == []
        assert (row.recipients, row.status, row.attempts, row.reference) == (
            letter.recipients,
            "queued",
            0,
            case.reference,
        )
    [claimed] = claim(store, "one")
    assert (claimed.content, claimed.recipients, claimed.envelope_from) == (
        letter.content, letter.recipients, letter.envelope_from,
    )  # fmt: skip
    assert claimed.recipients_sha256 == recipients_digest(["ä@example.org ", "B@EXAMPLE.org"])


# ---- the life of a letter --------------------------------------------------------------------------------------------


def test_sent(store: Store, case: Case, tmp_path: Path) -> None:
    """Claimed, marked and accepted: the letter is sent, its attempt is on record, and the case is acknowledged."""
    put(store, case, frozen(1))
    [letter] = claim(store, "one")
    assert (letter.attempts, look(store).status) == (1, "sending")
    with store.write() as work:
        assert work.outbox.mark_data(letter, "one")
        work.outbox.settle(letter, OutboxStatus.SENT, at=LATER, answer="250 OK", code=250)
    row = look(store)
    assert (row.status, row.answer, row.sent_at, row.last_error, row.attempts) == ("sent", "250 OK", LATER, None, 1)
    assert by_hand(tmp_path, "SELECT number, phase, outcome, code, answer FROM attempt") == [
        (1, "done", "sent", 250, "250 OK")
    ]
    with store.read() as work:
        assert work.cases.by_ids([case.id])[0].acknowledged_at == LATER
        assert work.events.of_case(case.id)[-1].kind == "letter_sent"
        assert work.outbox.oldest_unsent() is None
    assert claim(store, "two") == []
    assert store.verify().findings == []


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("response", OutboxStatus.SENT),
        ("acknowledgement", OutboxStatus.REDIRECTED),
        ("acknowledgement", OutboxStatus.FAILED),
    ],
)
def test_what_does_not_acknowledge(store: Store, case: Case, kind: str, status: OutboxStatus) -> None:
    """A response, a redirected trial and a failure leave the case unacknowledged (invariant 5)."""
    put(store, case, frozen(1, kind=kind))
    [letter] = claim(store, "one")
    with store.write() as work:
        work.outbox.settle(letter, status, at=LATER, answer="x", redirected_to="test@example.gov.uk")
        assert work.cases.by_ids([case.id])[0].acknowledged_at is None
    assert (look(store).sent_at is not None) == (status is OutboxStatus.SENT)


def test_retried(store: Store, case: Case) -> None:
    """A passing failure waits until its time, then comes again as the second attempt under the same Message-ID."""
    put(store, case, frozen(1))
    [first] = claim(store, "one")
    with store.write() as work:
        work.outbox.settle(first, OutboxStatus.RETRY, at=AT, answer="451 later", code=451, not_before=LATER)
        assert work.outbox.oldest_unsent() == AT
    assert look(store).last_error == "451 later"
    assert claim(store, "two") == []
    with store.write() as work:
        [second] = work.outbox.claim("two", LATER, 10)
    assert (second.attempts, second.message_id) == (2, first.message_id)


def test_only_due_letters_are_claimed(store: Store, case: Case) -> None:
    """Waiting, queued and retried letters whose time has come are claimed, the longest due first, as many as asked."""
    early = AT - timedelta(hours=1)
    put(
        store, case,
        frozen(1), frozen(2, not_before=early, status=OutboxStatus.WAITING), frozen(3, not_before=LATER),
        frozen(4, status=OutboxStatus.CANCELLED), frozen(5, not_before=early, status=OutboxStatus.RETRY),
    )  # fmt: skip
    assert [letter.id for letter in claim(store, "one", 2)] == [2, 5]
    assert [letter.id for letter in claim(store, "one")] == [1]


def test_many_workers_claim_each_letter_once(store: Store, case: Case) -> None:
    """Workers that claim at the same time share the letters out: none twice, none left."""
    put(store, case, *[frozen(n) for n in range(1, 41)])
    start = threading.Barrier(8)

    def work_on(worker: int) -> list[int]:
        start.wait()
        found: list[int] = []
        while batch := claim(store, f"worker-{worker}", 3):
            found += [letter.id for letter in batch]
        return found

    with ThreadPoolExecutor(8) as pool:
        taken = [one for ids in pool.map(work_on, range(8)) for one in ids]
    assert sorted(taken) == list(range(1, 41))


def test_only_the_holder_marks_and_only_once(store: Store, case: Case) -> None:
    """Before DATA the letter must be in one's own hand, claimed and not marked yet: two can never both send it."""
    put(store, case, frozen(1))
    [letter] = claim(store, "one")
    with store.write() as work:
        assert not work.outbox.mark_data(letter, "two")
        assert work.outbox.mark_data(letter, "one")
        assert not work.outbox.mark_data(letter, "one")


def test_the_next_letter_is_marked_with_the_outcome_of_the_one_before(store: Store, case: Case, tmp_path: Path) -> None:
    """Outcome, attempt, acknowledgement and the next one's mark are one change; whether the next was ours to mark is told."""
    put(store, case, frozen(1), frozen(2), frozen(3))
    first, second, third = claim(store, "one")
    with store.write() as work:
        assert work.outbox.settle(first, OutboxStatus.SENT, at=LATER, answer="250 OK", then=(second, "one"))
        assert not work.outbox.settle(second, OutboxStatus.SENT, at=LATER, answer="250 OK", then=(third, "two"))
    assert by_hand(tmp_path, "SELECT status, phase FROM outbox ORDER BY id") == [
        ("sent", None),
        ("sent", None),
        ("sending", "claimed"),
    ]
    assert by_hand(tmp_path, "SELECT outcome FROM attempt ORDER BY outbox_id") == [("sent",), ("sent",), (None,)]
    with store.read() as work:
        assert work.cases.by_ids([case.id])[0].acknowledged_at == LATER
    assert store.verify().findings == []


def test_where_an_outcome_is_not_written_nothing_else_is(store: Store, case: Case, tmp_path: Path) -> None:
    """A letter taken over meanwhile leaves its attempt, its case and the mark of the next one as they were, caught or not."""
    put(store, case, frozen(1), frozen(2))
    first, second = claim(store, "one")
    with store.write() as work:
        work.outbox.settle(first, OutboxStatus.FAILED, at=AT, answer="550 no")
        with pytest.raises(StaleError):
            work.outbox.settle(first, OutboxStatus.SENT, at=LATER, answer="250 OK", then=(second, "one"))
    assert by_hand(tmp_path, "SELECT outcome, answer FROM attempt ORDER BY outbox_id") == [
        ("failed", "550 no"),
        (None, None),
    ]
    assert by_hand(tmp_path, "SELECT phase FROM outbox WHERE id = 2") == [("claimed",)]
    with store.read() as work:
        assert work.cases.by_ids([case.id])[0].acknowledged_at is None


def test_an_outcome_is_written_in_one_statement(store: Store, case: Case, tmp_path: Path) -> None:
    """Outcome, attempt, acknowledgement, the next one's mark and the event on the case's chain, with nothing before or after them."""
    put(store, case, frozen(1), frozen(2))
    first, second = claim(store, "one")
    assert (first.end is not None) == store.shared
    with store.at_once() as work:
        assert work.outbox.settle(
            first, OutboxStatus.SENT, at=LATER, answer="250 OK", case_too=False, then=(second, "one"), end=first.end
        )
    assert by_hand(tmp_path, "SELECT status, phase FROM outbox ORDER BY id") == [("sent", None), ("sending", "data")]
    assert by_hand(tmp_path, "SELECT outcome FROM attempt ORDER BY outbox_id") == [("sent",), (None,)]
    with store.read() as work:
        assert work.cases.by_ids([case.id])[0].acknowledged_at == LATER
        assert work.events.of_case(case.id)[-1].kind == "letter_sent"
    assert store.verify().findings == []


def test_an_outcome_in_one_statement_fails_whole_where_the_chain_has_gone_on(
    store: Store, case: Case, tmp_path: Path
) -> None:
    """An event that somebody wrote since the letter was claimed is not written over: nothing is changed, and an ordinary transaction does it."""
    put(store, case, frozen(1), frozen(2))
    first, second = claim(store, "one")
    with store.write() as work:
        work.cases.note(case.id, Happening(kind="noted", at=AT))
    outcome: dict[str, Any] = {"at": LATER, "answer": "250 OK", "case_too": False, "then": (second, "one")}
    if store.shared:
        with pytest.raises(UnfitError), store.at_once() as work:
            work.outbox.settle(first, OutboxStatus.SENT, end=first.end, **outcome)
        assert by_hand(tmp_path, "SELECT phase, status FROM outbox") == [("claimed", "sending")] * 2
        assert by_hand(tmp_path, "SELECT outcome FROM attempt") == [(None,)] * 2
    with store.write() as work:
        assert work.outbox.settle(first, OutboxStatus.SENT, **outcome)
        assert [e.kind for e in work.events.of_case(case.id)][-2:] == ["noted", "letter_sent"]
    assert store.verify().findings == []


def test_an_outcome_in_one_statement_leaves_a_letter_taken_over(store: Store, case: Case) -> None:
    """Of a letter that is no longer in this attempt's hand nothing is written, and its case's chain does not move."""
    put(store, case, frozen(1))
    [letter] = claim(store, "one")
    with store.write() as work:
        work.outbox.settle(letter, OutboxStatus.FAILED, at=AT, answer="550 no")
    with pytest.raises(StaleError), store.at_once() as work:
        work.outbox.settle(letter, OutboxStatus.SENT, at=LATER, answer="250 OK", case_too=False, end=letter.end)
    with store.read() as work:
        assert work.events.of_case(case.id)[-1].kind == "letter_failed"
    assert store.verify().findings == []


def test_a_transaction_of_one_statement_takes_no_second_one(store: Store, case: Case) -> None:
    """Where nothing would hold two statements together the second is refused; on SQLite a transaction does."""
    if not store.shared:
        with store.at_once() as work:
            work.cases.note(case.id, Happening(kind="noted", at=AT))
        with store.read() as work:
            assert work.events.of_case(case.id)[-1].kind == "noted"
        return
    with store.at_once() as work:
        assert work.outbox.counts() == {}
        with pytest.raises(StoreError, match="a second statement"):
            work.outbox.counts()
    with store.at_once() as work:
        assert work.outbox.counts() == {}


def test_a_mark_that_was_not_heard_of_is_made_again(store: Store, case: Case) -> None:
    """Who lost the answer to a commit may mark the next letter again, and nobody else may."""
    put(store, case, frozen(1), frozen(2))
    first, second = claim(store, "one")
    with store.write() as work:
        assert work.outbox.settle(first, OutboxStatus.SENT, at=LATER, answer="250 OK", then=(second, "one"))
    with store.write() as work:
        assert not work.outbox.mark_data(second, "one")
        assert not work.outbox.mark_data(second, "two", again=True)
        assert work.outbox.mark_data(second, "one", again=True)


def test_a_cancelled_letter_is_not_marked(store: Store, case: Case) -> None:
    """A letter that was cancelled between claim and DATA must not be sent, and its late outcome isn't written."""
    put(store, case, frozen(1))
    [letter] = claim(store, "one")
    with store.write() as work:
        assert work.outbox.move(look(store), OutboxStatus.CANCELLED, Happening(kind="cancelled", at=AT))
    with store.write() as work:
        assert not work.outbox.mark_data(letter, "one")
    with pytest.raises(StaleError), store.write() as work:
        work.outbox.settle(letter, OutboxStatus.RETRY, at=LATER, answer="x", not_before=LATER)
    assert look(store).status == "cancelled"


def test_put_back(store: Store, case: Case, tmp_path: Path) -> None:
    """A letter put back is as if it had not been claimed; one that is marked or somebody else's stays where it is."""
    put(store, case, frozen(1), frozen(2), frozen(3))
    mine = claim(store, "one", 2)
    others = claim(store, "two", 1)
    with store.write() as work:
        work.outbox.mark_data(mine[1], "one")
        work.outbox.put_back([*mine, *others], "one")
    assert [(look(store, n).status, look(store, n).attempts) for n in (1, 2, 3)] == [
        ("queued", 0),
        ("sending", 1),
        ("sending", 1),
    ]
    assert by_hand(tmp_path, "SELECT outbox_id FROM attempt ORDER BY 1") == [(2,), (3,)]
    assert [(letter.id, letter.attempts) for letter in claim(store, "three")] == [(1, 1)]


def test_letters_are_taken_in_hand_by_their_bytes(store: Store, case: Case) -> None:
    """As many as fit together, and one that fits nowhere by itself; those taken out of a dead hand come without their bytes."""
    put(store, case, *(frozen(n) for n in range(1, 6)))
    with store.read() as work:
        sizes = [len(work.outbox.content(n) or b"") for n in range(1, 6)]
    taken = []
    for most in (1, sum(sizes[1:3]), 10**9):
        with store.write() as work:
            taken.append([letter.id for letter in work.outbox.claim("one", AT, 10, most=most)])
    assert taken == [[1], [2, 3], [4, 5]]
    with store.read() as work:
        assert {letter.content for letter, _ in work.outbox.orphans("one")} == {b""}


def test_orphans(store: Store, case: Case) -> None:
    """A successor sees what the dead one had in hand and how far it had come; a living worker's letters are not among it."""
    put(store, case, frozen(1), frozen(2), frozen(3))
    first, second = claim(store, "dead", 2)
    claim(store, "alive", 1)
    with store.write() as work:
        work.outbox.mark_data(second, "dead")
    with store.read() as work:
        assert work.outbox.claims() == ["alive", "dead"]
        assert [(letter.id, phase) for letter, phase in work.outbox.orphans("dead")] == [
            (1, Phase.CLAIMED),
            (2, Phase.DATA),
        ]
        assert [letter.id for letter, _ in work.outbox.orphans("alive")] == [3]
    with store.write() as work:
        work.outbox.settle(first, OutboxStatus.RETRY, at=AT, answer="stopped", not_before=AT)
        work.outbox.settle(second, OutboxStatus.UNCERTAIN, at=AT, answer="stopped")
        assert work.outbox.claims() == ["alive"]
        assert [letter.id for letter, _ in work.outbox.orphans("dead")] == []
    assert store.verify().findings == []


def test_a_letter_that_its_holder_goes_on_with_is_left_to_it(store: Store, case: Case) -> None:
    """A successor that found a letter before DATA judges nothing once its holder, alive without its lock, has marked it."""
    put(store, case, frozen(1), frozen(2))
    first, second = claim(store, "slow")
    with store.read() as work:
        found = {letter.id: phase for letter, phase in work.outbox.orphans("slow")}
    with store.write() as work:
        assert work.outbox.mark_data(first, "slow")
    with pytest.raises(StaleError), store.write() as work:
        work.outbox.settle(first, OutboxStatus.RETRY, at=AT, answer="stopped", not_before=AT, found=found[1])
    with store.write() as work:
        work.outbox.settle(second, OutboxStatus.RETRY, at=AT, answer="stopped", not_before=LATER, found=found[2])
    assert [look(store, n).status for n in (1, 2)] == ["sending", "retry"]
    assert claim(store, "next") == []
    with store.write() as work:
        work.outbox.settle(first, OutboxStatus.SENT, at=LATER, answer="250 OK")
    assert look(store, 1).status == "sent"
    assert store.verify().findings == []


def test_a_late_outcome(store: Store, case: Case) -> None:
    """A worker thought dead that reports acceptance is believed; one that reports failure, or comes after the next claim, is not."""
    put(store, case, frozen(1), frozen(2), frozen(3))
    late = claim(store, "slow")
    with store.write() as work:
        for letter, _ in work.outbox.orphans("slow"):
            work.outbox.settle(letter, OutboxStatus.UNCERTAIN, at=AT, answer="stopped")
        row = work.outbox.summaries(outbox_id=3)[0]
        assert work.outbox.move(row, OutboxStatus.QUEUED, Happening(kind="resolved", at=AT), not_before=AT)
    [again] = claim(store, "next")
    with store.write() as work:
        work.outbox.settle(late[0], OutboxStatus.SENT, at=LATER, answer="250 OK")
    for letter, status in ((late[1], OutboxStatus.FAILED), (late[2], OutboxStatus.SENT)):
        with pytest.raises(StaleError, match="taken over"), store.write() as work:
            work.outbox.settle(letter, status, at=LATER, answer="x")
    assert [look(store, n).status for n in (1, 2, 3)] == ["sent", "uncertain", "sending"]
    assert again.attempts == 2
    assert store.verify().findings == []


def test_odd_words_of_a_server(store: Store, case: Case) -> None:
    """An answer that no column can hold never costs the outcome."""
    put(store, case, frozen(1))
    [letter] = claim(store, "one")
    with store.write() as work:
        work.outbox.settle(letter, OutboxStatus.SENT, at=LATER, answer="250 \x00\udcff ok")
    assert look(store).answer == "250 \ufffd\ufffd ok"


def test_an_officers_word(store: Store, case: Case) -> None:
    """A letter is moved only from the state that the officer saw; the event says from where to where and by whom."""
    put(store, case, frozen(1, status=OutboxStatus.WAITING, not_before=LATER))
    seen = look(store)
    with store.write() as work:
        happening = Happening(kind="sent_now", at=AT, actor="kim@x", data={"why": "urgent"})
        assert work.outbox.move(seen, OutboxStatus.QUEUED, happening, not_before=AT)
        assert not work.outbox.move(seen, OutboxStatus.CANCELLED, happening)
        event = work.events.of_case(case.id)[-1]
    assert event.data == {"why": "urgent", "outbox": 1, "from": "waiting", "to": "queued"}
    assert (event.actor, look(store).status, look(store).not_before) == ("kim@x", "queued", AT)


def test_copies_for_the_sent_folder(store: Store, case: Case) -> None:
    """Only sent letters since then of which there is no copy are offered, each until its copy is noted."""
    put(store, case, frozen(1), frozen(2), frozen(3))
    for letter, at, status in zip(
        claim(store, "one"),
        (AT, LATER, LATER),
        (OutboxStatus.SENT, OutboxStatus.SENT, OutboxStatus.FAILED),
        strict=True,
    ):
        with store.write() as work:
            work.outbox.settle(letter, status, at=at, answer="x")
    with store.write() as work:
        assert [letter.id for letter in work.copies.missing(AT)] == [2]
        assert [letter.id for letter in work.copies.missing(AT - timedelta(days=1), limit=1)] == [1]
        assert [letter.id for letter in work.copies.missing(AT - timedelta(days=1), after=1)] == [2]
        work.copies.put(2, LATER)
        assert work.copies.missing(AT) == []


def test_counts_and_lists(store: Store, case: Case) -> None:
    """Letters are counted by status and listed by case or letter, oldest first."""
    with store.write() as work:
        other = new_case(work, "FOI000000023")
        letter_id = work.letters.write(case.id, "response", "x", officer=None, via="cli", at=AT)
    put(store, case, frozen(1), frozen(2, letter_id=letter_id, kind="response"))
    put(store, other, frozen(3, status=OutboxStatus.WAITING))
    with store.read() as work:
        assert work.outbox.counts() == {"queued": 2, "waiting": 1}
        assert [row.id for row in work.outbox.summaries()] == [1, 2, 3]
        assert [row.id for row in work.outbox.summaries(request_id=case.id)] == [1, 2]
        assert [row.id for row in work.outbox.summaries(letter_id=letter_id)] == [2]


# ---- limits ----------------------------------------------------------------------------------------------------------


def test_acknowledgements_to_one_address(store: Store, case: Case) -> None:
    """Only acknowledgements since then count, of any kind, whatever the letter case of the address."""
    day = timedelta(days=1)
    with store.write() as work:
        work.outbox.freeze(case.id, frozen(1), at=AT - day)
        work.outbox.freeze(case.id, frozen(2), at=AT)
        work.outbox.freeze(case.id, frozen(3, kind="sar_acknowledgement"), at=AT)
        work.outbox.freeze(case.id, frozen(4, kind="response"), at=AT)
        work.outbox.freeze(case.id, frozen(5, recipients=("other@example.org",)), at=AT)
        assert work.outbox.acknowledged_to(" alex@EXAMPLE.org", AT - day) == 2
        assert work.outbox.acknowledged_to("alex@example.org", AT - 2 * day) == 3
        assert work.outbox.acknowledged_to("nobody@example.org", AT - day) == 0


def test_acknowledgements_counted_ahead(store: Store, case: Case) -> None:
    """What is counted for many at once agrees with what is counted for each, also after more was queued in the same transaction."""
    put(store, case, frozen(1), frozen(2, kind="response"), frozen(3, recipients=("other@example.org",)))
    people = ("Alex@example.org", "other@example.org", "nobody@example.org")
    since = AT - timedelta(days=1)
    with store.write() as work:
        work.outbox.count_ahead(people, since)
        assert [work.outbox.acknowledged_to(one, since) for one in people] == [1, 1, 0]
        work.outbox.freeze(case.id, frozen(4), at=AT)
        work.outbox.freeze(case.id, frozen(5, kind="response"), at=AT)
        work.outbox.freeze(case.id, frozen(6, recipients=("NOBODY@example.org",)), at=AT)
        assert [work.outbox.acknowledged_to(one, since) for one in people] == [2, 1, 1]
    with store.read() as work:
        assert [work.outbox.acknowledged_to(one, since) for one in people] == [2, 1, 1]
        work.outbox.count_ahead((), since)


class UndoneError(Exception):
    """Ends a transaction so that the next example finds the store as it was."""


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(per_hour=st.integers(1, 4), gaps=st.lists(st.integers(0, 50), min_size=1, max_size=20))
def test_no_hour_has_more_than_its_share(store: Store, case: Case, per_hour: int, gaps: list[int]) -> None:
    """However requests arrive, no hour has more acknowledgements than allowed, none goes too early, the first goes at once."""
    slots: list[datetime] = []

    def queue_all() -> None:
        now = AT
        with store.write() as work:
            work.outbox.freeze(case.id, frozen(99, kind="response", not_before=AT), at=AT)
            for number, gap in enumerate(gaps):
                now += timedelta(minutes=gap)
                slots.append(work.outbox.earliest_slot(now, per_hour))
                assert slots[-1] >= now
                work.outbox.freeze(case.id, frozen(number, not_before=slots[-1]), at=now)
            raise UndoneError

    with pytest.raises(UndoneError):
        queue_all()
    assert slots[:per_hour] == [AT + timedelta(minutes=sum(gaps[: n + 1])) for n in range(min(per_hour, len(gaps)))]
    for slot in slots:
        assert sum(slot <= other < slot + timedelta(hours=1) for other in slots) <= per_hour
