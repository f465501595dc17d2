"""The table of triage: each rule says when it applies, by the clauses that show it, and which verdict and intent follow. Read top to bottom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.triage import known
from pipeline.domain.triage.automatic import Kind
from pipeline.domain.triage.evidence import Evidence, Intent, Verdict
from pipeline.domain.triage.intent import SAYS_LITTLE
from pipeline.domain.triage.known import HINT_CHARACTERS, REVIEWS, is_thanks
from pipeline.domain.triage.pointing import points_to_attachment
from pipeline.domain.triage.powers import HELD, data_right, own_power
from pipeline.domain.triage.wording import Sign

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.domain.triage.known import Clauses

LOOK_FIRST = "it may be about the request we have, so an officer looks before anything is sent"
SAYS_SOMETHING = 12  # characters under a subject that names the law; fewer name nothing that could be looked for
_PROGRAMS = (Kind.ABSENCE, Kind.RECEIPT, Kind.CALENDAR, Kind.LIST, Kind.PROGRAM)


@dataclass(frozen=True, slots=True)
class Rule:
    """When *test* gives clauses, the mail has this *verdict* and *intent*; *flagged* asks an officer to look before the usual course.

    *held* says why nothing is sent before that look; *named* is what the mail is called where the intent's own name is not it.
    """

    verdict: Verdict
    intent: Intent
    test: Callable[[Evidence], Clauses]
    flagged: bool = False
    held: str = ""
    named: str = ""


def _quotes(e: Evidence) -> Clauses:
    return (f"it quotes {' and '.join(e.quoted[:2])}",) if e.quoted else ()


def _duplicate(e: Evidence) -> Clauses:
    first = e.context.duplicate_of
    return (f"its content is the same as that of {first}, which came before",) if first else ()


def _bounce(e: Evidence) -> Clauses:
    if e.journal:
        return ()
    return tuple(dict.fromkeys(sign.clause for sign in e.signs_of(Kind.BOUNCE)))


def _own(e: Evidence) -> Clauses:
    return ("its sender is one of our own addresses, so that an answer would come back to us",) if e.own else ()


def _commissioner(e: Evidence) -> Clauses:
    if not e.commissioner or e.signs_of(Kind.ABSENCE, Kind.LIST, Kind.RECEIPT, Kind.CALENDAR):
        return ()
    return (f"its sender's domain is {e.domain}, and it is urgent",)


def _automatic(e: Evidence) -> Clauses:
    if e.web_form or e.journal:
        return ()
    decisive = e.signs_of(*_PROGRAMS)
    if decisive and not (e.plain_request and all(sign.person_possible for sign in decisive)):
        return tuple(dict.fromkeys(sign.clause for sign in decisive))
    hints = e.signs_of(Kind.ABSENCE, Kind.PROGRAM, alone=False)
    purpose = e.asks or e.words.has(Sign.CHASER, Sign.WITHDRAWAL, Sign.COMPLAINT, Sign.CLARIFIES, *REVIEWS)
    return tuple(sign.clause for sign in hints) if not purpose else ()


def _internal(e: Evidence) -> Clauses:
    if e.colleague:
        return ("its sender works here",)
    return (f"its sender writes from our own domain {e.domain}",) if e.internal else ()


def _invitation(e: Evidence) -> Clauses:
    return tuple(sign.clause for sign in e.signs_of(Kind.CALENDAR, alone=False)) if not e.wishes else ()


# Mail that belongs to no case we know.


def _foreign(e: Evidence) -> Clauses:
    if e.words.language is None or e.plain_request:
        return ()
    return (f"it seems to be written in {e.words.language}, which is not guessed at",)


def _points_to_attachment(e: Evidence) -> Clauses:
    """The ask, if there is one, lies in an attachment nobody has read yet."""
    words = e.words
    unread = bool(e.context.unreadable)
    silent = unread or (e.papers and words.length <= SAYS_LITTLE and points_to_attachment(e.message.new_text))
    if not silent or e.context.attachment_text.strip():
        return ()
    if words.has(
        Sign.MATERIAL,
        Sign.OWN_DATA,
        Sign.FRAUD,
        Sign.PAPERS,
        *REVIEWS,
        Sign.CHASER,
        Sign.WITHDRAWAL,
        Sign.SERVICE,
        Sign.COMMENT,
    ):
        return ()
    if not unread and not words.has(Sign.ATTACHED) and (e.asks or words.has(Sign.SALES, Sign.COMPLAINT)):
        return ()
    return ("it says little itself and what it brings " + ("could not be read" if unread else "has to be read"),)


def _review(e: Evidence) -> Clauses:
    words = e.words
    earlier = bool(e.quoted) or words.has(Sign.PRIOR) or words.law_named
    if not words.has(Sign.REVIEW_ASKED):
        if words.says_new and words.asked:
            return ()
        disputes = (
            words.has(Sign.GROUNDS, Sign.MISSING)
            and not words.has(Sign.CHASER)
            and (bool(e.quoted) or words.has(Sign.PRIOR) or words.reply)
        )
        hinted = (
            e.answers_us and not e.wishes and words.has(Sign.REVIEW_HINT) and not words.has(Sign.THANKS, Sign.CHASER)
        )
        answered = bool(e.quoted) or words.has(Sign.PRIOR) or words.reply or e.answers_us
        displeased = (words.has(Sign.REVIEW) and (answered or not e.wishes)) or disputes or hinted
        about_foi = words.has(Sign.COMPLAINT) and words.law_named and not words.has(Sign.CHASER)
        service = words.has(Sign.COMPLAINT, Sign.SERVICE, Sign.COMMENT) and not earlier
        if not (displeased or about_foi) or service or e.wishes > len(words.clauses(*REVIEWS)):
            return ()
    elif e.advert:
        return ()
    signs = (*REVIEWS, Sign.COMPLAINT) if words.law_named else REVIEWS
    return (*_quotes(e), *(words.clauses(*signs) or words.clauses(Sign.REVIEW_HINT)))


def _withdrawal(e: Evidence) -> Clauses:
    words = e.words
    other = words.has(Sign.SERVICE, Sign.OWN_SERVICE, Sign.SALES, Sign.FRAUD) and not words.law_named and not e.quoted
    named = words.clauses(Sign.WITHDRAWAL)
    earlier = words.law_named or e.answers_us or words.reply or bool(e.quoted) or words.has(Sign.PRIOR)
    loose = words.clauses(Sign.WITHDRAWAL_LOOSE) if earlier and not words.has(Sign.THANKS, Sign.ASK) else ()
    if not (named or loose) or words.asked or other:
        return ()
    return (*_quotes(e), *(named or loose))


def _chaser(e: Evidence) -> Clauses:
    words = e.words
    earlier = (*_quotes(e), *words.clauses(Sign.PRIOR))
    hinted = e.answers_us and not e.wishes and words.length <= HINT_CHARACTERS and not words.has(Sign.THANKS)
    said = (
        words.clauses(Sign.CHASER)
        or (words.clauses(Sign.MISSING) if earlier else ())
        or (words.clauses(Sign.CHASER_HINT) if hinted else ())
    )
    other = words.has(Sign.SERVICE, Sign.OWN_SERVICE, Sign.SALES, Sign.COMPLAINT, Sign.COMMENT, Sign.FRAUD, Sign.PAPERS)
    if not said or (other and not words.law_named and not e.quoted):
        return ()
    weight = len(said) + len(earlier) + (1 if words.reply else 0)
    asked = e.wishes + (1 if words.title_law else 0) if words.anew else 0
    return (*earlier, *said) if weight > asked else ()


def _nothing_new(e: Evidence) -> Clauses:
    """It speaks of an earlier request of the writer's and of nothing besides, and so asks after that."""
    words = e.words
    other = words.has(
        Sign.SERVICE,
        Sign.OWN_SERVICE,
        Sign.SALES,
        Sign.COMPLAINT,
        Sign.COMMENT,
        Sign.FRAUD,
        Sign.CLARIFIES,
        Sign.PAPERS,
    )
    if other or words.anew or words.has(Sign.THANKS, Sign.FRESH) or words.title_law:
        return ()
    return words.clauses(Sign.PRIOR)


def _clarification(e: Evidence) -> Clauses:
    earlier = (*_quotes(e), *e.words.clauses(Sign.PRIOR))
    if not e.words.has(Sign.CLARIFIES) or not (earlier or e.words.reply) or e.words.has(Sign.REQUESTS, Sign.SERVICE):
        return ()
    return (*earlier, *e.words.clauses(Sign.CLARIFIES))


def _data_right(e: Evidence) -> Clauses:
    return e.words.clauses(Sign.DATA_RIGHT) if not e.wishes else ()


def _says_nothing(e: Evidence) -> Clauses:
    """It says that it asks, and not for what; what is attached may."""
    if e.words.substance or not e.words.length or e.context.attachment_text.strip():
        return ()
    return ("it says that something is asked for, and not what",) if e.asks or e.words.law_named else ()


def _request(e: Evidence) -> Clauses:
    words = e.words
    if (e.advert and not e.plain_request) or _only_sells(e):
        return ()
    asked = words.clauses(Sign.REQUESTS, Sign.OWN_DATA)
    other = words.has(Sign.COMPLAINT, Sign.SERVICE, Sign.COMMENT, Sign.THANKS, Sign.SALES) or words.reply
    named = words.length >= SAYS_SOMETHING and (words.title_law or not other)
    by_law = words.law_named and (words.has(Sign.ASK, Sign.MATERIAL) or named)
    # An application for a post that speaks of FOI asks for an interview, not for information.
    if not asked and (not by_law or (words.has(Sign.PAPERS) and not words.has(Sign.MATERIAL))):
        return ()
    if asked and not words.law_named and words.has(Sign.SERVICE, Sign.OWN_SERVICE) and not words.has(Sign.MATERIAL):
        return ()
    law = ("it names the law on access to information",) if words.law_named else ()
    return (*law, *(asked or words.clauses(Sign.MATERIAL, Sign.ASK) or ("its subject asks under that law",)))


def _only_sells(e: Evidence) -> bool:
    """Whether the law is named only as the trade of those it is sold to: no sentence asks for anything on record."""
    return e.words.has(Sign.SALES) and not e.words.asked and not e.words.has(Sign.REQUESTS, Sign.OWN_DATA)


def _fraud(e: Evidence) -> Clauses:
    if e.words.has(Sign.REQUESTS) or e.wishes > e.words.count(Sign.FRAUD, Sign.PAPERS):
        return ()
    return e.words.clauses(Sign.FRAUD) or (e.words.clauses(Sign.PAPERS) if not e.wishes else ())


def _comment(e: Evidence) -> Clauses:
    return e.words.clauses(Sign.COMMENT) if not e.wishes else ()


def _complaint(e: Evidence) -> Clauses:
    return e.words.clauses(Sign.COMPLAINT) if not e.wishes else ()


def _service(e: Evidence) -> Clauses:
    said = e.words.clauses(Sign.OWN_SERVICE, Sign.SERVICE)
    return said if not e.words.has(Sign.MATERIAL) else ()


def _advert(e: Evidence) -> Clauses:
    return e.words.clauses(Sign.SALES) if e.advert else ()


def _thanks(e: Evidence) -> Clauses:
    return ("it thanks us and asks for nothing",) if is_thanks(e) else ()


def _asks(e: Evidence) -> Clauses:
    if e.words.has(Sign.SALES) and not e.wishes:
        return ()
    return e.words.clauses(Sign.MATERIAL, Sign.ASK)


def _sells(e: Evidence) -> Clauses:
    return e.words.clauses(Sign.SALES)


def _rest(e: Evidence) -> Clauses:
    if e.words.length:
        return ("a person seems to have written it and nothing in it clearly asks for anything",)
    return ("it has no text of its own" + (", only attachments" if e.message.attachments else ""),)


TABLE: tuple[Rule, ...] = (
    Rule(Verdict.OTHER, Intent.DUPLICATE, _duplicate),
    Rule(Verdict.BOUNCE, Intent.BOUNCE, _bounce),
    Rule(Verdict.AUTOMATIC, Intent.AUTOMATIC, _own),
    Rule(Verdict.OTHER, Intent.ICO, _commissioner, flagged=True),
    Rule(Verdict.AUTOMATIC, Intent.AUTOMATIC, _automatic),
    Rule(Verdict.INTERNAL, Intent.INTERNAL, _internal),
    Rule(Verdict.OTHER, Intent.NOT_A_REQUEST, _invitation),
    Rule(Verdict.REPLY, Intent.WITHDRAWAL, known.withdrawal),
    Rule(Verdict.REPLY, Intent.REVIEW, known.review),
    Rule(Verdict.REQUEST, Intent.REQUEST, known.fresh, flagged=True),
    Rule(Verdict.REPLY, Intent.CHASER, known.chaser),
    Rule(Verdict.REPLY, Intent.THANKS, known.thanks),
    Rule(Verdict.REPLY, Intent.CLARIFICATION, known.answer),
    Rule(Verdict.REQUEST, Intent.REQUEST, known.besides, flagged=True, held=LOOK_FIRST),
    Rule(Verdict.REPLY, Intent.UNCLEAR, known.question, flagged=True, named="a question about a request we have"),
    Rule(Verdict.REPLY, Intent.CLARIFICATION, known.rest, flagged=True),
    Rule(Verdict.REQUEST, Intent.UNCLEAR, own_power, flagged=True, held=HELD),
    Rule(Verdict.REQUEST, Intent.UNCLEAR, _foreign, flagged=True),
    Rule(Verdict.REQUEST, Intent.UNCLEAR, _points_to_attachment, flagged=True),
    Rule(Verdict.REQUEST, Intent.UNCLEAR, data_right, flagged=True),
    Rule(Verdict.REQUEST, Intent.REVIEW, _review, flagged=True),
    Rule(Verdict.REQUEST, Intent.WITHDRAWAL, _withdrawal, flagged=True),
    Rule(Verdict.REQUEST, Intent.CHASER, _chaser, flagged=True),
    Rule(Verdict.REQUEST, Intent.CLARIFICATION, _clarification, flagged=True),
    Rule(Verdict.REQUEST, Intent.CHASER, _nothing_new, flagged=True),
    Rule(Verdict.REQUEST, Intent.UNCLEAR, _says_nothing, flagged=True),
    Rule(Verdict.REQUEST, Intent.REQUEST, _request),
    Rule(Verdict.REQUEST, Intent.UNCLEAR, _data_right, flagged=True),
    Rule(Verdict.OTHER, Intent.NOT_A_REQUEST, _fraud),
    Rule(Verdict.OTHER, Intent.NOT_A_REQUEST, _comment),
    Rule(Verdict.OTHER, Intent.COMPLAINT, _complaint),
    Rule(Verdict.OTHER, Intent.NOT_A_REQUEST, _service),
    Rule(Verdict.OTHER, Intent.NOT_A_REQUEST, _advert),
    Rule(Verdict.OTHER, Intent.THANKS, _thanks),
    Rule(Verdict.REQUEST, Intent.REQUEST, _asks),
    Rule(Verdict.OTHER, Intent.NOT_A_REQUEST, _sells),
    Rule(Verdict.REQUEST, Intent.UNCLEAR, _rest, flagged=True),
)
