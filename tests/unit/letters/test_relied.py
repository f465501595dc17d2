"""What a letter relies on, as the figures count it."""

from __future__ import annotations

import pytest

from pipeline.domain.citation import Citation, ProvisionSource
from pipeline.domain.request import Regime
from pipeline.letters.authority import NO_OVERRIDE
from pipeline.letters.model import AnsweredQuestion, LetterKind, LetterRecord, Reliance, Salutation
from pipeline.letters.relied import relied_on


def letter(kind: LetterKind, regime: Regime, *numbers: str) -> LetterRecord:
    """A letter of *kind* whose one question relies on sections *numbers*."""
    cited = tuple(Reliance(citation=Citation(source=ProvisionSource.SECTION, number=number)) for number in numbers)
    question = AnsweredQuestion(label="1", text="How many?", outcome=None, regime=None, provisions=cited)
    return LetterRecord(
        kind=kind, template="default", reference="FOI598335296", regime=regime, topic="Clinics",
        salutation=Salutation.GENERIC, requester_name="", received_on=None, issued_on=None, authority=NO_OVERRIDE,
        questions=(question,),
    )  # fmt: skip


def test_a_response_relies_on_what_its_questions_name() -> None:
    """Each provision once, in one spelling."""
    assert relied_on(letter(LetterKind.RESPONSE, Regime.FOI, "40(2)", "21", "40(2)")) == ("s.40(2)", "s.21")


@pytest.mark.parametrize(
    ("kind", "regime", "relied"),
    [
        (LetterKind.COST_REFUSAL, Regime.FOI, ("s.12",)),
        (LetterKind.VEXATIOUS_REFUSAL, Regime.FOI, ("s.14",)),
        (LetterKind.COST_REFUSAL, Regime.EIR, ("reg 12(4)(b)",)),
        (LetterKind.PUBLIC_INTEREST_EXTENSION, Regime.FOI, ()),
        (LetterKind.CLARIFICATION, Regime.FOI, ()),
    ],
)
def test_other_letters_rely_on_their_own_section_or_on_none(
    kind: LetterKind, regime: Regime, relied: tuple[str, ...]
) -> None:
    """A refusal for cost or vexation is counted; a letter that refuses nothing is not, whatever it weighs."""
    assert relied_on(letter(kind, regime, "43(2)")) == relied
