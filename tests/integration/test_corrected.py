"""What was noticed late: a wrong address, a letter that came back, a letter that may have arrived, a wrong date in a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from product import APPROVER, DRAFTER, making, request

from pipeline.domain.errors import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from product import Product
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = pytest.mark.dovecot


@pytest.fixture
def product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Product]:
    """The product with one mailbox and the plainest configuration."""
    with making(tmp_path, dovecot, sink, user) as make:
        yield make()


def test_a_corrected_address_voids_the_approval_and_is_where_the_letter_goes(product: Product) -> None:
    """Approval is bound to recipients: the letter for the old address is taken back, the next approval goes to the new one."""
    case = product.one_case()
    product.approved(case)
    product.casework().correct_requester(case.reference, DRAFTER, "new@example.org", "she wrote from there")
    assert product.case(case.reference).workflow == "for_approval"
    product.casework().approve(case.reference, APPROVER)
    product.after_undo()
    product.deliver()
    assert product.sink.letters[-1].recipients == ("new@example.org",)
    assert product.app.store.verify().ok


def test_an_address_needs_a_reason_and_has_to_be_one(product: Product) -> None:
    """Neither a bare wish nor something that is no address changes whom we write to."""
    case = product.one_case()
    for email, reason in (("new@example.org", " "), ("éa@example.org", "typo"), ("a b@example.org", "typo")):
        with pytest.raises(NotAllowedError):
            product.casework().correct_requester(case.reference, DRAFTER, email, reason)
    assert product.case(case.reference).requester_email == case.requester_email


def test_an_address_of_our_own_is_no_requesters(product: Product) -> None:
    """An answer sent there would come back in as new mail and count as sent; a colleague's address is taken with a word about it."""
    product.configure(
        authority={"name": "Northfield Council", "team": "Team", "internal_domains": ["northfield.example"]}
    )
    case = product.one_case()
    product.casework()  # with its officers
    ours = product.app.settings.smtp.from_address
    for address in (ours, ours.upper(), f" {ours}"):
        done = product.cli("address", case.reference, address, "--officer", APPROVER, "--reason", "asked")
        assert done.status == 1
        assert "one of our own addresses" in done.errors
    assert product.case(case.reference).requester_email == case.requester_email
    done = product.cli(
        "address", case.reference, "kim@planning.northfield.example", "--officer", APPROVER, "--reason", "asked"
    )
    assert done.status == 0
    assert "at the council itself" in done.errors


def test_a_case_without_an_address_is_stopped_at_submission(product: Product) -> None:
    """A request from nobody can be drafted; the drafter hears before the approver does that it needs an address."""
    product.put(request("nobody", sender="undisclosed"))
    product.run_once()
    [case] = product.cases()
    product.draft(case)
    with pytest.raises(NotAllowedError, match="infogov address"):
        product.casework().submit(case.reference, DRAFTER)
    product.casework().correct_requester(case.reference, DRAFTER, "known@example.org", "rang us")
    product.casework().submit(case.reference, DRAFTER)


def test_a_letter_that_came_back_is_not_sent_again_once_the_case_is_open_again(product: Product) -> None:
    """A bounced response is void with the next draft, and no retry brings it back beside its successor."""
    case = product.one_case()
    product.approved(case)
    product.after_undo()
    product.deliver()
    [_, response] = product.outbox()
    product.sql("UPDATE outbox SET status = 'bounced' WHERE id = ?", response.id)
    product.casework().reopen(case.reference, DRAFTER, "came back")
    with pytest.raises(NotAllowedError, match="open again"):
        product.app.mailroom().retry(response.id, DRAFTER)
    product.draft(product.case(case.reference))
    with pytest.raises(NotAllowedError):
        product.app.mailroom().retry(response.id, DRAFTER)


def test_an_uncertain_letter_is_decided_before_anything_else(product: Product) -> None:
    """Cancelling is no way round the question whether it arrived."""
    product.approved(product.one_case())
    [_, response] = product.outbox()
    product.sql("UPDATE outbox SET status = 'uncertain' WHERE id = ?", response.id)
    with pytest.raises(NotAllowedError, match="resolve"):
        product.app.mailroom().cancel(response.id, DRAFTER)


def test_a_draft_with_another_date_of_receipt_is_not_submitted(product: Product) -> None:
    """The letter may not say another day than the case, and the officer hears how to correct either."""
    case = product.one_case()
    casework = product.casework()
    text = casework.draft_text(case.reference).replace(f"received_on = {case.received_on}", "received_on = 2020-10-01")
    text = text.replace('outcome = ""', 'outcome = "supplied"').replace('answer = """\n', 'answer = """\nTwelve.\n')
    remarks = casework.save_draft(case.reference, text, "draft.toml", DRAFTER)
    assert any("2020-10-01" in remark for remark in remarks)
    with pytest.raises(NotAllowedError, match="receipt_corrected"):
        casework.submit(case.reference, DRAFTER)


def test_a_large_mail_that_somebody_moved_away_is_said_to_be_gone(product: Product) -> None:
    """An officer who asks for the whole of it hears that the folder has it no more, once, instead of waiting for ever."""
    product.configure(mailbox={"infogov": {"max_message_mb": 1}})
    product.put(request("large", body="How many?\r\n" + "x" * 76 + "\r\n" * 700_000))
    product.run_once()
    room = product.app.mailroom()
    [large] = room.quarantined()
    with product.dovecot.client(product.users["infogov"]) as person:
        person.select_folder("INBOX")
        person.create_folder("Elsewhere")
        person.move([large.id], "Elsewhere")
    room.retry_quarantined(large.id, None)
    product.run_once()
    [large] = room.quarantined()
    assert "no longer in the folder INBOX" in str(large.reason)
    assert product.count("message", "body_wanted") == 0
