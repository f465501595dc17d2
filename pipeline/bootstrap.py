"""The composition root: settings in, a working application out; the only place where real time, chance and connections are made."""

from __future__ import annotations

import json
import secrets  # noqa: TID251 - this module is where chance comes from
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.domain.calendar import Calendar
from pipeline.domain.clock import EventKind
from pipeline.domain.errors import InfogovError, UsageError
from pipeline.domain.request import Regime
from pipeline.letters.paragraphs import own_file, standard_paragraphs
from pipeline.mail.council import Council
from pipeline.resources import config_file, when_called
from pipeline.settings import SmtpSettings
from pipeline.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipeline.domain.clock import Event
    from pipeline.domain.ports import Clock, Ids
    from pipeline.mail.alarm_routes import Command, Route, Webhook
    from pipeline.mail.mailbox import ImapMailbox
    from pipeline.mail.oauth import TokenSource
    from pipeline.mail.reader import Apart, Reader
    from pipeline.mail.reading_here import Here
    from pipeline.mail.scanning import Scanner
    from pipeline.mail.transport import SmtpTransport
    from pipeline.settings import MailboxSettings, Settings
    from pipeline.stages.alarms import Alarms, MailRoute
    from pipeline.stages.casework import Casefile, Casework
    from pipeline.stages.casezip import Casezip
    from pipeline.stages.checkup import Checkup, House, Servers
    from pipeline.stages.clockwork import Clockwork
    from pipeline.stages.counter import Counter
    from pipeline.stages.deliver import Deliver
    from pipeline.stages.health import HealthReader, free_bytes
    from pipeline.stages.intake import Intake
    from pipeline.stages.mailroom import Mailroom
    from pipeline.stages.newmail import NewMail
    from pipeline.stages.notices import Notices
    from pipeline.stages.reading_room import ReadingRoom
    from pipeline.stages.receive import Receive
    from pipeline.stages.reports import Reports
    from pipeline.stages.retention import Retention
    from pipeline.stages.scanning import Scanning
    from pipeline.stages.sent_copies import SentCopies
    from pipeline.stages.upkeep import Upkeep
    from pipeline.store import Work
    from pipeline.store.records import Case
else:
    # A worker, the pages and each verb use a few of these; what one of them does not use it does not load.
    Command = when_called("pipeline.mail.alarm_routes", "Command")
    Webhook = when_called("pipeline.mail.alarm_routes", "Webhook")
    ImapMailbox = when_called("pipeline.mail.mailbox", "ImapMailbox")
    TokenSource = when_called("pipeline.mail.oauth", "TokenSource")
    Apart = when_called("pipeline.mail.reader", "Apart")
    Here = when_called("pipeline.mail.reading_here", "Here")
    Scanner = when_called("pipeline.mail.scanning", "Scanner")
    SmtpTransport = when_called("pipeline.mail.transport", "SmtpTransport")
    Alarms = when_called("pipeline.stages.alarms", "Alarms")
    MailRoute = when_called("pipeline.stages.alarms", "MailRoute")
    Casefile = when_called("pipeline.stages.casework", "Casefile")
    Casework = when_called("pipeline.stages.casework", "Casework")
    Casezip = when_called("pipeline.stages.casezip", "Casezip")
    Checkup = when_called("pipeline.stages.checkup", "Checkup")
    House = when_called("pipeline.stages.checkup", "House")
    Servers = when_called("pipeline.stages.checkup", "Servers")
    Clockwork = when_called("pipeline.stages.clockwork", "Clockwork")
    Counter = when_called("pipeline.stages.counter", "Counter")
    Deliver = when_called("pipeline.stages.deliver", "Deliver")
    HealthReader = when_called("pipeline.stages.health", "HealthReader")
    free_bytes = when_called("pipeline.stages.health", "free_bytes")
    Intake = when_called("pipeline.stages.intake", "Intake")
    Mailroom = when_called("pipeline.stages.mailroom", "Mailroom")
    NewMail = when_called("pipeline.stages.newmail", "NewMail")
    Notices = when_called("pipeline.stages.notices", "Notices")
    ReadingRoom = when_called("pipeline.stages.reading_room", "ReadingRoom")
    Receive = when_called("pipeline.stages.receive", "Receive")
    Reports = when_called("pipeline.stages.reports", "Reports")
    Retention = when_called("pipeline.stages.retention", "Retention")
    Scanning = when_called("pipeline.stages.scanning", "Scanning")
    SentCopies = when_called("pipeline.stages.sent_copies", "SentCopies")
    Upkeep = when_called("pipeline.stages.upkeep", "Upkeep")


# An alarm must not wait as long for a server's word as a letter may.
_ALARM_SECONDS = 60.0


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this module is where time comes from


class SystemIds:
    """The machine's source of chance."""

    def reference_digits(self) -> str:
        """Eight random digits."""
        return f"{secrets.randbelow(10**8):08d}"

    def message_id(self, domain: str) -> str:
        """A Message-ID with 128 random bits."""
        return f"<{secrets.token_hex(16)}@{domain}>"

    def fraction(self) -> float:
        """A random number in [0, 1)."""
        return secrets.randbelow(2**53) / 2**53

    def token(self) -> str:
        """128 random bits as hex."""
        return secrets.token_hex(16)


def uk_calendar() -> Calendar:
    """The calendar of UK working days from config/bank-holidays.json over the holidays package. Raises UsageError."""
    path = config_file("bank-holidays.json")
    try:
        return Calendar.from_feed(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path.name} can't be read ({error}); put the file of this release back") from error


@dataclass(frozen=True)
class App:
    """The product, wired: every stage over one store, one clock and one source of chance."""

    settings: Settings
    store: Store
    clock: Clock
    ids: Ids
    calendar: Calendar

    @cached_property
    def receive(self) -> Receive:
        """Takes mail in."""
        return Receive(self.store, self.clock, shadow=self.settings.delivery.mode == "shadow")

    @cached_property
    def intake(self) -> Intake:
        """Files what was taken, and reads it in this process."""
        return self.intake_with(Here(Council.of(self.settings)))

    def intake_with(self, reader: Reader) -> Intake:
        """Files what was taken, read by *reader*."""
        return Intake(self.store, self.clock, self.ids, self.settings, self.calendar, reader=reader)

    def reader(self) -> Reader:
        """Reads mails for a worker, apart unless configured otherwise; for one thread, which closes it."""
        council = Council.of(self.settings)
        return Apart(council) if self.settings.worker.read_apart else Here(council)

    @cached_property
    def upkeep(self) -> Upkeep:
        """Looks for what needs a person."""
        return Upkeep(self.store, self.clock, self.calendar, copies=_keeps_copies(self.settings))

    @cached_property
    def reports(self) -> Reports:
        """Lists, searches, figures and files for officers' pages."""
        return Reports(self.store, self.clock, self.calendar, soon_days=self.settings.reminders.due_soon_days)

    def deliver(self, *, copies: bool = True) -> Deliver:
        """Sends; with a connection of its own, so one for each thread. *copies* are put into the sent folder after each run."""
        sent = self.sent_copies() if copies else None
        copied = None if sent is None else sent.put_all
        told = self.clockwork().letter_sent
        return Deliver(self.store, self.transport(), self.clock, self.ids, self.settings, copied, letter_sent=told)

    def sent_copies(self) -> SentCopies | None:
        """Puts copies into the sent folder, if there is one; with a connection of its own, so one for each thread."""
        box = next((box for box in self.settings.mailbox.values() if box.sent_folder), None)
        return None if box is None else SentCopies(self.store, self.clock, self.mailbox(box), box.sent_folder)

    def casework(self, via: str = "cli") -> Casework:
        """An officer's verbs on a request."""
        clocks, scanner = self.clockwork(via), self.scanner()
        return Casework(
            self.store, self.clock, self.ids, self.settings, self.calendar, clocks, via=via, scanner=scanner
        )

    def casefile(self, via: str = "cli") -> Casefile:
        """An officer's verbs on the facts of a case."""
        return Casefile(self.store, self.clock, self.ids, self.settings, self.clockwork(via), via=via)

    def counter(self, via: str = "cli") -> Counter:
        """An officer's verbs on requests that come other than by mail."""
        clocks = self.clockwork(via)
        return Counter(self.store, self.clock, self.ids, self.settings, self.calendar, clocks, via=via)

    def clockwork(self, via: str = "cli") -> Clockwork:
        """An officer's verbs on a case's time."""
        return Clockwork(self.store, self.clock, self.calendar, via=via)

    def mailroom(self, via: str = "cli") -> Mailroom:
        """An officer's verbs on single letters and messages."""
        told = self.clockwork(via).letter_sent
        return Mailroom(self.store, self.clock, self.ids, self.settings, letter_sent=told, via=via)

    def new_mail(self, via: str = "cli") -> NewMail:
        """An officer's verbs on mail that belongs to no case yet."""
        clocks, cases = self.clockwork(via), self.casework(via)

        def effect(work: Work, case: Case, event: Event, officer: str) -> None:
            """Withdraw the request, or put the event on its clock; in the transaction of whoever put the mail with it."""
            if event.kind is EventKind.WITHDRAWN:
                cases.withdrawn(work, case, officer, "their mail says so")
            else:
                clocks.recorded(work, case, event, officer)

        return NewMail(self.store, self.clock, self.ids, self.settings, self.calendar, effect=effect, via=via)

    def notices(self) -> Notices:
        """Mails to our own people; with a connection of its own, so one for each thread."""
        return Notices(self.store, self.transport(), self.clock, self.ids, self.settings, self.calendar)

    @cached_property
    def health(self) -> HealthReader:
        """Says how the service is."""
        return HealthReader(self.store, self.clock, self.settings)

    def alarms(self) -> Alarms:
        """Tells somebody when something is wrong; for one thread."""
        return _alarms(self.settings, self.store, self.clock, self.ids)

    def scanner(self) -> Scanner | None:
        """The virus scanner; None when none is configured."""
        scan = self.settings.scan
        return Scanner(scan.clamd, scan.timeout_seconds) if scan.clamd else None

    def scanning(self) -> Scanning:
        """Has files that came with mail looked at."""
        return Scanning(self.store, self.clock, self.scanner())

    def reading_room(self, via: str = "cli") -> ReadingRoom:
        """A case's file as an officer reads it."""
        return ReadingRoom(self.store, self.clock, via=via)

    def retention(self, via: str = "cli") -> Retention:
        """Lists and erases what the schedule lets go."""
        return Retention(self.store, self.clock, self.settings, via=via)

    def casezip(self, via: str = "cli") -> Casezip:
        """Packs a whole case into one file."""
        return Casezip(self.store, self.clock, self.clockwork(via).explain, via=via)

    def mailbox(self, settings: MailboxSettings) -> ImapMailbox:
        """A connection, not yet made, to one mailbox; for one thread."""
        return ImapMailbox(settings, _token(settings))

    def transport(self) -> SmtpTransport:
        """A connection, not yet made, to the SMTP server; for one thread."""
        return SmtpTransport(self.settings.smtp, _token(self.settings.smtp))

    def close(self) -> None:
        """Give the database back."""
        self.store.close()


def build(settings: Settings) -> App:
    """Wire the product for *settings*; opens the database, creating or migrating it.

    Raises StoreError, SchemaError, and UsageError or RecordError for a council's paragraphs: better now than under an officer's hands.
    """
    if (own := own_file(settings)) is not None:
        standard_paragraphs(Regime.FOI, own=own)
    return App(
        settings=settings,
        store=Store.open(settings.database.url),
        clock=SystemClock(),
        ids=SystemIds(),
        calendar=uk_calendar(),
    )


def _keeps_copies(settings: Settings) -> bool:
    return any(box.sent_folder for box in settings.mailbox.values())


def checkup(settings: Settings) -> Checkup:
    """Everything that ``doctor`` looks at; it opens the database as it is, and closes it again."""
    clock, calendar = SystemClock(), uk_calendar()

    def _upkeep(store: Store) -> Upkeep:
        return Upkeep(store, clock, calendar, copies=_keeps_copies(settings))

    house = House(
        problems=lambda store: HealthReader(store, clock, settings).problems(),
        findings=lambda store: [(found.kind, found.words) for found in _upkeep(store).run()],
        free_bytes=lambda: free_bytes(settings.database.url),
    )
    servers = Servers(
        mailbox=lambda box: ImapMailbox(box, _token(box)),
        transport=lambda: SmtpTransport(settings.smtp, _token(settings.smtp)),
        token=_token,
    )
    return Checkup(settings, clock, calendar, servers, house, lambda: Store.open_as_it_is(settings.database.url))


@contextmanager
def watch(settings: Settings) -> Iterator[Alarms]:
    """The alarms for whoever looks from outside: they ring for a database that can't be opened, too, and neither make nor upgrade one."""
    store: Store | None = None
    # Why it can't be opened is doctor's to say; that nobody gets on is known by now, and is what has to be told.
    with suppress(InfogovError):
        store = Store.open_as_it_is(settings.database.url)
    try:
        yield _alarms(settings, store, SystemClock(), SystemIds())
    finally:
        if store is not None:
            store.close()


def _alarms(settings: Settings, store: Store | None, clock: Clock, ids: Ids) -> Alarms:
    problems = tuple if store is None else HealthReader(store, clock, settings).problems
    return Alarms(store, clock, settings, _alarm_routes(settings, clock, ids), problems)


def _alarm_routes(settings: Settings, clock: Clock, ids: Ids) -> list[Route]:
    alarms = settings.alarms
    routes: list[Route] = []
    if url := alarms.webhook_url.get_secret_value():
        routes.append(Webhook(url))
    if alarms.command:
        routes.append(Command(alarms.command))
    if alarms.mail_to:
        server = SmtpSettings(
            host=alarms.mail_host,
            port=alarms.mail_port,
            security=alarms.mail_security,
            user=alarms.mail_user,
            password=alarms.mail_password,
            from_address=alarms.mail_from,
        )
        routes.append(MailRoute(SmtpTransport(server, deadline_seconds=_ALARM_SECONDS), clock, ids, settings))
    return routes


def _token(server: MailboxSettings | SmtpSettings) -> Callable[[], str] | None:
    """Where this server's tokens come from, when it wants tokens at all."""
    if server.auth != "xoauth2":
        return None
    return TokenSource(server.tenant, server.client_id, server.client_secret.get_secret_value())
