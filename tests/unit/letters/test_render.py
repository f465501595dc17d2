"""Letters in words: the one kept to the byte, the mended default, and texts that try to be more than text."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline import resources
from pipeline.domain.citation import Citation, ProvisionSource
from pipeline.domain.errors import RecordError, UsageError
from pipeline.domain.request import Regime
from pipeline.domain.response import AnswerOutcome
from pipeline.letters import templating
from pipeline.letters.authority import AuthorityFacts, Publication
from pipeline.letters.model import AnsweredQuestion, LetterKind, LetterRecord, Reliance, Salutation
from pipeline.letters.record import load_record
from pipeline.letters.render import BlockKind, build, render_text

if TYPE_CHECKING:
    from collections.abc import Iterator

LETTERS = Path(__file__).parents[2] / "letters"
TODAY = date(2025, 1, 6)
COUNCIL = AuthorityFacts(
    name="Exampleshire Council",
    team="Information Governance Team",
    address=("1 High Street", "Exampleton", "EX1 1EX"),
    website="www.example.gov.uk",
    email="infogov@example.gov.uk",
    phone="01632 960000",
    publications=(
        Publication(title="Disclosure log", url="https://www.example.gov.uk/log"),
        Publication(title="Open data", url="#"),
    ),
)


def letter(name: str) -> LetterRecord:
    """Read one of the sample letters."""
    return load_record((LETTERS / name).read_text(encoding="utf-8"), name)


def text_of(record: LetterRecord, authority: AuthorityFacts = COUNCIL) -> str:
    """Give the letter's text."""
    return render_text(build(record, authority, TODAY))


def a_record(**changes: object) -> LetterRecord:
    """Make a small complete record."""
    question = AnsweredQuestion(label="1", text="How many?", outcome=AnswerOutcome.SUPPLIED, answer="Zero.")
    record = LetterRecord(
        kind=LetterKind.RESPONSE,
        template="default",
        reference="FOI1",
        regime=Regime.FOI,
        topic="lamps",
        salutation=Salutation.GENERIC,
        questions=(question,),
    )
    return replace(record, **changes)  # type: ignore[arg-type]  # the tests name fields that exist


def test_the_letter_of_may_2024_is_kept_to_the_byte() -> None:
    """The faithful wording gives the very letter that was sent, whatever the configuration says."""
    rendered = text_of(letter("start-for-life.toml")).encode()
    assert sha256(rendered).hexdigest() == "c42ef7b4ec9a22bb19c3fef1e115edbafda57ad17ebf09e096dfcaf74f31cdc9"
    assert rendered == (LETTERS / "start-for-life.txt").read_bytes()


@pytest.mark.parametrize("name", ["default-foi", "default-eir", "default-sar", "default-mixed"])
def test_the_default_letters_are_worded_as_agreed(name: str) -> None:
    """A change of the default wording is seen and agreed, never slipped in."""
    record = letter(f"{name}.toml")
    assert text_of(record) + "\n" == (LETTERS / f"{name}.txt").read_text(encoding="utf-8")


def test_the_default_wording_mends_the_slips_of_the_old_letter() -> None:
    """The same record in today's words has no slip, no dead link, and the requester's dates as they were asked."""
    text = text_of(replace(letter("start-for-life.toml"), template="default"))
    assert "within 40 working days of the date of this letter" in text
    for slip in (
        "(s)",
        "](#)",
        "#",
        "find of useful",
        "E-mail",
        "date of receipt of our response",
        "Request ID",
        "\n\n\n",
    ):
        assert slip not in text.replace("FOI/EIR", ""), slip
    assert "from 1 April 2021 to 1 April 2023?" in text
    assert "infogov@coventry.gov.uk" in text


def test_an_environmental_letter_names_its_own_law_and_review() -> None:
    """Under the Regulations nothing rests on a section of the Act but the Commissioner's powers."""
    text = text_of(letter("default-eir.toml"))
    assert "regulation 11 of the Environmental Information Regulations 2004" in text
    assert "regulation 6(1)(b)" in text
    assert "Regulation 12(4)(d) of the Environmental Information Regulations 2004" in text
    assert "section 21" not in text
    assert "FOIA" not in text


def test_a_subject_access_letter_has_its_own_heading_and_rights() -> None:
    """Personal data is not answered in the words of freedom of information, and old addresses are not used after the move."""
    text = text_of(letter("default-sar.toml"))
    assert "Subject access request" in text
    assert "ask a court" in text
    assert "Freedom of Information" not in text
    assert "Wycliffe House" not in text


def test_only_publications_that_can_be_found_are_named() -> None:
    """A publication without an address is left out, and without any the paragraph goes."""
    assert "Disclosure log: <https://www.example.gov.uk/log>" in text_of(a_record())
    assert "Open data" not in text_of(a_record())
    bare = replace(COUNCIL, publications=())
    assert "We also publish" not in text_of(a_record(), bare)


def test_salutation_decides_the_close() -> None:
    """A named letter ends sincerely, a generic one faithfully; without a name it stays generic."""
    named = text_of(a_record(salutation=Salutation.NAMED, requester_name="Robin Example"))
    assert "Dear Robin Example\n" in named
    assert "Yours sincerely" in named
    assert "Yours faithfully" in text_of(a_record(salutation=Salutation.NAMED, requester_name=" \n"))


def test_a_letter_without_a_date_is_dated_today() -> None:
    """A preview shows the day on which it is looked at."""
    assert "\n6 January 2025\n" in text_of(a_record())


def test_the_subject_holds_the_reference_and_no_word_of_the_sender() -> None:
    """What the mail is called comes from the template alone."""
    made = build(a_record(topic="Bcc: everyone", requester_name="Mallory"), COUNCIL, TODAY)
    assert made.subject == "FOI1: response to your Freedom of Information request"


def test_template_syntax_in_any_text_comes_out_as_text() -> None:
    """Nothing that is written in a record or a configuration is ever evaluated."""
    trap = "{{ 7*7 }} {% for x in y %} {# gone #} {{ self.__class__ }}"
    question = AnsweredQuestion(
        label=trap,
        text=trap,
        outcome=AnswerOutcome.PART,
        answer=trap,
        reason=trap,
        public_interest=trap,
        link_intro=trap,
        link="https://a.example/{{7*7}}",
    )
    record = a_record(topic=trap, requester_name=trap, salutation=Salutation.NAMED, questions=(question,))
    text = text_of(record, replace(COUNCIL, name=trap, team=trap))
    assert text.count(trap) == 12
    assert "<https://a.example/{{7*7}}>" in text
    assert "49" not in text


def test_control_characters_never_reach_the_letter() -> None:
    """Terminal escapes, line separators and halves of characters are gone; a person's line ends stay."""
    trap = "a\x00b\x1b[2Jc\u2028d\x85e\rf\ud800g"
    question = AnsweredQuestion(label="1", text=trap, outcome=AnswerOutcome.SUPPLIED, answer=trap)
    text = text_of(a_record(topic=trap, questions=(question,)))
    text.encode()
    assert "relating to ab[2Jc d e f\ufffdg." in text
    assert text.count("ab[2Jc\nd\ne\nf\ufffdg") == 2
    assert not set(text) & set("\x00\x1b\u2028\x85\r")


def test_every_word_of_an_answer_stands_in_the_letter() -> None:
    """No outcome drops what an officer wrote, neither confirming nor denying excepted."""
    for outcome in set(AnswerOutcome) - {AnswerOutcome.NCND}:
        for regime in Regime:
            question = AnsweredQuestion(
                label="a",
                text="Why?",
                outcome=outcome,
                answer="first\n\nsecond",
                reason="third",
                public_interest="fourth",
                link="https://a.example/",
                link_intro="fifth",
            )
            made = build(a_record(regime=regime, questions=(question,)), COUNCIL, TODAY)
            words = [block.text for block in made.blocks if block.kind in {BlockKind.ANSWER, BlockKind.LINK}]
            assert {"first", "second", "third", "fourth", "fifth", "https://a.example/"} <= set(words), outcome


def test_neither_confirming_nor_denying_says_nothing_else() -> None:
    """An answer left in the record by mistake is not leaked."""
    question = AnsweredQuestion(
        label="", text="Why?", outcome=AnswerOutcome.NCND, answer="We hold it.", link="https://a.example/"
    )
    text = text_of(a_record(questions=(question,)))
    assert "We hold it." not in text
    assert "a.example" not in text


def test_unknown_template_provision_and_law_are_refused_by_name() -> None:
    """A letter is never written in words that do not exist."""
    with pytest.raises(RecordError, match='template: "nowhere" is not known; use one of coventry-2024, default'):
        text_of(a_record(template="nowhere"))
    text = 'reference = "FOI1"\nregime = "foi"\n[[question]]\nlabel = "2"\ntext = "q"\nprovisions = ["s.99", "s.12", "s.40(2)"]'
    with pytest.raises(RecordError) as caught:
        text_of(load_record(text, "a.toml"))
    unknown, coarse = caught.value.problems
    assert unknown.startswith("question 2: provisions: s.99 is not known to this letter; check the number")
    assert coarse.startswith("question 2: provisions: s.12 is not known")
    assert coarse.endswith(": s.12(1), s.12(2)")
    with pytest.raises(RecordError, match="coventry-2024 has no words for eir"):
        text_of(a_record(template="coventry-2024", regime=Regime.EIR))
    mixed = replace(a_record().questions[0], regime=Regime.EIR)
    with pytest.raises(RecordError, match="coventry-2024 has no words for eir"):
        text_of(a_record(template="coventry-2024", questions=(*a_record().questions, mixed)))


@pytest.fixture
def own_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the letter templates that a test may spoil."""
    shutil.copytree(resources.templates(), tmp_path / "templates")
    monkeypatch.setattr(resources, "templates", lambda: tmp_path / "templates")
    templating.environment.cache_clear()
    yield tmp_path / "templates" / "letters" / "response" / "default"
    templating.environment.cache_clear()


@pytest.mark.parametrize(
    ("spoilt", "expected"),
    [
        ("{{ nobody }}", "'nobody' is undefined"),
        ("{{ authority.fax }}", "has no attribute 'fax'"),
        ("{% if %}", "Expected an expression"),
        ("{{ authority.__class__.__mro__ }}", "unsafe"),
    ],
)
def test_a_faulty_template_is_named(own_templates: Path, spoilt: str, expected: str) -> None:
    """A template with an unknown field, or that is none, is an error that names it and leaves no letter."""
    template = own_templates / "letter.jinja"
    template.write_text(template.read_text(encoding="utf-8") + spoilt, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        text_of(a_record())
    assert str(caught.value).startswith("templates/letters/response/default/letter.jinja: ")
    assert expected in str(caught.value)
    assert str(caught.value).endswith("mend the template")


def test_what_a_provision_needs_stands_in_the_letter_but_not_who_decided() -> None:
    """Opinion, likelihood and both sides of the public interest are told; the names of officers are not."""
    text = text_of(letter("default-mixed.toml"))
    for words in (
        "Section 36(2)(b)(ii) of the Freedom of Information Act 2000",
        "The Monitoring Officer, as the qualified person",
        "on 20 March 2025",
        "would be likely to cause this harm",
        "Residents were harmed",
        "The review needs frank talk",
    ):
        assert words in text, words
    assert "Robin Example" not in text
    assert "Head of Flood Risk" not in text


def test_a_letter_under_two_laws_names_both_and_both_ways_of_review() -> None:
    """Each question has the words of its own law, and neither law's rights are left out."""
    text = text_of(letter("default-mixed.toml"))
    assert "(FOIA)\nEnvironmental Information Regulations 2004 (EIR)\nReference: FOI192837465" in text
    assert "you can ask us to review our response" in text
    assert "regulation 11 of the Environmental Information Regulations 2004 gives you the right" in text
    assert "Regulation 12(5)(f) of the Environmental Information Regulations 2004" in text


def test_a_refusal_for_its_work_does_not_say_that_anything_is_held() -> None:
    """Section 12 answers before anybody has searched."""
    question = AnsweredQuestion(
        label="1",
        text="All?",
        outcome=AnswerOutcome.WITHHELD,
        provisions=(Reliance(citation=Citation(source=ProvisionSource.SECTION, number="12(1)")),),
    )
    text = text_of(a_record(questions=(question,)))
    assert "We are not supplying this information." in text
    assert "We hold" not in text
    assert "(Appropriate Limit and Fees) Regulations 2004" in text


def test_a_letter_of_two_hundred_long_questions_is_rendered() -> None:
    """A batch is a long letter, not a failure."""
    question = AnsweredQuestion(label="1", text="Q" * 1000, outcome=AnswerOutcome.SUPPLIED, answer="A\n" * 10_000)
    made = build(a_record(questions=(question,) * 200), COUNCIL, TODAY)
    assert sum(block.kind is BlockKind.QUESTION for block in made.blocks) == 200
    assert len(render_text(made)) > 4_000_000


def test_personal_data_goes_with_how_it_is_used_and_what_can_be_asked_about_it() -> None:
    """Article 15(1) and (2): the officer's words, the privacy notice of the configuration, and the rights; with data only."""
    noticed = replace(COUNCIL, privacy_notice="https://www.example.gov.uk/privacy")
    record = letter("default-sar.toml")
    text = text_of(record, noticed)
    assert "how we use your personal data: what for" in text
    assert "more about this in our privacy notice:\n\n<https://www.example.gov.uk/privacy>" in text
    assert "correct or erase your personal data or to restrict its use, and to object" in text
    [asked] = record.questions
    empty = replace(record, questions=(replace(asked, outcome=AnswerOutcome.NOT_HELD),))
    assert "how we use your personal data" not in text_of(empty, noticed)
    assert "how we use your personal data" not in text_of(letter("default-foi.toml"), noticed)
