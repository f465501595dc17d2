"""How failed sign-ins slow the next ones down: pure, for an account and for a network address."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.store.sign_ins import Failures

if TYPE_CHECKING:
    from datetime import datetime

_FORGOTTEN = timedelta(hours=1)
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(minutes=15)
# A whole office may stand behind one address, so that it is given more tries than one account.
_FREE = {"account": 5, "address": 25}


def remaining(noted: Failures | None, now: datetime) -> int:
    """For how many seconds signing in is refused still; 0 when it is not."""
    if noted is None or noted.blocked_until is None or noted.blocked_until <= now:
        return 0
    return int((noted.blocked_until - now).total_seconds()) + 1


def after_failure(key: str, noted: Failures | None, now: datetime) -> Failures:
    """What to note after one more failure of *key* ("account:…" or "address:…"): past the free tries each wait doubles, to 15 minutes."""
    fresh = noted is None or now - noted.last_at >= _FORGOTTEN
    count = 1 if noted is None or fresh else noted.count + 1
    beyond = count - _FREE[key.partition(":")[0]]
    wait = min(_LONGEST, _FIRST * 2 ** min(beyond, 10)) if beyond >= 0 else None
    return Failures(count=count, last_at=now, blocked_until=None if wait is None else now + wait)
