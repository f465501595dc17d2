"""An officer's verbs on what a case keeps: notes, looks, an answer that went another way; and its ends without an answer of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.domain.calendar import long_date
from pipeline.domain.clock_events import Event, EventKind, clarify_by
from pipeline.domain.errors import NotAllowedError
from pipeline.domain.outbox import ACKNOWLEDGEMENT_KINDS, OutboxStatus
from pipeline.domain.request import ClockState, Outcome, Workflow
from pipeline.domain.roles import Capability
from pipeline.letters import posting
from pipeline.letters.paper import on_paper
from pipeline.letters.plain import clean_text, one_line
from pipeline.mail.parsing import parse
from pipeline.stages.casework.access import acting_officer, visible_case
from pipeline.stages.casework.recalling import lay_aside, take_back
from pipeline.stages.casework.turn import CaseVerbs, Turn, need

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from pipeline.store.records import NoteRecord, OpeningRecord

_ANSWERED = ("response_sent", "response_sent_elsewhere")
_NOT_GONE = (OutboxStatus.WAITING, OutboxStatus.QUEUED, OutboxStatus.RETRY, OutboxStatus.FAILED)


class KeepingVerbs(CaseVerbs):
    """Verbs on what stands in the file, and on how a case ends otherwise than by a letter of ours."""

    def note(self, reference: str, text: str, officer: str) -> int:
        """Keep a note for colleagues; returns its id. Notes are neither changed nor taken back."""
        words = clean_text(text).strip()
        if not words:
            raise NotAllowedError("a note needs words")
        with self._turn(reference, officer) as turn:
            return turn.work.notes.add(turn.case.id, words, officer=turn.who.email, via=turn.via, at=turn.now)

    def notes(self, reference: str, officer: str) -> list[NoteRecord]:
        """The notes on a case, oldest first."""
        with self._store.read() as work:
            case = visible_case(work, reference, acting_officer(work, officer, Capability.LOOK))
            return work.notes.of_case(case.id)

    def looked_at(self, reference: str, officer: str, what: str = "the request") -> None:
        """Put on record that *officer* looked at *what* of a case."""
        with self._turn(reference, officer, Capability.LOOK) as turn:
            turn.work.openings.note(turn.case.id, turn.who.email, one_line(what), turn.now)

    def looks(self, reference: str, officer: str) -> list[OpeningRecord]:
        """Who looked at what of a case, the latest first."""
        with self._store.read() as work:
            case = visible_case(work, reference, acting_officer(work, officer, Capability.LOOK))
            return work.openings.of_case(case.id)

    # ---- ends ----------------------------------------------------------------------------------------------------

    def response_already_sent(
        self,
        reference: str,
        on: date,
        how: str,
        outcome: Outcome,
        officer: str,
        *,
        note: str = "",
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        """Record that the answer went on the day *on* by another way (*how*: "by post"), with what it came to; no mail leaves.

        *files* are kept with the case, on our own side of it. What was being drafted is laid aside.
        """
        way = need(how, "an answer that was sent already")
        with self._turn(reference, officer) as turn:
            turn.need_open()
            if not turn.case.received_on <= on <= turn.today:
                raise NotAllowedError(
                    f"an answer goes between {long_date(turn.case.received_on)}, when the request was received, and today"
                )
            put_aside(turn, "answered another way")
            message = self._keep_answer(turn, on, way, outcome, note, files or {})
            # A request that was answered and opened again keeps the day of its first answer.
            answered = any(one.kind in _ANSWERED for one in turn.work.events.of_case(turn.case.id))
            first: dict[str, Any] = {} if answered else {"answered_on": on}
            by = turn.mark("response_sent_elsewhere", how=way, outcome=outcome, message=message)
            event = Event(kind=EventKind.SENT, on=on)
            self._clocks.put(
                turn.work, turn.case, [event], by, workflow=Workflow.SENT, outcome=outcome, clock=ClockState.STOPPED,
                **first,
            )  # fmt: skip

    def _keep_answer(
        self, turn: Turn, on: date, how: str, outcome: Outcome, note: str, files: Mapping[str, bytes]
    ) -> int:
        """Keep what is known of the answer as a message on the internal side of the case; returns its id."""
        words = [
            f"The answer to {turn.case.reference} was sent on {long_date(on)} {how}.",
            f"Outcome: {outcome.replace('_', ' ')}.",
            *([clean_text(note).strip()] if note.strip() else []),
        ]
        subject = f"The answer to {turn.case.reference}, sent another way"
        raw = on_paper(
            self._settings,
            message_id=self._ids.message_id(posting.own_domain(self._settings)),
            at=turn.now,
            subject=subject,
            text="\n\n".join(words),
            files=files,
        )
        values = {
            "verdict": "internal", "intent": "internal", "reasons": ["an officer recorded it"], "flagged": False,
            "received_on": turn.today, "author_email": turn.who.email, "author_name": turn.who.name, "subject": subject,
        }  # fmt: skip
        message = turn.work.paper.keep(
            raw, "answers", received_at=turn.now, at=turn.now, attachments=parse(raw).attachments, values=values
        )
        rung = "the answer that was sent another way"
        turn.work.messages.link(turn.case.id, message, side="internal", rung=rung, at=turn.now)
        return message

    def not_a_request(self, reference: str, officer: str, reason: str) -> None:
        """Say, with a reason, that this was no request for information; an acknowledgement that has not gone is cancelled."""
        given = need(reason, "marking a mail as not a request")
        with self._turn(reference, officer) as turn:
            turn.need_open()
            put_aside(turn, "not a request")
            for row in turn.work.outbox.summaries(request_id=turn.case.id):
                if row.kind in ACKNOWLEDGEMENT_KINDS and row.status in _NOT_GONE:
                    turn.work.outbox.move(
                        row, OutboxStatus.CANCELLED, turn.mark("letter_cancelled", why="not a request")
                    )
            by = turn.mark("not_a_request", **{"from": turn.case.workflow, "reason": given})
            turn.work.cases.change(
                turn.case, by, workflow=Workflow.NOT_A_REQUEST, clock=ClockState.STOPPED, closed_at=turn.now,
                outcome=None, flagged=False, flag_reasons=[],
            )  # fmt: skip

    def take_mark_off(self, reference: str, officer: str, reason: str) -> None:
        """Note that somebody has looked at what a request was marked for, and what came of it."""
        with self._turn(reference, officer) as turn:
            if not turn.case.flagged:
                raise NotAllowedError(f"{turn.case.reference} is not marked for a look")
            by = turn.mark("flag_taken_off", reason=need(reason, "taking the mark off"))
            turn.work.cases.change(turn.case, by, flagged=False, flag_reasons=[])

    def lapse(self, reference: str, officer: str, reason: str = "") -> None:
        """Close a request whose requester has not clarified or paid; before the time for that is over it needs a reason."""
        with self._turn(reference, officer) as turn:
            turn.need_open()
            asked = [
                clarify_by(one)
                for one in turn.work.clock_events.of_case(turn.case.id)
                if one.kind is EventKind.CLARIFICATION_ASKED and one.question is None
            ]
            until = max(asked, default=None)
            if until is not None and turn.today <= until and not reason.strip():
                raise NotAllowedError(
                    f"the requester may answer until {long_date(until)}; say why it is closed earlier"
                )
            put_aside(turn, "lapsed")
            by = turn.mark("lapsed", **{"from": turn.case.workflow, "reason": reason.strip()})
            self._clocks.put(
                turn.work, turn.case, [Event(kind=EventKind.LAPSED, on=turn.today)], by, workflow=Workflow.CLOSED,
                outcome=Outcome.LAPSED, clock=ClockState.STOPPED, closed_at=turn.now, flagged=False, flag_reasons=[],
            )  # fmt: skip


def put_aside(turn: Turn, why: str) -> None:
    """Take back what has not gone and lay aside what is being written."""
    take_back(turn.work, turn.case, turn.mark(""), why=why)
    lay_aside(turn.work, turn.case, turn.mark(""))
