"""Shapes of personal data in letters and tables: what is found, where, and what is left alone."""

from __future__ import annotations

import pytest

from pipeline.letters.release import CleanForm, Finding, Level, ReleaseFile, Rule, clean_copy, examine

OWN = frozenset({"example.gov.uk", "foi@council-shared.org", "01632 960000", "EX1 1EX"})


def in_letter(text: str) -> dict[Rule, Finding]:
    """The findings in a letter's text by rule."""
    return {finding.rule: finding for finding in examine((), text, own_contacts=OWN).findings}


def in_csv(text: str, name: str = "a.csv") -> dict[Rule, Finding]:
    """The findings in a CSV file by rule."""
    report = examine((ReleaseFile(name=name, content=text.encode()),), "", own_contacts=OWN)
    return {finding.rule: finding for finding in report.findings}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Write to m.sample@example.org.", Rule.EMAIL),
        ("Ring 020 7946 0018 after five.", Rule.PHONE),
        ("Ring +44 (0)7700 900123.", Rule.PHONE),
        ("Ring (01632) 960 983.", Rule.PHONE),
        ("He lives at EX4 3AB.", Rule.POSTCODE),
        ("He lives at sw1a 2aa now.", Rule.POSTCODE),
        ("Her number is QQ123456C? No: AB 12 34 56 C.", Rule.NI_NUMBER),
        ("NHS 943 476 5919", Rule.NHS_NUMBER),
        ("NHS 9434765919", Rule.NHS_NUMBER),
        ("Paid with 4111 1111 1111 1111.", Rule.CARD),
        ("DOB: 01/02/1980", Rule.BIRTH_DATE),
        ("She was born on 3rd March 1971 in Leeds.", Rule.BIRTH_DATE),
        ("Date of birth (claimant): 1980-02-01", Rule.BIRTH_DATE),
    ],
)
def test_each_shape_is_found_with_its_line(text: str, rule: Rule) -> None:
    """The finding says in which line it stands and repeats nothing of it."""
    found = in_letter(f"Dear Sir,\n{text}\nYours")
    assert set(found) == {rule}
    assert (found[rule].place, found[rule].count, found[rule].file, found[rule].level) == (
        "line 2",
        1,
        "the letter",
        Level.ACCEPT,
    )


@pytest.mark.parametrize(
    "text",
    [
        "Write to foi@example.gov.uk, parks@mail.example.gov.uk or FOI@council-shared.org.",
        "Ring 01632 960000 or +44 1632 960000 or (01632) 960-000.",
        "1 High Street, Exampleton EX1 1EX, also written EX11EX.",
        "Our reference is FOI598335296, the invoice number 943 476 5918.",
        "The helpline is 0300 123 1113, or 0800 123 4567.",
        "Paid with 4111 1111 1111 1112 points; 1234567890123 items; 0000000000 others.",
        "Received on 01/02/2024, due on 29 February 2024, under section 40(2).",
        "See https://www.example.gov.uk/foi?id=12345 for 3.14159265358979.",
        "The A38 and the B12 4 lanes; BS5 7671 wiring.",
    ],
)
def test_the_councils_own_contacts_and_plain_numbers_are_left_alone(text: str) -> None:
    """The council's addresses, domains, numbers and postcode are no finding, however written; nor is what fails its check digit."""
    assert in_letter(text) == {}


def test_many_hits_are_one_finding_with_a_count() -> None:
    """A list of a hundred addresses is one line to read, with the first few places."""
    found = in_letter("\n".join(f"m.sample{number}@example.org" for number in range(100)))[Rule.EMAIL]
    assert found.count == 100
    assert found.place == "line 1; line 2; line 3; line 4; line 5; line 6; and more"
    assert found.words.startswith("100 e-mail addresses")


def test_a_plain_table_gives_no_finding() -> None:
    """Sums of five and more, years and running numbers pass."""
    assert in_csv("No,Year,Ward,Complaints,Spent\n1,2021,North,17,5.5\n2,2022,South,23,9\n3,2023,East,40,-3\n") == {}


def test_small_counts_are_found_with_their_cells() -> None:
    """Numbers from 1 to 4 under a heading that counts something are shown cell by cell."""
    found = in_csv("Ward,Number of complaints\nNorth,17\nSouth,3\nEast,0\nWest,1\n")[Rule.SMALL_COUNTS]
    assert (found.count, found.place) == (2, "the table, row 3, column 2; the table, row 5, column 2")


@pytest.mark.parametrize("heading", ["Quarter", "Year group", "Question no.", "Ref", "Rating", "Bedrooms"])
def test_small_numbers_that_count_nothing_are_left_alone(heading: str) -> None:
    """Quarters, grades and references are no counts of people."""
    assert in_csv(f"Ward,{heading}\nNorth,3\nSouth,1\nEast,4\n") == {}


@pytest.mark.parametrize(
    "heading",
    ["Name", "Surname", "First name", "Tenant name", "Child's name", "Names of the applicants", "Officer Name (lead)"],
)
def test_a_column_of_names_is_found_by_its_heading(heading: str) -> None:
    """A heading that asks for a person's name is enough."""
    assert set(in_csv(f"Table 1,\n{heading},Paid\nSample,500\n")) == {Rule.NAMES_COLUMN}


@pytest.mark.parametrize("heading", ["School name", "Name of street", "Filename", "Named storms"])
def test_other_names_are_left_alone(heading: str) -> None:
    """Schools and streets have names too."""
    assert in_csv(f"{heading},Paid\nSample,500\n") == {}


def test_dates_of_birth_are_found_by_heading_and_beside_their_label() -> None:
    """A column under the heading and a form's label with its value to the right both count."""
    assert in_csv("Grade,Date of birth\n7,01/02/1980\n8,1975-03-04 00:00:00\n")[Rule.BIRTH_DATE].count == 2
    assert in_csv("Grade,7\nDOB,01/02/1980\n")[Rule.BIRTH_DATE].count == 1


def test_telephone_numbers_that_lost_their_zero_are_found_by_heading() -> None:
    """Spreadsheets turn 07700 900123 into 7700900123."""
    assert in_csv("Grade,Mobile phone\n7,7700900123\n")[Rule.PHONE].count == 1


def test_values_a_spreadsheet_would_run_are_found_and_made_harmless() -> None:
    """Formulas are marked, plain negative numbers and telephone numbers are not, and the copy's values run nowhere."""
    text = "What,Value\nbad,=HYPERLINK(1)\nworse,@SUM(A1)\nnot,-5.5\nnor,+44 300 123 1113\n"
    assert in_csv(text)[Rule.LIVE_FORMULA].count == 2
    copy = clean_copy(ReleaseFile(name="a.csv", content=text.encode()), CleanForm.CSV)
    assert copy.after.findings == ()
    assert b"'=HYPERLINK(1)" in copy.content
    assert b",-5.5" in copy.content


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_files_are_read_in_the_usual_encodings(encoding: str) -> None:
    """Whatever program saved it, an address in it is found."""
    content = "Café: m.sample@example.org\n".encode(encoding)
    report = examine((ReleaseFile(name="a.txt", content=content),), "", own_contacts=OWN)
    assert report.rules == {Rule.EMAIL}


def test_tables_in_the_letter_itself_are_searched() -> None:
    """A table of bars or tabs in a letter is a table."""
    assert set(in_letter("| Ward | Complaints |\n| North | 3 |\n")) == {Rule.SMALL_COUNTS}


def test_a_very_long_text_is_searched_in_part_and_says_so() -> None:
    """Beyond six million characters the officer is told that the rest was not searched."""
    line = "word " * 200 + "\n"
    report = examine((ReleaseFile(name="a.txt", content=(line * 7_000).encode()),), "", own_contacts=OWN)
    assert report.rules == {Rule.PARTLY_CHECKED}
