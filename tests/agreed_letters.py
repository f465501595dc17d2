"""All the agreed sample letters, and one that holds everything a letter can hold, for the tests of every form."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from pipeline.domain.request import Regime
from pipeline.letters.authority import AuthorityFacts, Publication
from pipeline.letters.model import LetterKind
from pipeline.letters.record import load_record
from pipeline.letters.render import Block, BlockKind, Letter, build

FOLDER = Path(__file__).parent / "letters"
NAMES = sorted(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("*.toml"))
COUNCIL = AuthorityFacts(
    name="Exampleshire Council",
    team="Information Governance Team",
    address=("1 High Street", "Exampleton", "EX1 1EX"),
    website="www.example.gov.uk",
    email="infogov@example.gov.uk",
    phone="01632 960000",
    publications=(Publication(title="Disclosure log", url="https://www.example.gov.uk/log"),),
)


def agreed(name: str) -> Letter:
    """One of the agreed letters."""
    path = FOLDER / f"{name}.toml"
    return build(load_record(path.read_text(encoding="utf-8"), path.name), COUNCIL, date(2025, 1, 6))


def letter_of(*blocks: tuple[BlockKind, str] | tuple[BlockKind, str, str], language: str = "en-GB") -> Letter:
    """A letter of these blocks: kind, text and, where there is one, label."""
    made = [Block(kind=kind, text=text, label="".join(label)) for kind, text, *label in blocks]
    return Letter(
        kind=LetterKind.RESPONSE,
        template="default",
        reference="FOI246813579",
        regime=Regime.FOI,
        issued_on=date(2024, 5, 2),
        blocks=tuple(made),
        subject="FOI246813579: <response> & more",
        language=language,
        author="Exampleshire Council",
    )


EVERYTHING = letter_of(
    (BlockKind.LINES, "Information Governance Team\nEmail: infogov@example.gov.uk"),
    (BlockKind.DATE, "2 May 2024"),
    (BlockKind.SALUTATION, "Dear Robin Example"),
    (BlockKind.HEADING, "Freedom of Information Act 2000 (FOIA)\nReference: FOI246813579"),
    (BlockKind.PARAGRAPH, "Thank you for your request."),
    (BlockKind.QUESTION, "How many, and see https://elsewhere.example/?\nBy year, please.", "1"),
    (BlockKind.ANSWER, "We replaced these:\n- lamps\n- posts, see <https://www.example.gov.uk/posts>."),
    (BlockKind.TABLE, "\t2022\t2023\nLamps\t604\t600\nPosts\t7"),
    (BlockKind.ANSWER, "3. the third\n4. the fourth"),
    (BlockKind.ANSWER, "1. a list of its own\n2. from one on"),
    (BlockKind.LINK, "https://www.example.gov.uk/log", "Disclosure log"),
    (BlockKind.LIST, "lamps.csv (CSV, 12 kB)\nposts.pdf (PDF, 1.2 MB)"),
    (BlockKind.SIGN_OFF, "Yours sincerely"),
    (BlockKind.SIGN_OFF, "Information Governance Team\nExampleshire Council"),
)
INERT = (
    '<script>alert(1)</script> <img src=x onerror=y> {{ 7 * 7 }} {% include "contact.jinja" %} #panic("x") $x^2$ '
    '#read("/etc/passwd") *bold* _it_ = no heading \\ `raw` <label> @ref // comment &amp; "quoted"'
)


def spoken(text: str) -> str:
    """*text* without the marks that stand in one form only (bullets, angle brackets, asterisks, dead links) and without white space."""
    plain = re.sub(r"\[([^\[\]]*)\]\((?:#|https?://[^\s()]*)\)", r"\1", text)
    plain = re.sub(r"(?m)^(?:- |• ?)", "", plain.replace("**", ""))
    return re.sub(r"[<>\s•]", "", plain)
