"""The narrator, on a terminal and without one."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from pipeline.demo.narrate import Narrator, safe

HOSTILE = "Re: \x1b[2J\x1b[31mpay\x1b[0m \u202ecod.exe\x9b1m\x07\r\n[red]now[/red] :smile:"


def console(*, terminal: bool, width: int = 60, environ: dict[str, str] | None = None) -> tuple[Console, io.StringIO]:
    """A console that writes into memory."""
    written = io.StringIO()
    made = Console(file=written, force_terminal=terminal, width=width, _environ=environ or {"TERM": "xterm-256color"})
    return made, written


def tell_all(narrator: Narrator, text: str) -> None:
    """Put *text* into everything the narrator can say."""
    narrator.chapter(text)
    narrator.say(text)
    narrator.table(text, [text, "B"], [[text, text], [text]])
    narrator.letter(text, text)
    with narrator.progress() as progress:
        progress.start(text, 2)
        progress.advance()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\x00b\x7f\x9bc", r"a\x00b\x7f\x9bc"),
        ("\u202eexe.fdp\u2066\u200f", r"\u202eexe.fdp\u2066\u200f"),
        ("one\r\ntwo\tthree", r"one\r\ntwo\tthree"),
        ("a\u2028b\u2029c\ufeff", r"a\u2028b\u2029c\ufeff"),
        ("lone \ud800 half", r"lone \ud800 half"),
        ("tag \U000e0041", r"tag \U000e0041"),
        ("Ren\u00e9e \u00a3 \u4e2d \U0001f469\u200d\U0001f52c soft\u00adhyphen", None),
        (r"C:\x1b", None),
    ],
)
def test_safe_writes_control_characters_out(raw: str, shown: str | None) -> None:
    """Controls, direction marks, separators and lone surrogates are written as escapes; words of any language stay."""
    assert safe(raw) == (raw if shown is None else shown)


def test_safe_keeps_line_ends_where_lines_are_wanted() -> None:
    """In a letter CRLF is a line end and tabs stay; a lone carriage return, which overwrites a line, is written out."""
    assert safe("a\r\nb\tc\rd\x1b", lines=True) == "a\nb\tc\\rd\\x1b"


@pytest.mark.parametrize("terminal", [True, False])
def test_an_escape_sequence_in_a_subject_never_reaches_the_terminal(*, terminal: bool) -> None:
    """Whatever the narrator tells, the sender's control characters are written out and the sender's markup stays text."""
    told, written = console(terminal=terminal, width=200)
    tell_all(Narrator(told), HOSTILE)
    output = written.getvalue()
    assert not set(output) & set("\u202e\x9b\x07")
    assert "\x1b[2J" not in output
    assert "\x1b[31m" not in output
    assert r"\x1b[2J\x1b[31mpay\x1b[0m \u202ecod.exe\x9b1m\x07" in output
    assert "[red]now[/red] :smile:" in output


def test_without_a_terminal_there_are_plain_lines() -> None:
    """A pipe gets lines without escapes or frames, never wrapped, in this form."""
    told, written = console(terminal=False, width=20)
    narrator = Narrator(told)
    narrator.chapter("Mail comes in")
    narrator.say("A sentence that is much longer than twenty columns.")
    narrator.table("Requests", ["reference", "from"], [["FOI598335296", "\u4e2d\u6587"], ["-", "a@example.org"]])
    narrator.letter("Answer", "Dear Sir\r\n\r\nYes.\r\n")
    with narrator.progress() as progress:
        progress.start("messages", 3)
        progress.advance(3)
        progress.start("letters", 2)
        progress.advance()
    assert written.getvalue().split("\n") == [
        "",
        "== Mail comes in ==",
        "A sentence that is much longer than twenty columns.",
        "",
        "Requests:",
        "  reference     from",
        "  FOI598335296  \u4e2d\u6587",
        "  -             a@example.org",
        "",
        "---- Answer ----",
        "| Dear Sir",
        "|",
        "| Yes.",
        "----",
        "messages: 3 of 3",
        "letters: 1 of 2",
        "",
    ]


def test_a_terminal_gets_frames_and_colour() -> None:
    """In a terminal there are frames, a bar and colour; no title is so long that it hides the bar's count."""
    told, written = console(terminal=True)
    tell_all(Narrator(told), "word " * 30)
    output = written.getvalue()
    assert "\x1b[" in output
    assert "\u256d" in output
    assert "1/2" in output


def test_no_color_is_honoured() -> None:
    """With NO_COLOR in the environment no colour is set, frames stay."""
    told, written = console(terminal=True, environ={"TERM": "xterm-256color", "NO_COLOR": "1"})
    narrator = Narrator(told)
    narrator.chapter("Mail comes in")
    narrator.letter("Answer", "Dear Sir")
    output = written.getvalue()
    assert "\x1b[36m" not in output
    assert "\u256d" in output


def test_a_dumb_terminal_is_told_plainly() -> None:
    """TERM=dumb gets the lines a pipe gets."""
    told, written = console(terminal=True, environ={"TERM": "dumb"})
    Narrator(told).chapter("Mail comes in")
    assert "== Mail comes in ==" in written.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_an_ascii_stream_gets_escapes_instead_of_an_error(*, terminal: bool) -> None:
    """A stream that cannot write a pound sign gets it as an escape, and the story goes on."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    told = Console(file=stream, force_terminal=terminal, width=60, _environ={"TERM": "xterm"})
    tell_all(Narrator(told), "\u00a325")
    stream.flush()
    assert rb"\xa325" in stream.buffer.getvalue()  # type: ignore[attr-defined]  # the buffer is the BytesIO above


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_that_fails_is_still_told(*, terminal: bool) -> None:
    """When the work raises, how far it came is shown and the error goes on."""
    told, written = console(terminal=terminal)

    def work() -> None:
        with Narrator(told).progress() as progress:
            progress.start("letters", 5)
            progress.advance()
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        work()
    assert ("1/5" if terminal else "letters: 1 of 5") in written.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_advancing_before_anything_started_is_harmless(*, terminal: bool) -> None:
    """A stage may report an item before it says what is to do."""
    told, written = console(terminal=terminal)
    with Narrator(told).progress() as progress:
        progress.advance()
    assert " of " not in written.getvalue()
