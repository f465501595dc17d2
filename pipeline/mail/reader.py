"""Has mails read apart, in a process of its own, which a hostile mail may take down without the worker (``reading_here`` is what runs there).

Reading takes more processor time than all else that is done with a mail, so on two cores it doubles the rate besides.
"""

from __future__ import annotations

import os
import pickle  # both ends of the pipe are ours
import queue
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Protocol

from pipeline.mail.timekeeper import TIMEKEEPER

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows, where the pipes stay as they are
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pipeline.mail.council import Council
    from pipeline.mail.readout import Reading

_LONGEST = 120.0  # seconds for one mail; the readers' own limits end far sooner
_GOODBYE = 5.0
# A pipe holds 64 KB, some six answers: whoever reads would wait while the batch before is filed, and then be waited for.
_PIPE_BYTES = 2**20
_HARMLESS = ("LANG", "LC_", "LD_LIBRARY_PATH", "MALLOC_", "PATH", "PYTHON", "SYSTEMROOT", "TEMP", "TMP", "TZ")
_ADOPT = "import sys; sys.path[:] = sys.argv[1:]; from pipeline.mail.reading_here import serve; serve()"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRead:
    """A mail as kept: *body* is "whole", or says that only its headers were fetched; *mailbox* is its configured name."""

    raw: bytes
    internal_date: datetime
    body: str
    mailbox: str


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a mail could not be read: *kind* of error for our log, *words* for an officer."""

    kind: str
    words: str


class Reader(Protocol):
    """Reads mails, here or apart; for one thread."""

    def start(self) -> None:
        """Be ready for the first mail."""
        ...

    def begin(self, mails: Sequence[ToRead]) -> Iterator[Reading | Unread | None]:
        """Take *mails* in hand; what each says comes in order, None for each that was lost with the process that read it."""
        ...

    def close(self) -> None:
        """Give up whatever it holds."""
        ...


class Apart:
    """Reads in a process of its own, started when first needed and again after it died; for one thread.

    It gets the bytes of a mail and *council*, and nothing else: no settings, no secrets, no database.
    """

    def __init__(self, council: Council, *, longest: float = _LONGEST) -> None:
        self._council = council
        self._longest = longest
        self._child: _Child | None = None

    def start(self) -> None:
        """Start the process, where none runs."""
        if self._child is None or not self._child.alive:
            self._child = _Child(self._council, self._longest)

    def begin(self, mails: Sequence[ToRead]) -> Iterator[Reading | Unread | None]:
        """Hand *mails* over at once; what each says comes in order. None for each that was lost with the process.

        Ask for all that one call brings before those of the next. The bytes are held no longer than until they are handed over.
        """
        self.start()
        if self._child is None:  # pragma: no cover - it was started just now
            raise OSError("there is no reading process")
        numbers = [self._child.send(mail) for mail in mails]
        return self._answers(self._child, numbers)

    def _answers(self, child: _Child, numbers: Sequence[int]) -> Iterator[Reading | Unread | None]:
        for number in numbers:
            yield child.answer(number)

    def close(self) -> None:
        """End the process, within five seconds."""
        if self._child is not None:
            self._child.close()
            self._child = None


class _Child:
    """The process, with a thread that writes to it: neither end may wait for the other to read first."""

    def __init__(self, council: Council, longest: float) -> None:
        self.alive = True
        self._longest = longest
        self._sent = 0
        # The same packages as ours, wherever they were found; of our environment nothing that could hold a secret.
        command = [sys.executable, "-c", _ADOPT, *sys.path]
        environment = {name: value for name, value in os.environ.items() if name.startswith(_HARMLESS)}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)  # noqa: S603 - our own interpreter and words
        for pipe in (self._process.stdin, self._process.stdout):
            _widen(_pipe(pipe))
        self._waiting: queue.SimpleQueue[tuple[int, ToRead] | Council | None] = queue.SimpleQueue()
        self._waiting.put(council)
        self._feeder = threading.Thread(target=self._feed, name="reader-feeder", daemon=True)
        self._feeder.start()

    def send(self, mail: ToRead) -> int:
        """Queue *mail* to be written; returns the number that its answer bears."""
        self._sent += 1
        self._waiting.put((self._sent, mail))
        return self._sent

    def answer(self, number: int) -> Reading | Unread | None:
        """The answer to mail *number*; None when the process is gone, which it also is when it takes too long.

        Answers to earlier mails that nobody asked for, because their batch was given up, are passed over: a mail must never get another's.
        """
        if not self.alive:
            return None
        overdue = TIMEKEEPER.add(time.monotonic() + self._longest, self._process.kill)
        try:
            answered, found = 0, None
            while answered < number:
                answered, found = pickle.load(_pipe(self._process.stdout))  # noqa: S301 - our own process wrote it
        except (EOFError, OSError, pickle.UnpicklingError):
            self.close()
            return None
        finally:
            TIMEKEEPER.remove(overdue)
        if answered != number:  # pragma: no cover - each mail is answered once, in order
            self.close()
            return None
        return found

    def close(self) -> None:
        """End it; it ends by itself when its input does, after the mail in hand."""
        self.alive = False
        self._waiting.put(None)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GOODBYE if self._process.poll() is None else 0)
        self._process.kill()
        self._process.wait()
        self._feeder.join(_GOODBYE)
        _pipe(self._process.stdout).close()

    def _feed(self) -> None:
        with suppress(OSError), _pipe(self._process.stdin) as out:
            while (item := self._waiting.get()) is not None:
                if isinstance(item, tuple):
                    number, mail = item
                    pickle.dump((number, mail.internal_date, mail.body, mail.mailbox, len(mail.raw)), out)
                    out.write(mail.raw)
                    del mail
                else:
                    pickle.dump(item, out)
                out.flush()
                del item


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    if end is None:  # pragma: no cover - both were asked for as pipes
        raise OSError("the reading process has no pipe")
    return end


def _widen(pipe: IO[bytes]) -> None:
    """Let *pipe* hold more, where the system knows how and allows it."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
