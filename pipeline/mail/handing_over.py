"""One attempt to hand a mail to the server, as letters and notices both make it, and whether trying another one makes sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.errors import TransportError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.domain.ports import Accepted, Transport


def hand_over(
    transport: Transport, sender: str, recipients: Sequence[str], raw: bytes, *, before_data: Callable[[], None]
) -> Accepted:
    """Connect where there is no connection yet, and hand *raw* over once; *before_data* as ``Transport.send`` has it.

    Raises UnreachableError where no server answered, so that no other mail would fare better now; TransportError where it refused
    this one; UncertainError where it may have it; and whatever *before_data* raises.
    """
    try:
        transport.connect()
    except TransportError as error:
        raise UnreachableError(str(error), permanent=error.permanent, code=error.code) from error
    try:
        return transport.send(sender, recipients, raw, before_data=before_data)
    except TransportError as error:
        if error.code is None and not error.permanent:
            raise UnreachableError(str(error)) from error
        raise
