"""Whatever bytes come under whatever name, the check answers; a clean copy is made or refused with a sentence."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st
from leaking import documents, pdfs, sheets
from leaking.packed import packed, unpacked
from PIL import Image

from pipeline.domain.errors import NotAllowedError
from pipeline.letters.release import CleanForm, ReleaseFile, Rule, clean_copy, examine


def picture() -> bytes:
    """A small picture."""
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, format="PNG")
    return buffer.getvalue()


HONEST = (
    sheets.leaking(sheets.hidden_sheet),
    sheets.ods(hidden=True),
    documents.tracked(),
    documents.odt(tracked=True),
    pdfs.pdf(pdfs.LINE + pdfs.BOX, pdfs.annotate("Square", IC=(0, 0, 0))),
    picture(),
    b"From: a@example.org\nTo: b@example.org\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n--b--\n",
    b"Name,DOB\nSample,01/02/1980\n",
)
PACKAGES = tuple(unpacked(content) for content in HONEST[:4])
STARTS = (
    b"",
    b"PK\x03\x04",
    b"%PDF-1.7\n",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"From: a\nTo: b\nDate: c\n\n",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
)
NAMES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["a.xlsx", "a.docx", "a.pdf", "a.csv", "a.eml", "a.zip", "a.jpg", "a.ods", "a.odt", "a.txt"]),
)
QUIET = settings(max_examples=150)


def answer(name: str, content: bytes) -> None:
    """Examine and try every clean copy; only a NotAllowedError may come out of the latter."""
    file = ReleaseFile(name=name, content=content)
    report = examine((file,), "", own_contacts=frozenset())
    assert all(finding.words and finding.remedy and finding.count > 0 for finding in report.findings)
    assert all(finding.rule in Rule for finding in report.findings)
    for form in CleanForm:
        try:
            clean_copy(file, form)
        except NotAllowedError as refusal:
            assert str(refusal)  # noqa: PT017 - raising is one of two right answers


@QUIET
@given(name=NAMES, start=st.sampled_from(STARTS), content=st.binary(max_size=600))
def test_any_bytes_under_any_name_get_an_answer(name: str, start: bytes, content: bytes) -> None:
    """Noise, with or without the first bytes of a known format, never breaks the check."""
    answer(name, start + content)


@QUIET
@given(data=st.data(), honest=st.sampled_from(HONEST), name=NAMES)
def test_honest_files_with_damage_get_an_answer(data: st.DataObject, honest: bytes, name: str) -> None:
    """A few changed bytes, or a file cut off, never break the check."""
    content = bytearray(honest)
    for at, value in data.draw(st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=8)):
        content[at] = value
    answer(name, bytes(content[: data.draw(st.integers(1, len(content)))] if data.draw(st.booleans()) else content))


@QUIET
@given(data=st.data(), parts=st.sampled_from(PACKAGES), name=NAMES)
def test_damage_inside_the_parts_gets_an_answer(data: st.DataObject, parts: dict[str, bytes], name: str) -> None:
    """Office files whose XML says odd things, with the ZIP around it whole, never break the check."""
    changed = dict(parts)
    for part in data.draw(st.lists(st.sampled_from(sorted(parts)), max_size=3)):
        text = changed[part].decode("utf-8", "replace")
        old, new = data.draw(
            st.sampled_from(
                [
                    ("1", "99999999999"),
                    ("=", "='"),
                    ('"0"', '"x"'),
                    ("http", "hxxp"),
                    ("A", "\u00c5"),
                    ("rId1", ""),
                    ("/", "//"),
                ]
            )
        )
        changed[part] = text.replace(old, new, data.draw(st.integers(1, 3))).encode()
    answer(name, packed(changed))


@QUIET
@given(page=st.text(alphabet="0123456789.-() []<>/qQcmrefWnBTETfTjgGk'\"\nDo F1Im", max_size=200))
def test_any_page_of_drawing_gets_an_answer(page: str) -> None:
    """Operators without operands, out of order or without end never break the check."""
    answer("a.pdf", pdfs.pdf(page))
