"""One fault met by the whole product: mail that came, servers that misbehave, and a count of what was lost and repeated in the end."""

from __future__ import annotations

import hashlib
from collections import Counter
from contextlib import contextmanager
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

from faults.fault_table import Seen
from journal_lines import journal_lines
from processes import call, request_mail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from product import Product
    from servers.smtp import SmtpSink

    from pipeline.store.records import Case

_ENOUGH = 6


class Scene:
    """The *product* between one mailbox and *sink*; ``words`` collects what it says of trouble, in heartbeat, log and doctor.

    ``taken_by_others`` numbers mails that a person deleted before they could be had.
    """

    def __init__(self, product: Product, sink: SmtpSink) -> None:
        self.product = product
        self.sink = sink
        self.words = ""
        self.mails: list[bytes] = []
        self.taken_by_others: set[int] = set()

    # ---- mail in ---------------------------------------------------------------------------------------------------

    def mail_comes(self, count: int = 3) -> None:
        """Requests from as many people lie in the mailbox; the last one is of some size."""
        first = len(self.mails)
        raws = [request_mail(n, size=60_000 if n == first + count - 1 else 0) for n in range(first, first + count)]
        self.mails += raws
        self.product.put(*raws)

    def poll(self) -> None:
        """Poll once, as the worker does, keeping the connection."""
        with self._listening():
            self._say(self.product.receive().errors)

    def reconcile(self) -> None:
        """Compare mailbox and database, as the worker does at night."""
        assert self._missing()
        product = self.product
        with self._listening():
            self._say(product.app.receive.reconcile(product.mailbox(), product.app.settings.mailbox["infogov"]).errors)
        assert not self._missing()

    def polls_until_taken(self) -> int:
        """Poll until every mail has a row, and is in the processed folder where there is one; returns how many polls that took."""
        for tries in range(_ENOUGH):
            if self.taken():
                return tries
            self.poll()
        return _ENOUGH

    def taken(self) -> bool:
        """Whether every mail has its row with its bytes, and the server has been told where it is to be told."""
        moves = any(box.processed_folder for box in self.product.app.settings.mailbox.values())
        return not self._missing() and not (moves and self.product.count("message", "moved_at IS NULL"))

    def doctor(self, check: str) -> None:
        """Ask ``infogov doctor`` about *check*, and listen only to that."""
        done = call("doctor", "--json", "--config", self.product.config)
        found = {line["check"]: line["found"] for line in done.lines}
        assert check in found, found
        self.words = found[check]

    # ---- letters out -----------------------------------------------------------------------------------------------

    def send(self) -> None:
        """Send what is due, as the worker does."""
        with self._listening():
            self._say([self.product.deliver().unreachable])
        self._say(row.last_error for row in self.product.outbox())
        self._say(why for case in self.product.cases() for why in case.flag_reasons)

    def runs_until_sent(self) -> int:
        """Send until every letter has gone, letting the waits between tries pass; returns how many runs that took."""
        for tries in range(_ENOUGH):
            if all(row.status == "sent" for row in self.product.outbox()):
                return tries
            waits = [row.not_before for row in self.product.outbox() if row.status in ("queued", "retry")]
            self.product.clock.set(max([self.product.clock.now(), *waits]))
            self.product.deliver()
        return _ENOUGH

    def waiting_acknowledgement(self) -> Case:
        """One request whose acknowledgement is due."""
        self.mail_comes(1)
        self.product.receive()
        self.product.intake()
        return self.product.cases()[0]

    def waiting_response(self) -> Case:
        """One request whose acknowledgement has gone and whose response is due."""
        case = self.waiting_acknowledgement()
        self.product.deliver()
        self.product.approved(case)
        self.product.after_undo()
        return case

    # ---- the account -----------------------------------------------------------------------------------------------

    def account(self, tries: int) -> Seen:
        """Finish the work and say what was lost and what was repeated."""
        self.product.intake()
        self.runs_until_sent()
        ours = [number for number in range(len(self.mails)) if number not in self.taken_by_others]
        people = {f"person{number}@example.org" for number in ours}
        requests = Counter(case.requester_email for case in self.product.cases())
        offered = Counter((one.recipients[0], _message_id(one.raw)) for one in self.sink.offered)
        told = {to for to, _ in offered}
        lost = len(self._missing()) + len(people - set(requests)) + len(people - told)
        wanted = len(self.product.outbox())
        assert sum(requests.values()) == len(requests), f"more than one request for a mail: {requests}"
        assert len(offered) <= wanted, f"a letter under two names: {offered}"
        assert self.product.app.store.verify().ok
        return Seen(lost=lost, repeated=sum(offered.values()) - len(offered), tries=tries, words=self.words)

    def _missing(self) -> list[bytes]:
        kept = {row[0] for row in self.product.sql("SELECT sha256 FROM message WHERE body = 'whole'")}
        return [
            raw
            for number, raw in enumerate(self.mails)
            if number not in self.taken_by_others and hashlib.sha256(raw).hexdigest() not in kept
        ]

    @contextmanager
    def _listening(self) -> Iterator[None]:
        with journal_lines() as lines:
            yield
        self._say(line["event"] for line in lines if line["level"] in ("warning", "error"))

    def _say(self, words: Any) -> None:
        self.words += "".join(f"{one}\n" for one in words if one and one not in self.words)


def _message_id(raw: bytes) -> str:
    return str(message_from_bytes(raw)["Message-ID"])
