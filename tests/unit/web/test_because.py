"""Reasons on the screen: what stands before "because" is not said twice."""

from __future__ import annotations

from pipeline.web.presenting import because


def test_what_the_page_has_said_is_not_said_again() -> None:
    """The first reason begins behind its own "because"; what is said besides goes on in the same sentence."""
    reasons = ("looks like thanks, because it thanks us", "Besides, it looks like a chaser, because it asks when.")
    assert because(reasons) == "it thanks us; besides, it looks like a chaser, because it asks when"


def test_a_plain_reason_is_left_as_it_is() -> None:
    """A clause of its own, or a sentence that begins with It, reads on behind "because"; no reason is no words."""
    assert because(("a person wrote it",)) == "a person wrote it"
    assert (
        because(("It asks for recorded information.", "EIR was named"))
        == "it asks for recorded information; EIR was named"
    )
    assert because(()) == ""
