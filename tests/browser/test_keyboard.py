"""With a keyboard alone: everything is reached in the order in which it is read, the focus is seen, and a letter can be approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pages import APPROVER, OFFICER, PASSWORD
from processes import wait_for

from browser.town import ASKED

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.chrome import Window
    from browser.town import Town

pytestmark = pytest.mark.browser

_MOST = 250  # presses of Tab on any page

_FOCUSED = """() => {
  const one = document.activeElement
  if (!one || one === document.body) return null
  const style = getComputedStyle(one), box = one.getBoundingClientRect()
  window.passed = window.passed || []
  const before = window.passed.at(-1)
  window.passed.push(one)
  return {
    text: (one.innerText || one.value || one.name || "").trim().replace(/\\s+/g, " "),
    inOrder: !before || before === one || !!(before.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING),
    shown: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none",
    inView: box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0,
  }
}"""


def _tab_to(window: Window, text: str) -> None:
    """Press Tab until what has *text* has the focus; on the way everything is in order, in view, and seen to have the focus."""
    for _ in range(_MOST):
        window.page.keyboard.press("Tab")
        focused = window.page.evaluate(_FOCUSED)
        assert focused is not None, f"{text!r} is not reached on {window.path}"
        assert (focused["inOrder"], focused["shown"], focused["inView"]) == (True, True, True), focused
        if focused["text"] == text:
            return
    raise AssertionError(f"{text!r} is not reached on {window.path}")


def _enter(window: Window) -> None:
    """Press Enter, and wait for the page that comes."""
    with window.page.expect_navigation(wait_until="load"):
        window.page.keyboard.press("Enter")


def test_a_letter_is_approved_without_a_mouse(town: Town, window: Callable[..., Window]) -> None:
    """Sign in, find the letter, read it, approve it: Tab, Enter and letters are enough, and what happened has the focus then."""
    reference = town.office.receive(ASKED, From="Ben Example <ben@example.com>")
    town.put_up(reference, by=OFFICER)
    ada = window()
    ada.open("door.sign_in")
    keys = ada.page.keyboard
    keys.press("Tab")
    assert ada.page.evaluate("document.activeElement.innerText") == "Skip to main content"
    keys.press("Enter")
    assert ada.page.evaluate("document.activeElement.tagName") == "MAIN"
    keys.press("Tab")
    keys.type(APPROVER)
    keys.press("Tab")
    keys.type(PASSWORD)
    _enter(ada)
    assert ada.path == "/"
    _tab_to(ada, "For approval")
    _enter(ada)
    _tab_to_link(ada, f"/requests/{reference}/approve/response")
    _enter(ada)
    assert "word for word" in ada.words
    _tab_to(ada, "Approve")
    _enter(ada)
    assert "Approved. It goes to ben@example.com" in ada.words
    assert "govuk-notification-banner" in ada.page.evaluate("document.activeElement.className")


def _tab_to_link(window: Window, path: str) -> None:
    for _ in range(_MOST):
        window.page.keyboard.press("Tab")
        if window.page.evaluate("document.activeElement.getAttribute('href')") == path:
            return
    raise AssertionError(f"{path} is not reached on {window.path}")


def test_a_mistake_has_the_focus_and_its_field_is_one_press_away(window: Callable[..., Window]) -> None:
    """After a form that could not be taken, the summary has the focus; Tab and Enter lead to the field."""
    kim = window(OFFICER)
    kim.open("counter.log")
    kim.page.locator('[name="received_on"]').fill("")
    kim.press("Log the request")
    assert "govuk-error-summary" in kim.page.evaluate("document.activeElement.className")
    kim.page.keyboard.press("Tab")
    kim.page.keyboard.press("Enter")
    assert kim.page.evaluate("document.activeElement.name") == "received_on"


def test_enter_in_a_letter_keeps_the_draft(town: Town, window: Callable[..., Window]) -> None:
    """The key that sends a form keeps a letter as it is typed, and does nothing else to it."""
    reference = town.office.receive(ASKED, From="Cia Example <cia@example.com>")
    kim = window(OFFICER)
    kim.open("draft.edit", reference=reference, kind="response")
    kim.page.get_by_label("Topic", exact=True).focus()
    _enter(kim)
    assert "The draft is kept." in kim.words


def test_a_wide_table_is_scrolled_with_the_keys(town: Town, window: Callable[..., Window]) -> None:
    """On a narrow window the region of a table takes the focus and moves with the arrow keys; the page stands still."""
    del town
    kim = window(OFFICER, viewport={"width": 390, "height": 844})
    kim.open("queue.show")
    region = kim.page.get_by_role("region", name="Requests")
    region.focus()
    for _ in range(5):
        kim.page.keyboard.press("ArrowRight")
    # Not the browser's own waiting, which the page's policy forbids from its second look on.
    wait_for(lambda: kim.page.evaluate("document.querySelector('.app-scroll').scrollLeft") > 0, "the table to move")
    assert kim.page.evaluate("document.documentElement.scrollLeft") == 0
