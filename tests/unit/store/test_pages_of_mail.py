"""What came in and waits, page by page: each once, in order, and nothing of a case that the viewer may not open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from listing import ADMIN, KIM, TODAY, noon, statements
from storing import MAILBOX, arrival, case_values, position, take

from pipeline.store.events import Happening
from pipeline.store.listing_records import Viewer

if TYPE_CHECKING:
    from pipeline.store import Store

OUTSIDER, INSIDER = Viewer(email=KIM, role="officer"), Viewer(email=KIM, role="officer", team="Children")
AT = noon(TODAY)


def fill(store: Store) -> dict[str, list[int]]:
    """Nine mails: three of no case, one that may belong to a team's case, one of a flagged case, one of a team's, three unreadable."""
    with store.write() as work:
        work.messages.first_contact(MAILBOX, "INBOX", position())
        take(work, *(arrival(uid) for uid in range(1, 10)))
        ids = sorted(work.messages.next_to_read())
        told = {"received_at": AT, "received_on": TODAY, "due_on": TODAY}
        for number in ids[:6]:
            of_a_case = number in ids[4:6]
            values = {
                "verdict": "request" if of_a_case else "other",
                "intent": "request" if of_a_case else "unclear",
                "placed": of_a_case,
            }
            work.messages.settle(number, state="filed", values=told | values)
        for number in ids[6:]:
            work.messages.settle(
                number, state="quarantined", values={"verdict": "quarantined", "last_error": "no parts"}
            )
        for at, team in ((4, None), (5, "Children")):
            values = case_values(
                f"FOI00000001{at}", message_id=ids[at], flagged=True, flag_reasons=("look",), acknowledge="release"
            )
            request_id = work.cases.open(values, ())
            assert request_id is not None
            work.messages.link(request_id, ids[at], side="requester", rung="opened it", at=AT)
            if team:
                work.messages.link(request_id, ids[3], side="suggested", rung="it may", at=AT)
                case = work.cases.by_ids([request_id])[0]
                work.cases.change(case, Happening(kind="restricted", at=AT), team=team)
    return {"loose": ids[:3], "maybe": ids[3:4], "flagged": ids[4:5], "hidden": ids[5:6], "unread": ids[6:]}


def test_new_mail_goes_on_where_a_page_ended(store: Store) -> None:
    """Pages of two show each mail once, in the order in which it came, and the number on "My work" counts the loose ones of them."""
    ids = fill(store)
    for viewer, wanted in (
        (OUTSIDER, [*ids["loose"], *ids["flagged"]]),
        (INSIDER, [*ids["loose"], *ids["maybe"], *ids["flagged"], *ids["hidden"]]),
        (ADMIN, [*ids["loose"], *ids["maybe"], *ids["flagged"], *ids["hidden"]]),
    ):
        seen: list[int] = []
        with store.read() as work:
            while page := work.new_mail.page(viewer, seen[-1] if seen else 0, 2):
                assert len(page) <= 2
                seen += [mail.id for mail in page]
            counted = work.worklists.counts(viewer, today=TODAY, soon=TODAY).new_mail
        assert seen == wanted
        assert counted == len(set(wanted) & {*ids["loose"], *ids["maybe"]})


def test_a_page_of_new_mail_is_three_statements(store: Store) -> None:
    """However much stands on it."""
    fill(store)
    for size in (1, 50):
        with statements(store) as seen, store.read() as work:
            work.new_mail.page(ADMIN, 0, size)
        assert len(seen) == 3


def test_unreadable_mail_and_acknowledgements_go_on_as_well(store: Store) -> None:
    """Both lists begin behind a number and end after so many; acknowledgements of a team's case are its team's."""
    ids = fill(store)
    with store.read() as work:
        assert [one.id for one in work.quarantine.rows(after=ids["unread"][0], limit=1)] == ids["unread"][1:2]
        everybody = work.cases.to_acknowledge()
        assert len(everybody) == 2
        assert [one.reference for one in work.cases.to_acknowledge(OUTSIDER)] == ["FOI000000014"]
        assert work.cases.to_acknowledge(ADMIN, after=everybody[0].id, limit=5) == everybody[1:]
