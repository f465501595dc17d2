"""HTML mail reads as its reader saw it, whatever it is made of."""

from __future__ import annotations

import pytest

from pipeline.mail.html_text import html_to_text, strip_tags


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>Dear <b>Sir</b>,</p><p>Please  send\n it.</p>", "Dear Sir,\n\nPlease send it."),
        ("<div>one</div><div>two<br>three</div>", "one\ntwo\nthree"),
        ("one<br><br>two", "one\n\ntwo"),
        ("<ol start=3><li>How many?</li><li>When?</li></ol>", "3. How many?\n4. When?"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<table><tr><td>Year</td><td>Cost</td></tr><tr><td>2025</td><td>£5</td></tr></table>", "Year  Cost\n2025  £5"),
        ("<blockquote>old<blockquote>older</blockquote></blockquote>new", "> old\n\n> > older\n\nnew"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a<!-- no -->b<script>x</script><style>y</style>", "ab"),
        ('<div style="display: none">preview</div>shown', "shown"),
        ("&pound;5 &amp; more", "£5 & more"),
        ("just words", "just words"),
        ("", ""),
    ],
)
def test_elements(source: str, text: str) -> None:
    """Blocks, lists, tables and quotes become plain lines."""
    assert html_to_text(source).replace("\n>\n", "\n\n") == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('<a href="https://example.org/a">this page</a>', "this page <https://example.org/a>"),
        ('<a href="https://www.example.org/">example.org</a>', "example.org"),
        ('<a href="mailto:a@b.c">a@b.c</a>', "a@b.c"),
        ('<a href="javascript:alert(1)">click</a>', "click"),
        ('<a href="https://example.org/t.gif"><img src=x></a>end', "end"),
        ('<a href="https://x/<y>">x y</a>', "x y <https://x/%3Cy%3E>"),
    ],
)
def test_links(source: str, text: str) -> None:
    """A link shows its target where its text does not."""
    assert html_to_text(source) == text


def test_columns_are_not_padded() -> None:
    """A wide cell does not make every other row as wide."""
    source = "<table>" + "<tr><td>x</td></tr>" * 500 + f"<tr><td>{'y' * 50_000}</td></tr></table>"
    assert len(html_to_text(source)) < 52_000


@pytest.mark.parametrize("depth", [300, 5_000, 100_000])
def test_deep_nesting_loses_no_text(depth: int) -> None:
    """Text below any number of levels is still read."""
    assert html_to_text("<div>" * depth + "Please").endswith("Please")


def test_very_many_tags_are_stripped() -> None:
    """HTML with more tags than mail has still gives its words."""
    assert html_to_text("<i>a</i>" * 200_000).split()[:2] == ["a", "a"]


def test_strip_tags_keeps_what_is_never_closed() -> None:
    """A tag without an end does not swallow the text."""
    assert strip_tags("<p>a &amp; b</p>c < d") == "a & b\nc < d"


WORD = "<html><head><style>p.MsoNormal, li.MsoNormal {margin:0cm; font-size:11pt;}</style></head><body>%s</body></html>"


def test_word_paragraphs_without_a_margin_are_lines() -> None:
    """Word writes each line as a paragraph, and an empty one where its reader sees a gap."""
    lines = "".join(
        f'<p class="MsoNormal">{line}<o:p></o:p></p>' for line in ("From: A", "Sent: today", "&nbsp;", "Hello")
    )
    assert html_to_text(WORD % lines) == "From: A\nSent: today\n\nHello"


def test_word_paragraphs_with_a_margin_stay_paragraphs() -> None:
    """A paragraph that its own style or the sheet sets apart keeps its gap."""
    spaced = '<p class="MsoNormal" style="margin-bottom:8.0pt">One</p><p class="MsoNormal">Two</p>'
    assert html_to_text(WORD % spaced) == "One\n\nTwo"
    assert html_to_text('<p class="MsoNormal">One</p><p class="MsoNormal">Two</p>') == "One\n\nTwo"
