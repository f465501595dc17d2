"""Proves the trail: every chain link by link, and every kept byte and vouched field against the digest its event carries."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from pipeline.store import schema
from pipeline.store.cases import questions_digest, request_digest
from pipeline.store.events import GENESIS, case_chain, link_hash, mailbox_chain
from pipeline.store.letters import record_digest
from pipeline.store.outbox import outbox_digest, recipients_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_BATCH = 100


@dataclass(slots=True)
class AuditReport:
    """What was looked at and what was found; *heads* can be kept outside the database to anchor the chains."""

    chains: int = 0
    events: int = 0
    raw_messages: int = 0
    requests: int = 0
    letters: int = 0
    outbox: int = 0
    findings: list[str] = field(default_factory=list)
    heads: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return not self.findings


class _Walk:
    """Follows the chains and remembers the last digest that each chain gives for each thing."""

    def __init__(self, report: AuditReport) -> None:
        self.report = report
        self.digests: dict[tuple[str, str], str] = {}
        self._chain = ""
        self._seq = 0
        self._hash = GENESIS
        self.ends: dict[str, tuple[int, str]] = {}

    def follow(self, row: Any) -> None:  # noqa: ANN401 - a Row has no static attributes
        """Take the next event, in order of chain and number."""
        if row.chain != self._chain:
            self._chain, self._seq, self._hash = row.chain, 0, GENESIS
            self.report.chains += 1
        self.report.events += 1
        where = f"event {row.seq} of {row.chain}"
        if row.seq != self._seq + 1:
            self.report.findings.append(f"{where}: the event before it is missing")
        elif row.previous != self._hash:
            self.report.findings.append(f"{where}: it does not follow from the event before it")
        expected = link_hash(row.previous, row.chain, row.seq, dict(row._mapping))
        if expected != row.hash:
            self.report.findings.append(f"{where}: its content was changed after it was written")
        self._seq, self._hash = row.seq, row.hash
        self.ends[row.chain] = (row.seq, row.hash)
        try:
            digests = json.loads(row.data).get("digests", {})
        except (ValueError, AttributeError):
            return  # The changed data has been reported by its hash already.
        for thing, digest in digests.items():
            self.digests[row.chain, thing] = digest

    def check(self, chain: str, thing: str, actual: str, words: str) -> None:
        """Compare what is stored now with what the trail says."""
        expected = self.digests.get((chain, thing))
        if expected is None:
            self.report.findings.append(f"{words}: no event vouches for it")
        elif expected != actual:
            self.report.findings.append(f"{words}: it is not what was recorded")


def verify(connection: Connection) -> AuditReport:
    """Check everything the trail covers: events, raw mail, frozen letters, drafts, requesters' and questions' fields."""
    report = AuditReport()
    walk = _Walk(report)
    events = select(schema.Event).order_by(schema.Event.chain, schema.Event.seq)
    for row in connection.execution_options(yield_per=1000).execute(events):
        walk.follow(row)
    for head in connection.execute(select(schema.ChainHead)):
        report.heads[head.chain] = head.hash
        if walk.ends.pop(head.chain, None) != (head.seq, head.hash):
            report.findings.append(f"{head.chain}: its last events were cut off or changed")
    report.findings += [f"{chain}: its head is missing" for chain in walk.ends]
    _check_raw(connection, walk)
    _check_cases(connection, walk)
    _check_letters(connection, walk)
    return report


def _check_raw(connection: Connection, walk: _Walk) -> None:
    known = {
        row.id: row
        for row in connection.execute(select(schema.Message.id, schema.Message.mailbox, schema.Message.sha256))
    }
    for row in _batches(connection, schema.Raw, schema.Raw.message_id):
        message = known.pop(row.message_id, None)
        walk.report.raw_messages += 1
        if message is None:
            walk.report.findings.append(f"raw mail of message {row.message_id}: its message row is missing")
            continue
        digest = hashlib.sha256(row.content).hexdigest()
        words = f"raw mail of message {row.message_id}"
        walk.check(mailbox_chain(message.mailbox), f"raw:{row.message_id}", digest, words)
        if message.sha256 != digest:
            walk.report.findings.append(f"{words}: its row names another digest")
    walk.report.findings += [f"message {message_id}: its raw mail is missing" for message_id in known]


def _check_cases(connection: Connection, walk: _Walk) -> None:
    questions: dict[int, list[tuple[str, str]]] = {}
    for row in connection.execute(
        select(schema.Question).order_by(schema.Question.request_id, schema.Question.position)
    ):
        questions.setdefault(row.request_id, []).append((row.label, row.text))
    for row in _batches(connection, schema.Request, schema.Request.id):
        walk.report.requests += 1
        chain = case_chain(row.id)
        walk.check(chain, "request", request_digest(dict(row._mapping)), f"requester and dates of {row.reference}")
        walk.check(chain, "questions", questions_digest(questions.pop(row.id, [])), f"questions of {row.reference}")
    walk.report.findings += [f"questions of request {request_id}: the request is missing" for request_id in questions]


def _check_letters(connection: Connection, walk: _Walk) -> None:
    for row in _batches(connection, schema.Letter, schema.Letter.id):
        walk.report.letters += 1
        walk.check(
            case_chain(row.request_id), f"letter:{row.id}", record_digest(row.record), f"draft of letter {row.id}"
        )
    for row in _batches(connection, schema.Outbox, schema.Outbox.id):
        walk.report.outbox += 1
        digest = outbox_digest(
            hashlib.sha256(row.content).hexdigest(),
            recipients_digest(row.recipients),
            row.message_id,
            row.envelope_from,
        )
        walk.check(case_chain(row.request_id), f"outbox:{row.id}", digest, f"frozen letter {row.id}")


def _batches(connection: Connection, table: Any, key: Any) -> Iterator[Any]:  # noqa: ANN401 - works on any table
    """All rows of *table* in the order of *key*, a bounded number at a time, so that a large mailbox fits into memory."""
    last = 0
    while rows := connection.execute(select(table).where(key > last).order_by(key).limit(_BATCH)).all():
        yield from rows
        last = getattr(rows[-1], key.key)
