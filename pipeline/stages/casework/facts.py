"""An officer's verbs on the facts of a case: its date of receipt, law and topic, whose it is, who sees it, and what keeps it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from pipeline.domain.calendar import long_date
from pipeline.domain.clock_events import LONDON, Event, EventKind
from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.domain.request import Regime
from pipeline.domain.roles import Capability, may, may_see
from pipeline.letters.plain import one_line
from pipeline.stages.casework.access import acting_officer
from pipeline.stages.casework.redrafting import follow
from pipeline.stages.casework.turn import CaseVerbs, Turn, need
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from pipeline.store import Work
    from pipeline.store.records import Case, OfficerRecord


_IN_FORCE = date(
    2005, 1, 1
)  # FOIA section 87 with SI 2004/1909 and 3122, and the EIR: nothing could be asked under them before


class FactVerbs(CaseVerbs):
    """Verbs that correct what the case says of itself; each returns sentences that the officer should read."""

    def correct_receipt(self, reference: str, day: date, officer: str, reason: str) -> tuple[str, ...]:
        """Correct the day of receipt, to no later one than our mail servers show; dates and the letters being written follow."""
        given = need(reason, "a corrected date of receipt")
        with self._turn(reference, officer) as turn:
            turn.need_open()
            case = turn.case
            if day > turn.today:
                raise NotAllowedError(f"{long_date(day)} has not come yet; a request is received on a day that has")
            if day < _IN_FORCE:
                raise NotAllowedError(f"{long_date(day)} is before the Acts were in force; look at the year")
            mail = turn.work.new_mail.find(case.message_id) if case.message_id is not None else None
            if mail is not None and day > mail.received_on:
                raise NotAllowedError(
                    f"our mail servers had it on {long_date(mail.received_on)}, and a request is received when it arrives"
                )
            if day == case.received_on:
                raise NotAllowedError(f"{case.reference} is received on {long_date(day)} already")
            event = Event(kind=EventKind.RECEIPT_CORRECTED, on=day, reason=given)
            by = turn.mark("receipt_corrected", **{"from": case.received_on, "reason": given})
            source = f"{turn.who.email} gave the day instead of {long_date(case.received_on)}: {given}"
            at = datetime.combine(day, time(12), LONDON)
            found = self._clocks.put(turn.work, case, [event], by, received_at=at, received_source=source)
            due = found.due_on or case.due_on
            remarks = follow(turn, why="the date of receipt was corrected", facts={"received_on": day})
        return (f"{case.reference} was received on {long_date(day)} and is due on {long_date(due)}", *remarks)

    def set_law(self, reference: str, regime: Regime, officer: str, reason: str) -> tuple[str, ...]:
        """Put the request under another law; the day of receipt stays, drafts keep their words under the new law."""
        given = need(reason, "a change of law")
        with self._turn(reference, officer) as turn:
            turn.need_open()
            case = turn.case
            if regime == case.regime:
                raise NotAllowedError(f"{case.reference} is under {regime.upper()} already")
            event = Event(kind=EventKind.REGIME_CHANGED, on=max(turn.today, case.received_on), regime=regime)
            by = turn.mark("law_changed", **{"from": case.regime, "to": regime, "reason": given})
            values: dict[str, Any] = {"regime_reasons": [f"an officer decided it ({turn.who.email}): {given}"]}
            if case.acknowledged_at is None and case.acknowledge_kind in ("acknowledgement", "sar_acknowledgement"):
                sar = regime is Regime.SAR
                values["acknowledge_kind"] = "sar_acknowledgement" if sar else "acknowledgement"
            found = self._clocks.put(turn.work, case, [event], by, **values)
            due = found.due_on or case.due_on
            remarks = follow(turn, why="the law was changed", facts={"regime": regime.value})
        return (f"{case.reference} is under {regime.upper()} now, due on {long_date(due)}", *remarks)

    def set_topic(self, reference: str, topic: str, officer: str) -> tuple[str, ...]:
        """Say in a few words what the request is about; the letters being written say so, too."""
        words = one_line(topic)
        if not words:
            raise NotAllowedError("a topic needs a few words")
        with self._turn(reference, officer) as turn:
            turn.need_open()
            if words == turn.case.topic:
                raise NotAllowedError("nothing was changed: that is its topic")
            turn.work.cases.change(turn.case, turn.mark("topic_set"), topic=words)
            return follow(turn, why="the topic was changed", facts={"topic": words})

    # ---- whose it is ---------------------------------------------------------------------------------------------

    def assign(self, reference: str, to: str, officer: str, *, reason: str = "") -> None:
        """Give a request to the officer *to*."""
        with self._turn(reference, officer) as turn:
            turn.need_open()
            heir = _heir(turn.work, to)
            _may_have(heir, turn.case)
            if turn.case.owner == heir.email:
                raise NotAllowedError(f"{heir.email} has {turn.case.reference} already")
            by = turn.mark("assigned", **{"from": turn.case.owner, "to": heir.email, "reason": reason.strip()})
            turn.work.cases.change(turn.case, by, owner=heir.email)

    def take(self, reference: str, officer: str) -> None:
        """Take a request that nobody has."""
        with self._turn(reference, officer) as turn:
            turn.need_open()
            if turn.case.owner == turn.who.email:
                raise NotAllowedError(f"{turn.case.reference} is yours already")
            if turn.case.owner is not None:
                raise NotAllowedError(f"{turn.case.owner} has {turn.case.reference}; let it be given to you instead")
            turn.work.cases.change(turn.case, turn.mark("assigned", to=turn.who.email), owner=turn.who.email)

    def hand_back(self, reference: str, officer: str, *, reason: str = "") -> None:
        """Give a request back, so that nobody has it; its owner does that, or an approver for them."""
        with self._turn(reference, officer) as turn:
            owner = turn.case.owner
            if owner is None:
                raise NotAllowedError(f"nobody has {turn.case.reference}")
            if owner != turn.who.email and not may(turn.who.role, Capability.APPROVE):
                raise NotAllowedError(f"{owner} has {turn.case.reference}; they or an approver can give it back")
            by = turn.mark("handed_back", **{"from": owner, "reason": reason.strip()})
            turn.work.cases.change(turn.case, by, owner=None)

    def hand_over(self, of: str, to: str, officer: str, *, reason: str = "") -> tuple[str, ...]:
        """Give all open requests of one officer to another; returns their references. Another's work is handed over by an administrator."""
        now = self._clock.now()
        with self._store.write() as work:
            who = acting_officer(work, officer)
            leaver = work.officers.find(of)
            if leaver is None:
                raise NotFoundError(f"there is no officer {of}")
            if leaver.email != who.email and not may(who.role, Capability.ADMINISTER):
                raise NotAllowedError(f"{leaver.email}'s work is handed over by themselves or an administrator")
            heir = _heir(work, to)
            if heir.email == leaver.email:
                raise NotAllowedError("name another officer to hand over to")
            cases = work.cases.open_of(leaver.email)
            hidden = [case.reference for case in cases if not may_see(heir.role, heir.team, case.team)]
            if hidden:
                raise NotAllowedError(f"{heir.email} may not see {', '.join(hidden)}; give those to their team first")
            data = {"from": leaver.email, "to": heir.email} | ({"reason": reason.strip()} if reason.strip() else {})
            for case in cases:
                by = Happening(kind="assigned", at=now, actor=who.email, via=self._via, data=dict(data))
                work.cases.change(case, by, owner=heir.email)
        return tuple(case.reference for case in cases)

    # ---- who sees it, and what keeps it --------------------------------------------------------------------------

    def restrict(self, reference: str, team: str, officer: str, reason: str) -> tuple[str, ...]:
        """Let only *team* see the case, and administrators, whose looks are on record; an owner outside the team loses it."""
        given, name = need(reason, "restricting a case"), one_line(team)
        with self._turn(reference, officer) as turn:
            case = turn.case
            if name not in {one.team for one in turn.work.officers.all() if not one.disabled and one.team}:
                raise NotAllowedError(f'nobody is in a team "{name}"; name a team that officers belong to')
            if not may_see(turn.who.role, turn.who.team, name):
                raise NotAllowedError(f"you are not in the team {name} and would lose sight of it; ask that team")
            if case.team == name:
                raise NotAllowedError(f"only the team {name} sees {case.reference} already")
            owner = None if case.owner is None else turn.work.officers.find(case.owner)
            stays = owner is not None and may_see(owner.role, owner.team, name)
            by = turn.mark("restricted", **{"from": case.team, "team": name, "reason": given})
            turn.work.cases.change(case, by, team=name, owner=case.owner if stays else None)
            return (
                () if stays or case.owner is None else (f"{case.owner} is not in the team {name} and has it no more",)
            )

    def unrestrict(self, reference: str, officer: str, reason: str) -> None:
        """Let every officer see the case again."""
        given = need(reason, "letting everybody see a case")
        with self._turn(reference, officer) as turn:
            if turn.case.team is None:
                raise NotAllowedError(f"everybody sees {turn.case.reference} already")
            by = turn.mark("unrestricted", **{"from": turn.case.team, "reason": given})
            turn.work.cases.change(turn.case, by, team=None)

    def hold(self, reference: str, officer: str, reason: str) -> None:
        """Set a legal hold: nothing of the case is erased while it stands."""
        given = need(reason, "a legal hold")
        with self._turn(reference, officer) as turn:
            if turn.case.legal_hold is not None:
                raise NotAllowedError(f"{turn.case.reference} is on legal hold already: {turn.case.legal_hold}")
            _keep_hold(turn, "legal_hold_set", given, given)

    def lift(self, reference: str, officer: str, reason: str) -> None:
        """Lift a legal hold; the retention of the case runs again."""
        given = need(reason, "lifting a legal hold")
        with self._turn(reference, officer) as turn:
            if turn.case.legal_hold is None:
                raise NotAllowedError(f"{turn.case.reference} is not on legal hold")
            _keep_hold(turn, "legal_hold_lifted", given, None)


def _keep_hold(turn: Turn, kind: str, reason: str, hold: str | None) -> None:
    turn.work.cases.change(turn.case, turn.mark(kind, reason=reason), legal_hold=hold)


def _heir(work: Work, email: str) -> OfficerRecord:
    """The officer who is to have a request. Raises NotFoundError, NotAllowedError."""
    found = work.officers.find(email)
    if found is None:
        raise NotFoundError(f"there is no officer {email}")
    if found.disabled or not may(found.role, Capability.WORK):
        raise NotAllowedError(f"{found.email} can't work on requests; name somebody who can")
    return found


def _may_have(heir: OfficerRecord, case: Case) -> None:
    if not may_see(heir.role, heir.team, case.team):
        raise NotAllowedError(f"only the team {case.team} sees {case.reference}, and {heir.email} is not in it")
