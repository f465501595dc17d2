"""The whole product on a PostgreSQL that misbehaves at a given moment of its work, and the account of what became of it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from faults.scene import Scene
from journal_lines import journal_lines
from processes import call
from product import APPROVER, DRAFTER

from pipeline.domain.errors import NotAllowedError, StoreError
from pipeline.domain.outbox import OutboxStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from product import Product
    from servers.postgres import Postgres
    from servers.smtp import SmtpSink

# The moment that a case names: the words of a statement after which the next COMMIT is it, or of the one that is a transaction by itself.
MOMENTS = {
    "a poll's commit": ("INSERT INTO message", "COMMIT"),
    "filing": ("INSERT INTO request ", "COMMIT"),
    "mark before DATA": ("UPDATE outbox SET phase=", "COMMIT"),
    "acknowledgement": ("", "UPDATE request SET acknowledged_at="),
    "response": ("UPDATE letter SET ", "COMMIT"),
    "approval": ("INSERT INTO outbox ", "COMMIT"),
}


class Stand(Scene):
    """A *product* on database *name* of *server*."""

    def __init__(self, product: Product, sink: SmtpSink, server: Postgres, name: str) -> None:
        super().__init__(product, sink)
        self.server = server
        self.name = name
        self.url = product.app.settings.database.url

    def before(self, moment: str) -> Callable[[], object]:
        """Come to the job in which *moment* falls; returns it."""
        product = self.product
        if moment in ("response", "approval"):
            if moment == "response":
                self.waiting_response()
                return product.deliver
            case = self.waiting_acknowledgement()
            product.deliver()
            product.draft(case)
            product.casework().submit(case.reference, DRAFTER)
            return self.approve
        self.mail_comes(2)
        jobs: dict[str, Callable[[], object]] = {"a poll's commit": self.take, "filing": product.intake}
        for name, job in jobs.items():
            if name == moment:
                return job
            job()
        return product.deliver

    def take(self) -> None:
        """Poll; only the database may go wrong."""
        assert self.product.receive().errors == []

    def approve(self) -> None:
        """Approve the one answer that waits, unless it is approved already."""
        with contextlib.suppress(NotAllowedError):
            self.product.app.casework().approve(self.product.cases()[0].reference, APPROVER)

    def reconnect(self) -> None:
        """Let the product make every connection anew, as after a cut."""
        self.product.app.store.close()

    def restart(self) -> None:
        """Start the product anew."""
        self.product.configure(database={"url": self.url})

    def cut(self) -> None:
        """End every connection to the database from the server's side, so that new ones come."""
        gone = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
        self.server.execute(gone, self.name)

    def doctor_says(self, check: str) -> str:
        """What ``infogov doctor`` says of *check*, with its remedy; it must not be well, and no traceback may be seen."""
        done = call("doctor", "--json", "--config", self.product.config)
        assert "Traceback" not in done.err
        found = [line for line in done.lines if line["check"] == check and line["state"] == "FAIL"]
        assert found, done.lines
        return "; ".join(f"{line['found']}; {line['remedy']}" for line in found)

    def goes_wrong(self, job: Callable[[], object]) -> None:
        """Do *job*, which the database has to refuse in plain words, here or in the log."""
        said = self._told(job)
        assert said, "nothing went wrong"
        self.words += said

    def goes_well(self, job: Callable[[], object]) -> None:
        """Do *job*, which the database must not refuse."""
        assert self._told(job) == ""

    @staticmethod
    def _told(job: Callable[[], object]) -> str:
        said = ""
        with journal_lines() as lines:
            try:
                job()
            except StoreError as error:
                said = str(error)
        return said + "".join(str(line.get("reason", "")) for line in lines)

    def runs(self) -> int:
        """Do every job until all is taken, filed, approved and sent; returns how many rounds that took. Waits between tries pass."""
        for tries in range(5):
            if self._done():
                return tries
            self.take()
            self.product.intake()
            if any(case.workflow == "for_approval" for case in self.product.cases()):
                self.approve()
                self.product.after_undo()
            waits = [row.not_before for row in self.product.outbox() if row.status in ("queued", "retry", "waiting")]
            self.product.clock.set(max([self.product.clock.now(), *waits]))
            self.product.deliver()
        return 5

    def _done(self) -> bool:
        filed = self.product.count("message", "state = 'filed'") == len(self.mails)
        waits = any(case.workflow == "for_approval" for case in self.product.cases())
        return filed and not waits and all(row.status == "sent" for row in self.product.outbox())

    def resolved(self, *, delivered: bool) -> None:
        """Give an officer's word on the one letter in doubt."""
        [row] = [row for row in self.product.outbox() if row.status == OutboxStatus.UNCERTAIN]
        self.words = "; ".join(why for case in self.product.cases() for why in case.flag_reasons)
        self.product.app.mailroom().resolve(row.id, delivered=delivered)
