"""Every fault of the IMAP side, met by the whole product: nothing is lost, and the table says how it recovers and what is told."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from faults.imap_rows import AT_LOGIN, IMAP_ROWS
from faults.scene import Scene
from servers.certificates import make_certificate
from servers.imap_faults import Fault, FaultyWire, named

from pipeline.mail import mailbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from faults.fault_table import Proofs
    from product import Product
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = pytest.mark.dovecot

CASES = {row.name: row.cases for row in IMAP_ROWS}
SHUT = b"Server shutting down"


def each_case(*names: str) -> Any:
    """Every case of rows *names*."""
    pairs = [(name, case) for name in names for case in CASES[name]]
    return pytest.mark.parametrize(("name", "case"), pairs, ids=["-".join(filter(None, pair)) for pair in pairs])


@pytest.fixture
def wire(dovecot: Dovecot) -> Iterator[FaultyWire]:
    """A faulty wire to the IMAP server."""
    made = FaultyWire(dovecot.port)
    yield made
    made.stop()


@pytest.fixture
def scene(make_product: Callable[..., Product], wire: FaultyWire, sink: SmtpSink) -> Scene:
    """The product after first contact with an empty mailbox, its connection kept, and then mail."""
    box = {"port": wire.port, "timeout_seconds": 1, "processed_folder": "Done"}
    made = Scene(make_product(mailbox={"infogov": box}), sink)
    made.poll()
    made.mail_comes()
    return made


@each_case("imap-drop", "imap-lost-answer", "imap-stall", "imap-trickle", "imap-bye", "imap-token", "imap-no")
def test_a_command_that_goes_wrong(
    name: str, case: str, scene: Scene, wire: FaultyWire, proofs: Proofs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a command meets, the next poll goes on where the last commit stands, over a new connection."""
    if name == "imap-trickle":
        monkeypatch.setattr(scene.product.mailbox(), "_deadline", 1.0)
    if case in AT_LOGIN:
        scene.product.mailbox().close()
    if case == "SELECT":
        monkeypatch.setattr(mailbox, "_SELECTION_SECONDS", 0.0)
    fault, text = {
        "imap-drop": (Fault.DROP, b""),
        "imap-lost-answer": (Fault.SWALLOW, b""),
        "imap-stall": (Fault.STALL, b""),
        "imap-trickle": (Fault.TRICKLE, b""),
        "imap-bye": (Fault.BYE, SHUT),
        "imap-token": (Fault.BYE, b"Session invalidated - AccessTokenExpired"),
        "imap-no": (Fault.NO, b"[SERVERBUG] Internal error occurred"),
    }[name]
    wire.strike(case.encode(), fault, text)
    scene.poll()
    assert wire.struck
    wire.arm(Fault.NONE)
    proofs.show(name, case, scene.account(scene.polls_until_taken()))


@each_case("imap-half")
def test_a_connection_lost_within_a_message(
    name: str, case: str, scene: Scene, wire: FaultyWire, proofs: Proofs
) -> None:
    """Half a message is never kept."""
    wire.arm(Fault.DROP, after=20_000)
    scene.poll()
    wire.arm(Fault.NONE)
    proofs.show(name, case, scene.account(scene.polls_until_taken()))


@each_case("imap-literal", "imap-nonsense", "imap-no-uidvalidity")
def test_a_server_that_says_what_cannot_be(
    name: str, case: str, scene: Scene, wire: FaultyWire, proofs: Proofs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terabyte announced, an answer that can't be parsed, a folder without UIDVALIDITY: none of it is believed."""
    monkeypatch.setattr(mailbox, "_SELECTION_SECONDS", 0.0)
    pattern, instead = {
        "imap-literal": (rb"(BODY\[\]) \{\d+\}", rb"\1 {999999999999}"),
        "imap-nonsense": (rb"\* 1 FETCH \(", rb"* 1 FETCH )(("),
        "imap-no-uidvalidity": (rb"UIDVALIDITY \d+", b"NONSENSE"),
    }[name]
    wire.misquote = lambda said: re.sub(pattern, instead, said)
    scene.poll()
    wire.misquote = None
    proofs.show(name, case, scene.account(scene.polls_until_taken()))


@each_case("imap-wrong-uidvalidity")
def test_another_uidvalidity_for_one_session(
    name: str, case: str, scene: Scene, wire: FaultyWire, proofs: Proofs
) -> None:
    """The folder is read afresh, twice, and every mail is known by its content."""
    scene.poll()
    wire.misquote = lambda said: re.sub(rb"UIDVALIDITY \d+", b"UIDVALIDITY 7", said)
    scene.mail_comes(1)
    scene.poll()
    wire.misquote = None
    assert scene.taken()
    scene.poll()
    proofs.show(name, case, scene.account(scene.polls_until_taken()))


@each_case("imap-renumbered")
def test_a_folder_with_new_uids(name: str, case: str, scene: Scene, dovecot: Dovecot, proofs: Proofs) -> None:
    """After the mailbox was rebuilt its mail is read again under new UIDs, and makes neither request nor letter a second time."""
    scene.product.configure(mailbox={"infogov": {"port": dovecot.port}})
    scene.poll()
    scene.product.mailbox().close()
    with dovecot.client(scene.product.users["infogov"]) as person:
        person.select_folder("INBOX")
        person.delete_messages([1])
        person.expunge()
    dovecot.reset_uidvalidity(scene.product.users["infogov"])
    scene.poll()
    assert scene.product.count("message") == 5
    seen = scene.account(scene.polls_until_taken())
    assert scene.product.count("message", "duplicate_of IS NOT NULL") == 2
    proofs.show(name, case, seen)


@each_case("imap-left-out")
def test_a_search_that_leaves_a_message_out(
    name: str, case: str, scene: Scene, wire: FaultyWire, proofs: Proofs
) -> None:
    """The cursor has passed it, so no poll would ask again: the nightly reconciliation finds and takes it."""
    wire.misquote = lambda said: said.replace(b"SEARCH 1 2 3", b"SEARCH 1 3")
    scene.poll()
    wire.misquote = None
    scene.poll()
    scene.reconcile()
    proofs.show(name, case, scene.account(scene.polls_until_taken()))


@each_case("imap-no-fetch")
def test_a_no_to_the_sizes(name: str, case: str, scene: Scene, wire: FaultyWire, proofs: Proofs) -> None:
    """A server that says NO to many at once is asked again in halves."""
    wire.strike(b"UID FETCH", Fault.NO, b"[SERVERBUG] Internal error occurred")
    scene.poll()
    assert wire.struck
    proofs.show(name, case, scene.account(scene.polls_until_taken()))


@each_case("imap-one-message")
def test_a_message_that_is_never_handed_over(
    name: str, case: str, scene: Scene, wire: FaultyWire, proofs: Proofs
) -> None:
    """Its neighbours are taken and acknowledged, it is shown to officers, and comes in when the server is mended and it is asked for."""
    whole = {"NO to its size": b"(", "NO to its body and headers": b"BODY"}.get(case, b"BODY.PEEK[]")
    fault = Fault.DROP if case == "drops the connection" else Fault.NO

    def against(line: bytes) -> Fault:
        return fault if b"UID FETCH" in line and whole in line and 2 in named(line) else Fault.NONE

    wire.always = against
    polls = 0
    while scene.product.count("message") < 3:
        scene.poll()
        polls += 1
    assert polls == {"NO to its size": 8, "NO to its body and headers": 8}.get(case, 5)
    scene.product.intake()
    assert scene.product.count("request") == 2
    ((reason, body),) = scene.product.sql("SELECT last_error, body FROM message WHERE state = 'quarantined'")
    assert body == ("missing" if polls == 8 else "refused")
    scene.words = reason
    wire.always = lambda _line: Fault.NONE
    scene.product.app.mailroom().retry_quarantined(2)
    proofs.show(name, case, scene.account(scene.polls_until_taken()))


@each_case("imap-silent")
def test_a_message_that_is_listed_and_not_told_of(
    name: str, case: str, scene: Scene, wire: FaultyWire, proofs: Proofs
) -> None:
    """What SEARCH lists has a row, whatever FETCH says of it; empty bodies are no copies of each other."""
    if case == "no size":
        wire.misquote = lambda said: re.sub(rb"\* 2 FETCH \(UID 2 RFC822.SIZE[^\r]*\r\n", b"", said)
        scene.poll()
        wire.misquote = None
    else:
        wire.always = lambda line: Fault.EMPTY if b"BODY.PEEK[]" in line else Fault.NONE
        scene.poll()
        wire.always = lambda _line: Fault.NONE
        scene.product.intake()
        assert scene.product.count("message", "state = 'quarantined' AND body = 'missing'") == 3
        for number in (1, 2, 3):
            scene.product.app.mailroom().retry_quarantined(number)
        scene.poll()
    proofs.show(name, case, scene.account(scene.polls_until_taken()))


@each_case("imap-no-uidnext")
def test_a_folder_whose_end_is_not_told(
    name: str, case: str, make_product: Callable[..., Product], wire: FaultyWire, sink: SmtpSink, proofs: Proofs
) -> None:
    """With start = "new" what was there is left as it is, and what comes is taken, whatever UIDNEXT says."""
    told = {"none": b"NOTHING 9", "too low": b"UIDNEXT 1", "too high": b"UIDNEXT 4294967295"}[case]
    box = {"port": wire.port, "timeout_seconds": 1, "start": "new"}
    scene = Scene(make_product(mailbox={"infogov": box}), sink)
    scene.mail_comes(2)
    wire.misquote = lambda said: re.sub(rb"UIDNEXT \d+", told, said)
    scene.poll()
    assert scene.product.count("message") == 0
    scene.taken_by_others = {0, 1}
    scene.mail_comes(1)
    scene.poll()
    proofs.show(name, case, scene.account(scene.polls_until_taken()))


@each_case("imap-expunge", "imap-expunge-moving")
def test_a_message_that_goes_while_we_look(
    name: str, case: str, scene: Scene, wire: FaultyWire, dovecot: Dovecot, proofs: Proofs
) -> None:
    """A person deletes a mail under our feet: the others are taken, in the same poll, and the cursor passes the gap."""
    user = scene.product.users["infogov"]

    def gone() -> None:
        with dovecot.client(user) as person:
            person.select_folder("INBOX")
            person.delete_messages([2])
            person.expunge()

    def later() -> None:
        wire.before[b"UID FETCH"] = gone

    wire.before = {
        "before its size is read": {b"UID FETCH": gone},
        "before its body is read": {b"UID FETCH": later},
        "": {b"UID MOVE": gone},
    }[case]
    scene.poll()
    assert wire.before == {}
    if case:
        assert scene.product.count("message") == 2
        scene.taken_by_others = {1}
    proofs.show(name, case, scene.account(scene.polls_until_taken()))


@each_case("imap-expired", "imap-other-host", "imap-unknown-authority")
def test_a_certificate_that_is_not_right(
    name: str,
    case: str,
    scene: Scene,
    dovecot: Dovecot,
    tmp_path: Path,
    proofs: Proofs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No password is sent to a server that can't prove its name; once it can, everything is taken."""
    good = make_certificate(tmp_path)
    other = make_certificate(tmp_path, "mail.example.org")
    expired = make_certificate(tmp_path, expired=True)
    shown, trusted = {
        "imap-expired": (expired, expired),
        "imap-other-host": (other, other),
        "imap-unknown-authority": (good, other),
    }[name]
    secure = FaultyWire(dovecot.port, shown)
    try:
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted.cert))
        scene.product.configure(mailbox={"infogov": {"port": secure.port, "security": "tls"}})
        scene.poll()
        assert secure.commands == []
        scene.doctor("mailbox infogov")
        secure.certificate = good
        monkeypatch.setenv("SSL_CERT_FILE", str(good.cert))
        tries = scene.polls_until_taken()
        proofs.show(name, case, scene.account(tries))
        scene.product.close()
    finally:
        secure.stop()


@each_case("imap-login", "imap-not-ours")
def test_a_server_that_does_not_let_us_in(name: str, case: str, scene: Scene, wire: FaultyWire, proofs: Proofs) -> None:
    """While it refuses nothing happens; once it lets us in, everything is taken."""
    not_ours = b"BAD User is authenticated but not connected."
    wire.answers = {
        "imap-login": {b"AUTHENTICATE": b"NO [AUTHENTICATIONFAILED] Authentication failed."},
        "imap-not-ours": {b"SELECT": not_ours, b"EXAMINE": not_ours},
    }[name]
    scene.product.mailbox().close()
    scene.poll()
    scene.doctor("mailbox infogov")
    wire.answers = {}
    proofs.show(name, case, scene.account(scene.polls_until_taken()))


@each_case("imap-throttled")
def test_a_server_that_asks_for_a_pause(
    name: str, case: str, scene: Scene, wire: FaultyWire, proofs: Proofs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pause is kept without dialling, then everything is taken."""
    monkeypatch.setattr(mailbox, "_SELECTION_SECONDS", 0.0)
    wire.strike(b"SELECT", Fault.NO, b"Request is throttled. Suggested Backoff Time: 900 milliseconds")
    scene.poll()
    dialled = wire.connections
    scene.poll()
    assert wire.connections == dialled
    time.sleep(1)
    proofs.show(name, case, scene.account(scene.polls_until_taken()))


@each_case("imap-away")
def test_a_server_that_is_away(name: str, case: str, scene: Scene, dovecot: Dovecot, proofs: Proofs) -> None:
    """Nobody listens, and then somebody does again."""
    away = FaultyWire(dovecot.port)
    away.stop()
    scene.product.configure(mailbox={"infogov": {"port": away.port}})
    scene.poll()
    scene.doctor("mailbox infogov")
    scene.product.configure(mailbox={"infogov": {"port": dovecot.port}})
    proofs.show(name, case, scene.account(scene.polls_until_taken()))
