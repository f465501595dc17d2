"""Requests and their questions: made once each, found by reference or by the letters we sent, changed only with an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, bindparam, delete, exists, func, or_, select, true, update

from pipeline.domain.outbox import ACKNOWLEDGEMENT_KINDS
from pipeline.domain.reference import as_stored
from pipeline.store import schema
from pipeline.store.events import Events, Happening, case_chain, digest_of
from pipeline.store.holding import held
from pipeline.store.many import insert_many
from pipeline.store.reading.narrowing import seen_by
from pipeline.store.records import Case, QuestionRecord
from pipeline.store.searching import index
from pipeline.store.upsert import insert_or_leave, insert_or_leave_and_tell

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Row, RowMapping

    from pipeline.domain.request import Question
    from pipeline.store.ahead import Ahead
    from pipeline.store.listing_records import Viewer

R = schema.Request
CL, CM, M = schema.CaseLink, schema.CaseMessage, schema.Message
# Those that run for every mail, made once.
_SAME_WORDING = (
    select(R)
    .where(R.wording_sha256 == bindparam("wording"), R.id != bindparam("apart"), R.received_at >= bindparam("since"))
    .order_by(R.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_NUMBERED = (
    select(R)
    .where(R.requester_key == bindparam("key"), R.own_reference.is_not(None))
    .order_by(R.id.desc())
    .limit(bindparam("most", type_=Integer))
)
# The least of them, for it stands first in the index; asked whether there is one, PostgreSQL may look through all requests.
_ANY_NUMBERED = select(func.min(R.own_reference))

# The columns whose content the trail vouches for; a change of any of them goes through ``amend``.
VOUCHED = (
    "reference", "regime", "received_at", "received_on", "due_on", "requester_name", "requester_email", "topic",
    "subject",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """Everything that intake knows of a request when it makes it."""

    reference: str
    regime: str
    regime_reasons: tuple[str, ...]
    flagged: bool
    flag_reasons: tuple[str, ...]
    received_at: datetime
    received_on: date
    received_source: str
    due_on: date
    requester_name: str
    requester_email: str
    topic: str
    subject: str
    message_id: int | None
    acknowledge: str
    acknowledge_kind: str | None
    acknowledge_reasons: tuple[str, ...]
    created_at: datetime
    wording_sha256: str | None = None
    channel: str = "mail"
    own_reference: str | None = None
    owner: str | None = None
    team: str | None = None


def request_digest(values: Mapping[str, Any] | RowMapping) -> str:
    """The digest of a request's vouched fields, as events carry it and ``audit verify`` computes it again."""
    instant: datetime = values["received_at"]
    return digest_of(*[instant.timestamp() if name == "received_at" else str(values[name]) for name in VOUCHED])


def questions_digest(questions: Sequence[tuple[str, str]]) -> str:
    """The digest of a request's (label, text) pairs in order."""
    return digest_of(*[list(pair) for pair in questions])


class Cases:
    """The rows of ``request`` and ``question``."""

    def __init__(self, connection: Connection, events: Events, ahead: Ahead) -> None:
        self._connection = connection
        self._events = events
        self._ahead = ahead
        self._opened: dict[int, tuple[NewCase, list[str]] | None] = {}
        self._asked: list[dict[str, Any]] = []
        # Whether any request bore another number before Infogov: in most councils, none. A transaction of intake makes none.
        self._any_numbered: bool | None = None
        self._said_by: dict[str, int | None] = {}

    def index_opened(self) -> None:
        """Put the words of the requests made in this transaction into the index of words, all at once, before it ends."""
        self._write_questions()
        opened, self._opened = self._opened, {}
        index.add_opened(self._connection, {at: made for at, made in opened.items() if made is not None})
        if looked_up := [at for at, made in opened.items() if made is None]:
            index.put(self._connection, looked_up)

    def open(
        self,
        new: NewCase,
        questions: Sequence[Question],
        *,
        dates: Mapping[int, date] | None = None,
        via: str = "worker",
        actor: str = "infogov",
        questions_last: bool = False,
    ) -> int | None:
        """Make a request with its questions and first event; returns its id, or None when the reference is taken: draw another.

        *dates* are questions' due dates, by key, that are not the request's. With *questions_last* all questions of a transaction are
        written together when it ends, for who makes many and asks after none. A second request for one message is a StoreError.
        """
        values: dict[str, Any] = {name: getattr(new, name) for name in new.__slots__}
        values |= {name: list(values[name]) for name in ("regime_reasons", "flag_reasons", "acknowledge_reasons")}
        row = {**values, "workflow": "new", "clock": "running", "requester_key": _key(new.requester_email)}
        request_id: int | None = self._ahead.put(schema.Request, row) or self._connection.scalar(
            insert_or_leave_and_tell(self._connection.dialect.name, schema.Request, "reference"), row
        )
        if request_id is None:
            return None
        self._asked += [
            {"request_id": request_id, "position": n, "key": n, "label": q.label, "text": q.text, "regime": q.regime}
            | {"due_on": (dates or {}).get(n)}
            for n, q in enumerate(questions, 1)
        ]
        if not questions_last:
            self._write_questions()
        # Who writes more about it in the same transaction has it looked up when that ends.
        self._opened[request_id] = (new, [question.text for question in questions]) if questions_last else None
        self._is_said(new.wording_sha256, request_id)
        digests = {
            "request": request_digest(values),
            "questions": questions_digest([(q.label, q.text) for q in questions]),
        }
        data = {
            "reference": new.reference,
            "regime": new.regime,
            "received_on": new.received_on,
            "due_on": new.due_on,
            "acknowledge": new.acknowledge,
            "digests": digests,
        }
        opened = Happening(
            kind="request_opened", at=new.created_at, actor=actor, via=via, message_id=new.message_id, data=data
        )
        self.note(request_id, opened)
        return request_id

    def change(self, case: Case, happening: Happening, **values: Any) -> None:  # noqa: ANN401 - columns of many types
        """Change columns of a request and put the event on its chain, in one step; vouched columns carry their new digest."""
        if "requester_email" in values:
            values["requester_key"] = _key(values["requester_email"])
        values |= index.answered(happening.at, values)
        self._connection.execute(update(R).where(R.id == case.id).values(**values))
        if index.concerns(values):
            self._write_questions()
            self._opened.pop(case.id, None)
            index.put(self._connection, (case.id,))
        data = dict(happening.data)
        if any(name in VOUCHED for name in values):
            row = self._connection.execute(select(R).where(R.id == case.id)).mappings().one()
            data["digests"] = {**data.get("digests", {}), "request": request_digest(row)}
        self._events.record(
            case_chain(case.id),
            Happening(
                kind=happening.kind, at=happening.at, actor=happening.actor, via=happening.via,
                request_id=case.id, message_id=happening.message_id, data=data,
            ),
        )  # fmt: skip

    def note(self, request_id: int, happening: Happening) -> None:
        """Put an event on a case's chain that changes no column."""
        self._events.record(
            case_chain(request_id),
            Happening(
                kind=happening.kind, at=happening.at, actor=happening.actor, via=happening.via,
                request_id=request_id, message_id=happening.message_id, data=happening.data,
            ),
        )  # fmt: skip

    # ---- finding -------------------------------------------------------------------------------------------------

    def by_reference(self, reference: str, *, lock: bool = False) -> Case | None:
        """The request with this reference, however it is typed, its questions with it; *lock* keeps other writers off it until the transaction ends."""
        query = select(R).where(R.reference == as_stored(reference))
        row = self._connection.execute(held(self._connection, query) if lock else query).one_or_none()
        return None if row is None else self._with_questions([row])[0]

    def by_ids(self, ids: Sequence[int]) -> list[Case]:
        """The requests with these ids, in the order of their ids."""
        return self._with_questions(self._connection.execute(select(R).where(R.id.in_(ids)).order_by(R.id)).all())

    def taken(self, references: Collection[str]) -> set[str]:
        """Those of *references* that some request has."""
        return set(self._connection.scalars(select(R.reference).where(R.reference.in_(references))))

    def by_references(self, references: Sequence[str]) -> list[Case]:
        """Those of *references* that exist."""
        if not references:
            return []
        rows = self._connection.execute(select(R).where(R.reference.in_(references)).order_by(R.id)).all()
        return [_case(row, ()) for row in rows]

    def of_requester(self, address: str, limit: int = 50) -> list[Case]:
        """The requests of one address, the newest first."""
        query = select(R).where(R.requester_key == _key(address)).order_by(R.id.desc()).limit(limit)
        return [_case(row, ()) for row in self._connection.execute(query)]

    def by_own_reference(self, number: str) -> list[Case]:
        """The requests that bore *number* in the system before Infogov."""
        query = select(R).where(R.own_reference == number).order_by(R.id)
        return [_case(row, ()) for row in self._connection.execute(query)]

    def with_own_reference(self, address: str, limit: int = 50) -> list[Case]:
        """The requests of one address that bore another number before Infogov, the newest first."""
        if self._any_numbered is None:
            self._any_numbered = self._connection.scalar(_ANY_NUMBERED) is not None
        if not self._any_numbered:
            return []
        return [_case(row, ()) for row in self._connection.execute(_NUMBERED, {"key": _key(address), "most": limit})]

    def open_of(self, owner: str) -> list[Case]:
        """The open requests that *owner* has."""
        ended = ("sent", "closed", "withdrawn", "not_a_request")
        query = select(R).where(R.owner == owner, R.workflow.not_in(ended)).order_by(R.id)
        return self._with_questions(self._connection.execute(query).all())

    def by_our_message_ids(self, message_ids: Sequence[str]) -> list[Case]:
        """The requests whose letters carried one of these Message-IDs: the answer to "which of our letters is this a reply to"."""
        if not message_ids:
            return []
        rows = self._connection.execute(
            select(R)
            .where(R.id.in_(select(schema.Outbox.request_id).where(schema.Outbox.message_id.in_(message_ids))))
            .order_by(R.id)
        ).all()
        return [_case(row, ()) for row in rows]

    def of_mails(self, message_ids: Sequence[str], address: str) -> list[Case]:
        """The requests that *address* made in mails with one of these Message-IDs."""
        mails = select(schema.Message.id).where(schema.Message.message_id.in_(message_ids))
        query = select(R).where(R.requester_key == _key(address), R.message_id.in_(mails)).order_by(R.id)
        return [_case(row, ()) for row in self._connection.execute(query)]

    def every(self, *, batch: int = 500) -> Iterator[Case]:
        """All requests with their questions, oldest first, read *batch* at a time."""
        last = 0
        while rows := self._connection.execute(select(R).where(R.id > last).order_by(R.id).limit(batch)).all():
            yield from self._with_questions(rows)
            last = rows[-1].id

    def counts(self) -> dict[str, int]:
        """Requests by workflow state."""
        rows = self._connection.execute(select(R.workflow, func.count().label("n")).group_by(R.workflow))
        return {row.workflow: row.n for row in rows}

    def to_acknowledge(self, viewer: Viewer | None = None, *, after: int = 0, limit: int | None = None) -> list[Case]:
        """Requests whose acknowledgement is prepared and waits for an officer's release, or was left to an officer.

        Those that *viewer* may open where one is given, from the id behind *after* on, at most so many.
        """
        rows = self._connection.execute(
            select(R)
            .where(
                R.acknowledge.in_(("release", "officer")),
                R.acknowledged_at.is_(None),
                R.workflow.not_in(("closed", "withdrawn", "not_a_request")),
                R.id > after,
                true() if viewer is None else seen_by(viewer),
            )
            .order_by(R.id)
            .limit(limit)
        ).all()
        return [_case(row, ()) for row in rows]

    def unacknowledged(self) -> list[str]:
        """References of requests that should have been acknowledged and have no letter for it in the outbox: there must be none."""
        queued = exists().where(schema.Outbox.request_id == R.id, schema.Outbox.kind.in_(ACKNOWLEDGEMENT_KINDS))
        query = select(R.reference).where(R.acknowledge == "automatic", ~queued).order_by(R.id)
        return list(self._connection.scalars(query))

    def source_message_header(self, case: Case) -> tuple[str | None, int | None]:
        """The Message-ID that an answer to the requester may refer to, and the row id of the mail that the case came by.

        No Message-ID where that mail is not the requester's own: a colleague's forward is named to nobody outside. A case that was
        split from another, or that a mail's case was merged into, came by the mail that opened the other. One query.
        """
        query = select(M.id, M.message_id, M.author_email, M.proposal)
        if case.message_id is not None:
            query = query.where(M.id == case.message_id)
        else:
            # One mail opens one case, and goes with its questions where those are split off or merged.
            query = query.join(CM, CM.message_id == M.id).join(R, R.message_id == M.id)
            query = query.where(CM.request_id == case.id, CM.side == "requester")
            query = query.order_by(R.merged_into.is_not(None), M.id).limit(1)
        row = self._connection.execute(query).first()
        if row is None:
            return None, None
        key = _key(case.requester_email)
        if row.proposal is not None and _key(row.proposal["email"]) == key:
            return row.proposal["message_id"], row.id
        by_another = row.author_email is not None and _key(row.author_email) != key
        return None if by_another else row.message_id, row.id

    def wordings_ahead(self, digests: Collection[str], since: datetime) -> None:
        """Ask once which of *digests* no request received from *since* on has, for ``same_wording`` in this transaction."""
        said = select(R.wording_sha256).where(R.wording_sha256.in_(digests), R.received_at >= since)
        said_before = set(self._connection.scalars(said)) if digests else set()
        self._said_by = dict.fromkeys(set(digests) - said_before)

    def _is_said(self, wording_sha256: str | None, request_id: int) -> None:
        """Of words that nobody had used before it, the first request is on its own; from the second on the database is asked."""
        if wording_sha256 in self._said_by and self._said_by.pop(wording_sha256) is None:
            self._said_by[wording_sha256] = request_id

    def same_wording(self, request_id: int, wording_sha256: str, since: datetime, limit: int = 20) -> list[Case]:
        """Other requests in the same words received from *since* on, the newest first."""
        if self._said_by.get(wording_sha256, -1) in (None, request_id):
            return []
        asked = {"wording": wording_sha256, "apart": request_id, "since": since, "most": limit}
        return [_case(row, ()) for row in self._connection.execute(_SAME_WORDING, asked)]

    def link_cases(self, request_id: int, other_id: int, why: str) -> None:
        """Say that two cases have to do with each other."""
        self._connection.execute(
            insert_or_leave(self._connection, schema.CaseLink),
            {"request_id": request_id, "other_id": other_id, "why": why},
        )

    def unlink_cases(self, request_id: int, other_id: int) -> bool:
        """Take back that two cases have to do with each other, whichever was linked to the other; False where nobody had said so."""
        one_way = (CL.request_id == request_id) & (CL.other_id == other_id)
        other_way = (CL.request_id == other_id) & (CL.other_id == request_id)
        return self._connection.execute(delete(CL).where(one_way | other_way)).rowcount > 0

    def linked(self, request_id: int) -> list[tuple[str, str]]:
        """(reference, why) of the cases this one is linked to, whichever of the two was linked to the other."""
        link = schema.CaseLink
        rows = self._connection.execute(
            select(R.reference, link.why)
            .join(link, or_(link.other_id == R.id, link.request_id == R.id))
            .where(or_(link.request_id == request_id, link.other_id == request_id), R.id != request_id)
            .order_by(R.id)
        )
        return [(row.reference, row.why) for row in rows]

    def _write_questions(self) -> None:
        """Write the questions of the requests made so far, all at once."""
        asked, self._asked = self._asked, []
        if asked:
            insert_many(self._connection, schema.Question, asked)

    def _with_questions(self, rows: Sequence[Row[Any]]) -> list[Case]:
        self._write_questions()
        found: dict[int, list[QuestionRecord]] = {row.id: [] for row in rows}
        if found:
            query = select(schema.Question).where(schema.Question.request_id.in_(found))
            for q in self._connection.execute(query.order_by(schema.Question.request_id, schema.Question.position)):
                found[q.request_id].append(
                    QuestionRecord(
                        position=q.position,
                        label=q.label,
                        text=q.text,
                        regime=q.regime,
                        key=q.key,
                        service_area=q.service_area,
                        due_on=q.due_on,
                    )
                )
        return [_case(row, tuple(found[row.id])) for row in rows]


def _key(email: str) -> str:
    return email.strip().casefold()


def _case(row: Row[Any], questions: tuple[QuestionRecord, ...]) -> Case:
    values = {name: getattr(row, name) for name in Case.__slots__ if name != "questions"}
    for name in ("regime_reasons", "flag_reasons", "acknowledge_reasons"):
        values[name] = tuple(values[name] or ())
    return Case(**values, questions=questions)
