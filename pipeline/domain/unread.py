"""Mail that nothing has read to its end: how often it is tried, and who may still read it."""

from __future__ import annotations

MAX_ATTEMPTS = 3  # deaths of what reads, after which a mail is left alone


def safe_to_read(state: str, attempts: int) -> bool:
    """Whether a mail may be read in the service itself: something has read it to its end before and was alive afterwards.

    A mail that waits may be the one that takes its reader down; of the quarantined it is those which had more than their attempts.
    """
    return state != "received" and not (state == "quarantined" and attempts > MAX_ATTEMPTS)
