"""Mail on its way through the product over servers in memory, and the account of what was lost and repeated in the end."""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from faults.fault_table import Seen
from faults.in_memory import message_id
from faults.officers import APPROVER, DRAFTER, OFFICERS, filled
from journal_lines import journal_lines
from processes import request_mail

from pipeline.domain.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults.in_memory import MemoryApp, World


class Story:
    """Mail on its way through the product, up to the job that meets the fault."""

    def __init__(self, world: World, count: int = 2) -> None:
        self.world = world
        self.mails = [request_mail(number, size=60_000) for number in range(count)]
        self.words = ""
        for raw in self.mails:
            world.mailbox.deliver(raw, at=world.clock.now())

    def mail_comes(self) -> None:
        """One more request."""
        self.mails.append(request_mail(len(self.mails)))
        self.world.mailbox.deliver(self.mails[-1], at=self.world.clock.now())

    def before(self, case: str) -> Callable[[MemoryApp], object]:
        """Come to the job that *case* names; returns it."""
        jobs: list[tuple[str, Callable[[MemoryApp], object]]] = [
            ("taking", self.world.poll),
            ("filing", lambda app: app.intake.run()),
            ("sending", lambda app: app.deliver().run()),
        ]
        for name, job in jobs:
            if name == case:
                return job
            self.world.run(job)
        raise AssertionError(case)

    def response(self) -> None:
        """Have one request answered and its letter due, everything else sent."""
        self.world.run(self.before("sending"))
        with self.world.app.store.write() as work:
            for email in OFFICERS:
                work.officers.add(email, email, "approver", via="test", at=self.world.clock.now())
        with self.world.app.store.read() as work:
            reference = next(iter(work.cases.every())).reference
        casework = self.world.app.casework()
        casework.save_draft(reference, filled(casework.draft_text(reference)), "draft.toml", DRAFTER)
        casework.submit(reference, DRAFTER)
        casework.approve(reference, APPROVER)
        self.world.clock.advance(timedelta(days=1))

    def goes_wrong(self, job: Callable[[MemoryApp], object]) -> None:
        """Do *job*, which the database has to refuse in plain words."""
        before = len(self.world.server.offered)
        with journal_lines() as lines, contextlib.suppress(StoreError):
            try:
                self.world.run(job)
            except StoreError as error:
                self.words += str(error)
                raise
        self.words += "".join(str(line.get("reason", "")) for line in lines)
        assert self.words, "nothing went wrong"
        assert len(self.world.server.offered) - before <= 1

    def done(self) -> bool:
        """Whether everything is taken, filed and sent."""
        world = self.world
        filed = world.rows("SELECT count(*) FROM message WHERE state = 'filed'") == [(len(self.mails),)]
        return filed and not world.rows("SELECT 1 FROM outbox WHERE status != 'sent'")

    def runs(self) -> int:
        """Run everything until it is done; returns how many runs that took."""
        for tries in range(5):
            if self.done():
                return tries
            for job in (self.world.poll, lambda app: app.intake.run(), lambda app: app.deliver().run()):
                self.world.run(job)
            self.world.clock.advance(timedelta(hours=1))
        return 5

    def account(self, tries: int) -> Seen:
        """Say what was lost and what repeated."""
        world = self.world
        kept = {row[0] for row in world.rows("SELECT sha256 FROM message")}
        people = {row[0] for row in world.rows("SELECT requester_email FROM request")}
        offered = Counter(message_id(one.raw) for one in world.server.offered)
        letters = {row[0] for row in world.rows("SELECT message_id FROM outbox")}
        missing = [raw for raw in self.mails if hashlib.sha256(raw).hexdigest() not in kept]
        assert world.rows("SELECT count(*) FROM request") == [(len(people),)]
        assert set(offered) <= letters
        assert world.app.store.verify().findings == []
        told = {to for one in world.server.offered for to in one.recipients}
        lost = len(missing) + len(self.mails) - len(people) + len(letters - set(offered)) + len(people - told)
        return Seen(lost=lost, repeated=sum(offered.values()) - len(offered), tries=tries, words=self.words)
