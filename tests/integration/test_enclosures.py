"""Files that go with a letter: kept, checked before approval, sent to the byte, and never waved through with something hidden in them."""

from __future__ import annotations

import email
import io
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook
from product import APPROVER, DRAFTER, making

from pipeline.domain.errors import NotAllowedError, RecordError
from pipeline.letters.release import CleanForm, ReleaseFile, clean_copy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from product import Product
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

    from pipeline.store.records import Case

pytestmark = pytest.mark.dovecot


@pytest.fixture
def product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Product]:
    """The product with one mailbox and the plainest configuration."""
    with making(tmp_path, dovecot, sink, user) as make:
        yield make()


def workbook(*, hidden: bool) -> bytes:
    """A workbook with figures; *hidden* puts a second sheet into it that nobody sees."""
    book = Workbook()
    book.active.append(["ward", "potholes"])
    book.active.append(["Foleshill", 412])
    if hidden:
        secret = book.create_sheet("staff")
        secret.append(["name", "payroll number"])
        secret.sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def draft_with(product: Product, **files: bytes) -> Case:
    """A case whose answered draft names *files*, kept by the drafter."""
    case = product.one_case()
    save(product, case, files)
    return case


def save(product: Product, case: Case, files: dict[str, bytes], names: tuple[str, ...] = ()) -> None:
    """Keep an answered draft that names *names*, or else the names of *files*."""
    casework = product.casework()
    text = casework.draft_text(case.reference)
    listed = ", ".join(f'"{name}"' for name in names or files)
    text = text.replace("# attachments = []", f"attachments = [{listed}]")
    text = text.replace('outcome = ""', 'outcome = "supplied"').replace(
        'answer = """\n', 'answer = """\nSee the table.\n'
    )
    casework.save_draft(case.reference, text, "draft.toml", DRAFTER, files)


def test_a_file_goes_out_byte_for_byte_with_its_letter(product: Product) -> None:
    """What the requester receives is the file that was checked and approved, under its own name."""
    table = b"ward,potholes\r\nFoleshill,412\r\n"
    case = draft_with(product, **{"potholes.csv": table})
    product.casework().submit(case.reference, DRAFTER)
    product.casework().approve(case.reference, APPROVER, override_reason="the counts are of potholes, not of people")
    product.after_undo()
    product.deliver()
    received = email.message_from_bytes(product.sink.letters[-1].raw)
    [part] = [one for one in received.walk() if one.get_content_disposition() == "attachment"]
    assert (part.get_filename(), part.get_payload(decode=True)) == ("potholes.csv", table)
    assert product.app.store.verify().ok


def test_a_hidden_sheet_keeps_the_letter_from_approval_whatever_the_reason(product: Product) -> None:
    """Nobody can wave a hidden sheet through; a clean copy under the same name is the way out."""
    leaking = workbook(hidden=True)
    case = draft_with(product, **{"figures.xlsx": leaking})
    with pytest.raises(NotAllowedError, match="hidden"):
        product.casework().submit(case.reference, DRAFTER, despite="it is only a list")
    assert any(one["level"] == "stop" for one in product.casework().release_findings(case.reference))
    clean = clean_copy(ReleaseFile(name="figures.xlsx", content=leaking), CleanForm.XLSX)
    save(product, case, {"figures.xlsx": clean.content})
    product.casework().submit(case.reference, DRAFTER)
    assert product.casework().approve(case.reference, APPROVER, override_reason="read").recipients


def test_personal_data_in_the_words_needs_the_approvers_reason(product: Product) -> None:
    """An address in an answer stops nobody who has read it, and is kept with the reason; the council's own is no finding."""
    case = product.one_case()
    casework = product.casework()
    text = casework.draft_text(case.reference).replace('outcome = ""', 'outcome = "supplied"')
    casework.save_draft(
        case.reference,
        text.replace('answer = """\n', 'answer = """\nAsk pat.smith@example.net about it.\n'),
        "d",
        DRAFTER,
    )
    casework.submit(case.reference, DRAFTER)
    with pytest.raises(NotAllowedError, match="--override-reason"):
        casework.approve(case.reference, APPROVER)
    casework.approve(case.reference, APPROVER, override_reason="the person has agreed")
    with product.app.store.read() as work:
        [approved] = [e.data for e in work.events.of_case(case.id) if e.kind == "approved"]
    assert approved["reason"] == "the person has agreed"
    assert approved["release"]
    assert "pat.smith" not in str(approved["release"])


def test_a_file_that_is_named_and_not_there_is_a_mistake_of_the_draft(product: Product) -> None:
    """The officer is told which file to put beside the draft; one kept before need not be given again."""
    case = product.one_case()
    with pytest.raises(RecordError, match=r"figures\.csv does not lie beside the draft"):
        save(product, case, {}, names=("figures.csv",))
    save(product, case, {"figures.csv": b"a,b\n"})
    save(product, case, {}, names=("figures.csv",))
    with product.app.store.read() as work:
        letter = work.letters.open_letter(case.id, "response")
        assert letter is not None
        assert [file.content for file in work.letters.files(letter.id)] == [b"a,b\n"]
