"""Checks of the mail servers: login, folders, abilities, sizes, certificates, Microsoft 365 permissions, and what time they say it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipeline.domain.errors import InfogovError, MailboxError
from pipeline.domain.health import SECRET_WARNING
from pipeline.mail.certificate import certificate_ends
from pipeline.mail.oauth import granted
from pipeline.mail.server_time import time_in, time_of_web
from pipeline.stages.checkup.checks import Check, fail, ok, warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from pipeline.domain.ports import Clock, FolderState
    from pipeline.mail.mailbox import ImapMailbox
    from pipeline.mail.transport import SmtpTransport
    from pipeline.settings import MailboxSettings, Settings, SmtpSettings

_CERTIFICATE_WARNING = timedelta(days=21)
_SKEW = timedelta(minutes=2)
_SMALL_LIMIT = 10_000_000  # bytes; a letter with a few files passes it
_SHOWN = 20
_SIGN_IN = "login.microsoftonline.com"
_TELLING = ("IDLE", "MOVE", "UIDPLUS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """How connections are made: each function gives one, not yet connected; *token* says where a server's tokens come from, if it wants any."""

    mailbox: Callable[[MailboxSettings], ImapMailbox]
    transport: Callable[[], SmtpTransport]
    token: Callable[[MailboxSettings | SmtpSettings], Callable[[], str] | None]


@dataclass(slots=True)
class MailServers:
    """Looks at the servers one by one and remembers what they said of the time."""

    settings: Settings
    servers: Servers
    clock: Clock
    times: list[tuple[str, datetime, datetime]] = field(default_factory=list)

    def checks(self) -> Iterator[Check]:
        """Everything about the mail servers."""
        for box in self.settings.mailbox.values():
            name = f"mailbox {box.name}"
            remedy = f"mend [mailbox.{box.name}] or what the server asks for; mail waits there and nothing is lost"
            yield from _guarded(name, lambda box=box: self._mailbox(box), remedy)  # type: ignore[misc] # the default binds the loop's value
            yield from self._around(name, box, "IMAP.AccessAsApp")
        remedy = "mend [smtp] or what the server asks for; letters wait in the outbox"
        yield from _guarded("smtp", self._smtp, remedy)
        yield from self._around("smtp", self.settings.smtp, "SMTP.SendAsApp")
        yield self._clock()

    def _mailbox(self, box: MailboxSettings) -> Iterator[Check]:
        mailbox = self.servers.mailbox(box)
        name = f"mailbox {box.name}"
        try:
            mailbox.connect()
            there = mailbox.all_folders()
            counts = []
            for folder in box.folders:
                state = _opened(mailbox, folder, there)
                counts.append(f"{folder} ({state.exists} messages)")
                newest = mailbox.envelopes([state.uidnext - 1]) if state.exists and state.uidnext > 1 else []
                for envelope in newest:
                    # A mail can be old, but not from the future: only a date ahead of ours says anything about the clocks.
                    if envelope.internal_date is not None and envelope.internal_date > self.clock.now():
                        self._note(f"the newest mail in {box.name}", envelope.internal_date)
            can = [word for word in _TELLING if word in mailbox.capabilities]
        finally:
            mailbox.close()
        yield ok(name, "; ".join(["logged in", ", ".join(counts), "can " + ", ".join(can) if can else "no extensions"]))
        if box.processed_folder and not {"MOVE", "UIDPLUS"} & set(can):
            yield warn(
                f"{name} moving",
                f'mail stays where it is: the server can\'t move it safely to "{box.processed_folder}"',
                "leave processed_folder empty, or ask the server's operator for MOVE (RFC 6851)",
            )
        yield from _other_folders(name, box, there)
        if box.idle and "IDLE" not in can:
            found = f"new mail is seen every {box.poll_seconds} seconds only: the server has no IDLE"
            yield ok(f"{name} listening", found)

    def _smtp(self) -> Iterator[Check]:
        smtp = self.settings.smtp
        transport = self.servers.transport()
        try:
            transport.connect()
            limit, said = transport.size_limit, time_in(transport.greeting)
        finally:
            transport.close()
        if said is not None:
            self._note(f"{smtp.host}", said)
        size = "and names no size limit" if limit is None else f"and letters up to {limit / 1_000_000:.0f} MB"
        yield ok("smtp", f"{smtp.host}:{smtp.port} takes our login, {size}")
        if limit is not None and limit < _SMALL_LIMIT:
            yield warn(
                "smtp size",
                f"letters with files may be too large: the server takes {limit / 1_000_000:.1f} MB",
                "ask the server's operator for a larger limit",
            )

    def _around(self, name: str, server: MailboxSettings | SmtpSettings, permission: str) -> Iterator[Check]:
        """The certificate, the app's permission, and the days of its secret."""
        yield from _guarded(
            f"{name} certificate",
            lambda: self._certificate(name, server),
            "see the mail server's own check above; its operator renews certificates",
        )
        source = self.servers.token(server)
        if source is not None:
            remedy = "see docs of the app registration in deploy/RUNBOOK.md"
            yield from _guarded(f"{name} token", lambda: _token(name, source, permission), remedy)
        yield from self._secret(name, server)

    def _certificate(self, name: str, server: MailboxSettings | SmtpSettings) -> Iterator[Check]:
        end = certificate_ends(server, imap=name != "smtp")
        if end is None:
            return
        left = end - self.clock.now()
        found = f"good for {left.days} more days, to {end:%d %b %Y}"
        if left > _CERTIFICATE_WARNING:
            yield ok(f"{name} certificate", found)
        else:
            remedy = "remind the mail server's operator to renew it; with an ended one nothing is read or sent"
            yield warn(f"{name} certificate", found, remedy)

    def _secret(self, name: str, server: MailboxSettings | SmtpSettings) -> Iterator[Check]:
        if server.auth != "xoauth2":
            return
        check = f"{name} client secret"
        if not server.client_secret_expires:
            yield warn(
                check, "nobody knows when it ends", "set client_secret_expires to the day in the app registration"
            )
            return
        end = date.fromisoformat(server.client_secret_expires)
        left = end - self.clock.now().date()
        remedy = (
            "make a new one in the app registration, put it in the old one's place, set client_secret_expires, restart"
        )
        if left < timedelta(0):
            yield fail(check, f"ended on {end}", remedy)
        elif left <= SECRET_WARNING:
            yield warn(check, f"ends on {end}, in {left.days} days", remedy)
        else:
            yield ok(check, f"ends on {end}, in {left.days} days")

    def _note(self, who: str, said: datetime) -> None:
        self.times.append((who, said, self.clock.now()))

    def _clock(self) -> Check:
        """Compare this machine's clock with whatever a server said of the time."""
        every = [*self.settings.mailbox.values(), self.settings.smtp]
        if any(server.auth == "xoauth2" for server in every) and (at := time_of_web(_SIGN_IN)) is not None:
            self._note(_SIGN_IN, at)
        if not self.times:
            return ok("clock", "not checked: no server here tells the time")
        who, skew = max(((who, ours - theirs) for who, theirs, ours in self.times), key=lambda one: abs(one[1]))
        if abs(skew) <= _SKEW:
            return ok("clock", f"agrees with {who}")
        direction = "ahead of" if skew > timedelta(0) else "behind"
        found = f"{abs(skew).total_seconds():.0f} seconds {direction} {who}"
        return warn("clock", found, "set this machine's clock by NTP (timedatectl): days of receipt depend on it")


def _opened(mailbox: ImapMailbox, folder: str, there: Mapping[str, tuple[bytes, ...]]) -> FolderState:
    """Open *folder* to look; where it is not *there*, the error says which are."""
    try:
        return mailbox.select(folder, readonly=True)
    except MailboxError as error:
        if folder in there or folder.upper() == "INBOX":
            raise
        raise MailboxError(f"{error} Folders that are there: {', '.join(sorted(there)[:_SHOWN])}") from error


def _other_folders(name: str, box: MailboxSettings, there: Mapping[str, tuple[bytes, ...]]) -> Iterator[Check]:
    """The folders that the service puts mail into: it makes them, which is no use where the mailbox calls its own by another name."""
    for key, folder in (("processed_folder", box.processed_folder), ("sent_folder", box.sent_folder)):
        if not folder or folder in there:
            continue
        own = next((one for one, marks in there.items() if b"\\sent" in {mark.lower() for mark in marks}), "")
        if key == "sent_folder" and own:
            yield warn(
                f"{name} sent folder",
                f'"{folder}" is not there; this mailbox keeps what was sent in "{own}"',
                f'set sent_folder = "{own}" in [mailbox.{box.name}], or leave it, and "{folder}" is made',
            )
        else:
            yield ok(f"{name} {key.replace('_', ' ')}", f'"{folder}" is not there yet, and is made when it is needed')


def _token(name: str, source: Callable[[], str], permission: str) -> Iterator[Check]:
    roles = granted(source())
    check = f"{name} permission"
    if roles is None:
        yield ok(check, "a token is given; what it allows can't be read from it")
    elif permission in roles:
        yield ok(check, f"the app has {permission}")
    else:
        has = f"it has {', '.join(sorted(roles))}" if roles else "it has none"
        yield fail(
            check,
            f"the app lacks the application permission {permission} ({has})",
            f"app registration, API permissions, Office 365 Exchange Online, Application permissions: add {permission} and grant admin consent",
        )


def _guarded(name: str, check: Callable[[], Iterator[Check]], remedy: str) -> Iterator[Check]:
    try:
        yield from check()
    except InfogovError as error:
        yield fail(name, str(error), remedy)
