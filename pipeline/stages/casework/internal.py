"""Questions to service areas: to colleagues only, without a word of who asked, so that an officer may send them alone (invariant 11)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.domain.errors import NotAllowedError
from pipeline.domain.forwarding import is_within
from pipeline.domain.request import Regime
from pipeline.letters import posting

if TYPE_CHECKING:
    from pipeline.letters.model import LetterRecord
    from pipeline.settings import Settings
    from pipeline.store.records import Case

_SHORTEST_NAME = 3  # characters; of a shorter one nothing can be told from other words


def colleagues(written: LetterRecord, case: Case, settings: Settings) -> tuple[str, ...]:
    """To whom a question to a service area goes. Raises NotAllowedError for an address outside the council, ours or the requester's.

    Answers find their way back to the internal side of the case from ``internal_domains`` only, so only these may be asked.
    """
    asked = tuple(dict.fromkeys(address.strip() for address in written.particulars.recipients))
    if not asked:
        raise NotAllowedError(
            "a question to a service area goes to colleagues and never to the requester: say under recipients to whom"
        )
    domains = {domain.casefold() for domain in settings.authority.internal_domains}
    if not domains:
        raise NotAllowedError(
            "the configuration does not say which domains are the council's own: fill in [authority] internal_domains"
        )
    requester = case.requester_email.strip().casefold()
    for address in asked:
        key = address.casefold()
        if not posting.can_write_to(address) or not is_within(key.rpartition("@")[2], domains):
            allowed = ", ".join(sorted(domains))
            raise NotAllowedError(f"{address[:80]} is not an address of ours: a service area is at {allowed}")
        if key == requester:
            raise NotAllowedError(f"{address} is the requester's own address: ask somebody else in the service area")
        if key in settings.own_addresses:
            raise NotAllowedError(f"{address} is the mailbox that infogov reads itself: name the service area's own")
    return asked


def refuse_names(text: str, case: Case) -> None:
    """Raise NotAllowedError when *text*, the finished question, says who asked; for subject access it has to, to find their data."""
    if Regime(case.regime) is Regime.SAR:
        return
    found = " ".join(text.casefold().split())
    for given in (case.requester_email, case.requester_name):
        said = " ".join(given.casefold().split())
        if len(said) >= _SHORTEST_NAME and re.search(rf"(?<!\w){re.escape(said)}(?!\w)", found):
            raise NotAllowedError(
                f'the question names the requester ("{given}"): a service area is not told who asks; '
                "leave that question out and say in the message what you need"
            )
