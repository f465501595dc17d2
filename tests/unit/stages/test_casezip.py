"""A case as one file: everything in it with its digest, the same bytes for the same case, and no name that could do harm."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest
from fakes import FixedClock
from storing import AT, FOLDER, MAILBOX, UIDVALIDITY, arrival, frozen, letter_bytes, make_store, new_case

from pipeline.bootstrap import uk_calendar
from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.domain.message import raw_digest
from pipeline.domain.outbox import OutboxStatus
from pipeline.mail.parsing import parse
from pipeline.stages.casezip import Casezip
from pipeline.stages.clockwork import Clockwork
from pipeline.store.erasing import By
from pipeline.store.events import Happening
from pipeline.store.records import LetterFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.store import Store

KIM = "kim@council.example"
HOSTILE = (
    "../../etc/cron.d/evil",
    "..\\..\\windows\\evil.exe",
    "/abs.txt",
    "CON",
    "a\u202etxt.exe",
    "x" * 300 + ".pdf",
    "",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = make_store(tmp_path)
    yield opened
    opened.close()


def hostile_mail() -> bytes:
    """A mail whose attachments bear names that want out of their folder."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "alex@example.org", "foi@council.example", "files"
    mail["Message-ID"] = "<hostile@example.org>"
    mail.set_content("see attached")
    for number, name in enumerate(HOSTILE):
        mail.add_attachment(f"content {number}".encode(), maintype="application", subtype="pdf", filename=name)
    mail.set_boundary("edge-of-a-part")
    return mail.as_bytes()


def fill(store: Store) -> str:
    """A case with two mails, one of them hostile, a sent letter with a file, a note and a second try."""
    with store.write() as work:
        work.officers.add(KIM, "Kim", "officer", via="test", at=AT)
        raws = [letter_bytes(1), hostile_mail()]
        work.messages.take(MAILBOX, FOLDER, UIDVALIDITY, [arrival(n, raw) for n, raw in enumerate(raws, 1)], AT)
        work.messages.add_attachments(2, parse(raws[1]).attachments)
        for number in (1, 2):
            work.messages.settle(number, state="filed", values={"verdict": "request", "intent": "request"})
        case = new_case(work, message_id=1)
        work.messages.link(case.id, 1, side="requester", rung="it opened this case", at=AT)
        work.messages.link(case.id, 2, side="internal", rung="it quotes it", at=AT)
        file = LetterFile(name="../table.csv", content=b"a,b", sha256=raw_digest(b"a,b"), findings=())
        letter_id = work.letters.write(case.id, "response", "x", officer=KIM, via="test", at=AT, files=[file])
        work.outbox.freeze(case.id, frozen(1, kind="response", letter_id=letter_id), at=AT)
        work.notes.add(case.id, "Rang the clinic.", officer=KIM, via="test", at=AT)
    with store.write() as work:
        [letter] = work.outbox.claim("token", AT, 1)
        work.outbox.mark_data(letter, "token")
        work.outbox.settle(letter, OutboxStatus.SENT, at=AT, answer="250 2.0.0 taken\nas 7")
    return case.reference


def casezip(store: Store, clock: FixedClock | None = None) -> Casezip:
    """The stage."""
    clock = clock or FixedClock(AT)
    return Casezip(store, clock, Clockwork(store, clock, uk_calendar()).explain, via="test")


def opened(content: bytes) -> dict[str, bytes]:
    """The files of the archive by their paths below its folder."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def test_everything_is_in_it(store: Store) -> None:
    """Mail and letters to the byte, files, timeline, delivery, notes, clock, and the case for programs."""
    files = opened(casezip(store).build(fill(store), KIM))
    assert files["mail/requester/000001.eml"] == letter_bytes(1)
    assert files["mail/internal/000002.eml"] == hostile_mail()
    assert files["letters/000001-response-sent.eml"] == frozen(1).content
    assert files["letters/files/0001-01-table.csv"] == b"a,b"
    assert b"try 1, 2025-01-06 10:00:00 UTC: sent: 250 2.0.0 taken as 7" in files["delivery.txt"]
    assert b"Rang the clinic." in files["notes.txt"]
    assert b"request opened, by infogov" in files["timeline.txt"]
    assert b"due on Monday 3 February 2025" in files["clock.txt"]
    whole = json.loads(files["case.json"])
    assert (whole["case"]["reference"], whole["case"]["requester_name"]) == ("FOI000000015", "Alex Example")
    assert [len(message["attachments"]) for message in whole["messages"]] == [0, len(HOSTILE)]


def test_each_file_has_its_digest(store: Store) -> None:
    """The list is one that sha256sum checks, and names every other file."""
    files = opened(casezip(store).build(fill(store), KIM))
    listed = dict(reversed(line.split("  ", 1)) for line in files.pop("SHA256SUMS").decode().splitlines())
    assert listed == {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}


def test_no_name_of_a_stranger_leads_anywhere(store: Store, tmp_path: Path) -> None:
    """Paths are plain ASCII below the case's own folder, none twice, and unpacking writes nothing outside."""
    content = casezip(store).build(fill(store), KIM)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "unpacked")
    assert len(names) == len({name.casefold() for name in names})
    for name in names:
        path = PurePosixPath(name)
        assert name.isascii()
        assert path.parts[0] == "FOI000000015"
        assert not {"..", "."} & set(path.parts)
        assert not any(c in name for c in '\\:*?"<>|')
        assert max(map(len, path.parts)) <= 70
    contents = [
        path.read_bytes() for path in (tmp_path / "unpacked").rglob("*") if path.parent.parent.name == "attachments"
    ]
    assert sorted(contents) == [f"content {n}".encode() for n in range(len(HOSTILE))]
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"unpacked"}


def test_the_same_case_gives_the_same_bytes(store: Store) -> None:
    """Also a day later, and although the first download is on record."""
    reference, clock = fill(store), FixedClock(AT)
    first = casezip(store, clock).build(reference, KIM)
    clock.advance(timedelta(days=1))
    assert casezip(store, clock).build(reference, KIM) == first


def test_a_download_is_on_record(store: Store) -> None:
    """Who took it and the digest of what they got, as a look and on the trail."""
    reference = fill(store)
    content = casezip(store).build(reference, KIM)
    with store.read() as work:
        case = work.cases.by_reference(reference)
        assert case is not None
        assert [one.what for one in work.openings.of_case(case.id)] == ["the whole case, downloaded"]
        event = work.events.of_case(case.id)[-1]
    assert (event.kind, event.actor) == ("case_downloaded", KIM)
    assert event.data["sha256"] == hashlib.sha256(content).hexdigest()
    assert store.verify().findings == []


def test_who_may_not_see_the_case_gets_nothing(store: Store) -> None:
    """A restricted case is for its team; a case that isn't there is said not to be."""
    reference = fill(store)
    with store.write() as work:
        case = work.cases.by_reference(reference)
        assert case is not None
        work.cases.change(case, Happening(kind="restricted", at=AT), team="social care")
    with pytest.raises(NotAllowedError, match="social care"):
        casezip(store).build(reference, KIM)
    with pytest.raises(NotFoundError):
        casezip(store).build("FOI999999999", KIM)
    with pytest.raises(NotFoundError):
        casezip(store).build(reference, "nobody@council.example")
    with store.read() as work:
        assert work.openings.of_case(case.id) == []


def test_an_infected_file_is_not_taken_out(store: Store) -> None:
    """It stays inside its mail, and the archive says so."""
    reference = fill(store)
    with store.write() as work:
        work.cases._connection.exec_driver_sql("UPDATE attachment SET scan = 'Eicar' WHERE position = 0")
    files = opened(casezip(store).build(reference, KIM))
    assert not [path for path in files if path.startswith("attachments/000002/01-")]
    assert b"Attachment 1 of mail 2 is infected (Eicar)" in files["README.txt"]


def test_an_erased_case_says_what_is_no_longer_there(store: Store) -> None:
    """Its timeline and figures are packed; its words are named as gone."""
    reference = fill(store)
    with store.write() as work:
        case = work.cases.by_reference(reference)
        assert case is not None
        work.erasures.erase_case(case.id, By(officer=KIM, via="test", at=AT), rule="request")
    files = opened(casezip(store).build(reference, KIM))
    assert not [path for path in files if path.endswith(".eml")]
    assert b"The content of this case was erased on 2025-01-06." in files["README.txt"]
    assert b"The bytes of mail 1 are no longer kept." in files["README.txt"]
    assert b"Alex" not in b"".join(files.values())


def test_a_mail_that_no_parser_reads_is_in_it_as_it_came(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in taking files out costs those files and nothing else."""

    def fails(*_: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr("pipeline.stages.casezip.attached_files", fails)
    files = opened(casezip(store).build(fill(store), KIM))
    assert files["mail/internal/000002.eml"] == hostile_mail()
    assert b"could not be taken out (ValueError)" in files["README.txt"]
