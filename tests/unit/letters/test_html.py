"""Letters as pages: real headings, lists, tables and links, and nothing in them that runs or is fetched."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from agreed_letters import EVERYTHING, INERT, NAMES, agreed, letter_of

from pipeline.letters.html import render_html
from pipeline.letters.outline import linked
from pipeline.letters.render import BlockKind, Letter

VOID = {"meta", "br"}


class Page(HTMLParser):
    """What a page is made of: its tags in order, its attributes, its text by tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what opens."""
        self.tags.append(tag)
        self.attributes += [(tag, key, value) for key, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note what closes, which has to be what opened last."""
        assert self.open.pop() == tag, f"{tag} closes out of turn"

    def handle_data(self, data: str) -> None:
        """Note a text and where it stands."""
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, tag: str) -> list[str]:
        """The texts that stand directly in *tag*."""
        return [text for place, text in self.texts if place == tag]


def page_of(letter: Letter) -> Page:
    """The letter's page, read as a browser would; every tag is closed in turn."""
    page = Page(render_html(letter))
    assert page.open == []
    return page


@pytest.mark.parametrize("name", NAMES)
def test_every_agreed_letter_is_a_simple_page(name: str) -> None:
    """One first heading, none skipped, in a language, with a title, and of harmless tags only."""
    letter = agreed(name)
    page = page_of(letter)
    headings = [tag for tag in page.tags if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}]
    assert headings.count("h1") == 1
    assert headings[0] == "h1"
    assert set(headings) <= {"h1", "h2"}
    assert ("html", "lang", "en-GB") in page.attributes
    assert page.all("title") == [letter.subject]
    harmless = {"html", "head", "meta", "title", "style", "body", "main", "div", "p", "br", "a", "ul", "ol", "li"}
    assert set(page.tags) <= harmless | {"h1", "h2", "table", "thead", "tbody", "tr", "th", "td"}


def test_everything_a_letter_can_hold_has_its_own_element() -> None:
    """Lists are lists, tables have headings, and a numbered list goes on from its own number."""
    page = page_of(EVERYTHING)
    assert page.all("h2") == ["1. How many, and see https://elsewhere.example/?"]
    assert page.all("li")[:1] == ["lamps"]
    assert page.all("th") == ["2022", "2023"]
    assert page.all("td") == ["Lamps", "604", "600", "Posts", "7"]
    assert page.tags.count("td") == 7
    assert [one for one in page.attributes if one[0] in {"th", "ol"}] == [
        ("th", "scope", "col"),
        ("th", "scope", "col"),
        ("ol", "start", "3"),
    ]
    assert "lamps.csv (CSV, 12 kB)" in page.all("li")
    assert page.all("a") == [
        "infogov@example.gov.uk",
        "https://www.example.gov.uk/posts",
        "Disclosure log: https://www.example.gov.uk/log",
    ]


def test_what_the_requester_wrote_is_never_a_link() -> None:
    """An address in a question is shown and leads nowhere (invariant 10)."""
    page = page_of(
        letter_of(
            (BlockKind.HEADING, "x"), (BlockKind.QUESTION, "See <https://evil.example/> or mail a@evil.example", "1")
        )
    )
    assert "a" not in page.tags
    assert "See <https://evil.example/> or mail a@evil.example" in "".join(page.all("h2"))


@pytest.mark.parametrize(
    "kind", [kind for kind in BlockKind if kind not in {BlockKind.LINK, BlockKind.LIST, BlockKind.TABLE}]
)
def test_text_stays_text_in_every_block(kind: BlockKind) -> None:
    """Markup, template and script are shown as they were typed, whatever block they stand in."""
    page = page_of(letter_of((BlockKind.HEADING, "x"), (kind, INERT)))
    assert INERT in "".join(text for _, text in page.texts)
    assert {"script", "img", "label"}.isdisjoint(page.tags)


def test_nothing_is_fetched_or_run() -> None:
    """The page carries its own style, forbids everything else, and its links lead to web or mail only."""
    page = page_of(EVERYTHING)
    keys = {key for _, key, _ in page.attributes}
    assert keys.isdisjoint({"src", "srcset", "background", "onclick", "onload", "style", "action"})
    policy = [value for tag, key, value in page.attributes if tag == "meta" and key == "content"]
    assert "default-src 'none'; style-src 'unsafe-inline'" in policy
    links = [value or "" for tag, key, value in page.attributes if tag == "a" and key == "href"]
    assert all(link.startswith(("https://", "mailto:")) for link in links)


@pytest.mark.parametrize("kind", [BlockKind.ANSWER, BlockKind.PARAGRAPH, BlockKind.LINES])
def test_an_address_that_is_none_makes_no_link(kind: BlockKind) -> None:
    """What begins like a program or a file is text."""
    page = page_of(letter_of((kind, "javascript:alert(1) <javascript:alert(1)> data:text/html,x file:///etc/passwd")))
    assert "a" not in page.tags


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://a.example/x.", [("see ", ""), ("https://a.example/x", "https://a.example/x"), (".", "")]),
        ("<https://a.example/x(1).>", [("https://a.example/x(1).", "https://a.example/x(1).")]),
        ("[The log](https://a.example/)", [("The log", "https://a.example/")]),
        ("[The log](#)", [("The log", "")]),
        ("mail a.b@c.example, now", [("mail ", ""), ("a.b@c.example", "mailto:a.b@c.example"), (", now", "")]),
        ("nothing here", [("nothing here", "")]),
    ],
)
def test_addresses_in_a_paragraph_become_links(text: str, expected: list[tuple[str, str]]) -> None:
    """Framed, bare and titled web addresses and mail addresses lead where they say, without the stop behind them."""
    assert [(run.text, run.link) for run in linked(text)] == expected


@pytest.mark.parametrize("piece", ["<https://", "[" * 9, "a@", "https://x.", "[a](", "a." * 9, "1. ", "- "])
def test_a_megabyte_of_nearly_links_is_no_trouble(piece: str) -> None:
    """Looking for links and lists takes a time that grows with the text and no faster."""
    text = piece * (1_000_000 // len(piece))
    page = page_of(letter_of((BlockKind.ANSWER, text)))
    assert page.tags


def test_a_welsh_letter_says_that_it_is_welsh() -> None:
    """A page is read aloud in its own language."""
    page = page_of(letter_of((BlockKind.PARAGRAPH, "Diolch am eich cais."), language="cy"))
    assert ("html", "lang", "cy") in page.attributes
