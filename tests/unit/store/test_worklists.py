"""My work and letters to send: the right numbers in one statement, and each list what its number says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from listing import ADMIN, KIM, OFFICER, SAM, TODAY, add_letters, fill, noon, statements
from storing import MAILBOX, arrival, new_case, position, take

from pipeline.domain.errors import UsageError
from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.roles import may_see
from pipeline.store.events import Happening
from pipeline.store.listing_records import QueueFilter, Viewer

if TYPE_CHECKING:
    from pipeline.store import Store

SOON = TODAY + timedelta(days=7)
SAMS = Viewer(email=SAM.upper(), role="approver", team="Adults")


@pytest.mark.parametrize("viewer", [ADMIN, OFFICER, SAMS, Viewer(email=KIM, role="read_only")])
def test_the_numbers_are_those_of_the_lists(store: Store, viewer: Viewer) -> None:
    """Each number on "My work" is the length of the list behind it."""
    fill(store, 20)
    add_letters(store, noon(TODAY))
    with store.read() as work:
        counts = work.worklists.counts(viewer, today=TODAY, soon=SOON)

        def length(**wanted: object) -> int:
            return work.queue.count(QueueFilter(**wanted), viewer)  # type: ignore[arg-type]

        assert counts.open == length()
        assert counts.mine == length(owner=viewer.email)
        assert counts.mine_due_soon == length(owner=viewer.email, due_from=TODAY, due_until=SOON)
        assert counts.mine_overdue == length(owner=viewer.email, overdue_on=TODAY)
        assert counts.due_soon == length(due_from=TODAY, due_until=SOON)
        assert counts.overdue == length(overdue_on=TODAY)
        assert counts.nobodys == length(nobodys=True)
        assert counts.for_approval == sum(not letter.own for letter in work.worklists.for_approval(viewer).rows)
        assert counts.not_delivered == len(work.worklists.not_delivered(viewer).rows)
        assert counts.uncertain == len(work.worklists.letters(viewer, [OutboxStatus.UNCERTAIN]).rows)
        assert counts.exceptions == len(work.worklists.exceptions(viewer).rows)
    assert counts.open


def test_the_numbers_are_one_statement(store: Store) -> None:
    """However many cases there are."""
    for number in (0, 16):
        if number:
            fill(store, number)
        with statements(store) as seen, store.read() as work:
            work.worklists.counts(ADMIN, today=TODAY, soon=SOON)
        assert len(seen) == 1


def test_nobody_approves_their_own(store: Store) -> None:
    """A letter that the viewer wrote is on the list, marked as their own; the cases due first come first."""
    fill(store, 20)
    add_letters(store, noon(TODAY))
    with store.read() as work:
        letters = work.worklists.for_approval(Viewer(email=KIM, role="admin")).rows
        assert [letter.own for letter in sorted(letters, key=lambda x: x.letter_id)] == [True, False, True, False]
        assert [x.due_on for x in letters] == sorted(x.due_on for x in letters)


def test_lists_of_letters_are_one_statement(store: Store) -> None:
    """None of them asks again for each row."""
    fill(store, 20)
    add_letters(store, noon(TODAY))
    with store.read() as work:
        for ask in (
            lambda: work.worklists.for_approval(ADMIN),
            lambda: work.worklists.exceptions(ADMIN),
            lambda: work.worklists.exception(ADMIN, 1),
            lambda: work.worklists.letters(ADMIN, list(OutboxStatus)),
            lambda: work.worklists.not_delivered(ADMIN),
            lambda: work.worklists.letter_counts(ADMIN),
        ):
            with statements(store) as seen:
                ask()
            assert len(seen) == 1


def test_letters_to_send_by_state(store: Store) -> None:
    """Each state has its list, the newest first, page by page; restricted cases stay hidden."""
    fill(store, 20)
    add_letters(store, noon(TODAY))
    with store.read() as work:
        everything = work.worklists.letters(ADMIN, list(OutboxStatus))
        assert [row.status for row in everything.rows] == [
            "retry", "cancelled", "uncertain", "bounced", "failed", "waiting",
        ]  # fmt: skip
        first = work.worklists.letters(ADMIN, list(OutboxStatus), size=4)
        rest = work.worklists.letters(ADMIN, list(OutboxStatus), first.next, size=4)
        assert first.rows + rest.rows == everything.rows
        assert rest.next is None
        assert work.worklists.letter_counts(ADMIN) == dict.fromkeys(
            ("waiting", "failed", "bounced", "uncertain", "cancelled", "retry"), 1
        )
        seen = {row.request_id for row in work.worklists.letters(OFFICER, list(OutboxStatus)).rows}
        cases = {case.id: case for case in work.cases.every()}
        hidden = {row.request_id for row in everything.rows} - seen
        assert hidden
        assert not any(may_see(OFFICER.role, OFFICER.team, cases[case_id].team) for case_id in hidden)
        with pytest.raises(UsageError):
            work.worklists.letters(ADMIN, list(OutboxStatus), "1 OR 1")


def test_a_letter_that_another_has_replaced_is_not_undelivered(store: Store) -> None:
    """What failed or came back needs somebody until a later letter of the kind has gone its way; a cancelled one replaces nothing."""
    fill(store, 20)
    add_letters(store, noon(TODAY))
    with store.read() as work:
        failed = {row.status for row in work.worklists.not_delivered(ADMIN).rows}
        outbox = {row.status: row for row in work.outbox.summaries()}
    assert failed == {"failed", "bounced"}
    for status, left in (("cancelled", {"failed", "bounced"}), ("queued", {"bounced"})):
        with store.write() as work:
            work.worklists._connection.exec_driver_sql(
                f"UPDATE outbox SET request_id = {outbox['failed'].request_id}, status = '{status}' "  # noqa: S608 - words of ours
                f"WHERE id = {outbox['retry'].id}"
            )
        with store.read() as work:
            assert {row.status for row in work.worklists.not_delivered(ADMIN).rows} == left


def test_exceptions_are_listed_until_somebody_has_looked(store: Store) -> None:
    """An approval by a policy is on the list while its letter counts and nobody has checked it."""
    fill(store, 20)
    add_letters(store, noon(TODAY))
    with store.write() as work:
        letter = next(letter for letter in work.worklists.for_approval(ADMIN).rows if letter.own is False)
        work.worklists._connection.exec_driver_sql(
            f"UPDATE letter SET status = 'approved', exception = '{{\"policy\": \"deputy\"}}' WHERE id = {letter.letter_id}"  # noqa: S608 - a number of ours
        )
    with store.read() as work:
        [listed] = work.worklists.exceptions(ADMIN).rows
        assert work.worklists.exception(ADMIN, letter.letter_id) == listed
        assert work.worklists.exception(ADMIN, letter.letter_id + 1) is None
        assert (listed.letter_id, listed.exception) == (letter.letter_id, {"policy": "deputy"})
        assert work.worklists.counts(ADMIN, today=TODAY, soon=SOON).exceptions == 1
    with store.write() as work:
        work.worklists._connection.exec_driver_sql("UPDATE letter SET exception_checked_at = '2025-06-02 12:00:00'")
    with store.read() as work:
        assert work.worklists.exceptions(ADMIN).rows == ()
        assert work.worklists.exception(ADMIN, letter.letter_id) is None


def test_letters_at_work_go_on_page_by_page(store: Store) -> None:
    """However many wait, and however many cases are due on one day, each stands on one page, in order; other pages are not found."""
    with store.write() as work:
        for number in range(52):
            case = new_case(work, f"FOI1{number:08d}", due_on=TODAY + timedelta(days=number % 3))
            for kind, status in (("response", "for_approval"), ("free", "approved")):
                work.letters.write(case.id, kind, "x = 'y'", officer=SAM, via="web", at=noon(TODAY))
                letter = work.letters.open_letter(case.id, kind)
                assert letter is not None
                if status == "approved":
                    work.letters.except_from_rule(letter.id, {"policy": "deputy", "for": KIM})
                work.letters.move(letter, status, Happening(kind="moved", at=noon(TODAY)))
    with store.read() as work:
        for ask in (work.worklists.for_approval, work.worklists.exceptions):
            first = ask(ADMIN)
            second = ask(ADMIN, first.next)
            both = [(row.due_on, row.letter_id) for row in first.rows + second.rows]
            assert (len(first.rows), len(second.rows), second.next) == (50, 2, None)
            assert both == sorted(set(both))
            assert [row.letter_id for row in ask(ADMIN, size=1_000).rows] == [number for _, number in both]
            for wrong in ("1 OR 1", "2025-02-31.4", "4", "2025-01-01.٤"):
                with pytest.raises(UsageError):
                    ask(ADMIN, wrong)


def test_mail_to_look_at_is_counted_until_it_has_a_case(store: Store) -> None:
    """Filed mail without a case and mail that could not be read are counted; linking, dismissing or a suggestion decide."""
    with store.write() as work:
        work.messages.first_contact(MAILBOX, "INBOX", position())
        take(work, *(arrival(uid) for uid in range(1, 6)))
        filed = {
            "verdict": "internal",
            "intent": "internal",
            "received_at": noon(TODAY),
            "received_on": TODAY,
            "due_on": TODAY,
        }
        for message in (1, 2, 3, 4):
            work.messages.settle(message, state="filed", values=filed)
        work.messages.settle(5, state="quarantined", values={"verdict": "quarantined"})
    fill(store, 1)

    def numbers() -> tuple[int, int]:
        with store.read() as work:
            counts = work.worklists.counts(ADMIN, today=TODAY, soon=SOON)
            assert counts.new_mail == len([mail for mail in work.new_mail.to_check() if mail.opened is None])
        return counts.new_mail, counts.unreadable

    assert numbers() == (4, 1)
    with store.write() as work:
        work.messages.link(1, 1, side="suggested", rung="looks like it", at=noon(TODAY))
        work.messages.link(1, 2, side="internal", rung="quoted", at=noon(TODAY))
        work.new_mail.put(1, 3, side="requester", rung="an officer said so", at=noon(TODAY))
        mail = work.new_mail.find(4)
        assert mail is not None
        work.new_mail.dismiss(mail, officer=KIM, why="a newsletter", via="web", at=noon(TODAY))
    assert numbers() == (1, 1)
