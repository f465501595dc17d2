"""What a message is: the first rule of the table that applies decides, and every reason is a sentence an officer understands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.request import Workflow
from pipeline.domain.triage.evidence import Evidence, Intent, TriageContext, Verdict, gather
from pipeline.domain.triage.rules import TABLE, Rule
from pipeline.domain.triage.wording import Sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.domain.message import Message
    from pipeline.domain.triage.automatic import MachineSign
    from pipeline.domain.triage.intent import Words

__all__ = ["PROPOSED_EFFECTS", "Intent", "Triage", "TriageContext", "Verdict", "triage", "unreadable"]

CLAUSES_A_SENTENCE = 4
FURTHER_REASONS = 6
UNREADABLE_FILES = 5

_NAMES = {
    Intent.REQUEST: "a request for information",
    Intent.UNCLEAR: "new mail without a clear question",
    Intent.CLARIFICATION: "an answer to our question",
    Intent.CHASER: "a chaser",
    Intent.REVIEW: "a request for an internal review",
    Intent.WITHDRAWAL: "a withdrawal",
    Intent.THANKS: "a note of thanks",
    Intent.COMPLAINT: "a complaint",
    Intent.NOT_A_REQUEST: "something other than a request for information",
    Intent.INTERNAL: "internal mail",
    Intent.ICO: "mail from the Information Commissioner",
    Intent.AUTOMATIC: "an automatic message",
    Intent.BOUNCE: "a bounce",
    Intent.DUPLICATE: "a second copy",
    Intent.UNREADABLE: "mail that could not be read",
}

# What an officer is asked to confirm for a reply (architecture section 5, domain.md 2.3); nothing happens by itself.
PROPOSED_EFFECTS = {
    Intent.CLARIFICATION: "If it answers our question, the time allowed starts again from the day it arrived.",
    Intent.CHASER: "The time allowed stays as it is; tell the requester when the answer will come.",
    Intent.REVIEW: "A review starts: 20 working days to decide it, 40 under the environmental regulations.",
    Intent.WITHDRAWAL: "The count of days stops and the request is closed as withdrawn.",
    Intent.THANKS: "The time allowed stays as it is.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """The verdict and intent, all *reasons* (the deciding one first), whether an officer must look first (*flagged*), and *suggested* references.

    *plain*: somebody plainly asks under the law, so that words programs use too are no doubt about a person; *asked*: a sentence asks for
    something; *impersonal*: nothing in it shows that a person wrote it; *unanswered*: why no letter goes by itself.
    """

    verdict: Verdict
    intent: Intent
    reasons: tuple[str, ...]
    flagged: bool = False
    suggested: tuple[str, ...] = ()
    plain: bool = False
    asked: bool = True
    impersonal: bool = False
    unanswered: str = ""

    @property
    def proposed_effect(self) -> str | None:
        """What an officer is asked to confirm, for a reply to a known case; otherwise None."""
        return PROPOSED_EFFECTS.get(self.intent) if self.verdict is Verdict.REPLY else None


def triage(
    message: Message,
    context: TriageContext,
    *,
    words: Words | None = None,
    machine: tuple[MachineSign, ...] | None = None,
) -> Triage:
    """What *message* is, decided by the first rule of the table that applies; never raises, and gives at least one reason.

    *words* and *machine* as in ``evidence.gather``.
    """
    evidence = gather(message, context, words=words, machine=machine)
    applied = [(rule, clauses) for rule in TABLE if (clauses := rule.test(evidence))]
    rule, clauses = applied[0]
    further = dict.fromkeys(
        _looks_like(other.intent, said)
        for other, said in applied[1:]
        if other.intent is not rule.intent and other.intent is not Intent.UNCLEAR
    )
    remarks = _remarks(rule, evidence)
    return Triage(
        verdict=rule.verdict,
        intent=rule.intent,
        reasons=(
            _looks_like(rule.intent, clauses),
            *remarks,
            *("Besides, it " + text for text in list(further)[:FURTHER_REASONS]),
        ),
        flagged=rule.flagged or bool(remarks),
        suggested=_suggested(rule, evidence),
        plain=evidence.plain_request,
        asked=evidence.words.asked > 0,
        impersonal=evidence.impersonal and not evidence.plain_request,
        unanswered=rule.unanswered,
    )


def unreadable(reason: str) -> Triage:
    """The triage of a message that no parser could read or that is too large; *reason* is a clause that reads after "because"."""
    return Triage(
        verdict=Verdict.QUARANTINED,
        intent=Intent.UNREADABLE,
        reasons=(_looks_like(Intent.UNREADABLE, (reason,)),),
        flagged=True,
    )


def _looks_like(intent: Intent, clauses: Sequence[str]) -> str:
    """One sentence: what it looks like, because of what; "it" is said once."""
    said = list(clauses[:CLAUSES_A_SENTENCE])
    tail = [clause.removeprefix("it ") if said[0].startswith("it ") else clause for clause in said[1:]]
    joined = said[0] if not tail else ", ".join([said[0], *tail[:-1]]) + " and " + tail[-1]
    return f"looks like {_NAMES[intent]}, because {joined}"


def _remarks(rule: Rule, e: Evidence) -> tuple[str, ...]:
    """What an officer should know before the usual course is taken."""
    remarks = []
    case = e.context.case
    if case is not None and not case.known_sender and rule.verdict in {Verdict.REQUEST, Verdict.OTHER}:
        remarks.append(
            f"it leads to {case.reference}, but does not come from that request's requester, and so is not attached to it"
        )
    if e.context.suggested and e.known is None:
        remarks.append(
            f"it quotes {' and '.join(e.context.suggested[:3])}; whether it belongs there is for an officer to say"
        )
    if rule.verdict is Verdict.REPLY and case is not None and case.workflow in {Workflow.CLOSED, Workflow.WITHDRAWN}:
        remarks.append(f"{case.reference} is closed and would be opened again")
    if rule.verdict is Verdict.REPLY and rule.intent is not Intent.CLARIFICATION and e.wishes:
        remarks.append("it may also ask for something new")
    if rule.verdict is Verdict.REQUEST and e.machine and not e.web_form:
        remarks.append(f"it bears a mark of automatic mail: {e.machine[0].clause}")
    if rule.verdict is Verdict.AUTOMATIC and not e.own and (e.plain_request or e.asks_by_list):
        remarks.append("it reads like a request all the same")
    if rule.verdict is Verdict.INTERNAL and e.words.has(Sign.REQUESTS, Sign.OWN_DATA):
        remarks.append("it may pass on or make a request; an officer says whether one is to be opened, and for whom")
    if rule.verdict in {Verdict.REQUEST, Verdict.REPLY} and e.message.author is None:
        remarks.append("it does not come from one definite sender")
    if rule.verdict in {Verdict.REQUEST, Verdict.REPLY, Verdict.OTHER} and rule.intent is not Intent.DUPLICATE:
        remarks += e.context.unreadable[:UNREADABLE_FILES]
    return tuple(remarks)


def _suggested(rule: Rule, e: Evidence) -> tuple[str, ...]:
    """References an officer may link it to; empty where it is attached already."""
    if rule.verdict is Verdict.REPLY:
        return ()
    case = (e.context.case.reference,) if e.context.case is not None else ()
    return tuple(dict.fromkeys((*case, *e.context.suggested)))
