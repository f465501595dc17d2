"""Three hundred mails as an information-governance mailbox gets them, made alike in every run, each with what must come of it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from product import COUNCIL, bounce_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from servers.smtp import Received as Letter

# A word that stands in every mail's subject, text and sender's name: nothing we send may hold it.
MARK = "quokka"
COLLEAGUES = "staff.council.example"
ACKNOWLEDGEMENT, RECEIPT, SAR = "acknowledgement", "receipt", "sar_acknowledgement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One mail for mailbox *box*: its *verdict*, and whom it is acknowledged to with which *kind*, if at all."""

    raw: bytes
    sender: str
    verdict: str
    kind: str | None = None
    box: str = "infogov"

    @property
    def other_box(self) -> str:
        """The mailbox that it is not for."""
        return "planning" if self.box == "infogov" else "infogov"


class _Press:
    """Numbers the mails, and dates them in the hours before *now*."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._made = 0

    def mail(
        self,
        verdict: str,
        subject: str,
        text: str | None,
        *,
        kind: str | None = None,
        sender: str | None = None,
        html: str | None = None,
        charset: str = "utf-8",
        pdf: bool = False,
        headers: Sequence[tuple[str, str]] = (),
        signed: bool = True,
    ) -> Post:
        """Make one mail of a person of its own, unless *sender* says whose it is."""
        self._made += 1
        address = sender or f"person{self._made}@example.org"
        made = EmailMessage(policy=SMTP)
        made["From"] = f"{MARK.title()} {self._made} <{address}>" if signed else address
        made["To"] = COUNCIL
        made["Subject"] = subject
        made["Date"] = format_datetime(self._now - timedelta(minutes=self._made))
        made["Message-ID"] = f"<{self._made}.{MARK}@mail.example.org>"
        for name, value in headers:
            made[name] = value
        if text is not None:
            made.set_content(text, charset=charset, cte="8bit" if self._made % 2 else "quoted-printable")
        if html is not None and text is None:
            made.set_content(html, subtype="html", charset=charset)
        elif html is not None:
            made.add_alternative(html, subtype="html")
        if pdf:
            made.add_attachment(b"%PDF-1.4 a scan", maintype="application", subtype="pdf", filename="letter.pdf")
        for number, part in enumerate(made.walk()):
            if part.is_multipart():
                part.set_boundary(f"edge{self._made}x{number}")
        box = "planning" if self._made % 3 == 0 else "infogov"
        return Post(raw=made.as_bytes(), sender=address, verdict=verdict, kind=kind, box=box)


def first_wave(now: datetime | None = None) -> list[Post]:
    """The 243 mails of the first run."""
    press = _Press(now or datetime.now(UTC).replace(microsecond=0))
    asked = list(_requests(press))
    others = list(_others(press))
    again = [
        Post(raw=post.raw, sender=post.sender, verdict="other", box=post.box if n % 2 else post.other_box)
        for n, post in enumerate(asked[::18])
    ]
    first = [*asked, *others]
    # A copy must not come before its original, which is then the one that counts: order within a mailbox is kept.
    random.Random(300).shuffle(first)
    return [*first, *again]


def second_wave(letters: Sequence[Letter], references: dict[str, str], now: datetime | None = None) -> list[Post]:
    """The 57 mails that speak of the first wave's requests; *references* by requester, *letters* what was sent."""
    press = _Press((now or datetime.now(UTC).replace(microsecond=0)) + timedelta(days=1))
    answered = [(letter.recipients[0], letter) for letter in letters if letter.recipients[0] in references]
    made = list(_about(press, answered, references))
    copies = [Post(raw=post.raw, sender=post.sender, verdict="other", box=post.other_box) for post in made[:3]]
    return [*made, *copies]


def _ask(press: _Press, subject: str, text: str | None, kind: str = ACKNOWLEDGEMENT, **more: Any) -> Post:
    """A request that is acknowledged."""
    return press.mail("request", subject, text, kind=kind, **more)


def _requests(press: _Press) -> Iterator[Post]:
    for n in range(40):
        yield _ask(
            press,
            f"Freedom of Information request {MARK}",
            f"Dear Sir or Madam,\n\nUnder the Freedom of Information Act 2000:\n\n1. How many {MARK}s did ward {n} keep?\n"
            f"2. What did they cost in {1990 + n}?\n\nYours faithfully\n",
        )
    for n in range(30):
        yield _ask(
            press,
            f"FOI: {MARK} {n}",
            None,
            html=f"<html><body><p>Dear team,</p><ol><li>Please send me the list of {MARK} parks.</li>"
            f"<li>How many visitors came in {2000 + n}?</li></ol></body></html>",
        )
    for n in range(25):
        text = f"Please provide a copy of the {MARK} contract number {n}, with its schedules.\n"
        yield _ask(press, f"Request for information, {MARK}", text, html=f"<p>{text}</p>", pdf=bool(n % 2))
    for n in range(20):
        yield _ask(
            press,
            f"Caf\u00e9s with a {MARK}",
            f"Bonjour,\n\nHow much, in \u00a3, did caf\u00e9 number {n} pay the council in rent for its {MARK}?\n\nRen\u00e9e\n",
            charset="iso-8859-1",
        )
    yield from _other_requests(press)


def _other_requests(press: _Press) -> Iterator[Post]:
    for n in range(25):
        yield _ask(
            press,
            f"Freedom of Information request - {MARK} {n}",
            f"Dear Northfield Council,\n\nPlease supply figures for complaints about {MARK}s in {1990 + n}.\n\nYours faithfully,\n\n"
            f"A. Mistry\n\n{'-' * 67}\n\nPlease use this email address for all replies to this request:\n"
            f"request-{1000 + n}-0a1b2c3d@whatdotheyknow.com\n",
            sender=f"request-{1000 + n}-0a1b2c3d@whatdotheyknow.com",
        )
    for n in range(10):
        yield _ask(
            press,
            f"Environmental information, {MARK}",
            f"Under the Environmental Information Regulations 2004, what was the mean nitrogen dioxide near {MARK} wood in {2010 + n}?\n",
        )
    for n in range(10):
        yield _ask(
            press,
            f"Subject access request {MARK}",
            f"Under Article 15 of the UK GDPR please send me all personal data you hold about me. My account is {MARK}{n}.\n",
            SAR,
        )
    for n in range(10):
        yield _ask(press, f"Letter {n} {MARK}", "Please see attached.\n", RECEIPT, pdf=True)
    for n in range(10):
        yield press.mail(
            "request",
            f"Internal review {MARK}",
            f"I am dissatisfied with the response to my FOI request number {n} about {MARK}s and ask for an internal review.\n",
        )


def _others(press: _Press) -> Iterator[Post]:
    for n in range(15):
        yield press.mail(
            "automatic",
            f"Automatic reply: {MARK}",
            f"I am out of the office until {n + 1} June and will read your {MARK} then.\n",
            headers=[("Auto-Submitted", "auto-replied")],
        )
    for n in range(10):
        yield press.mail(
            "automatic",
            f"{MARK.title()} digest, issue {n}",
            "Our news this week. You get this because you signed up.\n",
            headers=[
                ("List-Id", "<digest.lists.example.com>"),
                ("List-Unsubscribe", "<https://lists.example.com/leave>"),
            ],
        )
    for n in range(10):
        lost = f"From: {COUNCIL}\r\nSubject: {MARK}\r\nMessage-ID: <old{n}@council.example>\r\n\r\nGone.\r\n".encode()
        yield Post(
            raw=bounce_of(lost, f"gone{n}@example.net", name=f"unknown{n}"),
            sender="MAILER-DAEMON@mx.example.org",
            verdict="bounce",
        )
    for n in range(8):
        yield press.mail(
            "internal",
            f"{MARK} figures {n}",
            f"Hi, the figures for the {MARK} question are on the shared drive.\n",
            sender=f"officer{n}@{COLLEAGUES}",
        )
    for n in range(6):
        yield press.mail("other", f"Thank you {MARK}", f"Thank you very much, visit {n} was just what I needed.\n")
    for n in range(4):
        yield press.mail(
            "other",
            f"IC-{n} {MARK}",
            "We have received a complaint about your authority.\n",
            sender=f"case{n}@ico.org.uk",
        )


def _about(press: _Press, answered: Sequence[tuple[str, Letter]], references: dict[str, str]) -> Iterator[Post]:
    people = iter(answered)

    def thread(letter: Letter) -> list[tuple[str, str]]:
        head = letter.raw.partition(b"\r\n\r\n")[0].decode("ascii")
        [line] = [line for line in head.split("\r\n") if line.startswith("Message-ID:")]
        identity = line.partition(":")[2].strip()
        return [("In-Reply-To", identity), ("References", identity)]

    for _ in range(20):
        who, _letter = next(people)
        chaser = f"When can I expect an answer to my request about {MARK}s please?\n"
        yield press.mail("reply", f"Re: {references[who]}: chasing", chaser, sender=who)
    for _ in range(10):
        who, letter = next(people)
        yield press.mail("reply", f"Re: {MARK}", "Thank you for letting me know.\n", sender=who, headers=thread(letter))
    for _ in range(8):
        who, letter = next(people)
        more = [*thread(letter), ("Auto-Submitted", "auto-replied")]
        yield press.mail("automatic", "Automatic reply", "I am on holiday until Monday.\n", sender=who, headers=more)
    for n in range(5):
        who, letter = next(people)
        report = bounce_of(letter.raw, who, name=f"ours{n}")
        yield Post(raw=report, sender="MAILER-DAEMON@mx.example.org", verdict="bounce")
    for _ in range(6):
        who, letter = next(people)
        chaser = f"Is there any update on {references[who]}? It is overdue.\n"
        yield press.mail("request", f"Re: {references[who]}", chaser, headers=thread(letter), sender=f"stranger.{who}")
    for n in range(5):
        who, _letter = next(people)
        note = f"The {MARK} figures for this one are ready.\n"
        yield press.mail("internal", f"Re: {references[who]}", note, sender=f"officer{n}@{COLLEAGUES}")
