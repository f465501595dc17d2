"""Every page in every state that it can show: who opens what, and what they do there before it is looked at.

A page that is added must be added here: test_accessible.py compares with the routes and with the templates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pages import ADMIN, APPROVER, OFFICER, PASSWORD, READ_ONLY

from pipeline.letters.model import LetterKind
from pipeline.web.security import session_cookie

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.chrome import Window
    from browser.town import Town

FIRST = "first@council.example"
_HEAD = "own_reference,received_on,text,requester_name\n"
# What has no page: files, machines' answers, and addresses that only lead on.
NO_PAGE = {
    "static_file", "favicon", "theme", "probes.alive", "probes.ready", "probes.metrics", "queue.as_csv", "figures.as_csv", "mail.raw",
    "mail.file", "letters.raw", "request.bundle", "draft.pdf", "draft.word", "draft.file", "single.start", "single.back",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A page as somebody sees it: *endpoint* with *values* (@name is an attribute of the town), opened by *who* (None: nobody).

    *then* is what they do there; *expect* the status that opening gives, *shows* words that prove the state is the one meant.
    *idle* takes an office in which nothing has happened yet.
    """

    name: str
    endpoint: str
    shows: str
    who: str | None = OFFICER
    values: dict[str, Any] = field(default_factory=dict)
    then: Callable[[Window], object] | None = None
    expect: int = 200
    idle: bool = False

    def reach(self, window: Window, town: Town | None) -> None:
        """Bring *window* there."""
        found = {
            name: getattr(town, value[1:]) if isinstance(value, str) and value.startswith("@") else value
            for name, value in self.values.items()
        }
        window.open(self.endpoint, expect=self.expect, **found)
        if self.then is not None:
            self.then(window)


def _at(name: str, endpoint: str, shows: str, who: str | None = OFFICER, /, **values: Any) -> State:
    own = {key: values.pop(key) for key in ("then", "expect", "idle") if key in values}
    return State(name=name, endpoint=endpoint, shows=shows, who=who, values=values, **own)


def _emptied(button: str, *names: str) -> Callable[[Window], object]:
    """Empty the fields of these names, and press."""

    def act(window: Window) -> None:
        for name in names:
            window.page.locator(f'main [name="{name}"]').first.fill("")
        window.press(button)

    return act


def _filled(button: str, **fields: str) -> Callable[[Window], object]:
    """Fill in the fields of these names (-- for __), and press."""

    def act(window: Window) -> None:
        for name, value in fields.items():
            window.page.locator(f'main [name="{name.replace("__", "-")}"]').first.fill(value)
        window.press(button)

    return act


def _pressed(button: str, at: int = 0) -> Callable[[Window], object]:
    return lambda window: window.press(button, at=at)


def _unfolded(window: Window) -> None:
    """Open everything that folds."""
    window.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


def _session_over(window: Window) -> None:
    """Send a form after the session has ended: the sign-in page shows what was typed."""
    window.page.locator("#note-text").fill("Careful words that must not be lost.")
    window.context.clear_cookies(name=session_cookie(window.house.app.settings))
    window.press("Keep the note")


def _signed_in_again(window: Window) -> None:
    _session_over(window)
    window.fill(Password=PASSWORD).put("E-mail address", OFFICER)
    window.press("Sign in")


def _stale(window: Window) -> None:
    """Send a form whose token is not this session's."""
    window.page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach(one => { one.value = 'x' })")
    _filled("Keep the note", text="Careful words.")(window)


def _taken(window: Window) -> None:
    """Press a button that was there when nobody had the request yet."""
    window.page.evaluate("document.querySelector('#note-text').form.action = location.pathname + '/take'")
    window.press("Keep the note")


def _meanwhile(window: Window) -> None:
    """Keep a letter of which somebody keeps a newer version at the same moment."""
    window.page.evaluate("document.querySelector('[name=base_version]').value = '0'")
    window.page.locator('[name="q1-answer"]').fill("Mine.")
    window.press("Keep and go on")


def _other_questions(window: Window) -> None:
    """Keep an answer while one question got other words and another one was taken off."""
    window.page.evaluate(
        """const form = document.querySelector('#letter')
        form.querySelector('[name=q1-asked]').value = 'foi||Other words'
        for (const [name, value] of [['q99-asked', 'foi||How much was it, with taxes?'], ['q99-answer', 'About forty.']]) {
          form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }))
        }"""
    )
    window.press("Keep and go on")


def _tried_file(content: str) -> Callable[[Window], object]:
    def act(window: Window) -> None:
        file = {"name": "cases.csv", "mimeType": "text/csv", "buffer": content.encode()}
        window.page.locator('input[type="file"]').set_input_files(files=[file])  # type: ignore[list-item]
        window.press("Send the file")

    return act


_DOOR = (
    _at("sign in", "door.sign_in", "Sign in", None),
    _at("sign in, nothing filled in", "door.sign_in", "Enter your password", None, then=_pressed("Sign in")),
    _at("sign in, wrong password", "door.sign_in", "problem", None, then=_filled("Sign in", email=OFFICER, password="x")),
    _at("signed out", "desk.my_work", "You have signed out", "kim.4@council.example", then=lambda w: w.press("Sign out", within="body")),
    _at("sign in, with a form kept", "request.show", "What you typed", "kim.2@council.example", reference="@mine", then=_session_over),
    _at("send again what was kept", "request.show", "Read it once more", "kim.3@council.example", reference="@mine", then=_signed_in_again),
    _at("send again a stale form", "request.show", "open too long", reference="@mine", then=_stale),
    _at("password", "door.password", "At least 12 characters"),
    _at("password, weak", "door.password", "at least 12", then=_filled("Change password", old_password=PASSWORD, new_password="short", again="short")),
    _at("password, nothing filled in", "door.password", "Enter a new password", then=_pressed("Change password")),
    _at("first password", "door.password", "Three random words", FIRST),
)  # fmt: skip

_FAILURES = (
    _at("failure 400", "figures.show", "is not a day", expect=400, **{"from": "yesterday"}),
    _at("failure 403", "counter.log", "You can't do this", READ_ONLY, expect=403),
    _at("failure 404", "request.show", "Page not found", expect=404, reference="FOI000000000"),
    _at("failure 409", "request.show", "This can't be done now", APPROVER, reference="@mine", then=_taken),
    _at("failure 500", "figures.as_csv", "It is our fault", expect=500),
)  # fmt: skip

_LISTS = (
    _at("my work", "desk.my_work", "My work"),
    _at("my work of an approver", "desk.my_work", "to be looked at", APPROVER),
    _at("hand over", "desk.hand_over", "takes all of them at once"),
    _at("hand over, refused", "desk.hand_over", "There is a problem", then=_pressed("Hand them over")),
    _at("hand over, idle", "desk.hand_over", "no open requests to hand over", idle=True),
    _at("hand over", "desk.hand_over", "A colleague takes all"),
    _at("hand over, idle", "desk.hand_over", "no open requests", idle=True),
    _at("my work, idle", "desk.my_work", "You have no open requests", idle=True),
    _at("queue", "queue.show", "Overdue by", then=_unfolded),
    _at("queue, answered", "queue.show", "Answered", scope="closed"),
    _at("queue, searched", "queue.show", "potholes", words="potholes", scope="all"),
    _at("queue, nothing found", "queue.show", "No request matches", words="zebra"),
    _at("queue, not a day", "queue.show", "There is a problem", received_from="soon"),
    _at("queue, idle", "queue.show", "There are no open requests", idle=True),
    _at("for approval", "approval.waiting", "Your own"),
    _at("for approval, exceptions", "approval.waiting", "break-glass", APPROVER),
    _at("for approval, idle", "approval.waiting", "Nothing waits", idle=True),
    _at("new mail", "newmail.waiting", "could not be read"),
    _at("new mail for somebody who only reads", "newmail.waiting", "could not be read", READ_ONLY),
    _at("new mail, idle", "newmail.waiting", "All mail could be read", idle=True),
    _at("letters to send", "letters.to_send", "may have the letter, or may not"),
    _at("letters to send, idle", "letters.to_send", "None.", idle=True),
    _at("letters to send, one list", "letters.to_send", "The mail server took it", show="sent"),
    _at("figures", "figures.show", "Provisions relied on"),
    _at("figures, idle", "figures.show", "No request was received", idle=True),
)  # fmt: skip

_REQUESTS = (
    _at("request with everything", "request.show", "Legal hold", reference="@several", then=_unfolded),
    _at("request, new, with formatted mail", "request.show", "The whole mail", reference="@new"),
    _at("request by post", "request.show", "Logged by", reference="@by_post"),
    _at("request, restricted and kept", "request.show", "Only Housing sees it", reference="@restricted"),
    _at("request, overdue", "request.show", "It did not come by mail", reference="@overdue"),
    _at("request, answered", "request.show", "Disclosed in full", reference="@done"),
    _at("request, marked for a look", "request.show", "Marked for a look", reference="@to_release"),
    _at("request, read only", "request.show", "Questions", READ_ONLY, reference="@new"),
    _at("request, not delivered", "request.show", "Not delivered", reference="@bounced"),
    _at("after a note", "request.show", "The note is kept", reference="@empty", then=_filled("Keep the note", text="Rang them.")),
    _at("clock", "request.clock", "Answer due", reference="@several", then=_unfolded),
    _at("clock, waiting", "request.clock", "Waiting for the requester", READ_ONLY, reference="@clarify"),
    _at("clock, record", "clock.record", "What happened", reference="@new"),
    _at("clock, no day", "clock.record", "Give the day", reference="@new", then=_emptied("Record", "on")),
    _at("clock, refused", "clock.record", "There is a problem", reference="@new", then=_filled("Record", on="2031-01-01")),
    _at("questions", "questions.edit", "Split question", reference="@several"),
    _at("questions, refused", "questions.edit", "There is a problem", reference="@several", then=_pressed("Split question 1")),
)  # fmt: skip

_DEEDS = (
    _at("deed: assign", "deeds.ask", "The officer you choose", reference="@new", name="assign"),
    _at("deed: give back", "deeds.ask", "Nobody has the request", reference="@mine", name="hand-back"),
    _at("deed: topic", "deeds.ask", "in a few words", reference="@new", name="topic", then=_emptied("Change the topic", "topic")),
    _at("deed: requester", "deeds.ask", "Give the address", reference="@new", name="requester", then=_emptied("Correct the requester", "email")),
    _at("deed: receipt", "deeds.ask", "Give the day", reference="@new", name="receipt", then=_emptied("Correct the date of receipt", "day")),
    _at("deed: law", "deeds.ask", "Give a reason", reference="@new", name="law", then=_pressed("Change the law")),
    _at("deed: restrict", "deeds.ask", "Name the team", reference="@new", name="restrict", then=_pressed("Let one team only see it")),
    _at("deed: hold", "deeds.ask", "Give a reason", reference="@new", name="hold", then=_pressed("Set a legal hold")),
    _at("deed: merge, refused", "deeds.ask", "There is a problem", reference="@new", name="merge", then=_filled("Merge into another request", other="FOI1")),
    _at("deed: link", "deeds.ask", "Give the reference", reference="@new", name="link", then=_pressed("Link to another request")),
    _at("deed: attach", "deeds.ask", "Give the number", reference="@new", name="attach", then=_pressed("Put a mail with it")),
    _at("deed: already sent", "deeds.ask", "Say how", reference="@new", name="already-sent", then=_pressed("A response was already sent")),
    _at("deed: close", "deeds.ask", "needs a reason", reference="@new", name="close"),
    _at("deed: requester, as opened", "deeds.ask", "approved again", reference="@new", name="requester"),
    _at("deed: already sent, as opened", "deeds.ask", "No mail leaves", reference="@new", name="already-sent"),
)  # fmt: skip

_DRAFTS = (
    _at("choose a letter", "draft.choose", "Which letter?", reference="@new"),
    _at("draft, nothing kept", "draft.edit", "Nothing is kept yet", reference="@several", kind="response", then=_unfolded),
    _at("draft, returned, two at it", "draft.edit", "is working on this letter as well", reference="@returned", kind="response"),
    _at("draft, with provisions", "draft.edit", "Provision 1", reference="@waiting", kind="response", then=_unfolded),
    _at("draft, read only", "draft.check", "As it would go today", READ_ONLY, reference="@changed", kind="response"),
    _at("draft, no provision", "draft.edit", "is not a provision", ADMIN, reference="@waiting", kind="response",
        then=_filled("Keep and go on", **{"q1-p1-cite": "section of nothing"})),
    _at("draft, kept by another meanwhile", "draft.edit", "kept a newer version", APPROVER, reference="@changed", kind="response", then=_meanwhile),
    _at("draft, questions changed meanwhile", "draft.edit", "was taken off", reference="@several", kind="response", then=_other_questions),
    _at("draft, a letter without its particulars", "draft.edit", "Fill in", reference="@mine", kind="fees_notice", then=_pressed("Keep and go on")),
    _at("letter, as it looks", "draft.preview", "Yours faithfully", reference="@waiting", kind="response"),
    _at("check, with findings", "draft.check", "Look at", reference="@waiting", kind="response"),
    _at("check, stopped", "draft.check", "Why it should go all the same", reference="@stopped", kind="response"),
    *(
        _at(f"draft: {kind}", "draft.edit", "Topic", reference="@eir" if kind is LetterKind.EXTENSION else "@mine", kind=kind.value, then=_unfolded)
        for kind in LetterKind if kind is not LetterKind.RESPONSE
    ),
)  # fmt: skip

_APPROVALS = (
    _at("approve, with findings and changes", "approval.show", "What changed", APPROVER, reference="@waiting", kind="response"),
    _at("approve, refused", "approval.show", "There is a problem", APPROVER, reference="@waiting", kind="response", then=_pressed("Approve")),
    _at("approve, not a time", "approval.show", "There is a problem", APPROVER, reference="@waiting", kind="response",
        then=lambda w: (w.page.evaluate("document.querySelector('[name=send_at]').type = 'text'"), _filled("Approve", send_at="noon")(w))),
    _at("approve one's own", "approval.show", "You wrote or put up", APPROVER, reference="@own", kind="response", then=_unfolded),
    _at("approve, read only", "approval.show", "word for word", READ_ONLY, reference="@own", kind="response"),
    _at("approved, can be stopped", "approval.show", "Stop it", APPROVER, reference="@stoppable", kind="response"),
    _at("correct", "approval.correct", "Correct words only", APPROVER, reference="@changed", kind="response"),
    _at("correct, refused", "approval.correct", "There is a problem", APPROVER, reference="@changed", kind="response",
        then=_pressed("Approve with this correction")),
    _at("return", "approval.give_back", "What has to change", APPROVER, reference="@changed", kind="response"),
    _at("return, no reason", "approval.give_back", "There is a problem", APPROVER, reference="@changed", kind="response", then=_pressed("Return it")),
    _at("ask for a corrected address", "approval.ask_resend", "Corrected e-mail address", reference="@bounced", letter="@bounced_letter"),
    _at("ask for a corrected address, refused", "approval.ask_resend", "There is a problem", reference="@bounced", letter="@bounced_letter",
        then=_pressed("Put it up for approval")),
    _at("an approval to look at", "approval.check_exception", "by break-glass", APPROVER,
        reference="@alone", kind="response", number="@exception"),
    _at("the letter laid out", "draft.preview", "Dear", reference="@changed", kind="response"),
    _at("corrected address, to be asked for", "approval.ask_resend", "Nothing in the letter changes", reference="@failed"),
    _at("corrected address, nothing filled in", "approval.ask_resend", "address", reference="@bounced", then=_pressed("Put it up for approval")),
    _at("an approval to look at", "approval.check_exception", "Alone, by break-glass", APPROVER, reference="@alone", kind="response", number="@alone_letter"),
    _at("corrected address", "approval.show", "It is to go to", APPROVER, reference="@moved", kind="resend"),
    _at("corrected address, one's own", "approval.show", "You corrected the address", reference="@moved", kind="resend"),
)  # fmt: skip

_MAIL = (
    _at("file that no scanner has looked into", "mail.file", "Download it all the same", number="@mail_with_html", digest="@attached"),
    _at("mail with formatting", "mail.show", "As the sender formatted it", number="@mail_with_html"),
    _at("mail that could not be read", "mail.show", "Text", number="@unread"),
    _at("mail, formatted, in its frame", "mail.html", "how many benches", number="@mail_with_html"),
    _at("decide", "newmail.decide", "Looks like", number="@unclear"),
    _at("decide, forwarded", "newmail.decide", "A colleague forwarded it", number="@forwarded"),
    _at("decide, read only", "newmail.decide", "Looks like", READ_ONLY, number="@unclear"),
    _at("decide, refused", "newmail.decide", "There is a problem", number="@forwarded",
        then=lambda w: (w.page.get_by_label("It belongs to a request that we have").check(), _filled("Decide", reference="FOI1")(w))),
    _at("letter, failed", "letters.show", "550", number="@failed_letter"),
    _at("letter, not delivered", "letters.show", "Not delivered", number="@bounced_letter"),
)  # fmt: skip

_OTHERS = (
    _at("log a request", "counter.log", "How it reached us", then=_unfolded),
    _at("log a request, nothing filled in", "counter.log", "Write down what", then=_emptied("Log the request", "received_on")),
    _at("log a request, refused", "counter.log", "There is a problem", then=_filled("Log the request", text="How many?", requester_email="x")),
    _at("import", "counter.load", "CSV file"),
    _at("import, no file", "counter.load", "Choose a file", then=_pressed("Send the file")),
    _at("import, not a file of ours", "counter.load", "There is a problem", then=_tried_file("a,b\n1,2\n")),
    _at("import, tried", "counter.load", "can be taken over", then=_tried_file(_HEAD + "IG/1,2025-01-03,How many?,Jo\n")),
    _at("import, with problems", "counter.load", "received_on", then=_tried_file(_HEAD + "IG/2,soon,How many?,Jo\n")),
    _at("deputies", "office.deputies", "A deputy approves", APPROVER),
    _at("deputies, nothing filled in", "office.deputies", "Give the first day", APPROVER, then=_pressed("Name the deputy")),
    _at("deputies, refused", "office.deputies", "There is a problem", APPROVER,
        then=_filled("Name the deputy", first_day="2025-03-01", last_day="2025-02-01")),
    _at("deputies, idle", "office.deputies", "Nobody stands in", idle=True),
    _at("officers", "office.officers", "Add somebody", ADMIN),
    _at("officers, nothing filled in", "office.officers", "Give the e-mail address", ADMIN, then=_pressed("Add")),
    _at("officers, known already", "office.officers", "There is a problem", ADMIN, then=_filled("Add", email=OFFICER)),
    _at("officer", "office.officer", "They leave", ADMIN, name=OFFICER),
    _at("officer, refused", "office.officer", "There is a problem", ADMIN, name=OFFICER, then=_pressed("Disable")),
    _at("officer, disabled", "office.officer", "can't sign in", ADMIN, name="gone@council.example"),
    _at("officer, new password", "office.officer", "password", ADMIN, name="kim.4@council.example", then=_pressed("Reset the password")),
    _at("trail", "office.audit", "Everything is as it was recorded", ADMIN),
    _at("settings", "office.settings", "Settings", ADMIN),
    _at("condition", "office.condition", "Condition of the service", ADMIN),
    _at("condition, idle", "office.condition", "Condition of the service", ADMIN, idle=True),
    _at("help", "about.guidance", "How the work goes"),
    _at("accessibility", "about.accessibility", "Accessibility statement", None),
)  # fmt: skip

STATES: tuple[State, ...] = (
    *_DOOR, *_FAILURES, *_LISTS, *_REQUESTS, *_DEEDS, *_DRAFTS, *_APPROVALS, *_MAIL, *_OTHERS,
)  # fmt: skip
