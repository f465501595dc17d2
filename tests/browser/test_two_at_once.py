"""Two people at one letter, and one who closes the window: nothing typed is lost, one of them wins and the other is told, one letter goes."""

from __future__ import annotations

import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from pages import APPROVER, OFFICER

from browser.town import ASKED, SECOND

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.chrome import Window
    from browser.town import Town

pytestmark = pytest.mark.browser

_ANSWER = "Answer (question 1)"


def _asked(town: Town, name: str) -> str:
    reference = town.office.receive(ASKED, From=f"{name.title()} Example <{name}@example.com>")
    town.deliver()
    return reference


def _responses(town: Town, reference: str) -> list[str]:
    """The states of the request's answers in the outbox."""
    case = town.app.reading_room("test").case(reference, OFFICER).case
    with town.app.store.read() as work:
        return [str(row.status) for row in work.outbox.summaries(request_id=case.id) if row.kind == "response"]


def test_what_was_typed_is_there_after_the_window_was_closed(town: Town, window: Callable[..., Window]) -> None:
    """Words typed and not kept come back in a new window, though nobody waited a second before closing the first."""
    reference = _asked(town, "gus")
    kim = window(OFFICER)
    kim.open("draft.edit", reference=reference, kind="response").put(_ANSWER, "Half a sentence")
    kim.page.close(run_before_unload=True)
    kim.page = kim.context.new_page()
    for _ in range(100):
        kim.open("draft.edit", reference=reference, kind="response")
        if "What you typed until" in kim.words:
            break
        kim.page.wait_for_timeout(50)
    assert kim.page.get_by_label(_ANSWER, exact=True).input_value() == "Half a sentence"
    kim.press("Throw away what I typed")
    assert kim.page.get_by_label(_ANSWER, exact=True).input_value() == ""


def test_what_is_typed_is_kept_every_few_seconds_and_the_other_is_told(
    town: Town, window: Callable[..., Window]
) -> None:
    """After some seconds the page says that it has kept what was typed; a colleague who opens the letter reads who is at it."""
    reference = _asked(town, "hew")
    kim, ada = window(OFFICER), window(APPROVER)
    kim.page.clock.install()
    kim.open("draft.edit", reference=reference, kind="response").put(_ANSWER, "So far")
    kim.page.clock.run_for(9000)
    kim.page.get_by_text("What you typed was kept at").wait_for()
    ada.open("draft.edit", reference=reference, kind="response")
    assert f"{OFFICER} is working on this letter as well" in ada.words


def test_whoever_keeps_second_is_told_and_loses_nothing(town: Town, window: Callable[..., Window]) -> None:
    """Two keep the same letter: the second reads who was first, has their own words still, and both versions are there."""
    reference = _asked(town, "ira")
    town.answered(reference, by="kim.3@council.example")
    kim, ada = window(OFFICER), window(APPROVER)
    for one in (kim, ada):
        one.open("draft.edit", reference=reference, kind="response")
    kim.put(_ANSWER, "Kim's words").press("Keep and go on")
    ada.put(_ANSWER, "Ada's words").press("Keep and go on")
    assert f"{OFFICER} kept a newer version" in ada.words
    assert ada.page.get_by_label(_ANSWER, exact=True).input_value() == "Ada's words"
    assert town.casework.draft(reference).record.questions[0].answer == "Kim's words"
    ada.press("Keep and go on")
    assert town.casework.draft(reference).record.questions[0].answer == "Ada's words"
    assert len(town.casework.versions(reference)) == 3


def test_an_approver_approves_only_what_they_have_read(town: Town, window: Callable[..., Window]) -> None:
    """The drafter changes the letter while its approver reads it: the approval is refused and says so; nothing is in the outbox."""
    reference = _asked(town, "jay")
    town.put_up(reference)
    kim, ada = window(OFFICER), window(APPROVER)
    ada.open("approval.show", reference=reference, kind="response")
    kim.open("draft.edit", reference=reference, kind="response").put(_ANSWER, "Something else")
    kim.press("Keep, and see the letter and its checks").press("Put it up for approval")
    ada.press("Approve")
    assert "changed after you looked at it" in ada.words
    assert _responses(town, reference) == []
    ada.open("approval.show", reference=reference, kind="response").press("Approve")
    town.deliver()
    town.deliver()
    assert _responses(town, reference) == ["sent"]


def test_a_letter_changed_after_approval_does_not_go(town: Town, window: Callable[..., Window]) -> None:
    """The drafter's page was open while the letter was approved: keeping it takes the approval back, and the old letter stays here."""
    reference = _asked(town, "kay")
    town.put_up(reference)
    kim, ada = window(OFFICER), window(APPROVER)
    kim.open("draft.edit", reference=reference, kind="response")
    ada.open("approval.show", reference=reference, kind="response").press("Approve")
    kim.put(_ANSWER, "Better words").press("Keep and go on")
    town.deliver()
    assert _responses(town, reference) == ["cancelled"]
    assert not any(letter.recipients == ("kay@example.com",) and b"1,204" in letter.raw for letter in town.sink.offered)


def test_two_approve_in_the_same_instant(town: Town, window: Callable[..., Window]) -> None:
    """Eight presses of Approve from two browsers at once: one is taken, seven are told, and one letter goes."""
    reference = _asked(town, "leo")
    town.put_up(reference)
    pressed = 4 * [_approval(window(who), reference) for who in (APPROVER, SECOND)]
    with ThreadPoolExecutor(len(pressed)) as people:
        first, *others = sorted(people.map(_send, pressed))
    assert first == 303
    assert set(others) <= {404, 409}
    assert _responses(town, reference) == ["waiting"]
    town.deliver()
    town.deliver()
    assert _responses(town, reference) == ["sent"]
    offered = [
        letter for letter in town.sink.offered if letter.recipients == ("leo@example.com",) and b"1,204" in letter.raw
    ]
    assert len(offered) == 1


def _approval(window: Window, reference: str) -> urllib.request.Request:
    """The request that a press of Approve sends, with this officer's own token and cookies."""
    window.open("approval.show", reference=reference, kind="response")
    form = window.page.locator("form[action$='/approve/response']")
    fields = {name: form.locator(f"[name='{name}']").input_value() for name in ("csrf_token", "seen")}
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in window.context.cookies())  # type: ignore[typeddict-item]
    return urllib.request.Request(  # noqa: S310 - our own server
        window.page.url, data=urlencode(fields).encode(), headers={"Cookie": cookies}, method="POST"
    )


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing."""

    def redirect_request(self, *_: object) -> None:  # type: ignore[override]
        """Stay where we are."""


def _send(pressed: urllib.request.Request) -> int:
    try:
        with urllib.request.build_opener(_Stay).open(pressed, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
