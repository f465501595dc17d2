"""Intake: reads what was received, says what it is and why, opens or finds its case, and queues the acknowledgement, all in one transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.domain import clock as clocks
from pipeline.domain.errors import InfogovError, StoreError, UnfitError
from pipeline.domain.ports import NoProgress
from pipeline.domain.receipt import date_of_receipt
from pipeline.domain.request import Regime
from pipeline.domain.triage import Intent, TriageContext, Verdict
from pipeline.domain.unread import MAX_ATTEMPTS
from pipeline.journal import log
from pipeline.mail.council import Council
from pipeline.mail.judging import is_junk, judge
from pipeline.mail.reader import ToRead, Unread
from pipeline.resources import when_called
from pipeline.stages.intake.desk import Desk, Item
from pipeline.stages.intake.filing import file, who
from pipeline.stages.intake.known_cases import Known, find_cases
from pipeline.stages.intake.opening import look_ahead
from pipeline.store.events import Happening, mailbox_chain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.ports import Clock, Ids, Progress
    from pipeline.domain.triage import Triage
    from pipeline.mail.bounces import returned as returned_by
    from pipeline.mail.reader import Reader
    from pipeline.mail.readout import Reading
    from pipeline.settings import Settings
    from pipeline.store import Store, Work
    from pipeline.store.records import Quarantined, Waiting
else:
    # With what reads HTML, for the few days on which a letter comes back.
    returned_by = when_called("pipeline.mail.bounces", "returned")

_EMPTY = NoProgress()
_NOBODY = frozenset({Verdict.AUTOMATIC, Verdict.BOUNCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A waiting message with its reading, or with the reason why there is none."""

    waiting: Waiting
    reading: Reading | None
    problem: str = ""
    lost: bool = False


@dataclass(frozen=True, slots=True)
class _Batch:
    """Messages in the reader's hand, without their bytes, and where its answers come from."""

    waiting: list[Waiting]
    answers: Iterator[Reading | Unread | None]


class Intake:
    """Files every received message. One instance serves all mailboxes; *reader* reads them, here or apart."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: Ids,
        settings: Settings,
        calendar: Calendar,
        *,
        reader: Reader,
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._council = Council.of(settings)
        self._reader = reader
        self._desk = Desk(clock=clock, ids=ids, settings=settings, council=self._council, calendar=calendar)
        self._prefixes = (settings.reference.foi, settings.reference.eir, settings.reference.sar)
        # Messages whose last attempt the database cut short: it was counted, and is not counted against them a second time.
        self._cut_short: set[int] = set()

    def run(self, *, stopping: Callable[[], bool] = lambda: False, progress: Progress | None = None) -> Counter[str]:
        """File everything that waits; returns how many messages ended under each verdict. Raises StoreError, and then no mail has lost an attempt.

        A mailbox that another process is filing is left to it. An attempt is counted before a message is looked at, so
        that one that kills the process is quarantined the third time.
        """
        counts: Counter[str] = Counter()
        tried: set[int] = set()
        bar = progress or _EMPTY
        before = -1
        # Once more after each round that got on: a copy in one mailbox waits for the first one in another.
        while before != len(tried) and not stopping():
            before = len(tried)
            with self._store.read() as work:
                mailboxes = work.messages.mailboxes_to_read()
            for mailbox in mailboxes:
                # Who dies while filing leaves the lock, and his messages, to the next.
                with self._store.exclusive(f"intake:{mailbox}") as alone:
                    if alone:
                        self._mailbox(mailbox, tried, counts, bar, stopping)
        return counts

    def _mailbox(
        self, mailbox: str, tried: set[int], counts: Counter[str], bar: Progress, stopping: Callable[[], bool]
    ) -> None:
        """File what waits of one mailbox; what was *tried* in this run waits for the next one.

        While one batch is filed the next is being read, where the reader reads apart.
        """
        before: _Batch | None = None
        while not stopping():
            waiting = self._take_in_hand(mailbox, tried)
            # One that was tried before may take the reader down: it has it to itself, before and after.
            alone = any(message.attempts > 1 for message in waiting)
            if before is not None and (alone or not waiting):
                self._finish(before, tried, counts, bar)
                before = None
            if not waiting:
                return
            batch = self._begin(waiting)
            if before is not None:
                self._finish(before, tried, counts, bar)
            before = batch
            if alone:
                self._finish(batch, tried, counts, bar)
                before = None
        if before is not None:
            self._finish(before, tried, counts, bar)

    def _take_in_hand(self, mailbox: str, tried: set[int]) -> list[Waiting]:
        """The next messages to read with their bytes; that they are tried is committed before any of them is looked at."""
        with self._store.write() as work:
            ids = [message_id for message_id in work.messages.next_to_read(mailbox) if message_id not in tried]
            work.messages.count_attempt([message_id for message_id in ids if message_id not in self._cut_short])
        tried.update(ids)
        self._cut_short.update(ids)
        if not ids:
            return []
        with self._store.read() as work:
            return work.messages.waiting(ids)

    def _begin(self, waiting: list[Waiting]) -> _Batch:
        """Hand a batch to the reader, and keep of it all but the bytes."""
        readable = [message for message in waiting if message.attempts <= MAX_ATTEMPTS]
        asked = [ToRead(raw=m.raw, internal_date=m.internal_date, body=m.body, mailbox=m.mailbox) for m in readable]
        return _Batch([replace(message, raw=b"") for message in waiting], self._reader.begin(asked))

    def _finish(self, batch: _Batch, tried: set[int], counts: Counter[str], bar: Progress) -> None:
        """File a batch that was begun. What was lost with the reader is tried again, by itself."""
        bar.start("messages", len(batch.waiting))
        found = [self._found(message, batch.answers) for message in batch.waiting]
        for message in found:
            if message.lost:
                log.error("reader_died", message=message.waiting.id, attempt=message.waiting.attempts)
                tried.discard(message.waiting.id)
                self._cut_short.discard(message.waiting.id)
        self._file_all([message for message in found if not message.lost], counts)
        self._cut_short.difference_update(message.id for message in batch.waiting)
        bar.advance(len(batch.waiting))

    def _found(self, waiting: Waiting, answers: Iterator[Reading | Unread | None]) -> _Read:
        if waiting.attempts > MAX_ATTEMPTS:
            why = f"reading it has stopped the service {MAX_ATTEMPTS} times; it is left alone until an officer tries it again"
            return _Read(waiting=waiting, reading=None, problem=why)
        answer = next(answers)
        if answer is None:
            return _Read(waiting=waiting, reading=None, lost=True)
        if isinstance(answer, Unread):
            log.warning("message_not_read", message=waiting.id, error=answer.kind)
            return _Read(waiting=waiting, reading=None, problem=answer.words)
        return _Read(waiting=waiting, reading=answer, problem="" if waiting.body == "whole" else _not_whole(waiting))

    def _file_all(self, messages: list[_Read], counts: Counter[str]) -> None:
        """File a batch in one transaction; if that fails, one by one, so that a single message can't hold up the rest."""
        outcome: Counter[str] = Counter()
        try:
            with self._store.write() as work:
                colleagues = _colleagues(work)
                open_ids = work.messages.still_waiting([message.waiting.id for message in messages])
                read = [m for m in messages if m.reading is not None]
                drawn = look_ahead(work, self._desk, [m.reading for m in read if m.reading is not None])
                references = {m.waiting.id: one for m, one in zip(read, drawn, strict=True)}
                for message in messages:
                    if message.waiting.id in open_ids:
                        reference = references.get(message.waiting.id)
                        outcome[self._file(work, message, colleagues, reference)] += 1
            counts.update(outcome)
        except Exception as error:  # noqa: BLE001 - any message of the batch may be the cause; each is tried on its own below
            log.warning("batch_not_filed", messages=len(messages), error=type(error).__name__, reason=_said(error))
            for message in messages:
                counts.update(self._file_alone(message))

    def _file_alone(self, message: _Read) -> list[str]:
        try:
            with self._store.write() as work:
                if not work.messages.still_waiting([message.waiting.id]):
                    return []
                return [self._file(work, message, _colleagues(work))]
        except UnfitError as error:
            # It stays received and is tried again at the next runs, until it has had its attempts.
            log.error("message_not_filed", message=message.waiting.id, reason=str(error))
            return []
        except StoreError:
            # The database's fault, not the mail's, and the next message would meet it, too: all wait for the next run.
            raise
        except Exception as error:  # noqa: BLE001 - the same boundary as in _read, for what follows from the reading
            log.warning("message_not_filed", message=message.waiting.id, error=type(error).__name__)
            broken = _Read(
                waiting=message.waiting,
                reading=None,
                problem=f"it could not be filed ({type(error).__name__}: {error})"[:500],
            )
            with self._store.write() as work:
                return (
                    [self._file(work, broken, frozenset())] if work.messages.still_waiting([broken.waiting.id]) else []
                )

    def _file(self, work: Work, message: _Read, colleagues: frozenset[str], reference: str | None = None) -> str:
        """Decide and write everything about one message; returns its verdict. *reference* was drawn for it, should it need one."""
        if message.reading is None or message.problem:
            self._quarantine(work, message)
            return Verdict.QUARANTINED
        reading = message.reading
        known = find_cases(work, reading, self._prefixes, self._settings, colleagues)
        unread = _unread_first(work, message.waiting)
        decided = judge(
            reading, self._context(message, known, unread, colleagues), junk=is_junk(message.waiting.folder)
        )
        decided = _with_lost_reference(decided, known)
        returned = None
        if decided.verdict is Verdict.BOUNCE:
            returned = returned_by(work.messages.raw(message.waiting.id) or b"")
        item = Item(
            waiting=message.waiting, reading=reading, returned=returned, known=known, triage=decided, stands_for=unread,
            reference=reference,
        )  # fmt: skip
        return file(work, self._desk, item)

    def _context(
        self, message: _Read, known: Known, unread: Quarantined | None, colleagues: frozenset[str]
    ) -> TriageContext:
        first = message.waiting.first_copy
        return TriageContext(
            own_addresses=self._council.own_addresses,
            internal_domains=self._council.internal_domains,
            colleagues=colleagues,
            web_form_senders=self._council.form_senders,
            case=known.for_triage(),
            suggested=known.suggested,
            duplicate_of=None if first == message.waiting.id or unread is not None else f"message {first}",
        )

    def _quarantine(self, work: Work, message: _Read) -> None:
        """Keep a message that can't be read: visible, with the date it was received and the date an answer would be due."""
        waiting, reading = message.waiting, message.reading
        now = self._clock.now()
        receipt = reading.receipt if reading else date_of_receipt((), waiting.internal_date, ())
        received_on = reading.received_on if reading else clocks.received_day(receipt.at)
        values = {
            "verdict": Verdict.QUARANTINED,
            "intent": Intent.UNREADABLE,
            "reasons": [message.problem],
            "last_error": message.problem,
            "received_at": receipt.at,
            "received_on": received_on,
            "due_on": self._desk.due_on(Regime.FOI, received_on),
        }
        if reading is not None:
            values |= who(reading)
        work.messages.settle(waiting.id, state="quarantined", values=values)
        data = {"verdict": Verdict.QUARANTINED, "attempts": waiting.attempts}
        happening = Happening(kind="message_quarantined", at=now, message_id=waiting.id, data=data)
        work.events.record(mailbox_chain(waiting.mailbox), happening)


def _with_lost_reference(decided: Triage, known: Known) -> Triage:
    """Let an officer look at a person's mail that names a reference which a restored database may have lost."""
    if not known.lost or decided.verdict in _NOBODY or decided.intent is Intent.DUPLICATE:
        return decided
    first, *further = decided.reasons
    return replace(decided, reasons=(first, known.lost_words, *further), flagged=True)


def _said(error: Exception) -> str:
    """The words of an error of ours; those of any other may hold what a requester wrote."""
    return str(error) if isinstance(error, InfogovError) else ""


def _colleagues(work: Work) -> frozenset[str]:
    return frozenset(officer.email for officer in work.officers.all() if not officer.disabled)


def _unread_first(work: Work, waiting: Waiting) -> Quarantined | None:
    """The first copy of this mail where that could not be read: then nothing came of it, and this one is no mere copy."""
    if waiting.first_copy == waiting.id:
        return None
    return next(iter(work.quarantine.rows(waiting.first_copy)), None)


def _not_whole(waiting: Waiting) -> str:
    if waiting.body == "missing":
        return "the mail server lists this message but does not hand it over; look at it in the mailbox, or try again"
    if waiting.body == "refused":
        return "the mail server hands over only the headers of this message; look at it in the mailbox, or try again"
    return f"too large to fetch by itself ({waiting.size / 2**20:.0f} MB); try again fetches it whole"
