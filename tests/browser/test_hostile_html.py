"""A requester's HTML: whatever is in it, an officer sees the words, and nothing runs, loads, leads away or pretends."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from email.message import EmailMessage
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from pages import COUNCIL, NOW, OFFICER, Office
from storing import arrival

from browser.chrome import House
from browser.hostile_html import CASES, Case, huge_table
from pipeline.web.pages import mail as mail_pages
from pipeline.web.showing import FRAME_POLICY, harmless, seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Frame

    from browser.chrome import Chrome, Window

pytestmark = pytest.mark.browser

_BITING = [case for case in CASES if case.bites != "look"]
# What may be left of a mail: words, structure, tables.
_ATTRIBUTES = {"colspan", "rowspan", "scope", "start"}
_ACTING = {"script", "style", "form", "input", "button", "iframe", "object", "embed", "link", "meta", "base", "img", "svg", "math"}  # fmt: skip


class _Elsewhere:
    """Somebody else's server, which notes every connection and every question."""

    def __init__(self) -> None:
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(204)
                self.end_headers()

            do_POST = do_GET  # noqa: N815 - the library's name

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            def verify_request(self, request: object, client_address: object) -> bool:
                del request, client_address
                asked.append("a connection")
                return True

        self.asked = asked
        self._server = Server(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


class _Tags(HTMLParser):
    """Every tag and attribute of a fragment, as a parser finds them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        """Note the words."""
        self.text += data


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_that_acts_is_left(case: Case) -> None:
    """Only tags of text and tables are left, with four attributes; the question stays readable, and a second cleaning finds nothing."""
    shown = harmless(case.at("http://evil.example"))
    found = _Tags(shown)
    assert found.tags & _ACTING == set()
    assert found.attributes <= _ATTRIBUTES
    assert case.marker in found.text
    markup = "".join(re.findall(r"<[^>]*>", shown))
    for gone in case.gone:
        assert gone.replace("EVIL", "evil.example") not in (markup if gone.isascii() else shown), gone
    assert harmless(shown) == shown


def test_the_corpus_is_large_enough() -> None:
    """At least forty different tricks, each with a name of its own."""
    assert len({case.name for case in CASES}) == len(CASES) >= 40


def test_too_much_html_is_not_shown_at_all() -> None:
    """Five megabytes of table give nothing: the mail's text is there to read."""
    assert harmless(huge_table()) == ""


def test_text_loses_its_unseen_marks_only() -> None:
    """Accents, Welsh, Arabic and emoji stay; what turns or hides words goes."""
    kept = "Cyngor Caerdydd ŵ é, \u0627\u0644\u0645\u062c\u0644\u0633, 日本, 👍"
    assert seen(kept) == kept
    assert seen("a\u202eb\u200bc\u2066d\U000e0041e") == "abcde"


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[_Elsewhere]:
    """Somebody else's server."""
    made = _Elsewhere()
    yield made
    made.close()


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory, elsewhere: _Elsewhere) -> Iterator[tuple[House, dict[str, int]]]:
    """An office with every case in its mailbox, and the number of each mail."""
    office = Office(tmp_path_factory.mktemp("hostile"))
    mails = [_mail(case.name, case.at(f"{elsewhere.origin}/{case.name}")) for case in CASES]
    mails.append(_mail("huge", huge_table() + "<p>How much did it cost?</p>"))
    with office.app.store.write() as work:
        work.messages.take("infogov", "INBOX", 1, [arrival(uid, raw) for uid, raw in enumerate(mails, 1)], NOW)
    office.app.intake.run()
    with office.app.store.read() as work:
        numbers = {
            (work.messages.raw(number) or b"").partition(b"case: ")[2].partition(b"\r\n")[0].decode(): number
            for number in range(1, len(CASES) + 2)
        }
    house = House(office.app)
    yield house, numbers
    house.close()
    office.close()


@pytest.fixture(scope="module")
def officer(chrome: Chrome, post: tuple[House, dict[str, int]]) -> Iterator[Window]:
    """One officer's window for all of it."""
    made = chrome.window(post[0], OFFICER)
    yield made
    made.close()


def _mail(name: str, html: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Jo Bloggs <jo@example.com>"
    message["To"] = COUNCIL
    message["Subject"] = f"Freedom of Information request: case: {name}"
    message["Date"] = "Mon, 06 Jan 2025 09:00:00 +0000"
    message["Message-ID"] = f"<{name}@example.com>"
    message.set_content(f"Please tell me this under the Freedom of Information Act: {name}.\n")
    message.add_alternative(html.encode("utf-8", "replace").decode(), subtype="html", cte="base64")
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _show(window: Window, number: int) -> Frame:
    """Let the frame that a mail's page has show this mail, and return what is in it."""
    window.page.evaluate(
        "(address) => new Promise(done => { const frame = document.querySelector('iframe'); "
        "frame.addEventListener('load', done, {once: true}); frame.src = address })",
        window.house.address("mail.html", number=number),
    )
    return window.page.frames[1]


@pytest.fixture(scope="module")
def opened(chrome: Chrome, post: tuple[House, dict[str, int]]) -> Iterator[Window]:
    """An officer's window with a mail's page in it, whose frame shows one mail after another."""
    made = chrome.window(post[0], OFFICER)
    made.open("mail.show", number=1)
    yield made
    made.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hostile_mail_is_shown_inert(
    case: Case, opened: Window, post: tuple[House, dict[str, int]], elsewhere: _Elsewhere
) -> None:
    """The officer reads the question in a sandboxed frame; nothing ran, asked elsewhere, opened a dialog or changed the page."""
    before, page = len(elsewhere.asked), opened.page
    around = page.locator("html").inner_html().partition("<iframe")[0]
    frame = _show(opened, post[1][case.name])
    assert case.marker in frame.locator("body").inner_text()
    assert page.locator("iframe").evaluate_all("all => all.map(e => e.getAttribute('sandbox'))") == [""]
    assert page.evaluate("window.ran") is None
    assert page.locator("html").inner_html().partition("<iframe")[0] == around
    assert [one.url for one in page.frames] == [
        opened.house.address("mail.show", number=1),
        opened.house.address("mail.html", number=post[1][case.name]),
    ]
    assert elsewhere.asked[before:] == []
    assert opened.complaints == []


def test_a_huge_table_is_read_as_text(officer: Window, post: tuple[House, dict[str, int]]) -> None:
    """The page of a mail with five megabytes of table comes up, says so in the frame, and has the mail's text."""
    officer.open("mail.show", number=post[1]["huge"])
    assert "Please tell me this" in officer.words
    assert "too large" in officer.page.frame_locator("iframe.app-mail-frame").locator("body").inner_text()
    assert officer.complaints == []


@pytest.mark.parametrize("case", _BITING, ids=lambda case: case.name)
def test_the_corpus_bites(case: Case, chrome: Chrome, elsewhere: _Elsewhere, bare: Window) -> None:
    """In a page that shows it as it came, each of these runs or asks elsewhere: what the other tests prove is no accident."""
    del chrome
    before = len(elsewhere.asked)
    bare.page.goto("about:blank")
    bare.page.set_content(
        f"<!DOCTYPE html><html><head></head><body>{case.at(elsewhere.origin)}</body></html>", wait_until="commit"
    )
    if case.bites == "script":
        bare.page.wait_for_function("window.ran > 0")
    else:
        _until(bare, lambda: len(elsewhere.asked) > before)


@pytest.fixture(scope="module")
def bare(chrome: Chrome, post: tuple[House, dict[str, int]]) -> Iterator[Window]:
    """A window on nothing of ours."""
    made = chrome.window(post[0])
    yield made
    made.close()


def _until(window: Window, happened: object) -> None:
    for _ in range(400):
        if happened():  # type: ignore[operator]
            return
        window.page.wait_for_timeout(25)
    raise AssertionError("nothing was asked for")


def test_the_frame_holds_by_itself(
    monkeypatch: pytest.MonkeyPatch, chrome: Chrome, post: tuple[House, dict[str, int]], elsewhere: _Elsewhere
) -> None:
    """With the cleaning left out altogether, sandbox and policy keep every one of these from running and from asking elsewhere."""
    house, numbers = post
    monkeypatch.setattr(mail_pages, "harmless", lambda html: html)
    window = chrome.window(house, OFFICER)
    window.open("mail.show", number=1)
    before = len(elsewhere.asked)
    for case in _BITING:
        _show(window, numbers[case.name])
        assert window.page.evaluate("window.ran") is None, case.name
        assert window.page.url == house.address("mail.show", number=1), case.name
    # A hint to connect is no question: it tells nothing of the mail, and the cleaning takes it out besides.
    assert set(elsewhere.asked[before:]) <= {"a connection"}
    assert not [said for said in window.complaints if said.startswith("dialog")]
    window.close()


def test_the_frames_own_answer_allows_nothing(officer: Window, post: tuple[House, dict[str, int]]) -> None:
    """Opened by its address, outside its frame, the cleaned mail is sandboxed by its own header and frames only ours."""
    case = replace(CASES[0])
    answer = officer.page.goto(post[0].address("mail.html", number=post[1][case.name]))
    assert answer is not None
    assert answer.headers["content-security-policy"] == FRAME_POLICY
    assert "sandbox" in FRAME_POLICY.split("; ")
    assert officer.page.evaluate("window.origin") == "null"
