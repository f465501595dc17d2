"""The composition root: settings in, a working application out; the only place where real time, chance and connections are made."""

from __future__ import annotations

import json
import secrets  # noqa: TID251 - this module is where chance comes from
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.domain.calendar import Calendar
from pipeline.domain.errors import UsageError
from pipeline.mail.mailbox import ImapMailbox
from pipeline.mail.oauth import TokenSource
from pipeline.mail.transport import SmtpTransport
from pipeline.resources import config_file
from pipeline.stages.casework import Casework
from pipeline.stages.clockwork import Clockwork
from pipeline.stages.deliver import Deliver
from pipeline.stages.intake import Intake
from pipeline.stages.mailroom import Mailroom
from pipeline.stages.newmail import NewMail
from pipeline.stages.receive import Receive
from pipeline.stages.upkeep import Upkeep
from pipeline.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.domain.ports import Clock, Ids
    from pipeline.settings import MailboxSettings, Settings, SmtpSettings


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
        return Receive(self.store, self.clock)

    @cached_property
    def intake(self) -> Intake:
        """Files what was taken."""
        return Intake(self.store, self.clock, self.ids, self.settings, self.calendar)

    @cached_property
    def upkeep(self) -> Upkeep:
        """Looks for what needs a person."""
        return Upkeep(self.store, self.clock, self.calendar)

    def deliver(self) -> Deliver:
        """Sends; with a connection of its own, so one for each thread."""
        copies = next((box for box in self.settings.mailbox.values() if box.sent_folder), None)
        sent = None if copies is None else (self.mailbox(copies), copies.sent_folder)
        told = self.clockwork().letter_sent
        return Deliver(self.store, self.transport(), self.clock, self.ids, self.settings, sent, letter_sent=told)

    def casework(self, via: str = "cli") -> Casework:
        """An officer's verbs on a request."""
        return Casework(self.store, self.clock, self.ids, self.settings, self.calendar, via=via)

    def clockwork(self, via: str = "cli") -> Clockwork:
        """An officer's verbs on a case's time."""
        return Clockwork(self.store, self.clock, self.calendar, via=via)

    def mailroom(self, via: str = "cli") -> Mailroom:
        """An officer's verbs on single letters and messages."""
        told = self.clockwork(via).letter_sent
        return Mailroom(self.store, self.clock, self.ids, self.settings, letter_sent=told, via=via)

    def new_mail(self, via: str = "cli") -> NewMail:
        """An officer's verbs on mail that belongs to no case yet."""
        return NewMail(self.store, self.clock, self.ids, self.settings, self.calendar, via=via)

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
    """Wire the product for *settings*; opens the database, creating or migrating it. Raises StoreError, SchemaError."""
    return App(
        settings=settings,
        store=Store.open(settings.database.url),
        clock=SystemClock(),
        ids=SystemIds(),
        calendar=uk_calendar(),
    )


def _token(server: MailboxSettings | SmtpSettings) -> Callable[[], str] | None:
    """Where this server's tokens come from, when it wants tokens at all."""
    if server.auth != "xoauth2":
        return None
    return TokenSource(server.tenant, server.client_id, server.client_secret.get_secret_value())
