"""Rules of triage for mail from the requester of a case we know: such mail is about that case unless it plainly asks for something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.request import ClockState
from pipeline.domain.triage.wording import Sign

if TYPE_CHECKING:
    from pipeline.domain.triage.evidence import Evidence

Clauses = tuple[str, ...]
HINT_CHARACTERS = 120  # in a line or two about a known case a single word tells what is meant
THANKS_CHARACTERS = 400  # a note of thanks is short; a long one says something else as well
REVIEWS = (Sign.REVIEW_ASKED, Sign.REVIEW, Sign.GROUNDS, Sign.MISSING)
_NEW = (Sign.FRESH, Sign.REQUESTS, Sign.MATERIAL, Sign.OWN_DATA)


def _from_requester(e: Evidence) -> Clauses:
    """The known case as a clause: quoted where the writer quotes it, else as what the mail answers."""
    if e.known is None:
        return ()
    named = e.known.reference.upper() in e.words.references
    return (f"it quotes {e.known.reference}",) if named else (f"it comes from the requester of {e.known.reference}",)


def withdrawal(e: Evidence) -> Clauses:
    """The request is taken back, and nothing else is asked for."""
    anew = e.words.has(Sign.FRESH) and e.wishes
    hint = () if e.wishes or e.words.length > HINT_CHARACTERS else e.words.clauses(Sign.WITHDRAWAL_HINT)
    said = e.words.clauses(Sign.WITHDRAWAL) or hint
    return (*_from_requester(e), *said) if e.known and said and not anew else ()


def review(e: Evidence) -> Clauses:
    """A review is asked for, or our answer is disputed."""
    signs = [Sign.REVIEW_ASKED, Sign.REVIEW, Sign.GROUNDS]
    if e.answered:
        signs += [
            Sign.MISSING,
            Sign.COMPLAINT,
            *([] if e.words.has(Sign.REQUESTS, Sign.ASK, Sign.OWN_DATA) else [Sign.REVIEW_HINT]),
        ]
    said = e.words.clauses(*signs)
    return (*_from_requester(e), *said) if e.known and said else ()


def fresh(e: Evidence) -> Clauses:
    """It plainly makes a new request; while we wait for the requester only what they call new is that, and not an answer to us."""
    if e.known is None:
        return ()
    further = e.words.has(Sign.FRESH) and e.wishes > 0
    # Who thanks for the answer they had and asks for figures or papers does not dispute it, and asks for more.
    satisfied = e.answered and e.words.has(Sign.THANKS) and e.words.asked > 0
    titled = e.known.in_passing and e.titled_new
    waiting = e.known.clock is ClockState.WAITING
    new = (further and e.words.says_new) if waiting else (e.plainly_new or titled or satisfied or (further and e.over))
    return (e.words.clauses(*_NEW) or e.words.clauses(Sign.LAW, Sign.ASK)) if new else ()


def chaser(e: Evidence) -> Clauses:
    """The answer is asked after."""
    hint = () if e.wishes or e.answered or e.words.has(Sign.CLARIFIES) else e.words.clauses(Sign.CHASER_HINT)
    said = e.words.clauses(Sign.CHASER, Sign.MISSING) or hint
    if e.known is None or not said:
        return ()
    if e.known.clock is ClockState.WAITING and (e.words.has(Sign.CLARIFIES) or e.wishes):
        return ()
    return (*_from_requester(e), *said)


def is_thanks(e: Evidence) -> bool:
    """Whether it thanks and says nothing else."""
    other = e.asks or e.words.has(
        Sign.CLARIFIES, Sign.COMPLAINT, Sign.SERVICE, Sign.ATTACHED, Sign.CHASER, Sign.WITHDRAWAL
    )
    short = e.words.length <= THANKS_CHARACTERS and not e.words.contrasts
    return e.words.has(Sign.THANKS) and not other and short and not e.papers


def thanks(e: Evidence) -> Clauses:
    """It only thanks us."""
    return (*_from_requester(e), "it thanks us and asks for nothing") if e.known and is_thanks(e) else ()


def answer(e: Evidence) -> Clauses:
    """An answer to our question: we are waiting for one, or it says that it is one."""
    if e.known is None:
        return ()
    if e.known.clock is ClockState.WAITING:
        return (*_from_requester(e), "we are waiting for the requester's answer")
    return (*_from_requester(e), *e.words.clauses(Sign.CLARIFIES)) if e.words.has(Sign.CLARIFIES) else ()


def besides(e: Evidence) -> Clauses:
    """It asks for something where the case is over, or only mentions the case in passing: it may be a request of its own, and its time may run."""
    if e.known is None or not e.asks or not (e.over or (e.known.in_passing and e.words.asked)):
        return ()
    said = e.words.clauses(Sign.REQUESTS, Sign.MATERIAL, Sign.OWN_DATA) or e.words.clauses(Sign.ASK)
    return (*said, f"{e.known.reference} is not plainly what it asks about")


def question(e: Evidence) -> Clauses:
    """It asks us something while its case is open: how the answer comes, who deals with it, or a little more of the same."""
    if e.known is None or not e.asks:
        return ()
    said = e.words.clauses(Sign.REQUESTS, Sign.MATERIAL, Sign.OWN_DATA) or e.words.clauses(Sign.ASK)
    return (*_from_requester(e), *said)


def rest(e: Evidence) -> Clauses:
    """Anything else that the requester writes."""
    return (*_from_requester(e), "it asks for nothing new") if e.known else ()
