"""Mails to our own people over a database file: made once, sent once, to officers only; and what comes back makes no request."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fakes import FakeTransport, FixedClock, SequenceIds
from product import bounce_of
from storing import FOLDER, MAILBOX, UIDVALIDITY, arrival, make_store, new_case, position

from pipeline.bootstrap import uk_calendar
from pipeline.domain.errors import TransportError, UncertainError
from pipeline.mail.council import Council
from pipeline.mail.reading_here import Here
from pipeline.settings import Settings
from pipeline.stages.intake import Intake
from pipeline.stages.notices import TRIES, Notices
from pipeline.store.events import Happening
from pipeline.store.notices import NewNotice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.store import Store

EIGHT = datetime(2025, 1, 13, 8, 0, tzinfo=UTC)  # a Monday
KIM, ANN = "kim@council.example", "ann@council.example"


def settings(**changes: dict[str, Any]) -> Settings:
    """A council whose own domain is not configured as internal."""
    values: dict[str, Any] = {
        "path": Path("infogov.toml"),
        "authority": {"name": "Northfield Council", "team": "Information Governance Team"},
        "mailbox": {"foi": {"name": "foi", "host": "127.0.0.1", "user": "foi"}},
        "smtp": {"host": "127.0.0.1", "from_address": "foi@council.example", "envelope_from": "foi@council.example"},
    }
    return Settings.model_validate(values | changes)


class Office:
    """A store with two officers and one of their cases each, and the stage over a transport in memory."""

    def __init__(self, store: Store, **changes: dict[str, Any]) -> None:
        self.store = store
        self.settings = settings(**changes)
        self.clock = FixedClock(EIGHT)
        self.ids = SequenceIds()
        self.transport = FakeTransport()
        self.notices = self.again()
        self._uid = 0
        with store.write() as work:
            work.officers.add(KIM, "Kim", "officer", via="test", at=EIGHT)
            work.officers.add(ANN, "Ann", "approver", via="test", at=EIGHT)

    def again(self) -> Notices:
        """The stage as a worker that has just started has it."""
        return Notices(self.store, self.transport, self.clock, self.ids, self.settings, uk_calendar())

    def case(self, reference: str, **changes: Any) -> None:
        """Open a case; *owner*, *team* and *workflow* are set afterwards."""
        later = {name: changes.pop(name) for name in ("owner", "team", "workflow") if name in changes}
        with self.store.write() as work:
            case = new_case(work, reference, **changes)
            if later:
                work.cases.change(case, Happening(kind="set_by_test", at=EIGHT), **later)

    def receive(self, raw: bytes) -> str:
        """Take *raw* in and file it; returns its verdict."""
        self._uid += 1
        with self.store.write() as work:
            work.messages.take(
                MAILBOX,
                FOLDER,
                UIDVALIDITY,
                [arrival(self._uid, raw, internal_date=self.clock.now())],
                self.clock.now(),
            )
        [verdict] = self.notices_intake().run()
        return str(verdict)

    def notices_intake(self) -> Intake:
        """Intake over the same store."""
        return Intake(
            self.store, self.clock, self.ids, self.settings, uk_calendar(), reader=Here(Council.of(self.settings))
        )

    def rows(self) -> list[tuple[str, str, str]]:
        """Kind, recipient and status of every mail, oldest first."""
        with self.store.read() as work:
            found = work.notices._connection.exec_driver_sql("SELECT kind, recipient, status FROM notice ORDER BY id")
            return [(row[0], row[1], row[2]) for row in found]

    def mail(self, number: int = 0) -> Any:
        """A mail that went, parsed."""
        return message_from_bytes(self.transport.sent[number].raw, policy=policy.default)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = make_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def office(store: Store) -> Office:
    """The office as configured by default."""
    return Office(store)


def text_of(mail: Any) -> str:
    """The words of a mail."""
    return str(mail.get_content())


# ---- when ------------------------------------------------------------------------------------------------------------


def test_each_gets_one_mail_a_day_whoever_is_started_when(office: Office) -> None:
    """At eight one mail each; neither a second look nor a worker that is started again sends another."""
    assert office.notices.run().sent == 2
    office.clock.advance(timedelta(hours=1))
    assert office.notices.run().sent == 0
    assert office.again().run().sent == 0
    assert sorted(sent.recipients for sent in office.transport.sent) == [(ANN,), (KIM,)]


def test_a_worker_that_was_down_at_eight_sends_late_on_the_same_day(office: Office) -> None:
    """At half past nine in the evening it is still today's mail."""
    office.clock.advance(timedelta(hours=13, minutes=30))
    assert office.notices.run().sent == 2


def test_yesterdays_mail_is_not_sent_today(office: Office) -> None:
    """What was queued and could not leave lapses at midnight; the next day has a mail of its own."""
    office.transport.fail_next(TransportError("no route"), before=True)
    told = office.notices.run()
    assert (told.queued, told.sent, told.unreachable) == (2, 0, "no route")
    office.clock.advance(timedelta(days=1))
    told = office.notices.run()
    assert (told.lapsed, told.sent) == (2, 2)
    assert "14 January 2025" in office.mail()["Subject"]


def test_before_eight_and_on_sundays_nothing_is_made(office: Office) -> None:
    """The database isn't even written to."""
    office.clock.set(EIGHT - timedelta(minutes=1))
    assert office.notices.prepare() == 0
    office.clock.set(EIGHT - timedelta(days=1))
    assert office.notices.prepare() == 0
    assert office.rows() == []


def test_at_noon_an_approver_is_warned_once_of_what_is_not_approved(office: Office) -> None:
    """Only with something due today; the owner, who may not approve, is not warned."""
    office.case("FOI000000015", due_on=date(2025, 1, 13), topic="Clinics")
    office.notices.run()
    office.clock.set(EIGHT + timedelta(hours=4))
    assert office.notices.run().sent == 1
    assert office.notices.run().sent == 0
    assert office.transport.sent[-1].recipients == (ANN,)
    warning = office.mail(-1)
    assert warning["Subject"] == "Due today and not approved: 1"
    assert "FOI000000015" in text_of(warning)


def test_at_noon_nothing_is_said_where_nothing_is_due(office: Office) -> None:
    """No mail about nothing."""
    office.case("FOI000000015", due_on=date(2025, 1, 14))
    office.clock.set(EIGHT + timedelta(hours=5))
    assert sorted(kind for kind, _, _ in office.rows()) == []
    office.notices.run()
    assert sorted(kind for kind, _, _ in office.rows()) == ["morning", "summary"]


# ---- what ------------------------------------------------------------------------------------------------------------


def test_the_mail_names_cases_and_never_who_asked(office: Office) -> None:
    """References, topics and dates; no name and no address of a requester, also not in the summary."""
    office.case("FOI000000015", due_on=date(2025, 1, 10), owner=KIM, topic="Clinics")
    office.case("FOI000000023", due_on=date(2025, 1, 15), topic="Potholes")
    office.notices.run()
    told = {sent.recipients[0]: text_of(office.mail(n)) for n, sent in enumerate(office.transport.sent)}
    assert "FOI000000015  10 January 2025, overdue by 1 working day, new" in told[KIM]
    assert "Nobody's: 1" in told[KIM]
    assert "Who has what" in told[ANN]
    assert f"{KIM}: 1 open, 1 overdue" in told[ANN]
    assert not any(word in text for text in told.values() for word in ("Alex", "example.org"))


def test_the_mail_says_when_mailboxes_were_read_and_where_the_trail_ends(office: Office) -> None:
    """Only the summary has the ends of the chains; a mailbox that was never read is said to be so."""
    with office.store.write() as work:
        work.messages.first_contact(MAILBOX, FOLDER, position())
        work.messages.first_contact("other", FOLDER, position())
        work.messages.advance(MAILBOX, FOLDER, 1, EIGHT - timedelta(minutes=1))
    with office.store.read() as work:
        heads = work.notices.heads()
    office.notices.run()
    told = {sent.recipients[0]: text_of(office.mail(n)) for n, sent in enumerate(office.transport.sent)}
    assert "foi: last read to its end 07:59 on 13 January 2025" in told[KIM]
    assert "other: never read to its end" in told[KIM]
    assert heads.digest[:32] in told[ANN]
    assert heads.service[:32] in told[ANN]
    assert heads.digest[:32] not in told[KIM]


def test_the_heads_tell_of_a_chain_that_was_cut(office: Office) -> None:
    """The digest over all ends is another one as soon as any chain is."""
    with office.store.read() as work:
        before = work.notices.heads()
    office.case("FOI000000015")
    with office.store.read() as work:
        after = work.notices.heads()
    assert (before.chains + 1, before.service) == (after.chains, after.service)
    assert before.digest != after.digest


def test_the_mail_says_that_a_machine_wrote_it(office: Office) -> None:
    """So that no out-of-office reply comes back, and that a bounce does."""
    office.notices.run()
    mail = office.mail()
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert office.transport.sent[0].sender == "foi@council.example"


def test_a_topic_can_put_nothing_into_the_headers(office: Office) -> None:
    """Whatever stands in a topic stays in the text."""
    office.case(
        "FOI000000015", due_on=date(2025, 1, 13), owner=KIM, topic="x\r\nBcc: eve@example.org\r\n\r\n{{ 7 * 7 }}"
    )
    office.notices.run()
    mail = next(m for m in map(office.mail, range(2)) if m["To"] == KIM)
    assert mail["Bcc"] is None
    assert "{{ 7 * 7 }}" in text_of(mail)


def test_many_requests_of_one_sender_are_told_once_a_day(store: Store) -> None:
    """How many, the first and the last; not from whom. One who asks again within a second is not answered anew, and misses nothing."""
    office = Office(store, reminders={"flood_after": 5})
    office.clock.set(EIGHT - timedelta(hours=3))
    for n in range(4):
        office.case(f"FOI00000001{n}", created_at=office.clock.now())
    assert office.notices.prepare() == 0
    office.case("FOI000000014", created_at=office.clock.now())
    assert office.notices.prepare() == 0
    office.clock.set(office.clock.now() + timedelta(seconds=1))
    assert office.notices.prepare() == 2
    office.clock.set(office.clock.now() + timedelta(seconds=1))
    office.case("FOI000000019", created_at=office.clock.now())
    assert office.notices.prepare() == 0
    assert office.again().prepare() == 0
    assert office.notices.send().sent == 2
    said = text_of(office.mail())
    assert "5 requests have come from one address" in said
    assert "FOI000000010" in said
    assert "FOI000000014" in said
    assert "example.org" not in said


# ---- sending ---------------------------------------------------------------------------------------------------------


def test_held_letters_hold_these_mails_too_and_late_ones_lapse(store: Store) -> None:
    """Where delivery is on hold nothing leaves; what was held past its day never does."""
    office = Office(store, delivery={"mode": "hold"})
    assert office.notices.run().held
    assert office.transport.sent == []
    released = Office(store)
    released.clock.set(EIGHT + timedelta(days=1))
    assert released.notices.send().lapsed == 2


def test_a_trial_sends_them_to_its_one_address(store: Store) -> None:
    """Redirected, they count as such."""
    office = Office(store, delivery={"mode": "redirect", "redirect_to": "trial@council.example"})
    assert office.notices.run().redirected == 2
    assert {sent.recipients for sent in office.transport.sent} == {("trial@council.example",)}


def queue(office: Office, recipient: str, kind: str = "break_glass") -> None:
    """Queue a mail as another stage does."""
    new = NewNotice(
        once_key=f"{kind}:{recipient}", kind=kind, recipient=recipient, content=b"Subject: x\r\n\r\nx\r\n",
        message_id="<abc@council.example>", not_before=office.clock.now(),
    )  # fmt: skip
    with office.store.write() as work:
        assert work.notices.queue(new, at=office.clock.now()) is not None
        assert work.notices.queue(new, at=office.clock.now()) is None


def test_whatever_is_queued_is_sent_to_officers_only(store: Store) -> None:
    """A mail of another kind goes as well; one to somebody who is no officer stays, and so does one to a disabled officer."""
    office = Office(store, reminders={"enabled": False})
    for recipient in (KIM, "alex@example.org", ANN):
        queue(office, recipient)
    with store.write() as work:
        work.officers.set_disabled(ANN, EIGHT, role=None, via="test", at=EIGHT)
    told = office.notices.run()
    assert (told.sent, told.failed) == (1, 2)
    assert [sent.recipients for sent in office.transport.sent] == [(KIM,)]


def test_an_uncertain_one_is_never_repeated(store: Store) -> None:
    """Contact lost after DATA: it may have arrived, and nobody needs it twice."""
    office = Office(store, reminders={"enabled": False})
    queue(office, KIM)
    office.transport.fail_next(UncertainError("lost"))
    assert office.notices.run().uncertain == 1
    office.clock.advance(timedelta(hours=1))
    assert office.notices.run().sent == 0
    assert office.transport.sent == []


def test_a_refusal_for_now_is_tried_a_few_times(store: Store) -> None:
    """Then it is given up; one for good is given up at once."""
    office = Office(store, reminders={"enabled": False})
    queue(office, KIM)
    office.transport.refuse[KIM] = "451 4.7.1 later"
    for _ in range(TRIES):
        office.notices.run()
        office.clock.advance(timedelta(hours=1))
    assert office.rows() == [("break_glass", KIM, "failed")]
    queue(office, ANN, "other")
    office.transport.refuse[ANN] = "550 5.1.1 nobody"
    assert office.notices.run().failed == 1


@pytest.mark.parametrize(("phase", "after"), [("claimed", "sent"), ("sending", "uncertain")])
def test_what_a_dead_process_had_in_hand_goes_once_at_most(phase: str, after: str, store: Store) -> None:
    """Before DATA its successor sends it; from DATA on nobody does."""
    office = Office(store, reminders={"enabled": False})
    queue(office, KIM)
    with store.write() as work:
        row = work.notices.claim(office.clock.now())
        assert row is not None
        assert phase == "claimed" or work.notices.mark_data(row)
    office.notices.run()
    assert office.rows() == [("break_glass", KIM, after)]


# ---- what comes back -------------------------------------------------------------------------------------------------


def answer(
    mail: Any, sender: str, *extra: str, body: str = "Could you please tell me how many clinics there are?"
) -> bytes:
    """A mail from *sender* in the thread of *mail*, quoting it below, as clients do."""
    quoted = "".join(f"> {line}\r\n" for line in text_of(mail).splitlines())
    lines = (
        f"From: {sender}", "To: foi@council.example", f"Subject: Re: {mail['Subject']}", "Message-ID: <r1@council.example>",
        f"In-Reply-To: {mail['Message-ID']}", f"References: {mail['Message-ID']}", *extra,
    )  # fmt: skip
    return ("\r\n".join(lines) + f"\r\n\r\n{body}\r\n\r\n{quoted}").encode()


@pytest.fixture
def told(office: Office) -> Any:
    """A morning mail of Kim's that names one case of hers."""
    office.case("FOI000000015", due_on=date(2025, 1, 10), owner=KIM)
    office.notices.run()
    return next(mail for mail in map(office.mail, range(2)) if mail["To"] == KIM)


def sides(office: Office) -> int:
    """How many messages stand with any case."""
    with office.store.read() as work:
        return int(work.notices._connection.exec_driver_sql("SELECT count(*) FROM case_message").scalar_one())


def test_an_officers_answer_makes_no_request_and_joins_no_case(office: Office, told: Any) -> None:
    """Though the council's domain is not configured and the answer quotes a case's reference and asks a question."""
    assert office.receive(answer(told, KIM)) == "internal"
    assert sides(office) == 0


@pytest.mark.parametrize("headers", [("Auto-Submitted: auto-replied",), ()])
def test_an_out_of_office_reply_starts_no_loop(office: Office, told: Any, headers: tuple[str, ...]) -> None:
    """With the marks of a machine it is automatic, without them it is internal; neither is answered or put with a case."""
    body = "I am out of the office until Monday and will reply on my return."
    verdict = office.receive(answer(told, KIM, *headers, body=body))
    assert verdict == ("automatic" if headers else "internal")
    assert sides(office) == 0
    with office.store.read() as work:
        assert work.outbox.summaries() == []


def test_a_bounce_marks_the_mail_and_no_case(office: Office, told: Any) -> None:
    """The mail counts as failed and the bounce waits among new mail; no case is flagged for it."""
    raw = next(sent.raw for sent in office.transport.sent if sent.recipients == (told["To"],))
    assert office.receive(bounce_of(raw, KIM)) == "bounce"
    assert ("morning", KIM, "failed") in office.rows()
    assert sides(office) == 0


def test_a_stranger_who_has_the_mail_still_makes_a_request(office: Office, told: Any) -> None:
    """Being in the thread makes nobody a colleague."""
    assert office.receive(answer(told, "jane@example.org")) == "request"


def test_the_trail_holds_after_all_that(office: Office, told: Any) -> None:
    """Every mail that went has its event on the service's chain, and the chains prove themselves."""
    del told
    assert office.store.verify().findings == []
    with office.store.read() as work:
        kinds = work.notices._connection.exec_driver_sql("SELECT kind FROM event WHERE kind LIKE 'notice%'").all()
    assert [row[0] for row in kinds] == ["notice_sent", "notice_sent"]


@pytest.mark.slow
def test_a_thousand_requests_of_one_sender_are_all_recorded_few_acknowledged_and_told(office: Office) -> None:
    """A mail bomb: every one has its case, the acknowledgements stop at the limit, and each officer gets one word about it."""
    numbers = range(1, 1001)
    raws = [
        f"From: bomb@example.org\r\nTo: foi@council.example\r\nSubject: FOI request {n}\r\nMessage-ID: <{n}@example.org>\r\n\r\n"
        f"Under the Freedom of Information Act, how many lamps are there in street {n}?\r\n".encode()
        for n in numbers
    ]
    with office.store.write() as work:
        arrivals = [arrival(n, raw, internal_date=EIGHT) for n, raw in zip(numbers, raws, strict=True)]
        work.messages.take(MAILBOX, FOLDER, UIDVALIDITY, arrivals, EIGHT)
    assert office.notices_intake().run() == {"request": 1000}
    with office.store.read() as work:
        cases = list(work.cases.every())
        assert len(work.outbox.summaries()) == office.settings.acknowledgement.per_sender_per_day
    office.clock.set(EIGHT - timedelta(hours=2))
    assert office.notices.prepare() == 2
    office.notices.send()
    said = text_of(office.mail())
    assert "1000 requests have come from one address within a day." in said
    assert f"The first: {cases[0].reference}" in said
    assert f"The last so far: {cases[-1].reference}" in said
    assert "bomb" not in said
