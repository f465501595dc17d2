"""Mails that take down the process that reads them: their neighbours are filed, and they themselves are left alone in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fakes import FixedClock, SequenceIds
from files_of_cases import settings
from storing import arrival, letter_bytes, make_store, take

from pipeline.bootstrap import uk_calendar
from pipeline.mail.council import Council
from pipeline.mail.reading_here import look
from pipeline.stages.intake import Intake

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.mail.reader import ToRead, Unread
    from pipeline.mail.readout import Reading

KILLER = letter_bytes(1, "The killer: how many?")


class Fragile:
    """Reads like the process apart, and dies of the killer *deaths* times; what it then has in hand is lost with it."""

    def __init__(self, council: Council, deaths: int) -> None:
        self._council = council
        self._deaths = deaths
        self.batches: list[int] = []

    def start(self) -> None:
        """Nothing to start."""

    def begin(self, mails: Sequence[ToRead]) -> Iterator[Reading | Unread | None]:
        """Read *mails* at once."""
        self.batches.append(len(mails))
        alive, answers = True, []
        for mail in mails:
            if mail.raw == KILLER and self._deaths:
                self._deaths -= 1
                alive = False
            answers.append(look(mail, self._council) if alive else None)
        return iter(answers)

    def close(self) -> None:
        """Nothing is held."""


@pytest.mark.parametrize(("deaths", "quarantined"), [(1, 0), (2, 0), (3, 1), (9, 1)])
def test_a_mail_that_kills_its_reader_is_left_alone_and_costs_no_other(
    tmp_path: Path, deaths: int, quarantined: int
) -> None:
    """Lost mails are tried again by themselves in the same run; the third death of one mail quarantines it, and no other."""
    store, used = make_store(tmp_path), settings()
    reader = Fragile(Council.of(used), deaths)
    with store.write() as work:
        take(work, *(arrival(uid, KILLER if uid == 3 else letter_bytes(uid)) for uid in range(1, 8)))
    counts = Intake(store, FixedClock(), SequenceIds(), used, uk_calendar(), reader=reader).run()
    assert (counts["quarantined"], sum(counts.values())) == (quarantined, 7)
    # The first two of the batch were read before it died; those behind it were tried again one by one.
    assert reader.batches[0] == 7
    assert set(reader.batches[1:]) <= {0, 1}
    with store.read() as work:
        assert work.messages.mailboxes_to_read() == []
        assert len(work.quarantine.rows()) == quarantined
    store.close()
