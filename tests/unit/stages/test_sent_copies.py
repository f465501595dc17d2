"""Copies of what went in the sent folder: a letter that is refused there waits, and the others go on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from fakes import FakeMailbox
from pages import Office

from pipeline.domain.errors import MailboxError
from pipeline.stages.sent_copies import SentCopies
from pipeline.stages.upkeep import Upkeep

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


class Fussy(FakeMailbox):
    """A mailbox that refuses every letter to one of *unwanted*, and ends the connection with it."""

    def __init__(self, *unwanted: str) -> None:
        super().__init__()
        self.unwanted = unwanted
        self.tried: list[str] = []

    def append_once(self, folder: str, raw: bytes, message_id: str, at: datetime) -> None:
        """Refuse it, or put it there."""
        to = next(line for line in raw.decode().split("\r\n") if line.startswith("To:"))
        self.tried.append(to)
        if any(one in to for one in self.unwanted):
            self._drop()
            raise MailboxError("filing a copy failed: NO [LIMIT] message too large")
        super().append_once(folder, raw, message_id, at)


@pytest.fixture
def sent(tmp_path: Path) -> Office:
    """An office from which four acknowledgements have gone, to jo0 up to jo3."""
    office = Office(tmp_path)
    for number in range(4):
        sender, own = f"Jo <jo{number}@example.com>", f"<t{number}@example.com>"
        office.receive(f"How many trees are there in ward {number}?", From=sender, Message_ID=own)
    office.deliver()
    return office


def copies(office: Office, box: FakeMailbox) -> SentCopies:
    """What puts the copies into *box*."""
    return SentCopies(office.app.store, office.clock, box, "Sent")


def there(box: FakeMailbox) -> int:
    """How many copies are there."""
    return len(box.folders["Sent"].messages) if "Sent" in box.folders else 0


def test_one_that_is_refused_holds_up_no_other(sent: Office) -> None:
    """The others are copied in the same run; that one is tried again when its time comes, ever later, and upkeep names it after an hour."""
    box = Fussy("jo1@")
    stage = copies(sent, box)
    assert stage.put() == ""
    assert (there(box), len(box.tried)) == (3, 4)
    assert stage.put() == ""
    assert len(box.tried) == 4
    for wait in (5, 10, 20):
        sent.clock.advance(timedelta(minutes=wait))
        stage.put()
    assert len(box.tried) == 7
    sent.clock.advance(timedelta(hours=1))
    upkeep = Upkeep(sent.app.store, sent.clock, sent.app.calendar, copies=True)
    assert ["letter 2 of" in one.words for one in upkeep.run() if one.kind == "not_copied"] == [True]
    assert [one for one in sent.app.upkeep.run() if one.kind == "not_copied"] == []
    box.unwanted = ()
    sent.clock.advance(timedelta(hours=6))
    stage.put()
    assert there(box) == 4


def test_a_server_in_trouble_is_left_alone(sent: Office) -> None:
    """Where it can't be reached no letter is blamed; where it refuses three in a row the run ends, and the next one begins behind them."""
    box = Fussy()
    box.fail_next(MailboxError("nobody is there"))
    stage = copies(sent, box)
    assert stage.put() == "nobody is there"
    assert box.tried == []
    box.unwanted = ("jo",)
    assert "message too large" in stage.put()
    assert len(box.tried) == 3
    box.unwanted = ()
    assert stage.put() == ""
    assert (there(box), len(box.tried)) == (1, 4)
