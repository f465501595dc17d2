"""The officers' pages in tests: an office with people and mail in it, visitors who click and fill in forms, pages they read."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from engines import finished
from fakes import FakeTransport, FixedClock
from flask import url_for
from jinja2 import BytecodeCache
from lxml import html
from storing import arrival

from pipeline.bootstrap import build
from pipeline.letters.model import LetterKind
from pipeline.settings import Settings
from pipeline.stages.accounts import passwords
from pipeline.stages.deliver import Deliver
from pipeline.web.app import accounts_of, create_app
from pipeline.web.letterform import FormReader, laid_out

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2.bccache import Bucket
    from werkzeug.test import TestResponse

    from pipeline.bootstrap import App

OFFICER, APPROVER, ADMIN, READ_ONLY = (
    "kim@council.example",
    "ada@council.example",
    "max@council.example",
    "rea@council.example",
)
PASSWORD = "three random words"
NOW = datetime(2025, 1, 6, 10, 0, tzinfo=UTC)
COUNCIL = "foi@council.example"
REQUESTER = "jo@example.com"

_CONFIG = """\
[authority]
name = "Northfield Council"
team = "Information Governance Team"
internal_domains = ["council.example"]

[mailbox.infogov]
host = "127.0.0.1"
port = 1
security = "none"
user = "foi"
password = "x"
start = "all"

[smtp]
host = "127.0.0.1"
port = 1
security = "none"
from_address = "foi@council.example"

[database]
url = "sqlite:///infogov.db"
"""


def signed_in(app: App, email: str) -> str:
    """A session of this officer's as one has who came with a council account, its row put there by hand; returns its token."""
    token, now = app.ids.token(), app.clock.now()
    ends_at = now + timedelta(hours=app.settings.web.session_hours)
    with app.store.write() as work:
        digest = hashlib.sha256(token.encode()).hexdigest()
        work.sign_ins.begin(digest, email, via="oidc", at=now, ends_at=ends_at)
    return token


class _Compiled(BytecodeCache):
    """Templates compiled once for all offices of a run, for there are many and every office has an environment of its own."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template back that was compiled before."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


@cache
def _hash() -> str:
    """The hash of everybody's password, made once a run."""
    return passwords.hashed(PASSWORD)


class Office:
    r"""The product with its pages over a database of its own, four officers, and a clock that stands still.

    *more* is TOML put behind the configuration, such as '[web]\\nidle_minutes = 5'.
    """

    def __init__(self, folder: Path, more: str = "", *, demo: bool = False) -> None:
        config = folder / "infogov.toml"
        config.write_text(_CONFIG + more)
        finished(folder / "infogov.db")
        self.clock = FixedClock(NOW)
        self.app = dataclasses.replace(build(Settings.load(config, {})), clock=self.clock)
        with self.app.store.write() as work:
            for email, name, role in (
                (OFFICER, "Kim Officer", "officer"),
                (APPROVER, "Ada Approver", "approver"),
                (ADMIN, "Max Admin", "admin"),
                (READ_ONLY, "Rea Reader", "read_only"),
            ):
                work.officers.add(email, name, role, via="test", at=NOW)
                work.officers.set_password(email, _hash(), must_change=False)
        self.flask = create_app(self.app, demo=demo)
        self.flask.jinja_env.bytecode_cache = _COMPILED
        self.transport = FakeTransport()
        self.accounts = accounts_of(self.app)
        self._uid = 0

    def receive(self, text: str = "Please tell me how many potholes were filled in 2024.", **headers: str) -> str:
        """Take a requester's mail in and file it; returns the newest request's reference. *headers* such as Subject, From_."""
        given = {
            "From": f"Jo Bloggs <{REQUESTER}>",
            "To": COUNCIL,
            "Subject": "Freedom of Information request",
            "Date": "Mon, 06 Jan 2025 09:00:00 +0000",
            "Message-ID": f"<mail-{self._uid}@example.com>",
            "Content-Type": "text/plain; charset=utf-8",
        } | {name.rstrip("_"): value for name, value in headers.items()}
        raw = "".join(f"{name}: {value}\r\n" for name, value in given.items()) + "\r\n" + text.replace("\n", "\r\n")
        return self.receive_raw(raw.encode())

    def receive_raw(self, raw: bytes) -> str:
        """Take a whole message in and file it; returns the newest request's reference, empty when there is none."""
        self._uid += 1
        with self.app.store.write() as work:
            work.messages.take("infogov", "INBOX", 1, [arrival(self._uid, raw=raw)], self.clock.now())
        self.app.intake.run()
        with self.app.store.read() as work:
            newest = max(work.cases.every(), key=lambda case: case.id, default=None)
        return "" if newest is None else newest.reference

    # ---- what others did, by the stages' own verbs ---------------------------------------------------------------

    def answered(self, reference: str, words: str = "There were forty.", by: str = OFFICER, **form: str) -> None:
        """Keep an answer that discloses everything; *form* is filled in over it, q1_reason for q1-reason."""
        casework = self.app.casework("test")
        draft = casework.draft(reference)
        given = dict(laid_out(draft.record))
        for n in range(1, len(draft.record.questions) + 1):
            given |= {f"q{n}-outcome": "supplied", f"q{n}-answer": words}
        given |= {name.replace("_", "-", 1): value for name, value in form.items()}
        record = FormReader(given).record(draft.record)
        casework.save_record(reference, record, by, base_version=draft.version)

    def put_up(self, reference: str, by: str = OFFICER) -> None:
        """Answer, and put it up for approval."""
        self.answered(reference, by=by)
        self.app.casework("test").submit(reference, by, kind=LetterKind.RESPONSE)

    def approved(self, reference: str) -> int:
        """Answer, put up, approve; returns the letter's number in the outbox."""
        self.put_up(reference)
        return self.app.casework("test").approve(reference, APPROVER).outbox_id

    def deliver(self, *errors: Exception) -> None:
        """Send what is due, after the time in which it can be stopped; each of *errors* is a fault of the mail server with one letter."""
        self.clock.advance(timedelta(minutes=self.app.settings.delivery.undo_minutes, seconds=1))
        self.transport.fail_next(*errors)
        told = self.app.clockwork("test").letter_sent
        app = self.app
        Deliver(app.store, self.transport, self.clock, app.ids, app.settings, None, letter_sent=told).run()

    def whole(self) -> bool:
        """Whether the trail vouches for all there is."""
        return self.app.store.verify().findings == []

    def visitor(self, email: str | None = OFFICER) -> Visitor:
        """A browser in which this officer is signed in already; nobody for None."""
        visitor = Visitor(self)
        if email is not None:
            visitor.client.set_cookie("infogov", signed_in(self.app, email))
        return visitor

    def address(self, endpoint: str, **values: Any) -> str:
        """The path of a page."""
        with self.flask.test_request_context():
            return url_for(endpoint, **values)

    def close(self) -> None:
        """Give the database back."""
        self.app.close()


class Visitor:
    """A browser without scripts: follows links, fills in forms, keeps cookies."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.client = office.flask.test_client()

    def get(self, endpoint: str, *, expect: int = 200, **values: Any) -> Page:
        """Open a page by its name in the program."""
        return self.open(self.office.address(endpoint, **values), expect=expect)

    def open(self, path: str, *, expect: int = 200) -> Page:
        """Open a page by its path."""
        return self._page(self.client.get(path), path, expect)

    def post(self, path: str, fields: dict[str, Any], *, expect: int = 200) -> Page:
        """Send a form as a browser does, and follow where it leads; *expect* is the last page's status."""
        answer = self.client.post(path, data=fields, content_type="multipart/form-data")
        while answer.status_code in {301, 302, 303}:
            parts = urlsplit(answer.headers["Location"])
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            answer = self.client.get(path)
        return self._page(answer, path, expect)

    def _page(self, answer: TestResponse, path: str, expect: int) -> Page:
        assert answer.status_code == expect, f"{path}: {answer.status_code}, not {expect}: {_words(answer)[:600]}"
        return Page(self, path, answer)


class Page:
    """What came back: its words, its parts, and the forms on it."""

    def __init__(self, visitor: Visitor, path: str, answer: TestResponse) -> None:
        self.visitor = visitor
        self.path = path
        self.answer = answer
        self.status = answer.status_code
        self.tree = html.document_fromstring(answer.text) if answer.mimetype == "text/html" else None

    @property
    def words(self) -> str:
        """The words of the page's main part, spaces made single."""
        return _words(self.answer)

    def select(self, css: str) -> list[Any]:
        """The elements that a CSS selector finds."""
        assert self.tree is not None
        return list(self.tree.cssselect(css))

    def link(self, text: str, *, expect: int = 200) -> Page:
        """Follow the link with this text."""
        found = [a for a in self.select("a[href]") if " ".join(a.text_content().split()) == text]
        assert found, f"no link {text!r} on {self.path}"
        return self.visitor.open(found[0].get("href"), expect=expect)

    def submit(self, button: str, *, expect: int = 200, **fields: Any) -> Page:
        """Press the button with this text, after filling in *fields* over what its form holds; a list gives a field several values."""
        form, pressed = self._form(button)
        unknown = set(fields) - set(form.fields.keys()) - {i.get("name") for i in form.iter("input", "button")}
        assert not unknown, f"the form of {button!r} has no {sorted(unknown)}"
        filled: dict[str, list[Any]] = {}
        for name, value in form.form_values():
            filled.setdefault(name, []).append(value)
        if pressed.get("name"):
            filled[pressed.get("name")] = [pressed.get("value", "")]
        for name, value in fields.items():
            filled[name] = list(value) if isinstance(value, list) else [value]
        return self.visitor.post(pressed.get("formaction") or form.get("action") or self.path, filled, expect=expect)

    def _form(self, button: str) -> tuple[Any, Any]:
        assert self.tree is not None
        for form in self.tree.forms:
            for pressed in form.iter("button"):
                if " ".join(pressed.text_content().split()) == button:
                    return form, pressed
        raise AssertionError(f"no button {button!r} on {self.path}: {self.words[:400]}")


def _words(answer: TestResponse) -> str:
    if answer.mimetype != "text/html":
        return answer.text
    tree = html.document_fromstring(answer.text)
    main = tree.cssselect("main")
    return " ".join((main[0] if main else tree).text_content().split())


def waiting_for(office: Office) -> str:
    """A request whose requester was asked to clarify it, with that letter gone."""
    reference = office.receive()
    office.deliver()
    page = office.visitor().get("draft.edit", reference=reference, kind="clarification")
    page = page.submit("Keep, and see the letter and its checks", needed="Which streets do you mean?")
    page.submit("Put it up for approval")
    office.app.casework("test").approve(reference, APPROVER, kind=LetterKind.CLARIFICATION)
    office.deliver()
    return reference
