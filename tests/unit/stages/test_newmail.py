"""New mail to check, over a database file: what intake leaves there, and what an officer makes of it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from corpus_whose_words import (
    COLLEAGUE,
    FORWARDS,
    HOST,
    INTERNAL,
    OWN,
    SALARY,
    TREES,
    attached,
    mail,
    stranger,
)
from office import ARRIVED, OFFICER, Office
from storing import make_store

from pipeline.domain.errors import NotAllowedError, NotFoundError, UsageError
from pipeline.mail.judging import is_junk
from pipeline.stages.mailroom import Mailroom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


FORWARD = FORWARDS[0].raw
ATTACHED = attached(stranger())
ORLA = "Orla Finch <orla@example.org>"
THANKS = "Thank you all for your help with this, it is much appreciated."


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office over an empty database; at its end the whole trail holds."""
    store = make_store(tmp_path)
    yield Office(store)
    assert store.verify().findings == []
    store.close()


# ---- what intake leaves for an officer ---------------------------------------------------------------------------------


def test_a_forward_waits_with_its_proposal(office: Office) -> None:
    """A colleague's forward opens nothing and answers nobody; it is listed with whose request it may be."""
    number = office.receive(FORWARD)
    [listed] = office.new_mail.list()
    assert (listed.id, listed.verdict, listed.opened) == (number, "internal", None)
    assert listed.proposal is not None
    assert listed.proposal["email"] == "orla@example.org"
    assert listed.proposal["first_arrival"] == "2025-01-06"
    assert (office.opened(), office.letters()) == ([], 0)


def test_plain_mail_does_not_wait(office: Office) -> None:
    """A clear request and an absence note need nobody's look; thanks and a colleague's question are listed."""
    office.receive(mail("FOI", TREES, sender=ORLA))
    office.receive(INTERNAL[4].raw)
    thanks = office.receive(mail("Thanks", THANKS, sender="Tom Vale <tom@example.org>"))
    question = office.receive(INTERNAL[1].raw)
    assert [listed.id for listed in office.new_mail.list()] == [thanks, question]


def test_figures_for_a_case_stand_on_its_internal_side(office: Office) -> None:
    """A colleague who quotes a reference is filed inside, without a proposal; their absence note is no more than a note there."""
    office.receive(mail("FOI", TREES, sender=ORLA))
    [reference] = office.opened()
    letters = office.letters()
    block = f"From: Orla Finch <orla@example.org>\nSent: 06 January 2025 09:58\nTo: Parks\nSubject: x\n\n{TREES}"
    figures = office.receive(mail(f"RE: {reference}", f"Figures attached.\n\n{block}"))
    away = office.receive(
        mail(f"Automatic reply: {reference}", "I am out of the office.", headers="Auto-Submitted: auto-replied\r\n")
    )
    below = office.receive(mail(reference, "Ours as well.", sender="Ali <ali@parks.exampleshire.gov.uk>"))
    assert office.sides(reference) == {1: "requester", figures: "internal", away: "internal", below: "internal"}
    assert office.mail(figures).proposal is None
    assert office.letters() == letters
    assert "automatic_mail_arrived" in office.events(reference)


@pytest.mark.parametrize("folder", ["Junk", "Junk Email", "INBOX.Spam", "[Gmail]/Spam", "INBOX/Junk E-mail"])
def test_a_request_among_junk(folder: str, office: Office) -> None:
    """A plain request in a junk folder is opened with its own date and flagged; an officer says whether it is answered."""
    number = office.receive(mail("FOI", TREES, sender=ORLA), folder=folder)
    [reference] = office.opened()
    case = office.case(reference)
    assert (case.flagged, case.acknowledge, office.letters()) == (True, "officer", 0)
    assert case.received_on == date(2025, 1, 10)
    assert any("junk" in reason for reason in case.acknowledge_reasons)
    assert [(listed.id, listed.opened) for listed in office.new_mail.list()] == [(number, reference)]


def test_what_is_unclear_among_junk_opens_nothing(office: Office) -> None:
    """Words without a question in a junk folder wait for an officer, with a date of receipt and a due date."""
    number = office.receive(mail("Hello", "Good day to you all.", sender=ORLA), folder="Junk Email")
    [listed] = office.new_mail.list()
    assert (listed.id, listed.received_on, office.opened()) == (number, date(2025, 1, 10), [])
    assert listed.due_on > listed.received_on


def test_which_folders_are_junk() -> None:
    """A folder is junk by the last part of its name, and by nothing else."""
    assert is_junk("Sothach")
    assert not is_junk("INBOX")
    assert not is_junk("Junk/Released")
    assert not is_junk("Junkets")


def test_a_mail_dragged_to_another_folder(office: Office) -> None:
    """The same mail in a second folder opens no second request, even with other headers added on the way."""
    raw = mail("FOI", TREES, sender=ORLA)
    office.receive(raw, folder="Junk")
    copy = office.receive(b"X-Moved: yes\r\n" + raw)
    [reference] = office.opened()
    assert office.mail(copy).intent == "duplicate"
    assert office.sides(reference)[copy] == "requester"
    assert [listed.opened for listed in office.new_mail.list()] == [reference]


def test_a_copy_of_internal_mail_stays_internal(office: Office) -> None:
    """A second copy of a colleague's mail stands on the internal side like the first."""
    office.receive(mail("FOI", TREES, sender=ORLA))
    [reference] = office.opened()
    raw = mail(f"RE: {reference}", "Figures attached.")
    office.receive(raw)
    copy = office.receive(raw, folder="Archive")
    assert office.sides(reference)[copy] == "internal"


def released(received: str) -> bytes:
    """A request that a server of ours stamped at *received*."""
    return stranger(received=received, to=OWN)


def test_a_copy_that_was_with_us_earlier_is_told(office: Office) -> None:
    """A later copy with an earlier trusted stamp flags the case and proposes that day; the date itself is left alone."""
    office.receive(released("Fri, 10 Jan 2025 09:00:00 +0000"))
    [reference] = office.opened()
    office.receive(released("Mon, 6 Jan 2025 09:00:00 +0000"))
    case = office.case(reference)
    assert case.received_on == date(2025, 1, 10)
    assert case.flagged
    assert any("6 January 2025" in reason and HOST in reason for reason in case.flag_reasons)
    assert "earlier_copy_found" in office.events(reference)


def test_a_copy_without_an_earlier_stamp_tells_nothing(office: Office) -> None:
    """A later copy, and one that only the mailbox dates earlier, flag nothing."""
    office.receive(released("Fri, 10 Jan 2025 09:00:00 +0000"))
    [reference] = office.opened()
    office.receive(released("Fri, 10 Jan 2025 10:00:00 +0000"))
    unstamped = released("Mon, 6 Jan 2025 09:00:00 +0000").replace(f"by {HOST}".encode(), b"by mx.example.net")
    office.receive(unstamped, at=ARRIVED - timedelta(days=4))
    assert not office.case(reference).flagged


# ---- a request made of it ----------------------------------------------------------------------------------------------


def test_a_request_of_a_forward(office: Office) -> None:
    """The proposal's words become a case of the original sender's; the forward stands inside, the answer is offered."""
    number = office.receive(FORWARD)
    reference = office.new_mail.make_request(number, OFFICER)
    case = office.case(reference)
    assert (case.requester_email, case.requester_name) == ("orla@example.org", "Orla Finch")
    assert (case.regime, len(case.questions), case.subject) == ("eir", 2, "Freedom of Information request")
    assert (case.acknowledge, case.acknowledge_kind) == ("officer", "acknowledgement")
    assert office.sides(reference) == {number: "internal"}
    assert office.events(reference) == {"request_opened": OFFICER, "made_from_new_mail": OFFICER}
    assert office.letters() == 0


def test_the_claimed_day_is_left_to_an_officer(office: Office) -> None:
    """Without a stamp the day of the forward counts, and the case is flagged with the day that is claimed."""
    reference = office.new_mail.make_request(office.receive(FORWARD), OFFICER)
    case = office.case(reference)
    assert case.received_on == date(2025, 1, 10)
    assert any("6 January 2025" in reason for reason in case.flag_reasons)


def test_the_first_trusted_arrival_counts(office: Office) -> None:
    """An attached mail that our server stamped on the 6th was received on the 6th."""
    case = office.case(office.new_mail.make_request(office.receive(ATTACHED), OFFICER))
    assert (case.received_on, case.flagged) == (date(2025, 1, 6), False)
    assert HOST in case.received_source


def test_a_day_that_an_officer_gives(office: Office) -> None:
    """A given day counts with its reason, and moves the due date with it."""
    number = office.receive(FORWARD)
    reference = office.new_mail.make_request(number, OFFICER, received_on=date(2025, 1, 6), reason="Parks had it then.")
    case = office.case(reference)
    assert (case.received_on, case.due_on) == (date(2025, 1, 6), date(2025, 2, 3))
    assert "Parks had it then." in case.received_source
    assert not case.flagged


def test_days_that_can_not_be_given(office: Office) -> None:
    """A day without a reason, and one after the mail was with us, are refused, and nothing is opened."""
    number = office.receive(FORWARD)
    with pytest.raises(UsageError, match="--reason"):
        office.new_mail.make_request(number, OFFICER, received_on=date(2025, 1, 6))
    with pytest.raises(NotAllowedError, match="later"):
        office.new_mail.make_request(number, OFFICER, received_on=date(2025, 1, 13), reason="x")
    assert office.opened() == []


def test_the_answer_names_no_colleagues_mail(office: Office) -> None:
    """An acknowledgement released later answers the original where that came whole, and never the forward."""
    mailroom = Mailroom(office.store, office.clock, office.ids, office.settings, letter_sent=lambda *_: None)
    inline = office.new_mail.make_request(office.receive(FORWARD), OFFICER)
    whole = office.new_mail.make_request(office.receive(ATTACHED), OFFICER)
    heads = []
    for reference in (inline, whole):
        letter = mailroom.release_acknowledgement(reference, OFFICER)
        with office.store.read() as work:
            heads.append(work.outbox.content(letter) or b"")
    assert b"In-Reply-To" not in heads[0]
    assert b"In-Reply-To: <first@example.org>" in heads[1]
    assert b"orla@example.org" in heads[1]


def test_a_request_of_other_mail(office: Office) -> None:
    """Thanks that hide a question become a request of their sender's, in their own words, on their side."""
    number = office.receive(mail("Thanks", THANKS, sender="Tom Vale <tom@example.org>"))
    reference = office.new_mail.make_request(number, OFFICER)
    assert office.case(reference).requester_email == "tom@example.org"
    assert office.sides(reference) == {number: "requester"}
    assert office.new_mail.list() == []


def test_a_colleagues_own_words_need_a_requester(office: Office) -> None:
    """Nobody's role is assumed: a colleague's note and a councillor's request are refused without a requester."""
    note = office.receive(mail("A caller", f"A resident rang and asks: {SALARY}"))
    councillor = office.receive(next(one.raw for one in FORWARDS if "councillor" in one.name))
    for number in (note, councillor):
        with pytest.raises(NotAllowedError, match="--from"):
            office.new_mail.make_request(number, OFFICER)
    taken = office.new_mail.make_request(note, OFFICER, requester_email="tom@example.org", requester_name="Tom Vale")
    asked = office.new_mail.make_request(councillor, OFFICER, requester_email="mair.pugh@exampleshire.gov.uk")
    assert (office.case(taken).requester_name, office.sides(taken)) == ("Tom Vale", {note: "internal"})
    assert office.case(asked).requester_name == "Cllr Mair Pugh"


@pytest.mark.parametrize("email", ["", "no address", OWN])
def test_requesters_that_can_not_be(email: str, office: Office) -> None:
    """An address that nothing can be sent to, and one of our own, are refused."""
    number = office.receive(FORWARD)
    with pytest.raises((UsageError, NotAllowedError)):
        office.new_mail.make_request(number, OFFICER, requester_email=email)
    assert office.opened() == []


def test_a_message_opens_one_request(office: Office) -> None:
    """A second request from the same message, or from a second copy of it, is refused with what to look at."""
    number = office.receive(FORWARD)
    copy = office.receive(FORWARD, folder="Archive")
    reference = office.new_mail.make_request(number, OFFICER)
    with pytest.raises(NotAllowedError, match=reference):
        office.new_mail.make_request(number, OFFICER)
    with pytest.raises(NotAllowedError, match=f"message {number}"):
        office.new_mail.make_request(copy, OFFICER)


def test_only_an_officer_may(office: Office) -> None:
    """An unknown person changes nothing, and an unknown message is told."""
    number = office.receive(FORWARD)
    with pytest.raises(NotAllowedError, match="officer"):
        office.new_mail.make_request(number, "nobody@exampleshire.gov.uk")
    with pytest.raises(NotFoundError):
        office.new_mail.make_request(99, OFFICER)
    assert office.opened() == []


# ---- a case's mail, or nobody's ----------------------------------------------------------------------------------------


def test_mail_is_put_with_a_case(office: Office) -> None:
    """A suggested message is put on the side an officer names, and leaves the list."""
    office.receive(mail("FOI", TREES, sender=ORLA))
    [reference] = office.opened()
    number = office.receive(mail("Thanks", THANKS, sender="Orla <orla@other.example>"))
    office.new_mail.attach(number, reference.lower(), OFFICER, "requester")
    assert office.sides(reference)[number] == "requester"
    office.new_mail.attach(number, reference, OFFICER, "internal")
    assert office.sides(reference)[number] == "internal"
    assert office.events(reference)["message_attached"] == OFFICER
    assert office.new_mail.list() == []


def test_where_mail_can_not_be_put(office: Office) -> None:
    """A colleague's mail never stands on the requester's side; a case's own first mail stays where it is."""
    first = office.receive(mail("FOI", TREES, sender=ORLA))
    [reference] = office.opened()
    number = office.receive(mail("note", "Some thoughts.", sender=COLLEAGUE))
    with pytest.raises(NotAllowedError, match="internal"):
        office.new_mail.attach(number, reference, OFFICER, "requester")
    with pytest.raises(NotAllowedError, match=reference):
        office.new_mail.attach(first, reference, OFFICER, "internal")
    with pytest.raises(UsageError):
        office.new_mail.attach(number, reference, OFFICER, "outside")
    with pytest.raises(NotFoundError):
        office.new_mail.attach(number, "FOI999999999", OFFICER, "internal")
    assert office.sides(reference) == {first: "requester"}


def test_mail_is_taken_off_the_list(office: Office) -> None:
    """With a reason and once; the message and its bytes stay."""
    number = office.receive(mail("note", "Some thoughts.", sender=COLLEAGUE))
    with pytest.raises(UsageError, match="--reason"):
        office.new_mail.dismiss(number, OFFICER, " ")
    office.new_mail.dismiss(number, OFFICER, "Nothing is asked.")
    assert office.new_mail.list() == []
    assert office.mail(number).dismissed
    with pytest.raises(NotAllowedError, match="already"):
        office.new_mail.dismiss(number, OFFICER, "again")


def test_the_mark_on_a_request_is_taken_off(office: Office) -> None:
    """Looking at a flagged request ends with its mark taken off; the case stays, and so does mail that belongs to one."""
    number = office.receive(mail("FOI", TREES, sender=ORLA), folder="Junk")
    [reference] = office.opened()
    office.new_mail.dismiss(number, OFFICER, "It is a good request.")
    assert (office.case(reference).flagged, office.new_mail.list()) == (False, [])
    assert office.events(reference)["flag_taken_off"] == OFFICER
    with pytest.raises(NotAllowedError, match=reference):
        office.new_mail.dismiss(number, OFFICER, "again")


def test_a_proposal_is_plain_json(office: Office) -> None:
    """What is stored of a proposal can be read by any program."""
    office.receive(ATTACHED)
    [listed] = office.new_mail.list()
    assert json.loads(json.dumps(listed.proposal))["questions"][0]["label"] == "1"
