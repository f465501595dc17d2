"""Letters in queues, exceptions, deputies and what was typed: the rows behind drafting and approving, on either database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from storing import AT, new_case

from pipeline.store.events import Happening

if TYPE_CHECKING:
    from pipeline.store import Store, Work
    from pipeline.store.records import LetterRecordRow

KIM, LEE = "kim@example.gov.uk", "lee@example.gov.uk"
DAY = date(2025, 1, 6)


def written(work: Work, request_id: int, kind: str, officer: str = KIM) -> LetterRecordRow:
    """A letter with one version."""
    work.letters.write(request_id, kind, "x = 1\n", officer=officer, via="cli", at=AT)
    found = work.letters.open_letter(request_id, kind)
    assert found is not None
    return found


def up(work: Work, letter: LetterRecordRow, status: str, **values: object) -> None:
    """Move a letter on."""
    work.letters.move(letter, status, Happening(kind="moved", at=AT), **values)


def test_letters_are_listed_by_where_they_stand(store: Store) -> None:
    """The case due first stands first, everybody who wrote is named once, and no text is read."""
    with store.write() as work:
        late = new_case(work, "FOI000000015", due_on=date(2025, 3, 1))
        soon = new_case(work, "FOI000000023", due_on=date(2025, 2, 1))
        for case in (late, soon):
            up(work, written(work, case.id, "response"), "for_approval", submitted_by=KIM, submitted_at=AT)
        letter = written(work, soon.id, "free")
        work.letters.write(soon.id, "free", "x = 2\n", officer=LEE, via="cli", at=AT)
        work.letters.write(soon.id, "free", "x = 3\n", officer=KIM, via="cli", at=AT)
    with store.read() as work:
        assert [one.reference for one in work.letters.for_approval()] == ["FOI000000023", "FOI000000015"]
        [draft] = [one for one in work.letters.of_case(soon.id) if one.status == "drafting"]
        assert (draft.kind, draft.version, draft.submitted_by) == ("free", 3, None)
        assert [(one.version, one.officer) for one in work.letters.versions(letter.id)] == [
            (1, KIM),
            (2, LEE),
            (3, KIM),
        ]


def test_an_exception_waits_until_it_is_checked_or_wiped(store: Store) -> None:
    """Only of letters that are approved or gone; a new version wipes it, and so does a plain approval."""
    with store.write() as work:
        case = new_case(work)
        letter = written(work, case.id, "response")
        work.letters.except_from_rule(letter.id, {"policy": "deputy", "for": LEE})
        assert work.letters.exceptions_to_check() == []
        up(work, letter, "approved", approved_by=KIM, approved_at=AT)
        [listed] = work.letters.exceptions_to_check()
        assert listed.exception == {"policy": "deputy", "for": LEE}
        up(work, letter, "approved", exception_checked_by=LEE, exception_checked_at=AT)
        assert work.letters.exceptions_to_check() == []
        work.letters.except_from_rule(letter.id, None)
        work.letters.write(case.id, "response", "x = 2\n", officer=KIM, via="cli", at=AT)
        found = work.letters.by_id(letter.id)
    assert found is not None
    assert (found.exception, found.exception_checked_by, found.status) == (None, None, "drafting")


def test_a_letter_sent_once_more_stands_beside_the_first(store: Store) -> None:
    """It waits for approval with its address, is never taken for the letter being written, and the trail vouches for it."""
    with store.write() as work:
        case = new_case(work)
        first = written(work, case.id, "response")
        letter_id = work.letters.resend(first, 7, "a@example.org", officer=LEE, via="web", at=AT)
    with store.read() as work:
        again = work.letters.by_id(letter_id)
        assert again is not None
        assert (again.kind, again.resends, again.resend_to, again.writers) == ("resend", 7, "a@example.org", (LEE,))
        assert work.letters.open_letter(case.id, "response") == first
        assert [one.resend_to for one in work.letters.for_approval()] == ["a@example.org"]
        assert "a@example.org" not in str(work.events.of_case(case.id))
    assert store.verify().findings == []


def test_a_question_to_colleagues_is_done_with_once_it_is_on_its_way(store: Store) -> None:
    """So that the next one can be written while it waits to be delivered."""
    with store.write() as work:
        case = new_case(work)
        up(work, written(work, case.id, "service_area"), "approved")
        assert work.letters.open_letter(case.id, "service_area") is None
        up(work, written(work, case.id, "free"), "approved")
        assert work.letters.open_letter(case.id, "free") is not None


def test_deputies_hold_between_their_days(store: Store) -> None:
    """Both days included; one that was ended holds no more, and both are on record with who did it."""
    with store.write() as work:
        for email in (KIM, LEE):
            work.officers.add(email, email, "approver", via="cli", at=AT)
        number = work.deputies.add(LEE, KIM, DAY, DAY + timedelta(days=1), by=KIM, via="cli", at=AT)
        for days, holds in ((-1, False), (0, True), (1, True), (2, False)):
            assert bool(work.deputies.of(LEE, DAY + timedelta(days=days))) is holds
        assert work.deputies.of(KIM, DAY) == []
        assert [one.id for one in work.deputies.current(DAY - timedelta(days=9))] == [number]
        work.deputies.end(number, by=LEE, via="cli", at=AT)
        assert work.deputies.of(LEE, DAY) == work.deputies.current(DAY) == []
        ended = work.deputies.by_id(number)
        assert work.deputies.by_id(number + 1) is None
    assert ended is not None
    assert ended.ended_at == AT
    assert store.verify().findings == []


def test_what_was_typed_is_kept_for_each_officer(store: Store) -> None:
    """The last typing counts; others see that somebody types, and since when."""
    with store.write() as work:
        case = new_case(work)
        typed: list[dict[str, Any]] = [{"a": "1"}, {"a": "two", "b": ["x"]}]
        for number, form in enumerate(typed):
            at = AT + timedelta(minutes=number)
            work.autosaves.keep(case.id, "response", KIM, form=form, base_version=number, at=at)
        found = work.autosaves.find(case.id, "response", KIM)
        assert found is not None
        assert (found.form, found.base_version, found.at) == ({"a": "two", "b": ["x"]}, 1, AT + timedelta(minutes=1))
        assert [one.officer for one in work.autosaves.others(case.id, "response", LEE, AT)] == [KIM]
        assert work.autosaves.others(case.id, "response", KIM, AT) == []
        assert work.autosaves.others(case.id, "response", LEE, AT + timedelta(minutes=2)) == []
        work.autosaves.clear(case.id, "response", KIM)
        assert work.autosaves.find(case.id, "response", KIM) is None
