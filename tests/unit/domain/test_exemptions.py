"""The provisions as data: the shipped table says what the law says, and spellings and mistakes are understood."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.citation import parse_citation
from pipeline.domain.errors import ConfigurationError
from pipeline.domain.exemptions import Exemptions, Harm, Provision, Standing
from pipeline.domain.request import Regime

SHIPPED = tomllib.loads((Path(__file__).parents[3] / "config" / "exemptions.toml").read_text(encoding="utf-8"))
EXEMPTIONS = Exemptions.from_data(SHIPPED)
FOI, EIR, SAR = Regime.FOI, Regime.EIR, Regime.SAR


def of(cite: str, regime: Regime = FOI) -> Provision:
    """The provision *cite*, which has to be there."""
    found = EXEMPTIONS.find(cite, regime)
    assert found is not None, cite
    return found


@pytest.mark.parametrize(
    ("cites", "standing", "harm", "ncnd"),
    [
        ("21 21(1)", "absolute", "class", ""),
        ("22 22(1)", "qualified", "class", "22(2)"),
        ("22A 22A(1)", "qualified", "prejudice", "22A(2)"),
        ("23 23(1)", "absolute", "class", "23(5)"),
        ("24 24(1)", "qualified", "necessity", "24(2)"),
        ("25", "neither", "class", ""),
        ("26(1)(a) 26(1)(b)", "qualified", "prejudice", "26(3)"),
        ("27(1)(a) 27(1)(b) 27(1)(c) 27(1)(d)", "qualified", "prejudice", "27(4)"),
        ("27(2)", "qualified", "class", "27(4)"),
        ("28 28(1)", "qualified", "prejudice", "28(3)"),
        ("29(1)(a) 29(1)(b)", "qualified", "prejudice", "29(2)"),
        ("30(1)(a) 30(1)(a)(i) 30(1)(a)(ii) 30(1)(b) 30(1)(c) 30(2) 30(2)(b)", "qualified", "class", "30(3)"),
        (" ".join(f"31(1)({letter})" for letter in "abcdefghi"), "qualified", "prejudice", "31(3)"),
        ("32(1)(a) 32(1)(b) 32(1)(c) 32(2)(a) 32(2)(b)", "absolute", "class", "32(3)"),
        ("33(1)(a) 33(1)(b) 33(2)", "qualified", "prejudice", "33(3)"),
        ("34 34(1)", "absolute", "class", "34(2)"),
        ("35(1)(a) 35(1)(b) 35(1)(c) 35(1)(d)", "qualified", "class", "35(3)"),
        ("36(2)(a)(i) 36(2)(b)(i) 36(2)(b)(ii) 36(2)(c)", "qualified", "opinion", "36(3)"),
        ("37(1)(a) 37(1)(aa) 37(1)(ab)", "absolute", "class", "37(2)"),
        ("37(1)(ac) 37(1)(ad) 37(1)(b)", "qualified", "class", "37(2)"),
        ("38(1)(a) 38(1)(b)", "qualified", "prejudice", "38(2)"),
        ("39 39(1)", "qualified", "class", "39(2)"),
        ("40(1)", "absolute", "class", "40(5A)"),
        ("40(2) 40(2)(3A)(a) 40(2)(3A)(b)", "absolute", "class", "40(5B)(a)(i)"),
        ("40(2)(3B)", "qualified", "class", "40(5B)(b)"),
        ("40(2)(4A)", "qualified", "class", "40(5B)(c)"),
        ("41 41(1)", "absolute", "class", "41(2)"),
        ("42 42(1)", "qualified", "class", "42(2)"),
        ("43(1)", "qualified", "class", "43(3)"),
        ("43(2)", "qualified", "prejudice", "43(3)"),
        ("44(1)(a) 44(1)(b) 44(1)(c)", "absolute", "class", "44(2)"),
    ],
)
def test_the_sections_of_the_act_are_as_the_law_has_them(cites: str, standing: str, harm: str, ncnd: str) -> None:
    """Every row of the fact sheet's table: absolute or qualified, class or prejudice, and the denial that goes with it."""
    for cite in cites.split():
        one = of(cite)
        assert (one.standing, one.harm, one.ncnd, one.denies) == (standing, harm, ncnd, False), cite
        assert one.public_interest is (standing == "qualified"), cite
        assert one.wording, cite
        assert not one.group, cite


@pytest.mark.parametrize(
    ("cites", "test", "harm", "bar", "ncnd"),
    [
        ("5(3) 6(1)(b)", False, "class", False, ""),
        ("12(3) 13 13(1) 13(1)(2A)(a)", False, "class", False, "13(5A)"),
        ("13(1)(2B) 13(1)(3A)", True, "class", False, "13(5A)"),
        ("12(4)(a)", False, "class", False, ""),
        ("12(4)(b) 12(4)(c) 12(4)(d) 12(4)(e)", True, "class", False, ""),
        ("12(5)(a)", True, "adverse effect", False, "12(6)"),
        ("12(5)(b) 12(5)(c)", True, "adverse effect", False, ""),
        ("12(5)(d) 12(5)(e) 12(5)(f) 12(5)(g)", True, "adverse effect", True, ""),
    ],
)
def test_the_regulations_are_as_the_law_has_them(cites: str, test: bool, harm: str, bar: bool, ncnd: str) -> None:  # noqa: FBT001 - rows of a table
    """Every row of the fact sheet's table: the test, the harm, the bar for emissions, and who may neither confirm nor deny."""
    for cite in cites.split():
        one = of(cite, EIR)
        assert (one.public_interest, one.harm, one.emissions_bar, one.ncnd) == (test, harm, bar, ncnd), cite


def test_only_some_provisions_are_marked_out() -> None:
    """Section 35 alone is not for councils, section 36 alone needs an opinion, section 41 alone weighs within itself."""
    exact = [one for one in EXEMPTIONS.provisions if not one.group]
    assert {one.number.partition("(")[0] for one in exact if not one.councils} == {"35"}
    assert {one.number.partition("(")[0] for one in exact if one.qualified_person} == {"36"}
    assert {one.number.partition("(")[0] for one in exact if one.own_balance} == {"41"}
    assert {(one.citation.short, one.goes_to) for one in exact if one.goes_to and not one.denies} >= {
        ("s.39", EIR),
        ("s.40(1)", SAR),
        ("reg 5(3)", SAR),
    }


def test_the_limits_stand_apart_with_their_figures() -> None:
    """The council's limit is 450 pounds at 25 pounds an hour, 18 hours; the other limits have no figure."""
    limits = {one.citation.short: one for one in EXEMPTIONS.provisions if one.limit}
    assert set(limits) == {"s.12(1)", "s.12(2)", "s.14(1)", "s.14(2)", "reg 12(4)(b)"}
    for cite in ("s.12(1)", "s.12(2)"):
        limit = limits[cite].limit
        assert limit is not None
        assert (limit.amount, limit.hourly_rate, limit.hours) == (450, 25, 18)
        assert limit.hours * limit.hourly_rate == limit.amount
    assert all(one.unsearched for one in limits.values())
    assert [cite for cite, one in limits.items() if one.public_interest] == ["reg 12(4)(b)"]


def test_every_provision_is_found_by_its_own_citation_and_has_words() -> None:
    """Nothing in the table is out of reach or empty, and no wording keeps a gap to be filled."""
    for one in EXEMPTIONS.provisions:
        assert EXEMPTIONS.find(one.citation.short, one.regime) == one
        assert one.wording.endswith(".")
        assert "{" not in one.wording
        assert one.name


@pytest.mark.parametrize(
    ("written", "regime", "expected"),
    [
        ("section 40(2)", FOI, "s.40(2)"),
        ("S40 (2)", FOI, "s.40(2)"),
        ("s. 40 ( 2 )", FOI, "s.40(2)"),
        ("Section 40(2) of the Freedom of Information Act 2000", FOI, "s.40(2)"),
        ("s.40(2) FOIA", FOI, "s.40(2)"),
        ("40(2)", FOI, "s.40(2)"),
        ("s.40(2) and (3A)(a)", FOI, "s.40(2) and (3A)(a)"),
        ("section 40(2) by virtue of section 40(3A)(a)", FOI, "s.40(2) and (3A)(a)"),
        ("s40(2)(3a)(a)", FOI, "s.40(2) and (3A)(a)"),
        ("sections 22a", FOI, "s.22A"),
        ("reg. 12(5)(e)", EIR, "reg 12(5)(e)"),
        ("regulation 12(5)(e)", EIR, "reg 12(5)(e)"),
        ("Reg 12 (5) (E) EIR 2004", EIR, "reg 12(5)(e)"),
        ("r.13", EIR, "reg 13"),
        ("schedule 2, paragraph 16", SAR, "sch 2 para 16"),
        ("paragraph 16(2) of schedule 2", SAR, "sch 2 para 16(2)"),
        ("sch 3", SAR, "sch 3"),
    ],
)
def test_a_provision_is_found_however_it_is_spelt(written: str, regime: Regime, expected: str) -> None:
    """Case, spaces, dots, the law's name and the words between its parts make no difference."""
    assert of(written, regime).citation.short == expected


@pytest.mark.parametrize(
    ("written", "regime"),
    [
        ("s.99", FOI),
        ("s.31(1)(z)", FOI),
        ("s.31(4)", FOI),
        ("s.21(2)(b)", FOI),
        ("s.43(2)", EIR),
        ("reg 12(5)(e)", FOI),
        ("reg 12(7)", EIR),
        ("sch 9", SAR),
        ("section forty", FOI),
        ("", FOI),
        ("s.", FOI),
        ("s.40(2) or so", FOI),
        ("s.40" + "(2)" * 1000, FOI),
        ("s." * 500_000, FOI),
    ],
)
def test_what_is_no_provision_is_not_found(written: str, regime: Regime) -> None:
    """A number that does not exist, another law's, and anything that is no citation find nothing."""
    assert EXEMPTIONS.find(written, regime) is None


def test_a_coarse_number_is_known_as_such_and_leads_to_its_paragraphs() -> None:
    """Who names a section that has paragraphs is told which there are."""
    assert of("s.31").group
    assert of("s.36(2)(b)").group
    assert [one.number for one in EXEMPTIONS.below("s.36(2)(b)", FOI)] == ["36(2)(b)(i)", "36(2)(b)(ii)"]
    assert [one.number for one in EXEMPTIONS.below("section 12", FOI)] == ["12(1)", "12(2)"]
    assert EXEMPTIONS.below("s.31", EIR) == ()
    assert EXEMPTIONS.below("nonsense", FOI) == ()


def test_search_finds_by_subject_with_titles_first() -> None:
    """Somebody who knows the subject finds the provision of either law."""
    found = [one.citation.short for one in EXEMPTIONS.search("Commercial")]
    assert {"s.43(2)", "reg 12(5)(e)"} <= set(found)
    assert EXEMPTIONS.search("monitoring OPINION inhibit") == []
    assert [one.number for one in EXEMPTIONS.search("opinion inhibit advice")] == ["36(2)(b)(i)"]
    assert EXEMPTIONS.search("") == []
    assert len(EXEMPTIONS.search("crime " * 100_000)) >= 1


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_citations(text: str) -> None:
    """Anything can be asked for; what is read reads the same again."""
    citation = parse_citation(text)
    if citation is not None:
        assert parse_citation(citation.short) == citation
    for regime in Regime:
        EXEMPTIONS.find(text, regime)


def spoilt(path: tuple[Any, ...], value: object) -> dict[str, Any]:
    """The shipped data with the value at *path* replaced, or taken out when *value* is None."""
    data = copy.deepcopy(SHIPPED)
    at: Any = data
    for key in path[:-1]:
        at = at[key]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("provision", 0, "standing"), "firm", "provision 1 (21): standing: firm is not known; use one of absolute"),
        (("provision", 0, "harm"), 3, "provision 1 (21): harm: 3 is not known"),
        (("provision", 0, "regime"), None, "provision 1 (21): regime: this is missing"),
        (("provision", 0, "number"), "twenty-one", "number: twenty-one is not a number of a provision"),
        (("provision", 0, "title"), 21, "provision 1 (21): title: this has to be text between quotes"),
        (("provision", 0, "citable"), "yes", "citable: this has to be true or false"),
        (("provision", 0, "colour"), "red", "provision 1 (21): colour: this key is not known; take it out"),
        (("provision", 0, "parts", 0, "also"), "(a)", "also: this has to be a list"),
        (("provision", 0, "parts", 0), "21(1)", "parts 1: this has to be a table"),
        (("provision", 0, "parts", 0, "number"), "22(1)", "s.22(1): number: it stands here twice"),
        (("provision", 1, "ncnd"), "22(9)", "s.22: ncnd: 22(9) is no part with denies = true"),
        (("provision",), "all", "provision: this has to be a list of tables"),
        (("limit", "cost", "amount"), "450", "[limit.cost]: amount: this has to be a whole number"),
        (("limit", "cost", "hours"), True, "[limit.cost]: hours: this has to be a whole number"),
        (("limit", "cost", "wording"), None, "[limit.cost]: wording: this is missing"),
        (("limit",), [], "limit: this has to be tables"),
        (("denial", "class"), 1, "[denial]: class: this has to be text"),
        (("exceptions",), [], "exceptions: this key is not known"),
    ],
)
def test_a_mistake_in_the_table_is_named_by_row_and_key(path: tuple[Any, ...], value: object, expected: str) -> None:
    """Whoever edits the table is told where the mistake is."""
    with pytest.raises(ConfigurationError) as caught:
        Exemptions.from_data(spoilt(path, value), source="x.toml")
    assert any(problem.startswith("x.toml: ") and expected in problem for problem in caught.value.problems)


def test_enumerations_are_what_the_table_uses() -> None:
    """Each standing and each kind of harm occurs, so that none is dead."""
    assert {one.standing for one in EXEMPTIONS.provisions} == set(Standing)
    assert {one.harm for one in EXEMPTIONS.provisions} == set(Harm)
