"""Mails of ours to our own people about letters: no requester ever gets one, and none names a requester."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.letters import posting
from pipeline.letters.acknowledgement import Written
from pipeline.letters.plain import clean_text, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.settings import Settings


def break_glass_notice(
    settings: Settings, *, to: str, reference: str, kind: str, officer: str, reason: str, message_id: str, at: datetime
) -> bytes:
    """The complete bytes of the mail that tells an approver of a letter approved without one; *reason* is the officer's own."""
    said = clean_text(reason).strip()
    text = (
        f"{one_line(officer)} has approved a letter ({kind.replace('_', ' ')}) of {one_line(reference)} without a second person, "
        f"because nobody else could.\n\nTheir reason:\n\n{said}\n\n"
        "Please look at the letter, stop it if it must not go, and then mark it as checked. "
        "It stays on the list of letters to check until somebody has.\n"
    )
    written = Written(subject=f"{one_line(reference)}: a letter was approved without a second person", text=text)
    return posting.seal(settings, to=to, written=written, message_id=message_id, at=at, answers=None, generated=True)
