"""One attempt at a mail: what says that no server answers is told apart from what says no to this mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fakes import FakeTransport

from pipeline.domain.errors import TransportError, UncertainError, UnreachableError
from pipeline.mail.handing_over import hand_over

if TYPE_CHECKING:
    from pipeline.domain.ports import Accepted


def attempt(transport: FakeTransport) -> Accepted:
    """Hand one mail over."""
    return hand_over(transport, "a@example.org", ["b@example.org"], b"x\r\n", before_data=lambda: None)


class Away(FakeTransport):
    """A server that takes no connections, or none with our password."""

    def connect(self) -> None:
        """Refuse."""
        raise TransportError("535 no such account", permanent=True, code=535)


def test_no_connection_means_no_other_mail_either() -> None:
    """Whatever the server's reason: it is the connection's, and not this mail's."""
    with pytest.raises(UnreachableError, match="535") as told:
        attempt(Away())
    assert (told.value.permanent, told.value.code) == (True, 535)


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (TransportError("lost"), UnreachableError),
        (TransportError("451 later", code=451), TransportError),
        (TransportError("an address that can't be written", permanent=True), TransportError),
        (UncertainError("lost after DATA"), UncertainError),
    ],
)
def test_a_fault_after_the_connection(error: Exception, raised: type[Exception]) -> None:
    """A server that said something has refused this mail; one that is gone without a word is away; after DATA nobody knows."""
    transport = FakeTransport()
    transport.fail_next(error)
    with pytest.raises(raised) as told:
        attempt(transport)
    assert type(told.value) is raised
    assert str(told.value) == str(error)
    assert attempt(transport).answer.startswith("250")
