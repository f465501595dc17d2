"""Which mails only point to their attachment, and which ask by themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.triage.pointing import points_to_attachment

_SOLICITOR = (
    "See attached\n\nKind regards\n\nJ Pritchard\nSolicitor\n1 High Street\nHow can we help? Visit us\nThis email is confidential and"
    " may contain how many words a lawyer likes."
)
_COMPLAINT = (
    "I wish to complain about the bin lorry. A photograph is attached. It blocked the road for an hour. "
    + "It was late. " * 60
)
POINTING = (
    "",
    "\n \n",
    "Please see attached.",
    "Dear Sir,\n\nPlease find attached my Freedom of Information request.\n\nYours faithfully,\nJ Pritchard",
    "Request attached",
    "FOI request enclosed",
    "Hi\n\nMy questions are in the attached Word document. I look forward to hearing from you within 20 working days.\n\nThanks",
    "Please can you answer the attached questions?",
    "I attach a letter of request. Could you confirm that you have received it?",
    "Please find attached a letter sent on behalf of our client, who is happy to be contacted.",
    "I would like to request the information listed in the attached document.",
    "Annwyl Syr\n\nGweler y cais ynghlwm.\n\nDiolch",
    _SOLICITOR,
    "Please treat this as a request under the Freedom of Information Act.",
    "Regards\nJane",
)
ASKING = (
    "How many dogs were registered in 2024?",
    "Please send me a copy of the tree strategy. My proof of identity is attached.",
    "Please tell me how many dogs were registered in 2024. A map is attached.",
    "I attach a list of streets. For each, what is the number of potholes reported since 2022?",
    "Please complete the attached table: how many staff are employed in each team?",
    "Please attach copies of all invoices to your reply.",
    "Any news on my request?",
    "FOI please: appeals lodged, conceded, lost - each year since 2018, with legal costs.",
    "pls send council pension fund investments list thx",
    "We study what each council pays for nursing care. Please fill in the attached spreadsheet and return it.",
    "I am dissatisfied with your answer, copy attached. I ask for an internal review of it.",
    "We are very grateful. Thank you for your letter and the enclosed documents.",
    _COMPLAINT,
)


@pytest.mark.parametrize("text", POINTING)
def test_it_points(text: str) -> None:
    """A mail that only greets or sends the reader to its attachment says nothing itself."""
    assert points_to_attachment(text)


@pytest.mark.parametrize("text", ASKING)
def test_it_asks(text: str) -> None:
    """A mail with a question or purpose of its own speaks for itself, whatever is attached."""
    assert not points_to_attachment(text)


@given(st.text(max_size=2_000))
def test_any_text_is_answered(text: str) -> None:
    """Whatever the text, there is an answer."""
    assert points_to_attachment(text) in {True, False}


def test_only_the_beginning_is_looked_at() -> None:
    """A megabyte is as quickly told as a page: what stands far below changes nothing."""
    assert points_to_attachment("Please see attached.\n" + " \n" * 400_000 + "How many dogs are there?")
