"""Puts a copy of each letter that went into the mailbox's sent folder, where officers look for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.domain.errors import MailboxError
from pipeline.journal import log

if TYPE_CHECKING:
    from pipeline.domain.ports import Clock, Mailbox
    from pipeline.store import Store

_LOOKED_BACK = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class SentCopies:
    """The *folder* of *mailbox* that gets the copies."""

    store: Store
    clock: Clock
    mailbox: Mailbox
    folder: str

    def put(self) -> None:
        """Put a copy of each letter sent in the last three days there, once; what fails is tried again at the next call."""
        with self.store.exclusive("sent copies") as alone:
            if not alone:
                return
            try:
                self._each()
            except MailboxError as error:
                log.warning("sent_copy_failed", reason=str(error))
            finally:
                self.mailbox.close()

    def _each(self) -> None:
        since = self.clock.now() - _LOOKED_BACK
        while True:
            with self.store.read() as work:
                letters = work.outbox.to_copy(since)
            if not letters:
                return
            self.mailbox.connect()
            for letter in letters:
                self.mailbox.append_once(self.folder, letter.content, letter.message_id, self.clock.now())
                with self.store.write() as work:
                    work.outbox.copied(letter.id, self.clock.now())
