"""Requests that no mailbox had: keyed in at the counter, by post or telephone, or taken over from the system before Infogov."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from files_of_cases import KIM, NOW, REX, SAM, Bureau, day
from storing import FOLDER, MAILBOX, UIDVALIDITY, arrival

from pipeline.bootstrap import uk_calendar
from pipeline.domain.clock import parse_event
from pipeline.domain.errors import NotAllowedError, UsageError
from pipeline.domain.request import Regime
from pipeline.mail.council import Council
from pipeline.mail.parsing import attachment_bytes, parse
from pipeline.mail.reading_here import Here
from pipeline.stages.counter import Channel, Counter, Entry, Stage
from pipeline.stages.intake import Intake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = "Please tell me:\n\n1. How many allotments are let?\n2. What does one cost a year?\n\nOrla Finch"
LETTER = Entry(
    text=TEXT, received_on=day(13), channel=Channel.POST, requester_name="Orla Finch", postal_address="1 Elm Way\nExham"
)
MAILED = replace(LETTER, requester_email="orla@example.org", postal_address="")
HEAD = "own_reference;received_on;text;requester_name;requester_email;law;stage;events;owner;acknowledged_on;letters_sent\n"


class Office(Bureau):
    """The bureau with a counter and an intake."""

    def __init__(self, tmp_path: Path) -> None:
        super().__init__(tmp_path)
        self.counter = Counter(self.store, self.clock, self.ids, self.settings, uk_calendar(), self.clocks, via="web")
        self.intake = Intake(
            self.store, self.clock, self.ids, self.settings, uk_calendar(), reader=Here(Council.of(self.settings))
        )

    def outbox(self) -> list[tuple[str, str]]:
        """(kind, to) of every letter out."""
        with self.store.read() as work:
            return [(row.kind, row.recipients[0]) for row in work.outbox.summaries()]

    def count(self) -> int:
        """How many requests there are."""
        with self.store.read() as work:
            return sum(work.cases.counts().values())


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office whose trail is whole at the end, and where nothing was lost."""
    made = Office(tmp_path)
    yield made
    assert made.whole() == []
    with made.store.read() as work:
        assert (work.messages.unaccounted(), work.cases.unacknowledged()) == ([], [])
    made.store.close()


def test_a_letter_by_post_is_a_case_with_its_words_and_files(office: Office) -> None:
    """Questions, law and dates are found as in a mail; the scan is kept to the byte; nobody is written to without an address."""
    done = office.counter.log(replace(LETTER, files={"scan.pdf": b"%PDF-1.7 scan"}), KIM)
    case = office.case(done.reference)
    assert [one.label for one in case.questions] == ["1", "2"]
    assert (case.regime, case.channel, case.received_on, case.due_on) == ("foi", "post", day(13), date(2025, 2, 10))
    assert (case.acknowledge, office.outbox(), done.acknowledged) == ("none", [], False)
    with office.store.read() as work:
        [message] = work.messages.of_case(case.id)
        raw = work.messages.raw(message.id) or b""
    mail = parse(raw)
    assert "1 Elm Way, Exham" in mail.text
    assert attachment_bytes(raw, mail.attachments[0].sha256) == b"%PDF-1.7 scan"
    assert (message.side, message.mailbox, message.folder, message.state) == ("requester", "counter", "post", "filed")


def test_an_address_is_acknowledged_by_the_rules(office: Office) -> None:
    """With an e-mail address the acknowledgement goes through the outbox like any other, unless the officer wants none."""
    assert office.counter.log(MAILED, KIM).acknowledged
    assert office.outbox() == [("acknowledgement", "orla@example.org")]
    quiet = office.counter.log(replace(MAILED, acknowledge=False), KIM)
    assert office.case(quiet.reference).acknowledge == "officer"
    assert len(office.outbox()) == 1


def test_the_hundredth_letter_of_a_day_waits_for_an_officer(office: Office) -> None:
    """The limit on acknowledgements to one address holds at the counter, too."""
    done = [office.counter.log(replace(MAILED, text=f"{TEXT} {number}"), KIM) for number in range(7)]
    assert sum(one.acknowledged for one in done) == office.settings.acknowledgement.per_sender_per_day
    assert office.case(done[-1].reference).acknowledge == "officer"


def test_a_telephone_call_needs_writing_under_foi_only(office: Office) -> None:
    """FOIA asks for writing, so an officer is told and nothing goes by itself; environmental information may be asked for aloud."""
    spoken = replace(MAILED, channel=Channel.TELEPHONE)
    foi = office.counter.log(replace(spoken, regime=Regime.FOI), KIM)
    assert any("put it in writing" in one for one in foi.remarks)
    assert (office.case(foi.reference).flagged, foi.acknowledged) == (True, False)
    eir = office.counter.log(replace(spoken, regime=Regime.EIR), KIM)
    assert (office.case(eir.reference).flagged, eir.acknowledged, eir.reference[:3]) == (False, True, "EIR")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (replace(LETTER, text=" "), "text: there are no words"),
        (replace(LETTER, received_on=day(16)), "has not come yet"),
        (replace(LETTER, requester_name="", postal_address=""), "nobody is named"),
        (replace(LETTER, requester_email="orla at home"), "no address that a letter"),
        (replace(LETTER, requester_email="foi@exampleshire.gov.uk"), "our own addresses"),
        (replace(LETTER, owner=SAM), "no officer who works"),
        (replace(LETTER, team="nobody's"), "nobody is in a team"),
        (replace(LETTER, team="children", owner=KIM), "not in the team"),
        (replace(LETTER, own_reference="C-1", stage=Stage.WAITING), "since when it waits"),
        (replace(LETTER, own_reference="C-1", events=(parse_event("sent=2025-01-14"),)), "not an event of an open"),
        (replace(LETTER, own_reference="C-1", events=(parse_event("fees_paid=2025-01-14"),)), "No fee was awaited"),
    ],
)
def test_what_cannot_be_so_opens_nothing(office: Office, entry: Entry, words: str) -> None:
    """Each mistake is named with its column and remedy, or the law's reason, and leaves no case and no message behind."""
    with pytest.raises(NotAllowedError, match=words):
        office.counter.log(entry, KIM)
    assert office.count() == 0


def test_somebody_who_only_looks_logs_nothing(office: Office) -> None:
    """The role to look is not enough."""
    with pytest.raises(NotAllowedError, match="may look but not act"):
        office.counter.log(LETTER, SAM)


def test_a_case_from_before_us_has_its_past(office: Office) -> None:
    """Its number, owner, clock and letters are there; nothing is sent, and mail from its requester that quotes the number finds it."""
    entry = replace(
        MAILED, channel=Channel.BEFORE_US, own_reference="IG/2024/0815", received_on=date(2024, 12, 2), owner=KIM,
        events=(parse_event("clarification_asked=2024-12-10"), parse_event("clarification_received=2025-01-08")),
        stage=Stage.FOR_APPROVAL, acknowledged_on=date(2024, 12, 3), letters_sent="acknowledgement, clarification",
    )  # fmt: skip
    reference = office.counter.log(entry, KIM).reference
    case = office.case(reference)
    assert (case.workflow, case.owner, case.own_reference) == ("drafting", KIM, "IG/2024/0815")
    assert (case.due_on, case.acknowledge, office.outbox()) == (date(2025, 2, 5), "none", [])
    assert case.acknowledged_at is not None
    assert ["acknowledgement, clarification" in one.text for one in office.files.notes(reference, SAM)] == [True]
    raw = (
        b"From: Orla Finch <orla@example.org>\r\nTo: foi@exampleshire.gov.uk\r\nSubject: Re: your ref IG/2024/0815.\r\n"
        b"Message-ID: <late@example.org>\r\n\r\nWhen will you answer my request of December? It is overdue.\r\n"
    )
    stranger = raw.replace(b"orla@", b"mallory@").replace(b"<late@", b"<bad@")
    with office.store.write() as work:
        work.messages.take(
            MAILBOX,
            FOLDER,
            UIDVALIDITY,
            [arrival(1, raw, internal_date=NOW), arrival(2, stranger, internal_date=NOW)],
            NOW,
        )
    office.intake.run()
    with office.store.read() as work:
        assert [m.author_email for m in work.messages.of_case(case.id)] == ["orla@example.org", "orla@example.org"]


def test_many_are_imported_at_once(office: Office) -> None:
    """Every row becomes a case, on the day and with the past it names; a trial run leaves nothing behind."""
    rows = HEAD + (
        "C-1001;13/01/2025;How many trees were felled?;Orla Finch;orla@example.org;eir;;;;;\n"
        f'C-1002;2025-01-02;"What did it cost;\nand who paid?";Max Vale;max@example.org;;waiting;clarification_asked=2025-01-06;{KIM};;phone call\n'
    )
    tried = office.counter.import_cases(rows.encode(), KIM, dry_run=True)
    assert (tried.problems, tried.rows, office.count()) == ((), 2, 0)
    assert tried.opened == (("C-1001", ""), ("C-1002", ""))
    done = office.counter.import_cases(b"\xef\xbb\xbf" + rows.encode(), KIM, dry_run=False)
    first, second = (office.case(reference) for _, reference in done.opened)
    assert (first.regime, first.channel, first.due_on) == ("eir", "before_us", date(2025, 2, 10))
    assert (second.clock, second.workflow, second.owner) == ("waiting_for_requester", "drafting", KIM)
    again = office.counter.import_cases(rows.encode(), KIM, dry_run=False)
    assert {(one.row, one.column) for one in again.problems} == {(2, "own_reference"), (3, "own_reference")}
    assert office.count() == 2


def test_one_bad_row_stops_all_and_every_bad_row_is_named(office: Office) -> None:
    """The report has row, column and remedy for each mistake, and nothing was opened."""
    rows = HEAD + (
        "C-1;2025-01-13;How many?;Orla;orla@example.org;;;;;;\n"
        ";2025-13-13;;Orla;orla@example.org;law of the land;someday;sneezed=2025-01-06;;31/02/2025;\n"
        "C-1;2025-01-13;How many?;;;;;;nobody@example.org;;\n"
        "\n"
        "C-4;2025-01-13;How many?;Orla;;;;fees_paid=2025-01-14;;;\n"
    )
    report = office.counter.import_cases(rows.encode(), KIM, dry_run=False)
    assert office.count() == 0
    assert {(one.row, one.column) for one in report.problems} == {
        (3, "own_reference"), (3, "received_on"), (3, "text"), (3, "law"), (3, "stage"), (3, "events"),
        (3, "acknowledged_on"), (4, "own_reference"), (4, "requester_name"), (4, "owner"), (6, "events"),
    }  # fmt: skip
    assert all(one.remedy for one in report.problems)
    assert report.rows == 4


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"own_reference,text\n", "missing: received_on"),
        (b"own_reference,text,received_on,colour\n", "not known: colour"),
        (b"own_reference,text,received_on,text\n", "twice: text"),
        ("own_reference,text,received_on\nx,für,2025\n".encode("latin-1"), "CSV UTF-8"),
        (b'own_reference,text,received_on\n1,"open,2025-01-01\n', "no CSV"),
        (b"", "missing"),
    ],
)
def test_a_file_that_is_no_such_file_is_refused(office: Office, content: bytes, words: str) -> None:
    """A file of another kind is refused with what is wrong with it."""
    with pytest.raises(UsageError, match=words):
        office.counter.import_cases(content, KIM, dry_run=True)


def test_a_restricted_case_is_its_teams_from_the_start(office: Office) -> None:
    """A case logged for a team is seen by nobody else."""
    reference = office.counter.log(replace(LETTER, team="children"), KIM).reference
    with pytest.raises(NotAllowedError, match="only the team"):
        office.files.notes(reference, KIM)
    assert office.files.notes(reference, REX) == []
