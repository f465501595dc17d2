"""A letter ends at its writer's name, and a subject that asks is a question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.questions import questions, questions_of
from pipeline.domain.questions.signature import Writer, without_signature

_ASK = "Please tell me how many council garages are empty."


def _texts(body: str, writer: str) -> list[str]:
    return [question.text for question in questions(body, writer)]


@pytest.mark.parametrize(
    ("end", "writer"),
    [
        ("Vic Lunn\nLocal Reporter\nThe Herald, 12 High Street\nDo you have a story? Call 01632 960777", "Vic Lunn"),
        ("Stan Wick", "Stanley Wick"),
        ("J. Field (Mrs)", "Jo Field"),
        ("Jo", "Jo Field"),
        ("Jo Field, treasurer\nOak Watch", "Field, Jo"),
        ("Cllr Bina Roy\nMill Ward", "Cllr Bina Roy"),
        (
            "Jo Field\nPartner\n\nFIELD LLP\nHave you seen our warning? Please provide feedback at www.field.example.",
            "Jo Field",
        ),
        ("Search Desk\nProperty Search Hub Ltd", "Search Desk"),
    ],
)
@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_writers_name_ends_a_letter(end: str, writer: str, gap: str) -> None:
    """The name in any of its forms, and the post, firm and slogan below it, are no part of a question and none themselves."""
    assert _texts(f"Hello\n\n{_ASK}{gap}{end}", writer) == [_ASK]


@pytest.mark.parametrize("end", [" Many thanks, Jo Field", " Jo Field", " thanks Jo", "\nKind regards, Jo Field"])
def test_name_that_ends_the_last_line_is_taken_off(end: str) -> None:
    """A name behind the last sentence, with the thanks before it, is not part of that sentence."""
    assert _texts(_ASK + end, "Jo Field") == [_ASK]


@pytest.mark.parametrize(
    "body",
    [
        f"Jo Field\n12 High Street\n\n{_ASK}",
        f"Freedom of Information\nJo Field\n12 High Street\n\n{_ASK}",
        "My name is Jo Field. " + _ASK,
        f"{_ASK}\n\nJo Field\n\nP.S. Please also send me a list of the tenants.",
    ],
)
def test_nothing_asked_is_cut_with_a_name(body: str) -> None:
    """A name on a letterhead or in a sentence ends nothing, and what is asked below a signature is kept."""
    said = " ".join(_texts(body, "Jo Field"))
    assert _ASK in said
    assert ("tenants" in said) is ("tenants" in body)


def test_first_name_that_is_a_month_ends_nothing_in_a_list() -> None:
    """A bare first name only ends a letter near its end, where nothing is asked below it."""
    body = "Please send me the figures for:\n\nApril\nMay\n\nPlease tell me also how many staff left."
    assert "how many staff left" in " ".join(_texts(body, "April Jones"))


def test_mail_that_is_only_signed_asks_nothing() -> None:
    """Where nothing but the writer's name and post is left there is no question, rather than a name for one."""
    assert questions("Kind regards\n\nNeil Ash\nDirector, Ash Ltd\nTel: 01632 960555", "Neil Ash") == ()
    assert questions("Neil Ash", "Neil Ash") == ()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Peter Quill",
        "Kind regards\n\nPeter Quill\nDirector, Quill Ltd",
        "Sent from my iPhone",
        "Please treat as FOI.",
    ],
)
def test_subject_that_asks_is_the_question(body: str) -> None:
    """A question in the subject counts where the body asks nothing."""
    found = questions_of("How many council houses are empty?", body, "Peter Quill")
    assert [question.text for question in found] == ["How many council houses are empty?"]


def test_subject_beside_a_remark_loses_no_words() -> None:
    """Where the body says more than a few words but asks nothing, its words stay behind the subject's question."""
    body = "The block in Mill Road has been boarded up since the fire and nobody will say why that is so."
    found = questions_of("How many council houses are empty?", body)
    assert [question.text for question in found] == ["How many council houses are empty?", body]


@pytest.mark.parametrize("subject", ["Re: How many houses are empty?", "FOI request", "Empty houses"])
def test_other_subjects_are_no_question(subject: str) -> None:
    """A thread's old subject and a bare title say nothing where there is a body."""
    assert [question.text for question in questions_of(subject, "I refer to our talk.")] == ["I refer to our talk."]


def test_body_that_asks_stands_alone() -> None:
    """A subject that asks the same in short is not asked twice."""
    assert [question.text for question in questions_of("How many garages?", _ASK)] == [_ASK]


_NAME = st.text(max_size=30)
_LINES = st.lists(
    st.sampled_from(["Jo Field", "Jo", "", "How many?", "May", "1. a copy", "Thanks, Jo", "x"]), max_size=30
)


@given(_LINES | st.lists(st.text(max_size=40)), st.sampled_from(["Jo Field", "Field, Jo", "May", ""]) | _NAME)
def test_signature_leaves_the_writers_lines_in_order(lines: list[str], shown: str) -> None:
    """Whatever stands there, what is left are lines of the letter in their order, and never nothing of something."""
    left = without_signature(lines, Writer(shown))
    rest = iter(lines)
    assert all(any(line.startswith(each) for line in rest) for each in left if each.strip())
    assert any(each.strip() for each in left) == any(line.strip() for line in lines)
