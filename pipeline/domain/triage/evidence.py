"""What triage looks at: the words for verdicts and intents, what is known besides the message, and the evidence drawn from both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.domain.request import OVER, KnownCase, Workflow
from pipeline.domain.triage.automatic import Kind, MachineSign, machine_signs, plain
from pipeline.domain.triage.intent import Words, read_words
from pipeline.domain.triage.machine_phrases import PERSONAL, SIGNED
from pipeline.domain.triage.wording import Sign
from pipeline.domain.webform import looks_like_form

if TYPE_CHECKING:
    from pipeline.domain.message import Message

COMMISSIONER_DOMAINS = frozenset({"ico.org.uk", "ico.gov.uk"})
DECORATION = 30 * 1024  # bytes; a picture below that is no photograph of a letter
HISTORY_CHARACTERS = 20_000
PERSONAL_CHARACTERS = 20_000
SEVERAL = 3  # questions in an answer to us, all but one plainly for figures or papers; one or two may well be about the request it answers
ADVERTISING = 2  # kinds of selling talk that make an advertisement; one alone is a turn of phrase


class Verdict(StrEnum):
    """What intake does with a message (architecture section 5)."""

    REQUEST = "request"
    REPLY = "reply"
    OTHER = "other"
    INTERNAL = "internal"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    QUARANTINED = "quarantined"


class Intent(StrEnum):
    """What the writer wants (architecture section 5)."""

    REQUEST = "request"
    UNCLEAR = "unclear"
    CLARIFICATION = "clarification"
    CHASER = "chaser"
    REVIEW = "review"
    WITHDRAWAL = "withdrawal"
    THANKS = "thanks"
    COMPLAINT = "complaint"
    NOT_A_REQUEST = "not_a_request"
    INTERNAL = "internal"
    ICO = "ico"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    DUPLICATE = "duplicate"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageContext:
    """What is known besides the message. Addresses and domains are lower case.

    *colleagues* are officers' own addresses, *web_form_senders* those of the council's own web forms, whose mail is a person's. *case* is the
    request that a token, thread or reference leads to. *suggested* are references quoted by a sender who is not their requester.
    *duplicate_of* names the first copy. *attachment_text* is read where the body only points to an attachment; *unreadable* says, in a
    sentence each, what of it could not be.
    """

    own_addresses: frozenset[str] = frozenset()
    internal_domains: frozenset[str] = frozenset()
    colleagues: frozenset[str] = frozenset()
    web_form_senders: frozenset[str] = frozenset()
    case: KnownCase | None = None
    suggested: tuple[str, ...] = ()
    duplicate_of: str | None = None
    attachment_text: str = ""
    unreadable: tuple[str, ...] = ()


def within(domain: str, domains: frozenset[str]) -> bool:
    """Whether *domain* is one of *domains* or below one."""
    return any(domain == one or domain.endswith("." + one) for one in domains if one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything the rules look at, worked out once for one message."""

    message: Message
    context: TriageContext
    machine: tuple[MachineSign, ...]
    words: Words
    domain: str
    sender: str

    @property
    def known(self) -> KnownCase | None:
        """The case, when the mail comes from its own requester."""
        case = self.context.case
        return case if case is not None and case.known_sender else None

    @property
    def answered(self) -> bool:
        """Whether the known case has had its response, so that displeasure is about that."""
        return self.known is not None and self.known.workflow in {Workflow.SENT, Workflow.CLOSED}

    @property
    def over(self) -> bool:
        """Whether nothing more is to be done on the known case: what is asked then may be a request of its own."""
        return self.known is not None and self.known.workflow in OVER

    @property
    def plainly_new(self) -> bool:
        """Whether it plainly makes a new request: it says so, asks under the law without speaking of an earlier one, or lists several things."""
        several = (
            self.words.anew >= SEVERAL
            and self.words.asked >= SEVERAL - 1
            and not self.words.has(Sign.CLARIFIES, Sign.PRIOR)
        )
        return several or (self.words.afresh > 0 and self.asks)

    @property
    def titled_new(self) -> bool:
        """Whether the subject of a mail that is no reply names the law and no case, and the mail asks for something."""
        title = "".join(self.message.subject.upper().split())
        named = (*self.context.suggested, *((self.context.case.reference,) if self.context.case else ()))
        return self.words.title_law and self.wishes > 0 and not any(one.upper() in title for one in named)

    @property
    def web_form(self) -> bool:
        """Whether one of the council's own forms sent it."""
        return bool(self.sender) and self.sender in self.context.web_form_senders

    @property
    def own(self) -> bool:
        """Whether it comes from one of our own addresses."""
        return bool(self.sender) and self.sender in self.context.own_addresses and not self.web_form

    @property
    def internal(self) -> bool:
        """Whether a colleague sent it."""
        return not self.web_form and (self.colleague or within(self.domain, self.context.internal_domains))

    @property
    def colleague(self) -> bool:
        """Whether it comes from an officer's own address, whatever domain that is in."""
        return bool(self.sender) and self.sender in self.context.colleagues

    @property
    def journal(self) -> bool:
        """Whether our own mail system hands on somebody's mail, attached, as it does when it keeps a journal."""
        return (
            self.internal
            and bool(self.message.header("x-ms-journal-report"))
            and not any("status" in part or "notification" in part for part in self.message.part_types)
            and "message/rfc822" in self.message.part_types
        )

    @property
    def commissioner(self) -> bool:
        """Whether the Information Commissioner's Office sent it."""
        return within(self.domain, COMMISSIONER_DOMAINS)

    @property
    def papers(self) -> bool:
        """Whether anything is attached but small pictures, which are the logos of signatures."""
        files = self.message.attachments
        return any(file.size >= DECORATION or not file.content_type.startswith("image/") for file in files)

    @property
    def quoted(self) -> tuple[str, ...]:
        """The references it quotes: the known case's, else the suggested ones, else what looks like one."""
        return (self.known.reference,) if self.known else (self.context.suggested or self.words.references)

    @property
    def answers_us(self) -> bool:
        """Whether it answers mail of ours: older mail below it names one of our addresses, or its subject is that of a reply with our reference."""
        older = self.message.text[len(self.message.new_text) :][:HISTORY_CHARACTERS].casefold()
        ours = any(address in older for address in self.context.own_addresses)
        return ours or (self.words.reply and bool(self.words.references))

    @property
    def wishes(self) -> int:
        """How many sentences plainly ask for information that is not an earlier request's."""
        return self.words.count(Sign.REQUESTS, Sign.MATERIAL, Sign.OWN_DATA)

    @property
    def asks(self) -> bool:
        """Whether any sentence asks for anything at all."""
        return self.wishes > 0 or self.words.has(Sign.ASK)

    @property
    def advert(self) -> bool:
        """Whether it sells more than it asks."""
        return len(self.words.clauses(Sign.SALES)) >= ADVERTISING

    @property
    def plain_request(self) -> bool:
        """Whether a person plainly asks under the law, whatever the envelope looks like."""
        words = self.words
        asks = words.has(Sign.REQUESTS, Sign.OWN_DATA) and words.has(Sign.ASK, Sign.MATERIAL, Sign.OWN_DATA)
        return asks and words.law_named and not words.has(Sign.SALES)

    @property
    def asks_by_list(self) -> bool:
        """Whether somebody asks for papers or figures through a list that people write to (RFC 2369 List-Post), without naming the law."""
        posted = self.message.header("list-post") or self.message.header("mailing-list") or self.message.reply_to
        people = all(sign.person_possible for sign in self.machine if sign.alone)
        return bool(posted) and people and self.words.asked > 0 and not self.words.has(Sign.SALES)

    @property
    def asks_through_program(self) -> bool:
        """Whether a program seems to hand on what a person asks, as the form of another house does: it asks, or shows a form's lines."""
        programs = all(sign.kind is Kind.PROGRAM for sign in self.machine if sign.alone)
        asks = self.words.asked > 0 and not self.words.has(Sign.SALES)
        return programs and (asks or looks_like_form(self.message.new_text))

    @property
    def impersonal(self) -> bool:
        """Whether it only states figures or papers, and nothing shows a person: no ask, no greeting or thanks, no "I" or "we", and no name below it."""
        words, said = self.words, self.message.new_text[:PERSONAL_CHARACTERS].strip()
        asks = words.has(Sign.ASK, Sign.REQUESTS, Sign.OWN_DATA) or words.law_named or "?" in said
        if asks or not words.has(Sign.MATERIAL) or PERSONAL.search(plain(said)):
            return False
        return SIGNED.search(said) is None

    def signs_of(self, *kinds: Kind, alone: bool = True) -> tuple[MachineSign, ...]:
        """Machine signs of *kinds*: those that decide by themselves, or those that do not."""
        return tuple(sign for sign in self.machine if sign.kind in kinds and sign.alone is alone)


def gather(
    message: Message,
    context: TriageContext,
    *,
    words: Words | None = None,
    machine: tuple[MachineSign, ...] | None = None,
) -> Evidence:
    """Work out the evidence once; *words* and *machine* are what was worked out of the message already, without a known case."""
    author = message.author
    return Evidence(
        message=message,
        context=context,
        machine=machine_signs(message, known_case=context.case is not None) if machine is None else machine,
        words=read_words(message, context.attachment_text) if words is None else words,
        domain=author.domain if author else "",
        sender=author.key if author else "",
    )
