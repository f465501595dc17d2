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


QUOTED = (
    "\n\nFrom: FOI <foi@exampleshire.gov.uk>\nSent: 10 January 2025 11:05\nTo: Orla Finch <orla@example.org>\n"
    "Subject: {0}: we have received your request\n\nYour reference: {0}\n"
)


@pytest.mark.parametrize(
    "words", ["Hello, I still haven't had an answer to the below.", "Thank you for letting me know."]
)
def test_a_reference_in_quoted_mail_leads_its_requester_there(words: str, office: Office) -> None:
    """Under another subject and without thread headers, our letter below the requester's words says which request they mean."""
    reference = asked(office)
    number = office.receive(mail("Trees", words + QUOTED.format(reference), sender=ORLA))
    assert office.sides(reference).get(number) == "requester"
    assert (office.opened(), office.letters()) == ([reference], 1)


def test_a_reference_that_a_stranger_quotes_leads_nowhere(office: Office) -> None:
    """Whoever was forwarded our letter is put with nobody's request by it, and their own question is theirs."""
    reference = asked(office)
    text = "Under the Freedom of Information Act, how many trees stand in Mill Lane?" + QUOTED.format(reference)
    number = office.receive(mail("Trees", text, sender="Bea Moss <bea@example.net>"))
    opened = office.case_of(number)
    assert opened is not None
    assert (opened.requester_email, number in office.sides(reference)) == ("bea@example.net", False)


@pytest.mark.parametrize(
    "words",
    [
        "I am at work now, please send the answer here instead.",
        "Please could you send it in Excel?",
        "It is about this that I write.",
        "We act for Ms Finch. Please send all further correspondence about her request to this office.",
    ],
)
def test_mail_about_a_request_from_another_address_is_not_answered_unseen(words: str, office: Office) -> None:
    """It may be the requester's or a stranger's: it stands with no case, is shown to an officer with the case, and nobody gets a letter."""
    reference = asked(office)
    number = office.receive(mail(f"Re: {reference}", words, sender="Orla Finch <orla@work.example>"))
    opened = office.case_of(number)
    assert opened is not None
    assert (opened.acknowledge, office.letters()) == ("officer", 1)
    assert number in [listed.id for listed in office.new_mail.list()]
    assert office.mail(number).suggested == (reference,)
    assert number not in {n for n, side in office.sides(reference).items() if side == "requester"}


def test_a_plain_request_from_another_address_is_acknowledged(office: Office) -> None:
    """Who asks under the law, and mentions somebody's request, is owed an acknowledgement as anybody is."""
    reference = asked(office)
    text = (
        f"Your answer to {reference} is on your website. Under the Freedom of Information Act, please send me a copy of the tree survey"
        " of 2024 and the minutes of the meeting about it."
    )
    office.receive(mail("Tree survey", text, sender="Bea Moss <bea@example.net>"))
    assert (len(office.opened()), office.letters()) == (2, 2)


@pytest.mark.parametrize("words", [TREES, "How many trees are there in Mill Lane?"])
def test_the_same_request_sent_again_is_shown_as_such(words: str, office: Office) -> None:
    """The same words of the same sender under another Message-ID are a request of their own, acknowledged, and an officer is told what to merge."""
    office.receive(mail("FOI", words, sender=ORLA))
    [reference] = office.opened()
    again = office.receive(mail("FOI (resent)", words, sender=ORLA).replace(b"<m@", b"<n@"))
    second = office.case_of(again)
    assert second is not None
    assert second.reference != reference
    assert (second.acknowledge, second.flagged, office.letters()) == ("automatic", True, 2)
    assert any(reference in reason and "merge" in reason for reason in second.flag_reasons)


def test_the_same_words_of_somebody_else_are_their_own_request(office: Office) -> None:
    """A campaign's second writer is acknowledged as the first was."""
    office.receive(mail("FOI", TREES, sender=ORLA))
    office.receive(mail("FOI", TREES, sender="Bea Moss <bea@example.net>").replace(b"<m@", b"<n@"))
    assert (len(office.opened()), office.letters()) == (2, 2)
