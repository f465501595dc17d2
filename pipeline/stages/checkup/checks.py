"""One check: what was looked at, how it is, and what to do where it is not well."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a check came out."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: *found* in words, *remedy* where something is to be done."""

    name: str
    state: State
    found: str
    remedy: str = ""


def ok(name: str, found: str) -> Check:
    """A check that is well."""
    return Check(name=name, state=State.OK, found=found)


def warn(name: str, found: str, remedy: str) -> Check:
    """A check that somebody should look at some day soon."""
    return Check(name=name, state=State.WARN, found=found, remedy=remedy)


def fail(name: str, found: str, remedy: str) -> Check:
    """A check that keeps the service from its work."""
    return Check(name=name, state=State.FAIL, found=found, remedy=remedy)
