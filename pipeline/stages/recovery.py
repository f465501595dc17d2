"""Recovery: after a database was restored from a copy, keeps what may have gone since the copy was made from going again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING

from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.shadow import lost_letter_words
from pipeline.mail.sent import our_letter
from pipeline.store.events import SERVICE_CHAIN, Happening
from pipeline.store.lost_letters import LostLetter, conversation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pipeline.domain.ports import Clock, Mailbox
    from pipeline.mail.sent import OurLetter
    from pipeline.settings import Settings
    from pipeline.store import Store, Work
    from pipeline.store.records import OutboxSummary

_MAY_HAVE_GONE = (OutboxStatus.WAITING, OutboxStatus.QUEUED, OutboxStatus.RETRY, OutboxStatus.SENDING)
_AT_ONCE = 500
_WHY = "the database was restored from a copy made before, so this letter may have gone since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """How many letters now wait for somebody's word, and how many folders are read again quietly."""

    letters: int
    folders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What the sent folder shows: ids of the letters in doubt that have *gone*, how many *lost* requests it names, how many letters were *unknown*.

    An unknown letter belongs to a request that is here.
    """

    gone: tuple[int, ...]
    lost: int
    unknown: int


class Recovery:
    """Marks a restored database, before anything else is done with it."""

    def __init__(self, store: Store, clock: Clock, settings: Settings, *, via: str = "cli") -> None:
        self._store = store
        self._clock = clock
        self._from_address = settings.smtp.from_address
        self._prefixes = (settings.reference.foi, settings.reference.eir, settings.reference.sar)
        self._via = via

    def mark(self) -> Marked:
        """Say that this database is a restored copy: in one transaction, and harmless when it is said twice.

        What the copy had on its way out waits for an officer's word. What is read again from the mailboxes becomes requests as ever, and
        its acknowledgement waits for an officer, for it may have gone before.
        """
        now = self._clock.now()
        with self._store.write() as work:
            letters = work.outbox.summaries(statuses=_MAY_HAVE_GONE)
            for letter in letters:
                self._doubt(work, letter)
            doubtful = len(_in_doubt(work))
            folders = work.messages.read_again_quietly()
            data = {"letters": doubtful, "folders": folders}
            happening = Happening(kind="database_restored", at=now, via=self._via, data=data)
            work.events.record(SERVICE_CHAIN, happening)
        return Marked(letters=doubtful, folders=folders)

    def compare(self, mailbox: Mailbox, folder: str) -> Compared:
        """Hold the sent *folder* against the restored database, and write down what it shows. Only reads there. Raises MailboxError.

        A letter of which this database knows nothing went out after the copy was made. If its case is here, an officer is called to it; if
        not, its reference is kept for the mail that it answers, which is read again. No other folder is believed.
        """
        with self._store.read() as work:
            doubtful = _in_doubt(work)
            since = work.messages.last_polled()
        if since is not None:
            # Clocks may differ, and what the copy had on its way may have been queued long before.
            since = min(since, *(letter.queued_at for letter in doubtful)) if doubtful else since
            since -= timedelta(days=1)
        heads = _heads(mailbox, folder, since)
        there = {str(BytesHeaderParser().parsebytes(head).get("Message-ID", "")).strip() for head in heads}
        ours = [our_letter(head, from_address=self._from_address, prefixes=self._prefixes) for head in heads]
        with self._store.write() as work:
            unknown = _unknown(work, [one for one in ours if one is not None])
            lost = [_lost(letter) for letter in unknown if not self._belongs_here(work, letter)]
            work.lost_letters.note(lost, at=self._clock.now(), via=self._via)
        return Compared(
            gone=tuple(letter.id for letter in doubtful if letter.message_id in there),
            lost=len({letter.reference for letter in lost}),
            unknown=len(unknown) - len(lost),
        )

    def _belongs_here(self, work: Work, letter: OurLetter) -> bool:
        """Whether the request of a letter that this database has lost is here; then it says so, for an officer to look."""
        case = work.cases.by_reference(letter.reference, lock=True)
        if case is None:
            return False
        values: dict[str, object] = {}
        if letter.automatic and case.acknowledged_at is None and letter.to == case.requester_email.strip().casefold():
            values["acknowledged_at"] = letter.sent_at
        elif (why := lost_letter_words(letter.sent_at)) not in case.flag_reasons:
            values |= {"flagged": True, "flag_reasons": [*case.flag_reasons, why]}
        data = {"letter": letter.message_id, "sent_at": letter.sent_at.isoformat(), "automatic": letter.automatic}
        found = Happening(kind="lost_letter_found", at=self._clock.now(), via=self._via, data=data)
        work.cases.change(case, found, **values) if values else work.cases.note(case.id, found)
        return True

    def _doubt(self, work: Work, letter: OutboxSummary) -> None:
        now = self._clock.now()
        happening = Happening(kind="letter_in_doubt", at=now, via=self._via, data={"why": "restored"})
        work.outbox.move(letter, OutboxStatus.UNCERTAIN, happening, claim=None, phase=None, last_error=_WHY)
        case = work.cases.by_ids([letter.request_id])[0]
        why = f"a letter ({letter.kind}) may not have been delivered"
        reasons = [*case.flag_reasons, why] if why not in case.flag_reasons else list(case.flag_reasons)
        called = Happening(
            kind="officer_needed", at=now, via=self._via, data={"outbox": letter.id, "status": "uncertain"}
        )
        work.cases.change(case, called, flagged=True, flag_reasons=reasons)


def _in_doubt(work: Work) -> list[OutboxSummary]:
    """The letters that the copy had on their way, and on which nobody has had a word."""
    return [one for one in work.outbox.summaries(statuses=(OutboxStatus.UNCERTAIN,)) if one.last_error == _WHY]


def _heads(mailbox: Mailbox, folder: str, since: datetime | None) -> list[bytes]:
    """The header blocks of what came into *folder* from *since* on."""
    try:
        mailbox.connect()
        mailbox.select(folder, readonly=True)
        listed = mailbox.envelopes(mailbox.uids_after(0))
        recent = [e.uid for e in listed if since is None or e.internal_date is None or e.internal_date >= since]
        return list(mailbox.headers(recent).values())
    finally:
        mailbox.close()


def _unknown(work: Work, letters: Sequence[OurLetter]) -> list[OurLetter]:
    """Those of which the outbox knows nothing, oldest first and each once."""
    each = sorted({letter.message_id: letter for letter in letters}.values(), key=lambda letter: letter.sent_at)
    known = {
        row.message_id
        for start in range(0, len(each), _AT_ONCE)
        for row in work.outbox.by_message_ids([letter.message_id for letter in each[start : start + _AT_ONCE]])
    }
    return [letter for letter in each if letter.message_id not in known]


def _lost(letter: OurLetter) -> LostLetter:
    return LostLetter(
        reference=letter.reference,
        message_id=letter.message_id,
        automatic=letter.automatic,
        sent_at=letter.sent_at,
        conversation=conversation(letter.answers, letter.to) if letter.answers else None,
    )
