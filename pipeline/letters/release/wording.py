"""The rules of the release check as a table: how serious each is, what it says and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a finding can be settled: a stop only by another file, an accept also by an approver's reason."""

    STOP = "stop"
    ACCEPT = "accept"


class Rule(StrEnum):
    """What the release check looks for."""

    UNREADABLE = "unreadable"
    PASSWORD = "password"  # noqa: S105 - the name of a rule, not a password
    NESTED_ARCHIVE = "nested_archive"
    VERY_HIDDEN_SHEET = "very_hidden_sheet"
    HIDDEN_SHEET = "hidden_sheet"
    PIVOT_CACHE = "pivot_cache"
    DATA_MODEL = "data_model"
    TRACKED_CHANGES = "tracked_changes"
    TEXT_UNDER_BOX = "text_under_box"
    REDACTION_NOT_APPLIED = "redaction_not_applied"
    HIDDEN_ROWS = "hidden_rows"
    HIDDEN_COLUMNS = "hidden_columns"
    HIDDEN_TEXT = "hidden_text"
    INVISIBLE_TEXT = "invisible_text"
    COVERED_TEXT = "covered_text"
    TEXT_OUTSIDE_PAGE = "text_outside_page"
    SCAN_TEXT = "scan_text"
    CROPPED_PICTURE = "cropped_picture"
    COMMENTS = "comments"
    EXTERNAL_LINKS = "external_links"
    CACHED_ELSEWHERE = "cached_elsewhere"
    NAMED_RANGES = "named_ranges"
    EMBEDDED = "embedded"
    ATTACHED_FILES = "attached_files"
    MACROS = "macros"
    JAVASCRIPT = "javascript"
    TEMPLATE = "template"
    CUSTOM_DATA = "custom_data"
    PROPERTIES = "properties"
    HIDDEN_LAYERS = "hidden_layers"
    FORM_FIELDS = "form_fields"
    EARLIER_VERSIONS = "earlier_versions"
    PHOTO_LOCATION = "photo_location"
    PHOTO_DETAILS = "photo_details"
    MAIL_THREAD = "mail_thread"
    WRONG_TYPE = "wrong_type"
    UNKNOWN_KIND = "unknown_kind"
    LIVE_FORMULA = "live_formula"
    PARTLY_CHECKED = "partly_checked"
    CARD = "card"
    NHS_NUMBER = "nhs_number"
    NI_NUMBER = "ni_number"
    BIRTH_DATE = "birth_date"
    EMAIL = "email"
    PHONE = "phone"
    POSTCODE = "postcode"
    NAMES_COLUMN = "names_column"
    SMALL_COUNTS = "small_counts"


PERSONAL = frozenset(
    {
        *(Rule.CARD, Rule.NHS_NUMBER, Rule.NI_NUMBER, Rule.BIRTH_DATE, Rule.EMAIL, Rule.PHONE, Rule.POSTCODE),
        *(Rule.NAMES_COLUMN, Rule.SMALL_COUNTS),
    }
)


@dataclass(frozen=True, slots=True)
class RuleText:
    """One rule's level, its sentence ({count} is the number, [one|several] the form that fits it) and what the officer should do."""

    level: Level
    words: str
    remedy: str


_CLEAN_SHEET = "Make a clean copy (values only, as CSV or as a new spreadsheet) and attach that instead."
_CLEAN_WORD = "Make a clean copy (changes accepted, comments and hidden text out) and attach that instead."
_CLEAN_PDF = "Make a clean copy and attach that instead."
_CLEAN_ANY = "Make a clean copy and attach that instead, or say why this may go out."
_LOOK = "Look at each place; take out what should not go, or say why it may."
_REDO = (
    "Go back to the source document, delete the words themselves, and make a new file; a box or a highlight over words removes nothing. "
    "No clean copy can be made from this file."
)

WORDS: dict[Rule, RuleText] = {
    Rule.UNREADABLE: RuleText(
        Level.STOP,
        "This file could not be checked, so nobody can say what is in it.",
        "Open it in the program it was made with and save it again as xlsx, docx, PDF or CSV; then attach the new file.",
    ),
    Rule.PASSWORD: RuleText(
        Level.STOP,
        "This file is protected by a password or encrypted, so it could not be checked.",
        "Save a copy without a password and attach that.",
    ),
    Rule.NESTED_ARCHIVE: RuleText(
        Level.STOP,
        "There [is|are] {count} archive[|s] inside another, which the check does not open.",
        "Unpack it and attach the files themselves.",
    ),
    Rule.VERY_HIDDEN_SHEET: RuleText(
        Level.STOP,
        "The spreadsheet has {count} sheet[|s] so hidden that Excel's own menu does not list [it|them].",
        _CLEAN_SHEET,
    ),
    Rule.HIDDEN_SHEET: RuleText(
        Level.STOP, "The spreadsheet has {count} hidden sheet[|s] that anyone can unhide.", _CLEAN_SHEET
    ),
    Rule.PIVOT_CACHE: RuleText(
        Level.STOP,
        "A pivot table carries a copy of the data it was made from ({count} saved [copy|copies]), rows and all.",
        _CLEAN_SHEET,
    ),
    Rule.DATA_MODEL: RuleText(
        Level.STOP, "The spreadsheet carries a data model: whole tables that no sheet shows.", _CLEAN_SHEET
    ),
    Rule.TRACKED_CHANGES: RuleText(
        Level.STOP, "Tracked changes keep {count} piece[|s] of earlier wording and who changed it.", _CLEAN_WORD
    ),
    Rule.TEXT_UNDER_BOX: RuleText(
        Level.STOP, "There is text under black boxes or highlights; anyone can copy it out ({count} place[|s]).", _REDO
    ),
    Rule.REDACTION_NOT_APPLIED: RuleText(
        Level.STOP, "{count} redaction[|s] [is|are] marked but not applied; the words are still there.", _REDO
    ),
    Rule.HIDDEN_ROWS: RuleText(Level.ACCEPT, "{count} row[|s] with something in [is|are] hidden.", _CLEAN_ANY),
    Rule.HIDDEN_COLUMNS: RuleText(Level.ACCEPT, "{count} column[|s] with something in [is|are] hidden.", _CLEAN_ANY),
    Rule.HIDDEN_TEXT: RuleText(Level.ACCEPT, "{count} piece[|s] of text [is|are] set as hidden.", _CLEAN_ANY),
    Rule.INVISIBLE_TEXT: RuleText(
        Level.ACCEPT,
        "{count} piece[|s] of text can't be seen: same colour as the background, or a format that shows nothing.",
        _CLEAN_ANY,
    ),
    Rule.COVERED_TEXT: RuleText(
        Level.ACCEPT, "{count} piece[|s] of text [lies|lie] under a shape or picture drawn over it.", _LOOK
    ),
    Rule.TEXT_OUTSIDE_PAGE: RuleText(
        Level.ACCEPT, "{count} piece[|s] of text [lies|lie] outside the visible page and can still be copied.", _LOOK
    ),
    Rule.SCAN_TEXT: RuleText(
        Level.ACCEPT,
        "{count} scanned page[|s] [carries|carry] a layer of invisible text, which may hold words blacked out in the picture.",
        "Copy the text of each redacted page and read it; if blacked-out words are in it, scan the redacted pages again.",
    ),
    Rule.CROPPED_PICTURE: RuleText(
        Level.ACCEPT,
        "{count} picture[|s] [is|are] cropped; the parts cut off are still in the file.",
        "Use your program's 'Compress pictures', with 'Delete cropped areas', and attach the file again; or say why this may go out.",
    ),
    Rule.COMMENTS: RuleText(Level.ACCEPT, "There [is|are] {count} comment[|s] or note[|s].", _CLEAN_ANY),
    Rule.EXTERNAL_LINKS: RuleText(
        Level.ACCEPT,
        "{count} link[|s] to other files or data sources; the file may keep a copy of their data and shows where they are stored.",
        _CLEAN_ANY,
    ),
    Rule.CACHED_ELSEWHERE: RuleText(
        Level.ACCEPT, "{count} formula[|s] [shows|show] values saved from another file or a hidden sheet.", _CLEAN_ANY
    ),
    Rule.NAMED_RANGES: RuleText(
        Level.ACCEPT,
        "{count} named range[|s] [is|are] hidden or [points|point] to a hidden sheet or another file.",
        _CLEAN_ANY,
    ),
    Rule.EMBEDDED: RuleText(
        Level.ACCEPT,
        "{count} object[|s] [is|are] embedded, which may hold whole files behind a picture of one part.",
        _CLEAN_ANY,
    ),
    Rule.ATTACHED_FILES: RuleText(Level.ACCEPT, "{count} file[|s] [is|are] attached inside this one.", _CLEAN_ANY),
    Rule.MACROS: RuleText(Level.ACCEPT, "The file carries macros; most mail systems will refuse it.", _CLEAN_ANY),
    Rule.JAVASCRIPT: RuleText(
        Level.ACCEPT, "The PDF carries scripts or actions that run when it is opened.", _CLEAN_PDF
    ),
    Rule.TEMPLATE: RuleText(
        Level.ACCEPT, "The document names the template it was made from, with its place on your network.", _CLEAN_ANY
    ),
    Rule.CUSTOM_DATA: RuleText(
        Level.ACCEPT, "The file carries {count} part[|s] of data that no page shows.", _CLEAN_ANY
    ),
    Rule.PROPERTIES: RuleText(
        Level.ACCEPT, "{count} document [property|properties] [is|are] filled in, such as who wrote it.", _CLEAN_ANY
    ),
    Rule.HIDDEN_LAYERS: RuleText(
        Level.ACCEPT, "{count} layer[|s] of the PDF [is|are] switched off, not removed.", _LOOK
    ),
    Rule.FORM_FIELDS: RuleText(Level.ACCEPT, "The PDF has {count} form field[|s], which may be filled in.", _LOOK),
    Rule.EARLIER_VERSIONS: RuleText(
        Level.ACCEPT, "The PDF still holds {count} earlier version[|s] of itself.", _CLEAN_ANY
    ),
    Rule.PHOTO_LOCATION: RuleText(Level.ACCEPT, "The picture says where it was taken.", _CLEAN_ANY),
    Rule.PHOTO_DETAILS: RuleText(
        Level.ACCEPT,
        "The picture carries {count} detail[|s] about its making: camera, time, program, small preview or notes.",
        _CLEAN_ANY,
    ),
    Rule.MAIL_THREAD: RuleText(
        Level.ACCEPT,
        "The mail carries earlier messages below the newest one ({count} line[|s]).",
        "Read the whole thread; if only part of it was asked for, attach a redacted PDF of that part.",
    ),
    Rule.WRONG_TYPE: RuleText(
        Level.ACCEPT,
        "The name's ending does not fit what the file really is.",
        "Give the file its right ending, or attach the right file.",
    ),
    Rule.UNKNOWN_KIND: RuleText(
        Level.ACCEPT,
        "This is a kind of file that the check can't look inside.",
        "Open it and look or listen through to the end, then say who did; or save it as PDF, docx, xlsx or CSV.",
    ),
    Rule.LIVE_FORMULA: RuleText(
        Level.ACCEPT,
        "{count} value[|s] [begins|begin] like a formula, which a spreadsheet would run on opening.",
        _CLEAN_ANY,
    ),
    Rule.PARTLY_CHECKED: RuleText(
        Level.ACCEPT,
        "Only the first part of the text was searched for personal data, because there is so much of it.",
        "Search the rest yourself, or send it in smaller files.",
    ),
    Rule.CARD: RuleText(Level.ACCEPT, "{count} number[|s] [looks|look] like a payment card.", _LOOK),
    Rule.NHS_NUMBER: RuleText(Level.ACCEPT, "{count} number[|s] [looks|look] like an NHS number.", _LOOK),
    Rule.NI_NUMBER: RuleText(Level.ACCEPT, "{count} National Insurance number[|s], by the look of it.", _LOOK),
    Rule.BIRTH_DATE: RuleText(Level.ACCEPT, "{count} date[|s] of birth, by the words beside it.", _LOOK),
    Rule.EMAIL: RuleText(Level.ACCEPT, "{count} e-mail address[|es] not the council's own.", _LOOK),
    Rule.PHONE: RuleText(Level.ACCEPT, "{count} telephone number[|s] not the council's own.", _LOOK),
    Rule.POSTCODE: RuleText(Level.ACCEPT, "{count} postcode[|s] not the council's own.", _LOOK),
    Rule.NAMES_COLUMN: RuleText(Level.ACCEPT, "{count} column[|s] of people's names, by the heading.", _LOOK),
    Rule.SMALL_COUNTS: RuleText(
        Level.ACCEPT,
        "{count} count[|s] from 1 to 4 in a table, from which people might be recognised.",
        "Show such numbers as 'fewer than 5' where they could identify somebody, or say why they may go out.",
    ),
}
