"""Puts a copy of each letter that went into the mailbox's sent folder, where officers look for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.domain.errors import MailboxError
from pipeline.domain.ports import NoProgress
from pipeline.journal import log

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pipeline.domain.ports import Clock, Mailbox, Progress
    from pipeline.store import Store
    from pipeline.store.sent_copies import Uncopied

LOOKED_BACK = timedelta(days=3)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=6)
# Refused one after the other, with a connection of its own for each: then it is the server's trouble and not theirs.
_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class SentCopies:
    """The *folder* of *mailbox* that gets the copies. A letter that it refuses waits, ever longer, and holds up none behind it."""

    store: Store
    clock: Clock
    mailbox: Mailbox
    folder: str
    # By letter: how often it was refused, and when it is tried again. Lost with the process, which then tries once more.
    _refused: dict[int, tuple[int, datetime]] = field(default_factory=dict)

    def put_all(self) -> None:
        """``put``, for who has nothing to do with what went wrong."""
        self.put()

    def abort(self) -> None:
        """Cut the connection."""
        self.mailbox.abort()

    def put(self, *, stopping: Callable[[], bool] = lambda: False, progress: Progress | None = None) -> str:
        """Put a copy of each letter sent in the last three days there, once; returns the server's fault in words, if it had one."""
        with self.store.exclusive("sent copies") as alone:
            if not alone:
                return ""
            try:
                self._each(stopping, progress or NoProgress())
            except MailboxError as error:
                log.warning("sent_copy_failed", reason=str(error))
                return str(error)
            finally:
                self.mailbox.close()
        return ""

    def _each(self, stopping: Callable[[], bool], progress: Progress) -> None:
        since, last, in_a_row = self.clock.now() - LOOKED_BACK, 0, 0
        while True:
            with self.store.read() as work:
                letters = work.copies.missing(since, after=last)
            if not letters:
                return
            progress.start("copies", len(letters))
            for letter in letters:
                progress.advance()
                last = letter.id
                if stopping():
                    return
                if letter.id in self._refused and self.clock.now() < self._refused[letter.id][1]:
                    continue
                # A server that can't be reached at all says nothing about this letter.
                self.mailbox.connect()
                try:
                    self._one(letter)
                    in_a_row = 0
                except MailboxError as error:
                    in_a_row += 1
                    self._note(letter, error)
                    if in_a_row == _IN_A_ROW:
                        raise

    def _one(self, letter: Uncopied) -> None:
        with self.store.read() as work:
            content = work.outbox.content(letter.id)
        if content is None:
            return
        self.mailbox.append_once(self.folder, content, letter.message_id, self.clock.now())
        with self.store.write() as work:
            work.copies.put(letter.id, self.clock.now())
        self._refused.pop(letter.id, None)

    def _note(self, letter: Uncopied, error: MailboxError) -> None:
        times = self._refused.get(letter.id, (0, None))[0] + 1
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(times - 1, 10))
        self._refused[letter.id] = times, self.clock.now() + wait
        log.warning("sent_copy_refused", outbox=letter.id, reference=letter.reference, times=times, reason=str(error))
