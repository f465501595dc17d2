"""Looks into OpenDocument text documents, and at what all OpenDocument files share: metadata, versions, macros, objects (ISO/IEC 26300)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.letters.release.cell_looks import alike
from pipeline.letters.release.findings import Look, Notes, Passage, ReleaseFile, Table, UncheckedError
from pipeline.letters.release.office_parts import inner_files, names_somebody
from pipeline.letters.release.packages import Package, attribute, child, local, named, text_of
from pipeline.letters.release.wording import Rule

if TYPE_CHECKING:
    from pipeline.letters.release.packages import Budget, Element

_META = ("creator", "initial-creator", "printed-by", "description", "keyword", "subject", "user-defined")
_META_NAMES = {
    "creator": "last changed by",
    "initial-creator": "author",
    "printed-by": "printed by",
    "user-defined": "own property",
}
_WHITE = "FFFFFF"
_KNOWN_FOLDERS = ("meta-inf/", "pictures/", "thumbnails/", "configurations2/", "configurations/", "media/")
_KNOWN_PARTS = frozenset(
    {"mimetype", "content.xml", "styles.xml", "meta.xml", "settings.xml", "manifest.rdf", "layout-cache"}
)


class Styles:
    """The styles of an OpenDocument file by family and name, with what each inherits."""

    def __init__(self, *roots: Element) -> None:
        self._styles: dict[tuple[str, str], Element] = {}
        for root in roots:
            for style in named(root, "style"):
                self._styles[attribute(style, "family"), attribute(style, "name")] = style

    def value(self, family: str, name: str, properties: str, key: str) -> str:
        """What the style *name* or one it is based on sets *key* of *properties* to; empty when none does."""
        for _ in range(20):  # more than any real chain of styles; a circle ends here too
            style = self._styles.get((family, name))
            if style is None:
                return ""
            holder = child(style, properties)
            if holder is not None and attribute(holder, key):
                return attribute(holder, key)
            name = attribute(style, "parent-style-name")
        return ""


def open_document(file: ReleaseFile, budget: Budget) -> tuple[Package, Element, Styles]:
    """The package, its content and its styles; raises UncheckedError when it is encrypted or can't be read."""
    package = Package(file.content, budget)
    if "META-INF/manifest.xml" in package:
        for _ in named(package.xml("META-INF/manifest.xml"), "encryption-data"):
            raise UncheckedError(Rule.PASSWORD, "it is encrypted")
    content = package.xml("content.xml")
    roots = [package.xml("styles.xml")] if "styles.xml" in package else []
    return package, content, Styles(*roots, content)


def note_package(package: Package, content: Element, notes: Notes) -> None:
    """Note metadata, earlier versions, macros, objects, comments and tracked changes of an OpenDocument file."""
    if "meta.xml" in package:
        for element in named(package.xml("meta.xml"), *_META):
            if names_somebody(text_of(element)):
                notes.add(Rule.PROPERTIES, _META_NAMES.get(local(element), local(element)))
        for template in named(package.xml("meta.xml"), "template"):
            notes.add(Rule.TEMPLATE, attribute(template, "title") or "document settings")
    notes.add_all(Rule.EARLIER_VERSIONS, package.under("Versions/"))
    notes.add_all(Rule.MACROS, [*package.under("Basic/"), *package.under("Scripts/")])
    objects = [
        name for name in package.names if name.casefold().startswith(("object", "obj")) and "/" not in name.rstrip("/")
    ]
    folders = {name.partition("/")[0] for name in package.names if name.casefold().startswith("object") and "/" in name}
    notes.add_all(Rule.EMBEDDED, sorted({*objects, *folders}))
    notes.add_all(Rule.CUSTOM_DATA, [name for name in package.names if _is_stray(name)])
    notes.add(Rule.COMMENTS, "in the text", sum(1 for _ in named(content, "annotation")))
    notes.add(Rule.TRACKED_CHANGES, "in the text", sum(1 for _ in changes(content)))


def changes(content: Element) -> list[Element]:
    """The recorded changes: regions in text, insertions, deletions and edits in tables."""
    return [
        change
        for record in named(content, "tracked-changes")
        for change in record
        if local(change) in {"changed-region", "cell-content-change", "insertion", "deletion", "movement"}
    ]


def look_at_odt(file: ReleaseFile, budget: Budget) -> Look:
    """Everything found in an OpenDocument text document; raises UncheckedError when it can't be read."""
    package, content, styles = open_document(file, budget)
    notes = Notes(file.name)
    note_package(package, content, notes)
    hidden = sum(1 for element in named(content, "hidden-text", "hidden-paragraph"))
    for number, element in enumerate(named(content, "span", "p", "h", "section"), 1):
        family = {"span": "text", "section": "section"}.get(local(element), "paragraph")
        name = attribute(element, "style-name")
        text = text_of(element).strip()
        if not text:
            continue
        hidden += attribute(element, "display") in {"none", "condition"} and local(element) == "section"
        hidden += styles.value(family, name, "text-properties", "display") == "none"
        colour = styles.value(family, name, "text-properties", "color").lstrip("#").upper()
        ground = styles.value(family, name, "text-properties", "background-color").lstrip("#").upper()
        _note_colours(colour, ground, f"piece {number} of the text", notes)
    notes.add(Rule.HIDDEN_TEXT, "in the text", hidden)
    links = list(named(content, "dde-source", "section-source", "database-display", "table-source"))
    notes.add(Rule.EXTERNAL_LINKS, "in the text", len(links))
    tables = [
        Table(
            place=f"table {number}",
            rows=[[text_of(cell) for cell in named(row, "table-cell")] for row in named(table, "table-row")],
        )
        for number, table in enumerate(named(content, "table"), 1)
    ]
    passages = [
        Passage(place=f"paragraph {number}", text=text_of(element))
        for number, element in enumerate(named(content, "p", "h"), 1)
    ]
    return Look(
        findings=notes.findings(), passages=tuple(passages), tables=tuple(tables), inner=inner_files(package, file.name)
    )


def _note_colours(colour: str, ground: str, place: str, notes: Notes) -> None:
    if ground == "000000" and colour in {"", "000000"}:
        notes.add(Rule.TEXT_UNDER_BOX, place)
    elif len(colour) == len(_WHITE) and alike(colour, ground if len(ground) == len(_WHITE) else _WHITE):
        notes.add(Rule.INVISIBLE_TEXT, place)


def _is_stray(name: str) -> bool:
    lowered = name.casefold()
    known = lowered in _KNOWN_PARTS or lowered.startswith(
        (*_KNOWN_FOLDERS, "versions/", "basic/", "scripts/", "dialogs/", "object", "obj")
    )
    return not known
