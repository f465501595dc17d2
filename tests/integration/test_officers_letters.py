"""Over real servers: a letter sent at its time, one sent to a corrected address, and a question to colleagues whose answer comes home."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest
from product import APPROVER, COUNCIL, DRAFTER, bounce_of, making, message_id, request

from pipeline.domain.clock_events import LONDON
from pipeline.letters.model import LetterKind, Particulars

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from product import Product
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = pytest.mark.dovecot
HIGHWAYS = "highways@council.example"
HELPER = "helper@council.example"


@pytest.fixture
def product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Product]:
    """The product with one mailbox, of a council whose own domain is known."""
    with making(tmp_path, dovecot, sink, user) as make:
        yield make(authority={"internal_domains": ["council.example"]})


def test_a_letter_goes_at_its_time_and_not_before(product: Product) -> None:
    """The command takes London time; the letter leaves at that minute, once."""
    case = product.one_case()
    product.draft(case)
    product.casework().submit(case.reference, DRAFTER)
    at = (product.clock.now() + timedelta(days=1)).astimezone(LONDON).replace(hour=9, minute=0, second=0)
    near = (product.clock.now() + timedelta(minutes=2)).isoformat()
    approve = ("approve", case.reference, "--officer", APPROVER, "--send-at")
    assert "until then it can be stopped" in product.cli(*approve, near).errors
    assert "is not a time" in product.cli(*approve, "tomorrow").errors
    assert product.cli(*approve, f"{at:%Y-%m-%d %H:%M}").status == 0
    product.clock.set(at - timedelta(minutes=1))
    assert product.deliver().sent == 0
    product.clock.set(at)
    assert product.deliver().sent == 1
    assert product.deliver().sent == 0
    assert product.case(case.reference).workflow == "sent"
    assert product.cli("audit", "verify").status == 0


def test_a_letter_that_came_back_goes_to_the_corrected_address(product: Product) -> None:
    """The report of the mail server makes it bounced; one officer corrects, another approves, and the same words arrive elsewhere."""
    case = product.one_case()
    approved = product.approved(case)
    product.after_undo()
    product.deliver()
    product.put(bounce_of(product.sink.letters[-1].raw, "jane@example.org"))
    product.run_once()
    assert product.outbox(outbox_id=approved.outbox_id)[0].status == "bounced"
    right = ("resend", "to", case.reference, "jane.doe@example.org", "--officer", DRAFTER)
    assert "--reason" in product.cli(*right).errors
    assert product.cli(*right, "--reason", "she rang").status == 0
    refused = product.cli("resend", "approve", case.reference, "--officer", DRAFTER)
    assert "another officer has to approve it" in refused.errors
    assert product.cli("resend", "approve", case.reference, "--officer", APPROVER).status == 0
    product.after_undo()
    assert product.deliver().sent == 1
    first, second = product.sink.letters[-2:]
    assert second.recipients == ("jane.doe@example.org",)
    assert first.raw.partition(b"\r\n\r\n")[2] == second.raw.partition(b"\r\n\r\n")[2]
    assert message_id(first) != message_id(second)
    assert product.case(case.reference).workflow == "sent"
    # An answer to the second letter finds the case, by its thread and the corrected address.
    thanks = request(
        "thanks",
        sender="jane.doe@example.org",
        subject="Re: your answer",
        body="Thank you very much.\r\n",
        headers=(f"In-Reply-To: {message_id(second)}",),
    )
    product.put(thanks)
    product.run_once()
    assert product.sides(product.case(case.reference))[-1] == ("requester", "reply")
    assert product.cli("audit", "verify").status == 0


def test_a_question_to_colleagues_comes_home_to_the_internal_side(product: Product) -> None:
    """It goes to the service area alone; what they answer, in its thread, stands on the internal side and is never answered by itself."""
    case = product.one_case()
    casework = product.casework()
    day = (product.clock.now() + timedelta(days=7)).date()
    said = Particulars(
        service_area="Highways team", message="How many were mended?", answer_by=day, recipients=(HIGHWAYS,)
    )
    casework.new_letter(case.reference, LetterKind.SERVICE_AREA, DRAFTER, said)
    ran = product.cli("ask", case.reference, "--officer", DRAFTER)
    assert (ran.status, HIGHWAYS in ran.out) == (0, True)
    assert product.deliver().sent == 1
    asked = product.sink.letters[-1]
    assert asked.recipients == (HIGHWAYS,)
    assert b"jane" not in asked.raw.lower()
    message = message_from_bytes(asked.raw)
    assert message["Subject"] == f"{case.reference}: information needed by {day.day} {day:%B %Y}"
    before = len(product.sink.letters)
    answer = request(
        "answer",
        sender=f"Highways <{HIGHWAYS}>",
        subject="Re: information needed",
        body="We mended forty.\r\n",
        headers=(f"In-Reply-To: {message_id(asked)}", f"References: {message_id(asked)}"),
    )
    quoting = request("late", sender=HIGHWAYS, subject=f"Fwd: {case.reference}", body="And one more in May.\r\n")
    product.put(answer, quoting)
    counts = product.run_once()
    assert counts["internal"] == 2
    assert product.sides(case)[1:] == [("internal", "internal")] * 2
    assert len(product.cases()) == 1
    assert len(product.sink.letters) == before
    after = product.case(case.reference)
    assert (after.workflow, after.clock, after.requester_email) == ("new", "running", "jane@example.org")
    assert product.cli("audit", "verify").status == 0


def test_a_question_that_comes_back_calls_an_officer(product: Product) -> None:
    """A colleague's mailbox that does not exist is told by the report, and the question can be asked elsewhere."""
    case = product.one_case()
    casework = product.casework()
    day = (product.clock.now() + timedelta(days=7)).date()
    said = Particulars(service_area="Highways", message="How many?", answer_by=day, recipients=(HIGHWAYS,))
    casework.new_letter(case.reference, LetterKind.SERVICE_AREA, DRAFTER, said)
    casework.send_question(case.reference, DRAFTER)
    product.deliver()
    product.put(bounce_of(product.sink.letters[-1].raw, HIGHWAYS))
    product.run_once()
    assert product.outbox(request_id=case.id)[-1].status == "bounced"
    assert product.case(case.reference).flagged


def test_exceptions_by_the_command(product: Product) -> None:
    """A deputy is named, approves, is listed and checked; so is a letter approved alone, of which the approvers are told by mail."""
    case = product.one_case()
    casework = product.casework()
    with product.app.store.write() as work:
        work.officers.add(HELPER, "Helper", "officer", via="test", at=product.clock.now())
    today = f"{product.clock.now().astimezone(LONDON):%Y-%m-%d}"
    days = ("--for", APPROVER, "--from", today, "--to", today)
    assert "is not a day" in product.cli("deputies", "set", HELPER, *days[:-1], "x", "--officer", APPROVER).errors
    assert product.cli("deputies", "set", HELPER, *days, "--officer", APPROVER).status == 0
    [row] = product.cli("deputies", "--json").lines
    assert (row["officer"], row["for"], row["first_day"]) == (HELPER, APPROVER, today)
    product.draft(case)
    casework.submit(case.reference, DRAFTER)
    assert product.cli("approve", case.reference, "--officer", HELPER).status == 0
    [listed] = product.cli("exceptions", "--json").lines
    assert (listed["approved_by"], listed["exception"]["policy"]) == (HELPER, "deputy")
    assert product.cli("exceptions", "checked", str(listed["letter"]), "--officer", HELPER).status == 1
    assert product.cli("exceptions", "checked", str(listed["letter"]), "--officer", APPROVER).status == 0
    assert "Nothing waits" in product.cli("exceptions", "--officer", APPROVER).out
    assert product.cli("deputies", "end", str(row["id"]), "--officer", HELPER).status == 0
    assert "Nobody approves for another" in product.cli("deputies").out
    assert product.cli("stop", case.reference, "--officer", HELPER).status == 0
    alone = product.cli("approve", case.reference, "--officer", DRAFTER, "--alone", "everybody is ill")
    assert alone.status == 0
    assert product.count("notice", f"kind = 'break_glass' AND status = 'queued' AND recipient = '{APPROVER}'") == 1
    assert product.count("notice") == 1
    assert product.cli("audit", "verify").status == 0


def test_a_correction_by_the_command(product: Product) -> None:
    """An approver hands in the draft with a word changed; a changed figure is refused."""
    case = product.one_case()
    product.draft(case, "We mended fourty holes, 3 of them twice.")
    casework = product.casework()
    casework.submit(case.reference, DRAFTER)
    file = product.folder / "better.toml"
    text = casework.draft_text(case.reference)
    file.write_text(text.replace("3 of them", "4 of them"), encoding="utf-8")
    correct = ("approve", case.reference, "--officer", APPROVER, "--corrected", "better.toml", "--reason", "spelling")
    assert "changes no figure" in product.cli(*correct).errors
    file.write_text(text.replace("fourty", "forty"), encoding="utf-8")
    assert "leave --corrected or --alone out" in product.cli(*correct, "--alone", "x").errors
    assert product.cli(*correct).status == 0
    product.after_undo()
    assert product.deliver().sent == 1
    assert re.search(rb"We mended forty\s+holes", product.sink.letters[-1].raw)
    assert product.sink.letters[-1].recipients == ("jane@example.org",)
    assert COUNCIL in message_from_bytes(product.sink.letters[-1].raw)["From"]
