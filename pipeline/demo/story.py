"""The demo: the main job told from the first mail to the letter sent, on servers that live in this process."""

from __future__ import annotations

import hashlib
import imaplib
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from pipeline.bootstrap import App, build
from pipeline.demo import office
from pipeline.demo.narrate import Narrator
from pipeline.demo.office import APPROVER, DRAFTER
from pipeline.demo.samples import ADDRESS, INTERNAL_DOMAIN, REQUESTER, reply_to, samples
from pipeline.demo.servers import HOST, DemoError, DemoImap, DemoSmtp
from pipeline.domain.calendar import long_date
from pipeline.domain.errors import ConfigurationError, NotAllowedError
from pipeline.settings import Settings
from pipeline.worker import Worker

if TYPE_CHECKING:
    from pipeline.store.records import Case

_PREFIX = "infogov-demo-"

_ANSWERS = (
    'outcome = "already_available"\nanswer = ""\nprovisions = ["s.21"]\nlink = "https://www.example.org/child-health-profile"\n',
    'outcome = "already_available"\nanswer = ""\nprovisions = ["s.21"]\nlink = "https://www.example.org/local-area-report"\n',
    'outcome = "supplied"\nanswer = "This equates to 36% of the number of children aged 0-2 living in the area at the time."\n',
    'outcome = "supplied"\nanswer = "Zero."\n',
)
_BLANK_ANSWER = (
    'outcome = ""\nanswer = """\n"""\nprovisions = []\nreason = ""\npublic_interest = ""\nlink = ""\nlink_intro = ""\n'
)

_CONFIGURATION = """\
# The demo's own configuration; its mail servers end with the demo.
[authority]
name = "Example Council"
team = "Information Governance Team"
address = ["1 Council House Square", "Exampleton"]
website = "www.council.example.org"
phone = "01632 960 001"
internal_domains = ["{domain}"]
[mailbox.infogov]
host = "{host}"
port = {imap}
security = "none"
user = "infogov"
password = "secret"
start = "all"
poll_seconds = 5
[smtp]
host = "{host}"
port = {smtp}
security = "none"
from_address = "{address}"
[database]
url = "sqlite:///infogov.db"
[worker]
deliver_seconds = 2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """Everything the story is told with."""

    app: App
    imap: DemoImap
    smtp: DemoSmtp
    teller: Narrator
    folder: Path
    passwords: dict[str, str]


def run_demo(*, once: bool, port: int) -> int:
    """Tell the story; with *once* end then, else keep the service running until Ctrl-C. Returns the exit status. Raises DemoError."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        _run(folder, once=once, port=port)
    finally:
        if once:
            # Nobody was told of it, and the next one's `demo send` should not find it.
            shutil.rmtree(folder, ignore_errors=True)
    return 0


def _run(folder: Path, *, once: bool, port: int) -> None:
    teller = Narrator(Console(highlight=False))
    with DemoImap(port=port) as imap:
        configuration = folder / "infogov.toml"
        placeholder = _CONFIGURATION.format(host=HOST, imap=imap.port, smtp=1, domain=INTERNAL_DOMAIN, address=ADDRESS)
        configuration.write_text(placeholder, encoding="utf-8")
        app = build(Settings.load(configuration, {}))
        with DemoSmtp(app.clock, port=port + 1 if port else 0, folder=folder / "sent") as smtp:
            app.close()
            text = _CONFIGURATION.format(
                host=HOST, imap=imap.port, smtp=smtp.port, domain=INTERNAL_DOMAIN, address=ADDRESS
            )
            configuration.write_text(text, encoding="utf-8")
            app = build(Settings.load(configuration, {}))
            try:
                stage = _Stage(
                    app=app, imap=imap, smtp=smtp, teller=teller, folder=folder, passwords=office.open_office(app)
                )
                _tell(stage)
                if not once:
                    _keep_running(stage, port=port + 2 if port else 0)
            finally:
                app.close()


def send_to_demo(file: Path, config: Path | None = None) -> Path:
    """Put the mail in *file* into the running demo's mailbox, the newest where there are several; returns that demo's configuration. Raises DemoError."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise DemoError(f"{file} can't be read: {error.strerror}") from error
    if config is not None:
        _put_in(raw, config)
        return config
    folders = sorted(
        Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/infogov.toml"), key=lambda path: path.stat().st_mtime
    )
    mine = [path for path in folders if path.stat().st_uid == os.getuid()] if hasattr(os, "getuid") else folders
    for path in reversed(mine):
        # Folders of demos that have ended stay for whoever wants to look at them; only a running one takes mail.
        with suppress(DemoError, ConfigurationError):
            _put_in(raw, path)
            return path
    raise DemoError("no demo is running: start one in another terminal with: infogov demo")


def _put_in(raw: bytes, path: Path) -> None:
    box = Settings.load(path, {}).mailbox.get("infogov")
    if box is None:
        raise DemoError(f"{path} is not the configuration of a demo: it has no [mailbox.infogov]")
    try:
        with imaplib.IMAP4(box.host, box.port, timeout=10) as client:
            client.login(box.user, box.password.get_secret_value())
            client.append("INBOX", "", "", raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    except (OSError, imaplib.IMAP4.error) as error:
        raise DemoError(
            f"the demo of {path} is not running ({error}); start one in another terminal with: infogov demo"
        ) from error


def _tell(stage: _Stage) -> None:
    _mail_arrives(stage)
    case = _mail_becomes_requests(stage)
    _acknowledged(stage, case)
    _drafted_and_approved(stage, case)
    _sent(stage, case)
    _reply_comes_back(stage, case)
    _proved(stage)


def _mail_arrives(stage: _Stage) -> None:
    stage.teller.chapter("Mail arrives")
    mails = samples(stage.app.clock.now())
    for sample in mails:
        stage.imap.append(sample.raw, sample.at)
    stage.teller.table("In the mailbox", ("mail", "what it is"), [(s.name, s.note) for s in mails])


def _poll(stage: _Stage) -> int:
    box = stage.app.settings.mailbox["infogov"]
    mailbox = stage.app.mailbox(box)
    try:
        with stage.teller.progress() as bar:
            return stage.app.receive.poll(mailbox, box, progress=bar).taken
    finally:
        mailbox.close()


def _mail_becomes_requests(stage: _Stage) -> Case:
    stage.teller.chapter("Mail becomes numbered requests")
    taken = _poll(stage)
    with stage.teller.progress() as bar:
        counts = stage.app.intake.run(progress=bar)
    made = ", ".join(f"{number} {verdict}" for verdict, number in sorted(counts.items()))
    stage.teller.say(f"{taken} messages taken over IMAP, each kept as it came. They are: {made}.")
    with stage.app.store.read() as work:
        cases = list(work.cases.every())
    rows = [
        (
            c.reference,
            c.regime.upper(),
            long_date(c.due_on),
            c.requester_name or c.requester_email,
            str(len(c.questions)),
            c.topic,
        )
        for c in cases
    ]
    stage.teller.table("Requests", ("reference", "law", "due", "from", "questions", "topic"), rows)
    return next(c for c in cases if c.requester_email == REQUESTER)


def _acknowledged(stage: _Stage, case: Case) -> None:
    stage.teller.chapter("Each requester hears at once")
    with stage.teller.progress() as bar:
        delivered = stage.app.deliver().run(progress=bar)
    stage.teller.say(
        f"{delivered.acknowledged} acknowledgements were accepted over SMTP. Machines, lists and colleagues got none."
    )
    with stage.app.store.read() as work:
        silent = [
            (c.reference, c.requester_email, "; ".join(c.acknowledge_reasons))
            for c in work.cases.every()
            if c.acknowledge != "automatic"
        ]
        [row, *_] = work.outbox.summaries(request_id=case.id)
        content = work.outbox.content(row.id)
    if silent:
        stage.teller.table("Left to an officer", ("reference", "from", "why"), silent)
    stage.teller.letter(
        f"The acknowledgement of {case.reference}, as it went", (content or b"").decode("ascii", "replace")
    )


def _drafted_and_approved(stage: _Stage, case: Case) -> None:
    stage.teller.chapter("One officer drafts, another approves")
    casework = stage.app.casework(via="demo")
    text = casework.draft_text(case.reference)
    for answer in _ANSWERS:
        text = text.replace(_BLANK_ANSWER, answer, 1)
    casework.save_draft(case.reference, text, f"{case.reference}.toml", DRAFTER)
    casework.submit(case.reference, DRAFTER)
    stage.teller.say(f"{DRAFTER} drafted and submitted an answer to {len(case.questions)} questions.")
    try:
        casework.approve(case.reference, DRAFTER)
    except NotAllowedError as error:
        stage.teller.say(f"{DRAFTER} tried to approve it and was refused: {error}.")
    approved = casework.approve(case.reference, APPROVER)
    stage.teller.say(
        f"{APPROVER} approved it: sha256 {approved.sha256}. It waits 15 minutes in case of a second thought; here it goes at once."
    )
    casework.send_now(case.reference, APPROVER)


def _sent(stage: _Stage, case: Case) -> None:
    stage.teller.chapter("The letter goes out, exactly as approved")
    before = len(stage.smtp.delivered)
    result = stage.app.deliver().run()
    [letter] = stage.smtp.delivered[before:]
    with stage.app.store.read() as work:
        row = work.outbox.summaries(request_id=case.id)[-1]
    same = hashlib.sha256(letter.raw).hexdigest() == row.sha256
    if not same or not result.sent:
        raise DemoError("the letter that arrived is not the one that was approved; this is a fault, please report it")
    stage.teller.letter(f"Received by {', '.join(letter.recipients)}", stage.app.casework().preview(case.reference))
    stage.teller.say("The sha256 of what the server received is the one that was approved.")


def _reply_comes_back(stage: _Stage, case: Case) -> None:
    stage.teller.chapter("The requester writes again")
    with stage.app.store.read() as work:
        [acknowledgement, *_] = work.outbox.summaries(request_id=case.id)
    sample = reply_to(case.reference, acknowledgement.message_id, stage.app.clock.now())
    stage.imap.append(sample.raw, sample.at)
    _poll(stage)
    stage.app.intake.run()
    with stage.app.store.read() as work:
        reply = work.messages.of_case(case.id)[-1]
    stage.teller.say(f"It was found to belong to {case.reference}, because {reply.rung}: {'; '.join(reply.reasons)}.")


def _proved(stage: _Stage) -> None:
    stage.teller.chapter("Every step is on record")
    report = stage.app.store.verify()
    stage.teller.say(
        f"{report.events} events in {report.chains} chains, {report.raw_messages} raw mails and {report.outbox} frozen letters were checked: "
        + ("everything is as it was recorded." if report.ok else "; ".join(report.findings))
    )
    if not report.ok:
        raise DemoError("the trail does not prove itself; this is a fault, please report it")


def _keep_running(stage: _Stage, port: int) -> None:
    config = stage.folder / "infogov.toml"
    office.fill(stage.app)
    with stage.app.store.read() as work:
        reference = next(c.reference for c in work.cases.every() if c.workflow == "new")
    server = office.serve(stage.app, port)
    try:
        stage.teller.chapter("It keeps running until Ctrl-C")
        stage.teller.say(
            f"Configuration and database: {stage.folder}. Sent letters: {stage.folder / 'sent'}. Try in another terminal:"
        )
        for command in (
            f"infogov requests --config {config}",
            f"infogov show {reference} --config {config}",
            f"infogov draft {reference} --new --config {config}",
            f"infogov outbox --config {config}",
            "infogov demo send YOUR-MAIL.eml",
        ):
            stage.teller.say(f"  {command}")
        stage.teller.say("The officers' pages, with requests at every status:")
        stage.teller.say(f"  http://127.0.0.1:{server.port}/")
        rows = [(name, role, email, stage.passwords[email]) for email, name, role in office.OFFICERS]
        stage.teller.table("Sign in as", ("who", "role", "e-mail address", "password"), rows)
        Worker(stage.app).run()
    finally:
        server.close()
