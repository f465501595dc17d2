"""The counter: an officer keys a request in; from then on it is a case like any other, with a message of ours in its file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.domain import clock, regime, topic
from pipeline.domain.acknowledgement import AcknowledgementFacts, AcknowledgementKind, Decision, decide
from pipeline.domain.campaign import wording_digest
from pipeline.domain.clock import due_on
from pipeline.domain.clock_events import LONDON
from pipeline.domain.clock_questions import at_receipt
from pipeline.domain.errors import NotAllowedError, StoreError
from pipeline.domain.message import Address
from pipeline.domain.questions import questions
from pipeline.domain.reference import make
from pipeline.domain.regime_mixed import by_law, days_by_law, to_check
from pipeline.domain.request import Question, Regime, Workflow
from pipeline.domain.shadow import silenced
from pipeline.domain.triage import Intent, Triage, Verdict
from pipeline.domain.validity import shortcomings
from pipeline.letters import posting
from pipeline.letters.paper import on_paper
from pipeline.letters.plain import clean_text, one_line
from pipeline.mail.council import Council
from pipeline.mail.parsing import parse
from pipeline.stages.counter.entry import Stage, mistakes
from pipeline.stages.counter.importing import Imported, Problem, read_rows
from pipeline.store.access import acting_officer
from pipeline.store.cases import NewCase
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from pipeline.domain.calendar import Calendar
    from pipeline.domain.message import Message
    from pipeline.domain.ports import Clock, Ids
    from pipeline.settings import Settings
    from pipeline.stages.counter.entry import Entry
    from pipeline.store import Store, Work
    from pipeline.store.case_clocks import CaseClocks
    from pipeline.store.records import Case, OfficerRecord

_DRAWS = 20
_WRITING = (
    "it was told and not written, and section 8 of the FOIA asks for writing: help the requester to put it in writing; "
    "for environmental information or somebody's own data words are enough"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A request that was keyed in: its *reference*, whether an acknowledgement is on its way, and sentences for the officer."""

    reference: str
    acknowledged: bool
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """An entry as read: what intake would have made of it."""

    entry: Entry
    subject: str
    asked: tuple[Question, ...]
    law: Regime
    law_reasons: tuple[str, ...]
    lacking: tuple[str, ...]
    requester: Address
    received_at: datetime


class _DryRunError(Exception):
    """Rolls back what was only tried."""


@dataclass(frozen=True)
class Counter:
    """An officer's verbs on requests that no mailbox had. Each is one transaction and raises NotFoundError, NotAllowedError."""

    store: Store
    clock: Clock
    ids: Ids
    settings: Settings
    calendar: Calendar
    clocks: CaseClocks
    via: str = "cli"

    @cached_property
    def ours(self) -> frozenset[str]:
        """Addresses that no requester has."""
        return self.settings.own_addresses | Council.of(self.settings).form_senders

    def log(self, entry: Entry, officer: str) -> Logged:
        """Open a request from what an officer keyed in. Raises NotAllowedError that names every mistake in it."""
        now = self.clock.now()
        with self.store.write() as work:
            who = acting_officer(work, officer)
            found = list(mistakes(work, entry, self.ours, clock.received_day(now)))
            if found:
                raise NotAllowedError("\n".join(f"{one.column}: {one.words}; {one.remedy}" for one in found))
            return self._log(work, entry, who, now)

    def import_cases(self, content: bytes, officer: str, *, dry_run: bool) -> Imported:
        """Open the cases of a CSV file (``importing`` says its columns), all or none; with *dry_run* try it and leave nothing behind.

        What stands in the way is in the report, row by row, and nothing is opened then. Raises UsageError for what is no such file.
        """
        now = self.clock.now()
        rows = read_rows(content)
        problems = list(rows.problems)
        opened: list[tuple[str, str]] = []
        try:
            with self.store.write() as work:
                who = acting_officer(work, officer)
                for number, entry in rows.entries:
                    wrong = mistakes(work, entry, self.ours, clock.received_day(now))
                    found = [Problem(number, *one) for one in wrong]
                    problems += found
                    if found:
                        continue
                    try:
                        done = self._log(work, entry, who, now)
                    except NotAllowedError as error:
                        problems.append(Problem(number, "events", str(error), "correct the events or the days"))
                    else:
                        opened.append((entry.own_reference, done.reference))
                if problems or dry_run:
                    raise _DryRunError  # noqa: TRY301 - raising is what rolls the transaction back
        except _DryRunError:
            opened = [(number, "") for number, _ in opened]
        problems.sort(key=lambda one: one.row)
        return Imported(rows=rows.count, opened=tuple(opened), problems=tuple(problems), dry_run=dry_run)

    # ---- parts ---------------------------------------------------------------------------------------------------

    def _log(self, work: Work, entry: Entry, who: OfficerRecord, now: datetime) -> Logged:
        """Keep the message, open the case, acknowledge it where that is due, and let its past follow."""
        reading = _read(entry, now)
        raw = self._raw(reading, who)
        message = parse(raw)
        decision = self._decide(work, reading, message, now)
        due = due_on(reading.law, entry.received_on, self.calendar)
        values = {
            "verdict": Verdict.REQUEST, "intent": Intent.REQUEST, "flagged": False, "subject": reading.subject,
            "reasons": [f"an officer logged it ({entry.channel.replace('_', ' ')})"], "due_on": due,
            "received_on": entry.received_on, "author_name": reading.requester.name,
            "author_email": reading.requester.email or None,
        }  # fmt: skip
        message_id = work.paper.keep(
            raw, entry.channel, received_at=reading.received_at, at=now, attachments=message.attachments, values=values
        )
        case = self._open(work, reading, decision, message_id, who, now)
        work.messages.link(case.id, message_id, side="requester", rung="an officer logged it", at=now)
        sent = self._acknowledge(work, case, decision, now)
        self._past(work, case, entry, who, now)
        due_now = work.cases.by_ids([case.id])[0].due_on
        remarks = [f"{case.reference} is under {reading.law.upper()}, due on {due_now.isoformat()}", *reading.lacking]
        return Logged(
            reference=case.reference, acknowledged=sent, remarks=(*remarks, *(() if sent else decision.reasons))
        )

    def _raw(self, reading: _Reading, who: OfficerRecord) -> bytes:
        entry, requester = reading.entry, reading.requester
        how = "told" if entry.told else "received"
        head = [
            f"Logged by {who.email}: {how} by {entry.channel.replace('_', ' ')}, {entry.received_on.isoformat()}.",
            f"Name: {requester.name or 'not given'}",
            f"E-mail: {requester.email or 'not given'}",
            f"Postal address: {', '.join(clean_text(entry.postal_address).split(chr(10))) or 'not given'}",
        ]
        return on_paper(
            self.settings,
            message_id=self.ids.message_id(posting.own_domain(self.settings)),
            at=reading.received_at,
            subject=reading.subject,
            text="\n".join(head) + "\n\n" + clean_text(entry.text),
            name=requester.name,
            email=requester.email,
            files=entry.files,
        )

    def _decide(self, work: Work, reading: _Reading, message: Message, now: datetime) -> Decision:
        """Whether an acknowledgement goes: by the rules that hold for mail, but for what an officer has said."""
        entry, email = reading.entry, reading.requester.email
        sar = reading.law is Regime.SAR
        kind = AcknowledgementKind.SAR_ACKNOWLEDGEMENT if sar else AcknowledgementKind.ACKNOWLEDGEMENT
        if entry.from_before:
            return Decision(acknowledge=False, kind=None, reasons=("it is from before Infogov",))
        if not email:
            return Decision(acknowledge=False, kind=None, reasons=("no e-mail address is known that it could go to",))
        if not entry.acknowledge:
            reasons = ("the officer who logged it wants none sent by itself",)
            return Decision(acknowledge=False, kind=None, reasons=reasons, offered=kind)
        if _WRITING in reading.lacking:
            reasons = ("it is not in writing yet, so an officer says whether it is acknowledged",)
            return Decision(acknowledge=False, kind=None, reasons=reasons, offered=kind)
        settings = self.settings.acknowledgement
        judged = Triage(verdict=Verdict.REQUEST, intent=Intent.REQUEST, reasons=("an officer logged it",))
        facts = AcknowledgementFacts(
            mode=settings.mode,
            own_addresses=self.ours,
            max_age_days=settings.max_age_days,
            sent_to_sender_today=work.outbox.acknowledged_to(email, now - timedelta(days=1)),
            per_sender_per_day=settings.per_sender_per_day,
            regime=reading.law,
            requester=reading.requester,
        )
        return silenced(decide(message, judged, facts), None, shadow=self.settings.delivery.mode == "shadow")

    def _open(
        self, work: Work, reading: _Reading, decision: Decision, message_id: int, who: OfficerRecord, now: datetime
    ) -> Case:
        """Draw references until one is free: the unique key decides, not a look beforehand (D6)."""
        entry, prefixes = reading.entry, self.settings.reference
        prefix = {Regime.FOI: prefixes.foi, Regime.EIR: prefixes.eir, Regime.SAR: prefixes.sar}[reading.law]
        state = "none" if decision.offered is None else "officer"
        if decision.acknowledge:
            state = "release" if decision.release_needed else "automatic"
        clocks = at_receipt(reading.law, reading.asked, entry.received_on, self.calendar)
        for _ in range(_DRAWS):
            new = NewCase(
                reference=make(prefix, self.ids.reference_digits()),
                regime=reading.law,
                regime_reasons=reading.law_reasons,
                flagged=bool(reading.lacking),
                flag_reasons=reading.lacking,
                received_at=reading.received_at,
                received_on=entry.received_on,
                received_source=f"{who.email} logged it ({entry.channel.replace('_', ' ')})",
                due_on=clocks.due_on or due_on(reading.law, entry.received_on, self.calendar),
                requester_name=reading.requester.name,
                requester_email=reading.requester.email,
                topic=one_line(entry.topic) or topic.topic(entry.subject, reading.asked),
                subject=reading.subject,
                message_id=message_id,
                acknowledge=state,
                acknowledge_kind=decision.kind or decision.offered,
                acknowledge_reasons=decision.reasons,
                created_at=now,
                wording_sha256=wording_digest(reading.asked, reading.requester.key),
                channel=entry.channel,
                own_reference=one_line(entry.own_reference) or None,
                owner=entry.owner.strip().casefold() or None,
                team=entry.team or None,
            )
            request_id = work.cases.open(new, reading.asked, dates=clocks.own_dates(), via=self.via, actor=who.email)
            if request_id is not None:
                return work.cases.by_ids([request_id])[0]
        raise StoreError(f"no free reference was found in {_DRAWS} draws; choose another prefix in [reference]")

    def _acknowledge(self, work: Work, case: Case, decision: Decision, now: datetime) -> bool:
        """Put the acknowledgement into the outbox where the rules say yes; False where they don't."""
        if not decision.acknowledge or decision.release_needed or decision.kind is None or decision.to is None:
            return False
        asked = [(one.regime, one.due_on) for one in case.questions]
        days = days_by_law(case.regime, case.due_on, asked)
        about = posting.Acknowledged(
            request_id=case.id,
            reference=case.reference,
            regime=Regime(case.regime),
            received_on=case.received_on,
            due_on=days.own_data,
            others_due_on=days.others,
            to=decision.to,
            answers=None,
        )
        frozen = posting.seal_acknowledgement(
            self.settings,
            decision.kind,
            about,
            message_id=self.ids.message_id(posting.own_domain(self.settings)),
            at=now,
            not_before=work.outbox.earliest_slot(now, self.settings.acknowledgement.global_per_hour),
        )
        return work.outbox.freeze(case.id, frozen, at=now) is not None

    def _past(self, work: Work, case: Case, entry: Entry, who: OfficerRecord, now: datetime) -> None:
        """Give a case its past: what happened to its clock, its stage, its notes. Raises NotAllowedError with the law's reason."""
        by = Happening(kind="logged", at=now, actor=who.email, via=self.via, data={"channel": entry.channel})
        work.cases.note(case.id, by)
        for event in entry.events:
            recorded = replace(by, kind="clock_event_recorded", data={})
            self.clocks.put(work, work.cases.by_ids([case.id])[0], [event], recorded)
        values: dict[str, object] = {}
        if entry.acknowledged_on is not None:
            values["acknowledged_at"] = datetime.combine(entry.acknowledged_on, time(12), LONDON)
        if entry.stage is not Stage.NEW:
            values["workflow"] = Workflow.DRAFTING
        if values:
            data = {"stage": entry.stage, "acknowledged_on": entry.acknowledged_on}
            work.cases.change(case, replace(by, kind="taken_over", data=data), **values)
        letters = f"Letters sent before Infogov: {entry.letters_sent}" if entry.letters_sent.strip() else ""
        for words in (entry.note, letters):
            if words.strip():
                work.notes.add(case.id, clean_text(words).strip(), officer=who.email, via=self.via, at=now)


def _read(entry: Entry, now: datetime) -> _Reading:
    """Make of an entry what intake makes of a mail: its questions, law, and what it lacks."""
    text = clean_text(entry.text).strip()
    subject = one_line(entry.subject) or f"Request by {entry.channel.replace('_', ' ')}"
    asked = questions(text) or (Question(label="", text=text),)
    guessed = regime.guess(one_line(entry.subject), text)
    law = entry.regime or guessed.regime
    asked = by_law(asked, law, text)
    requester = Address(one_line(entry.requester_name), entry.requester_email.strip())
    reachable = requester if "@" in requester.email else replace(requester, email="by@post")
    known = reachable if requester.email or entry.postal_address.strip() else None
    lacking = shortcomings(known, text, law)
    if entry.told and law is Regime.FOI:
        lacking = (*lacking, _WRITING)
    lacking += to_check(asked, law)
    today = clock.received_day(now)
    return _Reading(
        entry=entry,
        subject=subject,
        asked=asked,
        law=law,
        law_reasons=guessed.reasons if entry.regime is None else ("an officer chose it",),
        lacking=lacking,
        requester=requester,
        received_at=now if entry.received_on == today else datetime.combine(entry.received_on, time(12), LONDON),
    )
