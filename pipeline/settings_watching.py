"""The settings of the watch over the service: whom an alarm reaches, by which way, and after how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from pipeline.settings_fields import OptionalAddress, Port, Secret, Security, Text, is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def _whole(value: object) -> object:
    # pydantic would take true for 1, which is never what was meant.
    if isinstance(value, bool):
        raise ValueError("must be a whole number")  # noqa: TRY004 - pydantic reports ValueError only
    return value


Lasting = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=10_080)]  # minutes, a week at most
RepeatHours = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=168)]
_NO_SECRET = SecretStr("")


class AlarmSettings(BaseModel):
    """Where alarms go: a webhook, a command, a mail through another server than the letters'. None of them has to be set."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    webhook_url: Secret = _NO_SECRET
    command: tuple[Text, ...] = ()
    mail_to: OptionalAddress = ""
    mail_from: OptionalAddress = ""
    mail_host: Text = ""
    mail_port: Port = 587
    mail_security: Security = Security.STARTTLS
    mail_user: Text = ""
    mail_password: Secret = _NO_SECRET
    mailbox_minutes: Lasting = 30
    unsent_minutes: Lasting = 60
    repeat_hours: RepeatHours = 24

    @property
    def any(self) -> bool:
        """Whether an alarm would reach anybody."""
        return bool(self.webhook_url.get_secret_value() or self.command or self.mail_to)


def check_alarms(
    section: Mapping[str, Any], ours: frozenset[str], watched: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Yield (key, what is wrong): an alarm must not need the mailbox it is about. *ours*, *watched* are addresses and users, casefolded."""
    url = section.get("webhook_url", _NO_SECRET).get_secret_value()
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    name = host if host.startswith("[") else host.partition(":")[0]
    if url and not (url.startswith("https://") and name) and not (url.startswith("http://") and is_loopback(name)):
        yield "webhook_url", "must start with https:// (plain http:// only to this machine itself)"
    to = section.get("mail_to", "")
    if to and to.casefold() in ours:
        yield "mail_to", "is one of our own addresses, which an alarm must not need; name another mailbox"
    if section.get("mail_user") and section["mail_user"].casefold() in watched:
        yield "mail_user", "is the user of a watched mailbox, which an alarm must not need; name another account"
    for key in ("mail_host", "mail_from"):
        if to and not section.get(key):
            yield key, "is missing: an alarm by mail needs mail_host and mail_from beside mail_to"
        if section.get(key) and section.get("mail_to") == "":
            yield "mail_to", f"is missing, though {key} is set; name who gets the alarms"
    server = section.get("mail_host", "")
    if section.get("mail_security") is Security.NONE and server and not is_loopback(server):
        yield (
            "mail_security",
            f'"none" is allowed only to this machine itself, not to {server}; use "tls" or "starttls"',
        )
