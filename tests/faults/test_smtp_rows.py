"""Every fault of the SMTP side, met by the whole product: no letter is lost, and none is repeated but an acknowledgement under its own name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from faults.scene import Scene
from faults.smtp_rows import SMTP_ROWS
from servers.certificates import make_certificate
from servers.ports import free_port
from servers.smtp import PASSWORD, USER, Phase, SmtpSink

from pipeline.domain.outbox import Frozen, OutboxStatus
from pipeline.mail import transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from faults.fault_table import Proofs
    from product import Product

pytestmark = pytest.mark.dovecot

CASES = {row.name: row.cases for row in SMTP_ROWS}
NOT_AT_HOME = "We are not at home"


def each_case(*names: str) -> Any:
    """Every case of rows *names*."""
    pairs = [(name, case) for name in names for case in CASES[name]]
    return pytest.mark.parametrize(("name", "case"), pairs, ids=["-".join(filter(None, pair)) for pair in pairs])


@pytest.fixture
def scene(make_product: Callable[..., Product], sink: SmtpSink, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """The product and a server that takes everything, so far."""
    monkeypatch.setattr(transport, "DOT_SECONDS", 1.0)
    return Scene(make_product(smtp={"timeout_seconds": 1}), sink)


@pytest.fixture
def make_sink(scene: Scene) -> Iterator[Callable[..., SmtpSink]]:
    """Put another server in the place of the first; keywords are its own, *settings* those of ``[smtp]``."""
    made: list[SmtpSink] = []

    def make(settings: dict[str, Any], **options: Any) -> SmtpSink:
        made.append(SmtpSink(**options))
        scene.sink = made[-1]
        scene.product.configure(smtp={"port": made[-1].port, "timeout_seconds": 1, **settings})
        return made[-1]

    yield make
    for one in made:
        one.stop()


@each_case("smtp-away")
def test_a_server_that_is_away(name: str, case: str, scene: Scene, sink: SmtpSink, proofs: Proofs) -> None:
    """Letters wait in the outbox without being counted as failed."""
    scene.waiting_acknowledgement()
    scene.product.configure(smtp={"port": free_port()})
    scene.send()
    scene.doctor("smtp")
    scene.product.configure(smtp={"port": sink.port})
    proofs.show(name, case, scene.account(scene.runs_until_sent()))


@each_case("smtp-unwelcome")
def test_a_server_that_refuses_the_session(name: str, case: str, scene: Scene, sink: SmtpSink, proofs: Proofs) -> None:
    """A 5xx there is about us, not about the letter, which waits."""
    scene.waiting_acknowledgement()
    code, phase = case.split()
    sink.script.answer = {Phase[phase.upper()]: f"{code} {NOT_AT_HOME}"}
    scene.send()
    scene.doctor("smtp")
    sink.script.answer = {}
    proofs.show(name, case, scene.account(scene.runs_until_sent()))


@each_case("smtp-login")
def test_a_refused_login(
    name: str, case: str, scene: Scene, make_sink: Callable[..., SmtpSink], proofs: Proofs
) -> None:
    """So is a login: an administrator mends it, and every letter goes."""
    scene.waiting_acknowledgement()
    sink = make_sink({"user": USER, "password": "wrong"}, mechanisms=("PLAIN",))
    scene.send()
    scene.doctor("smtp")
    scene.product.configure(smtp={"port": sink.port, "user": USER, "password": PASSWORD})
    proofs.show(name, case, scene.account(scene.runs_until_sent()))


@each_case("smtp-no-starttls", "smtp-expired", "smtp-other-host")
def test_a_server_that_is_not_safe(
    name: str,
    case: str,
    scene: Scene,
    make_sink: Callable[..., SmtpSink],
    tmp_path: Path,
    proofs: Proofs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing leaves over a connection that is not encrypted and proved; then everything does."""
    good = make_certificate(tmp_path)
    shown = {
        "smtp-no-starttls": None,
        "smtp-expired": make_certificate(tmp_path, expired=True),
        "smtp-other-host": make_certificate(tmp_path, "mail.example.org"),
    }[name]
    scene.waiting_acknowledgement()
    monkeypatch.setenv("SSL_CERT_FILE", str((shown or good).cert))
    bad = make_sink({"security": "starttls"}, certificate=shown)
    scene.send()
    scene.doctor("smtp")
    assert bad.commands == []
    monkeypatch.setenv("SSL_CERT_FILE", str(good.cert))
    make_sink({"security": "starttls"}, certificate=good)
    proofs.show(name, case, scene.account(scene.runs_until_sent()))


@each_case("smtp-4xx", "smtp-421")
def test_a_refusal_for_now(name: str, case: str, scene: Scene, sink: SmtpSink, proofs: Proofs) -> None:
    """Whatever step it comes at, the letter is tried again after its wait."""
    scene.waiting_acknowledgement()
    sink.script.answer = {Phase[case]: "451 4.3.0 Not now" if name == "smtp-4xx" else "421 4.3.2 Shutting down"}
    scene.send()
    sink.script.answer = {}
    sink.offered.clear()
    proofs.show(name, case, scene.account(scene.runs_until_sent()))


@each_case("smtp-5xx")
def test_a_refusal_for_good(name: str, case: str, scene: Scene, sink: SmtpSink, proofs: Proofs) -> None:
    """The letter is failed, its case flagged; an officer sends it again when the cause is gone."""
    scene.waiting_response()
    sink.script.answer = {Phase[case]: "554 5.7.1 Never"}
    scene.send()
    scene.doctor("not delivered")
    assert scene.product.cases()[0].flagged
    sink.script.answer = {}
    letter = scene.product.outbox()[-1]
    assert letter.status == OutboxStatus.FAILED
    assert scene.product.deliver().sent == 0
    scene.product.app.mailroom().retry(letter.id)
    sink.offered[:] = sink.letters
    proofs.show(name, case, scene.account(scene.runs_until_sent()))


@each_case("smtp-size")
def test_a_letter_over_the_limit(
    name: str, case: str, scene: Scene, make_sink: Callable[..., SmtpSink], proofs: Proofs
) -> None:
    """It is not even begun, and an officer is told both sizes."""
    scene.waiting_acknowledgement()
    sink = make_sink({}, size_limit=300)
    scene.send()
    assert not any(command.startswith("MAIL") for command in sink.commands)
    scene.doctor("not delivered")
    make_sink({})
    scene.product.app.mailroom().retry(scene.product.outbox()[0].id)
    proofs.show(name, case, scene.account(scene.runs_until_sent()))


@each_case("smtp-some-refused")
def test_one_recipient_refused(name: str, case: str, scene: Scene, sink: SmtpSink, proofs: Proofs) -> None:
    """The letter has gone to the other and must not go there again; that one had none is not passed over in silence."""
    request = scene.waiting_acknowledgement()
    scene.product.deliver()
    now = scene.product.clock.now()
    with scene.product.app.store.write() as work:
        letter = Frozen(
            kind="receipt",
            once_key="two",
            message_id="<two@council.example>",
            envelope_from="foi@council.example",
            recipients=("person0@example.org", "gone@example.org"),
            content=b"Message-ID: <two@council.example>\r\n\r\nThank you.\r\n",
            not_before=now,
            status=OutboxStatus.QUEUED,
        )
        work.outbox.freeze(request.id, letter, at=now)
    sink.script.recipients = {"gone@example.org": "550 5.1.1 No such user"}
    scene.send()
    assert sink.letters[-1].recipients == ("person0@example.org",)
    assert "gone@example.org (550 5.1.1 No such user)" in (scene.product.outbox()[-1].answer or "")
    proofs.show(name, case, scene.account(scene.runs_until_sent()))


@each_case("smtp-drop-before", "smtp-stall-before")
def test_contact_lost_before_the_letter(name: str, case: str, scene: Scene, sink: SmtpSink, proofs: Proofs) -> None:
    """Nothing of it has left, so a response may safely be tried again without anybody's word."""
    scene.waiting_response()
    phase = Phase[case.upper()]
    if name == "smtp-drop-before":
        sink.script.drop = phase
    else:
        sink.script.stall = phase
    scene.send()
    sink.script.drop = sink.script.stall = None
    proofs.show(name, case, scene.account(scene.runs_until_sent()))


@each_case("smtp-lost-acknowledgement")
def test_contact_lost_after_an_acknowledgement(
    name: str, case: str, scene: Scene, sink: SmtpSink, proofs: Proofs
) -> None:
    """It goes once more, the same to the byte: a mail program shows two, a careful one shows one."""
    scene.waiting_acknowledgement()
    lose_contact(sink, case)
    scene.send()
    sink.script.drop = sink.script.stall = None
    seen = scene.account(scene.runs_until_sent())
    assert len({letter.raw for letter in sink.offered}) == 1
    proofs.show(name, case, seen)


@each_case("smtp-lost-response")
def test_contact_lost_after_a_response(name: str, case: str, scene: Scene, sink: SmtpSink, proofs: Proofs) -> None:
    """It stays uncertain however often we run, until an officer says it was delivered."""
    scene.waiting_response()
    lose_contact(sink, case)
    scene.send()
    sink.script.drop = sink.script.stall = None
    letter = scene.product.outbox()[-1]
    assert scene.runs_until_sent() > 1
    assert scene.product.outbox()[-1].status == OutboxStatus.UNCERTAIN
    scene.product.app.mailroom().resolve(letter.id, delivered=True)
    proofs.show(name, case, scene.account(scene.runs_until_sent()))


@each_case("smtp-cut-response")
def test_contact_lost_within_a_response(name: str, case: str, scene: Scene, sink: SmtpSink, proofs: Proofs) -> None:
    """From the first byte on nobody can know; an officer asks, and it goes once more as it was approved."""
    scene.waiting_response()
    sink.script.drop = Phase.BODY
    scene.send()
    sink.script.drop = None
    letter = scene.product.outbox()[-1]
    assert letter.status == OutboxStatus.UNCERTAIN
    scene.product.app.mailroom().resolve(letter.id, delivered=False)
    proofs.show(name, case, scene.account(scene.runs_until_sent()))
    with scene.product.app.store.read() as work:
        assert sink.letters[-1].raw == work.outbox.content(letter.id)


def lose_contact(sink: SmtpSink, case: str) -> None:
    """Let the server take the next letter and never say so."""
    if case == "drop":
        sink.script.drop = Phase.DOT
    else:
        sink.script.stall = Phase.DOT
