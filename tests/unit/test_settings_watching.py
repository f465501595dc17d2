"""Alarms are configured so that none needs the mailbox it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.domain.errors import ConfigurationError
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

_PLAIN = """
[authority]
name = "Northfield Council"
team = "Team"
[mailbox.foi]
host = "imap.example"
user = "foi@council.example"
password = "word"
[smtp]
host = "smtp.example"
from_address = "foi@council.example"
[alarms]
"""
_MAIL = 'mail_to = "duty@it.example"\nmail_from = "infogov@it.example"\nmail_host = "other.example"\n'


def load(folder: Path, alarms: str) -> Settings:
    """The configuration with these alarms."""
    file = folder / "infogov.toml"
    file.write_text(_PLAIN + alarms, encoding="utf-8")
    return Settings.load(file, {})


@pytest.mark.parametrize(
    ("alarms", "words"),
    [
        ('webhook_url = "http://chat.example/x"', "webhook_url must start with https://"),
        ('webhook_url = "https:///x"', "webhook_url must start with https://"),
        ('webhook_url = "http://127.0.0.1.evil.example/x"', "webhook_url must start with https://"),
        (_MAIL.replace("duty@it.example", "FOI@council.example"), "mail_to is one of our own addresses"),
        (_MAIL + 'mail_user = "foi@council.example"', "mail_user is the user of a watched mailbox"),
        (_MAIL.replace("mail_host", "#"), "mail_host is missing"),
        ('mail_host = "other.example"', "mail_to is missing, though mail_host is set"),
        (_MAIL + 'mail_security = "none"', '"none" is allowed only to this machine itself'),
        ("repeat_hours = true", "repeat_hours must be a whole number"),
        ("mailbox_minutes = 0", "mailbox_minutes must be at least 1"),
    ],
)
def test_an_alarm_that_would_not_arrive_is_refused(alarms: str, words: str, tmp_path: Path) -> None:
    """With the key and what to do."""
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, alarms)
    assert any(words in problem for problem in caught.value.problems), caught.value.problems
    assert "chat.example/x" not in str(caught.value)


@pytest.mark.parametrize(
    ("alarms", "any_"),
    [
        ("", False),
        (_MAIL, True),
        ('command = ["/usr/local/bin/page", "duty"]', True),
        ('webhook_url = "https://chat.example/x"', True),
        ('webhook_url = "http://127.0.0.1:9093/x"', True),
    ],
)
def test_every_way_by_itself_is_enough(alarms: str, any_: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a table's column
    """And none at all is allowed, too; the webhook's address is a secret."""
    settings = load(tmp_path, alarms)
    assert settings.alarms.any is any_
    assert "chat.example" not in str(settings.describe())
