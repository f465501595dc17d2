"""The letter file: what it accepts, what it refuses and with which words, and what it still lacks."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.citation import Citation, ProvisionSource
from pipeline.domain.errors import RecordError
from pipeline.domain.request import Outcome, Question, Regime
from pipeline.domain.response import AnswerOutcome
from pipeline.letters.model import DraftFacts, Likelihood, PublicInterest, QualifiedPerson, Reliance, Salutation
from pipeline.letters.record import draft_record, load_record, outcome

LETTERS = Path(__file__).parents[2] / "letters"
HEAD = 'reference = "FOI1"\nregime = "foi"\ntopic = "lamps"\n'
ONE = '[[question]]\ntext = "How many?"\n'


def record_with(question: str, head: str = HEAD) -> str:
    """Give a file with one question and these keys in it."""
    return f"{head}{ONE}{question}\n"


def mistakes(text: str) -> tuple[str, ...]:
    """Give what is said against *text*."""
    with pytest.raises(RecordError) as caught:
        load_record(text, "a.toml")
    return caught.value.problems


def test_the_letter_of_may_2024_is_read_in_full() -> None:
    """Every key of a complete file arrives, typed."""
    record = load_record((LETTERS / "start-for-life.toml").read_text(encoding="utf-8"), "start-for-life.toml")
    assert (record.reference, record.regime, record.template) == ("FOI598335296", Regime.FOI, "coventry-2024")
    assert record.issued_on == date(2024, 5, 2)
    assert record.salutation is Salutation.GENERIC
    assert record.authority.address == ("PO Box 15", "Council House", "Coventry", "CV1 5RR")
    assert [question.outcome for question in record.questions] == [AnswerOutcome.ALREADY_AVAILABLE] * 2 + [
        AnswerOutcome.SUPPLIED,
    ] * 2
    assert record.questions[0].provisions == (Reliance(citation=Citation(source=ProvisionSource.SECTION, number="21")),)
    assert outcome(record) is Outcome.PART_GRANTED


def test_every_mistake_is_reported_together_with_file_key_and_remedy() -> None:
    """One reading tells all that is wrong."""
    found = mistakes(
        'reference = "a b"\nregime = "foia"\ntopic = 3\nissued_on = "2024-05-02"\ntemplate = "../x"\nsubjet = 1\n'
        'authority = "me"\n[[question]]\ntext = ""\noutcome = "maybe"\nprovisions = ["section forty"]\n'
        'link = "www.example.org"\nanwser = "x"\n',
    )
    assert all(line.startswith("a.toml: ") for line in found)
    for part in (
        'reference: "a b" cannot stand here; use letters, digits',
        'regime: "foia" is not known; use one of foi, eir, sar',
        "topic: this has to be text; put it between quotes",
        "issued_on: this has to be a date without quotes",
        'template: "../x" cannot stand here',
        "subjet: this key is not known; take it out",
        "authority: this has to be a table; begin it with [authority]",
        "question 1: text: this is missing; add text",
        'question 1: outcome: "maybe" is not known; use one of supplied',
        'question 1: provisions: "section forty" is not understood; write it like',
        'question 1: link: "www.example.org" is not a web address; write it in full',
        "question 1: anwser: this key is not known; did you mean answer?",
    ):
        assert any(part in line for line in found), part


def test_a_file_without_questions_is_refused() -> None:
    """A letter answers something."""
    assert mistakes(HEAD) == ("a.toml: question: there is no question; add a [[question]] with its text",)
    assert any("this has to be a list of tables" in line for line in mistakes(HEAD + 'question = "x"'))


def test_text_that_is_not_toml_names_file_and_line() -> None:
    """A slip of the pen is found by its line, without a traceback."""
    assert mistakes('reference = "FOI1\n')[0].startswith("a.toml: ")
    assert "line 2" in mistakes('regime = "foi"\ntopic = lamps\n')[0]
    assert mistakes("a = " + "[" * 5000)[0].startswith("a.toml: ")
    assert mistakes("a = " + "9" * 5000)[0].startswith("a.toml: ")


@pytest.mark.parametrize("written", ["2024-02-30", "2024-05-02T10:00:00", "20240502"])
def test_only_a_day_of_the_calendar_is_a_date(written: str) -> None:
    """A date that is none, or has a time, is refused."""
    assert mistakes(f"issued_on = {written}\n{record_with('')}")


@pytest.mark.parametrize(
    ("written", "source", "number"),
    [
        ("s.21", "section", "21"),
        ("s. 40(2)", "section", "40(2)"),
        ("section 22A", "section", "22A"),
        ("s40(5B)(a)(i)", "section", "40(5B)(a)(i)"),
        ("reg 12(5)(e)", "regulation", "12(5)(e)"),
        ("regulation 6(1)(b)", "regulation", "6(1)(b)"),
        ("sch 2 para 16", "schedule", "2 para 16"),
    ],
)
def test_provisions_are_read_as_officers_write_them(written: str, source: str, number: str) -> None:
    """The usual ways of writing a provision mean the same."""
    record = load_record(record_with(f'provisions = ["{written}"]'), "a.toml")
    assert record.questions[0].provisions == (
        Reliance(citation=Citation(source=ProvisionSource(source), number=number)),
    )


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://", "https://a b", "https://a>b", "http://[", "ftp://a"]
)
def test_only_a_full_web_address_is_a_link(link: str) -> None:
    """A link can be followed, or it is refused."""
    assert "link" in mistakes(record_with(f'link = "{link}"'))[0]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    """Files written by Windows editors are read."""
    assert load_record("\ufeff" + record_with("").replace("\n", "\r\n"), "a.toml").reference == "FOI1"


@given(
    st.lists(st.tuples(st.text(max_size=5), st.text(min_size=1)), min_size=1, max_size=4),
    st.text(),
    st.text(),
)
def test_a_draft_gives_every_text_back_exactly(questions: list[tuple[str, str]], topic: str, name: str) -> None:
    """Whatever a sender wrote, the draft file is well-formed and holds just that."""
    asked = tuple(Question(label=label, text=text) for label, text in questions if text.strip())
    if not asked:
        return
    facts = DraftFacts(
        reference="EIR123456789",
        regime=Regime.EIR,
        topic=topic,
        requester_name=name,
        received_on=date(2024, 4, 4),
        questions=asked,
    )
    written = draft_record(facts)
    record = load_record(written, "draft.toml")
    assert [(one.label, one.text) for one in record.questions] == [(one.label, one.text) for one in asked]
    assert (record.topic, record.requester_name, record.received_on) == (topic, name, date(2024, 4, 4))
    assert (record.reference, record.regime, record.issued_on) == ("EIR123456789", Regime.EIR, None)
    assert not any(unicodedata.category(character) == "Cc" and character != "\n" for character in written)


@pytest.mark.parametrize(
    "text",
    [
        '"""',
        '\\"""\\',
        "a\r\nb\rc",
        "\u2028\x85\x00\x1b[2J\x7f",
        "{{ 7*7 }}{% raw %}",
        "'''\n'''",
        'x = 1\n[[question]]\n"',
    ],
)
def test_a_draft_survives_texts_made_to_break_it(text: str) -> None:
    """Quotes, backslashes, line ends, controls and template syntax stay text."""
    facts = DraftFacts(reference="FOI1", regime=Regime.FOI, topic=text, questions=(Question(label="1", text=text),))
    record = load_record(draft_record(facts), "draft.toml")
    assert (record.topic, record.questions[0].text) == (text, text)
    assert len(record.questions) == 1


def test_a_lone_surrogate_cannot_stop_a_draft() -> None:
    """What no file can hold is marked as lost."""
    facts = DraftFacts(reference="FOI1", regime=Regime.FOI, topic="", questions=(Question(label="", text="a\ud800b"),))
    written = draft_record(facts)
    written.encode()
    assert load_record(written, "d").questions[0].text == "a\ufffdb"


def test_a_provision_may_be_a_table_with_all_it_needs() -> None:
    """What the law asks for one provision stands with that provision, inline or as a table, in the order written."""
    text = record_with(
        'provisions = ["s.40(2)", { cite = "S36 (2)(b)(i)", prejudice = "would", '
        'qualified_person = { role = "the Monitoring Officer", opinion = "Yes.", given_on = 2024-04-30 } }]\n'
        '[[question.provision]]\ncite = "section 43(2)"\nreason = "r"\n[question.provision.public_interest]\n'
        'for = ["a", "b"]\nagainst = "c"\nbalance = "d"\ndecided_by = "e"\ndecided_on = 2024-05-01',
    )
    plain, opinion, tested = load_record(text, "a.toml").questions[0].provisions
    assert [one.citation.short for one in (plain, opinion, tested)] == ["s.40(2)", "s.36(2)(b)(i)", "s.43(2)"]
    assert (plain.reason, plain.prejudice, plain.public_interest, plain.qualified_person) == ("", None, None, None)
    assert opinion.prejudice is Likelihood.WOULD
    assert opinion.qualified_person == QualifiedPerson(
        role="the Monitoring Officer", opinion="Yes.", given_on=date(2024, 4, 30)
    )
    assert tested.public_interest == PublicInterest(
        disclosure="a\n\nb", withholding="c", balance="d", decided_by="e", decided_on=date(2024, 5, 1)
    )


def test_a_question_may_have_a_law_of_its_own() -> None:
    """A letter under one law can hold a question under another; a question that names none has the letter's."""
    text = record_with('regime = "eir"\nemissions = true') + ONE
    record = load_record(text, "a.toml")
    assert [record.law_of(question) for question in record.questions] == [Regime.EIR, Regime.FOI]
    assert record.laws == {Regime.EIR, Regime.FOI}
    assert [question.emissions for question in record.questions] == [True, False]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("[[question.provision]]\nreason = 'r'", "question 1: provision 1: cite: this is missing"),
        ("[[question.provision]]\ncite = 's.forty'", 'question 1: provision 1: cite: "s.forty" is not understood'),
        (
            "[[question.provision]]\ncite = 's.21'\nraeson = ''",
            "provision 1: raeson: this key is not known; did you mean reason?",
        ),
        (
            "provisions = [{ cite = 's.21', prejudice = 'maybe' }]",
            'provisions 1: prejudice: "maybe" is not known; use one of would',
        ),
        ("provisions = [{ cite = 's.21', public_interest = 'x' }]", "public_interest: this has to be a table"),
        (
            "provisions = [{ cite = 's.21', public_interest = { fro = 'x' } }]",
            "public_interest: fro: this key is not known",
        ),
        (
            "provisions = [{ cite = 's.21', qualified_person = { given_on = 'May' } }]",
            "given_on: this has to be a date",
        ),
        ("provisions = [21]", "provisions: this has to be a list"),
        ("emissions = 'yes'", "emissions: this has to be true or false"),
        ("regime = 'foia'", 'question 1: regime: "foia" is not known'),
    ],
)
def test_a_mistake_in_a_provision_is_named_by_its_place(question: str, expected: str) -> None:
    """However deep a key stands, its mistake names the question, the provision and the key."""
    [found] = mistakes(record_with(question))
    assert found.startswith("a.toml: question 1: ")
    assert expected in found


def test_a_key_unknown_in_the_authority_is_refused() -> None:
    """A slip in a table that stands once is seen like one in a list."""
    [found] = mistakes(record_with("", HEAD + "[authority]\nphon = '1'\n").replace(HEAD, HEAD, 1))
    assert found == "a.toml: authority: phon: this key is not known; did you mean phone?"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ("supplied supplied", Outcome.GRANTED),
        ("supplied not_held", Outcome.GRANTED),
        ("supplied advice", Outcome.GRANTED),
        ("advice", Outcome.GRANTED),
        ("not_held not_held", Outcome.NOT_HELD),
        ("ncnd", Outcome.NCND),
        ("withheld already_available", Outcome.REFUSED),
        ("withheld not_held", Outcome.REFUSED),
        ("withheld ncnd", Outcome.REFUSED),
        ("supplied already_available", Outcome.PART_GRANTED),
        ("supplied withheld", Outcome.PART_GRANTED),
        ("part", Outcome.PART_GRANTED),
        ("part withheld", Outcome.PART_GRANTED),
    ],
)
def test_the_outcome_follows_from_the_questions(answers: str, expected: Outcome) -> None:
    """The request ends as its questions do (domain.md 5.3)."""
    text = HEAD + "".join(f'{ONE}outcome = "{answer}"\n' for answer in answers.split())
    assert outcome(load_record(text, "a.toml")) is expected


@pytest.mark.parametrize(
    ("answers", "regime", "flags", "expected"),
    [
        ("supplied already_available", "foi", {"s21_counts_as_refusal": False}, Outcome.GRANTED),
        ("already_available", "foi", {"s21_counts_as_refusal": False}, Outcome.GRANTED),
        ("already_available withheld", "foi", {"s21_counts_as_refusal": False}, Outcome.PART_GRANTED),
        ("supplied not_held", "foi", {"not_held_beside_supplied_is_granted": False}, Outcome.PART_GRANTED),
        ("not_held", "foi", {"not_held_beside_supplied_is_granted": False}, Outcome.NOT_HELD),
        ("supplied already_available", "eir", {}, Outcome.GRANTED),
        ("already_available", "eir", {}, Outcome.GRANTED),
    ],
)
def test_the_outcome_follows_the_policies(answers: str, regime: str, flags: dict[str, bool], expected: Outcome) -> None:
    """Two choices are the authority's; that regulation 6(1)(b) is no refusal is the law's (domain.md 3.3 and 5.3)."""
    head = HEAD.replace('"foi"', f'"{regime}"')
    text = head + "".join(f'{ONE}outcome = "{answer}"\n' for answer in answers.split())
    assert outcome(load_record(text, "a.toml"), **flags) is expected


def test_there_is_no_outcome_while_a_question_is_open() -> None:
    """An unanswered question is an error, not a refusal."""
    with pytest.raises(RecordError, match="question 2: is not answered"):
        outcome(load_record(HEAD + ONE + 'outcome = "supplied"\n' + ONE, "a.toml"))


def test_two_hundred_questions_and_five_megabytes_are_read() -> None:
    """Size alone is no mistake."""
    answer = "[x <y \\n" * 700_000
    text = record_with(f'outcome = "supplied"\nanswer = "{answer}"') + ONE * 199
    record = load_record(text, "a.toml")
    assert len(record.questions) == 200
    assert len(record.questions[0].answer) == 8 * 700_000 - 700_000
