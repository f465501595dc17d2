"""Retention: what the council's schedule lets go, listed and erased, each with a proof; an open case or a held one never goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.domain.errors import InfogovError, UsageError
from pipeline.domain.retention import WORDS, Rule, Schedule
from pipeline.domain.roles import Capability
from pipeline.journal import log
from pipeline.store.access import acting_officer
from pipeline.store.erasing import By
from pipeline.store.erasures import LAWS, old_notices, old_openings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pipeline.domain.ports import Clock
    from pipeline.settings import Settings
    from pipeline.store import Store, Work

BY_ITSELF = "infogov"
_MAIL = (Rule.OTHER_MAIL, Rule.QUARANTINED, Rule.COPY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One thing that may be erased now: a case, a message, or *count* records; *since* is when its time began to run."""

    rule: Rule
    why: str
    reference: str | None = None
    request_id: int | None = None
    message_id: int | None = None
    since: datetime | None = None
    count: int = 1


@dataclass(slots=True)
class Erased:
    """What one run erased: numbers of proofs, how many of each rule, and what could not be, in words."""

    proofs: list[int] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def count(self, rule: Rule, number: int = 1) -> None:
        """Count what went under *rule*."""
        if number:
            self.counts[rule] = self.counts.get(rule, 0) + number


class Retention:
    """Looks and erases; every case and every message is one transaction, checked again in it."""

    def __init__(self, store: Store, clock: Clock, settings: Settings, *, via: str = "cli") -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._via = via
        kept = settings.retention
        self._schedule = Schedule(
            years={Rule.REQUEST: kept.requests_years, Rule.SAR: kept.sar_years},
            days={
                Rule.RAW_MAIL: kept.raw_mail_days,
                Rule.OTHER_MAIL: kept.other_mail_days,
                Rule.QUARANTINED: kept.quarantined_days,
                Rule.OPENINGS: kept.openings_days,
                Rule.NOTICES: kept.notices_days,
            },
        )

    def due(self, now: datetime | None = None) -> list[Due]:
        """Everything that may be erased now, and why."""
        at = now or self._clock.now()
        with self._store.read() as work:
            return list(self._found(work, at))

    def erase(self, officer: str, now: datetime | None = None) -> Erased:
        """Erase what is due. *officer* is an administrator, or "infogov" for the worker. Raises NotAllowedError, NotFoundError."""
        at = now or self._clock.now()
        who = officer
        if officer != BY_ITSELF:
            with self._store.read() as work:
                who = acting_officer(work, officer, Capability.ADMINISTER).email
        elif not self._settings.retention.by_itself:
            raise UsageError("[retention] by_itself is false: name the officer who erases with --officer")
        done = Erased()
        with self._store.exclusive("retention") as alone:
            if not alone:
                done.problems.append("another process is erasing; try again when it is done")
                return done
            for due in self.due(at):
                self._erase(due, who, at, done)
            # Copies that this run's erasures have left behind, and what the database still holds in its file.
            for due in self._copies(at):
                self._erase(due, who, at, done)
            if done.counts:
                self._store.forget()
        return done

    def by_itself(self) -> Erased:
        """What the worker does: erase where the council has said that it should, and nothing otherwise."""
        return self.erase(BY_ITSELF) if self._settings.retention.by_itself else Erased()

    def _found(self, work: Work, at: datetime) -> Iterator[Due]:
        whole: set[int] = set()
        for rule in LAWS:
            until = self._schedule.until(rule, at)
            for case in work.erasures.cases(rule, until) if until else ():
                whole.add(case.id)
                yield Due(rule=rule, why=WORDS[rule], reference=case.reference, request_id=case.id, since=case.since)
        until = self._schedule.until(Rule.RAW_MAIL, at)
        for case in work.erasures.with_raw_mail(until) if until else ():
            if case.id not in whole:
                why = WORDS[Rule.RAW_MAIL]
                yield Due(rule=Rule.RAW_MAIL, why=why, reference=case.reference, request_id=case.id, since=case.since)
        for rule in _MAIL:
            until = self._schedule.until(rule, at)
            if until is not None or rule is Rule.COPY:
                for mail in work.erasures.mail(rule, until):
                    yield Due(rule=rule, why=WORDS[rule], message_id=mail.id, since=mail.since)
        until = self._schedule.until(Rule.OPENINGS, at)
        if until is not None and (count := work.erasures.openings(until)):
            yield Due(rule=Rule.OPENINGS, why=WORDS[Rule.OPENINGS], count=count)
        until = self._schedule.until(Rule.NOTICES, at)
        if until is not None and (count := work.erasures.notices(until)):
            yield Due(rule=Rule.NOTICES, why=WORDS[Rule.NOTICES], count=count)

    def _copies(self, at: datetime) -> list[Due]:
        return [due for due in self.due(at) if due.rule is Rule.COPY]

    def _erase(self, due: Due, who: str, at: datetime, done: Erased) -> None:
        """Erase one thing in a transaction of its own; what fails is said and hinders nothing else."""
        try:
            with self._store.write() as work:
                self._erase_in(work, due, who, at, done)
        except InfogovError as error:
            done.problems.append(f"{due.reference or f'message {due.message_id}'} was not erased: {error}")
            log.warning("not_erased", rule=due.rule, request=due.request_id, message=due.message_id)

    def _erase_in(self, work: Work, due: Due, who: str, at: datetime, done: Erased) -> None:
        until = self._schedule.until(due.rule, at)
        by = By(officer=who, via=self._via, at=at)
        erasures = work.erasures
        if due.rule is Rule.OPENINGS and until is not None:
            done.count(due.rule, erasures.erase_openings(old_openings(until), by))
        elif due.rule is Rule.NOTICES and until is not None:
            done.count(due.rule, erasures.erase_notices(old_notices(until), by))
        # A hold may have been set, a case reopened, since the list was made: what is locked now is looked at again.
        elif due.message_id is not None and erasures.mail(due.rule, until, due.message_id):
            done.proofs.append(erasures.erase_mail(due.message_id, by, rule=due.rule))
            done.count(due.rule)
        elif due.request_id is not None and until is not None:
            if due.rule is Rule.RAW_MAIL:
                if erasures.with_raw_mail(until, due.request_id):
                    done.proofs.append(erasures.erase_raw_mail(due.request_id, by, rule=due.rule))
                    done.count(due.rule)
            elif erasures.cases(due.rule, until, due.request_id):
                done.proofs.append(erasures.erase_case(due.request_id, by, rule=due.rule))
                work.search.remove(due.request_id)
                done.count(due.rule)
