"""What stages refuse is told on a screen without commands and options of the terminal, and what mail servers answer in plain words."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest
import typer.main

from pipeline.bootstrap import uk_calendar
from pipeline.cli.main import app
from pipeline.domain.errors import NotAllowedError, RestrictedError
from pipeline.domain.request import Regime
from pipeline.web.presenting import days_left, letter_name, server_words
from pipeline.web.words import on_screen, told

ROOT = Path(__file__).parents[3]
# Errors whose words an officer may read on a page, wherever they are raised from.
RAISED = {
    "NotAllowedError",
    "NotFoundError",
    "UsageError",
    "RestrictedError",
    "ConflictError",
    "StaleError",
    "RefusedError",
}
# What these words are given to goes into the words of an error, too.
HELPERS = {"refuse_hidden", "refuse_hidden_mail", "need"}
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
FOR_A_TERMINAL = re.compile(rf"\binfogov (?:{'|'.join(map(re.escape, COMMANDS))})\b|(?<!\S)--[a-z]")


def texts() -> list[tuple[str, str]]:
    """Each place in the stages, and what they lean on, where words of an error are made: with what is put in as a reference."""
    found = []
    for folder in ("stages", "store", "letters", "domain"):
        for path in sorted((ROOT / "pipeline" / folder).rglob("*.py")):
            tree = ast.parse(path.read_bytes())
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED | HELPERS:
                    for given in (*node.args, *(one.value for one in node.keywords)):
                        text = words(given)
                        if text:
                            found.append((f"{path.name}:{node.lineno}", text))
    return found


def words(node: ast.expr) -> str:
    """The words of a string, with something in the place of what is put into it; "" for what is none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(one.value if isinstance(one, ast.Constant) else "FOI000000015" for one in node.values)
    if isinstance(node, ast.BinOp):
        return words(node.left) + words(node.right)
    return ""


def test_no_error_of_a_stage_tells_an_officer_to_type_a_command() -> None:
    """Every sentence that a stage refuses with is one for the screen: no command, no option, and not cut off in its middle."""
    found = texts()
    assert len(found) > 150
    assert any(FOR_A_TERMINAL.search(text) for _, text in found)
    left = {place: on_screen(text) for place, text in found if FOR_A_TERMINAL.search(on_screen(text))}
    assert left == {}
    broken = {
        place: on_screen(text)
        for place, text in found
        if re.search(r"(?: and| or| with| the| say| by|[;:,])[.]$", on_screen(text)) or len(on_screen(text)) < 8
    }
    assert broken == {}


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("there is no request FOI1; see: infogov requests", "There is no request FOI1."),
        (
            "letter 5 may have been delivered; decide with: infogov outbox resolve 5",
            "Letter 5 may have been delivered; decide on the page “Letters to send”.",
        ),
        ("say with --reason what has to change, so that they know", "Say what has to change, so that they know."),
        ("a colleague wrote message 4; put it on the internal side: --side internal", "A colleague wrote message 4; put it on the internal side."),
        ("note that the requester has withdrawn (infogov withdraw)", "Note that the requester has withdrawn."),
        ("jo@council.example is the mailbox that infogov reads", "jo@council.example is the mailbox that infogov reads."),
        ("Done!", "Done!"),
    ],
)  # fmt: skip
def test_sentences_keep_their_sense(said: str, shown: str) -> None:
    """What only a terminal can do goes, or becomes the page on which it is done; everything else stays."""
    assert on_screen(said) == shown


def test_what_is_a_teams_is_told_as_not_there() -> None:
    """The page that refuses says of a restricted request what it says of none; of anything else what the stage said."""
    hidden = RestrictedError("only the team X sees FOI1", unknown="there is no request FOI1; see: infogov requests")
    assert told(hidden) == "There is no request FOI1."
    assert told(NotAllowedError("it is closed")) == "It is closed."


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ("550 5.1.1 <x@y>: Recipient address rejected: User unknown", "no such address"),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", "refused it for good"),
        ("552 5.2.2 mailbox full", "mailbox is full"),
        ("554 5.7.1 Message rejected as spam", "by its rules"),
        ("451 4.3.0 try again later", "could not take it just then"),
        ("552 5.3.4 message size exceeds limit", "too large"),
        ("250 2.0.0 Ok: queued as 4F", "took it"),
        ("", ""),
        (None, ""),
        ("something else", ""),
    ],
)
def test_a_mail_servers_answer_in_plain_words(answer: str | None, meaning: str) -> None:
    """The codes that an officer can do something about are told as a sentence; what is not known is told as it came."""
    assert meaning in server_words(answer)
    assert bool(meaning) == bool(server_words(answer))


def test_every_letter_has_a_name() -> None:
    """Kinds are told by their names, one that is not known by its own words."""
    assert letter_name("resend") == "The same letter to a corrected address"
    assert letter_name("odd_kind") == "Odd kind"


@pytest.mark.parametrize(("law", "words"), [(Regime.SAR, "1 working day left"), (Regime.FOI, "0 working days left")])
def test_days_left_are_counted_by_the_requests_law(law: Regime, words: str) -> None:
    """St Patrick's Day is a working day for subject access, of which Northern Ireland's holidays are no part, and none for FOI."""
    assert days_left(date(2026, 3, 17), date(2026, 3, 16), law, uk_calendar()) == (words, "yellow")
    late = days_left(date(2026, 3, 16), date(2026, 3, 18), law, uk_calendar())[0]
    assert late == ("Overdue by 2 working days" if law is Regime.SAR else "Overdue by 1 working day")
