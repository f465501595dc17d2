"""Opens ZIP-based files (Office, OpenDocument, archives) within limits, and their XML without entities, network or doctypes."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

from lxml import etree  # type: ignore[import-untyped]  # lxml publishes no types

from pipeline.letters.release.findings import UncheckedError
from pipeline.letters.release.wording import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

Element: TypeAlias = Any  # an lxml element; lxml publishes no types
MAX_FILE = 100_000_000  # bytes of one attachment
MAX_EXPANDED = 300_000_000  # bytes of all that one attachment unpacks to, files within files included
MAX_PARTS = 10_000
MAX_RATIO = 300  # what deflate gives for honest sheets stays below 100
RATIO_COUNTS_FROM = 10_000_000
_ENCRYPTED = 0x1


@dataclass(slots=True)
class Budget:
    """How many bytes one attachment may still unpack to."""

    left: int = MAX_EXPANDED

    def spend(self, amount: int) -> None:
        """Take *amount* bytes; raises UncheckedError when they are used up."""
        self.left -= amount
        if self.left < 0:
            raise UncheckedError(Rule.UNREADABLE, "it unpacks to more than can be checked; it may be a ZIP bomb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One relationship of an Office part (ECMA-376 part 2): *kind* is the last word of its type, *target* a part name or outside address."""

    id: str
    kind: str
    target: str
    external: bool


class Package:
    """The parts of a ZIP-based file by name, without regard to case."""

    def __init__(self, content: bytes, budget: Budget) -> None:
        """Read the directory of *content*; raises UncheckedError for encryption, doubled names and bombs."""
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise UncheckedError(Rule.UNREADABLE, "the archive is damaged") from error
        self._budget = budget
        entries = [entry for entry in self._archive.infolist() if not entry.is_dir()]
        self._entries = {entry.filename.casefold(): entry for entry in entries}
        if len(entries) > MAX_PARTS:
            raise UncheckedError(Rule.UNREADABLE, f"it has more than {MAX_PARTS} parts")
        if len(self._entries) != len(entries):
            raise UncheckedError(Rule.UNREADABLE, "two of its parts have the same name")
        for entry in entries:
            _admit(entry)
        if sum(entry.file_size for entry in entries) > MAX_EXPANDED:
            raise UncheckedError(Rule.UNREADABLE, "it unpacks to more than can be checked; it may be a ZIP bomb")

    @property
    def names(self) -> tuple[str, ...]:
        """Every part's name as written, in the archive's order; folders left out."""
        return tuple(entry.filename for entry in self._entries.values())

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._entries

    def under(self, folder: str) -> list[str]:
        """The names of the parts inside *folder* ("xl/pivotCache/")."""
        return [name for name in self.names if name.casefold().startswith(folder.casefold())]

    def read(self, name: str) -> bytes:
        """The bytes of a part; raises UncheckedError when it is missing or the budget is spent."""
        entry = self._entries.get(name.casefold())
        if entry is None:
            raise UncheckedError(Rule.UNREADABLE, f"the part {name!r} is missing")
        self._budget.spend(entry.file_size)
        return self._archive.read(entry)

    def xml(self, name: str) -> Element:
        """A part as XML; raises UncheckedError when it is not well-formed or declares a document type."""
        return parse_xml(self.read(name), name)

    def relations(self, part: str) -> tuple[Relation, ...]:
        """The relationships of *part* ("" for the package itself); empty when it has none."""
        folder, _, leaf = part.rpartition("/")
        name = posixpath.join(folder, "_rels", f"{leaf}.rels")
        if name not in self:
            return ()
        relations = []
        for element in self.xml(name):
            external = attribute(element, "TargetMode").casefold() == "external"
            target = attribute(element, "Target")
            relations.append(
                Relation(
                    id=attribute(element, "Id"),
                    kind=attribute(element, "Type").rpartition("/")[2],
                    target=target if external else resolve(folder, target),
                    external=external,
                )
            )
        return tuple(relations)

    def all_relations(self) -> tuple[Relation, ...]:
        """The relationships of every part, the package's own first."""
        sources = [""]
        for name in self.names:
            folder, _, leaf = name.rpartition("/")
            if leaf.casefold().endswith(".rels") and folder.casefold().endswith("/_rels"):
                sources.append(posixpath.join(folder[: -len("/_rels")], leaf[: -len(".rels")]))
        return tuple(relation for source in sources for relation in self.relations(source))

    def main_part(self) -> str:
        """The name of the part that holds the document itself; raises UncheckedError when the package names none."""
        for relation in self.relations(""):
            if relation.kind == "officeDocument" and not relation.external and relation.target in self:
                return relation.target
        raise UncheckedError(Rule.UNREADABLE, "the file does not say which of its parts is the document")


def _admit(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & _ENCRYPTED:
        raise UncheckedError(Rule.PASSWORD, "it is encrypted")
    packed = max(entry.compress_size, 1)
    if entry.file_size > RATIO_COUNTS_FROM and entry.file_size / packed > MAX_RATIO:
        raise UncheckedError(Rule.UNREADABLE, "one of its parts is packed like a ZIP bomb")


def parse_xml(data: bytes, name: str) -> Element:
    """*data* as XML without entities or network; raises UncheckedError naming the part when it is broken or declares a document type."""
    if b"<!DOCTYPE" in (data.replace(b"\0", b"") if b"\0" in data[:8] else data):
        raise UncheckedError(Rule.UNREADABLE, f"the part {name!r} declares a document type, which Office never does")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise UncheckedError(Rule.UNREADABLE, f"the part {name!r} is damaged") from error
    if root.getroottree().docinfo.doctype:
        raise UncheckedError(Rule.UNREADABLE, f"the part {name!r} declares a document type, which Office never does")
    return root


def resolve(folder: str, target: str) -> str:
    """The part name that a relationship's *target* means, seen from *folder*."""
    target = unquote(target)
    joined = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
    return posixpath.normpath(joined)


def local(element: Element) -> str:
    """An element's name without its namespace; empty for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str, default: str = "") -> str:
    """The attribute called *name* in whatever namespace, so that the strict and the usual form of a format read alike."""
    value = element.get(name)
    if value is not None:
        return str(value)
    return next((str(found) for key, found in element.attrib.items() if str(key).endswith("}" + name)), default)


def whole_number(text: str) -> int | None:
    """The number that *text* is, where it is plain digits and not more of them than any of an office file's numbers has; else None."""
    # A file's maker may write anything: str.isdigit takes what int refuses, and int refuses thousands of digits.
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else None


def named(root: Element, *names: str) -> Iterator[Element]:
    """Every element below *root* (itself included) whose local name is one of *names*, in document order."""
    yield from root.iter(*(f"{{*}}{name}" for name in names))


def child(element: Element | None, name: str) -> Element | None:
    """The first child called *name*, or None."""
    if element is None:
        return None
    return next((inner for inner in element if local(inner) == name), None)


def text_of(element: Element) -> str:
    """All text within *element*, in order."""
    return "".join(str(piece) for piece in element.itertext())


def is_on(element: Element | None) -> bool:
    """Whether an on/off element of WordprocessingML is there and not switched off (ECMA-376 part 1, 17.17.4)."""
    return element is not None and attribute(element, "val", "true").casefold() not in {"0", "false", "off", "none"}


def repack(parts: dict[str, bytes]) -> bytes:
    """A ZIP of *parts* in their order with one fixed date, so that the same parts give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name)  # its date is the format's first, 1 January 1980
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return buffer.getvalue()
