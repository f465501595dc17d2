"""Deliver: sends what is due, each letter exactly as frozen and each attempt on record before the server is dialled (invariants 5 and 7)."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.domain.errors import (
    BusyError,
    IntegrityError,
    StaleError,
    TransportError,
    UncertainError,
    UnfitError,
    UnreachableError,
)
from pipeline.domain.outbox import (
    ACKNOWLEDGEMENT_KINDS,
    NextStep,
    OutboxStatus,
    Phase,
    after_failure,
    after_lost_contact,
)
from pipeline.domain.ports import NoProgress
from pipeline.domain.request import ClockState, Workflow
from pipeline.journal import log
from pipeline.letters import posting
from pipeline.mail.handing_over import hand_over
from pipeline.store.events import Happening
from pipeline.store.outbox import recipients_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from pipeline.domain.ports import Accepted, Clock, Ids, Progress, Transport
    from pipeline.settings import Settings
    from pipeline.store import Store, Work
    from pipeline.store.records import Claimed, LetterRecordRow

_BATCH = 50
_LOOKED_ANEW = timedelta(seconds=1)
_UNREACHABLE = NextStep(status=OutboxStatus.RETRY, delay=timedelta(0))


@dataclass(slots=True)
class Delivered:
    """What one run sent. *unreachable* is the server's or network's fault, in words, when no connection could be made."""

    acknowledged: int = 0
    sent: int = 0
    redirected: int = 0
    retried: int = 0
    failed: int = 0
    uncertain: int = 0
    held: bool = False
    elsewhere: bool = False
    unreachable: str = ""


@dataclass(slots=True)
class _Hand:
    """Letters claimed together under *token*, and which of them is *marked* already, or *perhaps*, by the record of the one before it."""

    token: str
    letters: Sequence[Claimed]
    stopping: Callable[[], bool]
    marked: int | None = None
    perhaps: int | None = None

    def after(self, letter: Claimed) -> Claimed | None:
        """The acknowledgement that comes next, if one does and we go on.

        Only such a one may be marked a moment early: where we are killed before its DATA it is taken for perhaps delivered, and offered again.
        """
        following = self.letters[self.letters.index(letter) + 1 :][:1]
        fit = following and following[0].kind in ACKNOWLEDGEMENT_KINDS and not self.stopping()
        return following[0] if fit else None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """That the server accepted *letter*, sent to *redirect* if not to its own people, and which one is *then* to be marked."""

    letter: Claimed
    accepted: Accepted
    redirect: str | None
    at: datetime
    then: tuple[Claimed, str] | None

    @property
    def status(self) -> OutboxStatus:
        """What has become of the letter."""
        return OutboxStatus.REDIRECTED if self.redirect else OutboxStatus.SENT

    @property
    def case_too(self) -> bool:
        """Whether the letter's case changes with it."""
        return bool(self.accepted.refused) or self.letter.letter_id is not None

    def write(self, work: Work, end: tuple[int, str] | None = None) -> bool:
        """Settle the letter, in one statement where the *end* of its case's chain is given; returns whether the next one is marked."""
        refused = ", ".join(f"{to} ({why})" for to, why in self.accepted.refused.items())
        answer = f"{self.accepted.answer}; refused for: {refused}" if refused else self.accepted.answer
        return work.outbox.settle(
            self.letter, self.status, at=self.at, answer=answer, redirected_to=self.redirect, case_too=self.case_too,
            then=self.then, end=end,
        )  # fmt: skip


class Deliver:
    """Sends due letters over one connection a batch. ``run`` belongs to one thread; ``abort`` may come from another.

    *letter_sent* is told of each officer's letter that went, in the transaction that records it; *afterwards* is done at each run's end.
    """

    def __init__(
        self,
        store: Store,
        transport: Transport,
        clock: Clock,
        ids: Ids,
        settings: Settings,
        afterwards: Callable[[], None] | None = None,
        *,
        letter_sent: Callable[[Work, LetterRecordRow, datetime], None],
    ) -> None:
        self._store = store
        self._transport = transport
        self._clock = clock
        self._ids = ids
        self._settings = settings
        self._afterwards = afterwards
        self._letter_sent = letter_sent
        self._took_over_at: datetime | None = None

    def run(self, *, stopping: Callable[[], bool] = lambda: False, progress: Progress | None = None) -> Delivered:
        """Send everything that is due. A mail server's faults come back in the result, never as errors.

        On PostgreSQL several may send at the same time, each what it has claimed; on SQLite it is left to who is at it.
        """
        result = Delivered()
        if self._settings.delivery.holds:
            result.held = True
            return result
        token = self._ids.token()
        # As long as we hold this, nobody takes what we claim out of our hand; the system frees it when we end, however that is.
        with self._store.exclusive(_claim_lock(token) if self._store.shared else "deliver") as alone:
            if not alone:
                result.elsewhere = True
                return result
            self._take_over(result)
            try:
                self._send_all(token, result, stopping, progress or NoProgress())
            finally:
                self._transport.close()
            if self._afterwards is not None and not stopping():
                self._afterwards()
        return result

    def abort(self) -> None:
        """Cut the connection: a send past its final dot ends as uncertain, any other is tried again."""
        self._transport.abort()

    def _take_over(self, result: Delivered) -> None:
        """Settle what a process that is gone had in hand: we can hold its lock, so whoever claimed it is not running any more.

        Of many runs a second, as in a backlog, not each one looks for such.
        """
        now = self._clock.now()
        if self._took_over_at is not None and timedelta(0) <= now - self._took_over_at < _LOOKED_ANEW:
            return
        self._took_over_at = now
        with self._store.read() as work:
            claims = work.outbox.claims()
        for token in claims:
            # On SQLite we hold the one lock of all senders.
            with nullcontext(True) if not self._store.shared else self._store.exclusive(_claim_lock(token)) as gone:
                if gone:
                    self._settle_orphans(token, result)

    def _settle_orphans(self, token: str, result: Delivered) -> None:
        with self._store.write() as work:
            for letter, phase in work.outbox.orphans(token):
                if phase == Phase.DATA:
                    step = self._after_lost(letter)
                    words = "the service stopped while the letter was being handed over"
                else:
                    step, words = _UNREACHABLE, "the service stopped before the letter was handed over"
                try:
                    _write_down(work, letter, step, words, self._clock.now(), found=phase)
                except StaleError:
                    # Whoever claimed it lives after all, without its lock, and has just gone on with it.
                    log.warning("letter_taken_over", outbox=letter.id)
                    continue
                _count(result, letter, step.status)

    def _after_lost(self, letter: Claimed) -> NextStep:
        age = self._clock.now() - letter.queued_at
        return after_lost_contact(kind=letter.kind, attempts=letter.attempts, age=age, chance=self._ids.fraction())

    def _send_all(self, token: str, result: Delivered, stopping: Callable[[], bool], progress: Progress) -> None:
        while not stopping():
            with self._store.write() as work:
                batch = work.outbox.claim(token, self._clock.now(), _BATCH)
            if not batch:
                return
            progress.start("letters", len(batch))
            hand = _Hand(token, batch, stopping)
            for position, letter in enumerate(batch):
                # What is marked as going goes, also when we are to stop.
                if stopping() and hand.marked != letter.id:
                    self._put_back(batch[position:], token)
                    return
                if not self._send_one(letter, hand, result):
                    self._put_back(batch[position + 1 :], token)
                    return
                progress.advance()

    def _put_back(self, letters: Sequence[Claimed], token: str) -> None:
        with self._store.write() as work:
            work.outbox.put_back(letters, token)

    def _send_one(self, letter: Claimed, hand: _Hand, result: Delivered) -> bool:
        """Try one letter and write down how it went; False when the server can't be reached, so that trying others makes no sense now."""
        try:
            return self._try(letter, hand, result)
        except StaleError:
            # Somebody else has taken the letter over (an officer, or a successor that thought us dead): it is theirs now.
            log.warning("letter_taken_over", outbox=letter.id)
            return True

    def _try(self, letter: Claimed, hand: _Hand, result: Delivered) -> bool:
        redirect = posting.redirected_to(self._settings)
        try:
            _check(letter)
            accepted = hand_over(
                self._transport,
                letter.envelope_from,
                [redirect] if redirect else list(letter.recipients),
                letter.content,
                before_data=lambda: self._mark(letter, hand),
            )
        except IntegrityError as error:
            self._settle(letter, NextStep(status=OutboxStatus.FAILED), str(error), result)
            return True
        except BusyError as error:
            # Only the mark before DATA asks the database here: without it nothing has left, whatever became of the mark itself.
            self._settle(letter, _UNREACHABLE, str(error), result)
            return True
        except UncertainError as error:
            step = self._after_lost(letter)
            self._settle(letter, step, str(error), result)
            return True
        except UnreachableError as error:
            result.unreachable = str(error)
            self._settle(letter, _UNREACHABLE, str(error), result)
            return False
        except TransportError as error:
            age = self._clock.now() - letter.queued_at
            step = after_failure(
                attempts=letter.attempts, age=age, permanent=error.permanent, chance=self._ids.fraction()
            )
            self._settle(letter, step, str(error), result, code=error.code)
            return True
        self._accepted(letter, accepted, redirect, hand, result)
        return True

    def _mark(self, letter: Claimed, hand: _Hand) -> None:
        if hand.marked == letter.id:
            return
        with self._store.write() as work:
            if not work.outbox.mark_data(letter, hand.token, again=hand.perhaps == letter.id):
                raise StaleError("the letter is no longer ours to send")

    def _settle(
        self, letter: Claimed, step: NextStep, answer: str, result: Delivered, *, code: int | None = None
    ) -> None:
        now = self._clock.now()
        self._store.insist(lambda work: _write_down(work, letter, step, answer, now, code=code))
        _count(result, letter, step.status)
        log.warning("letter_not_sent", outbox=letter.id, reference=letter.reference, status=step.status, code=code)

    def _accepted(
        self, letter: Claimed, accepted: Accepted, redirect: str | None, hand: _Hand, result: Delivered
    ) -> None:
        """Write down that the server took the letter, and what that means for its case, in one transaction with the mark of the next one."""
        following = hand.after(letter)
        then = None if following is None else (following, hand.token)
        # What is written may have been committed without our hearing of it; written again it is found done, and all is rolled back.
        hand.perhaps = following.id if following else None
        # A fact that must not be lost with a connection to the database: a letter not known to be sent would be sent again.
        outcome = _Outcome(letter, accepted, redirect, self._clock.now(), then)
        marked = self._write_at_once(outcome)
        if marked is None:
            marked = self._store.insist(lambda work: self._write_accepted(work, outcome))
        hand.marked = hand.perhaps if marked else None
        _count(result, letter, outcome.status)
        log.info(
            "letter_accepted", outbox=letter.id, reference=letter.reference, kind=letter.kind, status=outcome.status
        )

    def _write_at_once(self, outcome: _Outcome) -> bool | None:
        """The record of an acknowledgement that only its own rows are about, in one statement; None where that can't be, or was not done.

        Not done: somebody has just written on its case's chain, or the connection was lost; perhaps it was done then, as after a COMMIT.
        """
        letter = outcome.letter
        if letter.end is None or outcome.case_too:
            return None
        with suppress(BusyError, UnfitError), self._store.at_once() as work:
            return outcome.write(work, letter.end)
        return None

    def _write_accepted(self, work: Work, outcome: _Outcome) -> bool:
        """The record of an accepted letter, with the mark of the one that comes next; returns whether that was ours to mark."""
        letter, accepted, status, now = outcome.letter, outcome.accepted, outcome.status, outcome.at
        marked = outcome.write(work)
        if accepted.refused:
            _call_officer(work, letter, status, "was refused for one of its recipients", now)
        if status is OutboxStatus.SENT and letter.letter_id is not None:
            written = work.letters.by_id(letter.letter_id)
            if written is not None:
                work.letters.move(written, "sent", Happening(kind="letter_issued", at=now))
                self._letter_sent(work, written, now)
            case = work.cases.by_ids([letter.request_id])[0]
            if letter.kind == "response" and case.workflow == Workflow.APPROVED:
                work.cases.change(
                    case,
                    Happening(kind="response_sent", at=now, data={"outbox": letter.id}),
                    workflow=Workflow.SENT,
                    clock=ClockState.STOPPED,
                )
        return marked


def _claim_lock(token: str) -> str:
    return f"deliver {token}"


def _write_down(
    work: Work,
    letter: Claimed,
    step: NextStep,
    answer: str,
    now: datetime,
    *,
    code: int | None = None,
    found: str | None = None,
) -> None:
    """Write down how an attempt failed, and call an officer to the case where only a person can go on."""
    not_before = None if step.delay is None else now + step.delay
    work.outbox.settle(letter, step.status, at=now, answer=answer, code=code, not_before=not_before, found=found)
    if step.status in (OutboxStatus.FAILED, OutboxStatus.UNCERTAIN):
        how = "was not accepted" if step.status is OutboxStatus.FAILED else "may not have been delivered"
        _call_officer(work, letter, step.status, how, now)


def _call_officer(work: Work, letter: Claimed, status: OutboxStatus, how: str, now: datetime) -> None:
    """Flag the letter's case, saying *how* the letter fared."""
    case = work.cases.by_ids([letter.request_id])[0]
    why = f"a letter ({letter.kind}) {how}"
    happening = Happening(kind="officer_needed", at=now, data={"outbox": letter.id, "status": status})
    reasons = [*case.flag_reasons, why] if why not in case.flag_reasons else list(case.flag_reasons)
    work.cases.change(case, happening, flagged=True, flag_reasons=reasons)


def _check(letter: Claimed) -> None:
    """Compare with what was approved: these bytes, to these people (invariant 5)."""
    # A hand that reached into the database may have left text where bytes were, or anything where addresses were.
    if not isinstance(letter.content, bytes) or hashlib.sha256(letter.content).hexdigest() != letter.sha256:
        raise IntegrityError("not sent: the stored letter is not the one that was approved")
    named = all(isinstance(one, str) for one in letter.recipients)
    if not named or recipients_digest(letter.recipients) != letter.recipients_sha256:
        raise IntegrityError("not sent: the stored recipients are not the ones that were approved")


def _count(result: Delivered, letter: Claimed, status: OutboxStatus) -> None:
    match status:
        case OutboxStatus.SENT if letter.kind in ACKNOWLEDGEMENT_KINDS:
            result.acknowledged += 1
        case OutboxStatus.SENT:
            result.sent += 1
        case OutboxStatus.REDIRECTED:
            result.redirected += 1
        case OutboxStatus.RETRY:
            result.retried += 1
        case OutboxStatus.FAILED:
            result.failed += 1
        case OutboxStatus.UNCERTAIN:
            result.uncertain += 1
        case _:
            raise AssertionError(f"no attempt ends as {status}")
