"""The four things that read what strangers send, each as a function of bytes that must never raise and must always say something."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fakes import FixedClock

from fuzz.making_files import document, open_document, pdf, workbook
from fuzz.making_mail import attached
from pipeline.bootstrap import uk_calendar
from pipeline.domain.errors import NotAllowedError, NotFoundError, UnreadableError
from pipeline.domain.questions import questions
from pipeline.domain.quoting import fold
from pipeline.domain.regime import guess
from pipeline.domain.topic import topic
from pipeline.letters.release import CleanForm, ReleaseFile, Rule, clean_copy, examine
from pipeline.mail import bounces
from pipeline.mail.contents import read_contents
from pipeline.mail.parsing import attached_files, attachment_bytes, headers_only, parse
from pipeline.settings import Settings
from pipeline.stages.explain import Explainer

if TYPE_CHECKING:
    from collections.abc import Callable

ARRIVED = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
_NAMES = ("a.pdf", "a.docx", "a.xlsx", "a.odt", "a.ods", "a.csv", "a.eml", "a.zip", "a.png", "a.txt")
_EXPLAINER = Explainer(
    Settings.model_validate(
        {
            "path": Path("infogov.toml"),
            "authority": {"name": "Northfield Council", "team": "Team", "internal_domains": ("council.example",)},
            "mailbox": {
                "foi": {"name": "foi", "host": "localhost", "user": "foi@council.example", "authserv_id": "mx.example"}
            },
            "smtp": {"host": "localhost", "from_address": "foi@council.example"},
            "web_forms": {"site": {"sender": "webforms@council.example", "question_label": "Your request"}},
        }
    ),
    uk_calendar(),
    FixedClock(),
)


def parsing(data: bytes) -> None:
    """A mail and all its attachments: read twice alike, safe to store, each attachment found again by its digest."""
    message = parse(data)
    assert parse(data) == message
    for text in (message.text, message.new_text, message.subject, *(a.name for a in message.attachments)):
        assert "\0" not in text
        text.encode("utf-8")
    for address in (*message.from_, *message.sender, *message.reply_to, *message.to, *message.cc):
        assert address.email.count("@") == 1
        assert not {"\r", "\n", "\0"} & {*address.email, *address.name}
    for attachment in message.attachments[:5]:
        try:
            assert len(attachment_bytes(data, attachment.sha256)) == attachment.size
        except NotFoundError:
            # What cannot be cut out again must at least have been told as a defect.
            assert message.defects
    for place, _file in attached_files(data, range(3)):
        assert place < max(len(message.attachments), 1) + 3
    try:
        headers_only(data)
    except UnreadableError as error:
        assert str(error)  # noqa: PT017 - one of two right answers
    bounces.returned(data)


def triage(data: bytes) -> None:
    """A mail through the whole of what intake says of it: always a verdict and reasons, and no letter without a recipient."""
    said = _EXPLAINER.explain(data, ARRIVED)
    assert said["verdict"]
    assert said["intent"]
    assert said["reasons"]
    assert said["acknowledge_reasons"]
    assert not any(reason.startswith("the reader failed") for reason in said["reasons"]), said["reasons"]
    assert not said["acknowledge"] or "@" in said["requester_email"]


def asking(data: bytes) -> None:
    """A text: what is new in it, what is asked, under which law and about what."""
    text = data.decode("utf-8", "replace").replace("\0", " ")
    folded = fold(text)
    found = questions(folded.new_text)
    assert all(question.text.strip() for question in found)
    guess(text[:200], text)
    topic(text[:200], found)


def releasing(data: bytes) -> None:
    """A file that would leave: every finding has words and a remedy; a clean copy is made or refused with a sentence."""
    _release(_NAMES[len(data) % len(_NAMES)], data)


def examining(name: str, content: bytes) -> None:
    """The release check alone."""
    report = examine((ReleaseFile(name=name, content=content),), "", own_contacts=frozenset())
    assert all(finding.words and finding.remedy and finding.count > 0 for finding in report.findings)
    assert all(finding.rule in Rule for finding in report.findings)


def _release(name: str, content: bytes) -> None:
    examining(name, content)
    file = ReleaseFile(name=name, content=content)
    for form in CleanForm:
        try:
            clean_copy(file, form)
        except NotAllowedError as refusal:
            assert str(refusal)  # noqa: PT017 - raising is one of two right answers


def reading_attachments(data: bytes) -> None:
    """A file in a mail that only points to it: its words are read, or there is a sentence why not."""
    _read(_NAMES[len(data) % len(_NAMES)], data)


def _read(name: str, content: bytes) -> None:
    raw = attached(content, name)
    contents = read_contents(raw, parse(raw))
    assert "\0" not in contents.text
    contents.text.encode("utf-8")
    assert all(sentence.strip() for sentence in contents.unreadable)


def seeing_inside(data: bytes) -> None:
    """The insides of a workbook, document or PDF that is whole around them: the first byte says of which."""
    kind, body = data[:1], data[1:]
    text = body.decode("utf-8", "ignore")
    match (kind[0] if kind else 0) % 5:
        case 0:
            content, name = workbook(text), "a.xlsx"
        case 1:
            content, name = document(text), "a.docx"
        case 2:
            content, name = open_document("text", text), "a.odt"
        case 3:
            content, name = open_document("spreadsheet", text), "a.ods"
        case _:
            content, name = pdf(body), "a.pdf"
    _release(name, content)
    _read(name, content)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "parse": parsing,
    "triage": triage,
    "questions": asking,
    "release": releasing,
    "contents": reading_attachments,
    "insides": seeing_inside,
}
# Which folder of the corpus is for which target.
SEEDS = {
    "parse": "mail",
    "triage": "mail",
    "questions": "texts",
    "release": "files",
    "contents": "files",
    "insides": "insides",
}
# Words that mutations may put in (tests/fuzz/words).
WORDS = {"parse": "mail", "triage": "mail", "release": "pdf", "contents": "pdf", "insides": "insides"}
