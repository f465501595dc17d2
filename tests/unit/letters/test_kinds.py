"""Every kind of letter: worded as agreed for its law and salutation, asking for what it needs and for nothing else."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from pipeline.domain.errors import RecordError
from pipeline.domain.request import Question, Regime
from pipeline.letters.authority import AuthorityFacts, Publication
from pipeline.letters.model import DraftFacts, LetterKind, LetterRecord
from pipeline.letters.particulars import KINDS
from pipeline.letters.record import draft_record, load_record
from pipeline.letters.render import Letter, build, render_text

LETTERS = Path(__file__).parents[2] / "letters" / "kinds"
NAMES = sorted(path.stem for path in LETTERS.glob("*.toml"))
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
LAWS = {"foi": Regime.FOI, "eir": Regime.EIR, "sar": Regime.SAR}


def written(name: str) -> str:
    """The file of one of the sample letters."""
    return (LETTERS / f"{name}.toml").read_text(encoding="utf-8")


def record(name: str) -> LetterRecord:
    """One of the sample letters, read."""
    return load_record(written(name), f"{name}.toml")


def finished(name: str) -> Letter:
    """One of the sample letters in its words."""
    return build(record(name), COUNCIL, TODAY)


def mistakes(text: str) -> list[str]:
    """What is wrong with a letter file."""
    with pytest.raises(RecordError) as caught:
        load_record(text, "a.toml")
    return list(caught.value.problems)


@pytest.mark.parametrize("name", NAMES)
def test_each_letter_is_worded_as_agreed(name: str) -> None:
    """A change of any wording is seen and agreed, never slipped in; subject first, then the letter."""
    letter = finished(name)
    agreed = (LETTERS / f"{name}.txt").read_text(encoding="utf-8")
    assert f"{letter.subject}\n\n{render_text(letter)}\n" == agreed


def test_there_is_a_sample_of_every_kind_law_and_salutation() -> None:
    """No wording goes without its agreed sample; a service area has one salutation, for it is not the requester."""
    wanted = set()
    for kind in LetterKind:
        if kind is LetterKind.RESPONSE:
            continue
        for law in KINDS[kind].laws:
            stem = f"{kind.replace('_', '-')}-{law}"
            wanted |= {stem} if kind is LetterKind.SERVICE_AREA else {f"{stem}-generic", f"{stem}-named"}
    assert set(NAMES) == wanted


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_names_its_reference_in_subject_and_text(name: str) -> None:
    """Whoever writes back can say which request it is about."""
    letter = finished(name)
    assert letter.subject.startswith(f"{letter.reference}: ")
    assert letter.reference in render_text(letter)


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_speaks_of_its_own_law_only(name: str) -> None:
    """Nothing under the Regulations rests on a section of the Act but the complaint, and nothing the other way round."""
    text = render_text(finished(name))
    match record(name).regime:
        case Regime.FOI:
            assert "regulation" not in text.casefold().replace("fees) regulations 2004", "")
            assert "GDPR" not in text
        case Regime.EIR:
            assert not [line for line in text.split("\n") if "ection" in line.split() and "section 50" not in line]
            assert "FOIA" not in text
        case Regime.SAR:
            assert "Freedom of Information" not in text
            assert "Environmental" not in text


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(("generic", "named"))])
def test_salutation_and_close_go_together(name: str) -> None:
    """Who is addressed by name is greeted sincerely, and nobody else."""
    text = render_text(finished(name))
    named = name.endswith("named")
    assert ("\nDear Robin Example\n" in text) is named
    assert ("\nYours sincerely\n" in text) is named
    assert ("\nYours faithfully\n" in text) is not named


@pytest.mark.parametrize("name", NAMES)
def test_each_kind_asks_for_what_it_needs(name: str) -> None:
    """A letter that lacks a key it cannot do without is refused with file, key and remedy, and nothing else is asked for."""
    values = tomllib.loads(written(name))
    kind = LetterKind(values["kind"])
    for key in KINDS[kind].needed(LAWS[values["regime"]]):
        bare = [line for line in written(name).split("\n") if not line.startswith(f"{key} =")]
        kept = "\n".join(bare)
        if f'{key} = """' in written(name):
            before, _, rest = written(name).partition(f'{key} = """')
            kept = before + rest.partition('"""')[2]
        if key == "provisions":
            kept = kept.partition("[[provision]]")[0]
        found = mistakes(kept)
        assert len(found) == 1, found
        assert found[0].startswith(f"a.toml: {key}: this is missing; add ")


def test_a_key_of_another_kind_is_refused() -> None:
    """An amount in an apology is a mistake, not something to pass over."""
    found = mistakes('amount = "45.00"\n' + written("apology-foi-generic"))
    assert found == ["a.toml: amount: this key is not known; take it out"]


@pytest.mark.parametrize(
    ("kind", "regime", "instead"),
    [
        ("public_interest_extension", "eir", 'only section 10(3) of the Act has it; use kind = "extension"'),
        ("extension", "foi", 'where a qualified exemption is weighed use kind = "public_interest_extension"'),
        ("fees_notice", "sar", "subject access is free"),
        ("review_outcome", "sar", "subject access does not know it"),
    ],
)
def test_a_letter_the_law_does_not_know_is_refused(kind: str, regime: str, instead: str) -> None:
    """The refusal says what there is instead."""
    found = mistakes(f'kind = "{kind}"\nreference = "FOI1"\nregime = "{regime}"\n')
    assert next(one for one in found if one.startswith("a.toml: kind: ")).endswith(instead)


def test_only_qualified_exemptions_give_time_for_the_public_interest() -> None:
    """An absolute exemption needs no balance and so gives no time for it (section 10(3))."""
    text = written("public-interest-extension-foi-generic").replace("s.43(2)", "s.41(1)")
    assert mistakes(text) == ["a.toml: provisions: s.41(1) needs no public interest test; take it out or decide now"]
    unreasoned = written("public-interest-extension-foi-generic").replace("reason = ", "# reason = ")
    assert mistakes(unreasoned) == ['a.toml: provisions: s.43(2) has no reason; say why it applies: reason = "…"']


def test_a_provision_the_letter_cannot_name_is_refused() -> None:
    """A section that does not exist stands in no letter."""
    text = written("public-interest-extension-foi-generic").replace("s.43(2)", "s.99")
    with pytest.raises(RecordError, match=r"the letter: provisions: s\.99 is not known to this letter"):
        build(load_record(text, "a.toml"), COUNCIL, TODAY)


@pytest.mark.parametrize(("hours", "passes"), [("18", False), ("18.0", False), ("18.25", True)])
def test_exactly_eighteen_hours_are_within_the_limit(hours: str, *, passes: bool) -> None:
    """The limit has to be exceeded (section 12(1); 450 pounds at 25 an hour)."""
    text = written("cost-refusal-foi-generic").replace("26.5\nworkings", f"{hours}\nworkings")
    if passes:
        assert load_record(text, "a.toml").particulars.hours == float(hours)
    else:
        assert mistakes(text) == ["a.toml: hours: 18 hours are within the limit of 18; section 12 needs more"]


@pytest.mark.parametrize("hours", ["0", "-3", "true", '"26"', "nan", "inf"])
def test_hours_have_to_be_a_number(hours: str) -> None:
    """Whatever is no number of hours is refused with its remedy."""
    found = mistakes(written("cost-refusal-foi-generic").replace("hours = 26.5", f"hours = {hours}"))
    assert found == ["a.toml: hours: this has to be a number above nought without quotes, like 21.5"]


def test_the_cost_of_confirming_says_nothing_about_holding() -> None:
    """Where finding out alone is too dear, the letter does not say that anything is held (section 12(2))."""
    text = "confirming = true\n" + written("cost-refusal-foi-generic")
    shown = render_text(build(load_record(text, "a.toml"), COUNCIL, TODAY))
    assert "Section 12(2) of the Freedom of Information Act 2000" in shown
    assert "We hold" not in shown
    assert mistakes("confirming = true\n" + written("cost-refusal-eir-generic"))[0].startswith("a.toml: confirming: ")


def test_a_vexatious_request_is_not_a_vexatious_person() -> None:
    """Section 14(1) is named where nothing was repeated, and a repeated request needs the earlier answer's date."""
    text = written("vexatious-refusal-foi-generic").replace("earlier_on = 2024-03-28\n", "")
    assert mistakes(text)[0].startswith("a.toml: earlier_on: this is missing")
    single = render_text(build(load_record(text.replace("repeated = true\n", ""), "a.toml"), COUNCIL, TODAY))
    assert "Section 14(1)" in single
    assert "This is about the request, and not about you as a person." in single


def test_a_review_that_finds_a_failure_says_what_will_be_done() -> None:
    """Regulation 11(5) asks for the failure, the action and the time."""
    text = "\n".join(
        line for line in written("review-outcome-eir-generic").split("\n") if not line.startswith("remedy")
    )
    assert mistakes(text) == ["a.toml: remedy: regulation 11(5) asks what will be done and by when; add it"]


def test_the_fee_has_its_last_day() -> None:
    """Three months that begin on 9 September 2024 end on 8 December (section 9(2)); the Regulations count 60 working days."""
    assert "(that is, by 8 December 2024)" in render_text(finished("fees-notice-foi-generic"))
    assert "by the 60th working day after the date" in render_text(finished("fees-notice-eir-generic"))
    assert mistakes(written("fees-notice-foi-generic").replace('"45.00"', '"£45"'))[0].startswith("a.toml: amount: ")


def test_a_service_area_is_never_told_who_asks() -> None:
    """The requester's name is refused in the file, so that it cannot come into the letter."""
    text = 'requester_name = "Robin Example"\n' + written("service-area-foi")
    assert mistakes(text) == ["a.toml: requester_name: a service area is not told who asks; take the name out"]
    draft = draft_record(facts(LetterKind.SERVICE_AREA, Regime.FOI))
    assert "Robin" not in draft


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        ("extension-eir-generic", "answer_by = 2024-06-03", "answer_by = 2024-04-29", "answer_by"),
        ("correction-foi-generic", "corrects = 2024-05-02", "corrects = 2024-05-10", "corrects"),
    ],
)
def test_dates_that_cannot_be_are_refused(name: str, old: str, new: str, key: str) -> None:
    """What is promised lies ahead of the letter, and what it speaks of behind it."""
    assert mistakes(written(name).replace(old, new))[0].startswith(f"a.toml: {key}: ")


def test_an_old_letter_keeps_the_addresses_of_its_day() -> None:
    """What changes with time is taken as of the letter's date."""
    old = written("apology-foi-generic")
    new = old.replace("issued_on = 2024-05-07", "issued_on = 2026-11-02").replace(
        "answer_by = 2024-05-16", "answer_by = 2026-11-16"
    )
    assert "Wycliffe House" in render_text(build(load_record(old, "a.toml"), COUNCIL, TODAY))
    assert "Wycliffe House" not in render_text(build(load_record(new, "a.toml"), COUNCIL, TODAY))


def facts(kind: LetterKind, regime: Regime) -> DraftFacts:
    """What is known of a request whose letter is begun."""
    return DraftFacts(
        reference="FOI246813579",
        regime=regime,
        topic='lamps "of old" {{ 7 * 7 }}',
        questions=(Question(label="1", text='What "is"\nthis?'),),
        requester_name="Robin Example",
        received_on=date(2024, 4, 4),
        due_on=date(2024, 5, 2),
        kind=kind,
    )


@pytest.mark.parametrize(
    ("kind", "regime"),
    [(kind, law) for kind in LetterKind for law in sorted(KINDS[kind].laws)],
)
def test_a_new_draft_lacks_only_what_the_officer_knows(kind: LetterKind, regime: Regime) -> None:
    """The file to begin with is sound but for the keys marked as needed, and has a meaning for each."""
    draft = draft_record(facts(kind, regime))
    open_keys = {line.split(": ")[0] for line in draft.split("\n") if line.startswith("# Needed")}
    assert len(open_keys) == (1 if KINDS[kind].needed(regime) else 0)
    try:
        read = load_record(draft, "a.toml")
    except RecordError as error:
        missing = {problem.split(": ")[1] for problem in error.problems}
        assert missing <= {*KINDS[kind].needed(regime), "provision 1"}
    else:
        assert read.topic == 'lamps "of old" {{ 7 * 7 }}'
        assert kind is LetterKind.RESPONSE


def test_more_time_may_be_taken_over_law_enforcement_with_its_purpose_named() -> None:
    """A paragraph of section 31(2) beside section 31(1)(g) is no exemption of its own that would have to be weighed."""
    exact = written("public-interest-extension-foi-generic").partition("[[provision]]")[0]
    both = f'{exact}[[provision]]\ncite = "s.31(1)(g)"\nreason = "r"\n[[provision]]\ncite = "s.31(2)(a)"\n'
    assert len(load_record(both, "a.toml").particulars.provisions) == 2
    assert "needs no public interest test" in mistakes(f'{exact}[[provision]]\ncite = "s.31(2)(a)"\nreason = "r"\n')[0]


@pytest.mark.parametrize(
    ("cite", "wrong"),
    [
        ("s.31(1)", "is not exact enough (section 17(1)(b)); name one of s.31(1)(a), "),
        ("s.31(1)(g)", "does not say for which purpose; name s.31(2)(a), say, beside it"),
        ("s.35(1)(a)", "is not available to a council; "),
    ],
)
def test_more_time_is_taken_over_an_exact_exemption_that_councils_have(cite: str, wrong: str) -> None:
    """Section 17(2) leaves out the balance alone: the notice still names the exemption as section 17(1) asks."""
    exact = written("public-interest-extension-foi-generic").partition("[[provision]]")[0]
    [mistake] = mistakes(f'{exact}[[provision]]\ncite = "{cite}"\nreason = "r"\n')
    assert f"{cite} {wrong}" in mistake


def worded(name: str, more: str = "", **changes: str) -> str:
    """One of the sample letters with *more* keys, and with the values of others changed."""
    text = written(name)
    for key, value in changes.items():
        [old] = [line for line in text.split("\n") if line.startswith(f"{key} = ")]
        text = text.replace(old, f"{key} = {value}")
    head, table, rest = text.partition("\n[[")
    return render_text(build(load_record(f"{head}\n{more}\n{table}{rest}", "a.toml"), COUNCIL, TODAY))


def test_the_fee_is_awaited_as_long_as_the_clock_awaits_it() -> None:
    """Regulation 8(5) counts 60 working days after the day of the notice, which is not one of them."""
    assert "by the 60th working day after the date of this letter" in worded("fees-notice-eir-generic")


@pytest.mark.parametrize(("received", "article"), [("2026-02-04", "Article 12(3)"), ("2026-02-05", "Article 12A(3)")])
def test_more_time_for_subject_access_rests_on_the_article_of_the_day_of_receipt(received: str, article: str) -> None:
    """Article 12A is for requests received from 5 February 2026 (Data (Use and Access) Act 2025 section 76)."""
    dates = {"received_on": received, "issued_on": "2026-03-02", "answer_by": "2026-04-02"}
    assert f"{article} of the UK GDPR lets us take" in worded("extension-sar-generic", **dates)


def test_more_time_after_a_clarification_is_counted_from_the_answer() -> None:
    """Regulation 9(4) starts the time anew, so that the letter may not count its 40 working days from the request."""
    text = worded("extension-eir-generic", "clarified_on = 2024-04-15")
    assert (
        "received your answer on 15 April 2024. Regulation 9(4) of the Environmental Information Regulations 2004"
        in text
    )
    assert "40 working days from the date we received your answer." in text
    assert "from the date we received it" not in text


@pytest.mark.parametrize(
    ("law", "wanted"),
    [
        ("eir", ["a part of your request is too general", "applies to that part"]),
        ("sar", ["We are going on with what is clear, and the time that the law gives us goes on, too."]),
    ],
)
def test_what_is_clear_is_not_called_unclear_and_waits_for_nothing(law: str, wanted: list[str]) -> None:
    """Where a part is clear the exception is claimed for the rest alone, and the clock, which runs on, is said to run on."""
    text = worded(f"clarification-{law}-generic", 'clear_part = "We are answering question 1."')
    assert all(words in text for words in wanted)
    assert "your request is too general" not in text.replace("part of your request", "")
    assert "stands still" not in text


def test_a_review_under_both_laws_speaks_of_both() -> None:
    """Regulation 11(5) and regulation 18 hold for the environmental part of a request under the Act, too."""
    text = worded("review-outcome-foi-generic", 'both_laws = true\nremedy = "By 3 May."', decision='"part"')
    assert "Environmental Information Regulations 2004 (EIR)\nReference" in text
    assert "we failed to comply with the Environmental Information Regulations 2004" in text
    assert "Regulation 18 of the Environmental Information Regulations 2004 extends that right" in text
    began = worded("review-acknowledgement-foi-generic", "both_laws = true")
    assert "regulation 11 of the Environmental Information Regulations 2004 asks us to reconsider it" in began
    assert "will not take more than 40 working days in all" in began
    both = (
        written("review-outcome-foi-generic")
        .replace('"upheld"', '"overturned"')
        .replace("findings =", "both_laws = true\nfindings =")
    )
    assert mistakes(both) == ["a.toml: remedy: regulation 11(5) asks what will be done and by when; add it"]


def test_a_free_letter_that_refuses_names_the_rights_to_complain() -> None:
    """UK GDPR Article 12(4): the Commissioner and the court, under a heading that is not that of subject access."""
    text = worded("free-sar-generic", "refuses = true")
    assert "\nUK GDPR and Data Protection Act 2018\nReference" in text
    assert "Subject access" not in text
    assert "right to complain to the Information Commissioner, and the right to ask a court" in text
    assert "ask us to review our response" in worded("free-foi-generic", "refuses = true")
