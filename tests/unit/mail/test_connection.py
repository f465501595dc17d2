"""A connection can be cut from outside."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from servers.ports import free_port

from pipeline.mail.connection import Lifeline, answering, dial, send_all, xoauth2

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends of a connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
    near.settimeout(10)
    far.settimeout(10)
    with near, far:
        yield near, far


def test_cutting_ends_a_read_that_hangs(pair: tuple[socket.socket, socket.socket]) -> None:
    """A read in progress ends when the time is up, and the reason is kept."""
    near, _ = pair
    line = Lifeline()
    line.hold(near)
    with line.within(0.1):
        assert near.recv(1) == b""
    assert "took longer" in line.reason
    line.release()


def test_a_block_in_time_is_left_alone(pair: tuple[socket.socket, socket.socket]) -> None:
    """What ends in time is not cut afterwards."""
    near, far = pair
    line = Lifeline()
    line.hold(near)
    with line.within(60):
        far.sendall(b"x")
        assert near.recv(1) == b"x"
    near.sendall(b"y")
    assert far.recv(1) == b"y"
    assert line.reason == ""
    line.release()


def test_what_is_cut_before_it_is_held_never_lives(pair: tuple[socket.socket, socket.socket]) -> None:
    """A cut that comes while still dialling counts; after renewing it does not."""
    near, far = pair
    line = Lifeline()
    line.cut("too late")
    line.renew()
    line.hold(near)
    near.sendall(b"x")
    assert far.recv(1) == b"x"
    line.release()
    line.cut("again")
    line.hold(near)
    assert near.recv(1) == b""
    assert line.reason == "again"
    line.release()


def test_cutting_nothing_does_nothing() -> None:
    """There may be no connection yet, or none any more."""
    line = Lifeline()
    line.cut("first")
    line.cut("second")
    line.release()
    assert line.reason == "first"


def test_dialling_in_vain_leaves_nothing_open() -> None:
    """Where nobody listens there is an OSError, and no socket is left behind."""
    with pytest.raises(ConnectionRefusedError):
        dial("127.0.0.1", free_port(), timeout=5, lifeline=Lifeline(), context=None)


def test_everything_is_sent(pair: tuple[socket.socket, socket.socket]) -> None:
    """Bytes go out in pieces, all of them and in order."""
    near, far = pair
    data = bytes(range(256)) * 600
    send_all(near, data)
    near.shutdown(socket.SHUT_WR)
    with far.makefile("rb") as stream:
        assert stream.read() == data


def test_xoauth2_answers_a_refusal_with_an_empty_line() -> None:
    """The token is given once; the server's explanation is kept, and acknowledged as the protocol wants."""
    kept: list[str] = []
    respond = answering(xoauth2("foi@northfield.example", "abc"), kept)
    assert respond(b"") == b"user=foi@northfield.example\x01auth=Bearer abc\x01\x01"
    assert respond(b'{"status":"401"}') == b""
    assert kept == ['{"status":"401"}']
