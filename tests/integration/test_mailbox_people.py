"""People work in the same mailbox, servers renumber and fail: nothing taken is lost, nothing is taken twice, no poll breaks (issue 2, section 5.4)."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from imapclient import SEEN
from product import making, request
from servers.dovecot import PASSWORD

from pipeline.mail.mailbox import ImapMailbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from imapclient import IMAPClient
    from product import Product
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = pytest.mark.dovecot


@pytest.fixture
def make_product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Callable[..., Product]]:
    """Set the product up; keywords are sections of the configuration."""
    with making(tmp_path, dovecot, sink, user) as make:
        yield make


@pytest.fixture
def product(make_product: Callable[..., Product]) -> Product:
    """The product with one mailbox and the plainest configuration."""
    return make_product()


@pytest.fixture
def person(product: Product) -> Iterator[IMAPClient]:
    """Somebody with a mail program, who has the inbox open."""
    with product.dovecot.client(product.users["infogov"]) as client:
        client.select_folder("INBOX")
        yield client


def people(*numbers: int) -> list[bytes]:
    """Requests of different people."""
    return [request(f"r{n}", sender=f"person{n}@example.org") for n in numbers]


def addresses(*numbers: int) -> list[str]:
    """Where those people get their answers."""
    return [f"person{n}@example.org" for n in numbers]


def requesters(product: Product) -> list[str]:
    """Who has a request, in order of arrival."""
    return [case.requester_email for case in product.cases()]


def recipients(sink: SmtpSink) -> list[str]:
    """Who got a letter, in order of address."""
    return sorted(to for letter in sink.letters for to in letter.recipients)


def raws(product: Product) -> set[bytes]:
    """The bytes of every message kept."""
    return {row[0] for row in product.sql("SELECT content FROM raw")}


# ---- people ----------------------------------------------------------------------------------------------------------


def test_reading_leaves_no_trace(product: Product, person: IMAPClient) -> None:
    r"""A poll sets no flag, and what people have read, flagged or answered is taken like everything else."""
    product.put(*people(1, 2, 3))
    person.noop()
    uids = person.search()
    person.add_flags(uids[:1], [SEEN, b"\\Flagged", b"\\Answered"])
    assert product.run_once()["requests"] == 3
    flags = person.get_flags(uids)
    assert set(flags[uids[0]]) - {b"\\Recent"} == {SEEN, b"\\Flagged", b"\\Answered"}
    assert all(set(flags[uid]) <= {b"\\Recent"} for uid in uids[1:])
    person.add_flags(uids, [SEEN])
    person.remove_flags(uids, [b"\\Flagged"])
    before = product.picture()
    assert product.run_once() == {}
    assert product.picture() == before


def test_mail_deleted_after_it_was_taken_is_kept(product: Product, person: IMAPClient) -> None:
    """The inbox is emptied between two polls of a kept connection: every row and byte stays, and later mail is taken."""
    product.put(*people(1, 2, 3))
    product.receive()
    person.noop()
    person.delete_messages(person.search())
    person.expunge()
    product.put(*people(4))
    counts = product.run_once()
    assert (counts["received"], counts["requests"], counts["errors"]) == (1, 4, 0)
    assert raws(product) == set(people_bytes(product, 4))
    assert requesters(product) == addresses(1, 2, 3, 4)
    assert recipients(product.sink) == addresses(1, 2, 3, 4)


def people_bytes(product: Product, number: int) -> list[bytes]:
    """The raw bytes kept, when there are *number* of them; each holds its sender."""
    rows = [row[0] for row in product.sql("SELECT content FROM raw ORDER BY message_id")]
    assert len(rows) == number
    assert all(f"person{n}@example.org".encode() in raw for n, raw in enumerate(rows, 1))
    return rows


def test_mail_moved_away_before_a_poll_holds_nothing_up(product: Product, person: IMAPClient) -> None:
    """What a person moved or deleted before we looked is not ours to find; its neighbours are taken."""
    product.put(*people(1, 2, 3, 4))
    person.noop()
    uids = person.search()
    person.create_folder("Dealt with")
    person.move(uids[1:2], "Dealt with")
    person.delete_messages(uids[2:3])
    person.expunge()
    assert product.run_once() == {"received": 2, "requests": 2, "acknowledged": 2}
    assert requesters(product) == addresses(1, 4)


def test_mail_put_back_is_no_second_request(product: Product, person: IMAPClient) -> None:
    """Moved out and back again, a mail has a new UID: it is a second row, linked to the first, and nothing is sent."""
    product.put(*people(1))
    product.run_once()
    person.noop()
    person.create_folder("Later")
    person.move(person.search(), "Later")
    product.run_once()
    person.select_folder("Later")
    person.move(person.search(), "INBOX")
    assert product.run_once() == {"received": 1, "other": 1}
    assert product.count("message") == 2
    assert product.count("message", "intent = 'duplicate' AND duplicate_of = 1") == 1
    assert requesters(product) == addresses(1)
    assert recipients(product.sink) == addresses(1)


@pytest.mark.parametrize("step", ["envelopes", "bodies"])
def test_mail_expunged_between_search_and_fetch(
    product: Product, person: IMAPClient, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A message that goes in the middle of a poll is no error; the rest is taken, and the next poll brings nothing twice."""
    product.put(*people(1, 2, 3))
    gone: list[int] = []
    real: Any = getattr(ImapMailbox, step)

    def expunging(self: ImapMailbox, uids: Sequence[int]) -> Any:
        if not gone:
            gone.append(uids[1])
            person.noop()
            person.delete_messages(gone)
            person.expunge()
        return real(self, uids)

    monkeypatch.setattr(ImapMailbox, step, expunging)
    counts = product.run_once()
    assert gone
    assert counts["errors"] == 0
    product.put(*people(4))
    product.run_once()
    # The server may still hand over what it had already told us of; what must not happen is a loss or a repeat.
    assert requesters(product) in (addresses(1, 3, 4), addresses(1, 2, 3, 4))
    assert recipients(product.sink) == requesters(product)
    assert product.run_once() == {}


def test_folders_made_and_renamed_break_nothing(make_product: Callable[..., Product]) -> None:
    """A watched folder that a person renames is reported, the others are read; named back, it is read on from where it was."""
    product = make_product(mailbox={"infogov": {"folders": ["INBOX", "Requests/FOI"]}})
    product.put(*people(1), folder="Requests/FOI")
    product.run_once()
    with product.dovecot.client(product.users["infogov"]) as someone:
        someone.create_folder("Newcomers & others")
        someone.rename_folder("Requests/FOI", "Old")
    product.put(*people(2))
    counts = product.run_once()
    assert (counts["received"], counts["acknowledged"], counts["errors"]) == (1, 1, 1)
    [error] = product.receive().errors
    assert "Requests/FOI" in error
    with product.dovecot.client(product.users["infogov"]) as someone:
        someone.rename_folder("Old", "Requests/FOI")
    product.put(*people(3), folder="Requests/FOI")
    counts = product.run_once()
    assert (counts["requests"], counts["acknowledged"], counts["errors"]) == (1, 1, 0)
    assert requesters(product) == addresses(1, 2, 3)
    assert recipients(product.sink) == addresses(1, 2, 3)


def test_a_folder_made_anew_under_its_name_is_read(make_product: Callable[..., Product]) -> None:
    """Deleted and created again, a watched folder has another UIDVALIDITY and UIDs from 1; its new mail is taken, and acknowledged."""
    product = make_product(mailbox={"infogov": {"folders": ["INBOX", "Web"]}})
    product.put(*people(1, 2), folder="Web")
    product.run_once()
    with product.dovecot.client(product.users["infogov"]) as someone:
        someone.delete_folder("Web")
    product.put(*people(3), folder="Web")
    product.run_once()
    assert requesters(product) == addresses(1, 2, 3)
    assert recipients(product.sink) == addresses(1, 2, 3)


# ---- the server ------------------------------------------------------------------------------------------------------


def test_renumbered_mail_makes_no_second_request(product: Product) -> None:
    """UIDVALIDITY changes, with new mail on top: everything is a row again, only the new mail a request, and nobody is answered twice."""
    product.put(*people(1, 2, 3))
    product.run_once()
    product.mailbox().close()
    product.dovecot.reset_uidvalidity(product.users["infogov"])
    product.put(*people(4))
    counts = product.run_once()
    assert counts == {"received": 4, "requests": 1, "other": 3, "acknowledged": 1}
    assert product.count("message") == 7
    assert len({row[0] for row in product.sql("SELECT uidvalidity FROM message")}) == 2
    assert requesters(product) == addresses(1, 2, 3, 4)
    assert recipients(product.sink) == addresses(1, 2, 3, 4)
    assert product.run_once() == {}
    assert product.sides(product.cases()[0]) == [("requester", "request"), ("requester", "other")]


def test_a_restarted_server_costs_nothing(product: Product) -> None:
    """The kept connection dies with the server; the next poll makes another and goes on."""
    product.put(*people(1))
    product.run_once()
    product.dovecot.restart()
    product.put(*people(2))
    assert product.run_once() == {"received": 1, "requests": 1, "acknowledged": 1}


def test_old_mail_is_taken_and_not_acknowledged(product: Product) -> None:
    """On first contact with start = "all", mail older than max_age_days becomes a request with its own dates and no acknowledgement."""
    old = product.clock.now() - timedelta(days=30)
    product.put(*people(1), at=old)
    product.put(*people(2))
    assert product.run_once() == {"received": 2, "requests": 2, "acknowledged": 1}
    assert recipients(product.sink) == addresses(2)
    earlier, _ = product.cases()
    assert earlier.received_at == old
    assert earlier.acknowledge == "officer"
    assert any("older than 3 days" in reason for reason in earlier.acknowledge_reasons)


def test_mail_that_waited_for_us_is_acknowledged(product: Product) -> None:
    """After an outage of ours of any length, what arrived meanwhile is acknowledged: the age rule is for first contact only."""
    product.put(*people(1))
    product.run_once()
    product.put(*people(2))
    product.clock.advance(timedelta(days=10))
    assert product.run_once()["acknowledged"] == 1
    assert recipients(product.sink) == addresses(1, 2)


def test_old_mail_that_somebody_moves_in_is_taken_and_not_acknowledged(product: Product) -> None:
    """A colleague tidies up and drags last year's request into the inbox: it has its row and case, and nobody gets a letter about it."""
    product.run_once()
    product.put(*people(1), at=product.clock.now() - timedelta(days=300))
    product.put(*people(2))
    product.run_once()
    assert requesters(product) == addresses(1, 2)
    assert recipients(product.sink) == addresses(2)


def test_the_nightly_look_takes_in_what_has_no_row(make_product: Callable[..., Product]) -> None:
    """A UID below the cursor without a row, however that came about, is reported and taken; mail that was left alone stays alone."""
    product = make_product(mailbox={"infogov": {"start": "new"}})
    product.put(*people(1), at=product.clock.now() - timedelta(days=5))
    product.run_once()
    product.put(*people(2, 3))
    product.run_once()
    box = product.app.settings.mailbox["infogov"]
    assert product.app.receive.reconcile(product.mailbox(), box).taken == 0
    product.sql("DELETE FROM message WHERE uid = 2")
    found = product.app.receive.reconcile(product.mailbox(), box)
    assert (found.taken, found.errors) == (1, [])
    assert product.app.receive.reconcile(product.mailbox(), box).taken == 0


def test_old_mail_that_comes_in_later_is_taken_though_older_mail_was_left(make_product: Callable[..., Product]) -> None:
    """Start = "new" leaves what was there on first contact; a mail dragged in afterwards has its row whatever its date."""
    product = make_product(mailbox={"infogov": {"start": "new"}})
    product.put(*people(1), at=product.clock.now() - timedelta(days=30))
    product.run_once()
    product.put(*people(2), at=product.clock.now() - timedelta(days=2))
    product.put(*people(3))
    assert product.run_once()["received"] == 2
    assert requesters(product) == addresses(2, 3)


def test_start_new_leaves_older_mail_alone(make_product: Callable[..., Product]) -> None:
    """With start = "new" the first poll takes nothing and says how many it left; later mail is taken; a rescan leaves the old alone, too."""
    product = make_product(mailbox={"infogov": {"start": "new"}})
    product.put(*people(1, 2, 3), at=product.clock.now() - timedelta(days=5))
    first = product.cli("run-once")
    assert first.status == 0
    assert "3 older messages" in first.errors
    assert product.count("message") == 0
    product.put(*people(4))
    assert product.run_once() == {"received": 1, "requests": 1, "acknowledged": 1}
    product.mailbox().close()
    product.dovecot.reset_uidvalidity(product.users["infogov"])
    product.put(*people(5))
    counts = product.run_once()
    assert (counts["requests"], counts["other"], counts["acknowledged"]) == (1, 1, 1)
    assert requesters(product) == addresses(4, 5)
    assert recipients(product.sink) == addresses(4, 5)


def test_taken_mail_is_moved_to_the_processed_folder(make_product: Callable[..., Product]) -> None:
    """After the commit, what was taken moves in one command, flags kept; watching goes on, and what a person puts there is not ours."""
    product = make_product(mailbox={"infogov": {"processed_folder": "Archive/Taken"}})
    product.put(*people(1, 2, 3))
    with product.dovecot.client(product.users["infogov"]) as someone:
        someone.select_folder("INBOX")
        someone.add_flags([someone.search()[0]], [b"\\Flagged"])
        assert product.run_once() == {"received": 3, "requests": 3, "acknowledged": 3}
        someone.noop()
        assert someone.search() == []
        someone.select_folder("Archive/Taken")
        assert len(someone.search("FLAGGED")) == 1
        assert len(someone.search("UNSEEN")) == 3
    assert product.count("message", "moved_at IS NULL") == 0
    product.put(*people(4))
    assert product.run_once() == {"received": 1, "requests": 1, "acknowledged": 1}
    assert product.run_once() == {}
    assert recipients(product.sink) == addresses(1, 2, 3, 4)


def test_a_move_that_fails_is_made_up_for(make_product: Callable[..., Product]) -> None:
    """A processed folder that can't be made leaves the mail where it is, taken all the same; mended, everything moves at the next poll."""
    product = make_product(mailbox={"infogov": {"processed_folder": "INBOX/../bad"}})
    product.put(*people(1, 2))
    counts = product.run_once()
    assert (counts["requests"], counts["acknowledged"], counts["errors"]) == (2, 2, 1)
    product.configure(mailbox={"infogov": {"processed_folder": "Taken"}})
    assert product.receive().moved == 2
    with product.dovecot.client(product.users["infogov"]) as someone:
        assert someone.select_folder("INBOX")[b"EXISTS"] == 0
        assert someone.select_folder("Taken")[b"EXISTS"] == 2
    assert recipients(product.sink) == addresses(1, 2)


# ---- several mailboxes -----------------------------------------------------------------------------------------------


@pytest.fixture
def two(make_product: Callable[..., Product], user: str) -> Product:
    """The product over two mailboxes, the first of which can't be reached."""
    users = {"away": f"u{secrets.token_hex(6)}@northfield.example", "here": user}
    return make_product(users, mailbox={"away": {"port": 1}})


def test_one_mailbox_down_stops_nobody_else(two: Product) -> None:
    """The other mailbox is read, its requests acknowledged, what waited in the outbox goes; the exit status is 1 and the mailbox is named."""
    two.put(*people(1), box="here")
    ended = two.cli("run-once", "--json")
    assert ended.status == 1
    assert "mailbox away" in ended.errors
    [counts] = ended.lines
    assert (counts["received"], counts["requests"], counts["acknowledged"]) == (1, 1, 1)
    assert recipients(two.sink) == addresses(1)
    two.configure()
    two.put(*people(2), box="away")
    assert two.run_once() == {"received": 1, "requests": 1, "acknowledged": 1}


def test_a_refused_login_stops_nobody_else(two: Product) -> None:
    """A wrong password for one mailbox is that mailbox's trouble alone."""
    two.configure(mailbox={"away": {"password": "wrong"}})
    two.put(*people(1), box="here")
    assert two.run_once() == {"received": 1, "requests": 1, "acknowledged": 1, "errors": 1}


def test_the_same_mail_in_two_mailboxes_is_one_request(two: Product) -> None:
    """Sent to two addresses of ours, with other trace headers in each: two rows, one request, one acknowledgement."""
    two.configure()
    [mail] = people(1)
    two.put(b"Received: from mx1.example.net by a\r\n" + mail, box="away")
    two.put(b"Received: from mx2.example.net by b\r\nDelivered-To: b\r\n" + mail, box="here")
    assert two.run_once() == {"received": 2, "requests": 1, "other": 1, "acknowledged": 1}
    [case] = two.cases()
    assert [verdict for _, verdict in two.sides(case)] == ["request", "other"]


def test_nothing_that_is_said_to_the_server_is_kept_for_a_log(
    product: Product, caplog: pytest.LogCaptureFixture
) -> None:
    """With every logger open, imapclient's own too, no mail's words, no password and no command is spelt out: it costs more than the fetching."""
    product.put(*people(1, 2))
    with caplog.at_level(logging.DEBUG):
        assert product.receive().taken == 2
    assert not [line for line in caplog.messages if "Freedom" in line or PASSWORD in line or "BODY" in line]
    assert product.count("raw") == 2
