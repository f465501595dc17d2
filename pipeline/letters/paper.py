"""Writes what an officer keyed in, or holds in hand, as a mail of our own: to be kept in a case's file, and never to be sent."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING

from pipeline.domain.errors import NotAllowedError
from pipeline.letters.composing import Attachment, OutgoingMail, compose
from pipeline.letters.posting import can_write_to, monitored_address

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pipeline.settings import Settings

_MOST_MEGABYTES = 50


def on_paper(
    settings: Settings,
    *,
    message_id: str,
    at: datetime,
    subject: str,
    text: str,
    name: str = "",
    email: str = "",
    files: Mapping[str, bytes] | None = None,
) -> bytes:
    """The RFC 5322 bytes of *text*, from *name* at *email* (at our own address where there is none), with *files* by name.

    Raises NotAllowedError for files of more than 50 MB together, UsageError for a file that has no name.
    """
    given = files or {}
    if sum(map(len, given.values())) > _MOST_MEGABYTES * 2**20:
        raise NotAllowedError(f"the files are larger than {_MOST_MEGABYTES} MB together; keep the largest elsewhere")
    attachments = tuple(
        Attachment(name=file, data=content, content_type=mimetypes.guess_type(file)[0] or "application/octet-stream")
        for file, content in given.items()
    )
    return compose(
        OutgoingMail(
            message_id=message_id,
            date=at,
            from_address=email if can_write_to(email) else settings.smtp.from_address,
            from_name=name,
            to=monitored_address(settings),
            subject=subject,
            text=text,
            attachments=attachments,
        )
    )
