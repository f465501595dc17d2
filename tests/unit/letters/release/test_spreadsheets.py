"""Spreadsheets that leak are caught, their clean copies hold only what was seen, and clean ones pass."""

from __future__ import annotations

import csv
import io

import pytest
from leaking import sheets
from leaking.packed import added, changed, packed, unpacked
from lxml import etree
from openpyxl import load_workbook

from pipeline.domain.errors import NotAllowedError
from pipeline.letters.release import CleanForm, Level, ReleaseFile, ReleaseReport, Rule, clean_copy, examine
from pipeline.letters.release.cell_looks import Look, Looks

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LEAKS = [
    (sheets.hidden_sheet, Rule.HIDDEN_SHEET, Level.STOP, "sheet 'People'"),
    (sheets.very_hidden_sheet, Rule.VERY_HIDDEN_SHEET, Level.STOP, "sheet 'People'"),
    (sheets.black_on_black, Rule.TEXT_UNDER_BOX, Level.STOP, "Spending!D2"),
    (sheets.hidden_row, Rule.HIDDEN_ROWS, Level.ACCEPT, "Spending, row 4"),
    (sheets.hidden_column, Rule.HIDDEN_COLUMNS, Level.ACCEPT, "Spending, column D"),
    (sheets.note, Rule.COMMENTS, Level.ACCEPT, "comment at A2"),
    (sheets.white_on_white, Rule.INVISIBLE_TEXT, Level.ACCEPT, "Spending!D2"),
    (sheets.shows_nothing, Rule.INVISIBLE_TEXT, Level.ACCEPT, "Spending!D2"),
    (sheets.named_elsewhere, Rule.NAMED_RANGES, Level.ACCEPT, "name 'people'"),
    (sheets.hidden_name, Rule.NAMED_RANGES, Level.ACCEPT, "name 'old'"),
    (sheets.formula_elsewhere, Rule.CACHED_ELSEWHERE, Level.ACCEPT, "Spending!D2"),
    (sheets.author, Rule.PROPERTIES, Level.ACCEPT, "author"),
]
IDS = [leak[0].__name__ for leak in LEAKS]


def looked(content: bytes, name: str = "spending.xlsx") -> ReleaseReport:
    """What the check says of one file."""
    return examine((ReleaseFile(name=name, content=content),), "", own_contacts=frozenset())


def related(content: bytes, kind: str, part: str, data: bytes) -> bytes:
    """A workbook with one more part that its relationships name."""
    link = f'<Relationship Id="rId99" Type="{RELATION}/{kind}" Target="/{part}"/></Relationships>'
    parts = unpacked(content)
    name = "xl/_rels/workbook.xml.rels"
    parts[name] = parts[name].decode().replace("</Relationships>", link).encode()
    return packed(parts | {part: data})


def test_a_clean_workbook_gives_no_finding() -> None:
    """Visible sums and dates, without notes or names of people, pass in silence."""
    assert looked(sheets.saved(sheets.book())).findings == ()


@pytest.mark.parametrize(("change", "rule", "level", "place"), LEAKS, ids=IDS)
def test_each_leak_is_caught_with_its_place(change: object, rule: Rule, level: Level, place: str) -> None:
    """What a workbook hides is found, with where, how serious it is and what to do."""
    finding = next(finding for finding in looked(sheets.leaking(change)).findings if finding.rule is rule)
    assert (finding.level, finding.place, finding.count, finding.file) == (level, place, 1, "spending.xlsx")
    assert finding.words
    assert finding.remedy


@pytest.mark.parametrize("form", [CleanForm.CSV, CleanForm.XLSX])
@pytest.mark.parametrize("change", [leak[0] for leak in LEAKS], ids=IDS)
def test_a_clean_copy_passes_and_holds_no_secret(change: object, form: CleanForm) -> None:
    """The copy has the visible values, nothing of the hidden ones in any part, and the check is silent about it."""
    copy = clean_copy(ReleaseFile(name="spending.xlsx", content=sheets.leaking(change)), form)
    assert copy.before.findings
    assert copy.after.findings == ()
    assert copy.name == f"spending-clean.{form}"
    assert copy.what_was_removed
    everything = b"".join(unpacked(copy.content).values()) if form is CleanForm.XLSX else copy.content
    assert sheets.SECRET.encode() not in everything
    assert b"8400.5" in everything


def test_a_clean_workbook_copy_opens_with_its_values_and_formats() -> None:
    """Numbers stay numbers, dates stay dates, and hidden columns are closed up."""

    def change(workbook: object, sheet: object) -> None:
        sheets.hidden_row(workbook, sheet)
        sheet.insert_cols(2)
        sheet["B1"] = "Officer"
        sheet["B2"] = sheets.SECRET
        sheet.column_dimensions["B"].hidden = True

    copy = clean_copy(ReleaseFile(name="a.xlsx", content=sheets.leaking(change)), CleanForm.XLSX)
    sheet = load_workbook(io.BytesIO(copy.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[:2] for row in rows] == [["Service", "Spent"], ["Parks", 1200], ["Roads", 8400.5]]
    assert sheet["C2"].is_date


def test_a_clean_copy_is_the_same_bytes_each_time() -> None:
    """An approval of the copy's digest stays true when the copy is made again."""
    file = ReleaseFile(name="a.xlsx", content=sheets.leaking(sheets.hidden_sheet))
    assert clean_copy(file, CleanForm.XLSX).content == clean_copy(file, CleanForm.XLSX).content


def test_several_visible_sheets_become_one_csv_each() -> None:
    """A requester gets each sheet as its own CSV, in one archive; the hidden one is not among them."""

    def change(workbook: object, sheet: object) -> None:
        sheets.hidden_sheet(workbook, sheet)
        workbook.create_sheet("Staff/costs?".replace("/", "-").replace("?", "")).append(["Grade", "Paid"])

    copy = clean_copy(ReleaseFile(name="a.xlsx", content=sheets.leaking(change)), CleanForm.CSV)
    assert copy.name == "a-clean.zip"
    assert list(unpacked(copy.content)) == ["01 Spending.csv", "02 Staff-costs.csv"]


def test_text_that_looks_like_a_formula_stays_text_in_the_copies() -> None:
    """A visible text that begins with "=" is written as text to the workbook and with an apostrophe to CSV."""

    def change(_: object, sheet: object) -> None:
        sheet["A3"] = "=cmd()"
        sheet["A3"].data_type = "s"

    file = ReleaseFile(name="a.xlsx", content=sheets.leaking(change))
    cell = load_workbook(io.BytesIO(clean_copy(file, CleanForm.XLSX).content)).active["A3"]
    assert (cell.value, cell.data_type) == ("=cmd()", "s")
    rows = list(csv.reader(io.StringIO(clean_copy(file, CleanForm.CSV).content.decode("utf-8-sig"))))
    assert rows[2][0] == "'=cmd()"


def test_formulas_without_a_saved_result_are_owned_up_to() -> None:
    """The copy says how many cells are empty because their formula was never worked out."""

    def change(_: object, sheet: object) -> None:
        sheet["D2"] = "=B2*2"

    copy = clean_copy(ReleaseFile(name="a.xlsx", content=sheets.leaking(change)), CleanForm.XLSX)
    assert any("1 formula(s) had no saved result" in sentence for sentence in copy.what_was_removed)


@pytest.mark.parametrize(
    ("kind", "part", "rule"),
    [
        ("pivotCacheDefinition", "xl/pivotCache/pivotCacheDefinition1.xml", Rule.PIVOT_CACHE),
        ("powerPivotData", "xl/model/item.data", Rule.DATA_MODEL),
        ("externalLink", "xl/externalLinks/externalLink1.xml", Rule.EXTERNAL_LINKS),
        ("connections", "xl/connections.xml", Rule.EXTERNAL_LINKS),
        ("revisionHeaders", "xl/revisions/revisionHeaders.xml", Rule.TRACKED_CHANGES),
        ("vbaProject", "xl/vbaProject.bin", Rule.MACROS),
        ("oleObject", "xl/embeddings/oleObject1.bin", Rule.EMBEDDED),
        ("customXml", "customXml/item1.xml", Rule.CUSTOM_DATA),
        ("somethingNew", "xl/new/thing.bin", Rule.CUSTOM_DATA),
    ],
)
@pytest.mark.parametrize("linked", [True, False])
def test_parts_that_no_sheet_shows_are_found(kind: str, part: str, rule: Rule, *, linked: bool) -> None:
    """Caches, models, links, logs and macros are found by their relationship, and as left-overs that nothing names any more."""
    data = b"<data><secret/></data>"
    book = sheets.saved(sheets.book())
    report = looked(related(book, kind, part, data) if linked else added(book, {part: data}))
    assert report.rules == {rule}
    assert report.findings[0].place == part
    copy = clean_copy(ReleaseFile(name="a.xlsx", content=related(book, kind, part, data)), CleanForm.XLSX)
    assert copy.after.findings == ()


def test_a_pivot_cache_outside_its_usual_folder_is_found() -> None:
    """The relationship gives it away, wherever the part lies."""
    report = looked(related(sheets.saved(sheets.book()), "pivotCacheDefinition", "xl/elsewhere.xml", b"<a/>"))
    assert report.rules == {Rule.PIVOT_CACHE}


def test_a_row_of_no_height_counts_as_hidden() -> None:
    """Dragging a row shut hides it as well as the menu does."""
    content = changed(sheets.saved(sheets.book()), sheet1=('<row r="3"', '<row ht="0" customHeight="1" r="3"'))
    assert looked(content).rules == {Rule.HIDDEN_ROWS}


def test_rows_hidden_by_default_are_found() -> None:
    """A sheet whose rows are all hidden unless they say otherwise hides its filled rows."""
    content = changed(sheets.saved(sheets.book()), sheet1=("<sheetFormatPr ", '<sheetFormatPr zeroHeight="1" '))
    assert Rule.HIDDEN_ROWS in looked(content).rules


def test_hidden_but_empty_rows_are_no_finding() -> None:
    """Nothing leaks from a hidden row with nothing in it."""

    def change(_: object, sheet: object) -> None:
        sheet.row_dimensions[40].hidden = True
        sheet.column_dimensions["K"].hidden = True

    assert looked(sheets.leaking(change)).findings == ()


def test_pale_text_on_a_coloured_ground_is_no_finding() -> None:
    """White on blue can be read by anyone."""

    def change(_: object, sheet: object) -> None:
        sheet["A1"].font = sheets.Font(color="FFFFFFFF")
        sheet["A1"].fill = sheets.PatternFill("solid", fgColor="FF1D70B8")

    assert looked(sheets.leaking(change)).findings == ()


def test_white_by_the_theme_is_white() -> None:
    """A colour given by its number in the theme is looked up there."""

    def change(_: object, sheet: object) -> None:
        sheet["A2"].font = sheets.Font(color=sheets.Font(color="FF000000").color.__class__(theme=0))

    assert looked(sheets.leaking(change)).rules == {Rule.INVISIBLE_TEXT}


def test_personal_data_on_a_hidden_sheet_is_counted_too() -> None:
    """The officer learns what kind of data the hidden sheet would have given away."""

    def change(workbook: object, sheet: object) -> None:
        sheets.hidden_sheet(workbook, sheet)
        workbook["People"].append(["m.sample@example.org"])

    report = looked(sheets.leaking(change))
    assert report.rules == {Rule.HIDDEN_SHEET, Rule.EMAIL}
    assert next(finding.place for finding in report.findings if finding.rule is Rule.EMAIL) == "People!A2"


def test_an_opendocument_spreadsheet_is_asked_the_same() -> None:
    """Hidden sheets, rows, notes and authors of an ods file are found, its clean copies pass, and a clean one gives no finding."""
    assert looked(sheets.ods(), "a.ods").findings == ()
    leaky = ReleaseFile(name="a.ods", content=sheets.ods(hidden=True, hidden_row=True, note=True, author=sheets.SECRET))
    assert looked(leaky.content, "a.ods").rules == {Rule.HIDDEN_SHEET, Rule.HIDDEN_ROWS, Rule.COMMENTS, Rule.PROPERTIES}
    copy = clean_copy(leaky, CleanForm.CSV)
    assert copy.content.decode("utf-8-sig") == "Parks,1200\r\n"
    assert copy.after.findings == ()
    assert clean_copy(leaky, CleanForm.XLSX).after.findings == ()


@pytest.mark.parametrize(
    ("extra", "rule"),
    [
        ("<table:data-pilot-tables><table:data-pilot-table/></table:data-pilot-tables>", Rule.PIVOT_CACHE),
        ('<table:named-range table:name="n" table:cell-range-address="$People.$A$1"/>', Rule.NAMED_RANGES),
        ("<table:tracked-changes><table:deletion/></table:tracked-changes>", Rule.TRACKED_CHANGES),
        ("<table:dde-links><table:dde-link/></table:dde-links>", Rule.EXTERNAL_LINKS),
    ],
)
def test_an_opendocument_spreadsheet_carries_more_than_its_sheets(extra: str, rule: Rule) -> None:
    """Pivot tables, names for hidden cells, changes and links are found in an ods file."""
    content = changed(sheets.ods(hidden=True), content=("</office:spreadsheet>", f"{extra}</office:spreadsheet>"))
    assert looked(content, "a.ods").rules == {Rule.HIDDEN_SHEET, rule}


def test_an_opendocument_spreadsheet_keeps_its_types() -> None:
    """Dates, truths and repeated cells come over as what they are; a cell in white on white does not."""
    style = (
        '<style:style style:name="W" style:family="table-cell"><style:text-properties fo:color="#ffffff" '
        'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"/></style:style></office:automatic-styles>'
    )
    row = (
        '<table:table-row><table:table-cell office:value-type="date" office:date-value="2024-04-05"/>'
        '<table:table-cell office:value-type="boolean" office:boolean-value="true" table:number-columns-repeated="2"/>'
        '<table:table-cell table:style-name="W" office:value-type="string"><text:p>unseen</text:p></table:table-cell></table:table-row></table:table>'
    )
    content = changed(
        changed(sheets.ods(), content=("</office:automatic-styles>", style)), content=("</table:table>", row)
    )
    assert looked(content, "a.ods").rules == {Rule.INVISIBLE_TEXT}
    copy = clean_copy(ReleaseFile(name="a.ods", content=content), CleanForm.CSV)
    assert copy.content.decode("utf-8-sig").splitlines()[-1] == "2024-04-05,TRUE,TRUE,"


def test_an_encrypted_opendocument_file_is_a_stop() -> None:
    """Its manifest says that its parts are encrypted."""
    manifest = b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    assert looked(added(sheets.ods(), {"META-INF/manifest.xml": manifest}), "a.ods").rules == {Rule.PASSWORD}


def test_a_workbook_without_a_visible_sheet_has_no_clean_copy() -> None:
    """Nothing was seen, so that there is nothing to copy; the officer is told what to do."""
    content = changed(sheets.saved(sheets.book()), workbook=('state="visible"', 'state="hidden"'))
    with pytest.raises(NotAllowedError, match="no sheet of it is visible"):
        clean_copy(ReleaseFile(name="a.xlsx", content=content), CleanForm.XLSX)


def test_a_cell_beyond_every_sheet_is_refused() -> None:
    """A sheet with a cell in row nine million is no honest sheet, and no list of nine million rows is made of it."""
    content = changed(sheets.saved(sheets.book()), sheet1=('r="A3"', 'r="A9000000"'))
    assert looked(content).rules == {Rule.UNREADABLE}


@pytest.mark.parametrize("odd", ["\u00b2", "9" * 5000, "-1"])
def test_numbers_that_are_none_stop_no_look_at_the_cells(odd: str) -> None:
    """Colours, fonts and formats that a style names by nonsense are the plain ones."""
    styles = etree.fromstring(
        f'<s><fonts><font><color theme="{odd}"/></font><font><color indexed="{odd}"/></font></fonts>'
        f'<cellXfs><xf numFmtId="{odd}" fontId="{odd}" fillId="{odd}"/></cellXfs></s>'
    )
    assert Looks(styles, None, {}).of(0) == Look("General", unseen=False, blacked=False)
