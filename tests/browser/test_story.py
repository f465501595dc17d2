"""The whole way of a request as officers walk it in a browser, with scripts and without: from the mail to the reply to our answer."""

from __future__ import annotations

from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest
from pages import PASSWORD
from product import message_id, request

from browser.chrome import House

if TYPE_CHECKING:
    from collections.abc import Callable

    from product import Product

    from browser.chrome import Window

pytestmark = [pytest.mark.browser, pytest.mark.dovecot]

KIM, ADA, SAM = "kim@council.example", "ada@council.example", "sam@council.example"
BODY = (
    "Dear Sir or Madam,\r\n\r\nUnder the Freedom of Information Act 2000:\r\n\r\n1. How many potholes were mended in 2025?\r\n"
    "2. How much was paid for damage to vehicles?\r\n\r\nJane Doe\r\n"
)


def _signed_in(window: Window, email: str) -> Window:
    window.open("door.sign_in")
    window.put("E-mail address", email)
    window.put("Password", PASSWORD)
    return window.press("Sign in")


def _drafted(kim: Window, answer: str) -> None:
    """Answer both questions, look at the letter, put it up."""
    for n, words in ((1, answer), (2, "£4,210.")):
        kim.put(f"What they get (question {n})", "Supplied")
        kim.put(f"Answer (question {n})", words)
    kim.press("Keep, and see the letter and its checks")
    assert answer in kim.words
    kim.press("Put it up for approval")
    assert "For approval" in kim.words


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_mail_to_the_reply_to_our_answer(
    scripts: bool,  # noqa: FBT001 - a case of the test
    product: Product,
    window: Callable[..., Window],
) -> None:
    """Acknowledged, drafted, returned, drafted again, approved by another, stopped, approved again, sent once; the reply lands on it."""
    product.put(request("asked", body=BODY))
    product.run_once()
    [case] = product.cases()
    assert [letter.recipients for letter in product.sink.letters] == [("jane@example.org",)]
    house = House(product.app)
    try:
        kim, ada, sam = (_signed_in(window(house=house, java_script_enabled=scripts), who) for who in (KIM, ADA, SAM))
        kim.follow("Requests").follow(case.reference).press("Take it")
        assert "is yours now" in kim.words
        kim.follow("Draft the answer")
        _drafted(kim, "There were 1,204.")

        ada.follow("For approval", within="nav").follow("Answer to the request").follow("Return it to its drafter")
        ada.put("What has to change", "Say of which year.").press("Return it")
        assert "Nothing waits for approval" in ada.words

        kim.open("request.show", reference=case.reference).follow("Go on with the answer")
        assert "Say of which year." in kim.words
        _drafted(kim, "In 2025 there were 1,204.")
        kim.follow("Answer to the request", within="main").press("Approve")
        assert "another officer has to approve it" in kim.words

        ada.follow("For approval", within="nav").follow("Answer to the request")
        assert "Added: In 2025 there were 1,204." in ada.words
        ada.press("Approve")
        assert "Approved. It goes to jane@example.org" in ada.words

        sam.open("request.show", reference=case.reference).follow("Answer to the request").press("Stop it")
        assert "Stopped. The letter has not gone" in sam.words
        product.after_undo()
        product.deliver()
        assert len(product.sink.letters) == 1

        ada.open("approval.waiting").follow("Answer to the request").press("Approve")
        product.after_undo()
        product.deliver()
        product.deliver()
        assert len(product.sink.letters) == 2
        answer = product.sink.letters[-1]
        assert answer.recipients == ("jane@example.org",)
        assert "In 2025 there were 1,204." in _text(answer.raw)

        thanks = request(
            "thanks", subject=f"Re: Your request {case.reference}", body="Thank you for the answer, it is a great help.\r\n",
            headers=(f"In-Reply-To: {message_id(answer)}",),
        )  # fmt: skip
        product.put(thanks)
        product.run_once()
        kim.open("request.show", reference=case.reference)
        assert f"Re: Your request {case.reference}" in kim.words
        kim.follow(f"Re: Your request {case.reference}")
        assert "it is a great help" in kim.words
        assert len(product.cases()) == 1
        assert product.app.store.verify().ok
    finally:
        house.close()


def _text(raw: bytes) -> str:
    """The words of a letter that was sent."""
    message = message_from_bytes(raw)
    parts = [part for part in message.walk() if part.get_content_type() == "text/plain"]
    return b"".join(part.get_payload(decode=True) for part in parts).decode()  # type: ignore[misc]
