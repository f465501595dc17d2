"""What the real transport does when the SMTP server, the wire or the configuration is not right."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from servers.certificates import make_certificate
from servers.smtp import PASSWORD, USER, Phase, SmtpSink

from pipeline.domain.errors import LoginError, TransportError, UncertainError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from servers.certificates import Certificate

    from pipeline.mail.transport import SmtpTransport

    Make = Callable[..., SmtpTransport]
    MakeSink = Callable[..., SmtpSink]

SENDER, ANN = "foi@northfield.example", "ann@example.org"
LETTER = b"Subject: Your request\r\n\r\nDear Ann\r\n"


class Mark:
    """Counts how often before_data was called."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        """Count."""
        self.calls += 1


def send(transport: SmtpTransport, mark: Mark | None = None, raw: bytes = LETTER) -> str:
    """Send *raw* to Ann; returns the server's answer."""
    return transport.send(SENDER, [ANN], raw, before_data=mark or Mark()).answer


@pytest.mark.parametrize(
    ("phase", "marked"),
    [(Phase.MAIL, False), (Phase.RCPT, False), (Phase.DATA, True), (Phase.DOT, True)],
)
@pytest.mark.parametrize(("answer", "permanent"), [("451 4.3.0 Not now", False), ("554 5.7.1 Never", True)])
def test_a_refusal_at_any_step_delivers_nothing(
    sink: SmtpSink, make_transport: Make, phase: Phase, *, marked: bool, answer: str, permanent: bool
) -> None:
    """A 4xx may be tried again and a 5xx may not, also after the final dot; the connection serves the next letter."""
    transport, mark = make_transport(sink.port), Mark()
    sink.script.answer = {phase: answer}
    with pytest.raises(TransportError, match=answer[4:]) as caught:
        send(transport, mark)
    assert (caught.value.permanent, caught.value.code) == (permanent, int(answer[:3]))
    assert mark.calls == marked
    sink.script.answer = {}
    send(transport)
    assert len(sink.letters) == 1
    assert sink.connections == 1


@pytest.mark.parametrize(
    ("phase", "answer"),
    [
        (Phase.MAIL, "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
        (Phase.DOT, "554 5.2.252 SendAsDenied; foi@northfield.example not allowed to send as foi@northfield.example"),
    ],
)
def test_a_missing_send_as_condemns_no_letter(sink: SmtpSink, make_transport: Make, phase: Phase, answer: str) -> None:
    """It would refuse every letter alike: the error is as for a server that is away, names the remedy, and the letter goes once it is granted."""
    transport = make_transport(sink.port)
    sink.script.answer = {phase: answer}
    with pytest.raises(TransportError, match="Add-RecipientPermission") as caught:
        send(transport)
    assert (caught.value.permanent, caught.value.code) == (False, None)
    sink.script.answer = {}
    transport.connect()
    assert send(transport).startswith("250")


@pytest.mark.parametrize("phase", [Phase.MAIL, Phase.RCPT, Phase.DATA])
def test_contact_lost_before_the_letter_is_safe(sink: SmtpSink, make_transport: Make, phase: Phase) -> None:
    """As long as no byte of the letter has left, a lost connection is a temporary failure, DATA itself included."""
    transport = make_transport(sink.port)
    sink.script.drop = phase
    with pytest.raises(TransportError) as caught:
        send(transport)
    assert not caught.value.permanent
    sink.script.drop = None
    send(transport)
    assert len(sink.offered) == 1


@pytest.mark.parametrize("phase", [Phase.BODY, Phase.DOT])
def test_contact_lost_from_the_letter_on_is_uncertain(sink: SmtpSink, make_transport: Make, phase: Phase) -> None:
    """From the first byte of the letter on nobody can know, and the connection is replaced for the next letter."""
    transport = make_transport(sink.port)
    sink.script.drop = phase
    with pytest.raises(UncertainError, match="may or may not have been delivered"):
        send(transport, raw=LETTER + b"line\r\n" * 500_000)
    sink.script.drop = None
    send(transport)
    assert len(sink.letters) == 1 + (phase is Phase.DOT)


@pytest.mark.parametrize("phase", [Phase.MAIL, Phase.RCPT, Phase.DATA])
def test_a_server_that_hangs_before_the_letter_is_left(sink: SmtpSink, make_transport: Make, phase: Phase) -> None:
    """The deadline ends the wait, and it is safe to try again."""
    transport = make_transport(sink.port, deadline_seconds=0.5)
    sink.script.stall = phase
    with pytest.raises(TransportError, match="took longer than") as caught:
        send(transport)
    assert not caught.value.permanent


def test_a_server_that_hangs_after_the_dot_is_uncertain(sink: SmtpSink, make_transport: Make) -> None:
    """The server has the letter and says nothing: it may have delivered it."""
    transport = make_transport(sink.port, deadline_seconds=0.5)
    sink.script.stall = Phase.DOT
    with pytest.raises(UncertainError, match="took longer than"):
        send(transport)
    assert len(sink.offered) == 1


@pytest.mark.parametrize(("phase", "error"), [(Phase.RCPT, TransportError), (Phase.DOT, UncertainError)])
def test_abort_ends_a_send(sink: SmtpSink, make_transport: Make, phase: Phase, error: type[Exception]) -> None:
    """Another thread can cut a send; what that means depends on how far the letter has come."""
    transport = make_transport(sink.port)
    sink.script.stall = phase

    def cut() -> None:
        sink.stalled.wait(10)
        transport.abort()

    cutter = threading.Thread(target=cut)
    cutter.start()
    with pytest.raises(error, match="cut on request"):
        send(transport)
    cutter.join()


@pytest.mark.parametrize("phase", [Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.DOT])
def test_a_server_that_is_closing_is_left(sink: SmtpSink, make_transport: Make, phase: Phase) -> None:
    """421 at any step is temporary, and the next letter goes over a new connection."""
    transport = make_transport(sink.port)
    sink.script.answer = {phase: "421 4.3.2 Shutting down"}
    with pytest.raises(TransportError) as caught:
        send(transport)
    assert (caught.value.permanent, caught.value.code) == (False, 421)
    sink.script.answer = {}
    send(transport)
    assert sink.connections == 2


def test_a_connection_closed_between_letters_is_replaced(sink: SmtpSink, make_transport: Make) -> None:
    """A server that hangs up after each letter costs a connection, not a letter."""
    transport = make_transport(sink.port)
    sink.script.drop = Phase.DONE
    for _ in range(3):
        send(transport)
    assert len(sink.letters) == 3
    assert sink.connections == 3


def test_a_server_that_is_away_is_met_again(sink: SmtpSink, make_transport: Make) -> None:
    """While nobody listens a send fails as temporary; on the same port later it goes through."""
    transport = make_transport(sink.port)
    send(transport)
    sink.shut()
    with pytest.raises(TransportError, match="Nothing answers") as caught:
        send(transport)
    assert not caught.value.permanent
    sink.reopen()
    send(transport)
    assert len(sink.letters) == 2


def test_a_busy_server_takes_the_letter_later(sink: SmtpSink, make_transport: Make) -> None:
    """After so many 450s the same letter goes over the same connection."""
    transport = make_transport(sink.port)
    sink.script.busy = 2
    for _ in range(2):
        with pytest.raises(TransportError) as caught:
            send(transport)
        assert (caught.value.permanent, caught.value.code) == (False, 450)
    send(transport)
    assert sink.connections == 1


def test_a_letter_over_the_limit_is_not_begun(make_sink: MakeSink, make_transport: Make) -> None:
    """The advertised SIZE is kept to, and the text names both sizes."""
    sink = make_sink(size_limit=1_500_000)
    transport = make_transport(sink.port)
    with pytest.raises(TransportError, match=r"3\.0 MB .* no more than 1\.5 MB") as caught:
        send(transport, raw=LETTER + b"x" * 74 + b"\r\n" + b"y" * 2_999_884 + b"\r\n")
    assert caught.value.permanent
    assert not any(command.startswith("MAIL") for command in sink.commands)
    send(transport)
    assert f"MAIL FROM:<{SENDER}> SIZE={len(LETTER)}" in sink.commands


def test_eight_bit_letters_need_a_server_that_takes_them(sink: SmtpSink, make_transport: Make) -> None:
    """8-bit bytes are declared where the server offers 8BITMIME, and not sent where it does not."""
    raw = LETTER + b"caf\xe9\r\n"
    transport = make_transport(sink.port)
    send(transport, raw=raw)
    assert "BODY=8BITMIME" in sink.letters[0].options
    transport.close()
    sink.script.hide = ("8BITMIME",)
    with pytest.raises(TransportError, match="8BITMIME") as caught:
        send(transport, raw=raw)
    assert caught.value.permanent


def test_international_addresses_need_a_server_that_takes_them(
    sink: SmtpSink, make_sink: MakeSink, make_transport: Make
) -> None:
    """An address beyond ASCII goes with SMTPUTF8 where that is offered, and is refused for good where it is not."""
    wide = make_sink(utf8=True)
    make_transport(wide.port).send(SENDER, ["jörg@example.org"], LETTER, before_data=Mark())
    assert wide.letters[0].recipients == ("jörg@example.org",)
    with pytest.raises(TransportError, match="SMTPUTF8") as caught:
        make_transport(sink.port).send(SENDER, ["jörg@example.org"], LETTER, before_data=Mark())
    assert caught.value.permanent


@pytest.mark.parametrize(
    "address", ["ann@example.org>\r\nRCPT TO:<bob@example.org", "a b@example.org", "ann", "", "a@b,c@d", "<a@b>"]
)
def test_only_addresses_reach_the_server(sink: SmtpSink, make_transport: Make, address: str) -> None:
    """Nothing but one address can get into a command."""
    with pytest.raises(TransportError, match="not an address") as caught:
        make_transport(sink.port).send(SENDER, [address], LETTER, before_data=Mark())
    assert caught.value.permanent
    assert not any(command.startswith("MAIL") for command in sink.commands)


def test_an_empty_sender_is_the_null_path(sink: SmtpSink, make_transport: Make) -> None:
    """An automatic answer may go out from nobody."""
    make_transport(sink.port).send("", [ANN], LETTER, before_data=Mark())
    assert sink.letters[0].sender == ""


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_both_ways_to_log_in_work(make_sink: MakeSink, make_transport: Make, mechanism: str) -> None:
    """User and password may hold any character."""
    sink = make_sink(mechanisms=(mechanism,))
    transport = make_transport(sink.port, user=USER, password=PASSWORD)
    transport.connect()
    send(transport)
    assert len(sink.letters) == 1


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_wrong_password_condemns_no_letter(make_sink: MakeSink, make_transport: Make, mechanism: str) -> None:
    """A refused login is for an administrator to mend: temporary for the letter, and the password is not shown."""
    sink = make_sink(mechanisms=(mechanism,))
    with pytest.raises(TransportError, match="refused the user name or password") as caught:
        make_transport(sink.port, user=USER, password="wröng").connect()
    assert (caught.value.permanent, caught.value.code) == (False, 535)
    assert "wröng" not in str(caught.value)


def test_a_login_left_out_condemns_no_letter(make_sink: MakeSink, make_transport: Make) -> None:
    """Nor does a server that wants one when none is configured."""
    sink = make_sink(mechanisms=("PLAIN",))
    with pytest.raises(TransportError, match="not authenticated") as caught:
        send(make_transport(sink.port))
    assert (caught.value.permanent, caught.value.code) == (False, 530)


def test_no_login_to_be_had_is_explained(sink: SmtpSink, make_transport: Make) -> None:
    """A server without AUTH gets no password, and the text says what to do."""
    with pytest.raises(TransportError, match="offers no login") as caught:
        make_transport(sink.port, user=USER, password=PASSWORD).connect()
    assert not caught.value.permanent


def test_tokens(make_sink: MakeSink, make_transport: Make) -> None:
    """A good token logs in; a bad one is refused with the reason from the challenge, and each connection asks anew."""
    sink = make_sink(mechanisms=("XOAUTH2",))
    sink.tokens = {"good"}
    tokens = iter(["bad", "good"])
    app = {"tenant": "northfield.example", "client_id": "app", "client_secret": "x"}
    transport = make_transport(sink.port, user=USER, auth="xoauth2", token=lambda: next(tokens), **app)
    with pytest.raises(TransportError, match=r"refused the token.*bearer") as caught:
        send(transport)
    assert (caught.value.permanent, caught.value.code) == (False, 535)
    send(transport)
    assert len(sink.letters) == 1


def test_no_token_to_be_had(make_sink: MakeSink, make_transport: Make) -> None:
    """When the token cannot be had, its reason is the transport's, and the letter can wait."""
    sink = make_sink(mechanisms=("XOAUTH2",))

    def none() -> str:
        raise LoginError("The client secret has expired")

    app = {"tenant": "northfield.example", "client_id": "app", "client_secret": "x"}
    with pytest.raises(TransportError, match="secret has expired") as caught:
        send(make_transport(sink.port, user=USER, auth="xoauth2", token=none, **app))
    assert not caught.value.permanent
    assert sink.connections == 0


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_both_kinds_of_tls_work(
    make_sink: MakeSink, make_transport: Make, certificate: Certificate, security: str
) -> None:
    """TLS from the start and by STARTTLS carry login and letters."""
    sink = make_sink(certificate=certificate, implicit=security == "tls", mechanisms=("PLAIN",))
    transport = make_transport(sink.port, security=security, cafile=str(certificate.cert), user=USER, password=PASSWORD)
    for _ in range(2):
        send(transport, raw=LETTER + b"line\r\n" * 50_000)
    assert len(sink.letters) == 2
    assert sink.connections == 1


def test_starttls_is_never_left_out(sink: SmtpSink, make_transport: Make) -> None:
    """A server, or someone on the way, that does not offer STARTTLS gets neither password nor letter."""
    with pytest.raises(TransportError, match="does not offer STARTTLS") as caught:
        send(make_transport(sink.port, security="starttls", user=USER, password=PASSWORD))
    assert not caught.value.permanent
    assert sink.commands == []


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_certificates_are_checked(
    make_sink: MakeSink, make_transport: Make, certificate: Certificate, tmp_path: Path, security: str
) -> None:
    """An unknown authority, another name and a date gone by are each refused, with their own remedy."""
    expired = make_certificate(tmp_path, expired=True)
    for shown, trusted, host, words in (
        (certificate, None, "127.0.0.1", "not from an authority this machine trusts"),
        (certificate, certificate, "localhost", "for another name"),
        (expired, expired, "127.0.0.1", "has expired"),
    ):
        sink = make_sink(certificate=shown, implicit=security == "tls")
        cafile = str(trusted.cert) if trusted else None
        with pytest.raises(TransportError, match=words) as caught:
            make_transport(sink.port, host=host, security=security, cafile=cafile).connect()
        assert not caught.value.permanent


def test_tls_on_the_wrong_port_is_explained(sink: SmtpSink, make_transport: Make) -> None:
    """TLS to a port that wants STARTTLS names both remedies."""
    with pytest.raises(TransportError, match="does not speak TLS from the start"):
        make_transport(sink.port, security="tls").connect()
