"""The letters beside the answer: drafted, approved and sent like it, and what they do to the clock on the day they go (issue 4, section 3)."""

from __future__ import annotations

from email import message_from_bytes
from email.header import decode_header, make_header
from typing import TYPE_CHECKING

import pytest
from product import APPROVER, DRAFTER, making

from pipeline.domain.clock_events import EventKind
from pipeline.domain.errors import NotAllowedError, RecordError
from pipeline.letters.model import LetterKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from product import Product
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

    from pipeline.store.records import Case

pytestmark = pytest.mark.dovecot


@pytest.fixture
def product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Product]:
    """The product with one mailbox and the plainest configuration."""
    with making(tmp_path, dovecot, sink, user) as make:
        yield make()


def keep(product: Product, case: Case, kind: LetterKind, keys: str, *without: str) -> None:
    """Keep a draft of *kind* with *keys* filled in; the lines that begin like *without* are left out, as are empty texts."""
    text = product.casework().draft_text(case.reference, kind)
    head = text.partition("\n# Files that go with the letter")[0]
    lines = [line for line in head.split("\n") if not line.startswith(without or ("\0",))]
    product.casework().save_draft(case.reference, "\n".join(lines) + "\n" + keys, "letter.toml", DRAFTER)


def send(product: Product, case: Case, kind: LetterKind | None = None) -> None:
    """Submit, approve and deliver."""
    casework = product.casework()
    casework.submit(case.reference, DRAFTER, kind=kind)
    casework.approve(case.reference, APPROVER, kind=kind)
    product.after_undo()
    assert product.deliver().sent == 1


def last_letter(product: Product) -> tuple[str, str]:
    """Subject and text of the last letter that went."""
    message = message_from_bytes(product.sink.letters[-1].raw)
    text = message.get_payload(decode=True)
    assert isinstance(text, bytes)
    return str(make_header(decode_header(message["Subject"]))), text.decode().replace("\r\n", "\n")


def clock_of(product: Product, case: Case) -> list[EventKind]:
    """What was recorded on the case's clock."""
    with product.app.store.read() as work:
        return [event.kind for event in work.clock_events.of_case(case.id)]


CLARIFY = 'needed = "Which year do you mean?"\n'


def test_a_clarification_stops_the_clock_when_it_goes(product: Product) -> None:
    """Approval alone changes nothing; the sending is what the law counts from, and the request stays open."""
    case = product.one_case()
    keep(product, case, LetterKind.CLARIFICATION, CLARIFY)
    casework = product.casework()
    casework.submit(case.reference, DRAFTER)
    casework.approve(case.reference, APPROVER)
    assert clock_of(product, case) == []
    product.after_undo()
    assert product.deliver().sent == 1
    after = product.case(case.reference)
    assert clock_of(product, case) == [EventKind.CLARIFICATION_ASKED]
    assert (after.clock, after.workflow, after.outcome) == ("waiting_for_requester", "new", None)
    subject, text = last_letter(product)
    assert subject == f"{case.reference}: we need to ask you about your request"
    assert "Which year do you mean?" in text
    assert product.cli("audit", "verify").status == 0


def test_asking_about_one_part_leaves_the_clock_running(product: Product) -> None:
    """What is clear keeps its date, so the request's clock goes on; its one question has to be recorded when the reply comes."""
    case = product.one_case()
    keep(product, case, LetterKind.CLARIFICATION, CLARIFY + 'clear_part = "Question 1 is clear."\n')
    send(product, case)
    assert clock_of(product, case) == [EventKind.PART_CLARIFICATION_ASKED]
    assert product.case(case.reference).clock == "running"
    assert "asked about part of the request" in product.case(case.reference).flag_reasons[-1]


def test_an_extension_moves_the_due_date_to_what_the_letter_says(product: Product) -> None:
    """The estimated date of the letter becomes the date the request is due."""
    case = product.one_case()
    by = product.app.calendar.add_working_days(case.received_on, 30)
    provision = '[[provision]]\ncite = "s.43(2)"\nreason = "A tender is open."\nprejudice = "would be likely to"\n'
    keep(product, case, LetterKind.PUBLIC_INTEREST_EXTENSION, f"decision_by = {by}\n{provision}")
    send(product, case)
    assert product.case(case.reference).due_on == by
    assert clock_of(product, case) == [EventKind.PIT_EXTENSION]


def test_time_that_the_law_does_not_give_is_not_asked_for(product: Product) -> None:
    """More than 40 working days without a reason is stopped before anybody approves it, in the law's words."""
    case = product.one_case()
    by = product.app.calendar.add_working_days(case.received_on, 45)
    provision = '[[provision]]\ncite = "s.43(2)"\nreason = "A tender is open."\n'
    keep(product, case, LetterKind.PUBLIC_INTEREST_EXTENSION, f"decision_by = {by}\n{provision}")
    with pytest.raises(NotAllowedError, match="exceptional case: give the reason"):
        product.casework().submit(case.reference, DRAFTER)


def test_a_refusal_for_cost_answers_the_request(product: Product) -> None:
    """It is the response: one at a time, it ends the request, and what it ends with is a refusal."""
    case = product.one_case()
    product.draft(case)
    keep(
        product, case, LetterKind.COST_REFUSAL, 'hours = 20\nworkings = "Forty files."\nadvice = "Ask for one year."\n'
    )
    send(product, case)
    after = product.case(case.reference)
    assert (after.workflow, after.clock, after.outcome) == ("sent", "stopped", "refused")
    assert [row.kind for row in product.outbox(request_id=case.id)] == ["acknowledgement", "response"]
    assert "Section 12(1) of the Freedom of Information Act 2000" in last_letter(product)[1]


def test_two_letters_of_a_request_do_not_get_into_each_others_way(product: Product) -> None:
    """An apology is drafted beside the answer; which one is meant has to be said, and editing one leaves the other."""
    case = product.one_case()
    product.draft(case)
    keep(product, case, LetterKind.APOLOGY, f"due_on = {case.due_on}\nanswer_by = {case.due_on}\n")
    casework = product.casework()
    with pytest.raises(NotAllowedError, match=r"say which with --kind \(apology, response\)"):
        casework.submit(case.reference, DRAFTER)
    casework.submit(case.reference, DRAFTER, kind=LetterKind.APOLOGY)
    assert product.case(case.reference).workflow == "drafting"
    casework.approve(case.reference, APPROVER)
    product.draft(case, "There were forty-one.")
    product.after_undo()
    assert product.deliver().sent == 1
    assert last_letter(product)[0].endswith("we are sorry for the delay")
    assert product.case(case.reference).workflow == "drafting"


def test_nobody_approves_their_own_letter_of_any_kind(product: Product) -> None:
    """The rule of two people holds for every letter, and stopping one gives it back for approval."""
    case = product.one_case()
    keep(product, case, LetterKind.CLARIFICATION, CLARIFY)
    casework = product.casework()
    casework.submit(case.reference, DRAFTER)
    with pytest.raises(NotAllowedError, match="another officer"):
        casework.approve(case.reference, DRAFTER)
    casework.approve(case.reference, APPROVER)
    casework.stop(case.reference, APPROVER)
    product.after_undo()
    assert product.deliver().sent == 0
    assert product.case(case.reference).workflow == "new"
    casework.give_back(case.reference, APPROVER, "name the years")


def test_after_the_answer_there_are_letters_still(product: Product) -> None:
    """A review is written to in an answered request; a clarification no longer makes sense there."""
    case = product.one_case()
    product.approved(case)
    product.after_undo()
    product.deliver()
    day = product.clock.now().date()
    keep(product, case, LetterKind.REVIEW_ACKNOWLEDGEMENT, f"review_received_on = {day}\ndecision_by = 2030-01-02\n")
    send(product, case)
    assert product.case(case.reference).workflow == "sent"
    with pytest.raises(NotAllowedError, match="reopen it"):
        keep(product, case, LetterKind.CLARIFICATION, CLARIFY)


def test_a_question_to_a_service_area_is_never_sent_to_the_requester(product: Product) -> None:
    """Its reader is a colleague: without one it goes nowhere, neither by approval nor alone."""
    case = product.one_case()
    keys = 'service_area = "Highways"\nmessage = "Please help."\nanswer_by = 2030-01-02\n'
    keep(product, case, LetterKind.SERVICE_AREA, keys)
    casework = product.casework()
    with pytest.raises(NotAllowedError, match="goes to colleagues and never to the requester"):
        casework.send_question(case.reference, DRAFTER)
    casework.submit(case.reference, DRAFTER)
    with pytest.raises(NotAllowedError, match="goes to colleagues and never to the requester"):
        casework.approve(case.reference, APPROVER)
    assert [row.kind for row in product.outbox(request_id=case.id)] == ["acknowledgement"]


def test_a_letter_under_another_law_is_refused(product: Product) -> None:
    """Only the answer can change a request's law."""
    case = product.one_case()
    with pytest.raises(RecordError, match=f'{case.reference} is under foi; write regime = "foi"'):
        keep(product, case, LetterKind.CLARIFICATION, 'regime = "eir"\n' + CLARIFY, "regime")


def test_personal_data_is_looked_for_in_every_kind(product: Product) -> None:
    """An address in a free letter has to be accepted by the approver, with a reason."""
    case = product.one_case()
    keep(product, case, LetterKind.FREE, 'subject = "hello"\nmessage = "Ask private.person@elsewhere.example."\n')
    casework = product.casework()
    casework.submit(case.reference, DRAFTER)
    with pytest.raises(NotAllowedError, match="read this again before it goes"):
        casework.approve(case.reference, APPROVER)
    casework.approve(case.reference, APPROVER, override_reason="it is published")


def test_a_case_with_an_approved_letter_is_not_closed(product: Product) -> None:
    """Whatever kind it is, a letter that is about to go is stopped first."""
    case = product.one_case()
    keep(product, case, LetterKind.APOLOGY, f"due_on = {case.due_on}\nanswer_by = {case.due_on}\n")
    casework = product.casework()
    casework.submit(case.reference, DRAFTER)
    casework.approve(case.reference, APPROVER)
    with pytest.raises(NotAllowedError, match="stop it first"):
        casework.close(case.reference, APPROVER, "done")


def test_the_command_begins_every_kind(product: Product) -> None:
    """``draft --new --kind`` writes the file of that kind, and the other verbs know which letter is meant."""
    case = product.one_case()
    product.casework()
    ran = product.cli("draft", case.reference, "--new", "--kind", "clarification", "--output", "ask.toml")
    assert ran.status == 0
    file = product.folder / "ask.toml"
    assert 'kind = "clarification"' in file.read_text()
    refused = product.cli("draft", case.reference, "ask.toml", "--officer", DRAFTER)
    assert refused.status != 0
    assert 'needed: this is missing; add needed = "…"' in refused.errors
    file.write_text(file.read_text().replace('needed = """\n', 'needed = """\nWhich year?\n'))
    assert product.cli("draft", case.reference, "ask.toml", "--officer", DRAFTER).status == 0
    assert product.cli("check", case.reference, "--kind", "clarification").status == 0
    assert product.cli("submit", case.reference, "--officer", DRAFTER, "--kind", "clarification").status == 0
    assert product.cli("approve", case.reference, "--officer", APPROVER).status == 0
    assert product.cli("stop", case.reference, "--officer", APPROVER, "--kind", "clarification").status == 0
