"""What every Transport does, fake or real; the fake may be used in other tests because it passes these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest
from fakes import FakeTransport

from pipeline.domain.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from servers.smtp import SmtpSink

    from pipeline.mail.transport import SmtpTransport

SENDER = "foi@northfield.example"
ANN, BOB = "ann@example.org", "bob@example.org"
LETTER = b"Subject: Your request\r\nMessage-ID: <1@northfield.example>\r\n\r\nDear Ann\r\n"


class World(Protocol):
    """A transport, and what arrived at its server."""

    transport: Any

    def refuse(self, address: str, answer: str) -> None:
        """Make the server answer *answer* to RCPT for *address*."""

    def arrived(self) -> list[tuple[str, tuple[str, ...], bytes]]:
        """Envelope sender, recipients and bytes of each letter delivered."""

    def connections(self) -> int:
        """How many connections were made."""


class FakeWorld:
    """The fake's."""

    def __init__(self) -> None:
        self.transport = FakeTransport()

    def refuse(self, address: str, answer: str) -> None:
        """Refuse."""
        self.transport.refuse[address] = answer

    def arrived(self) -> list[tuple[str, tuple[str, ...], bytes]]:
        """Look."""
        return [(letter.sender, letter.recipients, letter.raw) for letter in self.transport.sent]

    def connections(self) -> int:
        """Count."""
        return self.transport.connects


class RealWorld:
    """The sink's."""

    def __init__(self, sink: SmtpSink, transport: SmtpTransport) -> None:
        self.transport = transport
        self._sink = sink

    def refuse(self, address: str, answer: str) -> None:
        """Refuse."""
        self._sink.script.recipients[address] = answer

    def arrived(self) -> list[tuple[str, tuple[str, ...], bytes]]:
        """Look."""
        return [(letter.sender, letter.recipients, letter.raw) for letter in self._sink.letters]

    def connections(self) -> int:
        """Count."""
        return self._sink.connections


@pytest.fixture(params=["fake", "real"])
def world(request: pytest.FixtureRequest) -> World:
    """The same tests against the fake and against a real SMTP server."""
    if request.param == "fake":
        return FakeWorld()
    sink: SmtpSink = request.getfixturevalue("sink")
    make: Callable[..., SmtpTransport] = request.getfixturevalue("make_transport")
    return RealWorld(sink, make(sink.port))


class Mark:
    """Counts how often before_data was called, and what had arrived by then."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.seen: list[int] = []

    def __call__(self) -> None:
        """Count."""
        self.seen.append(len(self._world.arrived()))


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(LETTER, id="plain"),
        pytest.param(LETTER + b".\r\n..\r\n.x\r\n\r\n.\r\n", id="dots"),
        pytest.param(LETTER + b"a" * 900 + b"\r\n" + b"line\r\n" * 60_000, id="long"),
        pytest.param(LETTER + "£ ö €\r\n".encode() + b"\x80\xff\r\n", id="8-bit"),
        pytest.param(b"\r\n", id="no header"),
    ],
)
def test_letters_arrive_byte_for_byte(world: World, raw: bytes) -> None:
    """What is handed over is what arrives, whatever it holds."""
    world.transport.connect()
    accepted = world.transport.send(SENDER, [ANN], raw, before_data=Mark(world))
    assert world.arrived() == [(SENDER, (ANN,), raw)]
    assert accepted.answer == "250 2.0.0 Queued as 1"
    assert accepted.refused == {}


def test_the_mark_comes_once_and_before_the_letter(world: World) -> None:
    """The callback is called exactly once a letter, while that letter has not arrived."""
    mark = Mark(world)
    for _ in range(2):
        world.transport.send(SENDER, [ANN, BOB], LETTER, before_data=mark)
    assert mark.seen == [0, 1]
    assert len(world.arrived()) == 2


def test_a_mark_that_cannot_be_made_stops_the_letter(world: World) -> None:
    """What the callback raises comes out as it is, nothing is sent, and the next letter goes."""

    def fail() -> None:
        raise LookupError("no database")

    with pytest.raises(LookupError, match="no database"):
        world.transport.send(SENDER, [ANN], LETTER, before_data=fail)
    assert world.arrived() == []
    world.transport.send(SENDER, [BOB], LETTER, before_data=Mark(world))
    assert world.arrived() == [(SENDER, (BOB,), LETTER)]


def test_one_recipient_refused_is_reported(world: World) -> None:
    """The letter goes to those accepted, and the refusal is handed back with the server's words."""
    world.refuse(BOB, "550 5.1.1 No such user")
    accepted = world.transport.send(SENDER, [ANN, BOB], LETTER, before_data=Mark(world))
    assert accepted.refused == {BOB: "550 5.1.1 No such user"}
    assert world.arrived() == [(SENDER, (ANN,), LETTER)]


@pytest.mark.parametrize(
    ("answers", "permanent", "code"),
    [
        (("550 5.1.1 No such user", "553 5.1.3 No such domain"), True, 550),
        (("550 5.1.1 No such user", "451 4.7.1 Greylisted"), False, 451),
        (("450 4.2.0 Busy", "451 4.7.1 Greylisted"), False, 450),
    ],
)
def test_every_recipient_refused(world: World, answers: Sequence[str], *, permanent: bool, code: int) -> None:
    """With nobody left there is no DATA, and it is final only when every refusal is."""
    for address, answer in zip((ANN, BOB), answers, strict=True):
        world.refuse(address, answer)
    mark = Mark(world)
    with pytest.raises(TransportError) as caught:
        world.transport.send(SENDER, [ANN, BOB], LETTER, before_data=mark)
    assert (caught.value.permanent, caught.value.code) == (permanent, code)
    assert mark.seen == []
    assert world.arrived() == []


@pytest.mark.parametrize("raw", [b"Subject: x\n\nHello\n", LETTER + b"half\n", LETTER + b"\rhalf\r\n"])
def test_bare_line_ends_are_never_sent(world: World, raw: bytes) -> None:
    """A letter whose lines do not end in CRLF would change on the way, or smuggle another in; it is refused for good."""
    with pytest.raises(TransportError, match="CRLF") as caught:
        world.transport.send(SENDER, [ANN], raw, before_data=Mark(world))
    assert caught.value.permanent
    assert world.arrived() == []


def test_a_batch_uses_one_connection(world: World) -> None:
    """Letter after letter goes over the connection there is, also after a refusal."""
    world.transport.connect()
    world.transport.connect()
    world.refuse(BOB, "550 5.1.1 No such user")
    for _ in range(3):
        world.transport.send(SENDER, [ANN], LETTER, before_data=Mark(world))
        with pytest.raises(TransportError):
            world.transport.send(SENDER, [BOB], LETTER, before_data=Mark(world))
    assert world.connections() == 1
    assert len(world.arrived()) == 3


def test_close_and_abort_never_raise(world: World) -> None:
    """Leaving is always possible, and sending afterwards connects again."""
    world.transport.close()
    world.transport.abort()
    for leave in (world.transport.close, world.transport.abort):
        world.transport.connect()
        leave()
        world.transport.send(SENDER, [ANN], LETTER, before_data=Mark(world))
    assert len(world.arrived()) == 2
