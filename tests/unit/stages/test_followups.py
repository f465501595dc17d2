"""What intake makes of mail about a request that we have, over a database file: from its requester, and from an address we don't know."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from corpus_whose_words import TREES, mail
from office import OFFICER, Office
from storing import make_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ORLA = "Orla Finch <orla@example.org>"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office over an empty database; at its end the whole trail holds."""
    store = make_store(tmp_path)
    yield Office(store)
    assert store.verify().findings == []
    store.close()


def asked(office: Office) -> str:
    """Orla's request, acknowledged; its reference."""
    office.receive(mail("FOI", TREES, sender=ORLA))
    [reference] = office.opened()
    assert office.letters() == 1
    return reference


def test_a_question_about_an_open_request_stays_with_it(office: Office) -> None:
    """Asking for another format opens no second request and brings no second acknowledgement; the request's officer is called."""
    reference = asked(office)
    number = office.receive(mail(f"Re: {reference}", "Please could you send it in Excel?", sender=ORLA))
    assert (office.opened(), office.letters()) == ([reference], 1)
    assert office.sides(reference)[number] == "requester"
    assert office.case(reference).flagged


def test_a_reply_that_may_be_new_can_become_a_request(office: Office) -> None:
    """The officer reads when it would be due as a request of its own, and the request opened from it counts from its arrival."""
    reference = asked(office)
    text = "Could you add the cost of each tree to my request, please?"
    number = office.receive(mail(f"Re: {reference}", text, sender=ORLA))
    assert office.opened() == [reference]
    [why] = [reason for reason in office.case(reference).flag_reasons if "it would be due on" in reason]
    assert "10 January 2025" in why
    assert "7 February 2025" in why
    new = office.new_mail.make_request(number, OFFICER)
    assert office.case(new).received_on == date(2025, 1, 10)
    assert office.letters() == 1


def test_a_plainly_new_request_is_acknowledged_at_once(office: Office) -> None:
    """Who names the law afresh in an old thread has made a request, with its own reference and its own acknowledgement."""
    reference = asked(office)
    text = "Under the Freedom of Information Act, please tell me how many benches were removed in 2024."
    number = office.receive(mail(f"Re: {reference}", text, sender=ORLA))
    opened = office.case_of(number)
    assert opened is not None
    assert opened.reference != reference
    assert (opened.flagged, office.letters()) == (True, 2)
