"""clamd asked over real sockets: what it finds, what is too large for it, and what happens when it isn't there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from servers.clamd import EICAR, NAME, Clamd
from servers.ports import free_port

from pipeline.domain.errors import ScannerError
from pipeline.mail.scanning import CLEAN, Scanner, found_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def make_clamd() -> Iterator[Callable[..., Clamd]]:
    """Start clamds."""
    made: list[Clamd] = []

    def make(*args: object, **options: object) -> Clamd:
        made.append(Clamd(*args, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for clamd in made:
        clamd.stop()


def test_a_find_has_a_name(make_clamd: Callable[..., Clamd]) -> None:
    """The test text of scanners is found; everything else is clean, and every byte was looked at."""
    clamd = make_clamd()
    scanner = Scanner(clamd.address, 10)
    large = bytes(range(256)) * 1024
    assert scanner.scan(b"before " + EICAR).verdict == NAME
    assert scanner.scan(large).verdict == CLEAN
    assert scanner.scan(b"").verdict == CLEAN
    assert clamd.seen == [b"before " + EICAR, large, b""]


def test_over_a_local_socket(make_clamd: Callable[..., Clamd], tmp_path: Path) -> None:
    """The same through a socket in the file system."""
    scanner = Scanner(make_clamd(tmp_path / "clamd.ctl").address, 10)
    assert scanner.scan(EICAR).verdict == NAME
    assert scanner.scan(b"words").verdict == CLEAN


def test_too_large_for_it(make_clamd: Callable[..., Clamd]) -> None:
    """A file above its limit is neither clean nor infected, although it hangs up in the middle of it."""
    scanner = Scanner(make_clamd(limit=100_000).address, 10)
    assert scanner.scan(bytes(5_000_000)).verdict == ""
    assert scanner.scan(bytes(100_000)).verdict == CLEAN


@pytest.mark.parametrize(
    ("says", "verdict"),
    [
        (b"stream: Win.Test FOUND FOUND\0", "Win.Test FOUND"),
        (b"stream: clean FOUND\0", "something without a name"),
        (b"stream:  FOUND\0", "something without a name"),
        (b"stream: " + b"x" * 3000 + b" FOUND\0", "x" * 100),
        (b"stream: a\r\nb FOUND\0", "a b"),
    ],
)
def test_odd_names(make_clamd: Callable[..., Clamd], says: bytes, verdict: str) -> None:
    """No name of a find passes for "clean", runs over a line or is endless."""
    assert Scanner(make_clamd(says=says).address, 10).scan(b"x").verdict.split() == verdict.split()


@pytest.mark.parametrize(
    "says", [b"stream: Can't allocate memory ERROR\0", b"UNKNOWN COMMAND\0", b"\0", b"stream: OK", b"OK but\0"]
)
def test_an_answer_that_is_none(make_clamd: Callable[..., Clamd], says: bytes) -> None:
    """An error or nonsense is never taken for clean."""
    with pytest.raises(ScannerError, match="see that clamd runs"):
        Scanner(make_clamd(says=says).address, 10).scan(b"x")


def test_nobody_there(make_clamd: Callable[..., Clamd], tmp_path: Path) -> None:
    """No socket, no listener, no answer: a sentence with the remedy, in bounded time."""
    for address in (f"127.0.0.1:{free_port()}", f"unix:{tmp_path / 'none.ctl'}"):
        with pytest.raises(ScannerError, match="could not be asked"):
            Scanner(address, 5).scan(b"x")
    with pytest.raises(ScannerError, match="timed out"):
        Scanner(make_clamd(silent=True).address, 0.2).scan(b"x")


def test_only_a_find_is_infected(make_clamd: Callable[..., Clamd]) -> None:
    """A file that is clean, or too large to be looked at, is not; and the words name file and find."""
    scanner = Scanner(make_clamd(limit=1000).address, 10)
    assert [scanner.scan(data).infected for data in (b"x", EICAR, bytes(200_000))] == [False, True, False]
    assert found_words("b.exe", NAME).startswith("b.exe: the virus scanner found Eicar-Test-Signature")
