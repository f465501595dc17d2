"""New mail to check: an officer makes a request of it, puts it with a case, or takes it off the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.domain.calendar import long_date
from pipeline.domain.clock import Event, EventKind, due_on, received_day
from pipeline.domain.clock_questions import at_receipt
from pipeline.domain.errors import NotAllowedError, NotFoundError, StoreError, UsageError
from pipeline.domain.message import Address
from pipeline.domain.proposal import Proposal
from pipeline.domain.reference import make
from pipeline.domain.request import Regime
from pipeline.domain.triage import Intent, Verdict
from pipeline.letters import posting
from pipeline.mail.council import Council
from pipeline.mail.reading import read
from pipeline.store.access import acting_officer, refuse_hidden_mail, visible_case
from pipeline.store.cases import NewCase
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.ports import Clock, Ids
    from pipeline.domain.request import Question
    from pipeline.mail.readout import Reading
    from pipeline.settings import Settings
    from pipeline.store import Store, Work
    from pipeline.store.records import Case, FiledMail

REQUESTER, INTERNAL = "requester", "internal"
# What a mail can be that does something to the clock of the case it is put with, and what that is.
EFFECTS = {
    Intent.CLARIFICATION: EventKind.CLARIFICATION_RECEIVED,
    Intent.REVIEW: EventKind.REVIEW_REQUESTED,
    Intent.WITHDRAWAL: EventKind.WITHDRAWN,
}
_DRAWS = 20
_LONDON = ZoneInfo("Europe/London")
_KINDS = {Regime.SAR: "sar_acknowledgement"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What a new request is made of: the message's own words, or the proposal's."""

    sender: Address
    proposed: Proposal | None
    subject: str
    topic: str
    regime: Regime
    regime_reasons: tuple[str, ...]
    questions: tuple[Question, ...]
    received_at: datetime
    received_on: date
    received_source: str


def no_effect(work: Work, case: Case, event: Event, officer: str) -> None:
    """What a message does to a case's clock, where nobody has said how that is recorded. Raises NotAllowedError."""
    del work, officer
    raise NotAllowedError(f"{event.kind.replace('_', ' ')} of {case.reference} has to be recorded on its clock")


class NewMail:
    """An officer's verbs on filed mail. Each is one transaction, raises NotFoundError, NotAllowedError or UsageError, and leaves an event."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: Ids,
        settings: Settings,
        calendar: Calendar,
        *,
        effect: Callable[[Work, Case, Event, str], object] = no_effect,
        via: str = "cli",
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._settings = settings
        self._council = Council.of(settings)
        self._calendar = calendar
        self._effect = effect
        self._via = via

    def list(self) -> list[FiledMail]:
        """What waits for an officer's look, oldest first."""
        with self._store.read() as work:
            return work.new_mail.to_check()

    # ---- a request -----------------------------------------------------------------------------------------------

    def make_request(
        self,
        message_id: int,
        officer: str,
        *,
        requester_name: str | None = None,
        requester_email: str | None = None,
        received_on: date | None = None,
        reason: str = "",
    ) -> str:
        """Open a request with the proposal's words, or else the message's own; returns its reference.

        It counts as received at its first trusted arrival, or on *received_on*, which needs a *reason* and can't be later.
        A colleague's own words need *requester_email*, and so does a councillor's request, for nobody's role is assumed. Its
        acknowledgement is offered to an officer, never sent by itself.
        """
        reading = self._read(message_id)
        now = self._clock.now()
        with self._store.write() as work:
            actor, mail = _at_work(work, officer, message_id)
            _may_become_a_request(mail)
            words = _words(mail, reading)
            requester = self._requester(mail, words, requester_name, requester_email)
            words, source = self._received(words, received_on, reason, now)
            flags = _flags(words) if received_on is None else ()
            request_id, reference = self._open(work, mail, words, requester, source, flags, actor, now)
            outsider = mail.verdict == Verdict.INTERNAL and requester.key != mail.author_email.strip().casefold()
            side = INTERNAL if outsider else REQUESTER
            work.new_mail.put(request_id, mail.id, side=side, rung="an officer opened this case from it", at=now)
            for other in work.cases.by_references(mail.linked):
                work.cases.link_cases(request_id, other.id, f"asked in a mail about {other.reference}")
            data: dict[str, object] = {"verdict": mail.verdict, "received_on": words.received_on, "side": side}
            happening = self._happening(
                "made_from_new_mail", now, actor, mail, data | ({"reason": reason} if reason else {})
            )
            work.cases.note(request_id, happening)
        return reference

    def _read(self, message_id: int) -> Reading:
        with self._store.read() as work:
            mail = _filed(work, message_id)
            raw = work.messages.raw(message_id) or b""
        return read(raw, mail.internal_date, self._council, mailbox=mail.mailbox)

    def _requester(self, mail: FiledMail, words: _Words, name: str | None, email: str | None) -> Address:
        """Whose request it is, as proposed or as the officer says; refused where that would be a guess."""
        given = (email or "").strip()
        if email is not None and not posting.can_write_to(given):
            raise UsageError(f"{given or 'an empty address'} is not an address that a letter can be sent to")
        if not given and mail.verdict == Verdict.INTERNAL and (words.proposed is None or words.proposed.ours):
            who = words.sender.email or words.sender.name or "a colleague"
            raise NotAllowedError(
                f"message {mail.id} comes from {who}, on our own domain; say with --from whose request it is, after asking in what role"
            )
        found = Address(words.sender.name if name is None else name.strip(), given or words.sender.email)
        if found.key in self._council.own_addresses | self._council.form_senders:
            raise NotAllowedError(f"{found.email} is one of our own addresses and can't be a requester's")
        return found

    def _received(self, words: _Words, day: date | None, reason: str, now: datetime) -> tuple[_Words, str]:
        """The words with their date of receipt, and where that date comes from."""
        if day is None:
            return words, words.received_source
        if not reason.strip():
            raise UsageError("a date of receipt that an officer gives needs its reason; say it with --reason")
        latest = min(words.received_on, received_day(now))
        if day > latest:
            raise NotAllowedError(f"it was with us on {long_date(latest)} and can't have been received later")
        if day == words.received_on:
            return words, words.received_source
        at = datetime.combine(day, time(12), _LONDON)
        source = f"An officer gave the day: {' '.join(reason.split())} Our servers show {long_date(words.received_on)}."
        return _dated(words, at, day), source

    def _open(
        self,
        work: Work,
        mail: FiledMail,
        words: _Words,
        requester: Address,
        source: str,
        flags: tuple[str, ...],
        actor: str,
        now: datetime,
    ) -> tuple[int, str]:
        """Draw references until one is free: the unique key decides, not a look beforehand (D6)."""
        prefixes = self._settings.reference
        prefix = {Regime.FOI: prefixes.foi, Regime.EIR: prefixes.eir, Regime.SAR: prefixes.sar}[words.regime]
        reachable = posting.can_write_to(requester.email)
        offered = "an officer opened it from new mail, and says whether it is acknowledged"
        clocks = at_receipt(words.regime, words.questions, words.received_on, self._calendar)
        for _ in range(_DRAWS):
            new = NewCase(
                reference=make(prefix, self._ids.reference_digits()),
                regime=words.regime,
                regime_reasons=words.regime_reasons,
                flagged=bool(flags),
                flag_reasons=flags,
                received_at=words.received_at,
                received_on=words.received_on,
                received_source=source,
                due_on=clocks.due_on or due_on(words.regime, words.received_on, self._calendar),
                requester_name=requester.name,
                requester_email=requester.email,
                topic=words.topic,
                subject=words.subject,
                message_id=mail.id,
                acknowledge="officer" if reachable else "none",
                acknowledge_kind=_KINDS.get(words.regime, "acknowledgement") if reachable else None,
                acknowledge_reasons=(offered,) if reachable else ("no address is known that an answer could go to",),
                created_at=now,
            )
            request_id = work.cases.open(new, words.questions, dates=clocks.own_dates(), via=self._via, actor=actor)
            if request_id is not None:
                return request_id, new.reference
        raise StoreError(f"no free reference was found in {_DRAWS} draws; choose another prefix in [reference]")

    # ---- a case's mail, or nobody's ------------------------------------------------------------------------------

    def attach(
        self,
        message_id: int,
        reference: str,
        officer: str,
        side: str = REQUESTER,
        *,
        means: EventKind | None = None,
        question: int | None = None,
    ) -> None:
        """Put a message with a case, on *side* "requester" or "internal"; a colleague's mail never stands on the requester's side.

        *means* is what it does to the case's clock, on the day it arrived and to the question with the key *question* where one is
        named: it is recorded with it, or, where the law does not allow that, the message stays where it is.
        """
        if side not in {REQUESTER, INTERNAL}:
            raise UsageError(f'the side is "{REQUESTER}" or "{INTERNAL}", not "{side}"')
        now = self._clock.now()
        with self._store.write() as work:
            actor, mail = _at_work(work, officer, message_id)
            case = visible_case(work, reference, acting_officer(work, actor), lock=True)
            if mail.opened is not None:
                raise NotAllowedError(f"message {mail.id} opened {mail.opened} and belongs to it")
            if mail.verdict == Verdict.INTERNAL and side == REQUESTER:
                raise NotAllowedError(
                    f"a colleague wrote message {mail.id}; put it on the internal side: --side {INTERNAL}"
                )
            work.new_mail.put(case.id, mail.id, side=side, rung="an officer put it here", at=now)
            work.cases.note(case.id, self._happening("message_attached", now, actor, mail, {"side": side}))
            if means is not None:
                self._effect(work, case, Event(kind=means, on=mail.received_on, question=question), actor)

    def dismiss(self, message_id: int, officer: str, why: str) -> None:
        """Take a message off the list, with a reason; the mark on a request that this message opened is taken off instead."""
        if not why.strip():
            raise UsageError("say with --reason why nothing more is to be done about it")
        now = self._clock.now()
        with self._store.write() as work:
            actor, mail = _at_work(work, officer, message_id)
            if mail.opened is not None:
                case = work.cases.by_reference(mail.opened, lock=True)
                if case is not None and case.flagged:
                    happening = self._happening("flag_taken_off", now, actor, mail, {"reason": why})
                    work.cases.change(case, happening, flagged=False, flag_reasons=[])
                    return
            if mail.linked:
                raise NotAllowedError(
                    f"message {mail.id} belongs to {mail.linked[0]}; see: infogov show {mail.linked[0]}"
                )
            if mail.dismissed:
                raise NotAllowedError(f"message {mail.id} is off the list already")
            work.new_mail.dismiss(mail, officer=actor, why=why, via=self._via, at=now)

    def _happening(self, kind: str, at: datetime, actor: str, mail: FiledMail, data: dict[str, object]) -> Happening:
        return Happening(kind=kind, at=at, actor=actor, via=self._via, message_id=mail.id, data=data)


def _filed(work: Work, message_id: int) -> FiledMail:
    mail = work.new_mail.find(message_id)
    if mail is None:
        raise NotFoundError(f"no message {message_id} has been filed; see: infogov newmail, or infogov quarantine")
    return mail


def _at_work(work: Work, email: str, message_id: int) -> tuple[str, FiledMail]:
    """The officer's address, and the message, where they may see it: that of a restricted case is its team's."""
    found = work.officers.find(email)
    if found is None or found.disabled or found.role == "read_only":
        raise NotAllowedError(f"there is no active officer {email}; see: infogov officer list")
    mail = _filed(work, message_id)
    refuse_hidden_mail(work, found, (*mail.linked, *mail.suggested), f"no message {message_id} has been filed")
    return found.email, mail


def _may_become_a_request(mail: FiledMail) -> None:
    if mail.opened is not None:
        raise NotAllowedError(f"message {mail.id} has opened {mail.opened} already; see: infogov show {mail.opened}")
    if mail.intent == Intent.DUPLICATE:
        first = f"message {mail.duplicate_of}" if mail.duplicate_of else "an earlier message"
        raise NotAllowedError(f"message {mail.id} is a second copy of {first}; open the request from that one")


def _words(mail: FiledMail, reading: Reading) -> _Words:
    """The proposal's words where a colleague passed them on, else the message's own."""
    proposed = Proposal.from_json(mail.proposal) if mail.proposal else None
    if proposed is None and mail.verdict == Verdict.INTERNAL:
        proposed = reading.proposal
    if proposed is not None:
        return _Words(
            sender=proposed.sender,
            proposed=proposed,
            subject=proposed.subject,
            topic=proposed.topic,
            regime=proposed.regime,
            regime_reasons=proposed.regime_reasons,
            questions=proposed.questions,
            received_at=proposed.received_at,
            received_on=proposed.received_on,
            received_source=proposed.received_source,
        )
    return _Words(
        sender=reading.requester or Address("", ""),
        proposed=None,
        subject=reading.message.subject,
        topic=reading.topic,
        regime=reading.regime.regime,
        regime_reasons=reading.regime.reasons,
        questions=reading.questions,
        received_at=reading.receipt.at,
        received_on=reading.received_on,
        received_source=reading.receipt.source,
    )


def _dated(words: _Words, at: datetime, day: date) -> _Words:
    values = {name: getattr(words, name) for name in _Words.__slots__} | {"received_at": at, "received_on": day}
    return _Words(**values)


def _flags(words: _Words) -> tuple[str, ...]:
    """What an officer has yet to settle: a day of receipt that may have been earlier than any stamp of ours shows."""
    proposed = words.proposed
    if proposed is None or not proposed.claims_earlier or proposed.sent_on is None:
        return ()
    said = f"the forwarded mail says it was sent on {long_date(proposed.sent_on)}"
    return (
        f"{said}, and no stamp of our servers shows when a colleague had it; the date of receipt may have to be that day",
    )
