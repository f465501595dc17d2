"""Where a requester may be answered: never at an address of our own, and at a colleague's with a word about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.errors import NotAllowedError
from pipeline.domain.forwarding import is_within
from pipeline.letters import posting
from pipeline.mail.council import Council

if TYPE_CHECKING:
    from pipeline.settings import Settings


def reachable(settings: Settings, address: str, reason: str) -> tuple[str, ...]:
    """What is worth a word about *address* as a requester's, given with *reason*. Raises NotAllowedError where it can't be one.

    A letter to our own mailbox would come back in as new mail and count as sent, and the requester would have nothing.
    """
    if not reason.strip() or not posting.can_write_to(address):
        raise NotAllowedError("give an address that mail can be sent to, like name@example.org, and a --reason")
    council = Council.of(settings)
    if address.casefold() in council.own_addresses | council.form_senders:
        raise NotAllowedError(
            f"{address} is one of our own addresses and can't be a requester's; give the requester's own"
        )
    if is_within(address.rpartition("@")[2].casefold(), council.internal_domains):
        return (f"{address} is at the council itself: make sure that the requester is answered there.",)
    return ()
