"""Shadow running: a month beside the old way of working records everything, sends nothing, moves nothing, and nothing of it goes later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from product import APPROVER, DRAFTER, making, request

from pipeline.domain.clock import received_day
from pipeline.domain.errors import NotAllowedError
from pipeline.stages.counter.entry import Channel, Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from product import Product
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = pytest.mark.dovecot

SHADOW = {"mode": "shadow"}
MOVING = {"infogov": {"processed_folder": "Done"}}


@pytest.fixture
def make_product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Callable[..., Product]]:
    """Set the product up; keywords are sections of the configuration."""
    with making(tmp_path, dovecot, sink, user) as make:
        yield make


def inbox(product: Product, folder: str = "INBOX") -> int:
    """How many messages lie in a folder on the server; 0 where there is none."""
    with product.dovecot.client(product.users["infogov"]) as person:
        if not person.folder_exists(folder):
            return 0
        return int(person.select_folder(folder, readonly=True)[b"EXISTS"])


def test_in_the_shadow_mail_is_recorded_and_nothing_leaves(make_product: Callable[..., Product]) -> None:
    """Requests get their numbers and dates, what would have been sent is kept byte for byte, and the mailbox stays as it was."""
    product = make_product(delivery=SHADOW, mailbox=MOVING)
    product.put(request("one"), request("two", sender="joe@example.org"))
    counts = product.run_once()
    assert (counts["received"], counts["requests"]) == (2, 2)
    assert product.sink.offered == []
    assert (inbox(product), inbox(product, "Done")) == (2, 0)
    assert {letter.status for letter in product.outbox()} == {"cancelled"}
    assert len(product.outbox()) == 2
    for case in product.cases():
        assert (case.acknowledge, case.acknowledged_at) == ("none", None)
        assert case.acknowledge_reasons[0].startswith("infogov ran in the shadow")
    assert product.app.mailroom().waiting_acknowledgements() == []
    assert product.app.upkeep.run() == []
    assert product.app.store.verify().ok


def test_nothing_of_the_shadow_time_goes_when_it_is_over(make_product: Callable[..., Product]) -> None:
    """Gone live, only what comes from then on is acknowledged and moved; what was taken before and not filed is left to an officer."""
    product = make_product(delivery=SHADOW, mailbox=MOVING)
    product.put(request("one"))
    product.run_once()
    product.put(request("two", sender="joe@example.org"))
    product.receive()
    product.configure(mailbox=MOVING)
    product.put(request("three", sender="ann@example.org"))
    counts = product.run_once()
    assert (counts["requests"], counts["acknowledged"]) == (2, 1)
    assert [letter.recipients for letter in product.sink.letters] == [("ann@example.org",)]
    assert (inbox(product), inbox(product, "Done")) == (2, 1)
    product.clock.advance(timedelta(days=4))
    assert product.run_once()["acknowledged"] == 0
    waiting = product.app.mailroom().waiting_acknowledgements()
    assert [case.requester_email for case in waiting] == ["joe@example.org"]
    assert "so an officer says" in waiting[0].acknowledge_reasons[0]
    product.app.mailroom().release_acknowledgement(product.cases()[0].reference)
    assert product.deliver().acknowledged == 1
    assert product.sink.letters[-1].recipients == ("jane@example.org",)


def test_mail_of_the_shadow_time_that_is_read_later_sends_nothing(make_product: Callable[..., Product]) -> None:
    """A message that could not be read in the shadow and is tried again after it becomes a request without a letter."""
    product = make_product(delivery=SHADOW, mailbox={"infogov": {"max_message_mb": 1}})
    product.put(
        request("large", body="Under the FOI Act, how many potholes are there?\r\n" + "x" * 78 + "\r\n" * 600_000)
    )
    assert product.run_once()["quarantined"] == 1
    product.configure()
    [quarantined] = product.app.mailroom().quarantined()
    product.app.mailroom().retry_quarantined(quarantined.id)
    product.run_once()
    counts = product.run_once()
    assert len(product.cases()) == 1
    assert counts["acknowledged"] == 0
    assert product.sink.offered == []


def test_officers_can_draft_and_not_send(make_product: Callable[..., Product]) -> None:
    """Drafting and submitting are practice; approving, releasing and trying again are refused with what to do instead."""
    product = make_product(delivery=SHADOW)
    case = product.one_case()
    product.draft(case)
    casework = product.casework()
    casework.submit(case.reference, DRAFTER)
    with pytest.raises(NotAllowedError, match="Answer the old way"):
        casework.approve(case.reference, APPROVER)
    mailroom = product.app.mailroom()
    with pytest.raises(NotAllowedError, match="sends nothing"):
        mailroom.release_acknowledgement(case.reference)
    with pytest.raises(NotAllowedError, match="sends nothing"):
        mailroom.retry(product.outbox()[0].id)
    product.after_undo()
    product.configure()
    assert product.deliver().sent == 0
    assert product.sink.offered == []


def test_a_request_logged_in_the_shadow_gets_no_letter(make_product: Callable[..., Product]) -> None:
    """What came by post is put on record as ever, and its acknowledgement goes neither then nor later by itself."""
    product = make_product(delivery=SHADOW)
    product.casework()
    asked = "Under the Freedom of Information Act, how many potholes were mended in 2025?"
    today = received_day(product.clock.now())
    entry = Entry(
        text=asked, received_on=today, channel=Channel.POST, requester_name="Jo", requester_email="jo@example.org"
    )
    assert not product.app.counter().log(entry, APPROVER).acknowledged
    product.configure()
    assert product.run_once().total() == 0
    assert [case.acknowledge for case in product.cases()] == ["none"]
    assert product.app.upkeep.run() == []


def test_a_letter_that_waited_before_the_shadow_waits_on(make_product: Callable[..., Product]) -> None:
    """Switching to shadow running stops what is on its way; it belongs to the time before, and goes when that is taken up again."""
    product = make_product(delivery={"mode": "hold"})
    product.one_case()
    product.configure(delivery=SHADOW)
    assert product.deliver().held
    product.configure()
    assert product.deliver().acknowledged == 1


def test_run_once_says_that_it_runs_in_the_shadow(make_product: Callable[..., Product]) -> None:
    """An operator sees why nothing leaves."""
    product = make_product(delivery=SHADOW)
    product.put(request("one"))
    done = product.cli("run-once")
    assert done.status == 0, done.errors
    assert 'mail is recorded and nothing is sent: delivery.mode is "shadow"' in done.errors


def test_a_dry_run_before_first_contact_says_what_would_be_left(make_product: Callable[..., Product]) -> None:
    """With start = "new" the older mail is counted, and still nothing is written."""
    product = make_product(mailbox={"infogov": {"start": "new"}})
    product.put(request("one"), request("two"))
    done = product.cli("run-once", "--dry-run")
    assert "2 older messages in mailbox infogov would be left as they are" in done.errors
    assert product.count("folder") == 0
