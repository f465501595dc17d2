"""The check of a letter: what stops it, what nobody can override, what is only warned of, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.domain.request import Question, Regime
from pipeline.letters.authority import AuthorityFacts, Publication
from pipeline.letters.checking import CheckFacts, Finding, Level, Rule, check
from pipeline.letters.law import exemptions
from pipeline.letters.model import DraftFacts, LetterRecord
from pipeline.letters.record import draft_record, load_record
from pipeline.letters.render import build, render_text

LETTERS = Path(__file__).parents[2] / "letters"
TODAY = date(2024, 5, 2)
COUNCIL = AuthorityFacts(
    name="Exampleshire Council",
    team="FOI and EIR Team",
    address=("1 High Street", "Exampleton"),
    email="infogov@example.gov.uk",
    publications=(Publication(title="FOI/EIR Disclosure log: what we hold", url="https://www.example.gov.uk/log"),),
)
HEAD = 'reference = "FOI123456789"\nregime = "foi"\ntopic = "lamps"\n'
ASKED = "How many lamps are there?"
TEST = (
    'public_interest = { for = "Openness.", against = "Harm.", balance = "Harm weighs more.", '
    'decided_by = "Head", decided_on = 2024-05-01 }'
)
NOBODY_DECIDED = TEST.replace(', decided_by = "Head"', "")
NO_BALANCE = TEST.replace(' balance = "Harm weighs more.",', "")
HARM = 'reason = "Competitors who knew the prices could undercut the supplier in an open tender."'

WOULD = f'{HARM}\nprejudice = "would"\n{TEST}'


def record_of(*questions: str, head: str = HEAD) -> LetterRecord:
    """A record of questions, each given by its keys."""
    texts = (f'[[question]]\nlabel = "{n}"\ntext = "{ASKED}"\n{keys}\n' for n, keys in enumerate(questions, start=1))
    return load_record(head + "".join(texts), "a.toml")


def facts_of(record: LetterRecord, **changes: object) -> CheckFacts:
    """The request that *record* answers, as filed."""
    facts = CheckFacts(
        reference=record.reference,
        requester_name="José Example",
        requester_email="jose@example.org",
        regime=record.regime,
        received_on=record.received_on or date(2024, 4, 4),
        due_on=date(2024, 5, 2),
        questions=tuple(Question(label=question.label, text=question.text) for question in record.questions),
        addressed_to=("jose@example.org",),
    )
    return replace(facts, **changes)  # type: ignore[arg-type]  # the tests name fields that exist


def findings(
    record: LetterRecord, text: str | None = None, authority: AuthorityFacts = COUNCIL, **changes: object
) -> tuple[Finding, ...]:
    """What the check says of *record*, or of *text* in its place."""
    rendered = render_text(build(record, authority, TODAY)) if text is None else text
    return check(
        record,
        letter_text=rendered,
        authority=authority,
        facts=facts_of(record, **changes),
        exemptions=exemptions(),
        today=TODAY,
    )


def rules(found: tuple[Finding, ...]) -> list[str]:
    """Their rules, in order."""
    return [finding.rule.value for finding in found]


def eir(*questions: str) -> LetterRecord:
    """A record under the Regulations."""
    return record_of(*questions, head=HEAD.replace("FOI1", "EIR1").replace('"foi"', '"eir"'))


def refusal(cite: str, extra: str = HARM, *, outcome: str = "withheld") -> str:
    """The keys of a question refused by *cite*."""
    return f'outcome = "{outcome}"\n[[question.provision]]\ncite = "{cite}"\n{extra}'


# ---- whole letters ---------------------------------------------------------------------------------------------------


def test_the_letter_of_may_2024_gets_warnings_for_its_oddities_and_no_stop() -> None:
    """The oddities O1 to O7, O8, O9, O10 and O11 of the oldest letter are found, each once, and nothing else is."""
    record = load_record((LETTERS / "start-for-life.toml").read_text(encoding="utf-8"), "start-for-life.toml")
    found = findings(record)
    assert {finding.level for finding in found} == {Level.WARN}
    assert sorted(rules(found)) == sorted(
        [
            "review_window",  # O1
            "two_labels",  # O2
            "plural_in_brackets",  # O3
            "section_21_label",  # O4
            "slip",  # O5
            "broken_sentence",  # O6
            "bare_percentage",  # O7
            "held_not_said",  # O7, question 1
            "held_not_said",  # O7, question 2
            "other_law_named",  # O8
            "two_spellings",  # O9
            "dead_link",  # O10
            "commissioner_link",  # O11
        ]
    )


@pytest.mark.parametrize("name", ["default-foi", "default-eir", "default-sar", "default-mixed"])
def test_the_default_letters_pass_without_a_finding(name: str) -> None:
    """What the program words itself, it does not complain of."""
    record = load_record((LETTERS / f"{name}.toml").read_text(encoding="utf-8"), name)
    facts = {"requester_name": record.requester_name, "due_on": date(2026, 12, 31)}
    assert findings(record, **facts) == ()


@pytest.mark.parametrize(
    "question",
    [
        'outcome = "supplied"\nanswer = "Zero."',
        'outcome = "supplied"\nanswer = "[name redacted] wrote <https://a.example>"',
        'outcome = "supplied"\nanswer = "The section 106 agreement and the section 38 agreement are attached."',
        'outcome = "supplied"\nanswer = "36% of 50 children, so 18."',
        'outcome = "already_available"\nlink = "https://a.example/"',
        'outcome = "not_held"',
        'outcome = "advice"\nanswer = "Ask us by telephone."',
        refusal("s.40(2)"),
        refusal("s.43(2)", WOULD),
        refusal("s.41(1)", f"{HARM}\n{TEST}"),
        refusal("s.14(1)", 'reason = "It is the fortieth request in a month on one parking fine."'),
    ],
)
def test_a_complete_answer_has_no_findings(question: str) -> None:
    """An officer who has done all is not stopped; the requester's own words are never held against them."""
    traps = "How many XXX [insert] TODO? Section 43, {{ it }}, you hold it, within 40 days, exemption(s)."
    record = record_of(question)
    record = replace(record, questions=(replace(record.questions[0], text=traps),))
    assert findings(record) == ()


def test_a_fresh_draft_says_what_is_to_be_done() -> None:
    """Every question without an outcome is named, and nobody can wave that through."""
    asked = tuple(Question(label=str(number), text="Why?") for number in (1, 2))
    facts = DraftFacts(reference="FOI1", regime=Regime.FOI, topic=" ", questions=asked)
    found = findings(load_record(draft_record(facts), "d"))
    assert rules(found) == ["topic_missing", "unanswered", "unanswered"]
    assert [str(finding).partition(":")[0] for finding in found] == ["topic", "question 1", "question 2"]
    assert [finding.overridable for finding in found] == [True, False, False]


def test_a_question_without_an_outcome_beside_an_answered_one_is_found() -> None:
    """Nothing half done passes."""
    assert rules(findings(record_of('outcome = "not_held"', ""))) == ["unanswered"]


# ---- answers and provisions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ('outcome = "supplied"', "answer_missing"),
        ('outcome = "part"\nprovisions = ["s.40(2)"]\nreason = "r"', "answer_missing"),
        ('outcome = "advice"', "answer_missing"),
        ('outcome = "supplied"\nanswer = "1"\nprovisions = ["s.40(2)"]', "provision_unused"),
        ('outcome = "not_held"\nprovisions = ["s.40(2)"]', "provision_unused"),
        ('outcome = "supplied"\nanswer = "1"\nlink_intro = "Here:"', "link_missing"),
        ('outcome = "already_available"', "link_missing"),
        ('outcome = "already_available"\nanswer = "In the library."', "link_missing"),
        ('outcome = "withheld"\nprovisions = ["s.21"]\nreason = "r"', "link_missing"),
        ('outcome = "withheld"\nreason = "r"', "provision_missing"),
        ('outcome = "withheld"\nprovisions = ["s.40(2)"]', "reason_missing"),
        ('outcome = "withheld"\nprovisions = ["reg 13"]\nreason = "r"', "other_law"),
        (refusal("s.35(1)(a)", f"{HARM}\n{TEST}"), "not_for_councils"),
        (refusal("s.31(1)", WOULD), "provision_too_broad"),
        (refusal("s.25"), "no_exemption"),
        (refusal("s.22"), "public_interest_missing"),
        (
            refusal("s.42(1)", f"{HARM}\n{NO_BALANCE}"),
            "public_interest_missing",
        ),
        (refusal("s.43(2)", f"{HARM}\n{TEST}"), "likelihood"),
        (refusal("s.43(2)", f'{HARM}\n{TEST}\nprejudice = "would adversely affect"'), "likelihood"),
        (refusal("s.43(2)", f'reason = "Commercial prejudice."\n{TEST}\nprejudice = "would"'), "harm_not_named"),
        (refusal("s.36(2)(c)", f'{HARM}\n{TEST}\nprejudice = "would"'), "qualified_person"),
        (
            refusal(
                "s.36(2)(c)",
                f'{HARM}\n{TEST}\nprejudice = "would"\nqualified_person = {{ role = "MO", opinion = "Yes." }}',
            ),
            "qualified_person",
        ),
        (
            refusal(
                "s.36(2)(c)",
                f'{HARM}\n{TEST}\nprejudice = "would"\n'
                'qualified_person = { role = "MO", opinion = "Yes.", given_on = 2024-05-03 }',
            ),
            "qualified_person",
        ),
        ('outcome = "withheld"\nprovisions = ["s.21(1)"]\nreason = "r"', "link_missing"),
        (refusal("s.31(2)", WOULD), "provision_too_broad"),
        (refusal("s.31(2)(a)", WOULD), "no_exemption"),
        (refusal("s.31(1)(g)", WOULD), "purpose_missing"),
        (refusal("s.31(1)(h)", WOULD), "purpose_missing"),
        (refusal("s.21", HARM, outcome="ncnd"), "ncnd_misused"),
        (refusal("s.40(5A)"), "ncnd_misused"),
    ],
)
def test_what_an_answer_lacks_stops_it(question: str, expected: str) -> None:
    """Each gap is one stop that names its question, says what to do, and can be overridden."""
    found = [finding for finding in findings(record_of(question)) if finding.level is Level.STOP]
    assert rules(tuple(found)) == [expected]
    assert found[0].place.startswith("question 1")
    assert found[0].remedy
    assert found[0].overridable


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (refusal("s.40(2)", f"{HARM}\n{TEST}"), "no_test_owed"),
        (refusal("s.22", f"{HARM}\n{NOBODY_DECIDED}"), "public_interest_incomplete"),
        (
            f'outcome = "withheld"\nprovisions = ["s.22"]\n{HARM}\npublic_interest = "On balance no."',
            "public_interest_incomplete",
        ),
        (refusal("s.31(1)(a)", f'{HARM}\n{TEST}\nprejudice = "would"', outcome="ncnd"), "denial_not_cited"),
        (refusal("s.40(1)"), "handled_elsewhere"),
        ('outcome = "supplied"\nanswer = "Up 12 per cent on 2023."', "bare_percentage"),
        ('outcome = "supplied"\nanswer = "The Environmental Information Regulations say so."', "other_law_named"),
        (
            'outcome = "already_available"\nlink = "https://a.example/"\nlink_intro = "You will find\\n\\nit here:"',
            "broken_sentence",
        ),
        (
            refusal("s.30(1)(b)", f"{HARM}\n{TEST}")
            + f'\n[[question.provision]]\ncite = "s.31(1)(a)"\nprejudice = "would"\n{HARM}\n{TEST}',
            "sections_30_and_31",
        ),
    ],
)
def test_what_an_answer_could_do_better_is_a_warning(question: str, expected: str) -> None:
    """What the law does not forbid does not stop a letter."""
    found = findings(record_of(question))
    assert rules(found) == [expected]
    assert found[0].level is Level.WARN


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (refusal("s.43(2)", f"{HARM}\n{TEST}"), ["other_law"]),
        (refusal("reg 12(5)(e)", f'{HARM}\nprejudice = "would adversely affect"\n{TEST}'), []),
        (refusal("reg 12(5)(e)", f'{HARM}\nprejudice = "would be likely to"\n{TEST}'), ["likelihood"]),
        (
            refusal("reg 12(5)(e)", f'reason = "It is likely to harm the supplier in the open tender."\n{TEST}'),
            ["likelihood"],
        ),
        (refusal("reg 12(5)(e)", f"{HARM}\n{TEST}"), ["likelihood"]),
        (refusal("reg 12(4)(e)", HARM), ["public_interest_missing"]),
        (refusal("reg 12(4)(d)", f"{HARM}\n{TEST}"), ["completion_missing"]),
        (refusal("reg 12(4)(d)", f'reason = "The surveyor completes it by the end of June."\n{TEST}'), []),
        (
            f"emissions = true\n{refusal('reg 12(5)(f)', WOULD)}",
            ["emissions"],
        ),
        (
            refusal("reg 12(5)(e)", WOULD, outcome="ncnd"),
            ["ncnd_misused"],
        ),
        (refusal("reg 12(6)", WOULD, outcome="ncnd"), []),
        (refusal("reg 12(4)(a)"), ["held_and_not_held"]),
        (
            refusal(
                "reg 12(4)(a)", f'{HARM}\n[[question.provision]]\ncite = "reg 13(1)"\n{HARM}', outcome="part"
            ).replace("[[", 'answer = "Seven."\n[[', 1),
            ["held_and_not_held"],
        ),
        ('outcome = "not_held"\nprovisions = ["reg 12(4)(a)"]', []),
        ('outcome = "supplied"\nanswer = "Section 43 stands in the way."', ["other_law"]),
        ('outcome = "supplied"\nanswer = "It is refused by s.12(1)."', ["other_law"]),
        ('outcome = "supplied"\nanswer = "A section 38 agreement under the Highways Act 1980, section 38."', []),
        ('outcome = "supplied"\nanswer = "The Freedom of Information Act says so."', ["other_law_named"]),
        ('outcome = "supplied"\nanswer = "We extend the time to weigh the public interest."', ["extension_not_in_eir"]),
        ('outcome = "supplied"\nanswer = "We need more time for the public interest test."', ["extension_not_in_eir"]),
        (refusal("reg 12(4)(b)", f'reason = "It would take a month of work."\n{TEST}'), ["advice_missing"]),
        (refusal("reg 12(4)(b)", f'reason = "It would take a month; please narrow it to a year."\n{TEST}'), []),
        ('outcome = "already_available"', ["link_missing"]),
        ('outcome = "not_held"', []),
    ],
)
def test_an_environmental_answer_is_held_to_the_regulations(question: str, expected: list[str]) -> None:
    """Exceptions, thresholds, times and terms are those of the Regulations."""
    assert rules(findings(eir(question))) == expected


@pytest.mark.parametrize(
    "beside",
    [
        f'{WOULD}\n[[question.provision]]\ncite = "s.31(2)(a)"\n{HARM}',
        WOULD.replace("Competitors", "For the purpose of section 31(2)(c) competitors"),
        WOULD.replace("Competitors", "For the purpose in subsection (2) (c) competitors"),
    ],
)
def test_a_purpose_of_law_enforcement_may_be_named_beside_its_exemption_or_in_the_reason(beside: str) -> None:
    """Section 31(1)(g) is whole with a paragraph of section 31(2), wherever that is named, and the paragraph is no finding then."""
    assert findings(record_of(refusal("s.31(1)(g)", beside))) == ()


@pytest.mark.parametrize("cite", ["sch 2", "sch 3", "sch 4"])
def test_a_whole_schedule_is_no_ground_for_withholding_personal_data(cite: str) -> None:
    """A schedule of exemptions is relied on by its paragraph, and the finding says how one is written."""
    head = HEAD.replace('"foi"', '"sar"')
    found = findings(record_of(refusal(cite), head=head))
    assert rules(found) == ["provision_too_broad"]
    assert f"{cite} para " in found[0].remedy
    assert findings(record_of(refusal(f"{cite} para 5"), head=head)) == ()


def test_a_question_about_emissions_is_noticed() -> None:
    """An exception that emissions bar is questioned where the requester speaks of them."""
    record = eir(refusal("reg 12(5)(d)", WOULD))
    record = replace(record, questions=(replace(record.questions[0], text="Please send the emission figures."),))
    assert rules(findings(record)) == ["emissions_likely"]


def test_a_regulation_in_an_answer_under_the_act_is_found() -> None:
    """The other law's exception has no place in a FOI answer, but the Fees Regulations have."""
    record = record_of('outcome = "supplied"\nanswer = "It is excepted by regulation 12(5)(e)."')
    assert rules(findings(record)) == ["other_law"]
    record = record_of('outcome = "supplied"\nanswer = "See regulation 4(3) of the Fees Regulations 2004."')
    assert findings(record) == ()


def test_each_question_is_held_to_its_own_law() -> None:
    """In a letter under two laws a section is right in one question and wrong in the other."""
    section = refusal("s.40(2)")
    assert findings(record_of(section, 'regime = "eir"\noutcome = "not_held"')) == ()
    assert rules(findings(record_of('outcome = "not_held"', f'regime = "eir"\n{section}'))) == ["other_law"]


def test_a_subject_access_request_is_not_answered_by_pointing_elsewhere() -> None:
    """Information published elsewhere is no answer to somebody who asks for their own data; schedules are its provisions."""
    head = HEAD.replace('"foi"', '"sar"')
    pointing = record_of('outcome = "already_available"\nlink = "https://a.example/"', head=head)
    assert rules(findings(pointing)) == ["not_for_subject_access"]
    assert findings(record_of(refusal("sch 2 para 16"), head=head)) == ()
    assert rules(findings(record_of(refusal("s.40(1)"), head=head)))[0] == "other_law"


@pytest.mark.parametrize(
    ("message", "more", "expected"),
    [
        ("We refuse to erase it.", "", ["refusal_rights"]),
        ("We will not delete the file.", "", ["refusal_rights"]),
        ("We are unable to correct the record.", "", ["refusal_rights"]),
        ("We can\u2019t erase it.", "", ["refusal_rights"]),
        ("We refuse to erase it.", "refuses = true\n", []),
        ("We refuse. Complain to the Information Commissioner or ask a court.", "", []),
        ("We have erased it.", "", []),
        ("Please send us proof of your address.", "", []),
    ],
)
def test_a_refused_data_right_without_its_remedies_is_warned_of(message: str, more: str, expected: list[str]) -> None:
    """Erasure, correction and objection are answered in free letters, whose refusal has to name what can be done about it."""
    head = HEAD.replace('"foi"', '"sar"')
    record = load_record(f'{head}kind = "free"\nsubject = "erasure"\nmessage = "{message}"\n{more}', "a.toml")
    found = findings(record)
    assert rules(found) == expected
    assert all(one.level is Level.WARN for one in found)


def test_whoever_is_sent_their_data_is_told_how_it_is_used() -> None:
    """Article 15(1) and (2) ask for it: the privacy notice or the officer's words say it, and without both the letter stops."""
    head = HEAD.replace('"foi"', '"sar"')
    given = 'outcome = "supplied"\nanswer = "Attached."'
    [found] = findings(record_of(given, head=head))
    assert (found.rule, found.level, found.overridable) == (Rule.ARTICLE_15_MISSING, Level.STOP, True)
    assert findings(record_of(given, head=head), authority=replace(COUNCIL, privacy_notice="https://a.example/")) == ()
    assert findings(record_of(given, head=f'{head}supplementary = "We collect tax with it."\n')) == ()
    assert findings(record_of(given, head=f'{head}[authority]\nprivacy_notice = "https://a.example/"\n')) == ()
    assert findings(record_of('outcome = "not_held"', refusal("sch 2 para 16"), head=head)) == ()
    assert rules(findings(record_of('outcome = "not_held"', f'regime = "sar"\n{given}'))) == ["article_15_missing"]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("It is too much.", ["estimate_missing", "advice_missing"]),
        ("It would take 34 hours.", ["advice_missing"]),
        ("It would cost £850.", ["advice_missing"]),
        ("Please narrow your request.", ["estimate_missing"]),
        ("It would take 34 hours; nothing could be done within 18.", []),
    ],
)
def test_a_refusal_for_cost_needs_its_estimate_and_help(reason: str, expected: list[str]) -> None:
    """Section 12 goes with arithmetic and with section 16."""
    assert rules(findings(record_of(refusal("s.12(1)", f'reason = "{reason}"')))) == expected


def test_the_fees_regulations_are_named() -> None:
    """A wording that leaves out what sets the limit is warned of."""
    reason = 'reason = "It would take 34 hours; please narrow it."'
    record = replace(record_of(refusal("s.12(1)", reason)), template="coventry-2024")
    assert Rule.FEES_REGULATIONS in {finding.rule for finding in findings(record)}


def test_an_unknown_provision_is_a_stop() -> None:
    """Where a letter was written in other words, a number that does not exist is still seen."""
    record = record_of(refusal("s.99"), refusal("s.12"))
    found = findings(record, text=render_text(build(record_of('outcome = "not_held"'), COUNCIL, TODAY)))
    assert rules(found)[:2] == ["provision_unknown", "provision_too_broad"]
    assert found[1].remedy == "name one of s.12(1), s.12(2)"


# ---- what nobody can override ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "left",
    [
        "[insert figure]",
        "There are XXX.",
        "TODO",
        "<answer>",
        "Dear {{ name }}",
        "«Surname»",
        "[Date]",
        "[ TBC ]",
        "CHANGE-ME",
    ],
)
@pytest.mark.parametrize("key", ["answer", "reason", "link_intro"])
def test_a_placeholder_left_over_can_never_go(left: str, key: str) -> None:
    """Wherever an officer's words still have a gap, the letter stops for good."""
    keys = {"answer": "1", "link_intro": "Here:", key: left}
    lines = "".join(f'{name} = "{value}"\n' for name, value in keys.items())
    found = findings(record_of(f'outcome = "supplied"\nlink = "https://a.example/"\n{lines}'))
    assert rules(found) == ["placeholder"]
    assert not found[0].overridable
    assert found[0].place == f"question 1: {key}"


def test_a_placeholder_in_a_provision_the_topic_or_the_frame_is_found_too() -> None:
    """No field and no wording is left out."""
    answered = 'outcome = "supplied"\nanswer = "1"'
    deep = refusal("s.22", f"{HARM}\n{TEST.replace('Openness.', '[insert]')}")
    assert "placeholder" in rules(findings(record_of(deep)))
    assert rules(findings(replace(record_of(answered), topic="[name]"))) == ["placeholder"]
    assert rules(findings(record_of(answered), authority=replace(COUNCIL, name="CHANGE-ME"))) == ["placeholder"]


@pytest.mark.parametrize(
    "said",
    [
        "We hold it.",
        "We do not hold any such file.",
        "The records are held by us.",
        "It is not held.",
        "The council holds three reports.",
        "No such information exists.",
        "We have no record of this.",
        "We neither confirm nor deny that we hold it, but the file we hold is closed.",
        "Whether this matters or not, the report is held.",
        "There is an ongoing investigation.",
        "Our search found two emails.",
        "The enclosed report says more.",
    ],
)
@pytest.mark.parametrize("key", ["reason", "public_interest"])
def test_neither_confirming_nor_denying_leaks_nothing(said: str, key: str) -> None:
    """Any word that something is, or is not, held stops the letter for good."""
    keys = {"reason": "Saying so would be likely to tell offenders what to hide.", key: said}
    lines = "".join(f'{name} = "{value}"\n' for name, value in keys.items())
    record = record_of(f'outcome = "ncnd"\nprovisions = ["s.31(3)"]\n{lines}public_interest = "x"' if key == "reason"
                       else f'outcome = "ncnd"\nprovisions = ["s.31(3)"]\n{lines}')  # fmt: skip
    leaks = [finding for finding in findings(record) if finding.rule is Rule.NCND_LEAK]
    assert leaks
    assert not leaks[0].overridable


@pytest.mark.parametrize(
    "said",
    [
        "Confirming or denying that we hold it would be likely to tell offenders what to hide.",
        "We considered whether saying that the information is held would prejudice an inquiry.",
        "If the information were held, disclosure would be likely to harm the inquiry.",
        "Any information we hold about such matters would be of use to an offender, so saying so would harm.",
        "There is a public interest in openness, which would be served by saying so.",
    ],
)
def test_grounds_for_neither_confirming_nor_denying_are_no_leak(said: str) -> None:
    """One has to be able to speak of holding without saying that one holds."""
    record = record_of(refusal("s.31(3)", f'reason = "{said}"\nprejudice = "would"\n{TEST}', outcome="ncnd"))
    assert findings(record) == ()


def test_an_answer_beside_a_denial_is_a_leak() -> None:
    """An answer or a link left in the record of such a question is a leak although no letter prints it."""
    keys = f'outcome = "ncnd"\nprovisions = ["s.23(5)"]\n{HARM}\n'
    for more in ('answer = "The file is closed."', 'link = "https://a.example/"'):
        assert rules(findings(record_of(keys + more))) == ["ncnd_leak"]


def test_another_question_may_not_give_the_denied_one_away() -> None:
    """What is said elsewhere of other things is no leak; what is said of the denied question is."""
    denied = refusal("s.23(5)", HARM, outcome="ncnd")
    other = 'outcome = "supplied"\nanswer = "We hold 3 reports. {}"'
    assert findings(record_of(denied, 'outcome = "not_held"', other.format("They are attached."))) == ()
    found = findings(record_of(denied, other.format("The report in question 1 is held by us, too.")))
    assert rules(found) == ["ncnd_leak"]
    assert found[0].place == "question 2: answer"


def test_a_file_may_not_give_a_denial_away() -> None:
    """A letter that denies everything has no attachments, and no attachment's name speaks of holding."""
    denied = refusal("s.23(5)", HARM, outcome="ncnd")
    assert rules(findings(record_of(denied), file_names=("minutes.pdf",))) == ["ncnd_leak"]
    supplied = 'outcome = "supplied"\nanswer = "Attached."'
    assert findings(record_of(denied, supplied), file_names=("minutes.pdf",)) == ()
    assert rules(findings(record_of(denied, supplied), file_names=("records_not-held.pdf",))) == ["ncnd_leak"]


def test_the_wording_around_a_denial_may_not_give_it_away() -> None:
    """Where everything is denied, no sentence of the frame speaks of holding either."""
    record = record_of(refusal("s.23(5)", HARM, outcome="ncnd"))
    text = render_text(build(record, COUNCIL, TODAY))
    found = findings(record, text=text.replace("Please quote", "We hold this file. Please quote"))
    assert rules(found) == ["ncnd_leak"]
    assert found[0].place == "the letter"


def test_a_letter_that_does_not_repeat_the_questions_is_checked_all_the_same() -> None:
    """An officer's own wording is held to the same rules, by what the record says of each question."""
    record = record_of('outcome = "supplied"\nanswer = "Zero."')
    text = render_text(build(record, COUNCIL, TODAY)).replace(ASKED, "")
    assert findings(record, text=text) == ()
    assert rules(findings(record, text=text.replace("review", "look"))) == ["review_missing"]


def test_a_topic_may_not_give_a_denial_away() -> None:
    """The topic stands in the letter like an answer."""
    record = replace(record_of(refusal("s.23(5)", HARM, outcome="ncnd")), topic="the file we hold on you")
    assert rules(findings(record)) == ["ncnd_leak"]


ANSWERED = 'outcome = "supplied"\nanswer = "1"'


@pytest.mark.parametrize(
    ("head", "changes", "place"),
    [
        (HEAD, {"reference": "FOI999999999"}, "reference"),
        (HEAD, {"addressed_to": ("eve@example.org",)}, "the letter"),
        (HEAD, {"addressed_to": ("jose@example.org", "eve@example.org")}, "the letter"),
        (HEAD + 'salutation = "named"\nrequester_name = "Eve Other"\n', {}, "requester_name"),
    ],
)
def test_a_letter_to_somebody_else_can_never_go(head: str, changes: dict[str, object], place: str) -> None:
    """Another request's number, another address or another name stops the letter for good."""
    found = findings(record_of(ANSWERED, head=head), **changes)
    assert rules(found) == ["wrong_recipient"]
    assert found[0].place == place
    assert not found[0].overridable


@pytest.mark.parametrize("name", ["Mr J. Example", "JOSE EXAMPLE", "Dr Example", "José"])
def test_a_name_may_be_written_otherwise(name: str) -> None:
    """Titles, accents, case and initials make nobody another person; an address in other case is the same."""
    head = f'{HEAD}salutation = "named"\nrequester_name = "{name}"\n'
    assert findings(record_of(ANSWERED, head=head), addressed_to=("Jose@Example.ORG",)) == ()


def test_a_request_without_a_name_may_be_given_one() -> None:
    """Where no name is known, none can be wrong."""
    head = f'{HEAD}salutation = "named"\nrequester_name = "Eve Other"\n'
    assert findings(record_of(ANSWERED, head=head), requester_name="") == ()


def test_another_reference_in_place_of_ours_is_the_wrong_letter() -> None:
    """A letter that names another request only is another request's; one that names none lacks it."""
    record = record_of(ANSWERED)
    text = render_text(build(record, COUNCIL, TODAY))
    assert rules(findings(record, text=text.replace("FOI123456789", "FOI987654321"))) == ["wrong_recipient"]
    assert rules(findings(record, text=text.replace("FOI123456789", "yours"))) == ["reference_missing"]
    earlier = record_of('outcome = "supplied"\nanswer = "As in FOI987654321."')
    assert findings(earlier) == ()


# ---- the frame -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("regime", "gone", "expected"),
    [
        ("foi", ("review",), ["review_missing"]),
        ("foi", ("Information Commissioner",), ["commissioner_missing"]),
        ("foi", ("https://ico.org.uk/make-a-complaint/",), ["commissioner_link"]),
        ("foi", ("Freedom of Information",), ["law_not_named"]),
        ("eir", ("regulation 11",), ["regulation_11_missing"]),
        ("eir", ("Environmental Information Regulations",), ["law_not_named"]),
        ("sar", ("Subject access",), ["law_not_named"]),
    ],
)
def test_what_every_response_has_to_hold_is_missed(regime: str, gone: tuple[str, ...], expected: list[str]) -> None:
    """A letter without its law, its review or the Commissioner is not a lawful answer."""
    record = record_of(ANSWERED, head=HEAD.replace('"foi"', f'"{regime}"'))
    text = render_text(build(record, COUNCIL, TODAY))
    for words in gone:
        text = text.replace(words, "…")
    noticed = replace(COUNCIL, privacy_notice="https://a.example/")
    assert rules(findings(record, text=text, authority=noticed)) == expected


def test_the_other_laws_words_around_the_answers_are_found() -> None:
    """A wording made for one law and used for the other is stopped or warned of; who writes and what is published is not."""
    text = render_text(build(eir(ANSWERED), COUNCIL, TODAY))
    spoilt = text.replace(
        "Please quote", "Under section 17 we refuse. By s.43 and the Freedom of Information Act. Please quote"
    )
    assert rules(findings(eir(ANSWERED), text=spoilt)) == ["other_law", "other_law_named"]
    spoilt = text.replace("Please quote", "We extend the time for the public interest. Please quote")
    assert rules(findings(eir(ANSWERED), text=spoilt)) == ["extension_not_in_eir"]


def test_a_late_letter_without_apology_is_warned_of() -> None:
    """Day 21 needs a word of regret."""
    assert rules(findings(record_of(ANSWERED), due_on=date(2024, 5, 1))) == ["late_without_apology"]
    sorry = record_of('outcome = "supplied"\nanswer = "We apologise for the delay. 1."')
    assert findings(sorry, due_on=date(2024, 5, 1)) == ()
    assert findings(record_of(ANSWERED), due_on=TODAY) == ()


def test_dates_that_cannot_be_are_found() -> None:
    """A letter older than its request, and a date of receipt other than the one filed."""
    early = record_of(ANSWERED, head=HEAD + "issued_on = 2024-04-03\n")
    assert rules(findings(early)) == ["dates"]
    other = record_of(ANSWERED, head=HEAD + "received_on = 2024-04-05\n")
    assert rules(findings(other, received_on=date(2024, 4, 4))) == ["receipt_date"]


def test_questions_are_compared_with_those_that_were_asked() -> None:
    """A question left out stops, one put otherwise is warned of, and one only cut otherwise is neither."""
    record = record_of(ANSWERED)
    left_out = (Question(label="1", text=ASKED), Question(label="b", text="And who paid?"))
    found = findings(record, questions=left_out)
    assert rules(found) == ["question_left_out"]
    assert "question b of the request" in found[0].words
    changed = replace(record, questions=(replace(record.questions[0], text="What is the number of lamps?"),))
    both = findings(changed, questions=(Question(label="1", text=ASKED),))
    assert rules(both) == ["question_left_out", "not_requesters_words"]
    whole = (Question(label="", text=f"{ASKED}\n  And who paid?"),)
    assert findings(record, questions=whole) == ()
    assert findings(record, questions=()) == ()


def test_a_named_letter_needs_a_name() -> None:
    """A salutation by name without one is stopped."""
    assert rules(findings(record_of(ANSWERED, head=HEAD + 'salutation = "named"\n'))) == ["name_missing"]


def test_stops_stand_before_warnings_and_the_rule_decides_the_level() -> None:
    """Whoever reads the list meets first what has to be mended."""
    record = record_of('outcome = "supplied"\nanswer = "50%"', 'outcome = "withheld"')
    levels = [finding.level for finding in findings(record)]
    assert levels == sorted(levels)
    assert set(levels) == {Level.STOP, Level.WARN}


# ---- bad input -------------------------------------------------------------------------------------------------------


def test_two_hundred_questions_and_five_megabytes_are_checked() -> None:
    """Size alone is no mistake, and what is wrong in it is still found."""
    answer = "[x <y {z we held s.43 % 3 if any \\n" * 160_000
    record = record_of(f'outcome = "supplied"\nanswer = "{answer}"', *[""] * 199)
    assert len(record.questions[0].answer) > 5_000_000
    found = findings(record)
    assert rules(found) == ["unanswered"] * 199


@pytest.mark.parametrize(
    "text", ["", "\x00\x1b[2J\u2028\ud800", "(" * 20_000, "we hold " * 20_000, "question 1 " * 20_000]
)
def test_no_text_breaks_the_check(text: str) -> None:
    """Controls, halves of characters and long runs are text like any other."""
    record = record_of(ANSWERED, refusal("s.23(5)", HARM, outcome="ncnd"))
    strange = replace(record.questions[0], text=text or " ", answer=f"1 {text}", label=text[:9])
    found = findings(replace(record, topic=f"x {text}", questions=(strange, record.questions[1])))
    assert all(str(finding).isprintable() for finding in found)
