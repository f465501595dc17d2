"""Scanning: has the files that came with filed mail looked at by a virus scanner; mail is never kept waiting for it."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.domain.errors import NotFoundError, ScannerError
from pipeline.journal import log
from pipeline.mail.parsing import attachment_bytes
from pipeline.mail.scanning import CLEAN
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.domain.ports import Clock
    from pipeline.mail.scanning import Scanner
    from pipeline.store import Store
    from pipeline.store.records import AttachmentRecord

_MESSAGES = 20


class Scanning:
    """Scans what has not been scanned. Without a scanner it does nothing."""

    def __init__(self, store: Store, clock: Clock, scanner: Scanner | None) -> None:
        self._store = store
        self._clock = clock
        self._scanner = scanner

    def run(self, *, stopping: Callable[[], bool] = lambda: False) -> Counter[str]:
        """Scan every file that waits; returns how many were clean, infected, or could not be looked at.

        When the scanner can't be asked, what is left stays "not scanned yet" for the next run: that is counted as ``unavailable``, not raised.
        It is left to another worker that is at it. Raises StoreError.
        """
        counts: Counter[str] = Counter()
        if self._scanner is None:
            return counts
        with self._store.exclusive("scanning") as alone:
            if alone:
                self._scan_all(self._scanner, counts, stopping)
        return counts

    def _scan_all(self, scanner: Scanner, counts: Counter[str], stopping: Callable[[], bool]) -> None:
        after = 0
        while not stopping():
            with self._store.read() as work:
                waiting = work.attachments.unscanned(after, _MESSAGES)
            if not waiting:
                return
            for message_id, files in groupby(waiting, key=lambda one: one.message_id):
                after = message_id
                try:
                    counts += self._scan_mail(scanner, message_id, list(files))
                except ScannerError as error:
                    log.warning("scanner_unavailable", reason=str(error))
                    counts["unavailable"] += 1
                    return

    def _scan_mail(self, scanner: Scanner, message_id: int, files: Sequence[AttachmentRecord]) -> Counter[str]:
        """Scan the files of one mail, outside any transaction, and write down together what was said of them."""
        with self._store.read() as work:
            raw = work.messages.raw(message_id)
        said = {file.position: None if raw is None else self._said(scanner, raw, file) for file in files}
        now = self._clock.now()
        counts: Counter[str] = Counter()
        with self._store.write() as work:
            # Somebody else may have scanned them meanwhile, or intake may have read the mail anew: what is there then stands.
            kept = [file for file in files if work.attachments.note_scan(file, said[file.position], now)]
            for file in kept:
                counts[_outcome(said[file.position])] += 1
            if kept:
                happening = Happening(
                    kind="attachments_scanned",
                    at=now,
                    message_id=message_id,
                    data={"files": {file.sha256: _outcome(said[file.position]) for file in kept}},
                )
                work.attachments.on_record(happening, message_id)
        if counts["infected"]:
            log.warning("infected_attachment", message=message_id, files=counts["infected"])
        return counts

    def _said(self, scanner: Scanner, raw: bytes, file: AttachmentRecord) -> str | None:
        """What the scanner says of one file; None when it is too large for it or can't be taken out of its mail."""
        try:
            data = attachment_bytes(raw, file.sha256)
        except NotFoundError:
            return None
        return scanner.scan(data).verdict or None


def _outcome(verdict: str | None) -> str:
    if verdict is None:
        return "not_scanned"
    return "clean" if verdict == CLEAN else "infected"
