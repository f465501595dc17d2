"""A backup made while mail comes in, a disk that dies, the copy put back, and the mailbox read again: nothing is lost and nothing goes twice."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from product import making, request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from product import Product
    from servers.dovecot import Dovecot
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
    product.close()
    (tmp_path / "infogov.db").write_bytes(b"what a dying disk leaves" * 1000)

    restored = product.cli("db", "restore", str(copy))
    assert restored.status == 0, restored.errors
    assert "2 letters have gone" in restored.out
    product.configure(mailbox={"infogov": box})
    product.put(*asked("sign"))
    counts = product.run_once()
    assert (counts["requests"], counts["acknowledged"], counts["errors"]) == (3, 0, 0)
    assert requesters(product) == [f"{name}@example.org" for name in ("gate", "lamp", "road", "sign", "wall")]
    assert product.run_once().total() == 0
    assert recipients(product) == told
    waiting = product.app.mailroom().waiting_acknowledgements()
    assert sorted(case.requester_email for case in waiting) == [
        f"{one}@example.org" for one in ("road", "sign", "wall")
    ]
    assert all("look in the sent folder" in case.acknowledge_reasons[0] for case in waiting)
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
    """A file that is missing, no database, or another program's leaves everything as it was; so does a worker that runs."""
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
            done = product.cli(*verb)
            assert done.status == 1
            assert "stop it first" in done.errors
    assert product.picture() == before
    assert list(tmp_path.glob("*.before-restore-*")) == []
    assert list(tmp_path.glob("*.restoring")) == []
