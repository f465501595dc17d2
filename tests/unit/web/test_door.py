"""Coming in and going out: who is let in, for how long, and what was typed when a session ended."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pages import ADMIN, OFFICER, PASSWORD, Office

from pipeline.domain.errors import NotAllowedError
from pipeline.stages.accounts import RefusedError, passwords

if TYPE_CHECKING:
    from pathlib import Path


def sign_in(office: Office, password: str = PASSWORD, *, email: str = OFFICER, expect: int = 200):  # noqa: ANN201 - a Page
    """Fill in the sign-in form."""
    return office.visitor(None).get("door.sign_in").submit("Sign in", email=email, password=password, expect=expect)


def test_an_officer_signs_in_and_out(office: Office) -> None:
    """The right password leads to My work; after signing out the pages are closed again."""
    page = sign_in(office)
    assert "My work" in page.words
    out = page.submit("Sign out")
    assert "Sign in" in out.words
    assert out.visitor.client.get("/").status_code == 302


def test_the_page_asked_for_comes_after_signing_in(office: Office) -> None:
    """Whoever opens a page without a session is led to it once they have signed in."""
    visitor = office.visitor(None)
    asked = visitor.client.get("/help")
    page = visitor.open(asked.headers["Location"]).submit("Sign in", email=OFFICER, password=PASSWORD)
    assert page.path == "/help"


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example",
        "/\t\\evil.example", "/\r/evil.example", "/\n/evil.example", "/ /evil.example", "/\x0b/evil.example", "/\u2028/evil.example",
    ],
)  # fmt: skip
def test_nobody_is_led_elsewhere(office: Office, to: str) -> None:
    """An address outside these pages is not gone to after signing in, whether the link or the form names it."""
    for given in ({}, {"to": to}):
        page = office.visitor(None).get("door.sign_in", to=to)
        (form,) = [one for one in page.tree.forms if "password" in one.fields]
        fields = dict(form.form_values()) | {"email": OFFICER, "password": PASSWORD} | given
        answer = page.visitor.client.post("/sign-in", data=fields)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_a_wrong_password_and_an_unknown_officer_look_alike(office: Office) -> None:
    """The page does not tell who works here."""
    wrong = sign_in(office, "not the password", expect=403)
    unknown = sign_in(office, email="nobody@council.example", expect=403)
    assert wrong.words == unknown.words


def test_guesses_at_once_count_as_guesses_one_after_the_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of eight passwords that are compared at the same moment five are answered, the right one among those after them as little as a wrong one."""
    together, answered = threading.Barrier(8), threading.Event()

    def compared(password: str, _: str | None) -> bool:
        together.wait(20)
        if password == PASSWORD:
            answered.wait(20)
        return password == PASSWORD

    monkeypatch.setattr(passwords, "fits", compared)

    def guess(number: int) -> str:
        with pytest.raises(RefusedError) as refused:
            office.accounts.sign_in(OFFICER, f"guess {number}" if number else PASSWORD, f"192.0.2.{number}")
        return str(refused.value)

    with ThreadPoolExecutor(8) as crowd:
        right, *wrong = [crowd.submit(guess, number) for number in range(8)]
        said = [one.result() for one in wrong]
        answered.set()
    assert sum("not right" in one for one in said) == 5
    assert all("too many attempts" in one for one in (right.result(), *(one for one in said if "not right" not in one)))
    with office.app.store.read() as work:
        assert work.sign_ins.failures((f"account:{OFFICER}",))[f"account:{OFFICER}"].count == 5


def test_too_many_wrong_passwords_make_the_next_try_wait(office: Office) -> None:
    """After five failures the account is refused for a minute, the right password too; then it is let in again."""
    for _ in range(5):
        sign_in(office, "not the password", expect=403)
    refused = sign_in(office, expect=429)
    assert "too many attempts" in refused.words
    assert int(refused.answer.headers["Retry-After"]) <= 61
    office.clock.advance(timedelta(seconds=61))
    assert "My work" in sign_in(office).words


def test_a_session_ends_when_nobody_clicks_and_in_any_case_at_night(office: Office) -> None:
    """An hour without a click ends a session; so do twelve hours of clicking."""
    idle = office.visitor()
    office.clock.advance(timedelta(minutes=61))
    assert idle.client.get("/").status_code == 302
    busy = office.visitor()
    for _ in range(14):
        office.clock.advance(timedelta(minutes=55))
        last = busy.client.get("/").status_code
    assert last == 302


def test_a_disabled_officer_is_out_at_once(office: Office) -> None:
    """Disabling an officer ends the session that is open in their browser."""
    visitor = office.visitor(OFFICER)
    assert visitor.client.get("/").status_code == 200
    office.accounts.disable(ADMIN, OFFICER)
    assert visitor.client.get("/").status_code == 302


def test_a_first_password_has_to_be_changed(office: Office) -> None:
    """Every page leads to the change of a password that somebody else gave; afterwards the new one opens them."""
    given = office.accounts.add(ADMIN, "new@council.example", "New Officer", "officer")
    page = sign_in(office, given, email="new@council.example")
    assert page.path == "/password"
    assert page.visitor.open("/help", expect=302).status == 302
    changed = page.submit(
        "Change password", old_password=given, new_password="quiet green teapot", again="quiet green teapot"
    )
    assert "Sign in" in changed.words
    assert "My work" in sign_in(office, "quiet green teapot", email="new@council.example").words


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        ("short", "short", "at least 12"),
        ("three random turtles", "three random tortoises", "not the same"),
        ("kim-is-the-best-officer", "kim-is-the-best-officer", "own address"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "different characters"),
        ("password1234", "password1234", "harder to guess"),
        (PASSWORD, PASSWORD, "other than the present one"),
    ],
)
def test_a_weak_password_is_refused(office: Office, new: str, again: str, said: str) -> None:
    """The page says what is wrong with a password, and nothing changes."""
    page = office.visitor().get("door.password")
    refused = page.submit("Change password", old_password=PASSWORD, new_password=new, again=again, expect=400)
    assert said in refused.words
    assert "My work" in sign_in(office).words


def test_what_was_typed_outlives_the_session(office: Office) -> None:
    """A form sent after the session ended is shown, carried through signing in, and can then be sent."""
    visitor = office.visitor()
    page = visitor.get("door.password")
    office.clock.advance(timedelta(hours=2))
    asked = visitor.post("/sign-out", {"note": "three paragraphs of careful words"}, expect=401)
    assert "three paragraphs of careful words" in asked.words
    again = asked.submit("Sign in", email=OFFICER, password=PASSWORD)
    assert "three paragraphs of careful words" in again.words
    assert page.path == "/password"
    assert "Sign in" in again.submit("Send").words


def test_passwords_are_never_given_back(office: Office) -> None:
    """A form with a password that could not be taken shows everything but that."""
    visitor = office.visitor()
    office.clock.advance(timedelta(hours=2))
    asked = visitor.post("/password", {"old_password": "very secret words", "note": "kept"}, expect=401)
    assert "kept" in asked.words
    assert "very secret words" not in asked.answer.text


def test_the_last_administrator_stays(office: Office) -> None:
    """Nobody can leave the office without an administrator."""
    with pytest.raises(NotAllowedError, match="only administrator"):
        office.accounts.disable(ADMIN, ADMIN)
    with pytest.raises(NotAllowedError, match="only administrator"):
        office.accounts.place(ADMIN, ADMIN, "officer", None)


def test_only_an_administrator_changes_officers(office: Office) -> None:
    """The stage refuses an officer, whatever page they came by."""
    with pytest.raises(NotAllowedError, match="Only an administrator"):
        office.accounts.add(OFFICER, "new@council.example", "New", "admin")


def test_a_leaver_hands_over_open_requests(office: Office) -> None:
    """An officer with open requests is disabled only with somebody who takes them over, and they go there."""
    reference = office.receive()
    with office.app.store.write() as work:
        case = work.cases.by_reference(reference)
        assert case is not None
        work.cases._connection.exec_driver_sql("UPDATE request SET owner = ?", (OFFICER,))
    with pytest.raises(NotAllowedError, match="1 open requests: say who takes them over"):
        office.accounts.disable(ADMIN, OFFICER)
    assert office.accounts.disable(ADMIN, OFFICER, ADMIN) == 1
    with office.app.store.read() as work:
        moved = work.cases.by_reference(reference)
    assert moved is not None
    assert moved.owner == ADMIN
    assert office.app.store.verify().findings == []


def test_a_restart_keeps_sessions_and_open_forms(tmp_path: Path) -> None:
    """After a restart the officer is still signed in, and a form opened before it can be sent."""
    before = Office(tmp_path)
    visitor = before.visitor()
    page = visitor.get("door.password")
    before.close()
    after = Office(tmp_path)
    visitor.office, client = after, visitor.client
    client.application = after.flask
    assert (
        "not the same"
        in page.submit(
            "Change password", old_password=PASSWORD, new_password="a" * 20, again="b" * 20, expect=400
        ).words
    )
    after.close()
