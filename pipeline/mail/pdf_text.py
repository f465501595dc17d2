"""The text of a PDF by pypdf, whose own limits are drawn tight: a letter is small, and whatever is not is for a person to open."""

from __future__ import annotations

import io
import logging
import time
from typing import TYPE_CHECKING, Any

from pipeline.domain.errors import UnreadableError
from pipeline.mail.charsets import safe_text
from pipeline.mail.zipped import ProtectedError
from pipeline.resources import later

if TYPE_CHECKING:
    import pypdf
    from pypdf import PageObject, errors
    from pypdf.generic import DictionaryObject
else:
    pypdf = later("pypdf")
    errors = later("pypdf.errors")

MAX_PAGES = 50
MAX_PDF = 10 * 1024 * 1024
MAX_SECONDS = 0.8  # of the processor, so that a busy machine gives up no letter sooner
_MAX_OPERATIONS = 500_000
_MAX_FONTS = 64
_MAX_FORMS = 200
_MAX_TEXT = 2_000_000
_MAX_FIELDS = 200
_MAX_STREAM = 8 * 1024 * 1024
_LIMITS: dict[str, Any] = {
    "maximum_declared_stream_length": MAX_PDF,
    "array_based_stream_maximum_output_length": _MAX_STREAM,
    "zlib_maximum_output_length": _MAX_STREAM,
    "zlib_maximum_recovery_input_length": 1024 * 1024,
    "lzw_maximum_output_length": _MAX_STREAM,
    "run_length_maximum_output_length": _MAX_STREAM,
    "stream_decoding_work_maximum_length": 2 * _MAX_STREAM,
    "stream_parsing_work_maximum_count": 300_000,
    "xform_maximum_invocations_per_extraction": 50,
    "page_tree_maximum_entries": 5_000,
    "form_fields_maximum_entries": 1_000,
    "form_fields_maximum_depth": 20,
    "jbig2dec_binary": None,
}
_TOO_MUCH = "it is too complicated to be read here"

# It logs what senders write.
logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)


class _TooMuchError(BaseException):
    """Thrown through pypdf, which keeps ordinary exceptions of a part of a page to itself."""


class _Meter:
    """Counts drawing operations and looks at the clock, over all pages of one file."""

    def __init__(self, seconds: float) -> None:
        self._left = _MAX_OPERATIONS
        self._until = time.thread_time() + seconds

    def tick(self, *_: object) -> None:
        """One more operation."""
        self._left -= 1
        if self._left < 0 or time.thread_time() > self._until:
            raise _TooMuchError


def pdf_text(data: bytes, seconds: float = MAX_SECONDS) -> tuple[str, bool]:
    """The text of a PDF's first 50 pages and of its filled-in fields, and whether there are more pages; blank for a scan.

    *seconds* of the processor bound the reading of it.

    Raises ProtectedError when it needs a password and UnreadableError when it is damaged, larger than 10 MB or too complicated.
    """
    if len(data) > MAX_PDF:
        raise UnreadableError(f"it is larger than {MAX_PDF // 2**20} MB")
    try:
        with pypdf.apply_configuration(**_LIMITS):
            return _text(pypdf.PdfReader(io.BytesIO(data)), _Meter(seconds))
    except UnreadableError:
        raise
    except _TooMuchError as error:
        raise UnreadableError(_TOO_MUCH) from error
    except errors.PdfReadError as error:
        raise UnreadableError("it is damaged or too complicated to be read here") from error
    except Exception as error:
        raise UnreadableError("it is damaged") from error


def _text(reader: pypdf.PdfReader, meter: _Meter) -> tuple[str, bool]:
    if reader.is_encrypted and not reader.decrypt(""):
        raise ProtectedError("it is protected by a password")
    texts: list[str] = []
    size = 0
    for count, page in enumerate(reader.pages):
        if count >= MAX_PAGES or size > _MAX_TEXT:
            return _joined(texts), True
        meter.tick()
        _refuse_excess(page)
        text = page.extract_text(visitor_operand_before=meter.tick)
        size += len(text)
        texts.append(text)
    return _joined([*texts, _fields(reader)]), False


def _joined(texts: list[str]) -> str:
    """The pages one after the other; a page break is a line break, since questions run over it."""
    text = safe_text("\n".join(texts))[:_MAX_TEXT]
    return "\n".join(line.strip() for line in text.split("\n")).strip("\n")


def _fields(reader: pypdf.PdfReader) -> str:
    """What was typed into a form: a line for each field, with the field's name."""
    fields = reader.get_form_text_fields() or {}
    filled = [(name, str(value).strip()) for name, value in list(fields.items())[:_MAX_FIELDS] if value]
    return "\n".join(f"{name}: {value}" for name, value in filled if value)


def _refuse_excess(page: PageObject) -> None:
    """Refuse a page whose drawings, or drawings within those, name more fonts than any letter: each is read anew with each drawing."""
    waiting: list[DictionaryObject] = [page]
    seen: dict[int, Any] = {}
    while waiting:
        resources = _inner(waiting.pop(), "/Resources")
        if id(resources) in seen:
            continue
        seen[id(resources)] = resources
        if len(_inner(resources, "/Font")) > _MAX_FONTS or len(seen) > _MAX_FORMS:
            raise _TooMuchError
        drawings = _inner(resources, "/XObject")
        if len(drawings) > _MAX_FORMS:
            raise _TooMuchError
        waiting += [form for name in drawings if _is_form(form := _inner(drawings, name))]


def _inner(holder: Any, key: str) -> Any:  # noqa: ANN401 - whatever the file has put there
    found = holder.get(key)
    found = found.get_object() if found is not None else None
    return found if isinstance(found, dict) else {}


def _is_form(thing: object) -> bool:
    return isinstance(thing, dict) and thing.get("/Subtype") == "/Form"
