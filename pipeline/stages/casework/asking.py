"""An officer's verbs on the questions of a request: the mail keeps the requester's own words, the case what is to be answered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.domain.clock_events import Event, EventKind
from pipeline.domain.errors import NotAllowedError
from pipeline.domain.request import Regime
from pipeline.letters.plain import clean_text, one_line
from pipeline.stages.casework.redrafting import follow
from pipeline.stages.casework.turn import CaseVerbs, Turn, need
from pipeline.store.records import QuestionRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WHY = "the questions were changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a verb on questions left: their *keys* in order, the *key* of the one it made or changed, and sentences for the officer."""

    keys: tuple[int, ...]
    key: int
    remarks: tuple[str, ...] = ()


class QuestionVerbs(CaseVerbs):
    """Verbs on questions, which are named by their lasting key. A draft being written follows, and keeps its answers."""

    def edit_question(
        self, reference: str, key: int, text: str, officer: str, *, label: str | None = None, reason: str = ""
    ) -> Asked:
        """Put a question into other words, or give it another *label*; the trail has the digests of both wordings."""
        with self._turn(reference, officer) as turn:
            turn.need_open()
            old = turn.question(key)
            new = replace(old, text=_words(text), label=old.label if label is None else one_line(label))
            if new == old:
                raise NotAllowedError("nothing was changed: these are the words and the number it has")
            after = [new if one.key == key else one for one in turn.case.questions]
            data = {"key": key, "before": _digest(old.text), "after": _digest(new.text), "reason": reason.strip()}
            return self._keep(turn, "question_edited", after, key, data)

    def add_question(
        self,
        reference: str,
        text: str,
        officer: str,
        *,
        label: str = "",
        after: int | None = None,
        regime: Regime | None = None,
        service_area: str = "",
        reason: str = "",
    ) -> Asked:
        """Add a question that was overlooked, behind the one with the key *after* or at the end."""
        with self._turn(reference, officer) as turn:
            turn.need_open()
            key = next_key(turn)
            own = None if regime is None or regime == turn.case.regime else regime
            made = QuestionRecord(
                position=0, key=key, label=one_line(label), text=_words(text), regime=own,
                service_area=one_line(service_area) or None,
            )  # fmt: skip
            at = len(turn.case.questions) if after is None else turn.question(after).position
            asked = [*turn.case.questions[:at], made, *turn.case.questions[at:]]
            data = {"key": key, "after": _digest(made.text), "regime": own, "reason": reason.strip()}
            return self._keep(turn, "question_added", asked, key, data)

    def split_question(
        self, reference: str, key: int, at: int, officer: str, *, label: str = "", reason: str = ""
    ) -> Asked:
        """Make two questions of one, cut before its character number *at* (from 0); the first keeps key and answer, the second gets *label*."""
        with self._turn(reference, officer) as turn:
            turn.need_open()
            old = turn.question(key)
            first, second = old.text[: max(at, 0)].strip(), old.text[max(at, 0) :].strip()
            if not first or not second:
                raise NotAllowedError(
                    "there have to be words on both sides of the cut; choose a place inside the question"
                )
            made = replace(old, key=next_key(turn), text=second, label=one_line(label), due_on=None)
            asked: list[QuestionRecord] = []
            for one in turn.case.questions:
                asked += [replace(old, text=first), made] if one.key == key else [one]
            data = {"key": made.key, "from": key, "before": _digest(old.text)}
            data |= {"after": [_digest(first), _digest(second)], "reason": reason.strip()}
            return self._keep(turn, "question_split", asked, made.key, data, events=_copied(turn, key, made.key))

    def merge_questions(self, reference: str, key: int, officer: str, *, reason: str = "") -> Asked:
        """Make one question of the one with *key* and the next one; key, number and law of the first stay."""
        with self._turn(reference, officer) as turn:
            turn.need_open()
            old = turn.question(key)
            following = turn.case.questions[old.position :]
            if not following:
                raise NotAllowedError(
                    "there is no question behind this one; move it first, or choose the one before it"
                )
            second = following[0]
            one = replace(
                old, text=f"{old.text}\n\n{second.text}", service_area=old.service_area or second.service_area
            )
            asked = [one if q.key == key else q for q in turn.case.questions if q.key != second.key]
            data = {"key": key, "gone": second.key, "before": [_digest(old.text), _digest(second.text)]}
            data |= {"after": _digest(one.text), "reason": reason.strip()}
            done = self._keep(turn, "questions_merged", asked, key, data, merged={second.key: key})
            if (old.regime or turn.case.regime) == (second.regime or turn.case.regime):
                return done
            law = (old.regime or turn.case.regime).upper()
            return replace(
                done, remarks=(*done.remarks, f"the two were under different laws; the question is under {law} now")
            )

    def remove_question(self, reference: str, key: int, officer: str, reason: str) -> Asked:
        """Take a question off the request, with a reason; a request keeps one at least."""
        given = need(reason, "taking a question off the request")
        with self._turn(reference, officer) as turn:
            turn.need_open()
            gone = turn.question(key)
            asked = [one for one in turn.case.questions if one.key != key]
            if not asked:
                raise NotAllowedError(
                    "a request needs a question; put this one into other words, or mark the mail as not a request"
                )
            data = {"key": key, "before": _digest(gone.text), "reason": given}
            return self._keep(turn, "question_removed", asked, asked[0].key, data)

    def reorder_questions(self, reference: str, keys: Sequence[int], officer: str) -> Asked:
        """Put the questions into the order of *keys*, which names each of them once."""
        with self._turn(reference, officer) as turn:
            turn.need_open()
            known = {one.key: one for one in turn.case.questions}
            if sorted(keys) != sorted(known):
                raise NotAllowedError("name each question once; a colleague may have changed them, so look again")
            if list(keys) == list(known):
                raise NotAllowedError("nothing was changed: that is the order they have")
            data: dict[str, object] = {"keys": list(keys)}
            return self._keep(turn, "questions_reordered", [known[key] for key in keys], keys[0], data)

    def set_question_law(
        self, reference: str, key: int, regime: Regime | None, officer: str, *, reason: str = ""
    ) -> Asked:
        """Give a question a law of its own, and with it a clock of its own; None is the law of the request."""
        with self._turn(reference, officer) as turn:
            turn.need_open()
            old = turn.question(key)
            wanted = regime or Regime(turn.case.regime)
            if wanted == (old.regime or turn.case.regime):
                raise NotAllowedError(f"the question is under {wanted.upper()} already")
            event = Event(kind=EventKind.REGIME_CHANGED, on=turn.today, regime=wanted, question=key)
            by = turn.mark("question_law_changed", key=key, to=wanted, reason=reason.strip())
            before = old.regime or turn.case.regime
            by.data["from"] = before
            self._clocks.put(turn.work, turn.case, [event], by)
            asked = turn.again().questions
            return _asked(asked, key, follow(turn, why="the law of a question was changed", asked=asked))

    def set_service_area(self, reference: str, key: int, service_area: str, officer: str) -> Asked:
        """Say which part of the council has the answer to a question; "" takes that back."""
        with self._turn(reference, officer) as turn:
            turn.need_open()
            area = one_line(service_area) or None
            asked = [
                replace(one, service_area=area) if one.key == turn.question(key).key else one
                for one in turn.case.questions
            ]
            turn.work.questions.rewrite(turn.case.id, asked)
            turn.work.cases.note(turn.case.id, turn.mark("service_area_set", key=key, service_area=area))
            return _asked(asked, key)

    def _keep(
        self,
        turn: Turn,
        kind: str,
        asked: Sequence[QuestionRecord],
        key: int,
        data: Mapping[str, object],
        *,
        events: Sequence[Event] = (),
        merged: Mapping[int, int] | None = None,
    ) -> Asked:
        """Write the questions *asked* with their event, let the dates and the draft follow."""
        digest = turn.work.questions.rewrite(turn.case.id, asked)
        by = turn.mark(kind, **data, digests={"questions": digest})
        for event in events:
            by.data["digests"]["clock"] = turn.work.clock_events.add(
                turn.case.id, event, officer=turn.who.email, at=turn.now
            )
        self._clocks.settle(turn.work, turn.again(), by)
        return _asked(asked, key, follow(turn, why=_WHY, asked=turn.again().questions, merged=merged))


def _asked(asked: Sequence[QuestionRecord], key: int, remarks: tuple[str, ...] = ()) -> Asked:
    return Asked(keys=tuple(one.key for one in asked), key=key, remarks=remarks)


def _words(text: str) -> str:
    words = clean_text(text).strip()
    if not words:
        raise NotAllowedError("a question needs words")
    return words


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def next_key(turn: Turn) -> int:
    """A key that no question of the case has or ever had: events and drafts may still speak of a removed one."""
    past = [event.data for event in turn.work.events.of_case(turn.case.id)]
    told = [value for data in past for name in ("key", "gone") if isinstance(value := data.get(name), int)]
    told += [key for data in past for key in data.get("keys", ())]
    clocks = [event.question for event in turn.work.clock_events.of_case(turn.case.id) if event.question is not None]
    return max([0, *told, *clocks, *(one.key for one in turn.case.questions)]) + 1


def _copied(turn: Turn, key: int, new: int) -> list[Event]:
    """What stands on the clock of the question *key* alone, once more for the question *new* that was part of it."""
    return [replace(one, question=new) for one in turn.work.clock_events.of_case(turn.case.id) if one.question == key]
