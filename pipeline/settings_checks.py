"""What single values cannot say: checks between settings, and every mistake put into plain English with its remedy."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from pipeline.settings_fields import Auth, DeliveryMode, Security, is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails

# As SQLAlchemy takes an address apart: user and password up to the @, the host (in brackets for IPv6), and after a colon the port.
_PORT = re.compile(r"postgresql\+psycopg://(?:[^:/]*(?::[^@]*)?@)?(?:\[[^/?]+\]|[^/:?]+)?(?::(?P<port>[^/?]*))?")
_LAST_PORT = 65_535
_SHOWN = 60  # characters of a wrong value: enough to know it again
_NOT_THIS_KIND = {
    "string_type": "must be text in double quotes",
    "tuple_type": 'must be a list in square brackets, such as ["first", "second"]',
    "int_type": "must be a whole number without quotes",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "model_type": "must be a table with title and url",
    "missing": "is missing; give it a value",
    "extra_forbidden": "is not a known key; remove it",
}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A closing hint such as ``; did you mean "port"?``, or nothing when no *known* word is near."""
    near = get_close_matches(word, list(known), n=1)
    return f'; did you mean "{near[0]}"?' if near else ""


def in_words(error: ErrorDetails, kind: object, *, secret: bool) -> str:
    """Say what is wrong with one value: *kind* is the type it should have; a *secret* is never shown."""
    inner = " ".join(f"entry {part + 1}" if isinstance(part, int) else part for part in error["loc"])
    text = _fault(error, kind)
    shown = "" if secret or not text.startswith("must") else f", not {_shown(error['input'])}"
    return f"({inner}) {text}{shown}" if inner else text + shown


def _fault(error: ErrorDetails, kind: object) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(context["error"])
        case "enum" if isinstance(kind, type) and issubclass(kind, StrEnum):
            return "must be one of " + ", ".join(json.dumps(member.value) for member in kind)
        case "greater_than_equal":
            return f"must be at least {context['ge']}"
        case "less_than_equal":
            return f"must be at most {context['le']}"
        case other:
            return _NOT_THIS_KIND.get(other, "must be a value of another kind")


def _shown(value: object) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _given(section: Mapping[str, Any], key: str) -> bool | None:
    """Whether *key* has a value; None when what was given is wrong and already reported."""
    if key not in section:
        return None
    value = section[key]
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def check_mailbox(section: Mapping[str, Any], installed: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Yield (key, what is wrong) between the keys of one mailbox; a key that is wrong by itself is absent from *section*."""
    yield from _check_security(section)
    yield from _check_login(section, installed, needs_user=True)
    folders = section.get("folders")
    if folders is None:
        return
    if not folders:
        yield "folders", 'is empty; name at least one folder, such as ["INBOX"]'
    if len({_folder_key(name) for name in folders}) < len(folders):
        yield "folders", "names a folder twice; leave one out"
    watched = {_folder_key(name) for name in folders}
    if section.get("processed_folder") and _folder_key(section["processed_folder"]) in watched:
        yield (
            "processed_folder",
            "is one of the watched folders, so that mail would be moved in a circle; name another folder",
        )
    if section.get("sent_folder") and _folder_key(section["sent_folder"]) in watched:
        yield (
            "sent_folder",
            "is one of the watched folders, so that our own letters would come in as new mail; name another folder",
        )


def check_smtp(section: Mapping[str, Any], installed: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Yield (key, what is wrong) between the keys of [smtp]."""
    yield from _check_security(section)
    yield from _check_login(section, installed, needs_user=False)


def _folder_key(name: str) -> str:
    # RFC 3501 section 5.1: INBOX is the one folder name that is the same in any case.
    return "INBOX" if name.upper() == "INBOX" else name


def _check_security(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    host = section.get("host")
    if section.get("security") is Security.NONE and host and not is_loopback(host):
        yield (
            "security",
            f'"none" is allowed only to this machine itself (127.0.0.1, ::1 or localhost), not to {host}; use "tls" or "starttls"',
        )


def _check_login(
    section: Mapping[str, Any],
    installed: Callable[[str], bool],
    *,
    needs_user: bool,
) -> Iterator[tuple[str, str]]:
    user = _given(section, "user")
    password = _given(section, "password")
    match section.get("auth"):
        case Auth.XOAUTH2:
            if user is False:
                yield "user", 'is missing: auth = "xoauth2" logs in to one mailbox; give its address'
            for key in ("tenant", "client_id", "client_secret"):
                if _given(section, key) is False:
                    yield (
                        key,
                        'is missing: auth = "xoauth2" needs tenant, client_id and client_secret of the Microsoft 365 app',
                    )
            if not installed("msal"):
                yield "auth", '"xoauth2" needs the extra m365; install it with: pip install "infogov[m365]"'
        case Auth.PASSWORD:
            if user is False and needs_user:
                yield "user", "is missing; give the name that logs in to this mailbox"
            if password is False and (user or needs_user):
                yield "password", "is missing; give it here, in the environment or in the secrets directory"
            if user is False and password and not needs_user:
                yield "password", "is given but user is empty; give the user too, or leave the password out"


def check_reference(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (key, what is wrong) when two kinds of request share a prefix."""
    seen: dict[str, str] = {}
    for key, prefix in section.items():
        if prefix in seen:
            yield key, f'"{prefix}" is the prefix of {seen[prefix]} as well; each kind of request needs its own'
        seen.setdefault(prefix, key)


def check_delivery(section: Mapping[str, Any], ours: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield (key, what is wrong) about a redirect; *ours* are our own addresses, casefolded."""
    if section.get("mode") is not DeliveryMode.REDIRECT:
        return
    if _given(section, "redirect_to") is False:
        yield "redirect_to", 'is missing: mode = "redirect" sends every letter to this one address'
    elif section.get("redirect_to", "").casefold() in ours:
        yield (
            "redirect_to",
            "is one of our own addresses, so that letters would come back in as new mail; name another mailbox",
        )


def check_form(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (key, what is wrong) when a web form gives no way to find the requester's address."""
    if section.get("use_reply_to") is False and _given(section, "email_label") is False:
        yield "email_label", "is empty and use_reply_to is false, so that nobody could be answered; set one of them"


def database_url(url: str, folder: Path, installed: Callable[[str], bool]) -> str:
    """The database address with a relative SQLite file made absolute from *folder*. Raises ValueError in plain words."""
    if url.startswith("sqlite:///"):
        name, mark, query = url.removeprefix("sqlite:///").partition("?")
        if name in {"", ":memory:"} or name.startswith("file:"):
            raise ValueError(
                'needs a file, such as "sqlite:///infogov.db"; a database in memory would lose every request'
            )
        return f"sqlite:///{folder / name}{mark}{query}"
    if url.startswith("postgresql+psycopg://"):
        port = (_PORT.match(url) or {"port": ""})["port"]
        if port and not (port.isascii() and port.isdecimal() and 0 < int(port[:6]) <= _LAST_PORT):
            # What stands there may be the rest of a password, and is not repeated.
            raise ValueError(
                "has a port that is no number from 1 to 65535; write postgresql+psycopg://USER@HOST:5432/NAME, and @ : / in a password"
                " as %40 %3A %2F"
            )
        if not installed("psycopg"):
            raise ValueError('needs the extra postgresql; install it with: pip install "infogov[postgresql]"')
        return url
    raise ValueError('must start with "sqlite:///" (a file) or "postgresql+psycopg://" (a PostgreSQL server)')


def check_web(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (key, what is wrong) of the officers' pages: beyond this machine they need a proxy that speaks TLS."""
    host = section.get("host", "127.0.0.1")
    if is_loopback(host):
        return
    if not section.get("trusted_proxy"):
        words = (
            f'is "{host}", which others can reach without TLS; listen on 127.0.0.1, or set trusted_proxy to the address'
        )
        yield "host", f"{words} of the proxy that speaks TLS"
    elif not section.get("public_url", "").startswith("https://"):
        yield (
            "public_url",
            "must be the https:// address that officers type, since the pages are served through a proxy",
        )
