"""What the words of a mail say its writer wants: signs read sentence by sentence, each with a clause an officer understands.

Reading by sentences is what keeps a topic apart from a purpose: "how many complaints were received" is no complaint, "if you refuse I shall
ask for an internal review" asks for none, and "you should have answered my FOI request by now" is no new request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from pipeline.domain.sieve import Sieve, Sifted
from pipeline.domain.triage.afresh import WISHED, asks_afresh, asks_anew
from pipeline.domain.triage.automatic import plain, subject_words
from pipeline.domain.triage.language import foreign_language
from pipeline.domain.triage.sentences import GREETING_WORDS, clean, lines, sentences
from pipeline.domain.triage.wording import (
    BOILERPLATE,
    CONDITIONAL,
    FRAME_WORDS,
    LAW,
    MATERIAL,
    NEGATED,
    POLITE_IF,
    REQUEST_RULES,
    SAYS_NEW,
    Sign,
)
from pipeline.domain.triage.wording_cases import FOLLOW_UP_RULES, OF_OUR_ANSWER, OTHER_APPEALS
from pipeline.domain.triage.wording_other import OTHER_RULES
from pipeline.domain.triage.wording_powers import POWER_RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from collections.abc import Set as AbstractSet

    from pipeline.domain.message import Message
    from pipeline.domain.patterns import AnyOf

FRAME_CHARACTERS = 300  # a mail that says no more than that it asks is short
SAYS_LITTLE = 160  # characters of a body that can only point at an attachment or greet

_RULES = (*REQUEST_RULES, *FOLLOW_UP_RULES, *OTHER_RULES, *POWER_RULES)
_HINTS = frozenset({Sign.CHASER_HINT, Sign.REVIEW_HINT, Sign.WITHDRAWAL_HINT, Sign.WITHDRAWAL_LOOSE})
_FOLLOW_UP = frozenset({Sign.CHASER, Sign.REVIEW, Sign.REVIEW_ASKED, Sign.WITHDRAWAL})
_PURPOSES = (
    _FOLLOW_UP
    | _HINTS
    | {
        Sign.PRIOR,
        Sign.MISSING,
        Sign.GROUNDS,
        Sign.COMPLAINT,
        Sign.SERVICE,
        Sign.COMMENT,
        Sign.THANKS,
        Sign.SALES,
        Sign.PAPERS,
    }
)
_CONDITIONED = _PURPOSES - {Sign.THANKS, Sign.SERVICE, Sign.SALES, Sign.PAPERS}
_ABOUT_EARLIER = _FOLLOW_UP | {Sign.MISSING, Sign.GROUNDS}
_THANKABLE = _HINTS | frozenset({Sign.MATERIAL, Sign.ATTACHED, Sign.OWN_DATA, Sign.REQUESTS})
_WISHES = frozenset({Sign.LAW, Sign.REQUESTS, Sign.ASK, Sign.MATERIAL, Sign.OWN_DATA, Sign.FRESH})

_REPLY_SUBJECT = re.compile(r"^(?:(?:re|aw|sv|antw|fw|fwd|wg|tr|vs|ateb)\s?(?:\[\d+\])?:\s*)+")
_NOT_LAW_PURPOSE = re.compile(
    r"\b(?:reminder|overdue|chas(?:e|er|ing)|update|outstanding|late|follow[- ]?up|internal review|withdraw\w*"
    r"|cancel\w*|complaint|unanswered|no (?:response|reply)|response to|appeal|review)\b"
)
_POLITE = re.compile(
    r"\b(?:look(?:ing)? forward|i await|await your|hear from you|your (?:response|reply|answer|help|assistance"
    r"|time|cooperation|co-operation)(?: in| on| with)?)\b"
)
_THANKS = re.compile(r"\b(?:thanks?|thank you|cheers|diolch)\b")
_NARRATION = re.compile(
    r"^(?:\w+,? ){0,4}(?:i|we) (?:\w+ )?(?:sent|submitted|made|e-?mailed|wrote|requested|asked|put in|lodged"
    r"|contacted|filed|raised)\b"
)
_ADDRESSED = re.compile(r"\b(?:please|pls|can|could|would|will|want|now|hereby|again)\b")
_THANKED_FOR = re.compile(r"\b(?:thanks?|thank you|grateful)(?: you)?(?: \w+){0,3} for\b")
_CONTRAST = Sifted(
    r"\b(?:however|but|unfortunately|although|still|not(?! (?:at all|least|only))|yet)\b"
    r"|\b(?!can't|couldn't|wouldn't)\w{1,10}n't\b(?! (?:expect|have to|need to|know how))",
    ignore_case=False,
)
_WORD = re.compile(r"[^\W_]{2,}")
_REFERENCE = re.compile(r"\b(?:foi|eir|sar|ir)[-/_ ]?\d{4,12}\b|\b\d{5,12}\b(?= (?:foi|eir))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the words say: *signs* maps each sign to its clauses, *counts* to the number of sentences that bear it.

    *length* is the number of characters the writer wrote besides greeting and sign-off; *language* names the language when it is neither English
    nor Welsh; *title_law* is true when the subject of a mail that is no reply names the law, *law_named* when any sentence does; *reply* tells a reply by its
    subject; *says_new* that the writer calls it a new or further request, *contrasts* that a "but" or a "not" stands in it;
    *references* are the case references quoted; *substance* is false when all of it only says that something is asked, and not what;
    *asked* counts the sentences that wish for something in the form of an ask, not of a statement, *anew* those that ask for anything without speaking of
    an earlier request, *afresh* those that plainly make a new one.
    """

    signs: Mapping[Sign, tuple[str, ...]]
    counts: Mapping[Sign, int]
    length: int
    language: str | None
    title_law: bool
    law_named: bool
    reply: bool
    says_new: bool
    contrasts: bool
    references: tuple[str, ...]
    substance: bool = True
    asked: int = 0
    anew: int = 0
    afresh: int = 0

    def has(self, *signs: Sign) -> bool:
        """Whether any of *signs* was read."""
        return any(sign in self.counts for sign in signs)

    def count(self, *signs: Sign) -> int:
        """How many sentences bear one of *signs*, summed over them."""
        return sum(self.counts.get(sign, 0) for sign in signs)

    def clauses(self, *signs: Sign) -> tuple[str, ...]:
        """The clauses of *signs*, in that order, each once."""
        return tuple(dict.fromkeys(clause for sign in signs for clause in self.signs.get(sign, ())))


def read_words(message: Message, attachment_text: str = "") -> Words:
    """Read subject and new text of *message*; *attachment_text* is what the mail only points to, and joins in. Linear in the size, at most 100 KB of it."""
    subject = subject_words(message)
    body = clean(message.new_text if message.new_text.strip() else message.text)
    language = foreign_language(attachment_text or body)
    said = list(lines(body))
    if attachment_text:
        said += lines(clean(attachment_text))
    signs: dict[Sign, dict[str, None]] = {}
    counts: dict[Sign, int] = {}
    title_law = _read_subject(subject, signs, counts)
    law_named = LAW.search(subject) is not None and Sign.OWN_POWER not in signs
    says_new = contrasts = False
    asked = anew = afresh = 0
    for sentence in sentences(said):
        says_new = says_new or SAYS_NEW.search(sentence) is not None
        contrasts = contrasts or _CONTRAST.search(sentence) is not None
        read = read_sentence(sentence)
        # "Schedule 2 to the Data Protection Act" is a power of the police's, and no law of access.
        law = LAW.search(sentence) is not None and Sign.OWN_POWER not in read
        law_named = law_named or (law and not BOILERPLATE.search(sentence))
        anew += asks_anew(read)
        afresh += asks_afresh(sentence, read)
        asked += bool(WISHED & read.keys() and (Sign.ASK in read or sentence.endswith("?") or Sign.REQUESTS in read))
        for sign, clauses in read.items():
            signs.setdefault(sign, {}).update(dict.fromkeys(clauses))
            counts[sign] = counts.get(sign, 0) + 1
    if not said and Sign.THANKS not in counts and _THANKS.search(plain(body[:500])):
        signs[Sign.THANKS] = {"it thanks us": None}
        counts[Sign.THANKS] = 1
    quoted = _REFERENCE.findall(subject + " " + plain(body[:20_000]))
    return Words(
        signs={sign: tuple(clauses) for sign, clauses in signs.items()},
        counts=counts,
        length=sum(len(line) for line in said),
        language=language,
        title_law=title_law,
        law_named=law_named,
        reply=_REPLY_SUBJECT.match(subject) is not None and not subject.startswith("fw"),
        says_new=says_new,
        contrasts=contrasts,
        references=tuple(dict.fromkeys(reference.upper().replace(" ", "") for reference in quoted))[:5],
        substance=_has_substance(_REPLY_SUBJECT.sub("", subject), said, message),
        asked=asked,
        anew=anew,
        afresh=afresh,
    )


def _has_substance(subject: str, written: list[str], message: Message) -> bool:
    """Whether subject or text hold a word that is neither frame nor name; a last line of a few words is taken for the writer's name."""
    said = written[:-1] if len(written) > 1 and len(written[-1].split()) <= GREETING_WORDS else written
    total = " ".join(said)
    if len(total) > FRAME_CHARACTERS:
        return True
    author = message.author
    names = set(_WORD.findall(plain(f"{author.name} {author.email}"))) if author else set()
    words = (found[0] for found in _WORD.finditer(f"{subject} {total}"))
    return any(word not in FRAME_WORDS and word not in names for word in words)


@lru_cache(maxsize=1024)  # The frames of letters, disclaimers and footers come again and again.
def read_sentence(sentence: str) -> Mapping[Sign, tuple[str, ...]]:
    """The signs of one folded sentence, after its topic has been told from its purpose."""
    sieve, always = _sieve()
    may = sieve.may_stand_in(sentence)
    if _stands(sentence, _BOILERPLATE, BOILERPLATE, may):
        return {}
    found: dict[Sign, tuple[str, ...]] = {}
    for number in sorted((may.keys() | always) - {_BOILERPLATE, _MATERIAL}):
        rule = _RULES[number]
        if _stands(sentence, number, rule.pattern, may):
            found[rule.sign] = (*found.get(rule.sign, ()), rule.clause)
    if _stands(sentence, _MATERIAL, MATERIAL, may):
        found[Sign.MATERIAL] = ("it asks for figures, papers or facts that may be on record",)
    return _settle(sentence, found)


@cache
def _sieve() -> tuple[Sieve, frozenset[int]]:
    """What tells which rules may stand in a sentence, and those of which it can't."""
    told = [*(rule.pattern.telling for rule in _RULES), BOILERPLATE.telling, MATERIAL.telling]
    return Sieve(told), frozenset(number for number, rule in enumerate(_RULES) if rule.pattern.has_others)


_BOILERPLATE, _MATERIAL = len(_RULES), len(_RULES) + 1


def _stands(sentence: str, number: int, pattern: AnyOf, may: Mapping[int, Collection[int]]) -> bool:
    return (number in may and pattern.search_telling(sentence, may[number])) or pattern.search_others(sentence)


_ASKS_FIRST = re.compile(  # "Could I have it if you've got it?" asks, whatever its condition.
    r"^(?:and |so |also |but )?(?:could|can|may|might|please|would you)\b.{0,80}\b(?:get|have|see|send|provide|know|tell|give|supply|share)\b"
)


def _settle(sentence: str, found: dict[Sign, tuple[str, ...]]) -> dict[Sign, tuple[str, ...]]:
    """Drop what is only the topic, the condition or the frame of a sentence."""
    apart = _mistaken(sentence, found.keys())
    found = {sign: clauses for sign, clauses in found.items() if sign not in apart}
    conditional = CONDITIONAL.search(POLITE_IF.sub(" ", sentence)) is not None and not _ASKS_FIRST.match(sentence)
    drop = {*_CONDITIONED, Sign.OWN_POWER} if conditional else set()
    if NEGATED.search(sentence):
        drop |= _PURPOSES - {Sign.MISSING, Sign.GROUNDS, Sign.PRIOR}
    if _ABOUT_EARLIER & found.keys() - drop and not _asks_about_topic(sentence, found):
        drop |= _WISHES - {Sign.FRESH}
    elif Sign.MATERIAL in found and Sign.OWN_SERVICE not in found:
        drop |= _PURPOSES - _HINTS - {Sign.PRIOR}
    drop |= _not_wished(sentence, found.keys() - drop)
    left = found.keys() - drop
    if Sign.FRESH in left and not left & (_WISHES - {Sign.FRESH}) and "new" not in sentence:
        drop.add(Sign.FRESH)
    if Sign.ASK in found and Sign.MATERIAL not in found and (_POLITE.search(sentence) or conditional):
        drop.add(Sign.ASK)
    return {sign: clauses for sign, clauses in found.items() if sign not in drop}


def _mistaken(sentence: str, found: AbstractSet[Sign]) -> set[Sign]:
    """Signs whose words another sign of the sentence explains: what it thanks for, whose complaint it is, what is cancelled or appealed."""
    apart: set[Sign] = set()
    if Sign.THANKS in found and Sign.ASK not in found and "?" not in sentence and _THANKED_FOR.search(sentence):
        apart |= _THANKABLE
    if Sign.COMPLAINT in found and _OWN_COMPLAINT.search(sentence):
        apart |= (set() if Sign.LAW in found else _FOLLOW_UP) | (set() if Sign.ASK in found else {Sign.MATERIAL})
    if {Sign.PRIOR, Sign.OWN_DATA} <= found and not _A_REQUEST.search(sentence):
        apart.add(Sign.PRIOR)
    if Sign.DATA_RIGHT in found:
        apart |= _OF_A_REQUEST
    if Sign.OWN_POWER in found:
        apart |= (
            {Sign.OWN_POWER} if _COUNTED_POWER.search(sentence) else {Sign.LAW, Sign.REQUESTS, Sign.SALES, Sign.PAPERS}
        )
    if Sign.WITHDRAWAL in found and "request" in sentence:
        apart |= {Sign.SERVICE, Sign.OWN_SERVICE}
    if {Sign.REVIEW, Sign.REVIEW_ASKED} & found and OTHER_APPEALS.search(sentence):
        apart |= {Sign.REVIEW} if OF_OUR_ANSWER.search(sentence) else {Sign.REVIEW, Sign.REVIEW_ASKED, Sign.REVIEW_HINT}
    return apart


def _not_wished(sentence: str, left: AbstractSet[Sign]) -> set[Sign]:
    """Wishes that are not for information: for a service, within a complaint, told of the past, or for data to be changed."""
    drop: set[Sign] = set()
    if Sign.OWN_SERVICE in left or (Sign.SERVICE in left and Sign.MATERIAL not in left):
        drop |= {Sign.ASK, Sign.MATERIAL, Sign.OWN_DATA}
    if Sign.PRIOR in left and _NARRATION.match(sentence) and not _ADDRESSED.search(sentence):
        drop |= _WISHES - {Sign.LAW}
    if {Sign.COMMENT, Sign.COMPLAINT} & left:
        drop |= {Sign.ASK, Sign.MATERIAL, Sign.REQUESTS}
    if {Sign.DATA_RIGHT, Sign.FRAUD} & left:
        drop |= _WISHES
    return drop


_TOPIC_ASK = re.compile(
    r"\b(?:how (?:many|much|often|long)|numbers? of|average|statistic|figures (?:for|on)|breakdown|list of"
    r"|list (?:all|of|the)|cop(?:y|ies) of|percentage|policy|policies|procedures?|per year|records? of"
    r"|details of (?:all|any|the|every)|total)\b"
)
_TAKES_BACK = re.compile(
    r"\b(?:i|we|please|like to|want to|wish to|can you|could you|would you)\b.{0,25}\b(?:withdraw|cancel|drop|stop|retract|disregard|ignore)\b"
    r".{0,10}\b(?:my|our|this|the above)\b"
)
# A number beside somebody's own file is that file's: "my housing file, reference HA12345".
_A_REQUEST = re.compile(r"\b(?:requests?|foi|eir|d?sar|subject access|e-?mail(?:ed)?|letter|wrote|written|asked)\b")
# What is withdrawn, stopped or wrong in a sentence on somebody's data is that data, and no request or answer.
_OF_A_REQUEST = _FOLLOW_UP | {Sign.WITHDRAWAL_LOOSE, Sign.WITHDRAWAL_HINT, Sign.REVIEW_HINT, Sign.PRIOR} - {
    Sign.REVIEW_ASKED,
    Sign.CHASER,
}
_COUNTED_POWER = re.compile(
    r"\b(?:how (?:many|often|much)|numbers? of|statistics?|figures|percentage|polic(?:y|ies)|procedures?|per year|break ?down|(?:a |any )?list of)\b"
)
_OWN_COMPLAINT = re.compile(r"\bmy (?:\w+ ){0,3}complaint\b|\bto stage (?:1|2|one|two)\b")


def _asks_about_topic(sentence: str, found: Mapping[Sign, object]) -> bool:
    """Whether chaser-, review- or withdrawal-like words are the thing asked about: figures of complaints, copies of reviews."""
    if Sign.MATERIAL not in found or Sign.MISSING in found or _TAKES_BACK.search(sentence):
        return False
    return _TOPIC_ASK.search(sentence) is not None


_OWN_EARLIER = re.compile(r"\b(?:my|our)\b.{0,40}\b(?:of|dated|from|sent|made|on)\b")


def _read_subject(subject: str, signs: dict[Sign, dict[str, None]], counts: dict[Sign, int]) -> bool:
    """Add what the subject says; true when it names the law in a mail that is no reply. A reply's subject is the older mail's."""
    bare = _REPLY_SUBJECT.sub("", subject)
    reply = bare != subject and not subject.startswith(("fw", "wg", "tr:"))
    read = dict(read_sentence(bare))
    law = None if Sign.OWN_POWER in read else LAW.search(bare)
    purpose = _NOT_LAW_PURPOSE.search(bare)
    tail = law is not None and purpose is not None and purpose.start() > law.end() and purpose.end() < len(bare)
    if law is not None and (purpose is None or tail):
        # "FOI request - complaints about bins": what follows the law's name is the topic.
        read = {sign: clauses for sign, clauses in read.items() if sign in _WISHES}
    if law is not None:
        read.pop(Sign.REQUESTS, None)  # The law's name in a title is counted as such, not as a wish besides.
    kept = read.keys() & {Sign.REVIEW_ASKED, Sign.CHASER, Sign.WITHDRAWAL} if reply else read.keys()
    for sign in kept:
        signs.setdefault(sign, {}).update(dict.fromkeys(read[sign]))
        counts[sign] = counts.get(sign, 0) + 1
    own = Sign.PRIOR in read and _OWN_EARLIER.search(bare) is not None
    return law is not None and not reply and not own and (purpose is None or tail)
