"""Standard paragraphs: right for their law, sound in the letters they are for, and their file refused with every mistake named."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.domain.citation import parse_citation
from pipeline.domain.errors import RecordError, UsageError
from pipeline.domain.request import Question, Regime
from pipeline.domain.response import AnswerOutcome
from pipeline.letters.authority import AuthorityFacts
from pipeline.letters.checking import CheckFacts, Level, Rule, check
from pipeline.letters.law import exemptions
from pipeline.letters.model import AnsweredQuestion, LetterKind, LetterRecord, Particulars, Reliance, Salutation
from pipeline.letters.paragraphs import StandardParagraph, read_paragraphs, standard_paragraphs
from pipeline.letters.particulars import KINDS
from pipeline.letters.render import build, render_text

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 3, 2)
REFERENCE = "FOI598335296"
COUNCIL = AuthorityFacts(
    name="Northfield Council",
    team="Information Governance Team",
    address=("1 High Street",),
    website="www.northfield.example",
    email="infogov@northfield.example",
    phone="01632 960000",
    privacy_notice="https://a.example/",
)
# A provision on which each law withholds other people's personal data, as the paragraphs for "reason" have it.
WITHHELD = {Regime.FOI: "s.40(2)", Regime.EIR: "reg 13(1)", Regime.SAR: "sch 2 para 16"}
OTHER_LAWS = {
    Regime.FOI: ("regulation", "environmental"),
    Regime.EIR: ("section", "freedom of information"),
    Regime.SAR: ("section", "regulation", "environmental", "freedom of information"),
}
PAIRS = [(law, kind, one) for law in Regime for one in standard_paragraphs(law) for kind in sorted(one.kinds)]


def letter_with(law: Regime, kind: LetterKind, one: StandardParagraph) -> LetterRecord:
    """A letter of *kind* that has the paragraph where it belongs, and nothing else that is special."""
    keys: dict[str, Any] = {"answer": "There were forty."}
    provisions: tuple[Reliance, ...] = ()
    outcome = AnswerOutcome.SUPPLIED
    if one.field == "reason" and kind is LetterKind.RESPONSE:
        citation = parse_citation(WITHHELD[law])
        assert citation is not None
        outcome, provisions = AnswerOutcome.PART, (Reliance(citation=citation),)
    if kind is LetterKind.RESPONSE:
        keys[one.field] = one.text
        if one.key.startswith("not-held"):
            outcome = AnswerOutcome.NOT_HELD
    particulars: dict[str, Any] = {} if kind is LetterKind.RESPONSE else {one.field: one.text}
    if kind is LetterKind.COST_REFUSAL:
        particulars |= {"workings": "Forty files, half an hour each."} | (
            {"public_interest": "Openness weighs less here than the work."} if law is Regime.EIR else {}
        )
    question = AnsweredQuestion(label="1", text="How many?", outcome=outcome, provisions=provisions, **keys)
    return LetterRecord(
        kind=kind,
        template="default",
        reference=REFERENCE,
        regime=law,
        topic="clinics",
        salutation=Salutation.GENERIC,
        received_on=date(2026, 2, 23),
        questions=(question,) if kind is LetterKind.RESPONSE else (),
        particulars=Particulars(**particulars, hours=20.0 if kind is LetterKind.COST_REFUSAL else None),
    )


@pytest.mark.parametrize(("law", "kind", "one"), PAIRS, ids=[f"{law}-{kind}-{one.key}" for law, kind, one in PAIRS])
def test_a_paragraph_stops_no_letter_of_its_own_kind(law: Regime, kind: LetterKind, one: StandardParagraph) -> None:
    """The check of a letter finds nothing that stops it but the gaps that an officer has to fill."""
    written = letter_with(law, kind, one)
    found = check(
        written,
        letter_text=render_text(build(written, COUNCIL, TODAY)),
        authority=COUNCIL,
        facts=CheckFacts(
            reference=REFERENCE,
            requester_name="",
            requester_email="a@example.org",
            regime=law,
            received_on=date(2026, 2, 23),
            due_on=date(2026, 3, 23),
            questions=(Question(label="1", text="How many?"),),
            addressed_to=("a@example.org",),
        ),
        exemptions=exemptions(),
        today=TODAY,
    )
    stops = [finding for finding in found if finding.level is Level.STOP and finding.rule is not Rule.PLACEHOLDER]
    gaps = [finding for finding in found if finding.rule is Rule.PLACEHOLDER]
    assert stops == []
    assert bool(gaps) is ("[insert" in one.text)


@pytest.mark.parametrize(("law", "kind", "one"), PAIRS, ids=[f"{law}-{kind}-{one.key}" for law, kind, one in PAIRS])
def test_a_paragraph_speaks_of_no_other_law(law: Regime, kind: LetterKind, one: StandardParagraph) -> None:
    """It has no word of a law under which it isn't offered, and its field is one that such a letter has."""
    assert not [word for word in OTHER_LAWS[law] if word in one.text.casefold()]
    assert kind is LetterKind.RESPONSE or one.field in KINDS[kind].all


def test_there_is_something_for_every_law_and_only_what_fits() -> None:
    """A dozen or more under the two Acts that most requests come under, some for subject access, none twice."""
    assert len({one.key for law in Regime for one in standard_paragraphs(law)}) >= 12
    for law in Regime:
        assert standard_paragraphs(law)
        assert all(law in one.laws for one in standard_paragraphs(law))
    cost = standard_paragraphs(Regime.FOI, LetterKind.COST_REFUSAL)
    assert cost
    assert {one.field for one in cost} == {"advice"}


def test_a_faulty_file_is_refused_with_every_mistake() -> None:
    """Key, law, kind, field and double names, all at once, each with its place."""
    one = 'title = "T"\nfield = "answer"\ntext = "x"\n'
    text = (
        f'[[paragraph]]\nkey = "Bad Key"\nlaws = ["foia"]\nkinds = ["response"]\n{one}'
        f'[[paragraph]]\nkey = "a"\nlaws = ["foi"]\nkinds = ["apology"]\n{one}'
        f'[[paragraph]]\nkey = "a"\nlaws = ["foi"]\nkinds = []\n{one}'
        '[[paragraph]]\nkey = "b"\nlaws = ["sar"]\nkinds = ["cost_refusal"]\ntitle = "T"\nfield = "advice"\ntext = ""\n'
    )
    with pytest.raises(RecordError) as caught:
        read_paragraphs(text, "p.toml")
    said = "\n".join(caught.value.problems)
    for part in (
        "Bad Key",
        "foia is not known",
        "has no answer",
        "a is there twice",
        "this is not known",
        "text: this is missing",
        "does not go with every law",
    ):
        assert part in said
    with pytest.raises(RecordError, match="quote or bracket"):
        read_paragraphs("[[paragraph", "p.toml")


OWN = """
leave_out = ["nothing-to-narrow"]
[[paragraph]]
key = "narrow-the-request"
title = "Ours"
laws = ["foi"]
kinds = ["cost_refusal"]
field = "advice"
text = "Ask our way."
[[paragraph]]
key = "our-own"
title = "Our own"
laws = ["foi"]
kinds = ["response"]
field = "answer"
text = "We say so."
"""


def test_a_council_lays_its_own_over_ours(tmp_path: Path) -> None:
    """The same key takes the place, a new one comes behind, what is left out is gone, and other councils see nothing of it."""
    file = tmp_path / "own.toml"
    file.write_bytes(b"\xef\xbb\xbf" + OWN.encode())
    plain, own = standard_paragraphs(Regime.FOI), standard_paragraphs(Regime.FOI, own=file)
    keys = [one.key for one in plain]
    assert [one.key for one in own] == [key for key in keys if key != "nothing-to-narrow"] + ["our-own"]
    assert next(one.text for one in own if one.key == "narrow-the-request") == "Ask our way."
    assert [one for one in own if one.key not in {"narrow-the-request", "our-own"}] == [
        one for one in plain if one.key not in {"narrow-the-request", "nothing-to-narrow"}
    ]
    assert standard_paragraphs(Regime.SAR, own=file) == standard_paragraphs(Regime.SAR)


def test_a_councils_faulty_file_is_refused(tmp_path: Path) -> None:
    """The words name the file, the key and the remedy; one that is not there, or no text, is named with the setting."""
    file = tmp_path / "own.toml"
    file.write_text(OWN.replace("nothing-to-narrow", "no-such").replace('"answer"', '"advice"'), encoding="utf-8")
    with pytest.raises(RecordError) as caught:
        standard_paragraphs(Regime.FOI, own=file)
    assert len(caught.value.problems) == 2
    assert all(str(file) in one for one in caught.value.problems)
    assert "leave_out: there is no paragraph no-such" in "\n".join(caught.value.problems)
    assert "use one of answer" in "\n".join(caught.value.problems)
    with pytest.raises(UsageError, match=r"no-file\.toml can't be read .*\[letters\] paragraphs"):
        standard_paragraphs(Regime.FOI, own=tmp_path / "no-file.toml")
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="UTF-8"):
        standard_paragraphs(Regime.FOI, own=file)
