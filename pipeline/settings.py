"""The settings: typed, frozen, loaded once, and refused with every mistake named together."""

from __future__ import annotations

import re
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from pipeline import settings_checks as checks
from pipeline import settings_sources as sources
from pipeline.domain.acknowledgement_mode import AcknowledgementMode
from pipeline.domain.errors import ConfigurationError
from pipeline.resources import config_file, templates
from pipeline.settings_draft import Draft, Sections
from pipeline.settings_fields import (
    Address,
    AttachedForm,
    Auth,
    Colour,
    Count,
    Days,
    DeliveryMode,
    Domain,
    Filled,
    Host,
    ListeningPort,
    LogFormat,
    LogLevel,
    Megabytes,
    Minutes,
    OptionalAddress,
    OptionalDay,
    OptionalWebAddress,
    Port,
    Prefix,
    ProxyAddress,
    ScannerAddress,
    Seconds,
    Secret,
    Security,
    Start,
    TemplateName,
    Tenant,
    Text,
    WebAddress,
)
from pipeline.settings_keeping import ReminderSettings, RetentionSettings
from pipeline.settings_oidc import OidcSettings, check_oidc
from pipeline.settings_watching import AlarmSettings, check_alarms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pipeline.settings_sources import KeyPath

_NO_SECRET = SecretStr("")


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Publication(_Section):
    """A page of the council's that answers often point to."""

    title: Filled
    url: WebAddress


class AuthoritySettings(_Section):
    """The council, as its letters name it; *address* is postal lines, *email* the monitored mailbox people may write to."""

    name: Filled
    team: Filled
    address: tuple[Filled, ...] = ()
    website: Text = ""
    email: OptionalAddress = ""
    phone: Text = ""
    privacy_notice: OptionalWebAddress = ""
    crest: Text = ""
    own_addresses: tuple[Address, ...] = ()
    internal_domains: tuple[Domain, ...] = ()
    trusted_hosts: tuple[Domain, ...] = ()
    publications: tuple[Publication, ...] = ()


class _Server(_Section):
    host: Host
    port: Port
    security: Security
    user: Text
    password: Secret = _NO_SECRET
    auth: Auth = Auth.PASSWORD
    tenant: Tenant = ""
    client_id: Text = ""
    client_secret: Secret = _NO_SECRET
    client_secret_expires: OptionalDay = ""
    timeout_seconds: Seconds = 60


def _with_port(data: object, ports: Mapping[Security, int]) -> object:
    """Choose the port that belongs to the security where none is given (RFC 8314 section 7; 25 without any)."""
    if not isinstance(data, dict) or "port" in data or "security" not in data:
        return data
    try:
        return {**data, "port": ports[Security(data["security"])]}
    except ValueError:
        return data


class MailboxSettings(_Server):
    """One mailbox to watch over IMAP; *name* is its table's name, sizes are in megabytes, times in seconds."""

    name: Filled
    port: Port = 993
    security: Security = Security.TLS
    user: Text = ""
    folders: tuple[Filled, ...] = ("INBOX",)
    processed_folder: Text = ""
    sent_folder: Text = ""
    authserv_id: Text = ""
    poll_seconds: Seconds = 60
    idle: bool = True
    start: Start = Start.NEW
    max_message_mb: Megabytes = 50

    @model_validator(mode="before")
    @classmethod
    def _default_port(cls, data: object) -> object:
        return _with_port(data, {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143})


class SmtpSettings(_Server):
    """The server that takes our letters; an empty *user* means that it asks for no login."""

    port: Port = 587
    security: Security = Security.STARTTLS
    user: Text = ""
    from_name: Text = ""
    from_address: Address
    reply_to: OptionalAddress = ""
    envelope_from: OptionalAddress = ""

    @model_validator(mode="before")
    @classmethod
    def _default_port(cls, data: object) -> object:
        return _with_port(data, {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25})


class DatabaseSettings(_Section):
    """Where everything is kept; after loading, *url* is absolute."""

    url: Annotated[Text, Field(repr=False)] = "sqlite:///infogov.db"


class ReferenceSettings(_Section):
    """The prefix of a reference for each kind of request."""

    foi: Prefix = "FOI"
    eir: Prefix = "EIR"
    sar: Prefix = "SAR"


class AcknowledgementSettings(_Section):
    """Whether to acknowledge, and the limits that keep automatic mail in bounds."""

    mode: AcknowledgementMode = AcknowledgementMode.AUTOMATIC
    max_age_days: Days = 3
    per_sender_per_day: Count = 5
    global_per_hour: Count = 1000


class DeliverySettings(_Section):
    """Whether letters leave; a response waits *undo_minutes* after approval."""

    mode: DeliveryMode = DeliveryMode.SEND
    redirect_to: OptionalAddress = ""
    undo_minutes: Minutes = 15

    @property
    def holds(self) -> bool:
        """Whether nothing leaves."""
        return self.mode in (DeliveryMode.HOLD, DeliveryMode.SHADOW)


class ApprovalSettings(_Section):
    """By which policies somebody may approve what the plain rule of two people would not let them (invariant 6)."""

    corrections: bool = True
    break_glass: bool = True
    deputies: bool = True


class WorkerSettings(_Section):
    """How often the outbox is looked at, how long a job may stand still, whether mail is read in a process apart, and where health is told."""

    deliver_seconds: Seconds = 15
    hung_after_seconds: Seconds = 900
    read_apart: bool = True
    health_host: Host = "127.0.0.1"
    health_port: ListeningPort = 0


class WebSettings(_Section):
    """Where the officers' pages are served."""

    host: Host = "127.0.0.1"
    port: Port = 8000
    public_url: OptionalWebAddress = ""
    trusted_proxy: ProxyAddress = ""
    colour: Colour = "#00625a"
    idle_minutes: Minutes = 60
    session_hours: Count = 12
    max_upload_mb: Megabytes = 50


class LoggingSettings(_Section):
    """What is logged, and how it looks."""

    level: LogLevel = LogLevel.INFO
    format: LogFormat = LogFormat.AUTO


class LettersSettings(_Section):
    """Which templates and standard paragraphs letters are made of, whether a Welsh mail is answered in both, and what goes beside the text."""

    template: TemplateName = "default"
    paragraphs: Text = ""
    welsh: bool = False
    attach: tuple[AttachedForm, ...] = ()
    html: bool = False


class ScanSettings(_Section):
    """The virus scanner that looks at files which came with mail or go with a letter; none when *clamd* is empty."""

    clamd: ScannerAddress = ""
    timeout_seconds: Seconds = 120


class WebForm(_Section):
    """The council's own web form: mail from *sender* is read by its labelled lines, or answered to its Reply-To."""

    sender: Address
    name_label: Text = "Name"
    email_label: Text = "Email"
    question_label: Text = "Request"
    use_reply_to: bool = False


class Settings(_Section):
    """Everything configured, checked and frozen; *path* is the file it came from."""

    path: Path
    authority: AuthoritySettings
    mailbox: dict[str, MailboxSettings]
    smtp: SmtpSettings
    database: DatabaseSettings = DatabaseSettings()
    reference: ReferenceSettings = ReferenceSettings()
    acknowledgement: AcknowledgementSettings = AcknowledgementSettings()
    delivery: DeliverySettings = DeliverySettings()
    approval: ApprovalSettings = ApprovalSettings()
    worker: WorkerSettings = WorkerSettings()
    web: WebSettings = WebSettings()
    oidc: OidcSettings = OidcSettings()
    logging: LoggingSettings = LoggingSettings()
    letters: LettersSettings = LettersSettings()
    reminders: ReminderSettings = ReminderSettings()
    retention: RetentionSettings = RetentionSettings()
    alarms: AlarmSettings = AlarmSettings()
    scan: ScanSettings = ScanSettings()
    web_forms: dict[str, WebForm] = {}

    @staticmethod
    def locate(path: Path | None, environ: Mapping[str, str]) -> Path | None:
        """The file that ``load`` would read (*path*, $INFOGOV_CONFIG, ./infogov.toml, the system's), or None when there is none."""
        return sources.locate(path, environ)

    @classmethod
    def load(
        cls,
        path: Path | None,
        environ: Mapping[str, str],
        *,
        installed: Callable[[str], bool] = lambda package: find_spec(package) is not None,
    ) -> Self:
        """Read file, secrets directory and environment (the later wins) and check everything at once.

        *installed* says whether an optional package is there. Raises ConfigurationError with all mistakes.
        """
        file = sources.locate(path, environ)
        if file is None:
            raise ConfigurationError(
                ("There is no configuration: run `infogov init` to write infogov.toml, or name a file with --config.",)
            )
        draft = Draft(file, sources.read(file, environ), _PLAIN, _NAMED)
        _check_together(draft, installed)
        if draft.problems:
            raise ConfigurationError(tuple(dict.fromkeys(draft.problems)))
        return cls.model_validate({"path": file, **_complete(draft)})

    @cached_property
    def own_addresses(self) -> frozenset[str]:
        """Every address that is ours, casefolded: mail from one of them is never acknowledged."""
        return _own_addresses(
            self.authority.__dict__, self.smtp.__dict__, [box.__dict__ for box in self.mailbox.values()]
        )

    def describe(self) -> dict[str, Any]:
        """All settings as plain values to show, with every secret masked."""
        shown = self.model_dump(mode="json")
        shown["database"]["url"] = _masked(self.database.url)
        return shown


def starter_text() -> str:
    """The commented file that ``infogov init`` writes: config/infogov.toml with letters held until somebody lets them go."""
    head, section, tail = config_file("infogov.toml").read_text(encoding="utf-8").partition("\n[delivery]\n")
    return head + section + tail.replace('#mode = "send"', 'mode = "hold"', 1)


_PLAIN: Sections = {
    key: info.annotation
    for key, info in Settings.model_fields.items()
    if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel)
}
_NAMED: Sections = {"mailbox": MailboxSettings, "web_forms": WebForm}


def _check_together(draft: Draft, installed: Callable[[str], bool]) -> None:
    """Hold the settings against one another; mistakes go to the draft."""
    for name, box in draft.of("mailbox").items():
        _blame(draft, ("mailbox", name), checks.check_mailbox(box, installed))
    for name, form in draft.of("web_forms").items():
        _blame(draft, ("web_forms", name), checks.check_form(form))
    values = draft.values
    _blame(draft, ("smtp",), checks.check_smtp(values["smtp",], installed))
    _blame(draft, ("reference",), checks.check_reference(values["reference",]))
    _blame(draft, ("web",), checks.check_web(values["web",]))
    _blame(draft, ("oidc",), check_oidc(values["oidc",], installed))
    ours = _own_addresses(values["authority",], values["smtp",], list(draft.of("mailbox").values()))
    _blame(draft, ("delivery",), checks.check_delivery(values["delivery",], ours))
    watched = frozenset(box.get("user", "").casefold() for box in draft.of("mailbox").values())
    _blame(draft, ("alarms",), check_alarms(values["alarms",], ours, watched))
    if url := values["database",].get("url"):
        try:
            draft.given["database",]["url"] = checks.database_url(url, draft.file.parent, installed)
        except ValueError as error:
            draft.blame(("database",), "url", str(error))
    template = values["letters",].get("template")
    if template and template != "default" and not (templates() / "letters" / "response" / template).is_dir():
        draft.blame(
            ("letters",),
            "template",
            f'names no folder of templates/letters/response: "{template}"; "default" is always there',
        )


def _blame(draft: Draft, section: KeyPath, mistakes: Iterator[tuple[str, str]]) -> None:
    for key, text in mistakes:
        draft.blame(section, key, text)


def _complete(draft: Draft) -> dict[str, Any]:
    """All values given, and the defaults that follow from other settings."""
    smtp = draft.given["smtp",]
    authority = draft.given["authority",]
    smtp.setdefault("from_name", f"{authority['name']} {authority['team']}")
    smtp.setdefault("envelope_from", smtp["from_address"])
    authority.setdefault("email", smtp["from_address"])
    named = {
        section: {path[1]: given for path, given in draft.given.items() if path[0] == section} for section in _NAMED
    }
    return {**{path[0]: given for path, given in draft.given.items() if len(path) == 1}, **named}


def _masked(url: str) -> str:
    scheme, _, rest = url.partition("://")
    server, slash, name = rest.partition("/")
    user, at, host = server.rpartition("@")
    name, mark, query = name.partition("?")
    shown = re.sub(r"(password=)[^&]*", r"\1********", query)
    return f"{scheme}://{user.partition(':')[0] + ':********' if ':' in user else user}{at}{host}{slash}{name}{mark}{shown}"


def _own_addresses(
    authority: Mapping[str, Any], smtp: Mapping[str, Any], mailboxes: list[dict[str, Any]]
) -> frozenset[str]:
    users = [box.get("user", "") for box in mailboxes]
    addresses = [
        *authority.get("own_addresses", ()),
        authority.get("email", ""),
        *(smtp.get(key, "") for key in ("from_address", "reply_to", "envelope_from")),
        *(user for user in users if "@" in user),
    ]
    return frozenset(address.casefold() for address in addresses if address)
