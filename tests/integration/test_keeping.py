"""Mails to our own people over a real SMTP server, and a case held, erased and downloaded by the command."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest
from product import APPROVER, DRAFTER, bounce_of, making, request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from product import Product
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = pytest.mark.dovecot

EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # a Monday


@pytest.fixture
def make_product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Callable[..., Product]]:
    """Set the product up; keywords are sections of the configuration."""
    with making(tmp_path, dovecot, sink, user) as make:
        yield make


@pytest.fixture
def product(make_product: Callable[..., Product]) -> Product:
    """The product with two approvers, at eight in the morning of a working day."""
    made = make_product()
    made.casework()
    made.clock.set(EIGHT)
    return made


def mails(sink: SmtpSink) -> dict[str, Any]:
    """What the server took, by recipient; no two to one."""
    found = {letter.recipients[0]: message_from_bytes(letter.raw, policy=policy.default) for letter in sink.letters}
    assert len(found) == len(sink.letters)
    return found


def test_at_eight_each_officer_gets_one_mail(product: Product, sink: SmtpSink) -> None:
    """With the case that came in, its reference and topic and nobody's name; a second run sends nothing."""
    product.put(request("one", subject="Potholes in 2025"), at=EIGHT - timedelta(minutes=5))
    product.receive()
    product.intake()
    [case] = product.cases()
    assert product.app.notices().run().sent == 2
    assert product.app.notices().run().sent == 0
    got = mails(sink)
    assert sorted(got) == sorted((DRAFTER, APPROVER))
    text = got[APPROVER].get_content()
    assert case.reference in text
    assert "Nobody's: 1" in text
    assert "infogov: last read to its end 08:00" in text
    assert not [word for word in ("Jane", "jane@", "example.org") if word in text]
    assert got[APPROVER]["Auto-Submitted"] == "auto-generated"


def test_what_comes_back_from_a_real_server_makes_no_request(product: Product, sink: SmtpSink) -> None:
    """An officer's answer and a bounce are taken in and filed; no case, no acknowledgement, no second mail."""
    product.app.notices().run()
    mail = mails(sink)[APPROVER]
    answer = (
        f"From: {APPROVER}\r\nTo: {mail['From']}\r\nSubject: Re: {mail['Subject']}\r\nMessage-ID: <a1@council.example>\r\n"
        f"In-Reply-To: {mail['Message-ID']}\r\n\r\nHow many of these are mine? Please send me a list under FOI.\r\n"
    ).encode()
    raw = next(letter.raw for letter in sink.letters if letter.recipients == (DRAFTER,))
    product.put(answer, bounce_of(raw, DRAFTER))
    assert product.run_once() == {"received": 2, "internal": 1, "bounces": 1}
    assert product.cases() == []
    assert product.count("notice", "status = 'failed'") == 1
    assert len(sink.letters) == 2


def test_a_server_that_is_away_delays_them_until_midnight(product: Product, sink: SmtpSink) -> None:
    """Tried again at every turn of that day and not on the next."""
    sink.shut()
    assert product.app.notices().run().unreachable
    product.clock.advance(timedelta(hours=3))
    sink.reopen()
    assert product.app.notices().run().sent == 2
    sink.shut()
    product.clock.set(EIGHT + timedelta(days=1))
    assert product.app.notices().run().unreachable
    sink.reopen()
    product.clock.set(EIGHT + timedelta(days=2))
    told = product.app.notices().run()
    assert (told.lapsed, told.sent) == (2, 2)


def test_the_command_shows_them_and_sends_nothing(product: Product, sink: SmtpSink) -> None:
    """--preview prints today's mails, or says that there are none, whatever day the test runs on."""
    shown = product.cli("notices", "--preview")
    assert shown.status == 0
    assert "Requests on" in shown.out or "no working day of England" in shown.out
    assert sink.letters == []
    assert product.count("notice") == 0


def test_a_held_case_is_kept_and_a_free_one_erased(make_product: Callable[..., Product]) -> None:
    """The list, the hold and its end, the erasure with its proof, and the trail that proves itself, all by the command."""
    product = make_product(retention={"requests_years": 1})
    product.casework()
    case = product.one_case()
    product.approved(case)
    product.after_undo()
    product.deliver()
    product.app.casework().close(case.reference, DRAFTER)
    long_ago = (datetime.now(UTC) - timedelta(days=800)).strftime("%Y-%m-%d %H:%M:%S.%f")
    product.sql("UPDATE request SET closed_at = ?", long_ago)
    with product.app.store.write() as work:
        work.officers.add("ada@council.example", "Ada", "admin", via="test", at=product.clock.now())
    by = ("--officer", "ada@council.example", "--reason", "a claim before the court")
    assert product.cli("hold", case.reference, *by).status == 0
    assert "Nothing may be erased" in product.cli("retention").out
    assert product.cli("hold", case.reference, "--lift", *by).status == 0
    assert [line["reference"] for line in product.cli("retention", "--json").lines] == [case.reference]
    refused = product.cli("retention", "--erase")
    assert (refused.status, "--officer" in refused.errors) == (2, True)
    assert product.cli("retention", "--erase", "--officer", DRAFTER).status == 1
    done = product.cli("retention", "--erase", "--officer", "ada@council.example", "--json")
    assert done.lines[0]["counts"] == {"request": 1}
    proved = product.cli("audit", "verify")
    assert proved.status == 0
    assert f"ERASED: {case.reference}: its content is no longer there, proof 1" in proved.out
    assert "Everything is as it was recorded." in proved.out
    shown = product.cli("show", case.reference, "--officer", "ada@council.example")
    assert "jane" not in shown.out.lower()
    assert not [path for path in product.folder.glob("infogov.db*") if b"potholes were mended" in path.read_bytes()]


def test_a_case_is_downloaded_into_a_new_file(product: Product) -> None:
    """Readable by its owner alone, never over another file, with the letter as the requester got it."""
    product.clock.set(datetime.now(UTC))
    case = product.one_case()
    target = product.folder / "case.zip"
    call = ("download", case.reference, "--to", str(target), "--officer", DRAFTER)
    assert product.cli(*call).status == 0
    assert target.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(target) as archive:
        names = {name.partition("/")[2] for name in archive.namelist()}
        [eml] = [name for name in archive.namelist() if "/letters/" in name]
        assert archive.read(eml) == product.sink.letters[0].raw
    assert {"SHA256SUMS", "case.json", "clock.txt", "timeline.txt", "README.txt"} <= names
    again = product.cli(*call)
    assert (again.status, "exists" in again.errors) == (2, True)
    assert product.cli("download", case.reference, "--to", "x.zip", "--officer", "nobody@council.example").status == 1
    assert not (product.folder / "x.zip").exists()
