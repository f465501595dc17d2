"""Looks into Word documents (ECMA-376 part 1, 17) for earlier wording, comments, hidden and blacked-out text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.letters.release.cell_looks import alike, brightness
from pipeline.letters.release.findings import Look, Notes, Passage, ReleaseFile, Table, UncheckedError
from pipeline.letters.release.office_parts import inner_files, link_passages, note_cropped, note_parts
from pipeline.letters.release.packages import Package, attribute, child, is_on, local, named, text_of, whole_number
from pipeline.letters.release.wording import Rule

if TYPE_CHECKING:
    from pipeline.letters.release.packages import Budget, Element

CHANGES = (
    *("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge", "numberingChange"),
    *(
        "rPrChange",
        "pPrChange",
        "sectPrChange",
        "tblPrChange",
        "tblPrExChange",
        "tcPrChange",
        "trPrChange",
        "tblGridChange",
    ),
    *("customXmlInsRangeStart", "customXmlDelRangeStart", "customXmlMoveFromRangeStart", "customXmlMoveToRangeStart"),
)
STORIES = frozenset({"header", "footer", "footnotes", "endnotes"})
_STORY_NAMES = {"header": "a header", "footer": "a footer", "footnotes": "the footnotes", "endnotes": "the endnotes"}
_WHITE = "FFFFFF"
_HEX = frozenset("0123456789ABCDEF")
_DARK = 90  # of 255
_TINY = 4  # half-points: nobody reads letters of 2 points
_LONGEST_STYLE_CHAIN = 20


def look_at_docx(file: ReleaseFile, budget: Budget) -> Look:
    """Everything found in a docx or docm file; raises UncheckedError when it can't be read."""
    package = Package(file.content, budget)
    notes = Notes(file.name)
    passages: list[Passage] = []
    tables: list[Table] = []
    hidden_styles = hidden_style_names(package)
    for place, part in stories(package):
        root = package.xml(part)
        notes.add(Rule.TRACKED_CHANGES, place, sum(1 for _ in named(root, *CHANGES)))
        for run in named(root, "r"):
            _note_run(run, hidden_styles, place, notes)
        note_cropped(root, place, notes)
        passages += paragraphs(root, place)
        tables += _tables(root, place)
    for part in comment_parts(package):
        for comment in named(package.xml(part), "comment"):
            notes.add(Rule.COMMENTS, "in the margin")
            passages.append(Passage(place="a comment", text=text_of(comment)))
    _note_settings(package, notes)
    note_parts(package, notes)
    passages += link_passages(package)
    return Look(
        findings=notes.findings(), passages=tuple(passages), tables=tuple(tables), inner=inner_files(package, file.name)
    )


def stories(package: Package) -> list[tuple[str, str]]:
    """Each stretch of text of a Word file as (its name for an officer, its part): the body first, then headers, footers and notes."""
    main = package.main_part()
    if local(package.xml(main)) != "document":
        raise UncheckedError(Rule.UNREADABLE, "its main part is not a document")
    beside = [
        (_STORY_NAMES[relation.kind], relation.target)
        for relation in package.relations(main)
        if relation.kind in STORIES and not relation.external and relation.target in package
    ]
    return [("the text", main), *beside]


def comment_parts(package: Package) -> list[str]:
    """The parts that hold comments."""
    return [
        name
        for name in package.names
        if name.casefold().rpartition("/")[2].startswith("comments") and name.casefold().endswith(".xml")
    ]


def hidden_style_names(package: Package) -> frozenset[str]:
    """The styles that hide their text, by themselves or by what they are based on."""
    main = package.main_part()
    part = next((relation.target for relation in package.relations(main) if relation.kind == "styles"), "")
    if part not in package:
        return frozenset()
    styles = {attribute(style, "styleId"): style for style in named(package.xml(part), "style")}
    return frozenset(name for name in styles if _style_hides(styles, name))


def hides(run: Element, hidden_styles: frozenset[str]) -> bool:
    """Whether a run's own settings or its styles hide it."""
    properties = child(run, "rPr")
    for name in ("vanish", "specVanish"):
        mark = child(properties, name)
        if mark is not None:
            return is_on(mark)
    style = child(properties, "rStyle")
    if style is not None and attribute(style, "val") in hidden_styles:
        return True
    paragraph = next((parent for parent in run.iterancestors() if local(parent) == "p"), None)
    paragraph_style = child(child(paragraph, "pPr"), "pStyle")
    return paragraph_style is not None and attribute(paragraph_style, "val") in hidden_styles


def paragraphs(root: Element, place: str) -> list[Passage]:
    """Each paragraph of a story with its place, deleted words included."""
    found = []
    for number, paragraph in enumerate(named(root, "p"), 1):
        text = "".join(
            str(piece.text or "") if local(piece) in {"t", "delText", "instrText"} else " "
            for piece in named(paragraph, "t", "delText", "tab", "br", "instrText")
        )
        if text.strip():
            found.append(Passage(place=f"{place}, paragraph {number}", text=text))
    return found


def run_text(run: Element) -> str:
    """The words of one run, deleted ones included."""
    return "".join(str(piece.text or "") for piece in named(run, "t", "delText"))


def _style_hides(styles: dict[str, Element], name: str) -> bool:
    for _ in range(_LONGEST_STYLE_CHAIN):
        style = styles.get(name)
        if style is None:
            return False
        mark = child(child(style, "rPr"), "vanish")
        if mark is not None:
            return is_on(mark)
        parent = child(style, "basedOn")
        name = attribute(parent, "val") if parent is not None else ""
    return False


def _note_run(run: Element, hidden_styles: frozenset[str], place: str, notes: Notes) -> None:
    if not run_text(run).strip():
        return
    if hides(run, hidden_styles):
        notes.add(Rule.HIDDEN_TEXT, place)
    properties = child(run, "rPr")
    if properties is None:
        return
    size = child(properties, "sz")
    points = whole_number(attribute(size, "val")) if size is not None else None
    if points is not None and points <= _TINY:
        notes.add(Rule.INVISIBLE_TEXT, place)
    colour = _colour(child(properties, "color"))
    ground = _highlight(properties) or _fill(properties)
    if ground and brightness(ground) < _DARK and (not colour or brightness(colour) < _DARK):
        notes.add(Rule.TEXT_UNDER_BOX, place)
        return
    around = ground or _ground_around(run)
    if colour and around and brightness(colour) < _DARK and alike(colour, around):
        notes.add(Rule.TEXT_UNDER_BOX, place)
    elif colour and alike(colour, around or _WHITE) and not _in_filled_shape(run):
        notes.add(Rule.INVISIBLE_TEXT, place)


def _colour(element: Element | None) -> str:
    if element is None:
        return ""
    if attribute(element, "themeColor") in {"background1", "light1"} and not attribute(element, "themeShade"):
        return _WHITE
    return _six(attribute(element, "val"))


def _highlight(properties: Element) -> str:
    mark = child(properties, "highlight")
    return "000000" if mark is not None and attribute(mark, "val") == "black" else ""


def _fill(properties: Element | None) -> str:
    shading = child(properties, "shd")
    if shading is None:
        return ""
    if attribute(shading, "val") == "solid":
        return _six(attribute(shading, "color")) or "000000"
    return _six(attribute(shading, "fill"))


def _ground_around(run: Element) -> str:
    for parent in run.iterancestors():
        holder = {"p": "pPr", "tc": "tcPr"}.get(local(parent))
        ground = _fill(child(parent, holder)) if holder else ""
        if ground:
            return ground
    return ""


def _in_filled_shape(run: Element) -> bool:
    for parent in run.iterancestors():
        if local(parent) in {"wsp", "sp"}:
            properties = child(parent, "spPr")
            return properties is not None and any(
                child(properties, fill) is not None for fill in ("solidFill", "gradFill", "blipFill", "pattFill")
            )
        if local(parent) in {"shape", "rect", "roundrect"}:
            return attribute(parent, "fillcolor").casefold() not in {"", "white", "#ffffff"}
    return False


def _six(value: str) -> str:
    upper = value.upper()
    return upper if len(upper) == len(_WHITE) and set(upper) <= _HEX else ""


def _tables(root: Element, place: str) -> list[Table]:
    found = []
    for number, table in enumerate(named(root, "tbl"), 1):
        rows = [
            [
                " ".join(str(piece.text or "") for piece in named(cell, "t")).strip()
                for cell in row
                if local(cell) == "tc"
            ]
            for row in table
            if local(row) == "tr"
        ]
        found.append(Table(place=f"{place}, table {number}", rows=rows))
    return found


def _note_settings(package: Package, notes: Notes) -> None:
    main = package.main_part()
    part = next((relation.target for relation in package.relations(main) if relation.kind == "settings"), "")
    if part not in package:
        return
    root = package.xml(part)
    notes.add(Rule.CUSTOM_DATA, "document variables", sum(1 for _ in named(root, "docVar")))
    notes.add(Rule.EXTERNAL_LINKS, "mail merge", sum(1 for _ in named(root, "mailMerge")))
