"""The date of receipt is when the council's own servers first had the mail, and a sender cannot move it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.receipt import date_of_receipt

TRUSTED = ("mx.council.example", "mail.council.example")
INTERNAL = datetime(2026, 3, 3, 10, 0, 5, tzinfo=UTC)
BORDER = "from sender.example.org (sender.example.org [203.0.113.9]) by mx.council.example (Postfix) with ESMTP id 1; Tue, 3 Mar 2026 10:00:01 +0000"
INSIDE = "from mx.council.example (mx.council.example [10.0.0.1]) by mail.council.example with LMTP; Tue, 3 Mar 2026 10:00:03 +0000 (GMT)"
FORGED = "from a.example by mx.council.example; Sun, 1 Mar 2026 10:00:00 +0000"
OUTSIDE = "from home by sender.example.org; Tue, 3 Mar 2026 09:00:00 +0000"


def at(hour: int, minute: int, second: int = 0, day: int = 3) -> datetime:
    """A moment in March 2026."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=UTC)


def test_the_earliest_stamp_of_our_own_servers_counts() -> None:
    """Going down from the top, the last header a trusted host wrote gives the moment."""
    receipt = date_of_receipt([INSIDE, BORDER, OUTSIDE], INTERNAL, TRUSTED)
    assert receipt.at == at(10, 0, 1)
    assert receipt.other is None
    assert "mx.council.example" in receipt.source
    assert "2 from the top" in receipt.source


@pytest.mark.parametrize(
    "received",
    [
        [INSIDE, BORDER, FORGED],
        [INSIDE, BORDER, OUTSIDE, FORGED],
        [INSIDE, BORDER.replace("from sender.example.org", "from mx.council.example"), FORGED],
        [INSIDE, BORDER.replace("from sender.example.org", "from by"), FORGED],
        [INSIDE, BORDER.replace("(sender.example.org [203.0.113.9])", "(unknown [203.0.113.9])"), FORGED],
    ],
)
def test_forged_headers_never_count(received: list[str]) -> None:
    """What stands below the header that took the mail from outside is the sender's invention, even in our name."""
    assert date_of_receipt(received, INTERNAL, TRUSTED).at == at(10, 0, 1)


def test_an_impossible_step_ends_the_walk() -> None:
    """A stamp of a trusted name that is weeks older, or later than the one above it, is not believed."""
    inside = INSIDE.replace("mail.council", "mx.council")
    for date in ("Sun, 1 Feb 2026 10:00:00 +0000", "Wed, 4 Mar 2026 10:00:00 +0000"):
        older = f"from mx.council.example by mx.council.example; {date}"
        assert date_of_receipt([inside, older], INTERNAL, TRUSTED).at == at(10, 0, 3)


def test_hops_inside_one_machine_are_passed() -> None:
    """A content filter on localhost, or a hand-over without a from clause, does not end the walk."""
    filtered = "from localhost (localhost [127.0.0.1]) by mx.council.example (Postfix); Tue, 3 Mar 2026 10:00:02 +0000"
    local = "by mx.council.example (Postfix, from userid 1000) id 2; Tue, 3 Mar 2026 10:00:02 +0000"
    assert date_of_receipt([INSIDE, filtered, local, BORDER], INTERNAL, TRUSTED).at == at(10, 0, 1)


@pytest.mark.parametrize("hosts", [("council.example",), ("COUNCIL.example.",), (".council.example",)])
def test_a_trusted_name_covers_what_is_below_it(hosts: tuple[str, ...]) -> None:
    """A domain stands for its hosts, in any spelling."""
    assert date_of_receipt([INSIDE, BORDER], INTERNAL, hosts).at == at(10, 0, 1)


@pytest.mark.parametrize("host", ["evilcouncil.example", "mx.council.example.evil.org", "example"])
def test_a_name_that_only_looks_like_ours_is_not_trusted(host: str) -> None:
    """Only whole labels match."""
    received = [BORDER.replace("by mx.council.example", f"by {host}").replace("10:00:01", "08:00:00")]
    assert date_of_receipt(received, INTERNAL, ("council.example",)).at == INTERNAL


@pytest.mark.parametrize(
    ("received", "hosts"),
    [
        ([], TRUSTED),
        ([BORDER], ()),
        ([OUTSIDE, BORDER], TRUSTED),
        (["by mx.council.example; never"], TRUSTED),
        (["", ";", "by"], TRUSTED),
    ],
)
def test_without_a_trusted_stamp_the_mailbox_dates_it(received: list[str], hosts: tuple[str, ...]) -> None:
    """INTERNALDATE counts when no header of ours can be read."""
    receipt = date_of_receipt(received, INTERNAL, hosts)
    assert receipt.at == INTERNAL
    assert "INTERNALDATE" in receipt.source
    assert receipt.other is None


def test_two_readings_on_two_days_are_both_given() -> None:
    """A mail that came before midnight and was filed after it shows both moments."""
    stamp = BORDER.replace("3 Mar 2026 10:00:01", "2 Mar 2026 23:59:59")
    receipt = date_of_receipt([stamp], at(0, 0, 3), TRUSTED)
    assert receipt.at == at(23, 59, 59, day=2)
    assert receipt.other == at(0, 0, 3)


def test_days_are_london_days() -> None:
    """In summer two moments on one UTC day may lie on two days in London."""
    stamp = BORDER.replace("Tue, 3 Mar 2026 10:00:01", "Tue, 2 Jun 2026 22:59:00")
    internal = datetime(2026, 6, 2, 23, 1, tzinfo=UTC)
    assert date_of_receipt([stamp], internal, TRUSTED).other == internal
    assert date_of_receipt([stamp.replace("22:59", "23:00")], internal, TRUSTED).other is None


def test_a_stamp_far_in_the_future_is_set_aside_and_shown() -> None:
    """A server clock that is wrong by more than a day does not move the date; the officer sees both."""
    receipt = date_of_receipt([BORDER.replace("3 Mar 2026", "9 Mar 2026")], INTERNAL, TRUSTED)
    assert receipt.at == INTERNAL
    assert receipt.other == at(10, 0, 1, day=9)
    assert "set aside" in receipt.source


def test_an_earlier_internaldate_does_not_win() -> None:
    """The stamp made on arrival counts even when a mail program set an earlier date on the copy it filed."""
    receipt = date_of_receipt([BORDER], at(9, 0, day=1), TRUSTED)
    assert (receipt.at, receipt.other) == (at(9, 0, day=1), at(10, 0, 1))
    receipt = date_of_receipt([BORDER], at(11, 0, day=2), TRUSTED)
    assert (receipt.at, receipt.other) == (at(10, 0, 1), at(11, 0, day=2))


def test_other_zones_are_reckoned_in_utc() -> None:
    """The stamp's own offset is taken into account, and -0000 counts as UTC."""
    assert date_of_receipt([BORDER.replace("+0000", "+0530")], INTERNAL, TRUSTED).at == at(4, 30, 1)
    assert date_of_receipt([BORDER.replace("+0000", "-0000")], INTERNAL, TRUSTED).at == at(10, 0, 1)


@given(
    st.lists(st.text(), max_size=5), st.sampled_from(["", "by mx.council.example;", "from x by mx.council.example ("])
)
def test_any_headers_give_a_receipt(texts: list[str], start: str) -> None:
    """No header a sender can write raises an error."""
    receipt = date_of_receipt([start + text for text in texts], INTERNAL, TRUSTED)
    assert receipt.at.tzinfo is UTC
