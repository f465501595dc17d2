"""Recovery: after a database was restored from a copy, keeps what may have gone since the copy was made from going again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING

from pipeline.domain.outbox import OutboxStatus
from pipeline.store.events import SERVICE_CHAIN, Happening

if TYPE_CHECKING:
    from pipeline.domain.ports import Clock, Mailbox
    from pipeline.store import Store, Work
    from pipeline.store.records import OutboxSummary

_MAY_HAVE_GONE = (OutboxStatus.WAITING, OutboxStatus.QUEUED, OutboxStatus.RETRY, OutboxStatus.SENDING)
_WHY = "the database was restored from a copy made before, so this letter may have gone since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """How many letters now wait for somebody's word, and how many folders are read again quietly."""

    letters: int
    folders: int


class Recovery:
    """Marks a restored database, before anything else is done with it."""

    def __init__(self, store: Store, clock: Clock, *, via: str = "cli") -> None:
        self._store = store
        self._clock = clock
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
            folders = work.messages.read_again_quietly()
            data = {"letters": len(letters), "folders": folders}
            happening = Happening(kind="database_restored", at=now, via=self._via, data=data)
            work.events.record(SERVICE_CHAIN, happening)
        return Marked(letters=len(letters), folders=folders)

    def found_sent(self, mailbox: Mailbox, folder: str) -> list[int]:
        """Ids of the letters in doubt of which a copy lies in the sent *folder*: those have gone. Only reads. Raises MailboxError."""
        with self._store.read() as work:
            doubtful = [
                one for one in work.outbox.summaries(statuses=(OutboxStatus.UNCERTAIN,)) if one.last_error == _WHY
            ]
        if not doubtful:
            return []
        since = min(letter.queued_at for letter in doubtful) - timedelta(days=1)
        try:
            mailbox.connect()
            mailbox.select(folder, readonly=True)
            listed = mailbox.envelopes(mailbox.uids_after(0))
            recent = [one.uid for one in listed if one.internal_date is None or one.internal_date >= since]
            heads = mailbox.headers(recent)
        finally:
            mailbox.close()
        there = {str(BytesHeaderParser().parsebytes(head).get("Message-ID", "")).strip() for head in heads.values()}
        return [letter.id for letter in doubtful if letter.message_id in there]

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
