"""Whether a file may be downloaded, for everything a scanner may have said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.domain.downloading import Download, downloadable

AT = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("scanner", [True, False])
def test_infected_is_refused(scanner: bool) -> None:  # noqa: FBT001 - a parameter of pytest's
    """What was found counts whether or not a scanner is configured today."""
    answer, words = downloadable("Eicar-Test-Signature", AT, scanner=scanner)
    assert answer is Download.REFUSED
    assert "Eicar-Test-Signature" in words


def test_clean_is_allowed() -> None:
    """A clean file goes without a question."""
    assert downloadable("clean", AT, scanner=True)[0] is Download.ALLOWED


def test_not_yet_scanned_is_asked_about() -> None:
    """With a scanner, what it has not seen or could not open gets a page of warning."""
    assert downloadable(None, None, scanner=True)[0] is Download.ASK_FIRST
    assert downloadable(None, AT, scanner=True)[0] is Download.ASK_FIRST
    assert downloadable(None, AT, scanner=False)[0] is Download.ASK_FIRST


def test_without_a_scanner() -> None:
    """Where none is configured, files are downloaded as they are."""
    assert downloadable(None, None, scanner=False)[0] is Download.ALLOWED
