"""Proves the trail: every chain link by link, and every kept byte and vouched field against the digest its event carries."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from pipeline.store import schema
from pipeline.store.cases import VOUCHED, questions_digest, request_digest
from pipeline.store.clock_events import ClockEvents, clock_digest
from pipeline.store.erasing import erasure_digest
from pipeline.store.events import GENESIS, case_chain, link_hash, mailbox_chain
from pipeline.store.letters import files_digest, record_digest
from pipeline.store.outbox import outbox_digest, recipients_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection, RowMapping

_BATCH = 100
_BATCH_OF_RAW = 4  # each may have tens of megabytes
# What a value makes of the code that reads it when it can't be what its column says: no date, no JSON, text for bytes.
_UNREADABLE = (ValueError, TypeError, AttributeError, KeyError)
E, Q, R, O = schema.Event, schema.Question, schema.Request, schema.Outbox  # noqa: E741 - the tables' initials
_EVENT = (E.id, E.chain, E.seq, E.request_id, E.message_id, E.at, E.kind, E.actor, E.via, E.data, E.previous, E.hash)
F = schema.LetterFile
_REQUEST = (R.id, *(getattr(R, name) for name in VOUCHED))
_OUTBOX = (O.id, O.request_id, O.content, O.recipients, O.message_id, O.envelope_from)


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
    erased: list[str] = field(default_factory=list)
    heads: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return not self.findings


@dataclass(slots=True)
class _Link:
    """How far one chain has been followed."""

    seq: int = 0
    hash: str = GENESIS


class _Walk:
    """Follows the chains and remembers the last digest that each chain gives for each thing."""

    def __init__(self, report: AuditReport) -> None:
        self.report = report
        self.ends: dict[str, _Link] = {}
        self._digests: dict[tuple[str, str], Any] = {}
        # What the trail says is gone: the number of its proof, by chain and thing.
        self.gone: dict[tuple[str, str], Any] = {}
        self.proofs: dict[str, Any] = {}

    def found(self, finding: str) -> None:
        """Put a finding on the report."""
        self.report.findings.append(_printable(finding))

    def follow(self, event: RowMapping) -> None:
        """Take the next event; within a chain they come in the order in which they were written."""
        chain, seq = event["chain"], event["seq"]
        last = self.ends.setdefault(chain, _Link())
        self.report.events += 1
        where = f"event {seq} of {chain}"
        if seq != last.seq + 1:
            self.found(f"{where}: it doesn't come next after event {last.seq}, so one is missing or was moved")
        elif event["previous"] != last.hash:
            self.found(f"{where}: it does not follow from the event before it")
        if link_hash(event["previous"], chain, seq, event) != event["hash"]:
            self.found(f"{where}: its content was changed after it was written")
        last.seq, last.hash = int(seq), event["hash"]
        self._remember(chain, where, event["kind"], json.loads(event["data"]))

    def _remember(self, chain: str, where: str, kind: str, data: dict[str, Any]) -> None:
        """Keep what an event vouches for. One that tells of an erasure says what was there, too; no digest stands for what is gone."""
        for thing, digest in data.get("was", {}).items():
            if self._digests.get((chain, thing), digest) != digest:
                self.found(f"{where}: {thing.replace(':', ' ')} was erased and was not what had been recorded")
        for thing, digest in data.get("digests", {}).items():
            if digest is None:
                self._digests.pop((chain, thing), None)
                self.gone[chain, thing] = data.get("proof")
            else:
                self._digests[chain, thing] = digest
        if kind == "erased":
            self.proofs[chain] = data.get("proof")

    def check(self, chain: str, thing: str, words: str, digest: Callable[..., str], *of: object) -> None:
        """Compare the digest of what is stored now with what the trail says."""
        expected = self._digests.pop((chain, thing), None)
        try:
            actual = digest(*of)
        except _UNREADABLE:
            actual = ""  # What was recorded could be read, so this is not it.
        if expected is None:
            self.found(f"{words}: no event vouches for it")
        elif expected != actual:
            self.found(f"{words}: it is not what was recorded")

    def vouches(self, chain: str, thing: str) -> bool:
        """Whether the trail says anything of *thing*."""
        return (chain, thing) in self._digests

    def finish(self) -> None:
        """Name what the trail vouches for and nobody has asked about: it is not there any more."""
        for chain, thing in self._digests:
            self.found(f"{chain}: {thing.replace(':', ' ')} is on record and is missing")


def verify(connection: Connection) -> AuditReport:
    """Check everything the trail covers: events, raw mail, frozen letters, drafts, requesters' and questions' fields.

    A value that can't even be read is a finding, too. Raises SQLAlchemyError when the database itself can't be read.
    """
    report = AuditReport()
    walk = _Walk(report)
    with _any_bytes(connection):
        for event in _rows(connection, _EVENT, E.id, walk):
            try:
                walk.follow(event)
            except _UNREADABLE:
                walk.found(f"event {event['seq']} of {event['chain']}: it holds what no event can hold")
        report.chains = len(walk.ends)
        _check_heads(connection, walk)
        _check_raw(connection, walk)
        _check_cases(connection, walk)
        _check_letters(connection, walk)
        _check_erasures(connection, walk)
    walk.finish()
    return report


def _check_heads(connection: Connection, walk: _Walk) -> None:
    for head in connection.execute(select(schema.ChainHead).order_by(schema.ChainHead.chain)):
        walk.report.heads[_printable(head.chain)] = _printable(head.hash)
        end = walk.ends.pop(head.chain, None)
        if end is None or (end.seq, end.hash) != (head.seq, head.hash):
            walk.found(f"{head.chain}: its last events were cut off or changed")
    for chain in walk.ends:
        walk.found(f"{chain}: its head is missing")


def _check_raw(connection: Connection, walk: _Walk) -> None:
    columns = select(schema.Message.id, schema.Message.mailbox, schema.Message.sha256)
    known = {row.id: row for row in connection.execute(columns)}
    for row in _rows(
        connection, (schema.Raw.message_id, schema.Raw.content), schema.Raw.message_id, walk, _BATCH_OF_RAW
    ):
        message_id = row["message_id"]
        message = known.pop(message_id, None)
        walk.report.raw_messages += 1
        words = f"raw mail of message {message_id}"
        if message is None:
            walk.found(f"{words}: its message row is missing")
            continue
        digest = _sha256(row["content"])
        walk.check(mailbox_chain(message.mailbox), f"raw:{message_id}", words, str, digest)
        if message.sha256 != digest:
            walk.found(f"{words}: its row names another digest")
    for message_id, message in known.items():
        proof = walk.gone.get((mailbox_chain(message.mailbox), f"raw:{message_id}"))
        if proof is None:
            walk.found(f"message {message_id}: its raw mail is missing")
        else:
            walk.report.erased.append(f"message {message_id}: its raw mail is no longer there, proof {proof}")


def _check_cases(connection: Connection, walk: _Walk) -> None:
    questions: dict[int, list[tuple[str, str]]] = {}
    columns = select(Q.request_id, Q.label, Q.text).order_by(Q.request_id, Q.position)
    for row in connection.execute(columns):
        questions.setdefault(row.request_id, []).append((row.label, row.text))
    clocks = ClockEvents(connection)
    for case in _rows(connection, _REQUEST, R.id, walk):
        walk.report.requests += 1
        chain, asked = case_chain(case["id"]), questions.pop(case["id"], [])
        if chain in walk.proofs:
            said = f"{case['reference']}: its content is no longer there, proof {walk.proofs[chain]}"
            walk.report.erased.append(_printable(said))
        walk.check(chain, "request", f"requester and dates of {case['reference']}", request_digest, case)
        walk.check(chain, "questions", f"questions of {case['reference']}", questions_digest, asked)
        events = clocks.of_case(case["id"])
        if events:
            walk.check(chain, "clock", f"clock of {case['reference']}", clock_digest, events)
    for request_id in questions:
        walk.found(f"questions of request {request_id}: the request is missing")


def _check_letters(connection: Connection, walk: _Walk) -> None:
    columns = (schema.Letter.id, schema.Letter.request_id, schema.Letter.record)
    for row in _rows(connection, columns, schema.Letter.id, walk):
        walk.report.letters += 1
        chain, thing = case_chain(row["request_id"]), f"letter:{row['id']}"
        walk.check(chain, thing, f"draft of letter {row['id']}", record_digest, row["record"])
        files = connection.execute(select(F.name, F.content).where(F.letter_id == row["id"]).order_by(F.position)).all()
        thing = f"files:{row['id']}"
        # A letter of the first versions has neither files nor a word about them on its trail.
        if files or walk.vouches(chain, thing):
            pairs = [(file.name, _sha256(file.content)) for file in files]
            walk.check(chain, thing, f"files of letter {row['id']}", files_digest, pairs)
    for row in _rows(connection, _OUTBOX, O.id, walk):
        walk.report.outbox += 1
        chain, thing = case_chain(row["request_id"]), f"outbox:{row['id']}"
        walk.check(chain, thing, f"frozen letter {row['id']}", _frozen_digest, row)


def _check_erasures(connection: Connection, walk: _Walk) -> None:
    """Each proof of an erasure against the event that vouches for it."""
    proof, message = schema.Erasure, schema.Message
    mailboxes = select(message.mailbox).where(message.id == proof.message_id).scalar_subquery().label("mailbox")
    columns = (proof.id, proof.request_id, proof.officer, proof.rule, proof.digests, mailboxes)
    for row in _rows(connection, columns, proof.id, walk):
        chain = mailbox_chain(row["mailbox"]) if row["request_id"] is None else case_chain(row["request_id"])
        thing, words = f"erasure:{row['id']}", f"proof {row['id']} of an erasure"
        walk.check(chain, thing, words, erasure_digest, row["digests"], row["rule"], row["officer"])


def _frozen_digest(row: RowMapping) -> str:
    return outbox_digest(
        _sha256(row["content"]), recipients_digest(row["recipients"]), row["message_id"], row["envelope_from"]
    )


def _sha256(content: object) -> str:
    """The digest of *content*; of what is no bytes there is none, so that it equals nothing on record."""
    return hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else ""


def _rows(
    connection: Connection,
    columns: Sequence[Any],
    key: Any,  # noqa: ANN401 - works on any table
    walk: _Walk,
    batch: int = _BATCH,
) -> Iterator[RowMapping]:
    """All rows in the order of *key*, a bounded number at a time, so that a large mailbox fits into memory.

    Where one row of a batch can't be read, the batch is read row by row, and that row becomes a finding.
    """
    following = select(key).order_by(key).limit(batch)
    ids = list(connection.scalars(following))
    while ids:
        try:
            yield from _read(connection, columns, key.in_(ids), key)
        except _UNREADABLE:
            for one in ids:
                try:
                    yield from _read(connection, columns, key == one, key)
                except _UNREADABLE:
                    walk.found(f"{key.table.name} {one}: it holds a value that can't be read")
        ids = list(connection.scalars(following.where(key > ids[-1])))


def _read(
    connection: Connection,
    columns: Sequence[Any],
    condition: Any,  # noqa: ANN401 - works on any table
    key: Any,  # noqa: ANN401 - as above
) -> Sequence[RowMapping]:
    return connection.execute(select(*columns).where(condition).order_by(key)).mappings().all()


@contextmanager
def _any_bytes(connection: Connection) -> Iterator[None]:
    """Let SQLite hand out text that is no UTF-8, which nobody but a forger or a broken disk can have written."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = str


def _printable(text: object) -> str:
    return str(text).encode("utf-8", "backslashreplace").decode()
