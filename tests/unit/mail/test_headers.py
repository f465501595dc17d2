"""Header values are decoded once, and message ids are taken out safely."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.mail.headers import decode_words, header_text, message_id, message_ids, sent_date


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?q?fa=C3=A7ade?= application", "façade application"),
        ("Re: =?utf-8?q?fa=C3=A7ade?=", "Re: façade"),
        ("=?utf-8?q?fa=C3=A7?= =?utf-8?q?ade?=", "façade"),
        ("=?utf-8?q?a=C3?= =?utf-8?q?=A7b?=", "açb"),
        ("=?utf-8?q?a=C3?= \t =?UTF-8?B?p2I=?=", "açb"),
        ("=?utf-8?q?a_b?=", "a b"),
        ("=?utf-8?q?Why?_Because?=", "Why? Because"),
        ("=?utf-8?q?raw blank?=", "raw blank"),
        ("=?utf-8*en?q?tagged?=", "tagged"),
        ("=?utf-8?b?VGVzd?=", "Tes"),
        ("=?x-nonsense?q?caf=E9?=", "café"),
        ("=?utf-8?x?what?=", "=?utf-8?x?what?="),
        ("a =? b ?= c", "a =? b ?= c"),
    ],
)
def test_encoded_words(value: str, text: str) -> None:
    """Encoded words are decoded with their blanks as RFC 2047 has it; what is none stays."""
    assert decode_words(value) == text


def test_an_encoded_word_inside_an_encoded_word_stays_encoded() -> None:
    """Decoding happens once, so a second layer never comes alive."""
    assert header_text("=?utf-8?b?PT91dGYtOD9xPz0wQUJjYz89?=") == "=?utf-8?q?=0ABcc?="


def test_a_decoded_line_break_becomes_a_blank() -> None:
    """No header text ever holds a line break."""
    assert header_text("=?utf-8?q?a=0D=0ABcc=3A_b?=") == "a Bcc: b"


def test_only_the_last_references_are_kept() -> None:
    """References are capped to the last 32 ids, brackets included."""
    ids = message_ids(["junk " + " ".join(f"<{n}@x>" for n in range(100))])
    assert (len(ids), ids[0], ids[-1]) == (32, "<68@x>", "<99@x>")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["<a@b>"], "<a@b>"),
        ([" <a@b> (comment)"], "<a@b>"),
        (["a@b"], "a@b"),
        (["<a@ b>"], "<a@b>"),
        (["", " "], None),
        ([], None),
    ],
)
def test_message_id(values: list[str], expected: str | None) -> None:
    """The id is kept as written; a blank or missing one is None."""
    assert message_id(values) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Tue, 3 Mar 2026 10:00:00 +0100", datetime(2026, 3, 3, 9, tzinfo=UTC)),
        ("Tue, 3 Mar 2026 10:00:00 -0000", datetime(2026, 3, 3, 10, tzinfo=UTC)),
        ("never", None),
        ("", None),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
    ],
)
def test_the_senders_date(value: str, expected: datetime | None) -> None:
    """The date is aware and in UTC, or None when it cannot be read."""
    assert sent_date(value) == expected
