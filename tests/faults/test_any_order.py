"""Whatever comes in whatever order: mail, polls, kills, drafts, approvals, stops, answers of the SMTP server; the invariants hold after every step."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from faults.effects import NEVER
from faults.in_memory import MemoryApp, World, message_id
from faults.officers import APPROVER, DRAFTER, filled
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from processes import absence_mail, request_mail

from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.domain.outbox import OutboxStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.store.records import OutboxSummary

OFFICERS = (DRAFTER, APPROVER, "third@council.example")
VERBS = ("draft", "submit", "approve", "stop", "send_now")
ACKNOWLEDGEMENTS = ("acknowledgement", "receipt", "sar_acknowledgement")
# A kill after one of the first effects of a job, or none at all.
KILLS = st.sampled_from([NEVER] * 5 + [1, 1, 2, 2, 3, 4, 5, 6, 7])
ANSWERS = st.lists(st.sampled_from(["busy", "never", "lost", "kept", "away", "ok"]), min_size=1, max_size=3)


class AnyOrder(RuleBasedStateMachine):
    """The service in the hands of people, servers and accidents."""

    empty: ClassVar[Path]
    reached: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="any-order-"))
        self.world = World(self.folder, self.empty)
        self.delivered: list[bytes] = []

    # ---- what happens ----------------------------------------------------------------------------------------------

    @initialize(answers=ANSWERS, stopped=st.booleans())
    def people_come_to_work(self, answers: list[str], stopped: bool) -> None:  # noqa: FBT001 - hypothesis passes it by name
        """Three officers, any two of whom can answer, and a request that they have answered, whatever became of it."""
        self.mail_arrives(0, absent=False)
        self.works("receive", NEVER, [])
        self.works("intake", NEVER, [])
        with self.world.app.store.write() as work:
            for email in OFFICERS:
                work.officers.add(email, email.partition("@")[0], "approver", via="test", at=self.world.clock.now())
        self.answer(0, NEVER, answers, stopped)

    @rule(number=st.integers(0, 3), absent=st.booleans())
    def mail_arrives(self, number: int, absent: bool) -> None:  # noqa: FBT001 - hypothesis passes it by name
        """A request, the same one once more, or an out-of-office answer."""
        raw = next((one for one in self.delivered if f"person{number}@".encode() in one), request_mail(number))
        raw = absence_mail(number) if absent and number == 0 else raw
        self.delivered.append(raw)
        self.world.mailbox.deliver(raw, at=self.world.clock.now())

    @rule()
    def the_mailbox_is_rebuilt(self) -> None:
        """Other UIDs under another UIDVALIDITY."""
        self.world.mailbox.reset_uidvalidity()

    @rule(stage=st.sampled_from(["receive", "intake", "deliver"]), kill_at=KILLS, answers=ANSWERS)
    def works(self, stage: str, kill_at: int, answers: list[str]) -> None:
        """A stage does its work, as far as the SMTP server likes."""
        self.world.server.answers = list(answers) if stage == "deliver" else []
        jobs = {
            "receive": self.world.poll,
            "intake": lambda app: app.intake.run(),
            "deliver": lambda app: app.deliver().run(),
        }
        self._run(jobs[stage], kill_at)
        self.world.server.answers = []

    @rule(minutes=st.sampled_from([1, 31, 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        """A minute, the time in which a letter can be stopped, or a day."""
        self.world.clock.advance(timedelta(minutes=minutes))

    @rule(turn=st.integers(0, 3), verb=st.sampled_from(VERBS), officer=st.sampled_from(OFFICERS), kill_at=KILLS)
    def officer_does(self, turn: int, verb: str, officer: str, kill_at: int) -> None:
        """An officer writes or edits, submits, approves, stops or hurries; or is told why not."""
        with self.world.app.store.read() as work:
            cases = list(work.cases.every())
        if not cases:
            return
        reference = cases[turn % len(cases)].reference

        def act(app: MemoryApp) -> None:
            casework = app.casework()
            if verb == "draft":
                casework.save_draft(
                    reference, filled(casework.draft_text(reference), f"{turn}."), "draft.toml", officer
                )
            else:
                getattr(casework, verb)(reference, officer)

        with suppress(NotAllowedError, NotFoundError):
            self._run(act, kill_at)

    @rule(turn=st.integers(0, 3), kill_at=KILLS, answers=ANSWERS, stopped=st.booleans())
    def answer(self, turn: int, kill_at: int, answers: list[str], stopped: bool) -> None:  # noqa: FBT001 - hypothesis passes it by name
        """Everything goes well, written, submitted, approved by another, perhaps stopped and approved again, until it is sent."""
        self.works("deliver", NEVER, ["ok"])
        self.officer_does(turn, "draft", DRAFTER, NEVER)
        self.officer_does(turn, "submit", DRAFTER, NEVER)
        self.officer_does(turn, "approve", APPROVER, NEVER)
        if stopped:
            self.officer_does(turn, "stop", APPROVER, NEVER)
            self.officer_does(turn, "approve", APPROVER, NEVER)
        self.time_passes(31)
        self.works("deliver", kill_at, answers)

    @precondition(lambda self: self._letters(OutboxStatus.UNCERTAIN))
    @rule(turn=st.integers(0, 9), kill_at=KILLS)
    def resolve(self, turn: int, kill_at: int) -> None:
        """An officer finds out whether an uncertain letter arrived, and says so."""
        rows = self._letters(OutboxStatus.UNCERTAIN)
        row = rows[turn % len(rows)]
        arrived = any(message_id(one.raw) == row.message_id for one in self.world.server.offered)
        self._run(lambda app: app.mailroom().resolve(row.id, delivered=arrived), kill_at)

    @precondition(lambda self: self._letters(OutboxStatus.FAILED))
    @rule(turn=st.integers(0, 9), kill_at=KILLS)
    def retry(self, turn: int, kill_at: int) -> None:
        """An officer sends a refused letter again."""
        rows = self._letters(OutboxStatus.FAILED)
        row = rows[turn % len(rows)]
        with suppress(NotAllowedError):
            self._run(lambda app: app.mailroom().retry(row.id), kill_at)

    # ---- what stays true -------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost_and_the_server_is_marked_after_the_commit(self) -> None:
        """Invariants 1 and 2: what the cursor has passed, or has been moved, is kept byte for byte; nothing is marked as read."""
        world = self.world
        kept = {row[0] for row in world.rows("SELECT sha256 FROM message WHERE body = 'whole'")}
        position = dict(world.rows("SELECT uidvalidity, cursor FROM folder"))
        inbox = world.mailbox.folders["INBOX"]
        passed = [one.raw for uid, one in inbox.messages.items() if uid <= position.get(inbox.uidvalidity, 0)]
        moved = (
            [one.raw for one in world.mailbox.folders["Done"].messages.values()]
            if "Done" in world.mailbox.folders
            else []
        )
        assert {hashlib.sha256(raw).hexdigest() for raw in (*passed, *moved)} <= kept
        assert not any(one.seen for folder in world.mailbox.folders.values() for one in folder.messages.values())
        assert len(moved) + len(inbox.messages) == len(self.delivered)

    @invariant()
    def a_message_makes_one_request_and_a_request_one_acknowledgement(self) -> None:
        """Invariants 3 and 4, in the database and at the server."""
        requests = self.world.rows("SELECT requester_email, count(*) FROM request GROUP BY 1 HAVING count(*) > 1")
        assert requests == []
        twice = self.world.rows(
            f"SELECT request_id FROM outbox WHERE kind IN {ACKNOWLEDGEMENTS} GROUP BY 1 HAVING count(*) > 1"  # noqa: S608 - our own words
        )
        assert twice == []

    @invariant()
    def what_was_approved_is_what_was_sent(self) -> None:
        """Invariant 5: every letter at the server is, to the byte and to the address, one that was frozen."""
        frozen = {row[0]: (row[1], row[2]) for row in self.world.rows("SELECT message_id, content, to_key FROM outbox")}
        for letter in self.world.server.offered:
            content, to = frozen[message_id(letter.raw)]
            assert letter.raw == content
            assert [one.casefold() for one in letter.recipients] == [to]

    @invariant()
    def nobody_approves_their_own(self) -> None:
        """Invariant 6."""
        own = self.world.rows(
            "SELECT letter.id FROM letter JOIN letter_version ON letter_id = letter.id"
            " WHERE approved_by IN (officer, submitted_by)"
        )
        assert own == []

    @invariant()
    def a_response_is_offered_once(self) -> None:
        """Invariant 7: a second time only when an officer said that the first had not arrived; and that is never true of one that had."""
        offered = Counter(message_id(one.raw) for one in self.world.server.offered)
        responses = {row[0] for row in self.world.rows("SELECT message_id FROM outbox WHERE kind = 'response'")}
        assert {name: times for name, times in offered.items() if name in responses and times > 1} == {}

    @invariant()
    def the_trail_proves_itself(self) -> None:
        """Invariant 8."""
        assert self.world.app.store.verify().findings == []

    # ---- the end ---------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """When the accidents are over, everything is taken, filed and acknowledged."""
        try:
            for _ in range(3):
                self.world.run(self.world.poll)
                self.world.run(lambda app: app.intake.run())
                self.world.clock.advance(timedelta(days=2))
                self.world.run(lambda app: app.deliver().run())
            kept = {row[0] for row in self.world.rows("SELECT sha256 FROM message")}
            assert {hashlib.sha256(raw).hexdigest() for raw in self.delivered} == kept
            assert self.world.rows("SELECT count(*) FROM message WHERE state != 'filed'") == [(0,)]
            asked = {
                f"person{n}@example.org" for n in range(4) if any(f"person{n}@".encode() in r for r in self.delivered)
            }
            assert {row[0] for row in self.world.rows("SELECT requester_email FROM request")} == asked
            open_ones = self.world.rows(
                f"SELECT status FROM outbox WHERE kind IN {ACKNOWLEDGEMENTS} AND status NOT IN ('sent', 'failed')"  # noqa: S608 - our own words
            )
            assert open_ones == []
            self.reached.update(row[0] for row in self.world.rows("SELECT kind FROM event"))
        finally:
            self.world.close()
            shutil.rmtree(self.folder)

    # ---- parts -----------------------------------------------------------------------------------------------------

    def _run(self, job: Callable[[MemoryApp], object], kill_at: int = NEVER) -> None:
        if self.world.run(job, kill_at):
            self.reached["killed"] += 1

    def _letters(self, status: OutboxStatus) -> list[OutboxSummary]:
        with self.world.app.store.read() as work:
            return work.outbox.summaries(statuses=(status,))


def test_any_order_keeps_the_invariants(empty_database: Path) -> None:
    """Hypothesis looks for an order of things that breaks one; ANY_ORDER_EXAMPLES makes it look longer."""
    reached: Counter[str] = Counter()
    machine = type("Machine", (AnyOrder,), {"empty": empty_database, "reached": reached})
    examples = int(os.environ.get("ANY_ORDER_EXAMPLES", "10"))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            derandomize=examples == 10,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    # It must have been somewhere worth going: each of these happened at least once.
    wanted = {"killed", "folder_renumbered", "letter_retry", "letter_uncertain", "approved", "response_sent"}
    wanted.add("stopped_before_sending")
    assert wanted <= set(reached), (wanted - set(reached), reached)
    assert {"resolved_as_delivered", "resolved_as_not_delivered", "letter_retried"} & set(reached), reached
