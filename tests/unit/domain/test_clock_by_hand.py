"""Dates worked out by hand from the law's own words and the published bank holidays, before the clocks were asked; see domain.md 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.bootstrap import uk_calendar
from pipeline.domain.clock import Event, EventKind, deadline, parse_event, parse_when, review
from pipeline.domain.errors import NotAllowedError
from pipeline.domain.request import Regime

if TYPE_CHECKING:
    from datetime import date

CALENDAR = uk_calendar()

# What it is about, the law, the moment of receipt, what happened, which date, and that date; "" for none while the clock stands still.
CASES = (
    ("foi 2022-09-05", "foi", "2022-09-05", (), "due_on", "2022-10-04"),
    ("foi 2022-12-16", "foi", "2022-12-16", (), "due_on", "2023-01-19"),
    ("foi 2023-04-05", "foi", "2023-04-05", (), "due_on", "2023-05-09"),
    ("foi 2023-04-28", "foi", "2023-04-28", (), "due_on", "2023-05-31"),
    ("foi 2023-12-22", "foi", "2023-12-22", (), "due_on", "2024-01-25"),
    ("foi 2024-03-15", "foi", "2024-03-15", (), "due_on", "2024-04-17"),
    ("foi 2024-03-28", "foi", "2024-03-28", (), "due_on", "2024-04-29"),
    ("foi 2024-12-24", "foi", "2024-12-24", (), "due_on", "2025-01-27"),
    ("foi 2024-12-31", "foi", "2024-12-31", (), "due_on", "2025-01-30"),
    ("foi 2025-04-17", "foi", "2025-04-17", (), "due_on", "2025-05-20"),
    ("foi 2025-07-11", "foi", "2025-07-11", (), "due_on", "2025-08-12"),
    ("foi 2025-11-28", "foi", "2025-11-28", (), "due_on", "2025-12-31"),
    ("foi 2026-04-02", "foi", "2026-04-02", (), "due_on", "2026-05-05"),
    ("foi 2026-06-12", "foi", "2026-06-12", (), "due_on", "2026-07-14"),
    ("foi 2026-12-24", "foi", "2026-12-24", (), "due_on", "2027-01-27"),
    ("foi 2027-03-25", "foi", "2027-03-25", (), "due_on", "2027-04-26"),
    ("foi 2027-12-24", "foi", "2027-12-24", (), "due_on", "2028-01-27"),
    ("foi 2028-04-13", "foi", "2028-04-13", (), "due_on", "2028-05-16"),
    ("eir xmas", "eir", "2024-12-20", (), "due_on", "2025-01-23"),
    ("23:59 local", "foi", "2024-05-19T23:59", (), "due_on", "2024-06-17"),
    ("00:01 local", "foi", "2024-05-20T00:01", (), "due_on", "2024-06-18"),
    ("23:30Z bst", "foi", "2024-07-01T23:30Z", (), "due_on", "2024-07-31"),
    ("22:59Z bst", "foi", "2024-07-01T22:59:59Z", (), "received_on", "2024-07-01"),
    ("23:00Z bst", "foi", "2024-07-01T23:00Z", (), "received_on", "2024-07-02"),
    ("23:59Z gmt", "foi", "2024-12-31T23:59Z", (), "received_on", "2024-12-31"),
    ("dst spring 00:59Z", "foi", "2025-03-30T00:59Z", (), "due_on", "2025-04-29"),
    ("dst spring gap 01:30 local", "foi", "2025-03-30T01:30", (), "received_on", "2025-03-30"),
    ("dst autumn 00:30 -> twice", "foi", "2025-10-26T01:30", (), "received_on", "2025-10-26"),
    ("autumn 23:30Z sat", "foi", "2025-10-25T23:30Z", (), "received_on", "2025-10-26"),
    ("+14", "foi", "2024-06-03T10:00+14:00", (), "received_on", "2024-06-02"),
    (
        "clar sheet",
        "foi",
        "2024-11-20",
        ("clarification_asked=2024-12-03", "clarification_received=2025-01-06"),
        "due_on",
        "2025-02-03",
    ),
    ("clar waiting", "foi", "2024-11-20", ("clarification_asked=2024-12-03",), "due_on", ""),
    (
        "clar twice",
        "foi",
        "2024-11-20",
        (
            "clarification_asked=2024-12-03",
            "clarification_received=2025-01-06",
            "clarification_asked=2025-01-20",
            "clarification_received=2025-02-10",
        ),
        "due_on",
        "2025-03-10",
    ),
    (
        "clar answered on sunday",
        "foi",
        "2025-04-01",
        ("clarification_asked=2025-04-10", "clarification_received=2025-04-20"),
        "due_on",
        "2025-05-20",
    ),
    ("clar answered w/o ask", "foi", "2024-06-03", ("clarification_received=2024-06-10",), "error", "refused"),
    (
        "eir clar",
        "eir",
        "2024-06-03",
        ("clarification_asked=2024-06-10", "clarification_received=2024-06-20"),
        "due_on",
        "2024-07-19",
    ),
    ("clar policy until", "foi", "2024-11-20", ("clarification_asked=2024-12-31",), "requester_by", "2025-02-28"),
    ("fees sheet", "foi", "2024-09-02", ("fees_notice=2024-09-09", "fees_paid=2024-09-23"), "due_on", "2024-10-15"),
    ("fees by", "foi", "2024-09-02", ("fees_notice=2024-09-09",), "requester_by", "2024-12-08"),
    ("fees by month end", "foi", "2024-11-11", ("fees_notice=2024-11-30",), "requester_by", "2025-02-28"),
    ("fees same day", "foi", "2024-09-02", ("fees_notice=2024-09-09", "fees_paid=2024-09-09"), "due_on", "2024-10-01"),
    (
        "fees over weekend",
        "foi",
        "2024-09-02",
        ("fees_notice=2024-09-13", "fees_paid=2024-09-15"),
        "due_on",
        "2024-10-01",
    ),
    ("fees late", "foi", "2024-09-02", ("fees_notice=2024-10-01",), "error", "refused"),
    ("fees paid late", "foi", "2024-09-02", ("fees_notice=2024-09-09", "fees_paid=2024-12-09"), "error", "refused"),
    ("eir charges by", "eir", "2024-09-02", ("fees_notice=2024-09-09",), "requester_by", "2024-12-03"),
    ("pit notice by", "foi", "2025-04-01", (), "notice_by", "2025-05-01"),
    ("pit", "foi", "2025-04-01", ("pit_extension=2025-05-01,to=2025-06-02,qualified",), "due_on", "2025-06-02"),
    ("pit too late", "foi", "2025-04-01", ("pit_extension=2025-05-02,to=2025-06-02,qualified",), "error", "refused"),
    ("pit absolute", "foi", "2025-04-01", ("pit_extension=2025-05-01,to=2025-06-02",), "error", "refused"),
    (
        "pit over 40 no reason",
        "foi",
        "2025-04-01",
        ("pit_extension=2025-05-01,to=2025-06-10,qualified",),
        "error",
        "refused",
    ),
    ("pit under eir", "eir", "2025-04-01", ("pit_extension=2025-05-01,to=2025-06-02,qualified",), "error", "refused"),
    ("eir ext", "eir", "2025-12-01", ("eir_extension=2025-12-31,complex,voluminous",), "due_on", "2026-01-30"),
    ("eir ext one ground", "eir", "2025-12-01", ("eir_extension=2025-12-31,complex",), "error", "refused"),
    ("eir ext late", "eir", "2025-12-01", ("eir_extension=2026-01-05,complex,voluminous",), "error", "refused"),
    ("eir ext under foi", "foi", "2025-12-01", ("eir_extension=2025-12-31,complex,voluminous",), "error", "refused"),
    ("sar 2024-01-31", "sar", "2024-01-31", (), "due_on", "2024-02-29"),
    ("sar 2025-01-31", "sar", "2025-01-31", (), "due_on", "2025-02-28"),
    ("sar 2024-02-29", "sar", "2024-02-29", (), "due_on", "2024-04-02"),
    ("sar 2024-08-31", "sar", "2024-08-31", (), "due_on", "2024-09-30"),
    ("sar 2024-11-25", "sar", "2024-11-25", (), "due_on", "2024-12-27"),
    ("sar 2024-12-01", "sar", "2024-12-01", (), "due_on", "2025-01-02"),
    ("sar 2025-02-17", "sar", "2025-02-17", (), "due_on", "2025-03-17"),
    ("sar 2025-03-18", "sar", "2025-03-18", (), "due_on", "2025-04-22"),
    ("sar 2024-09-03", "sar", "2024-09-03", (), "due_on", "2024-10-03"),
    ("sar 2025-12-30", "sar", "2025-12-30", (), "due_on", "2026-01-30"),
    ("sar 2026-01-30", "sar", "2026-01-30", (), "due_on", "2026-03-02"),
    ("sar 2026-03-31", "sar", "2026-03-31", (), "due_on", "2026-04-30"),
    ("sar 2026-05-31", "sar", "2026-05-31", (), "due_on", "2026-06-30"),
    ("sar 2023-12-31", "sar", "2023-12-31", (), "due_on", "2024-01-31"),
    ("sar 2027-01-29", "sar", "2027-01-29", (), "due_on", "2027-03-01"),
    ("sar 2024-10-31", "sar", "2024-10-31", (), "due_on", "2024-12-02"),
    ("sar 2025-03-21", "sar", "2025-03-21", (), "due_on", "2025-04-22"),
    ("sar ext", "sar", "2024-08-31", ("sar_extension=2024-09-20,complex",), "due_on", "2024-12-02"),
    ("sar ext numerous", "sar", "2024-01-31", ("sar_extension=2024-02-29,numerous",), "due_on", "2024-04-30"),
    ("sar ext late", "sar", "2024-01-31", ("sar_extension=2024-03-01,complex",), "error", "refused"),
    ("sar ext no ground", "sar", "2024-01-31", ("sar_extension=2024-02-10",), "error", "refused"),
    (
        "sar ident",
        "sar",
        "2026-03-02",
        ("identity_asked=2026-03-04", "identity_received=2026-03-20"),
        "due_on",
        "2026-04-20",
    ),
    ("sar 28 leap", "sar", "2023-01-29", (), "due_on", "2023-02-28"),
    ("foi->eir keeps", "foi", "2024-06-03", ("regime_changed=2024-06-20,to=eir",), "due_on", "2024-07-01"),
    ("foi->sar", "foi", "2024-06-03", ("regime_changed=2024-06-20,to=sar",), "due_on", "2024-07-03"),
    ("corrected receipt", "foi", "2024-06-03", ("receipt_corrected=2024-05-31",), "due_on", "2024-06-28"),
    ("withdrawn", "foi", "2024-06-03", ("withdrawn=2024-06-10",), "due_on", ""),
    ("event before receipt", "foi", "2024-06-03", ("clarification_asked=2024-05-30",), "error", "refused"),
    (
        "sent late then review",
        "foi",
        "2024-05-02",
        ("sent=2024-05-02", "review_requested=2024-06-11"),
        "review",
        "2024-07-09",
    ),
    ("eir review", "eir", "2024-05-02", ("sent=2024-05-02", "review_requested=2024-06-11"), "review", "2024-08-08"),
    ("sar review", "sar", "2024-05-02", ("sent=2024-05-20", "review_requested=2024-06-11"), "error", "refused"),
)


@pytest.mark.parametrize(
    ("law", "received", "happened", "which", "wanted"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_the_date_is_what_the_law_makes_it(
    law: str, received: str, happened: tuple[str, ...], which: str, wanted: str
) -> None:
    """Each case gives the date worked out by hand, or is refused where the law does not allow what happened."""
    events = [Event(kind=EventKind.RECEIVED, on=parse_when(received)), *map(parse_event, happened)]
    if wanted == "refused":
        with pytest.raises(NotAllowedError):
            _asked(Regime(law), events, which)
        return
    found = _asked(Regime(law), events, which)
    assert (found.isoformat() if found else "") == wanted


def _asked(law: Regime, events: list[Event], which: str) -> date | None:
    """The date called *which* of a request under *law*; that of its review has a clock of its own."""
    clock = deadline(law, events, CALENDAR)
    asked_for = review(law, events, CALENDAR)
    if which == "review" or asked_for is not None:
        assert asked_for is not None
        return asked_for.due_on
    return None if which == "error" else getattr(clock, which)
