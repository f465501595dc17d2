"""Erasing by the schedule, on both databases: nothing of a person is left, the proof is, the trail and the figures hold, and what must stay stays."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fakes import FixedClock, SequenceIds
from sqlalchemy import JSON, LargeBinary, insert, select, update
from storing import (
    FOLDER,
    MAILBOX,
    UIDVALIDITY,
    arrival,
    by_hand,
    frozen,
    letter_bytes,
    new_case,
    take,
)

from pipeline.bootstrap import uk_calendar
from pipeline.domain.clock_events import Event, EventKind
from pipeline.domain.errors import NotAllowedError, UsageError
from pipeline.domain.message import Attachment, raw_digest
from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.retention import Rule
from pipeline.mail.council import Council
from pipeline.mail.reading_here import Here
from pipeline.settings import Settings
from pipeline.stages.intake import Intake
from pipeline.stages.retention import BY_ITSELF, Retention
from pipeline.store import schema
from pipeline.store.access import visible_case
from pipeline.store.columns import Words
from pipeline.store.events import Happening
from pipeline.store.notices import NewNotice
from pipeline.store.records import LetterFile

if TYPE_CHECKING:
    from pipeline.store import Store, Work
    from pipeline.store.records import Case

CLOSED = datetime(2022, 3, 1, 12, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ADA, KIM = "ada@council.example", "kim@council.example"
ALL = {"requests_years": 3, "sar_years": 3, "other_mail_days": 180, "quarantined_days": 90}
MARK = "ZZMARKZZ"
# What keeps its text when a case is erased, and why.
KEPT = {
    "attachment.content_type": "what kind of file it was",
    "attachment.scan": "what the virus scanner said",
    "clock_event.grounds": "codes of the law",
    "clock_event.officer": "our own people stand for what they did",
    "letter.approved_by": "our own people",
    "letter.exception_checked_by": "our own people",
    "letter.submitted_by": "our own people",
    "letter_version.officer": "our own people",
    "message.dismissed_by": "our own people",
    "opening.officer": "our own people",
    "outbox.envelope_from": "our own address",
    "outbox.message_id": "our own number",
    "outbox.redirected_to": "our own address for trials",
    "question.label": "a number",
    "question.service_area": "our own department",
    "request.legal_hold": "there is none on what may be erased",
    "request.outcome": "a code",
    "request.owner": "our own people",
    "request.own_reference": "a number of ours",
    "request.team": "our own people",
    "case_message.rung": "our own words",
    "notice.recipient": "our own people",
    "notice.message_id": "our own number",
    "request_search.words": "goes by row, not by column: a test of its own looks",
}


def settings(**changes: object) -> Settings:
    """A council that has set its schedule; *changes* are keys of [retention]."""
    values: dict[str, Any] = {
        "path": Path("infogov.toml"),
        "authority": {"name": "Northfield Council", "team": "Information Governance Team"},
        "mailbox": {"foi": {"name": "foi", "host": "127.0.0.1", "user": "foi"}},
        "smtp": {"host": "127.0.0.1", "from_address": "foi@council.example"},
        "retention": {**ALL, **changes},
    }
    return Settings.model_validate(values)


def retention(store: Store, now: datetime = NOW, **changes: object) -> Retention:
    """The stage, at *now*."""
    return Retention(store, FixedClock(now), settings(**changes), via="test")


def close(work: Work, case: Case, at: datetime = CLOSED, **changes: object) -> None:
    """Close a case as an officer does."""
    values = {"workflow": "closed", "clock": "stopped", "outcome": "granted", "closed_at": at, **changes}
    work.cases.change(case, Happening(kind="closed", at=at, actor=KIM), **values)


@pytest.fixture
def office(store: Store) -> Store:
    """A store with an administrator and an officer."""
    with store.write() as work:
        work.officers.add(ADA, "Ada", "admin", via="test", at=CLOSED)
        work.officers.add(KIM, "Kim", "officer", via="test", at=CLOSED)
    return store


def whole_case(work: Work, number: int = 1) -> Case:
    """A closed case with something of everything: mail with a file, questions, a letter with versions, sent, notes, typing, a mail about it."""
    take(work, arrival(number))
    message_id = number
    values = {"verdict": "request", "intent": "request", "received_at": CLOSED, "author_name": "Alex Example"}
    values |= {"author_email": "alex@example.org", "subject": "Clinics please", "reasons": ["it asks"]}
    work.messages.settle(message_id, state="filed", values=values)
    attached = Attachment(name="My clinic.pdf", content_type="application/pdf", size=3, sha256=raw_digest(b"pdf"))
    work.messages.add_attachments(message_id, [attached])
    case = new_case(work, f"FOI0000000{number:02d}", message_id=message_id, created_at=CLOSED - timedelta(days=9))
    work.messages.link(case.id, message_id, side="requester", rung="it opened this case", at=CLOSED)
    enclosed = LetterFile(name="a.csv", content=b"a,b", sha256=raw_digest(b"a,b"), findings=())
    for text in ("answer = 'first words to Alex'", "answer = 'last words to Alex'"):
        letter_id = work.letters.write(case.id, "response", text, officer=KIM, via="test", at=CLOSED, files=[enclosed])
    sent = frozen(number, kind="response", letter_id=letter_id, once_key=f"letter:{number}", not_before=CLOSED)
    outbox_id = work.outbox.freeze(case.id, sent, at=CLOSED)
    assert outbox_id is not None
    asked = Event(kind=EventKind.CLARIFICATION_ASKED, on=CLOSED.date(), reason="Alex rang from 01234 567890")
    digest = work.clock_events.add(case.id, asked, officer=KIM, at=CLOSED)
    work.cases.note(case.id, Happening(kind="noted", at=CLOSED, data={"digests": {"clock": digest}}))
    work.notes.add(case.id, "Alex rang", officer=KIM, via="test", at=CLOSED)
    work.autosaves.keep(case.id, "response", KIM, form={"answer": "to Alex"}, base_version=1, at=CLOSED)
    work.openings.note(case.id, KIM, "My clinic.pdf", CLOSED)
    told = f"Subject: x\r\n\r\n{case.reference[:6]}=\r\n{case.reference[6:]} Clinics\r\n".encode()
    notice = NewNotice(
        once_key=f"morning:{number}", kind="morning", recipient=KIM, content=told, message_id=f"<n{number}@c.example>",
        not_before=CLOSED,
    )  # fmt: skip
    work.notices.queue(notice, at=CLOSED)
    work.search.refresh(case.id)
    return case


def send_all(store: Store) -> None:
    """Have every letter sent and every notice settled."""
    with store.write() as work:
        for letter in work.outbox.claim("token", CLOSED, 100):
            work.outbox.mark_data(letter, "token")
            work.outbox.settle(letter, OutboxStatus.SENT, at=CLOSED, answer="250 taken for <alex@example.org>")


def a_closed_case(store: Store, number: int = 1, **changes: object) -> Case:
    """A whole case, sent and closed."""
    with store.write() as work:
        case = whole_case(work, number)
    send_all(store)
    with store.write() as work:
        close(work, work.cases.by_ids([case.id])[0], **changes)
        return work.cases.by_ids([case.id])[0]


def columns_of_people() -> list[tuple[Any, Any]]:
    """Every column that can hold anybody's words: text without a bound, JSON and bytes, of the tables that belong to cases and mail."""
    others = {
        "officer", "sign_in", "throttle", "deputy", "signing_key", "alarm", "heartbeat", "event", "chain_head", "folder",
        "erasure", "first_copy",
    }  # fmt: skip
    found = []
    for table in schema.Table.metadata.sorted_tables:
        if table.name in others:
            continue
        found += [
            (table, column)
            for column in table.columns
            if isinstance(column.type, Words | JSON | LargeBinary)
            and not column.primary_key
            and not column.foreign_keys
        ]
    return found


def test_nothing_of_a_person_is_left_in_any_column(office: Store) -> None:
    """A mark put into every column of text, JSON or bytes is gone after erasing, but for the columns that are kept for a reason."""
    case = a_closed_case(office)
    marked = [(table, column) for table, column in columns_of_people() if f"{table.name}.{column.name}" not in KEPT]
    assert len(marked) > 30
    with office.write() as work:
        connection = work.cases._connection
        for table, column in marked:
            value: Any = MARK
            if isinstance(column.type, LargeBinary):
                value = f"{case.reference} {MARK}".encode()
            elif isinstance(column.type, JSON):
                value = {"kind": "deputy", "reason": MARK} if column.name == "exception" else [MARK]
            connection.execute(update(table).values({column: value}))
    done = retention(office).erase(ADA)
    assert (done.counts, done.problems) == ({"request": 1}, [])
    with office.read() as work:
        left = {
            f"{table.name}.{column.name}"
            for table, column in marked
            for value in work.cases._connection.scalars(select(column))
            if MARK in (value.decode("latin-1") if isinstance(value, bytes) else json.dumps(value))
        }
    assert left == set()


def test_what_the_figures_count_stays(office: Store) -> None:
    """Reference, law, dates, outcome, counts of every kind, and one proof that says what is gone."""
    case = a_closed_case(office)
    with office.read() as work:
        before = work.cases.counts(), work.outbox.counts(), work.messages.counts()["verdict:request"]
        events = len(work.events.of_case(case.id))
    done = retention(office).erase(ADA)
    with office.read() as work:
        after = work.cases.counts(), work.outbox.counts(), work.messages.counts()["verdict:request"]
        kept = work.cases.by_ids([case.id])[0]
        [proof] = work.erasures.proofs(case.id)
        assert len(work.events.of_case(case.id)) == events + 1
    assert after == before
    assert (kept.reference, kept.regime, kept.outcome, kept.due_on) == (case.reference, "foi", "granted", case.due_on)
    assert (kept.requester_name, kept.requester_email, kept.topic, kept.subject) == ("", "", "", "")
    assert [(q.label, q.text) for q in kept.questions] == [("1", ""), ("2", "")]
    assert kept.erased_at == NOW
    assert done.proofs == [proof.id]
    assert {"request", "questions", "clock", "letter:1", "files:1", "outbox:1", "raw:1"} == set(proof.digests)
    assert proof.digests["raw:1"] == raw_digest(letter_bytes(1))


def test_the_trail_proves_itself_and_says_what_is_gone(office: Store) -> None:
    """No finding, and a word with the proof's number for the case and for its mail."""
    a_closed_case(office, 1)
    a_closed_case(office, 2, closed_at=NOW)
    assert office.verify().erased == []
    assert retention(office).erase(ADA).counts == {"request": 1}
    report = office.verify()
    assert report.findings == []
    assert report.erased == [
        "message 1: its raw mail is no longer there, proof 1",
        "FOI000000001: its content is no longer there, proof 1",
    ]


@pytest.mark.parametrize(
    ("statement", "about"),
    [
        ("UPDATE request SET requester_name = 'Somebody' WHERE id = 1", "requester and dates of FOI000000001"),
        ("UPDATE erasure SET officer = 'nobody'", "proof 1"),
        ("DELETE FROM erasure", "erasure 1"),
        ("UPDATE letter SET record = 'other words' WHERE id = 1", "draft of letter 1"),
        ("DELETE FROM raw WHERE message_id = 2", "message 2: its raw mail is missing"),
    ],
)
def test_what_was_not_erased_by_us_is_still_found(office: Store, tmp_path: Path, statement: str, about: str) -> None:
    """An erasure is no cover: a forged proof, words put where they were erased, and mail that simply vanished."""
    a_closed_case(office, 1)
    a_closed_case(office, 2, closed_at=NOW)
    retention(office).erase(ADA)
    by_hand(tmp_path, statement)
    assert [finding for finding in office.verify().findings if about in finding]


def test_what_was_changed_before_it_was_erased_is_found_afterwards(office: Store, tmp_path: Path) -> None:
    """The event of the erasure carries what was really there, so that erasing hides no forgery."""
    a_closed_case(office)
    by_hand(tmp_path, "UPDATE question SET text = 'forged' WHERE request_id = 1 AND position = 1")
    retention(office).erase(ADA)
    [finding] = office.verify().findings
    assert "questions was erased and was not what had been recorded" in finding


# ---- what must stay --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"workflow": "drafting", "closed_at": None},
        {"workflow": "sent", "closed_at": None},
        {"legal_hold": "a claim is before the court"},
        {"flagged": True},
        {"closed_at": NOW - timedelta(days=3 * 365)},
    ],
    ids=["open", "not closed", "held", "called to an officer", "not yet"],
)
def test_an_open_held_flagged_or_recent_case_is_never_erased(office: Store, changes: dict[str, object]) -> None:
    """Neither listed nor erased."""
    a_closed_case(office, **changes)
    assert [due for due in retention(office).due() if due.request_id] == []
    assert retention(office).erase(ADA).counts == {}


def test_a_case_with_a_letter_under_way_waits(office: Store) -> None:
    """A letter that is still to be sent needs its words."""
    with office.write() as work:
        close(work, whole_case(work))
    assert retention(office).due() == []


def test_a_case_closed_without_a_date_counts_from_its_last_event(office: Store) -> None:
    """A withdrawn request has no day of closing; what happened last stands for it."""
    with office.write() as work:
        case = new_case(work, created_at=CLOSED)
        close(work, case, workflow="withdrawn", closed_at=None)
    [due] = retention(office).due()
    assert (due.rule, due.reference, due.since) == (Rule.REQUEST, case.reference, CLOSED)


def test_subject_access_has_its_own_time(office: Store) -> None:
    """Each law by its own key."""
    a_closed_case(office, 1, regime="sar")
    a_closed_case(office, 2)
    due = retention(office, sar_years=10).due()
    assert [(one.rule, one.reference) for one in due] == [(Rule.REQUEST, "FOI000000002")]
    due = retention(office, requests_years=0).due()
    assert [(one.rule, one.reference) for one in due] == [(Rule.SAR, "FOI000000001")]


def test_with_no_schedule_nothing_is_due(office: Store) -> None:
    """Everything is kept until the council says otherwise."""
    a_closed_case(office)
    nothing = dict.fromkeys(ALL, 0)
    assert retention(office, **nothing).due() == []
    assert retention(office, **nothing).erase(ADA).counts == {}


def test_mail_that_another_case_needs_stays_until_that_goes(office: Store) -> None:
    """A message that stands with an open case as well keeps its bytes; the last case takes it along."""
    case = a_closed_case(office, 1)
    other = a_closed_case(office, 2, workflow="drafting", closed_at=None)
    with office.write() as work:
        work.messages.link(other.id, 1, side="suggested", rung="it quotes it", at=CLOSED)
    retention(office).erase(ADA)
    with office.read() as work:
        assert work.cases.by_ids([case.id])[0].erased_at == NOW
        assert work.messages.raw(1) == letter_bytes(1)
    assert office.verify().findings == []
    with office.write() as work:
        close(work, other)
    retention(office).erase(ADA)
    with office.read() as work:
        assert (work.messages.raw(1), work.messages.raw(2)) == (None, None)
    assert office.verify().findings == []


def test_a_hold_set_after_the_list_was_made_is_heeded(office: Store) -> None:
    """What is erased is looked at again in the transaction that erases it."""
    case = a_closed_case(office)

    class Slow(Retention):
        def due(self, now: datetime | None = None) -> Any:
            found = super().due(now)
            with office.write() as work:
                work.cases.change(case, Happening(kind="legal_hold_set", at=NOW), legal_hold="a claim")
            return found

    slow = Slow(office, FixedClock(NOW), settings())
    assert slow.erase(ADA).counts == {}
    with office.read() as work:
        assert work.cases.by_ids([case.id])[0].requester_name == "Alex Example"


def test_it_is_erased_once(office: Store) -> None:
    """A second run finds nothing more."""
    a_closed_case(office)
    assert retention(office).erase(ADA).counts == {"request": 1}
    assert retention(office).erase(ADA).counts == {}
    assert retention(office).due() == []


def test_an_erased_case_can_be_looked_at_and_not_changed(office: Store) -> None:
    """Whoever wants to reopen it is told that only its figures are kept."""
    case = a_closed_case(office)
    retention(office).erase(ADA)
    with office.write() as work:
        who = work.officers.find(KIM)
        assert who is not None
        assert visible_case(work, case.reference, who).reference == case.reference
        with pytest.raises(NotAllowedError, match="was erased on 02 March 2026"):
            visible_case(work, case.reference, who, lock=True)


# ---- copies ----------------------------------------------------------------------------------------------------------


def test_erased_mail_that_comes_again_makes_no_request(office: Store) -> None:
    """Its digest is still known: the copy is a copy, its words go at the next run, and the trail holds."""
    a_closed_case(office)
    retention(office).erase(ADA)
    with office.write() as work:
        work.messages.take(MAILBOX, FOLDER, UIDVALIDITY, [arrival(77, letter_bytes(1), internal_date=NOW)], NOW)
    counts = Intake(
        office, FixedClock(NOW), SequenceIds(), settings(), uk_calendar(), reader=Here(Council.of(settings()))
    ).run()
    assert counts == {"other": 1}
    with office.read() as work:
        assert len(list(work.cases.every())) == 1
    [due] = retention(office).due()
    assert (due.rule, due.message_id) == (Rule.COPY, 2)
    assert retention(office).erase(ADA).counts == {"copy": 1}
    with office.read() as work:
        assert work.messages.raw(2) is None
    assert office.verify().findings == []


def test_a_copy_goes_with_its_case(office: Store) -> None:
    """A second delivery that stands with no case of its own is erased along with the first."""
    a_closed_case(office)
    with office.write() as work:
        work.messages.take(MAILBOX, "Archive", UIDVALIDITY, [arrival(5, letter_bytes(1))], CLOSED)
        values = {"verdict": "other", "intent": "duplicate", "duplicate_of": 1, "received_at": CLOSED}
        work.messages.settle(2, state="filed", values=values)
    retention(office).erase(ADA)
    with office.read() as work:
        assert (work.messages.raw(1), work.messages.raw(2)) == (None, None)
    assert office.verify().findings == []


# ---- the other rules -------------------------------------------------------------------------------------------------


def test_original_mail_can_go_before_the_rest(office: Store) -> None:
    """Only the bytes: who asked and what was answered stay, and the trail says that the mail is gone."""
    case = a_closed_case(office)
    [due] = retention(office, requests_years=0, raw_mail_days=180).due()
    assert (due.rule, due.reference) == (Rule.RAW_MAIL, case.reference)
    assert retention(office, requests_years=0, raw_mail_days=180).erase(ADA).counts == {"raw_mail": 1}
    with office.read() as work:
        kept = work.cases.by_ids([case.id])[0]
        assert (kept.requester_name, kept.erased_at, work.messages.raw(1)) == ("Alex Example", None, None)
    report = office.verify()
    assert report.findings == []
    assert report.erased == ["message 1: its raw mail is no longer there, proof 1"]
    assert retention(office).erase(ADA).counts == {"request": 1}
    assert office.verify().findings == []


def loose(work: Work, uid: int, at: datetime = CLOSED, **values: object) -> int:
    """A message without a case, as intake files it; returns its number."""
    raw = letter_bytes(uid)
    work.messages.take(MAILBOX, FOLDER, UIDVALIDITY, [arrival(uid, raw, internal_date=at)], at)
    number = work.cases._connection.scalars(select(schema.Message.id).where(schema.Message.uid == uid)).one()
    filed = {
        "verdict": "other",
        "intent": "thanks",
        "received_at": at,
        "author_email": "a@example.org",
        "flagged": False,
    }
    state = str(values.pop("state", "filed"))
    work.messages.settle(number, state=state, values={**filed, **values})
    return int(number)


def test_other_mail_goes_when_it_waits_for_nobody(office: Store) -> None:
    """Dismissed, or a machine's that needed no look; what an officer has yet to check is kept, however old."""
    with office.write() as work:
        dismissed = loose(work, 1, dismissed_at=CLOSED, dismissed_by=KIM)
        loose(work, 2)
        machine = loose(work, 3, verdict="automatic", intent="automatic")
        loose(work, 4, verdict="automatic", intent="automatic", flagged=True)
        loose(work, 5, dismissed_at=NOW, dismissed_by=KIM)
        loose(work, 6, at=NOW, verdict="automatic", intent="automatic")
    assert [due.message_id for due in retention(office).due()] == [dismissed, machine]
    assert retention(office).erase(ADA).counts == {"other_mail": 2}
    with office.write() as work:
        assert [work.messages.raw(number) is None for number in range(1, 7)] == [True, False, True, False, False, False]
        assert work.new_mail.find(dismissed) is None
    report = office.verify()
    assert (report.findings, len(report.erased)) == ([], 2)


def test_dismissed_mail_that_could_not_be_read_goes_and_can_not_be_tried_again(office: Store) -> None:
    """One that was not dismissed stays; the erased one is no longer in the list that "try again" knows."""
    with office.write() as work:
        gone = loose(work, 1, state="quarantined", verdict="quarantined", intent="unreadable", dismissed_at=CLOSED)
        kept = loose(work, 2, state="quarantined", verdict="quarantined", intent="unreadable")
    assert retention(office).erase(ADA).counts == {"quarantined": 1}
    with office.read() as work:
        assert (work.quarantine.rows(gone), work.messages.raw(gone)) == ([], None)
        assert [one.id for one in work.quarantine.rows()] == [kept]
    assert office.verify().findings == []


def test_who_looked_and_what_our_people_were_told_have_times_of_their_own(office: Store) -> None:
    """Old records go, and those of a held case stay; a mail that is still to be sent keeps its text."""
    case = a_closed_case(office, legal_hold="a claim")
    other = a_closed_case(office, 2, closed_at=NOW)
    with office.write() as work:
        work.openings.note(other.id, KIM, "the request", NOW)
        work.cases._connection.execute(update(schema.Notice).where(schema.Notice.id == 1).values(status="sent"))
    done = retention(office, openings_days=365, notices_days=90).erase(ADA)
    assert done.counts == {"openings": 1, "notices": 1}
    with office.read() as work:
        assert [one.what for one in work.openings.of_case(case.id)] == ["My clinic.pdf"]
        assert [one.what for one in work.openings.of_case(other.id)] == ["the request"]
        notices = list(work.cases._connection.scalars(select(schema.Notice.content).order_by(schema.Notice.id)))
    assert (notices[0], len(notices[1]) > 0) == (b"", True)
    assert office.verify().findings == []


# ---- who -------------------------------------------------------------------------------------------------------------


def test_only_an_administrator_erases(office: Store) -> None:
    """An officer may look at the list and not erase."""
    a_closed_case(office)
    with pytest.raises(NotAllowedError, match="not an administrator"):
        retention(office).erase(KIM)


def test_by_itself_only_where_the_council_has_said_so(office: Store) -> None:
    """The worker asks each hour; without the key it does nothing, and nobody can pass for it."""
    a_closed_case(office)
    assert retention(office).by_itself().counts == {}
    with pytest.raises(UsageError, match="by_itself"):
        retention(office).erase(BY_ITSELF)
    assert retention(office, by_itself=True).by_itself().counts == {"request": 1}
    with office.read() as work:
        [proof] = work.erasures.proofs()
    assert (proof.officer, proof.rule, proof.reference) == ("infogov", "request", "FOI000000001")


def test_one_that_fails_hinders_no_other(office: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, rolled back whole, and the next one is erased."""
    first, second = a_closed_case(office, 1), a_closed_case(office, 2)
    eraser = type_of_erasures(office)
    true = eraser._wipe_letters

    def fails(self: Any, case_id: int) -> None:
        if case_id == first.id:
            raise NotAllowedError("no")
        true(self, case_id)

    monkeypatch.setattr(eraser, "_wipe_letters", fails)
    done = retention(office).erase(ADA)
    assert (done.counts, len(done.problems)) == ({"request": 1}, 1)
    with office.read() as work:
        assert work.cases.by_ids([first.id])[0].requester_name == "Alex Example"
        assert work.cases.by_ids([second.id])[0].requester_name == ""


def type_of_erasures(store: Store) -> Any:
    """The class that erases."""
    with store.read() as work:
        return type(work.erasures)


def test_a_mail_to_our_people_about_the_case_is_emptied(office: Store) -> None:
    """Also where its reference is cut in two by quoted-printable; one about another case keeps its text."""
    case = a_closed_case(office)
    with office.write() as work:
        work.cases._connection.execute(
            insert(schema.Notice).values(
                once_key="other", kind="morning", recipient=KIM, content=b"FOI999", status="sent", attempts=1,
                not_before=CLOSED, created_at=CLOSED,
            )
        )  # fmt: skip
    retention(office).erase(ADA)
    with office.read() as work:
        rows = list(work.cases._connection.scalars(select(schema.Notice.content).order_by(schema.Notice.id)))
        assert work.events.of_case(case.id)[-1].kind == "erased"
    assert rows == [b"", b"FOI999"]


def test_the_day_of_the_schedule_is_whole(office: Store) -> None:
    """Closed on a day three years ago, it goes on the day after that day comes round."""
    a_closed_case(office)
    until = date(2025, 3, 1)
    noon = datetime(until.year, until.month, until.day, 12, tzinfo=UTC)
    assert retention(office, noon).due() == []
    assert len(retention(office, noon + timedelta(days=1)).due()) == 1
