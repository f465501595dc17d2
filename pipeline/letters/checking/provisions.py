"""The rules for the provisions a question relies on: that each exists, may be used here, and has what the law asks of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.citation import Citation
from pipeline.domain.exemptions import Harm, Standing
from pipeline.domain.request import Regime
from pipeline.domain.response import AnswerOutcome
from pipeline.letters.checking.findings import Finding, Rule
from pipeline.letters.model import Likelihood

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from pipeline.domain.exemptions import Exemptions, Provision
    from pipeline.letters.model import AnsweredQuestion, Reliance

_REFUSES = frozenset({AnswerOutcome.WITHHELD, AnswerOutcome.PART, AnswerOutcome.NCND})
_SAYS_HELD = frozenset({AnswerOutcome.WITHHELD, AnswerOutcome.PART})
_OWN_PROVISION = {AnswerOutcome.ALREADY_AVAILABLE: ("21", "6(1)(b)"), AnswerOutcome.NOT_HELD: ("12(4)(a)",)}
_EXACTNESS = {Regime.FOI: " (section 17(1)(b))", Regime.EIR: " (regulation 14(3)(a))"}
_FEWEST_WORDS = 6  # Fewer than these can't name a harm and how disclosure leads to it.

_LIKELY = re.compile(
    r"\bwould be likely to\b|\bis likely to\b|\bare likely to\b|\blikely to (?:prejudice|harm|inhibit|endanger)"
)
_CERTAIN = re.compile(r"\b(?:would|will) (?!be likely|or\b)")
_FIGURES = re.compile(r"[0-9] ?(?:\.[0-9]{1,2} ?)?(?:person-)?(?:hours?|minutes?|days?)\b|£ ?[0-9]")
_HELP = re.compile(
    r"\b(?:section 16|regulation 9|narrow|refin|reduc|limit(?:ing|ed)? (?:your|the) request|smaller|shorter|fewer"
    r"|within the (?:appropriate |cost )?limit|could (?:provide|answer|supply)|instead|rephras|nothing (?:that )?(?:can|could))"
)
_WHEN = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn"
    r"|winter|20[0-9]{2}|weeks?|months?|end of)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Relied:
    """One provision relied on, with the question and everything an officer wrote towards it."""

    question: AnsweredQuestion
    law: Regime
    place: str
    said: str
    reliance: Reliance
    known: Provision

    @property
    def short(self) -> str:
        """The provision as it is cited in a list, "s.40(2)"."""
        return self.known.citation.short

    @property
    def grounds(self) -> str:
        """The reason given for this provision, or for all of the question's."""
        return self.reliance.reason.strip() or self.question.reason.strip()

    def finding(self, rule: Rule, words: str, remedy: str) -> Finding:
        """A finding of *rule* at this provision of this question."""
        return Finding(rule=rule, place=f"{self.place}: {self.short}", words=words, remedy=remedy)


def provision_findings(
    question: AnsweredQuestion, law: Regime, place: str, said: str, exemptions: Exemptions, issued_on: date
) -> Iterator[Finding]:
    """Check what *question*, answered under *law*, relies on; *said* is what the letter says under it."""
    refuses = question.outcome in _REFUSES
    if refuses and not question.provisions:
        remedy = 'add provisions, such as ["s.40(2)"] or ["reg 12(5)(e)"]'
        yield Finding(rule=Rule.PROVISION_MISSING, place=place, words="names no provision", remedy=remedy)
    each_explained = bool(question.provisions) and all(one.reason.strip() for one in question.provisions)
    if refuses and not question.reason.strip() and not each_explained:
        remedy = "say in reason why the provision applies"
        yield Finding(rule=Rule.REASON_MISSING, place=place, words="gives no reason", remedy=remedy)
    relied = []
    for reliance in question.provisions:
        known = exemptions.find(reliance.citation.short, reliance.citation.regime)
        if known is None:
            yield _unknown(reliance, place, exemptions)
            continue
        one = _Relied(question=question, law=law, place=place, said=said, reliance=reliance, known=known)
        relied.append(one)
        yield from _may_stand_here(one, exemptions)
        if refuses and reliance.citation.regime is law:
            yield from _has_what_it_needs(one, issued_on)
    yield from _grounds_of_their_own(relied)
    yield from _together(relied, place)


def _unknown(reliance: Reliance, place: str, exemptions: Exemptions) -> Finding:
    short = reliance.citation.short
    below = exemptions.below(short, reliance.citation.regime)
    remedy = f"name one of {', '.join(one.citation.short for one in below)}" if below else "check the number"
    rule = Rule.PROVISION_TOO_BROAD if below else Rule.PROVISION_UNKNOWN
    words = "is not exact enough" if below else "there is no such provision"
    return Finding(rule=rule, place=f"{place}: {short}", words=words, remedy=remedy)


def _may_stand_here(one: _Relied, exemptions: Exemptions) -> Iterator[Finding]:
    """Check that the provision belongs to this law, to councils and to this outcome."""
    known, outcome = one.known, one.question.outcome
    if known.regime is not one.law:
        yield one.finding(
            Rule.OTHER_LAW,
            f"does not belong to the law this question is answered under ({one.law})",
            "correct the provision or the regime",
        )
    if not known.councils:
        yield one.finding(Rule.NOT_FOR_COUNCILS, "is not available to a council", known.note or "use another provision")
    if known.group:
        below = ", ".join(found.citation.short for found in exemptions.below(one.short, known.regime))
        why = _EXACTNESS.get(known.regime, "")
        remedy = f"name its paragraph, such as {below}" if below else f'name its paragraph, as in "{one.short} para 5"'
        yield one.finding(Rule.PROVISION_TOO_BROAD, f"is not exact enough{why}", remedy)
    if outcome not in _REFUSES and not known.number.startswith(_OWN_PROVISION.get(outcome, ("-",)) if outcome else "-"):
        yield one.finding(
            Rule.PROVISION_UNUSED,
            f"is named, but {outcome} withholds nothing by it",
            "take it out or choose another outcome",
        )
    if known.goes_to is not None:
        yield one.finding(
            Rule.HANDLED_ELSEWHERE, f"means that {known.goes_to.upper()} applies", "answer the question under that law"
        )
    if outcome in _SAYS_HELD and known.absent:
        yield one.finding(
            Rule.HELD_AND_NOT_HELD,
            f"means that nothing is held, but with the outcome {outcome} the letter says that we hold it",
            "choose the outcome not_held, or part the question and answer each part by itself",
        )
    if outcome in _SAYS_HELD and known.regime is Regime.FOI and _section(known) == "21" and not one.question.link:
        yield one.finding(Rule.LINK_MISSING, "applies but the letter does not say where", "give the link")


def _grounds_of_their_own(relied: list[_Relied]) -> Iterator[Finding]:
    """Check that each provision is a ground for refusing by itself or by those named beside it (section 17(1)(b))."""
    for one in relied:
        known = one.known
        if one.question.outcome not in _REFUSES or known.limit is not None or known.regime is Regime.SAR:
            continue
        names_purpose = any(known.names_purpose_of(other.known) for other in relied)
        if known.standing is Standing.NEITHER and not known.group and not names_purpose:
            yield one.finding(
                Rule.NO_EXEMPTION, "is no ground for refusing by itself", known.note or "cite an exemption"
            )
        if not known.purpose:
            continue
        beside = any(other.known.names_purpose_of(known) for other in relied)
        grounds = "".join(one.grounds.split()).casefold()
        subsection = known.purpose.partition("(")[2]
        if not beside and f"{known.purpose}(" not in grounds and f"subsection({subsection}(" not in grounds:
            yield one.finding(
                Rule.PURPOSE_MISSING,
                f"does not say which purpose of section {known.purpose} would be prejudiced",
                f"name its paragraph beside it, such as s.{known.purpose}(a)",
            )


def _section(known: Provision) -> str:
    return known.number.partition("(")[0]


def _has_what_it_needs(one: _Relied, issued_on: date) -> Iterator[Finding]:
    """Check a refusal's provision against what the law asks for it."""
    yield from _denial(one)
    yield from _harm(one)
    yield from _public_interest(one)
    yield from _limit(one)
    known, person = one.known, one.reliance.qualified_person
    if known.qualified_person:
        if person is None or not (person.role.strip() and person.opinion.strip() and person.given_on):
            yield one.finding(
                Rule.QUALIFIED_PERSON,
                "needs the opinion of the qualified person",
                "add qualified_person with role, opinion and given_on",
            )
        elif person.given_on > issued_on:
            yield one.finding(
                Rule.QUALIFIED_PERSON, "the qualified person's opinion is later than the letter", "correct given_on"
            )
    if known.emissions_bar:
        if one.question.emissions:
            yield one.finding(
                Rule.EMISSIONS,
                "cannot be used for information on emissions (regulation 12(9))",
                "disclose, or rely on another exception",
            )
        elif "emission" in one.question.text.casefold():
            yield one.finding(
                Rule.EMISSIONS_LIKELY,
                "the question speaks of emissions",
                "set emissions = true if that is what the information is about (regulation 12(9))",
            )
    if known.number == "12(4)(d)" and not _WHEN.search(f"{one.grounds}\n{one.question.answer}".casefold()):
        yield one.finding(
            Rule.COMPLETION_MISSING,
            "does not say when the material should be complete",
            "name the authority that prepares it and the time (regulation 14(4))",
        )


def _denial(one: _Relied) -> Iterator[Finding]:
    known, denying = one.known, one.question.outcome is AnswerOutcome.NCND
    if known.limit is not None:
        return
    if known.denies and not denying:
        yield one.finding(
            Rule.NCND_MISUSED,
            "is for neither confirming nor denying, but this answer says that something is held",
            "choose the outcome ncnd or cite the exemption itself",
        )
    elif denying and not known.denies:
        if known.ncnd:
            proper = Citation(source=known.citation.source, number=known.ncnd).short
            yield one.finding(Rule.DENIAL_NOT_CITED, "is the exemption, not its denial", f"cite {proper}")
        else:
            yield one.finding(
                Rule.NCND_MISUSED, "does not let one neither confirm nor deny", "say whether the information is held"
            )


def _harm(one: _Relied) -> Iterator[Finding]:
    known, level, grounds = one.known, one.reliance.prejudice, one.grounds.casefold()
    if known.harm not in {Harm.PREJUDICE, Harm.OPINION, Harm.ADVERSE_EFFECT}:
        return
    if 0 < len(grounds.split()) < _FEWEST_WORDS:
        yield one.finding(
            Rule.HARM_NOT_NAMED, "the reason does not name a harm", "say what harm, and how disclosure would lead to it"
        )
    if known.harm is Harm.ADVERSE_EFFECT:
        if level is Likelihood.WOULD_BE_LIKELY or (level is None and _LIKELY.search(grounds)):
            yield one.finding(
                Rule.LIKELIHOOD,
                'needs an adverse effect that is more likely than not; "likely to" is not enough',
                'say prejudice = "would adversely affect", or disclose',
            )
        elif level is None and not _CERTAIN.search(grounds):
            yield one.finding(
                Rule.LIKELIHOOD,
                "does not say that disclosure would adversely affect anything",
                'add prejudice = "would adversely affect"',
            )
    elif level is Likelihood.WOULD_ADVERSELY_AFFECT:
        yield one.finding(Rule.LIKELIHOOD, "knows no adverse effect", 'say prejudice = "would" or "would be likely to"')
    elif level is None and not _LIKELY.search(grounds) and not _CERTAIN.search(grounds):
        yield one.finding(
            Rule.LIKELIHOOD, "does not say how likely the harm is", 'add prejudice = "would" or "would be likely to"'
        )


def _public_interest(one: _Relied) -> Iterator[Finding]:
    test, prose = one.reliance.public_interest, one.question.public_interest.strip()
    if not one.known.public_interest:
        if one.known.standing is Standing.ABSOLUTE and not one.known.own_balance and (test or prose):
            yield one.finding(Rule.NO_TEST_OWED, "is absolute and needs no public interest test", "leave the test out")
        return
    if test is None:
        if not prose:
            yield one.finding(
                Rule.PUBLIC_INTEREST_MISSING,
                "needs a public interest test and there is none",
                "add public_interest with for, against, balance, decided_by and decided_on",
            )
        else:
            yield one.finding(
                Rule.PUBLIC_INTEREST_INCOMPLETE,
                "the public interest test does not say who decided it and when",
                "give it as a table with for, against, balance, decided_by and decided_on",
            )
        return
    parts = {"for": test.disclosure, "against": test.withholding, "balance": test.balance}
    if lacking := [key for key, text in parts.items() if not text.strip()]:
        yield one.finding(
            Rule.PUBLIC_INTEREST_MISSING, f"the public interest test lacks {' and '.join(lacking)}", "complete it"
        )
    elif not test.decided_by.strip() or test.decided_on is None:
        yield one.finding(
            Rule.PUBLIC_INTEREST_INCOMPLETE,
            "the public interest test does not say who decided it and when",
            "add decided_by and decided_on",
        )


def _limit(one: _Relied) -> Iterator[Finding]:
    """Check a refusal for its work: the estimate, the help owed, and the regulations that set the limit."""
    limit = one.known.limit
    if limit is None:
        return
    said = f"{one.said}\n{one.grounds}\n{one.question.answer}".casefold()
    ours = f"{one.grounds}\n{one.question.answer}".casefold()
    if limit.estimate and not _FIGURES.search(ours):
        yield one.finding(
            Rule.ESTIMATE_MISSING,
            "gives no estimate of the work",
            f"say how many hours it would take and how they add up; the limit is {limit.hours} hours or £{limit.amount}",
        )
    if limit.advice and not _HELP.search(ours):
        yield one.finding(
            Rule.ADVICE_MISSING,
            f"offers no help ({limit.advice})",
            "say what could be answered within the limit, or that nothing could",
        )
    if limit.fees and limit.fees.casefold() not in said:
        yield one.finding(
            Rule.FEES_REGULATIONS, "the letter does not name what sets the limit", f"name the {limit.fees}"
        )


def _together(relied: list[_Relied], place: str) -> Iterator[Finding]:
    numbers = {_section(one.known) for one in relied if one.known.regime is Regime.FOI}
    if {"30", "31"} <= numbers:
        yield Finding(
            rule=Rule.SECTIONS_30_AND_31,
            place=place,
            words="sections 30 and 31 cannot both cover the same information",
            remedy="say which covers what",
        )
