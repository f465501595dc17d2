"""What gives away that something is held in a letter that may not say so, and the proper words of such letters, which do not."""

from __future__ import annotations

from datetime import date

import pytest
from agreed_letters import COUNCIL

from pipeline.domain.request import Question
from pipeline.letters.checking import Finding, Level, Rule, check
from pipeline.letters.checking.findings import CheckFacts
from pipeline.letters.checking.holding import definite_reference, holding_statement
from pipeline.letters.law import exemptions
from pipeline.letters.record import load_record
from pipeline.letters.render import build, render_text

TODAY = date(2024, 5, 2)

GIVEN_AWAY = (
    "The file is with the police.",
    "Our file on him is closed.",
    "Disclosure of the emails we have would harm.",
    "As the investigation is ongoing, saying so would prejudice it.",
    "The complaint against Mr Smith is being looked into.",
    "The report into the fire names three officers.",
    "A complaint has been made about the school.",
    "An investigation is under way and publicity would harm it.",
    "His disciplinary hearing was postponed.",
    "The allegations against her were not upheld.",
    "The safeguarding report was finished in May.",
    "This correspondence has been passed to our solicitors.",
    "No complaint has been received.",
    "The records which we keep on the family are confidential.",
    "Two investigations were opened last year.",
    "We have the recording.",
    "The case against him was dropped.",
    "The matter is with the police.",
    "This matter has been referred to the Ombudsman.",
    "Mr Smith was suspended in May.",
    "The officer is under investigation.",
    "The minutes that you want contain names.",
    "The emails between the two officers show what was agreed.",
    "These documents remain under review.",
    "Several complaints have been made about him.",
    "The complaint is best left to the panel.",
    "We can confirm that the file is with the police.",
    "We confirm that there is an investigation.",
    "We cannot comment while the investigation continues.",
)
POINTED_AT = (
    "Releasing the report would prejudice the case.",
    "The emails would embarrass them.",
    "Disclosing his file would be unfair.",
    "Our investigation must not be prejudiced.",
)
PROPER = (
    "It would reveal whether the officer was disciplined.",
    "People who were suspended would not expect the public to be told.",
    "The matter is personal to those whom it would be about, if it were so.",
    "A reader could learn that the person has been investigated only from an answer, if there is one, so we give none.",
    "We can neither confirm nor deny whether we hold the information you requested.",
    "The council neither confirms nor denies that it holds any information falling within the description in your request.",
    "If held, the information would be exempt under section 40(2).",
    "To confirm or deny would itself reveal whether an individual has been the subject of a complaint.",
    "To confirm or deny whether an investigation is ongoing would be likely to prejudice it.",
    "Confirming or denying that a complaint has been made against a named person would disclose personal data about them.",
    "This should not be taken as an indication that the information you requested is or is not held.",
    "Nothing in this response should be taken to mean that we hold, or do not hold, information of this kind.",
    "If there were an investigation, the subject of it could be alerted.",
    "Were such a report to exist, its disclosure would harm the prevention of crime.",
    "Saying whether the report exists would tell the public whether somebody had complained.",
    "Even to say that the file is with another body would reveal that there is one.",
    "A statement that we hold the information, or that we do not, would allow offenders to see where we are watching.",
    "Any such complaint would be the personal data of the person complained about.",
    "The duty to confirm or deny does not arise because section 31(3) applies.",
    "It would be unfair to the individual if the council were to confirm that an allegation had been made.",
    "The public interest in knowing whether complaints are handled well is met by published figures.",
    "An individual would reasonably expect that whether or not they were the subject of disciplinary action stays confidential.",
    "Offenders could work out from our answer whether their activities had come to our notice.",
    "The investigation of crime depends on people not knowing what is known.",
    "We apply this consistently, whether or not any information is held.",
    "This letter should not be read as saying that any record exists or does not exist.",
    "A confirmation that the police had asked for footage would tell a suspect that he is being watched.",
    "People who report concerns must be able to rely on confidentiality.",
    "The fact that a person has been investigated would be their personal data.",
    "There is a public interest in openness about how we deal with complaints.",
    "Complaints about officers are personal to them.",
    "It is our practice in all cases to say neither yes nor no.",
)


@pytest.mark.parametrize("said", GIVEN_AWAY)
def test_a_plain_fact_about_a_certain_file_or_matter_gives_it_away(said: str) -> None:
    """Who says that the file is with the police has said that there is one."""
    assert holding_statement(said)


@pytest.mark.parametrize("said", PROPER)
def test_the_proper_words_of_a_denial_are_neither_a_leak_nor_a_hint(said: str) -> None:
    """What the Commissioner's guidance and councils' own letters say in such a case passes without a finding."""
    assert holding_statement(said) == ""
    assert definite_reference(said) == ""


@pytest.mark.parametrize("said", POINTED_AT)
def test_a_certain_file_that_is_only_named_is_pointed_out(said: str) -> None:
    """A definite article is no statement, but a reader may take it for one: a warning, which stops nothing."""
    assert holding_statement(said) == ""
    assert definite_reference(said)


def findings_for(reason: str) -> tuple[Finding, ...]:
    """What the check says of a letter that denies with *reason*."""
    record = load_record(
        'reference = "FOI123456789"\nregime = "foi"\ntopic = "lamps"\n[[question]]\ntext = "Send his file."\n'
        f'outcome = "ncnd"\nprovisions = ["s.40(5B)(a)(i)"]\nreason = "{reason}"\n',
        "a.toml",
    )
    return check(
        record,
        letter_text=render_text(build(record, COUNCIL, TODAY)),
        authority=COUNCIL,
        facts=CheckFacts(
            reference=record.reference,
            requester_name="",
            requester_email="jose@example.org",
            regime=record.regime,
            received_on=TODAY,
            due_on=TODAY,
            questions=tuple(Question(label=one.label, text=one.text) for one in record.questions),
            addressed_to=("jose@example.org",),
        ),
        exemptions=exemptions(),
        today=TODAY,
    )


def test_a_letter_is_stopped_by_what_gives_it_away_and_warned_of_what_points_at_it() -> None:
    """The plain fact stops it for good, the definite article only warns, the proper words do neither."""
    [leak] = findings_for(GIVEN_AWAY[0])
    assert (leak.rule, leak.level, leak.overridable) == (Rule.NCND_LEAK, Level.STOP, False)
    [hint] = findings_for(POINTED_AT[0])
    assert (hint.rule, hint.level) == (Rule.NCND_REFERENCE, Level.WARN)
    assert findings_for(PROPER[0]) == ()


def test_a_sentence_ends_before_the_next_supposes_something() -> None:
    """An "if" in one clause excuses nothing in another."""
    assert holding_statement("If you disagree, the file is still with the police.")
