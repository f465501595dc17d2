"""Files of mail through the pages: to keep, never to be shown, and not while a virus scanner objects."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from pages import Office
from sqlalchemy import update

from pipeline.store import schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HTML = b"<script>alert(1)</script>"


@pytest.fixture
def scanned(tmp_path: Path) -> Iterator[Office]:
    """An office with a virus scanner configured, and a request with a file that it has not looked at."""
    made = Office(tmp_path, '[scan]\nclamd = "127.0.0.1:1"\n')
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "jo@example.com", "foi@council.example", "FOI request"
    mail["Message-ID"] = "<with-file@example.com>"
    mail.set_content("Under the Freedom of Information Act please tell me how many potholes were filled.")
    mail.add_attachment(HTML, maintype="text", subtype="html", filename="../../list.html")
    made.receive_raw(mail.as_bytes())
    yield made
    made.close()


def test_a_file_that_was_not_scanned_asks_first(scanned: Office) -> None:
    """The page says that no scanner has looked yet; whoever goes on gets the file as a download that no browser shows."""
    page = scanned.visitor().get("mail.show", number=1)
    asked = page.link("list.html")
    assert "not been scanned" in asked.words
    got = asked.link("Download it all the same")
    assert got.answer.data == HTML
    assert got.answer.mimetype == "application/octet-stream"
    assert got.answer.headers["Content-Disposition"].startswith('attachment; filename="list.html"')
    assert "sandbox" in got.answer.headers["Content-Security-Policy"]


def test_an_infected_file_is_refused(scanned: Office) -> None:
    """What the scanner found stands beside the file, which has no link, and its address refuses."""
    with scanned.app.store.write() as work:
        work.cases._connection.execute(
            update(schema.Attachment).values(scan="Eicar-Test", scanned_at=scanned.clock.now())
        )
        digest = work.attachments.of_messages([1])[1][0].sha256
    visitor = scanned.visitor()
    page = visitor.get("mail.show", number=1)
    assert "found Eicar-Test" in page.words
    assert page.select(f"a[href*='{digest}']") == []
    assert "Eicar-Test" in visitor.get("mail.file", number=1, digest=digest, sure="yes", expect=409).words
