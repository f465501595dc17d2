"""What the checkup says of servers it can only be shown: permissions of tokens, ends of secrets, clocks, sizes; and of our own house."""

from __future__ import annotations

import base64
import json
import sys
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from fakes import FakeMailbox, FakeTransport, FixedClock

from pipeline.domain.errors import LoginError
from pipeline.settings import Settings
from pipeline.stages.checkup import Servers, State
from pipeline.stages.checkup import house as ours
from pipeline.stages.checkup import servers as module
from pipeline.stages.checkup.servers import MailServers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pipeline.stages.checkup import Check

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
LOGIN = {"auth": "xoauth2", "tenant": "t", "client_id": "c", "client_secret": "s"}


class Box(FakeMailbox):
    """A mailbox that says what it can."""

    capabilities = frozenset({"IDLE", "MOVE"})
    names: Mapping[str, tuple[bytes, ...]] = {"INBOX": ()}

    def all_folders(self) -> Mapping[str, tuple[bytes, ...]]:
        """The folders it has, with their marks."""
        return self.names


class Smtp(FakeTransport):
    """A server that says hello and how much it takes."""

    size_limit: int | None = 36_700_160
    greeting = "220 mail.example ESMTP"


def settings(box: Mapping[str, Any] = {}, smtp: Mapping[str, Any] = {}, **sections: Any) -> Settings:
    """A configuration with *box* and *smtp* laid over a plain one."""
    mailbox = {"name": "foi", "host": "imap.example", "security": "none", "user": "foi@council.example", **box}
    server = {"host": "smtp.example", "security": "none", "from_address": "foi@council.example", **smtp}
    authority = {"name": "Northfield Council", "team": "Team"}
    values = {"path": "infogov.toml", "authority": authority, "mailbox": {"foi": mailbox}, "smtp": server, **sections}
    return Settings.model_validate(values)


def look(
    config: Settings,
    *,
    box: FakeMailbox | None = None,
    smtp: Smtp | None = None,
    token: Callable[[], str] | None = None,
) -> dict[str, Check]:
    """All checks of the mail servers, by name."""
    made: Any = box or Box()
    transport: Any = smtp or Smtp()
    asked = Servers(
        mailbox=lambda _: made, transport=lambda: transport, token=lambda one: token if one.auth == "xoauth2" else None
    )
    return {check.name: check for check in MailServers(settings=config, servers=asked, clock=FixedClock(NOW)).checks()}


def token(*roles: str) -> str:
    """An access token as Microsoft writes it, with these permissions."""
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256"}, {"roles": list(roles)})]
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), "signature"])


@pytest.fixture(autouse=True)
def no_web(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here asks the world what time it is."""
    monkeypatch.setattr(module, "time_of_web", lambda _: None)


def test_the_permission_that_is_missing_is_named() -> None:
    """A token with one of the two permissions lets mail in and not out, and says which consent is wanted."""
    found = look(settings(LOGIN, {**LOGIN, "user": "x"}), token=lambda: token("IMAP.AccessAsApp"))
    assert found["mailbox foi permission"].state is State.OK
    smtp = found["smtp permission"]
    assert smtp.state is State.FAIL
    assert "lacks the application permission SMTP.SendAsApp (it has IMAP.AccessAsApp)" in smtp.found
    assert "grant admin consent" in smtp.remedy


def test_a_token_that_is_refused_fails_in_its_own_words() -> None:
    """The remedy of the sign-in server's answer stands in the check; a token that can't be looked into is none the worse."""

    def refused() -> str:
        raise LoginError("The client secret has expired. Make a new one")

    assert "has expired" in look(settings(LOGIN), token=refused)["mailbox foi token"].found
    assert look(settings(LOGIN), token=lambda: "opaque")["mailbox foi permission"].state is State.OK


@pytest.mark.parametrize(
    ("day", "state"),
    [("", "WARN"), ("2026-03-01", "FAIL"), ("2026-03-02", "WARN"), ("2026-04-01", "WARN"), ("2026-04-02", "OK")],
)
def test_the_end_of_a_secret_is_seen_thirty_days_ahead(day: str, state: str) -> None:
    """Unknown is a warning, ended a failure."""
    found = look(settings({**LOGIN, "client_secret_expires": day}), token=lambda: token("IMAP.AccessAsApp"))
    assert found["mailbox foi client secret"].state == state


def test_a_day_may_stand_without_quotes() -> None:
    """TOML has days of its own."""
    assert settings({"client_secret_expires": date(2027, 3, 1)}).mailbox["foi"].client_secret_expires == "2027-03-01"


@pytest.mark.parametrize(
    ("said", "state", "words"),
    [
        ("Microsoft ESMTP MAIL Service ready at Mon, 2 Mar 2026 10:01:59 +0000", "OK", "agrees with smtp.example"),
        ("ESMTP ready Mon, 2 Mar 2026 11:05:00 +0100", "WARN", "300 seconds behind smtp.example"),
        ("ESMTP ready Mon, 2 Mar 2026 09:00:00 GMT", "WARN", "3600 seconds ahead of smtp.example"),
        ("ESMTP ready Mon, 99 Mar 2026 09:00:00 GMT", "OK", "not checked"),
        ("ESMTP Postfix", "OK", "not checked"),
    ],
)
def test_the_clock_is_compared_with_the_smtp_greeting(said: str, state: str, words: str) -> None:
    """Where the server names its time."""
    smtp = Smtp()
    smtp.greeting = said
    clock = look(settings(), smtp=smtp)["clock"]
    assert (str(clock.state), words in clock.found) == (state, True)


def test_the_clock_is_compared_with_the_sign_in_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Microsoft 365 is used, whose answer carries its time."""
    monkeypatch.setattr(module, "time_of_web", lambda _: NOW + timedelta(minutes=10))
    assert look(settings())["clock"].found.startswith("not checked")
    assert "600 seconds behind login.microsoftonline.com" in look(settings(LOGIN))["clock"].found


def test_old_mail_says_nothing_of_the_clock() -> None:
    """Only a date ahead of ours can."""
    box = Box()
    box.deliver(b"Subject: x\r\n\r\nx", at=NOW - timedelta(days=3))
    assert "not checked" in look(settings(), box=box)["clock"].found


def test_what_a_server_cannot_do_is_told() -> None:
    """A move that is wished and impossible warns; no IDLE is said; a small size limit warns."""
    box, smtp = Box(), Smtp()
    box.capabilities = frozenset({"IMAP4REV1"})
    smtp.size_limit = 5_000_000
    found = look(settings({"processed_folder": "Done"}), box=box, smtp=smtp)
    assert found["mailbox foi"].found == "logged in; INBOX (0 messages); no extensions"
    assert found["mailbox foi moving"].state is State.WARN
    assert "every 60 seconds" in found["mailbox foi listening"].found
    assert found["smtp size"].state is State.WARN
    assert "letters up to 37 MB" in look(settings())["smtp"].found


@pytest.mark.parametrize(
    ("alarms", "state"),
    [
        ({}, "WARN"),
        ({"webhook_url": "https://chat.example/x"}, "OK"),
        ({"mail_to": "a@b.example", "mail_from": "c@d.example", "mail_host": "smtp.example"}, "WARN"),
        ({"mail_to": "a@b.example", "mail_from": "c@d.example", "mail_host": "other.example"}, "OK"),
        ({"command": (sys.executable,)}, "OK"),
        ({"command": ("/nowhere/bell", "-x"), "webhook_url": "https://chat.example/x"}, "FAIL"),
    ],
)
def test_alarms_that_would_fail_with_the_letters_are_told(alarms: dict[str, str], state: str) -> None:
    """None at all, or none but mail by the very server they are about, is a warning; a program that is not there is a fault."""
    assert ours.alarms(settings(alarms=alarms)).state == state


@pytest.mark.parametrize(
    ("mode", "state"), [("send", "OK"), ("hold", "WARN"), ("redirect", "WARN"), ("shadow", "WARN")]
)
def test_how_letters_leave_is_told(mode: str, state: str) -> None:
    """Only live is nothing to be reminded of."""
    assert ours.delivery(settings(delivery={"mode": mode, "redirect_to": "x@y.example"})).state == state


def test_a_secret_in_a_closed_file_is_no_matter(tmp_path: Path) -> None:
    """Open and without secrets, or closed and with: both are well."""
    file = tmp_path / "infogov.toml"
    config = settings().model_copy(update={"path": file})
    for text, mode, checks in (("user = 'x'", 0o644, 1), ('password = "x"', 0o644, 2), ('password = "x"', 0o640, 1)):
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)
        assert len(list(ours.configuration(config))) == checks


@pytest.mark.parametrize(
    ("sent", "state", "words"),
    [
        ("Sent", "WARN", 'keeps what was sent in "Eitemau a Anfonwyd"'),
        ("Eitemau a Anfonwyd", None, ""),
        ("", None, ""),
    ],
)
def test_a_sent_folder_under_another_name_is_told(sent: str, state: str | None, words: str) -> None:
    """Where the mailbox marks a folder of its own for letters sent, a new one beside it is not what was meant; names differ by language."""
    box = Box()
    box.names = {"INBOX": (), "Eitemau a Anfonwyd": (b"\\HasNoChildren", b"\\Sent")}
    check = look(settings(box={"sent_folder": sent}), box=box).get("mailbox foi sent folder")
    assert (check.state if check else None) == state
    assert check is None or (words in check.found and 'sent_folder = "Eitemau a Anfonwyd"' in check.remedy)


def test_a_folder_that_is_made_when_needed_is_told() -> None:
    """A processed folder that is not there is no mistake."""
    assert look(settings(box={"processed_folder": "Done"}))["mailbox foi processed folder"].state == "OK"


@pytest.mark.parametrize(
    ("line", "checks"),
    [
        ('url = "postgresql+psycopg://infogov:word@host/infogov"', ["configuration", "secrets"]),
        ("password = 'word'", ["configuration", "secrets"]),
        ('url = "postgresql+psycopg://infogov@host/infogov"', ["configuration"]),
        ('url = "sqlite:///infogov.db"', ["configuration"]),
    ],
)
def test_a_password_in_the_databases_address_is_a_secret(line: str, checks: list[str], tmp_path: Path) -> None:
    """A file that everybody may read is told about whichever way its secret is written."""
    place = tmp_path / "infogov.toml"
    place.write_text(f"[database]\n{line}\n")
    place.chmod(0o644)
    config = settings().model_copy(update={"path": place})
    assert [check.name for check in ours.configuration(config)] == checks
