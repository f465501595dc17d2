"""An officer's verbs on several cases at once: merge, split, link, and put a message with a case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.domain.clock_events import Event, EventKind
from pipeline.domain.errors import NotAllowedError, NotFoundError, StoreError, UsageError
from pipeline.domain.reference import make
from pipeline.domain.request import OPEN, ClockState, Question, Regime, Workflow
from pipeline.domain.triage import Verdict
from pipeline.letters import posting
from pipeline.stages.casework.access import visible_case
from pipeline.stages.casework.asking import next_key
from pipeline.stages.casework.keeping import put_aside
from pipeline.stages.casework.lookups import words_for
from pipeline.stages.casework.redrafting import follow
from pipeline.stages.casework.turn import CaseVerbs, Turn, need
from pipeline.store.cases import NewCase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.store.records import Case, QuestionRecord

_DRAWS = 20
_SIDES = ("requester", "internal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """What a split left: the *reference* of the second request, and sentences for the officer on the draft of the first."""

    reference: str
    remarks: tuple[str, ...]


class JoiningVerbs(CaseVerbs):
    """Verbs that join cases or take them apart; each leaves an event on every case that it touches."""

    def merge(self, reference: str, into: str, officer: str, *, reason: str = "") -> tuple[str, ...]:
        """Merge the request *reference* into *into*: its questions that are not there yet, its messages and notes go there, and it is closed.

        A question that was received on another day keeps its own date. Requests of two requesters need a reason. What the merged
        request was acknowledged with stands; letters that have not gone are taken back.
        """
        with self._turn(into, officer) as turn:
            gone = visible_case(turn.work, reference, turn.who, lock=True)
            _may_merge(turn, gone, reason)
            other = replace(turn, case=gone)
            put_aside(other, f"merged into {turn.case.reference}")
            turn.work.cases.link_cases(turn.case.id, gone.id, "an officer merged the two")
            for message in turn.work.messages.of_case(gone.id):
                rung = f"it came with {gone.reference}, which was merged into this case"
                turn.work.messages.link(turn.case.id, message.id, side=message.side, rung=rung, at=turn.now)
            for note in turn.work.notes.of_case(gone.id):
                turn.work.notes.copy(turn.case.id, note)
            remarks = self._bring(turn, gone, reason)
            by = other.mark("merged", into=turn.case.reference, reason=reason.strip(), **{"from": gone.workflow})
            turn.work.cases.change(
                gone, by, workflow=Workflow.CLOSED, clock=ClockState.STOPPED, closed_at=turn.now,
                merged_into=turn.case.id, outcome=None, flagged=False, flag_reasons=[],
            )  # fmt: skip
        return remarks

    def _bring(self, turn: Turn, gone: Case, reason: str) -> tuple[str, ...]:
        """Add the questions of *gone* to the case of *turn*, each with what stands on its clock."""
        known = {one.text for one in turn.case.questions}
        first = next_key(turn)
        new = {
            one.key: replace(
                one, key=first + at, due_on=None, regime=_own_law(one.regime or gone.regime, turn.case.regime)
            )
            for at, one in enumerate(q for q in gone.questions if q.text not in known)
        }
        asked = [*turn.case.questions, *new.values()]
        digests = {"questions": turn.work.questions.rewrite(turn.case.id, asked)}
        events = [event for old, one in new.items() for event in _brought(turn, gone, old, one.key)]
        for event in events:
            digests["clock"] = turn.work.clock_events.add(turn.case.id, event, officer=turn.who.email, at=turn.now)
        by = turn.mark(
            "merged_in", merged=gone.reference, keys=[one.key for one in new.values()], reason=reason.strip(),
            digests=digests,
        )  # fmt: skip
        self._clocks.settle(turn.work, turn.again(), by)
        return follow(turn, why=f"{gone.reference} was merged into it", asked=turn.again().questions)

    def split_request(
        self, reference: str, keys: Sequence[int], officer: str, *, regime: Regime | None = None, reason: str = ""
    ) -> Parted:
        """Put the questions with these *keys* into a request of their own, received on the same day.

        It has the same messages, clock and owner, and the law of its questions unless *regime* says another. Nothing is sent: whether
        the requester is told of the second number is flagged for an officer.
        """
        with self._turn(reference, officer) as turn:
            turn.need_open()
            moving = [turn.question(key) for key in dict.fromkeys(keys)]
            staying = [one for one in turn.case.questions if one not in moving]
            if not moving or not staying:
                raise NotAllowedError("choose some of the questions: one at least moves, and one at least stays")
            laws = {one.regime or turn.case.regime for one in moving}
            law = regime or Regime(laws.pop() if len(laws) == 1 else turn.case.regime)
            made = self._open(turn, law, moving)
            self._copy(turn, made, law, moving)
            digests = {"questions": turn.work.questions.rewrite(turn.case.id, staying)}
            by = turn.mark(
                "split", to=made.reference, keys=[one.key for one in moving], reason=reason.strip(), digests=digests
            )
            self._clocks.settle(turn.work, turn.again(), by)
            remarks = follow(turn, why=f"questions went to {made.reference}", asked=turn.again().questions)
        return Parted(reference=made.reference, remarks=remarks)

    def _open(self, turn: Turn, law: Regime, moving: Sequence[QuestionRecord]) -> Case:
        """Open the second request. Raises StoreError when no reference is free."""
        case = turn.case
        reachable = posting.can_write_to(case.requester_email)
        told = f"it was split from {case.reference}: say whether the requester is told of this number"
        asked = [
            Question(label=one.label, text=one.text, regime=Regime(own) if own else None)
            for one in moving
            for own in [_own_law(one.regime or case.regime, law)]
        ]
        kind = "sar_acknowledgement" if law is Regime.SAR else "acknowledgement"
        prefixes = self._settings.reference
        for _ in range(_DRAWS):
            prefix = {Regime.FOI: prefixes.foi, Regime.EIR: prefixes.eir, Regime.SAR: prefixes.sar}[law]
            new = NewCase(
                reference=make(prefix, self._ids.reference_digits()),
                regime=law,
                regime_reasons=case.regime_reasons
                if law == case.regime
                else (f"an officer decided it ({turn.who.email})",),
                flagged=True,
                flag_reasons=(told,),
                received_at=case.received_at,
                received_on=case.received_on,
                received_source=case.received_source,
                due_on=case.due_on,
                requester_name=case.requester_name,
                requester_email=case.requester_email,
                topic=case.topic,
                subject=case.subject,
                message_id=None,
                acknowledge="officer" if reachable else "none",
                acknowledge_kind=kind if reachable else None,
                acknowledge_reasons=(told,) if reachable else ("no address is known that an answer could go to",),
                created_at=turn.now,
                channel=case.channel,
                owner=case.owner,
                team=case.team,
            )
            request_id = turn.work.cases.open(new, asked, via=turn.via, actor=turn.who.email)
            if request_id is not None:
                return turn.work.cases.by_ids([request_id])[0]
        raise StoreError(f"no free reference was found in {_DRAWS} draws; choose another prefix in [reference]")

    def _copy(self, turn: Turn, made: Case, law: Regime, moving: Sequence[QuestionRecord]) -> None:
        """Give the second request the messages of the first, its areas, and what stands on the clock of all or of what moved."""
        work = turn.work
        areas = [replace(one, service_area=old.service_area) for one, old in zip(made.questions, moving, strict=True)]
        work.questions.rewrite(made.id, areas)
        for message in work.messages.of_case(turn.case.id):
            rung = f"it came with {turn.case.reference}, which this case was split from"
            work.messages.link(made.id, message.id, side=message.side, rung=rung, at=turn.now)
        work.cases.link_cases(made.id, turn.case.id, "an officer split the one from the other")
        keys = {old.key: one.key for one, old in zip(made.questions, moving, strict=True)}
        digests: dict[str, str] = {}
        for event in work.clock_events.of_case(turn.case.id):
            # The second request begins under its own law and with the day of receipt that the first has now.
            whole = event.question is None
            if (whole and event.kind in (EventKind.REGIME_CHANGED, EventKind.RECEIPT_CORRECTED)) or not (
                whole or event.question in keys
            ):
                continue
            mine = event if event.question is None else replace(event, question=keys[event.question])
            digests["clock"] = work.clock_events.add(made.id, mine, officer=turn.who.email, at=turn.now)
        by = turn.mark("split_from", **{"from": turn.case.reference}, law=law, digests=digests or None)
        self._clocks.settle(work, work.cases.by_ids([made.id])[0], by)

    # ---- links ---------------------------------------------------------------------------------------------------

    def link(self, reference: str, other: str, officer: str, why: str) -> None:
        """Say that two cases have to do with each other, and why."""
        given = need(why, "a link between two cases")
        with self._turn(reference, officer) as turn:
            second = visible_case(turn.work, other, turn.who, lock=True)
            if second.id == turn.case.id:
                raise NotAllowedError("name another case to link it to")
            if any(number == second.reference for number, _ in turn.work.cases.linked(turn.case.id)):
                raise NotAllowedError(f"{turn.case.reference} and {second.reference} are linked already")
            turn.work.cases.link_cases(turn.case.id, second.id, given)
            turn.work.cases.note(turn.case.id, turn.mark("linked", other=second.reference, reason=given))
            turn.work.cases.note(second.id, turn.mark("linked", other=turn.case.reference, reason=given))

    def unlink(self, reference: str, other: str, officer: str, *, reason: str = "") -> None:
        """Take the link between two cases back; that of a merged one stays."""
        with self._turn(reference, officer) as turn:
            second = visible_case(turn.work, other, turn.who, lock=True)
            if turn.case.merged_into == second.id or second.merged_into == turn.case.id:
                raise NotAllowedError(f"{turn.case.reference} and {second.reference} were merged; that link stays")
            if not turn.work.cases.unlink_cases(turn.case.id, second.id):
                raise NotAllowedError(f"{turn.case.reference} and {second.reference} are not linked")
            given = reason.strip()
            turn.work.cases.note(turn.case.id, turn.mark("unlinked", other=second.reference, reason=given))
            turn.work.cases.note(second.id, turn.mark("unlinked", other=turn.case.reference, reason=given))

    def attach(self, reference: str, message_id: int, officer: str, side: str = "requester") -> None:
        """Put a message with a case, on the requester's side or the internal one; a colleague's mail never stands on the requester's."""
        if side not in _SIDES:
            raise UsageError(f'the side is "requester" or "internal", not "{side}"')
        with self._turn(reference, officer) as turn:
            mail = turn.work.new_mail.find(message_id)
            if mail is None:
                raise NotFoundError(f"no message {message_id} has been filed")
            if mail.opened is not None:
                raise NotAllowedError(f"message {mail.id} opened {mail.opened} and belongs to it")
            if mail.verdict == Verdict.INTERNAL and side == "requester":
                raise NotAllowedError(f"a colleague wrote message {mail.id}; put it on the internal side")
            for number in mail.linked:
                visible_case(turn.work, number, turn.who)
            turn.work.new_mail.put(turn.case.id, mail.id, side=side, rung="an officer put it here", at=turn.now)
            by = replace(turn.mark("message_attached", side=side), message_id=mail.id)
            turn.work.cases.note(turn.case.id, by)


def _may_merge(turn: Turn, gone: Case, reason: str) -> None:
    """Refuse to merge what is not open, the same, or another requester's without a reason."""
    turn.need_open()
    if gone.id == turn.case.id:
        raise NotAllowedError("name another request to merge it into")
    if gone.workflow not in OPEN:
        raise NotAllowedError(f"{gone.reference} is {words_for(gone.workflow)}; only an open request is merged")
    keys = {one.requester_email.strip().casefold() for one in (gone, turn.case)}
    if (len(keys) > 1 or "" in keys) and not reason.strip():
        raise NotAllowedError(
            f"{gone.reference} and {turn.case.reference} come from two addresses; say why they are one request all the same"
        )


def _brought(turn: Turn, gone: Case, old: int, new: int) -> list[Event]:
    """What stands on the clock of a question of *gone*, as events of the question it becomes here."""
    skipped = (EventKind.RECEIPT_CORRECTED, EventKind.REGIME_CHANGED)
    events = [
        replace(one, question=new)
        for one in turn.work.clock_events.of_case(gone.id)
        if one.question in (None, old) and one.kind not in skipped
    ]
    if gone.received_on == turn.case.received_on:
        return events
    reason = f"it was received with {gone.reference}"
    return [Event(kind=EventKind.RECEIPT_CORRECTED, on=gone.received_on, reason=reason, question=new), *events]


def _own_law(law: str, of_case: str) -> str | None:
    return law if law != of_case else None
