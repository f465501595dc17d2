"""Reads mails in this process: in the worker itself, or as the process that reads for it (``reader.Apart``)."""

from __future__ import annotations

import gc
import os
import pickle  # both ends of the pipe are ours
import signal
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.domain.errors import InfogovError
from pipeline.mail.parsing import headers_only
from pipeline.mail.reader import ToRead, Unread
from pipeline.mail.reading import read, read_message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.mail.council import Council
    from pipeline.mail.readout import Reading


_ANY = b"""From: a@example.org\r\nSubject: FOI request\r\nContent-Type: text/html\r\n\r\n<p>Dear team,</p><p>Please tell me: how many
bins, trees and parking fines are there, and what is held about me? I could not find it, but I don't want a new review.</p>"""
_ROUND_AFTER = 2_000  # new objects: a mail makes thousands, and nearly all of them go by themselves


def look(mail: ToRead, council: Council) -> Reading | Unread:
    """Read one mail; whatever goes wrong with it becomes a sentence and stays with this mail (invariant 1)."""
    try:
        if mail.body != "whole":
            return read_message(headers_only(mail.raw), mail.internal_date, council, mailbox=mail.mailbox)
        return read(mail.raw, mail.internal_date, council, mailbox=mail.mailbox)
    except Exception as error:  # noqa: BLE001 - the one per-message boundary: a mail that breaks the reader must not stop its neighbours
        words = str(error) if isinstance(error, InfogovError) else f"the reader failed ({type(error).__name__})"
        return Unread(type(error).__name__, words)


class Here:
    """Reads in this process."""

    def __init__(self, council: Council) -> None:
        self._council = council

    def start(self) -> None:
        """Nothing to start."""

    def begin(self, mails: Sequence[ToRead]) -> Iterator[Reading | Unread | None]:
        """What each of *mails* says, in order, read as it is asked for; here never None."""
        return (look(mail, self._council) for mail in mails)

    def close(self) -> None:
        """Nothing to give up."""


def serve() -> None:
    """Be the reading process: answer each mail on standard input on standard output, until input ends."""
    # Whoever stops the worker stops the input, too; a mail in hand is still answered.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # A stray print of some library must not end up among the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    gc.freeze()
    gc.set_threshold(_ROUND_AFTER)
    council: Council = pickle.load(source)  # noqa: S301 - our own worker wrote it
    # Whatever is made when it is first needed is made now, not while the first requester waits.
    look(ToRead(raw=_ANY, internal_date=datetime(2026, 1, 5, 9, tzinfo=UTC), body="whole", mailbox=""), council)
    while True:
        try:
            number, internal_date, body, mailbox, size = pickle.load(source)  # noqa: S301 - the same
        except EOFError:
            return
        mail = ToRead(raw=source.read(size), internal_date=internal_date, body=body, mailbox=mailbox)
        if len(mail.raw) != size:
            return
        found = look(mail, council)
        del mail
        try:
            pickle.dump((number, found), answers)
            answers.flush()
        except BrokenPipeError:
            return
