"""What section 8 of the FOIA asks for, and how its absence is told."""

from __future__ import annotations

import pytest

from pipeline.domain.message import Address
from pipeline.domain.request import Regime
from pipeline.domain.validity import shortcomings

ASK = "Please tell me how many trees were felled.\n"


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("Jane Doe", ""),
        ("", "Yours faithfully\nJane Doe\n"),
        ("jd77", "Regards,\n\nMrs Doe\n"),
        ("", "J. Doe"),
        ("The Tree Trust", ""),
        ("", "Sent by\nDr Jane O'Neill\nTree Trust"),
    ],
)
def test_a_name_may_stand_in_the_sender_or_at_the_end(name: str, ending: str) -> None:
    """First name and surname, initial and surname, title and surname, or a body: all are names."""
    assert shortcomings(Address(name, "jane@example.org"), ASK + ending, Regime.FOI) == ()


@pytest.mark.parametrize(("name", "ending"), [("", ""), ("Jane", "Thanks\nJane\n"), ("treelover99", "Cheers")])
def test_no_full_name_is_said_and_nothing_more(name: str, ending: str) -> None:
    """A single first name or a nickname is named to the officer, with what to do."""
    [reason] = shortcomings(Address(name, "jane@example.org"), ASK + ending, Regime.FOI)
    assert "no full name" in reason


def test_only_the_foia_asks_for_a_name() -> None:
    """Environmental requests and people's own data know no such rule."""
    for regime in (Regime.EIR, Regime.SAR):
        assert shortcomings(Address("", "jane@example.org"), ASK, regime) == ()


def test_no_address_is_said() -> None:
    """Somebody without a usable address can't be answered, and an officer hears of it."""
    [reason] = shortcomings(None, ASK, Regime.FOI)
    assert "no address" in reason
