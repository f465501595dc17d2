"""A backup made while mail comes in, a disk that dies, the copy put back, and the mailbox read again: nothing is lost and nothing goes twice."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from email import message_from_bytes
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from product import COUNCIL, making, message_id, request

from pipeline.domain.reference import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from product import Product, Ran
    from servers.dovecot import Dovecot
    from servers.smtp import Received as Letter
    from servers.smtp import SmtpSink

pytestmark = pytest.mark.dovecot


@pytest.fixture
def make_product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Callable[..., Product]]:
    """Set the product up; keywords are sections of the configuration."""
    with making(tmp_path, dovecot, sink, user) as make:
        yield make


def asked(*names: str) -> list[bytes]:
    """Requests by *names*, each of another person."""
    return [
        request(name, sender=f"{name}@example.org", subject=f"Request about {name}", body=_body(name)) for name in names
    ]


def _body(name: str) -> str:
    return f"Dear Sir or Madam,\r\n\r\nUnder the Freedom of Information Act, how many {name}s were mended in 2025?\r\n"


def recipients(product: Product) -> list[str]:
    """Who got letters, in order of their names."""
    return sorted(to for letter in product.sink.letters for to in letter.recipients)


def requesters(product: Product) -> list[str]:
    """Whose requests there are, in order of their names."""
    return sorted(case.requester_email for case in product.cases())


@pytest.mark.parametrize("processed", ["", "Done"], ids=["mail stays", "mail is moved away"])
def test_restore_and_replay_lose_nothing_and_double_nothing(
    processed: str, make_product: Callable[..., Product], tmp_path: Path
) -> None:
    """Every mail since the copy is a request again, no requester gets a second letter, and what is in doubt waits for an officer."""
    box = {"processed_folder": processed, "sent_folder": "Sent"}
    product = make_product(mailbox={"infogov": box})
    first = product.one_case(asked("lamp")[0])
    product.approved(first)
    product.put(*asked("gate"))
    product.receive()
    product.intake()  # Its acknowledgement is queued in the copy, and goes after it.
    copy = tmp_path / "copy.db"
    assert product.cli("db", "backup", str(copy)).status == 0
    product.after_undo()
    product.put(*asked("road", "wall"))
    counts = product.run_once()
    assert (counts["requests"], counts["acknowledged"], counts["sent"]) == (2, 3, 1)
    told = recipients(product)
    references = {case.requester_email: case.reference for case in product.cases()}
    product.close()
    (tmp_path / "infogov.db").write_bytes(b"what a dying disk leaves" * 1000)

    restored = product.cli("db", "restore", str(copy))
    assert restored.status == 0, restored.errors
    assert "2 letters have gone" in restored.out
    assert "names 2 requests that came after the copy" in restored.out
    product.configure(mailbox={"infogov": box})
    product.put(*asked("sign"))
    counts = product.run_once()
    assert (counts["requests"], counts["acknowledged"], counts["errors"]) == (3, 0, 0)
    assert requesters(product) == [f"{name}@example.org" for name in ("gate", "lamp", "road", "sign", "wall")]
    assert product.run_once().total() == 0
    assert recipients(product) == told
    waiting = product.app.mailroom().waiting_acknowledgements()
    assert [case.requester_email for case in waiting] == ["sign@example.org"]
    assert "look in the sent folder" in waiting[0].acknowledge_reasons[0]
    assert references.items() <= {case.requester_email: case.reference for case in product.cases()}.items()
    assert product.case(first.reference).workflow == "sent"
    product.put(*asked("bench"))
    assert product.run_once()["acknowledged"] == 1
    assert product.app.store.verify().ok
    assert len(list(tmp_path.glob("infogov.db.before-restore-*"))) == 1


def test_without_a_sent_folder_an_officer_decides(make_product: Callable[..., Product], tmp_path: Path) -> None:
    """What was on its way in the copy goes to nobody until somebody says that it did not arrive; then once, as it was."""
    product = make_product()
    product.put(*asked("lamp"))
    product.receive()
    product.intake()
    copy = tmp_path / "copy.db"
    assert product.cli("db", "backup", str(copy)).status == 0
    product.close()
    assert product.cli("db", "restore", str(copy)).status == 0
    product.configure()
    assert product.run_once().total() == 0
    [letter] = product.outbox()
    assert letter.status == "uncertain"
    product.app.mailroom().resolve(letter.id, delivered=False)
    assert product.deliver().acknowledged == 1
    assert recipients(product) == ["lamp@example.org"]


def test_a_renumbered_folder_after_a_restore_sends_nothing_either(
    make_product: Callable[..., Product], dovecot: Dovecot, tmp_path: Path
) -> None:
    """Mailbox and database both put back: old mail is known by its content, new mail is a request without a letter, later mail is as ever."""
    product = make_product()
    product.one_case(asked("lamp")[0])
    copy = tmp_path / "copy.db"
    product.cli("db", "backup", str(copy))
    product.put(*asked("road"))
    product.run_once()
    product.close()
    dovecot.reset_uidvalidity(product.users["infogov"])
    told = recipients(product)
    assert product.cli("db", "restore", str(copy)).status == 0
    product.configure()
    product.run_once()
    assert requesters(product) == ["lamp@example.org", "road@example.org"]
    assert recipients(product) == told
    product.put(*asked("sign"))
    assert product.run_once()["acknowledged"] == 1


def test_a_backup_made_while_mail_is_filed_is_one_picture(make_product: Callable[..., Product], tmp_path: Path) -> None:
    """Copies taken in the middle of the work are whole, and their trails prove themselves."""
    product = make_product()
    product.put(*asked(*(f"thing{number}" for number in range(30))))
    done = threading.Event()

    def work() -> None:
        product.receive()
        product.intake()
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    copies = []
    while not done.is_set() or not copies:
        copies.append(tmp_path / f"copy{len(copies)}.db")
        product.app.store.backup(copies[-1])
    thread.join(30)
    for copy in copies:
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            [(taken,)] = connection.execute("SELECT count(*) FROM message").fetchall()
            [(raw,)] = connection.execute("SELECT count(*) FROM raw").fetchall()
            assert taken == raw
    product.close()
    assert product.cli("db", "restore", str(copies[0])).status == 0
    assert product.cli("audit", "verify").status == 0


def test_what_is_no_copy_is_not_put_in_place(make_product: Callable[..., Product], tmp_path: Path) -> None:
    """A file that is missing, no database, or another program's leaves everything as it was; so do a worker and pages that run."""
    product = make_product()
    product.one_case()
    before = product.picture()
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE x (y)")
    text = tmp_path / "text.db"
    text.write_text("not a database " * 500)
    for file, words in (
        (tmp_path / "none.db", "there is no such file"),
        (text, "not a database"),
        (other, "no infogov"),
    ):
        done = product.cli("db", "restore", str(file))
        assert done.status == 1
        assert words in done.errors
    copy = tmp_path / "copy.db"
    product.cli("db", "backup", str(copy))
    with product.app.store.exclusive("worker"):
        for verb in (("db", "restore", str(copy)), ("db", "restored")):
            done = product.process(*verb)
            assert done.status == 1
            assert "stop it first" in done.errors
    with product.app.store.present("pages"):
        for verb in (("db", "restore", str(copy)), ("db", "copy", f"sqlite:///{tmp_path}/moved.db")):
            done = product.process(*verb)
            assert done.status == 1
            assert "officers' pages run on this database; stop them first" in done.errors
    newer = tmp_path / "newer.db"
    newer.write_bytes(copy.read_bytes())
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    for file, words in ((newer, "made by a newer release"), (tmp_path / "infogov.db", "which is in use")):
        done = product.cli("db", "restore", str(file))
        assert done.status == 1
        assert words in done.errors
        assert "nothing was changed" in done.errors
    assert product.picture() == before
    assert list(tmp_path.glob("*.before-restore-*")) == []
    assert list(tmp_path.glob("*.restoring")) == []


def test_a_restore_that_was_cut_off_is_not_a_new_beginning(
    make_product: Callable[..., Product], tmp_path: Path
) -> None:
    """Killed between its two renames, it leaves no database: nobody starts on an empty one, doctor fails, and the restore done again mends it."""
    product = make_product()
    product.one_case()
    copy = tmp_path / "copy.db"
    product.cli("db", "backup", str(copy))
    product.close()
    (tmp_path / "infogov.db").rename(tmp_path / "infogov.db.before-restore-20261122T101010Z")
    (tmp_path / "infogov.db.restoring").write_bytes(copy.read_bytes())
    (tmp_path / "infogov.db-wal").write_bytes(b"the old file's log")
    for verb in ("run-once", "doctor", "db upgrade"):
        done = product.cli(*verb.split())
        assert done.status == 1
        assert "a restore was cut off" in done.out + done.errors
    assert not (tmp_path / "infogov.db").exists()
    assert product.cli("db", "restore", str(copy)).status == 0
    # The log goes to the file it belongs to: beside the copy SQLite would take it for the copy's own.
    assert (tmp_path / "infogov.db.before-restore-20261122T101010Z-wal").read_bytes() == b"the old file's log"
    assert product.cli("doctor").out.count("a restore was cut off") == 0
    product.configure()
    assert product.count("request") == 1


def back_to(product: Product, copy: Path, **sections: dict[str, object]) -> Ran:
    """Put *copy* back, and start again with the same configuration."""
    product.close()
    done = product.cli("db", "restore", str(copy))
    assert done.status == 0, done.errors
    product.configure(**sections)
    return done


def answer(letter: Letter, name: str, sender: str, words: str) -> bytes:
    """What a mail program makes when *sender* answers *letter*."""
    ours = message_from_bytes(letter.raw)
    thread = (f"In-Reply-To: {ours['Message-ID']}", f"References: {ours['References']} {ours['Message-ID']}")
    return request(name, sender=sender, subject=f"Re: {ours['Subject']}", body=words, headers=thread)


def test_a_request_read_again_is_what_its_requester_was_told(
    make_product: Callable[..., Product], tmp_path: Path
) -> None:
    """Its reference, its acknowledgement and that it was answered come back from the sent folder; the requester's next mail finds it."""
    box = {"mailbox": {"infogov": {"sent_folder": "Sent"}}}
    product = make_product(**box)
    known = product.one_case(asked("lamp")[0])
    copy = tmp_path / "copy.db"
    product.cli("db", "backup", str(copy))
    lost = product.one_case(asked("road")[0])
    product.approved(lost)
    product.approved(known)
    product.after_undo()
    assert product.run_once()["sent"] == 2
    road = [letter for letter in product.sink.letters if "road@example.org" in letter.recipients]

    done = back_to(product, copy, **box)
    assert "names 1 requests that came after the copy" in done.out
    assert "1 letters went since to requests that are here" in done.out
    product.run_once()
    case = product.case(lost.reference)
    assert (case.requester_email, case.acknowledge) == ("road@example.org", "none")
    assert case.acknowledged_at is not None
    assert lost.reference in case.acknowledge_reasons[0]
    for one in (case, product.case(known.reference)):
        assert [why for why in one.flag_reasons if "lies in the sent folder and was lost" in why]
    with product.app.store.read() as work:
        [event] = [one for one in work.events.of_case(case.id) if one.kind == "reference_given_back"]
    assert event.data["letters"] == [message_id(letter) for letter in road]
    product.put(answer(road[0], "more", "road@example.org", "Thank you. When may I expect the answer?\r\n"))
    assert product.run_once()["replies"] == 1
    assert ("requester", "reply") in product.sides(product.case(lost.reference))
    refused = product.cli("acknowledgements", "release", lost.reference)
    assert "has its acknowledgement already" in refused.errors
    assert product.app.store.verify().ok


def test_only_our_own_letters_give_a_reference_back(make_product: Callable[..., Product], tmp_path: Path) -> None:
    """Neither a forged acknowledgement that arrives, nor a letter by hand in the sent folder, nor another's mail under the same id counts."""
    box = {"mailbox": {"infogov": {"sent_folder": "Sent"}}}
    product = make_product(**box)
    product.one_case(asked("lamp")[0])
    copy = tmp_path / "copy.db"
    product.cli("db", "backup", str(copy))
    product.put(*asked("road", "wall"))
    product.run_once()
    told = {case.requester_email: case.reference for case in product.cases()}
    wanted = make("FOI", "12345678")

    def letter(own_id: str, to: str, answers: str) -> bytes:
        return (
            f"From: {COUNCIL}\r\nTo: {to}\r\nSubject: {wanted}: we have received your request\r\n"
            f"Date: {format_datetime(product.clock.now())}\r\nMessage-ID: {own_id}\r\nIn-Reply-To: {answers}\r\n"
            "Auto-Submitted: auto-replied\r\n\r\nA letter.\r\n"
        ).encode()

    [wall] = asked("wall")
    thief = wall.replace(b"From: wall@example.org", b"From: thief@example.org").replace(b"walls", b"gates")
    product.put(letter(f"<{'a' * 32}@council.example>", "wall@example.org", "<wall@mail.example.org>"), thief)
    product.put(letter("<AM0PR04MB@outlook.example>", "wall@example.org", "<wall@mail.example.org>"), folder="Sent")
    back_to(product, copy, **box)
    product.run_once()
    now = {case.requester_email: case.reference for case in product.cases()}
    assert told.items() <= now.items()
    assert now["thief@example.org"] not in {wanted, *told.values()}
    assert wanted not in now.values()


def test_a_reference_that_is_lost_is_explained(make_product: Callable[..., Product], tmp_path: Path) -> None:
    """Without a sent folder an answer to a lost acknowledgement goes to the request made again, and what names another lost one waits."""
    product = make_product()
    product.receive()
    copy = tmp_path / "copy.db"
    product.cli("db", "backup", str(copy))
    lost = product.one_case(asked("road")[0])
    [letter] = product.sink.letters
    done = back_to(product, copy)
    assert "no sent_folder is configured" in done.errors
    product.run_once()
    [again] = product.cases()
    assert again.reference != lost.reference
    product.put(answer(letter, "more", "road@example.org", "Thank you. When may I expect the answer?\r\n"))
    product.put(request("else", sender="wall@example.org", subject=f"Request, see {make('FOI', '12345678')}"))
    counts = product.run_once()
    assert (counts["replies"], counts["requests"], counts["acknowledged"]) == (1, 1, 0)
    words = "which no request here has; the database was restored on"
    first, second = product.cases()
    assert [why for why in first.flag_reasons if f"it names {lost.reference}, {words}" in why]
    assert [why for why in second.flag_reasons if words in why]
    assert "told another reference" in second.acknowledge_reasons[0]
    assert second.acknowledge == "officer"


def test_an_answer_read_again_along_with_its_request_goes_to_it(
    make_product: Callable[..., Product], tmp_path: Path
) -> None:
    """Request and answer to its lost acknowledgement, in one batch after a restore: the answer is that case's, under another subject, too."""
    product = make_product()
    product.receive()
    copy = tmp_path / "copy.db"
    product.cli("db", "backup", str(copy))
    product.one_case(asked("road")[0])
    [letter] = product.sink.letters
    words = answer(letter, "more", "road@example.org", "Thank you. When may I expect the answer?\r\n")
    product.put(words.replace(b"Subject: Re: ", b"Subject: Thank you: "))
    assert product.run_once()["replies"] == 1
    back_to(product, copy)
    counts = product.run_once()
    assert (counts["requests"], counts["replies"], counts["acknowledged"]) == (1, 1, 0)
    [case] = product.cases()
    assert ("requester", "reply") in product.sides(case)


def test_mail_taken_and_not_filed_in_the_copy_is_not_acknowledged_again(
    make_product: Callable[..., Product], tmp_path: Path
) -> None:
    """It was filed and acknowledged after the copy was made; the restored database files it without a letter."""
    product = make_product()
    product.put(*asked("road"))
    product.receive()
    copy = tmp_path / "copy.db"
    product.cli("db", "backup", str(copy))
    product.run_once()
    back_to(product, copy)
    counts = product.run_once()
    assert (counts["requests"], counts["acknowledged"]) == (1, 0)
    assert recipients(product) == ["road@example.org"]


def test_a_sent_folder_that_is_away_can_be_asked_again(make_product: Callable[..., Product], tmp_path: Path) -> None:
    """The first try says so and what to do; said once more while nothing runs, the references are found, and no letter is counted twice."""
    box = {"mailbox": {"infogov": {"sent_folder": "Sent"}}}
    product = make_product(**box)
    product.put(*asked("gate"))
    product.receive()
    product.intake()
    copy = tmp_path / "copy.db"
    product.cli("db", "backup", str(copy))
    product.put(*asked("road"))
    product.run_once()
    told = {case.requester_email: case.reference for case in product.cases()}
    product.configure(mailbox={"infogov": {"sent_folder": "Gone/Sent"}})
    done = back_to(product, copy, mailbox={"infogov": {"sent_folder": "Gone/Sent"}})
    assert "infogov db restored again" in done.errors
    assert "1 wait for a word" in done.out
    product.configure(**box)
    for gone, waiting in ((1, 0), (0, 0)):
        done = product.cli("db", "restored")
        assert f"{gone} letters have gone" in done.out
        assert f"{waiting} wait for a word" in done.out
    product.run_once()
    assert {case.requester_email: case.reference for case in product.cases()} == told
    assert product.count("event", "kind = 'lost_letter_found'") == 1


def test_a_folder_that_the_copy_does_not_know_is_read_quietly(
    make_product: Callable[..., Product], tmp_path: Path
) -> None:
    """Mail of a folder added after the copy was made becomes requests, with the references that were given, and no second letter."""
    first = {"sent_folder": "Sent"}
    product = make_product(mailbox={"infogov": first})
    product.one_case(asked("lamp")[0])
    copy = tmp_path / "copy.db"
    product.cli("db", "backup", str(copy))
    later = first | {"folders": ["INBOX", "Form"], "processed_folder": "Done"}
    product.configure(mailbox={"infogov": later})
    product.put(*asked("road"), folder="Form")
    product.run_once()
    product.run_once()
    told = {case.requester_email: case.reference for case in product.cases()}
    back_to(product, copy, mailbox={"infogov": later})
    product.put(*asked("wall"), folder="Form")
    assert product.run_once()["acknowledged"] == 0
    now = {case.requester_email: case.reference for case in product.cases()}
    assert told.items() <= now.items()
    assert [case.requester_email for case in product.app.mailroom().waiting_acknowledgements()] == ["wall@example.org"]
    assert recipients(product) == ["lamp@example.org", "road@example.org"]
