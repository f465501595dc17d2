"""Wrapped web addresses are given back as they were written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.links import unwrapped

SAFE = (
    "https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.example.org%2Freport%3Fyear%3D2025"
    "&data=05%7C02%7Cfoi%40council.example%7Cabc&sdata=xyz%3D&reserved=0"
)
SECOND = "https://urldefense.proofpoint.com/v2/url?u=https-3A__www.example.org_report&d=DwMFAg&c=abc"
THIRD = "https://urldefense.com/v3/__https://www.example.org/report__;!!abc!def$"


@pytest.mark.parametrize(
    ("wrapped", "plain"),
    [
        (SAFE, "https://www.example.org/report?year=2025"),
        (SAFE.replace("&", "&amp;"), "https://www.example.org/report?year=2025"),
        (SECOND, "https://www.example.org/report"),
        (THIRD, "https://www.example.org/report"),
    ],
)
def test_a_wrapped_address_is_the_writers_own_again(wrapped: str, plain: str) -> None:
    """Outlook's and Proofpoint's wrappings come off wherever they stand in a sentence."""
    assert unwrapped(f"See <{wrapped}> on page 3.") == f"See <{plain}> on page 3."
    assert unwrapped(f"[{wrapped}]\n{wrapped}") == f"[{plain}]\n{plain}"


@pytest.mark.parametrize(
    "odd",
    [
        "https://eur02.safelinks.protection.outlook.com/?data=1",
        "https://eur02.safelinks.protection.outlook.com/?url=javascript%3Aalert(1)",
        "https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%0ABcc%3A",
        "https://www.example.org/safelinks",
        "https://urldefense.com/v3/__https://www.example.org/a*b__;Iw!!x$",
    ],
)
def test_what_is_not_plainly_a_wrapping_stays(odd: str) -> None:
    """Nothing is invented: an address that can't be taken out whole and harmless stays as it came."""
    assert unwrapped(odd) == odd


@given(st.text(max_size=300))
def test_any_text_comes_through(text: str) -> None:
    """Without a wrapping nothing changes; with half of one nothing breaks."""
    assert unwrapped(text) == text
    assert isinstance(unwrapped(f"https://x.safelinks.protection.outlook.com/{text}"), str)
