"""Rewrites Word documents: changes accepted, comments and hidden text out, properties emptied, stray parts left behind."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]  # lxml publishes no types

from pipeline.letters.release.accepting import accept_changes, remove_comments, remove_hidden
from pipeline.letters.release.clean_pictures import reencoded
from pipeline.letters.release.cleaned import Cleaned
from pipeline.letters.release.documents import hidden_style_names, stories
from pipeline.letters.release.findings import ReleaseFile
from pipeline.letters.release.images import look_at_picture
from pipeline.letters.release.kinds import Kind, kind_of
from pipeline.letters.release.office_parts import PAGE_PARTS
from pipeline.letters.release.packages import Budget, Package, attribute, local, repack

if TYPE_CHECKING:
    from pipeline.letters.release.packages import Element, Relation

# Elements that mean nothing once the part they point to is gone.
_GO_WITH_THEIR_PART = frozenset(
    {"object", "altChunk", "subDoc", "control", "externalData", "attachedTemplate", "mailMerge", "OLEObject"}
)
_SETTINGS_OUT = frozenset(
    {"docVars", "rsids", "trackRevisions", "attachedTemplate", "mailMerge", "revisionView", "documentProtection"}
)
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def cleaned_docx(file: ReleaseFile) -> Cleaned:
    """The document as its reader sees it; raises UncheckedError when it can't be read."""
    package = Package(file.content, Budget())
    main = package.main_part()
    story_parts = {part for _, part in stories(package)}
    hidden_styles = hidden_style_names(package)
    parts: dict[str, bytes] = {"[Content_Types].xml": b"", "_rels/.rels": b""}
    waiting = [""]
    while waiting:
        source = waiting.pop()
        kept, dropped = _sorted_relations(package, source)
        if source:
            parts[source] = _part(package, source, dropped, story_parts, hidden_styles)
        if kept or not source:
            parts[_relations_name(source)] = _relations_xml(package, source, kept)
        targets = (relation.target for relation in kept if not relation.external)
        waiting += [target for target in targets if target not in parts and target not in waiting]
    parts["[Content_Types].xml"] = _content_types(package, set(parts), main)
    return Cleaned(
        content=repack(parts), ending="docx", left_out=("Embedded objects, macros and form data are not in the copy.",)
    )


def _sorted_relations(package: Package, source: str) -> tuple[list[Relation], list[Relation]]:
    kept: list[Relation] = []
    dropped: list[Relation] = []
    for relation in package.relations(source):
        missing = not relation.external and relation.target not in package
        leads_out = relation.external and relation.kind != "hyperlink"
        (dropped if missing or leads_out or relation.kind not in PAGE_PARTS else kept).append(relation)
    return kept, dropped


def _part(
    package: Package, name: str, dropped: list[Relation], story_parts: set[str], hidden_styles: frozenset[str]
) -> bytes:
    content = package.read(name)
    if not name.casefold().endswith(".xml"):
        return _picture(name, content)
    root = package.xml(name)
    if name in story_parts:
        accept_changes(root)
        remove_comments(root)
        remove_hidden(root, hidden_styles)
    if local(root) == "settings":
        for element in [element for element in root if local(element) in _SETTINGS_OUT]:
            root.remove(element)
    gone = {relation.id for relation in dropped}
    for element in list(root.iter(etree.Element)):
        _unlink(element, gone)
        for key in [key for key in element.attrib if etree.QName(key).localname.startswith("rsid")]:
            del element.attrib[key]
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _unlink(element: Element, gone: set[str]) -> None:
    """Take out what points to a part that is no longer there: the element where it is nothing without it, else the pointer."""
    dangling = [
        key
        for key, value in element.attrib.items()
        if etree.QName(key).namespace in {_RELATIONS, _STRICT_RELATIONS} and value in gone
    ]
    if not dangling:
        return
    holder = next(
        (parent for parent in (element, *element.iterancestors()) if local(parent) in _GO_WITH_THEIR_PART), None
    )
    outermost = next((parent for parent in element.iterancestors() if local(parent) == "object"), holder)
    if outermost is not None and outermost.getparent() is not None:
        outermost.getparent().remove(outermost)
        return
    for key in dangling:
        del element.attrib[key]


def _picture(name: str, content: bytes) -> bytes:
    """A picture without what its camera wrote; one that needs nothing taken out stays as it is."""
    if (
        kind_of(name, content) is not Kind.IMAGE
        or not look_at_picture(ReleaseFile(name=name, content=content)).findings
    ):
        return content
    return reencoded(content)[0]


def _relations_name(source: str) -> str:
    folder, _, leaf = source.rpartition("/")
    return posixpath.join(folder, "_rels", f"{leaf}.rels")


def _relations_xml(package: Package, source: str, kept: list[Relation]) -> bytes:
    name = _relations_name(source)
    root = package.xml(name)
    ids = {relation.id for relation in kept}
    for element in list(root):
        if attribute(element, "Id") not in ids:
            root.remove(element)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _content_types(package: Package, names: set[str], main: str) -> bytes:
    root = package.xml("[Content_Types].xml")
    present = {name.casefold() for name in names}
    for element in list(root):
        part = attribute(element, "PartName").lstrip("/")
        if local(element) == "Override" and part.casefold() not in present:
            root.remove(element)
        elif part.casefold() == main.casefold():
            element.set("ContentType", _DOCX_MAIN)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
