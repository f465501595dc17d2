"""Whatever arrives, there is a verdict with a reason, and nothing raises."""

from __future__ import annotations

from pathlib import Path

from fakes import FixedClock
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.bootstrap import uk_calendar
from pipeline.settings import Settings
from pipeline.stages.explain import Explainer

_EXPLAINER = Explainer(
    Settings.model_validate(
        {
            "path": Path("infogov.toml"),
            "authority": {"name": "Council", "team": "Team", "internal_domains": ("council.example",)},
            "mailbox": {},
            "smtp": {"host": "localhost", "from_address": "foi@council.example"},
        }
    ),
    uk_calendar(),
    FixedClock(),
)
_HEADER = st.sampled_from(
    [
        "From: Jo <jo@example.org>",
        "From: foi@council.example",
        "Subject: FOI request",
        "Subject: =?utf-8?q?=0A?=",
        "Auto-Submitted: auto-replied",
        "Content-Type: multipart/mixed; boundary=b",
        "Content-Type: message/rfc822",
        "Content-Type: text/html; charset=x",
        "Content-Transfer-Encoding: base64",
        "Return-Path: <>",
        "List-Id: <x>",
        "",
        "--b",
        "--b--",
        "How many?",
        "1. What?",
        "> quoted",
        "Please see attached",
    ]
)


@settings(max_examples=150)
@given(
    st.one_of(st.binary(max_size=600), st.lists(_HEADER, max_size=40).map(lambda lines: "\r\n".join(lines).encode()))
)
def test_any_bytes_get_a_verdict_with_a_reason(raw: bytes) -> None:
    """Noise, half a header or any tree of parts: always a verdict, always a reason, and no letter without a recipient."""
    said = _EXPLAINER.explain(raw)
    assert said["verdict"]
    assert said["intent"]
    assert said["reasons"]
    assert said["acknowledge_reasons"]
    assert not said["acknowledge"] or "@" in said["requester_email"]
