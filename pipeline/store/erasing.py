"""Erases content and leaves its proof: digests of what is gone, vouched for by an event, so that the chains still prove themselves.

Kept are reference, law, dates, workflow, outcome and counts; the events hold digests and officers' words only.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, insert, null, select, update

from pipeline.store import schema
from pipeline.store.cases import questions_digest, request_digest
from pipeline.store.clock_events import ClockEvents, clock_digest
from pipeline.store.events import SERVICE_CHAIN, Events, Happening, case_chain, digest_of, mailbox_chain
from pipeline.store.letters import files_digest, record_digest
from pipeline.store.outbox import outbox_digest, recipients_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

M, R, L, O = schema.Message, schema.Request, schema.CaseMessage, schema.Outbox  # noqa: E741 - the tables' initials
_CODES_OF_AN_EXCEPTION = frozenset({"kind", "policy", "by", "for", "officer"})
# Quoted-printable cuts a line, and with it perhaps a reference, with this.
_SOFT_BREAK = re.compile(rb"=\r?\n")
_NO_REQUESTER: dict[str, Any] = {
    "requester_name": "", "requester_email": "", "requester_key": "", "topic": "", "subject": "",
    "regime_reasons": [], "flag_reasons": [], "acknowledge_reasons": [], "received_source": "", "wording_sha256": None,
}  # fmt: skip
_NO_SENDER: dict[str, Any] = {
    "author_name": None, "author_email": None, "subject": None, "message_id": None, "reasons": None,
    "last_error": None, "body_wanted": False, "state": "erased",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who erases, through what, and when."""

    officer: str
    via: str
    at: datetime


def erasure_digest(digests: object, rule: str, officer: str) -> str:
    """The digest of a proof, as the event that vouches for it carries it."""
    return digest_of(digests, rule, officer)


class Eraser:
    """Takes content away, in the caller's transaction."""

    def __init__(self, connection: Connection, events: Events) -> None:
        self._connection = connection
        self._events = events

    def erase_case(self, case_id: int, by: By, *, rule: str) -> int:
        """Erase all content of a case and of its mail that no other case needs; returns the number of the proof."""
        chain, messages = case_chain(case_id), self._own_messages(case_id)
        was = self._digests(case_id)
        raw = self._raw_digests(messages)
        proof = self._prove({**was, **raw}, request_id=case_id, rule=rule, by=by)
        self._wipe_case(case_id, by.at)
        self._wipe_letters(case_id)
        self._wipe_notices(case_id)
        now_there = {thing: digest for thing, digest in self._digests(case_id).items() if thing in was}
        data = {"was": was, "digests": {**now_there, **self._vouch(proof)}, "proof": proof, "rule": rule}
        self._events.record(
            chain, Happening(kind="erased", at=by.at, actor=by.officer, via=by.via, request_id=case_id, data=data)
        )
        self._wipe_messages(messages, raw, proof, by)
        return proof

    def erase_raw_mail(self, case_id: int, by: By, *, rule: str) -> int:
        """Erase the original bytes of a case's mail that no other case needs; everything else of it stays."""
        messages = self._own_messages(case_id)
        raw = self._raw_digests(messages)
        proof = self._prove(raw, request_id=case_id, rule=rule, by=by)
        data = {"digests": self._vouch(proof), "proof": proof, "rule": rule, "messages": len(raw)}
        happening = Happening(
            kind="raw_mail_erased", at=by.at, actor=by.officer, via=by.via, request_id=case_id, data=data
        )
        self._events.record(case_chain(case_id), happening)
        self._drop_raw(raw, proof, by)
        return proof

    def erase_mail(self, message_id: int, by: By, *, rule: str) -> int:
        """Erase one message that belongs to no case; returns the number of the proof."""
        raw = self._raw_digests([message_id])
        proof = self._prove(raw, message_id=message_id, rule=rule, by=by)
        mailbox = self._connection.scalars(select(M.mailbox).where(M.id == message_id)).one()
        data = {"digests": self._vouch(proof), "proof": proof, "rule": rule}
        happening = Happening(
            kind="mail_erased", at=by.at, actor=by.officer, via=by.via, message_id=message_id, data=data
        )
        self._events.record(mailbox_chain(mailbox), happening)
        self._wipe_messages([message_id], raw, proof, by)
        return proof

    def erase_openings(self, which: ColumnElement[bool], by: By) -> int:
        """Forget who looked, where *which* says so; returns how many records went."""
        gone = self._connection.execute(delete(schema.Opening).where(which)).rowcount
        return self._counted("openings_erased", gone, by)

    def erase_notices(self, which: ColumnElement[bool], by: By) -> int:
        """Empty mails to our own people, where *which* says so; returns how many."""
        done = self._connection.execute(update(schema.Notice).where(which).values(content=b"", last_error=None))
        return self._counted("notices_erased", done.rowcount, by)

    # ---- proof -----------------------------------------------------------------------------------------------------

    def _prove(self, digests: dict[str, str], *, rule: str, by: By, **whose: int) -> int:
        values = {"at": by.at, "officer": by.officer, "rule": rule, "digests": digests, **whose}
        return self._connection.scalars(insert(schema.Erasure).values(**values).returning(schema.Erasure.id)).one()

    def _vouch(self, proof: int) -> dict[str, str]:
        table = schema.Erasure
        row = self._connection.execute(select(table).where(table.id == proof)).one()
        return {f"erasure:{proof}": erasure_digest(row.digests, row.rule, row.officer)}

    def _counted(self, kind: str, count: int, by: By) -> int:
        if count:
            happening = Happening(kind=kind, at=by.at, actor=by.officer, via=by.via, data={"count": count})
            self._events.record(SERVICE_CHAIN, happening)
        return count

    def _digests(self, case_id: int) -> dict[str, str]:
        """The digest of everything of a case as it is stored now, by the names that the trail has for it."""
        columns = (schema.Question.label, schema.Question.text)
        asked = select(*columns).where(schema.Question.request_id == case_id).order_by(schema.Question.position)
        row = self._connection.execute(select(R).where(R.id == case_id)).mappings().one()
        found = {
            "request": request_digest(row),
            "questions": questions_digest([(q.label, q.text) for q in self._connection.execute(asked)]),
        }
        if events := ClockEvents(self._connection).of_case(case_id):
            found["clock"] = clock_digest(events)
        letter, file = schema.Letter, schema.LetterFile
        for one in self._connection.execute(select(letter.id, letter.record).where(letter.request_id == case_id)).all():
            found[f"letter:{one.id}"] = record_digest(one.record)
            files = select(file.name, file.content).where(file.letter_id == one.id).order_by(file.position)
            pairs = [(f.name, hashlib.sha256(f.content).hexdigest()) for f in self._connection.execute(files)]
            found[f"files:{one.id}"] = files_digest(pairs)
        for sent in self._connection.execute(select(O).where(O.request_id == case_id)):
            content, to = hashlib.sha256(sent.content).hexdigest(), recipients_digest(sent.recipients)
            found[f"outbox:{sent.id}"] = outbox_digest(content, to, sent.message_id, sent.envelope_from)
        return found

    # ---- a case ----------------------------------------------------------------------------------------------------

    def _wipe_case(self, case_id: int, at: datetime) -> None:
        execute = self._connection.execute
        execute(update(R).where(R.id == case_id).values(**_NO_REQUESTER, erased_at=at))
        execute(update(schema.Question).where(schema.Question.request_id == case_id).values(text=""))
        execute(update(schema.ClockEvent).where(schema.ClockEvent.request_id == case_id).values(reason=""))
        execute(delete(schema.Note).where(schema.Note.request_id == case_id))
        execute(delete(schema.Autosave).where(schema.Autosave.request_id == case_id))
        # Who looked stays; what at may name a file.
        execute(update(schema.Opening).where(schema.Opening.request_id == case_id).values(what="the case"))
        link = schema.CaseLink
        mine = (link.request_id == case_id) | (link.other_id == case_id)
        execute(update(link).where(mine).values(why="they had to do with each other"))

    def _wipe_letters(self, case_id: int) -> None:
        execute, letter, version = self._connection.execute, schema.Letter, schema.LetterVersion
        rows = execute(select(letter.id, letter.exception).where(letter.request_id == case_id)).all()
        for row in rows:
            kept = {k: v for k, v in (row.exception or {}).items() if k in _CODES_OF_AN_EXCEPTION}
            values = {"record": "", "resend_to": None, "exception": kept or null()}
            execute(update(letter).where(letter.id == row.id).values(**values))
            execute(update(version).where(version.letter_id == row.id).values(record=""))
            execute(delete(schema.LetterFile).where(schema.LetterFile.letter_id == row.id))
        attempt = schema.Attempt
        sent = select(O.id).where(O.request_id == case_id)
        execute(update(attempt).where(attempt.outbox_id.in_(sent)).values(answer=None))
        # Our own Message-ID stays: it names nobody, and it is unique.
        nothing: dict[str, Any] = {"recipients": [], "to_key": "", "content": b"", "last_error": None, "answer": None}
        execute(update(O).where(O.request_id == case_id).values(**nothing))

    def _wipe_notices(self, case_id: int) -> None:
        """Empty every mail to our own people that names the case: it says what the case is about."""
        notice = schema.Notice
        case = self._connection.execute(select(R.reference, R.created_at).where(R.id == case_id)).one()
        since = select(notice.id, notice.content).where(notice.created_at >= case.created_at)
        name = case.reference.encode()
        named = [row.id for row in self._connection.execute(since) if name in _SOFT_BREAK.sub(b"", row.content)]
        for start in range(0, len(named), 500):
            which = notice.id.in_(named[start : start + 500])
            self._connection.execute(update(notice).where(which).values(content=b"", last_error=None))

    # ---- mail ------------------------------------------------------------------------------------------------------

    def _own_messages(self, case_id: int) -> list[int]:
        """The messages of a case, and further copies of them, that stand with no other case that is still there."""
        linked = select(L.message_id).where(L.request_id == case_id)
        copies = select(M.id).where(M.duplicate_of.in_(linked))
        needed = exists().where(
            L.message_id == M.id, L.request_id != case_id, R.id == L.request_id, R.erased_at.is_(None)
        )
        query = select(M.id).where(M.id.in_(linked.union(copies)), M.state != "received", ~needed).order_by(M.id)
        return list(self._connection.scalars(query))

    def _raw_digests(self, messages: Iterable[int]) -> dict[str, str]:
        """The digest of each message's bytes, one at a time: they may be large."""
        found = {}
        for message_id in messages:
            content = self._connection.scalar(select(schema.Raw.content).where(schema.Raw.message_id == message_id))
            if content is not None:
                found[f"raw:{message_id}"] = hashlib.sha256(content).hexdigest()
        return found

    def _wipe_messages(self, messages: Sequence[int], raw: dict[str, str], proof: int, by: By) -> None:
        self._drop_raw(raw, proof, by)
        for message_id in messages:
            attached = schema.Attachment
            self._connection.execute(update(attached).where(attached.message_id == message_id).values(name=""))
            self._connection.execute(update(M).where(M.id == message_id).values(**_NO_SENDER, proposal=null()))

    def _drop_raw(self, raw: dict[str, str], proof: int, by: By) -> None:
        """Remove the bytes; each message's chain says that they are gone, and what they were."""
        for thing, digest in raw.items():
            message_id = int(thing.removeprefix("raw:"))
            self._connection.execute(delete(schema.Raw).where(schema.Raw.message_id == message_id))
            mailbox = self._connection.scalars(select(M.mailbox).where(M.id == message_id)).one()
            data = {"was": {thing: digest}, "digests": {thing: None}, "proof": proof}
            happening = Happening(
                kind="bytes_erased", at=by.at, actor=by.officer, via=by.via, message_id=message_id, data=data
            )
            self._events.record(mailbox_chain(mailbox), happening)
