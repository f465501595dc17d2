"""The questions of a letter come out in its writer's words, whatever way they were numbered."""

from __future__ import annotations

import pytest
from corpus_questions import letters
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.questions import LOOK_AT, MOST, questions
from pipeline.domain.questions.letterbody import only_sign_off

_ENOUGH = 0.95
_SEED_QUESTION = (
    "The Family Hubs and Start for Life programme guide states that 10% of babies have a 'disorganised' attachment style which is "
    "associated with the worst developmental outcomes. (see Annex I: perinatal mental health and parent\u2013infant relationship support "
    "on p81) What percentage of babies aged 0-2 in your Integrated Care System are you commissioning specialised parent-infant "
    "relationship services for? i.e. a clinical psychologist or child psychotherapist led service, as outlined here: "
    "<https://parentinfantfoundation.org.uk/our-work/what-is-a-parent-infant-team/>"
)


def _texts(body: str) -> list[str]:
    return [question.text for question in questions(body)]


def _labels(body: str) -> list[str]:
    return [question.label for question in questions(body)]


def test_share_right_on_the_labelled_letters() -> None:
    """At least 95 % of the labelled letters give the right questions under the right labels; the misses are printed."""
    found = letters()
    wrong = [
        (one.name, one.labels, tuple(_labels(one.text))) for one in found if tuple(_labels(one.text)) != one.labels
    ]
    counted = sum(1 for one in found if len(questions(one.text)) == len(one.labels))
    print(
        f"letters {len(found)}, number right {counted / len(found):.1%}, labels right {1 - len(wrong) / len(found):.1%}"
    )
    for name, want, got in wrong:
        print(f"  {name}: wanted {want}, got {got}")
    assert len(found) >= 100
    assert counted >= _ENOUGH * len(found)
    assert len(wrong) <= (1 - _ENOUGH) * len(found)


def test_letters_frame_stays_out_of_the_questions() -> None:
    """No question of the labelled letters holds a salutation, a sign-off, a format wanted or a fall-back for the cost limit."""
    frame = (
        "Dear ",
        "Yours ",
        "Regards",
        "regards",
        "Many thanks",
        "look forward",
        "cost limit",
        "in Excel",
        "as a CSV",
        "whatdotheyknow",
    )
    held = [(one.name, text) for one in letters() for text in _texts(one.text) if any(words in text for words in frame)]
    assert held == []


def test_seed_question_comes_out_whole() -> None:
    """The seed's fourth question, with its inner stops, brackets and link, is one question labelled 4 (domain.md O12)."""
    body = (
        "Dear Sir/Madam\n\n1. How many babies were born?\n\n2. How many are there?\n\n3. What proportion of them came?\n\n"
        f"4. {_SEED_QUESTION}\n\nYours faithfully\n\nA. Writer\n"
    )
    last = questions(body)[-1]
    assert (last.label, last.text) == ("4", _SEED_QUESTION)


def test_blank_text_has_no_question() -> None:
    """A blank text gives none; any other text gives at least one."""
    assert questions("") == ()
    assert questions(" \n\t\u00a0\n") == ()
    assert _texts("Bins") == ["Bins"]


def test_wrapped_lines_are_joined_and_words_kept() -> None:
    """Lines that the mail program wrapped are joined by one space; a paragraph break inside a question stays."""
    body = (
        "1. How many of the council's car parks had their charges changed in the\n"
        "financial year 2023/24, and by how\nmuch?\n\nI mean charges  for cars only.\n\n2. How many car parks are there?\n"
    )
    assert _texts(body)[0] == (
        "How many of the council's car parks had their charges changed in the financial year 2023/24, and by how much?"
        "\n\nI mean charges  for cars only."
    )


@pytest.mark.parametrize(
    ("mark", "label"),
    [
        ("{n}. ", "{n}"),
        ("{n}) ", "{n}"),
        ("({n}) ", "{n}"),
        ("{n}.) ", "{n}"),
        ("{n}/ ", "{n}"),
        ("{n} - ", "{n}"),
        ("Q{n} ", "{n}"),
        ("Q{n}. ", "{n}"),
        ("Question {n}:- ", "{n}"),
        ("{n}.", "{n}"),
        ("{n}: ", "{n}"),
        ("| {n} | ", "{n}"),
        ("- ", ""),
        ("* ", ""),
        ("\u2022\t", ""),
        ("o ", ""),
        ("\u2013 ", ""),
    ],
)
def test_every_marker_is_known(mark: str, label: str) -> None:
    """Each way of numbering gives the number alone as the label and the text without it."""
    body = "Please tell me:\n\n" + "\n".join(
        f"{mark.format(n=n)}How many of kind {word}?" for n, word in ((1, "A"), (2, "B"))
    )
    assert _labels(body) == [label.format(n=1), label.format(n=2)]
    assert _texts(body) == ["How many of kind A?", "How many of kind B?"]


@pytest.mark.parametrize(
    "marks", [("a)", "b)"), ("(a)", "(b)"), ("a.", "b."), ("i.", "ii."), ("(i)", "(ii)"), ("A.", "B.")]
)
def test_letters_and_roman_numerals_are_known(marks: tuple[str, str]) -> None:
    """Letters and Roman numerals number questions when two of them follow each other."""
    body = f"Please tell me:\n\n{marks[0]} how many came\n{marks[1]} how many left\n"
    assert _labels(body) == [mark.strip("().") for mark in marks]


@pytest.mark.parametrize(
    "body",
    [
        "How many were there in the years up to and including the last full financial year\n2023. I want totals.",
        "How many notices were served under section 21 of the Housing Act by the council in\n2. The year is 2023.",
        "How many were there at 10.30am, i.e. 4.5 million or 3.2 per head, in e.g. the north?",
        "How many letters did you send to J. Smith and A. Jones at No. 10 between 1.4.2022 and 1.4.2023?",
        "What is on your page https://www.coventry.gov.uk/a?b=1&c=2. How would I know?".replace(
            " How would I know?", ""
        ),
    ],
)
def test_numbers_in_running_text_are_no_markers(body: str) -> None:
    """Years, sections, times, decimals, initials and addresses of pages don't begin a question."""
    assert len(questions(body)) == 1


def test_nested_items_stay_in_their_question() -> None:
    """Sub-items stand on lines of their own inside the question that they belong to."""
    body = "1. How many people are in work\n   a) full time\n   b) part time\n2. How many are not?\n"
    assert _texts(body) == ["How many people are in work\na) full time\nb) part time", "How many are not?"]


def test_text_beyond_the_limits_is_kept() -> None:
    """What stands beyond 200,000 characters or 1,000 questions is in the last question, so that nothing is lost."""
    part = "\n".join(f"{n}. How many people live in house number {n}?" for n in range(1, 701))
    found = questions(f"Part A\n\n{part}\n\nPart B\n\n{part}\n")
    assert len(found) == MOST
    assert found[-1].text.endswith("700 How many people live in house number 700?")
    long = "1. How many?\n2. " + "How much? " * (LOOK_AT // 10) + "THE END"
    assert questions(long)[-1].text.endswith("THE END")


def _is_subsequence(part: str, whole: str) -> bool:
    rest = iter(whole)
    return all(char in rest for char in part)


_PIECE = st.sampled_from(
    [
        "1. ",
        "2) ",
        "(a) ",
        "(b) ",
        "Q3 ",
        "- ",
        "\u2022",
        "How many?",
        "Please provide:",
        "Dear Sir,",
        "\n",
        "\n\n",
        "  ",
        "Yours faithfully",
        "x",
        "*1. ",
        "|2|",
        "1.1 ",
        "If so, why?",
    ]
)


@given(st.one_of(st.text(max_size=400), st.lists(_PIECE, max_size=60).map("".join)))
def test_questions_hold_only_the_senders_words_in_order(body: str) -> None:
    """Whatever the text, what the questions say stands in it, in the same order."""
    said = "".join("".join(question.text.split()) for question in questions(body))
    assert _is_subsequence(said, "".join(body.split()))
    spoken = body.replace("\ufeff", "").replace("\u200b", "").replace("\u00a0", " ")
    assert bool(questions(body)) == (bool(spoken.strip()) and not only_sign_off(spoken))


@pytest.mark.parametrize(
    "piece", ["1. a\n", "How? ", "(a) b (b) c ", "- x\n\n", "my ", "\n", "A. ", "1. ", "Please provide: "]
)
def test_a_megabyte_is_read_in_one_go(piece: str) -> None:
    """A text of a million characters gives its questions without a limit being hit and without losing its end."""
    found = questions(piece * (1_000_000 // len(piece)) + "END")
    assert 1 <= len(found) <= MOST
    assert found[-1].text.endswith("END")


def test_the_set_is_kept_as_data() -> None:
    """Every letter has a name of its own, a law and at least one label."""
    found = letters()
    assert {one.regime for one in found} == {"foi", "eir", "sar"}
    assert all(one.labels and one.text.strip() for one in found)


def test_the_end_of_a_letter_alone_asks_nothing() -> None:
    """A telephone's own line or bare thanks is no question, and so never becomes a topic."""
    assert questions("Sent from my phone") == ()
    assert questions("Many thanks\n\nSent from my iPad\n") == ()
    assert questions("Thanks\nHow many trees?") != ()
