"""The mail inside a forward: found in every mail program's layout, told from colleagues' words, and never invented."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.forwarding import Forwarded, is_councillor, is_within, original, own_earlier
from pipeline.domain.message import Address

OURS = frozenset({"council.example"})
US = frozenset({"foi@council.example"})
BLOCK = "From: Orla Finch <orla@example.org>\nSent: 06 January 2025 09:58\nTo: Parks <parks@council.example>\nSubject: Trees\n\n"
AT = datetime(2025, 1, 6, 9, 58, tzinfo=UTC)


def found(text: str) -> Forwarded:
    """The forward in *text*, which must hold one."""
    forwarded = original(text, OURS, US)
    assert forwarded is not None
    return forwarded


@pytest.mark.parametrize(
    "line",
    [
        "From: Orla Finch <orla@example.org>",
        "From: Orla Finch [mailto:orla@example.org]",
        "From: Orla Finch <orla@example.org<mailto:orla@example.org>>",
        "From:        Orla Finch <orla@example.org>",
        "*From:* Orla Finch <orla@example.org>",
        "**From:** Orla Finch <orla@example.org>",
        "From:\nOrla Finch <orla@example.org>",
        "From: Orla Finch\n<orla@example.org>",
        'From: "Orla Finch" <orla@example.org>',
        "From: orla@example.org (Orla Finch)",
        "Oddi wrth: Orla Finch <orla@example.org>",
    ],
)
def test_ways_to_write_a_sender(line: str) -> None:
    """Name and address come out whichever way the mail program writes them."""
    forwarded = found(BLOCK.replace("From: Orla Finch <orla@example.org>", line) + "How many trees?")
    assert forwarded.sender == Address("Orla Finch", "orla@example.org")
    assert (forwarded.subject, forwarded.sent, forwarded.text) == ("Trees", AT, "How many trees?")


def test_address_alone() -> None:
    """An address that stands for the name is no name."""
    forwarded = found(
        BLOCK.replace("Orla Finch <orla@example.org>", "orla@example.org <orla@example.org>") + "How many?"
    )
    assert forwarded.sender == Address("", "orla@example.org")


def test_note_and_text_are_told_apart() -> None:
    """What the colleague wrote stands above, without the rule between; the original keeps its own lines."""
    forwarded = found(f"Please log.\n\nSam\n\n________________________________\n{BLOCK}Line one\n\nLine two\n")
    assert forwarded.note == "Please log.\n\nSam"
    assert forwarded.text == "Line one\n\nLine two"


def test_lists_of_people_run_on() -> None:
    """A To list of several lines belongs to the header lines, and so does an indented subject."""
    block = (
        "From: Orla Finch <orla@example.org>\nSent: 06 January 2025 09:58\nTo: A <a@council.example>;\nB <b@council.example>\n"
        "Cc: C <c@council.example>\nSubject: Trees on\n the High Street\nImportance: High\n\n"
    )
    forwarded = found(block + "How many?")
    assert (forwarded.subject, forwarded.text) == ("Trees on the High Street", "How many?")


def test_text_right_below_the_labels() -> None:
    """Where no blank line ends the labels, the first line that is none begins the text."""
    forwarded = found(BLOCK.rstrip("\n") + "\nDear council\nHow many?")
    assert (forwarded.subject, forwarded.text) == ("Trees", "Dear council\nHow many?")


def test_quote_marks_of_the_forward_are_taken_off() -> None:
    """The forward's own quote marks go, older ones stay, and what stands below the quote is the colleague's."""
    quoted = "\n".join("> " + line for line in (BLOCK + "How many?\n> older words").split("\n"))
    forwarded = found(f"fyi\n\n{quoted}\n\nThanks, Sam")
    assert forwarded.text == "How many?\n> older words"


def test_chain_ends_at_the_first_stranger() -> None:
    """Colleagues are passed over, with and without an address; what the stranger quotes is left inside."""
    chain = (
        "From: Ward, Kim\nSent: 08 January 2025 10:00\nTo: Hill, Sam\nSubject: FW: Trees\n\nyours?\n\n"
        "From: Ali <ali@parks.council.example>\nSent: 07 January 2025 10:00\nTo: Ward, Kim\nSubject: FW: Trees\n\n"
    )
    older = BLOCK.replace("orla@example.org", "other@example.net")
    forwarded = found(f"{chain}{BLOCK}How many?\n\n{older}Older")
    assert forwarded.sender.email == "orla@example.org"
    assert forwarded.text.startswith("How many?")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "How many trees are there?",
        "From: the council's point of view this is fine.\n\nTo: me it is not.",
        "From Monday on: nothing.\nSent: yesterday",
        "On Monday Orla wrote: hello",
        "From: Ward, Kim\nSent: 08 January 2025 10:00\nTo: Hill, Sam\nSubject: lunch\n\nFriday?",
        "From: Ali <ali@parks.council.example>\nSent: 08 January 2025 10:00\nTo: Sam\nSubject: lunch\n\nFriday?",
    ],
)
def test_no_forward(text: str) -> None:
    """Prose with such words, and mail among colleagues, hold no stranger's mail."""
    assert original(text, OURS, US) is None


def test_our_own_letter_coming_back_is_no_forward() -> None:
    """A colleague's answer to our own team quotes the requester below it, and passes nothing on."""
    ours = "From: FOI <foi@council.example>\nSent: 08 January 2025 10:00\nTo: Sam\nSubject: FOI598335296\n\nPlease help.\n\n"
    assert original(f"Figures attached.\n\n{ours}{BLOCK}How many?", OURS, US) is None


@pytest.mark.parametrize(
    "sender", ["Cllr Mair Pugh <mair.pugh@council.example>", "Councillor M Pugh", "cllr.pugh@council.example"]
)
def test_a_councillor_of_ours_is_not_passed_over(sender: str) -> None:
    """A councillor's mail from our own domain is what was forwarded, and is marked as ours."""
    forwarded = found(BLOCK.replace("Orla Finch <orla@example.org>", sender) + "How many?")
    assert forwarded.ours is True


def test_who_is_a_councillor() -> None:
    """By title, by mailbox or by their own words; a word about councillors is not enough."""
    plain = Address("Mair Pugh", "mair.pugh@council.example")
    assert is_councillor(Address("Cllr. Mair Pugh", "m@council.example"))
    assert is_councillor(Address("Y Cynghorydd Mair Pugh", "m@council.example"))
    assert is_councillor(plain, "I am asking in my capacity as a local councillor.")
    assert not is_councillor(plain, "How much do councillors earn? The councillor for my ward does not know.")
    assert not is_councillor(plain)


def test_subdomains_are_within() -> None:
    """A domain and what is below it are ours; one that only ends alike is not."""
    assert is_within("council.example", OURS)
    assert is_within("members.council.example", OURS)
    assert not is_within("notcouncil.example", OURS)
    assert not is_within("", {""})


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("On 6 Jan 2025, at 09:58, Orla Finch <orla@example.org> wrote:", AT),
        ("On Mon, 6 Jan 2025 at 09:58, Orla Finch <orla@example.org>\nwrote:", AT),
        ("Ar Llun, 6 Ion 2025 am 09:58 ysgrifennodd Orla Finch <orla@example.org>:", AT),
    ],
)
def test_attributions(line: str, says: datetime) -> None:
    """A reply to all that copies us in quotes the original under one line, in English or Welsh."""
    forwarded = found(f"Copied to our team.\n\n{line}\n\n> How many?\n> And where?\n")
    assert (forwarded.sender, forwarded.sent) == (Address("Orla Finch", "orla@example.org"), says)
    assert (forwarded.note, forwarded.text) == ("Copied to our team.", "How many?\nAnd where?")


@given(st.text(alphabet=st.sampled_from("From: Sent\nTSubject>*-<a@b.c>\t ,;1/2025"), max_size=300))
def test_any_text_gives_an_answer(text: str) -> None:
    """Nothing in a text makes the search fail, and what it finds stands in that text."""
    forwarded = original(text, OURS, US)
    if forwarded is not None:
        assert forwarded.sender.email in text


@pytest.mark.parametrize(
    "line",
    [
        "From: a@b.example\n",
        "> ",
        "On a\n",
        "From: a\nSent: b\n",
        "---- ",
        "-" * 9 + " forwarded by a\n",
        "Subject: x\n\n",
    ],
)
def test_hostile_text_is_read_to_its_end(line: str) -> None:
    """Half a megabyte of what looks like the start of something ends in no answer or a plain one, and in good time."""
    forwarded = original(line * (500_000 // len(line)), OURS, US)
    assert forwarded is None or forwarded.sender.email == "a@b.example"


def _own(to: str, sender: str = "jean@talk.example") -> str | None:
    text = f"They told me to try you.\n\nFrom: Jean <{sender}>\nDate: Tue, 28 May 2024\nSubject: Baths\nTo: <{to}>\n\nWhat did the baths cost?"
    return own_earlier(text, "jean@talk.example", {"council.example"}, {"foi@council.example"})


def test_what_the_sender_wrote_to_somebody_else_is_the_senders() -> None:
    """The note and the older mail belong together, so that what the older mail asks is asked of us."""
    assert _own("info@trust.example") == "They told me to try you.\n\nWhat did the baths cost?"


def test_mail_we_had_and_other_peoples_mail_is_not_asked_anew() -> None:
    """A mail that went to us already is spoken of; one that somebody else wrote is theirs; one without a forward is neither."""
    assert _own("foi@council.example") is None
    assert _own("planning@council.example") is None
    assert _own("info@trust.example", sender="other@talk.example") is None
    assert own_earlier("What did the baths cost?", "jean@talk.example") is None
