"""The words and the kinds of text that a setting may hold; each check says in plain English what is wrong and how to mend it."""

from __future__ import annotations

import ipaddress
import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr


class _Word(StrEnum):
    """A setting with a few fixed values, found without regard to case."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        wanted = value.strip().casefold() if isinstance(value, str) else None
        return next((member for member in cls if member.value == wanted), None)


class Security(_Word):
    """How a connection is protected; ``none`` is allowed to this machine itself only."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class Auth(_Word):
    """How to log in; ``xoauth2`` is Microsoft 365 with client credentials."""

    PASSWORD = "password"  # noqa: S105 - the name of a method, not a secret
    XOAUTH2 = "xoauth2"


class Start(_Word):
    """Which mail to take on first contact with a folder."""

    NEW = "new"
    ALL = "all"


class DeliveryMode(_Word):
    """Whether letters leave, wait, or all go to one trial address; ``shadow`` only records, and what it recorded never leaves by itself."""

    SEND = "send"
    HOLD = "hold"
    REDIRECT = "redirect"
    SHADOW = "shadow"


class AttachedForm(_Word):
    """A form of the letter itself that goes with it as a file."""

    PDF = "pdf"
    WORD = "word"


class LogLevel(_Word):
    """The least serious event that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(_Word):
    """How log lines look; ``auto`` is text on a terminal and JSON elsewhere."""

    AUTO = "auto"
    TEXT = "text"
    JSON = "json"


_LONGEST_LOCAL = 64  # octets, RFC 5321 section 4.5.3.1.1
_LAST_PORT = 65_535
_LONGEST_DOMAIN = 253  # octets as written, RFC 1035 section 2.3.4
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PLACEHOLDERS = ("changeme", "changethis", "replaceme", "replacethis", "placeholder", "yourpassword", "yoursecret")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_PREFIX = re.compile(r"[A-Z]{1,8}")
_TEMPLATE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_TENANT = re.compile(r"[A-Za-z0-9.-]{0,255}")


def is_placeholder(text: str) -> bool:
    """Whether *text* still stands as an example left it ("CHANGE-ME", "<password>")."""
    plain = re.sub(r"[\W_]+", "", text.casefold())
    return plain.startswith(_PLACEHOLDERS) or (text.startswith("<") and text.endswith(">"))


def _proxy(text: str) -> str:
    """One address as a connection has it, for it is compared with that; a name never is one."""
    if text in {"", "*"}:
        return text
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError as error:
        raise ValueError(
            'must be the proxy\'s IP address, such as "127.0.0.1", or "*" where nothing but the proxy reaches the pages'
        ) from error


def is_loopback(host: str) -> bool:
    """Whether *host* is this machine itself: localhost, 127.0.0.0/8 or ::1."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("must be one line without control characters")
    if is_placeholder(text):
        raise ValueError("is still the placeholder; put your own value in its place")
    return text.strip()


def _filled(text: str) -> str:
    if not text:
        raise ValueError("is empty; give it a value")
    return text


def _secret(secret: SecretStr) -> SecretStr:
    value = secret.get_secret_value()
    if _CONTROL.search(value):
        raise ValueError("must be one line without control characters")
    if is_placeholder(value):
        raise ValueError("is still the placeholder; put the real secret in its place")
    return secret


def _is_domain(text: str) -> bool:
    return len(text) <= _LONGEST_DOMAIN and all(_LABEL.fullmatch(label) for label in text.split("."))


def _domain(text: str) -> str:
    if not _is_domain(text):
        raise ValueError("must be a plain domain or host name such as coventry.gov.uk, without @, spaces or a path")
    return text.casefold()


def _address(text: str) -> str:
    # RFC 5321 section 4.1.2: a dot-string before the @; an international domain stands in its xn-- form.
    local, _, domain = text.rpartition("@")
    dotted = "." in domain or domain.casefold() == "localhost"
    if text and not (len(local) <= _LONGEST_LOCAL and _LOCAL.fullmatch(local) and dotted and _is_domain(domain)):
        raise ValueError(
            "must be a plain email address such as infogov@coventry.gov.uk, without a name or angle brackets"
        )
    return text


def _host(text: str) -> str:
    try:
        ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        if not _is_domain(text):
            raise ValueError(
                "must be a host name or address only, such as outlook.office365.com; the port has its own key",
            ) from None
        return text
    return text.strip("[]")


def _web_address(text: str) -> str:
    scheme, _, rest = text.partition("://")
    if text and (scheme not in {"https", "http"} or not rest or " " in text):
        raise ValueError("must be a web address that starts with https:// or http://")
    return text


def _scanner(text: str) -> str:
    host, colon, port = text.rpartition(":")
    local = text.startswith("unix:/")
    if (
        text
        and not local
        and not (colon and host and port.isascii() and port.isdigit() and 0 < int(port) <= _LAST_PORT)
    ):
        raise ValueError(
            'must be a socket such as "unix:/run/clamav/clamd.ctl", or a host and port such as "127.0.0.1:3310"'
        )
    return text


def _matching(pattern: re.Pattern[str], meaning: str) -> AfterValidator:
    def check(text: str) -> str:
        """Take *text* as it is, or refuse it as a validator does: with ValueError."""
        if not pattern.fullmatch(text):
            raise ValueError(f"must be {meaning}")
        return text

    return AfterValidator(check)


def _day_as_text(value: object) -> object:
    # TOML has days of its own, so that 2027-03-01 may stand there without quotes.
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise ValueError("must be a day such as 2027-03-01") from None


def _number(value: object) -> object:
    # pydantic would take true for 1, which is never what was meant.
    if isinstance(value, bool):
        raise ValueError("must be a whole number")  # noqa: TRY004 - pydantic reports ValueError only
    return value


Text = Annotated[str, AfterValidator(_one_line)]
Filled = Annotated[Text, AfterValidator(_filled)]
Secret = Annotated[SecretStr, AfterValidator(_secret)]
Domain = Annotated[Filled, AfterValidator(_domain)]
OptionalAddress = Annotated[Text, AfterValidator(_address)]
Address = Annotated[Filled, AfterValidator(_address)]
Host = Annotated[Filled, AfterValidator(_host)]
WebAddress = Annotated[Filled, AfterValidator(_web_address)]
OptionalWebAddress = Annotated[Text, AfterValidator(_web_address)]
ScannerAddress = Annotated[Text, AfterValidator(_scanner)]
ProxyAddress = Annotated[Text, AfterValidator(_proxy)]
Colour = Annotated[Filled, _matching(_COLOUR, "a colour in six hexadecimal digits, such as #00625a")]
Prefix = Annotated[Filled, _matching(_PREFIX, "one to eight capital letters, such as FOI")]
TemplateName = Annotated[Filled, _matching(_TEMPLATE, "a template's folder name in small letters, such as default")]
Tenant = Annotated[
    Text, _matching(_TENANT, "the directory (tenant) ID or domain from the Microsoft 365 app registration")
]
OptionalDay = Annotated[Text, BeforeValidator(_day_as_text), AfterValidator(_day)]
ListeningPort = Annotated[int, BeforeValidator(_number), Field(ge=0, le=65535)]
Port = Annotated[int, BeforeValidator(_number), Field(ge=1, le=65535)]
Seconds = Annotated[int, BeforeValidator(_number), Field(ge=1, le=86_400)]
Count = Annotated[int, BeforeValidator(_number), Field(ge=1, le=1_000_000)]
Megabytes = Annotated[int, BeforeValidator(_number), Field(ge=1, le=1_024)]
Minutes = Annotated[int, BeforeValidator(_number), Field(ge=0, le=10_080)]
Days = Annotated[int, BeforeValidator(_number), Field(ge=0, le=3_650)]
