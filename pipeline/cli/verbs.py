"""The table of verbs: of each the family it belongs to, loaded when it is called, and its line in ``infogov --help``.

Every family's module has ``add_to``, which adds its verbs to a command.
"""

from __future__ import annotations

from collections import UserDict
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from pipeline.resources import later

if TYPE_CHECKING:
    from types import ModuleType

    from pipeline.cli import (
        approving,
        casefile,
        clock,
        counter,
        demo,
        keeping,
        letter,
        letters,
        mail,
        newmail,
        notices,
        officers,
        operate,
        release,
        requests,
        serving,
    )
else:
    approving = later("pipeline.cli.approving")
    casefile = later("pipeline.cli.casefile")
    clock = later("pipeline.cli.clock")
    counter = later("pipeline.cli.counter")
    demo = later("pipeline.cli.demo")
    keeping = later("pipeline.cli.keeping")
    letter = later("pipeline.cli.letter")
    letters = later("pipeline.cli.letters")
    mail = later("pipeline.cli.mail")
    newmail = later("pipeline.cli.newmail")
    notices = later("pipeline.cli.notices")
    officers = later("pipeline.cli.officers")
    operate = later("pipeline.cli.operate")
    release = later("pipeline.cli.release")
    requests = later("pipeline.cli.requests")
    serving = later("pipeline.cli.serving")

# In the order of the help. Each line is the first sentence of the verb's own help.
VERBS: dict[str, tuple[ModuleType, str]] = {
    "init": (
        operate,
        "Write a commented configuration to fill in; letters are held until delivery.mode says otherwise.",
    ),
    "doctor": (
        operate,
        "Check everything the service needs, from the configuration to letters that are stuck, and say what to do; changes nothing anywhere.",
    ),
    "alarms": (
        operate,
        "Look once whether anything is wrong and tell whom [alarms] names; for a timer that does not need the worker.",
    ),
    "serve": (serving, "Run the service: worker and officers' pages in one process, until SIGTERM or Ctrl-C."),
    "worker": (serving, "Run the worker alone: read mail, file it, send what is due, until SIGTERM or Ctrl-C."),
    "web": (serving, "Serve the officers' pages alone, until SIGTERM or Ctrl-C; a worker elsewhere reads and sends."),
    "run-once": (mail, "Read every mailbox, file what came, send what is due; then end."),
    "receive": (mail, "Take new mail into the database; nothing else."),
    "intake": (mail, "File what was taken: requests, replies, bounces and the rest."),
    "deliver": (mail, "Send the letters that are due."),
    "explain": (
        mail,
        "Say what would be made of mail files, as if each had just arrived in an empty database; reads no database, asks no server.",
    ),
    "requests": (requests, "List the open requests, the next one due first; --json gives all of them, oldest first."),
    "draft": (requests, "Write a draft file for a request (--new), or keep FILE.toml as its draft."),
    "check": (
        requests,
        "Say what stops the draft or letter of a request, and what to read again; ends with 1 when something stops it.",
    ),
    "submit": (requests, "Put the draft into the queue for approval."),
    "approve": (requests, "Approve the letter, exactly as it stands; it goes when its time to stop it is over."),
    "withdraw": (requests, "Note that the requester has withdrawn."),
    "close": (requests, "Close a request."),
    "reopen": (requests, "Open an answered, closed or withdrawn request again."),
    "stop": (requests, "Take an approved letter back before it goes."),
    "address": (
        requests,
        "Correct a requester's address, with a reason; a letter approved for the old one has to be approved again.",
    ),
    "return": (requests, "Return the letter to its drafter, with a reason."),
    "send-now": (requests, "Let an approved letter go at once."),
    "log": (
        counter,
        "Open a request that came by post, telephone, at the counter, or is a case from the system before Infogov.",
    ),
    "import": (counter, "Open the cases of a CSV file, all of them or, where anything is wrong, none."),
    "ask": (
        approving,
        "Send the question to a service area that is being written (draft --kind service_area); nobody has to approve it.",
    ),
    "show": (
        casefile,
        "Show everything about one request: its questions, letters, messages and timeline; or the words of one of them.",
    ),
    "paragraphs": (letters, "List the standard paragraphs that are right under a law."),
    "release": (
        release,
        "Say what files would give away that nobody sees: hidden sheets, tracked changes, text under boxes, personal data; 1 when something must not go.",
    ),
    "clean": (
        release,
        "Make a copy without what nobody should see: values only, no changes, no properties; and say what was taken out.",
    ),
    "deadline": (clock, "Say when an answer is due and count the days one by one; one line for each --received."),
    "clock": (
        clock,
        "Explain a request's due date day by day; --event records what moves it, where its law allows that.",
    ),
    "letter": (letter, "Render a letter file exactly as it would be sent."),
    "notices": (
        notices,
        "Send the mails to our own people that are due now (the worker does it by itself), each once; or show them.",
    ),
    "retention": (
        keeping,
        "List what may be erased by the schedule in [retention], and why; --erase erases it, each with a proof.",
    ),
    "hold": (
        keeping,
        "Keep everything of a request from being erased, whatever the schedule says; or --lift that again.",
    ),
    "download": (
        keeping,
        "Write everything of one request into a ZIP file: mail, letters, attachments, timeline, deliveries, notes, clock, digests.",
    ),
    "demo": (demo, "See the main job on this machine alone: embedded mail servers, SQLite, a dozen sample mails."),
    "audit": (operate, "The trail."),
    "db": (operate, "The database."),
    "officer": (officers, "The people who work here."),
    "newmail": (newmail, "New mail to check."),
    "resend": (approving, "The same letter to a corrected address."),
    "deputies": (approving, "Who approves for whom."),
    "exceptions": (approving, "Letters approved by an exception, to be looked at by another."),
    "outbox": (letters, "Letters on their way out."),
    "acknowledgements": (letters, "Acknowledgements that wait for a person's word."),
    "quarantine": (letters, "Mail that could not be read."),
    "calendar": (clock, "The calendar of bank holidays."),
}


class Verbs(TyperGroup):
    """All verbs; help and mistakes are answered from the table alone."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - typer's own
        super().__init__(**attributes)
        self.commands = _Loaded()

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer's own, of its private modules
        """Write the list of verbs, without loading any."""
        outlines = {name: TyperCommand(name, help=line) for name, (_, line) in VERBS.items()}
        TyperGroup(commands={**outlines}).format_commands(ctx, formatter)


class _Loaded(UserDict[str, Any]):
    """Every verb by its name, made when it is asked for, and its family's others with it."""

    def __init__(self) -> None:
        super().__init__()
        self.data = dict.fromkeys(VERBS)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a command of typer's private modules
        if self.data[name] is None:
            spoken = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
            VERBS[name][0].add_to(spoken)
            self.data.update(typer.main.get_group(spoken).commands)
        return self.data[name]
