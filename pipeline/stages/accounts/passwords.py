"""Passwords: hashed with argon2id (RFC 9106), few at a time, and what makes one too weak."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 200
_COMMON = ("password", "letmein", "welcome", "qwerty", "council", "infogov", "changeme", "123456", "abcdef")

# Each check takes 64 MiB: a burst of sign-ins must not take the machine's memory.
_AT_ONCE = threading.BoundedSemaphore(2)
_hasher = PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)


def hashed(password: str) -> str:
    """The argon2id hash of *password*, with its own salt and parameters."""
    with _AT_ONCE:
        return _hasher.hash(password)


@cache
def _nobody() -> str:
    """What is checked when there is no such account, so that the time taken does not tell who is an officer."""
    return _hasher.hash("nobody has this password")


def fits(password: str, known: str | None) -> bool:
    """Whether *password* is the one behind the hash *known*; takes as long where there is none."""
    with _AT_ONCE:
        try:
            _hasher.verify(known or _nobody(), password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
    return known is not None


def weakness(password: str, email: str) -> str:
    """Why *password* will not do, as a sentence for the officer; nothing when it will.

    Length and no well-known word, as the National Cyber Security Centre advises; no rules about kinds of character.
    """
    plain = password.casefold()
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters; three random words do well"
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters"
    if email.partition("@")[0].casefold() in plain:
        return "Leave your own address out of the password"
    if len(set(plain)) < SHORTEST // 2:
        return "Use more different characters"
    if any(word in plain and len(plain) < len(word) + 8 for word in _COMMON):
        return "Choose something that is harder to guess than a common password with a few characters added"
    return ""
