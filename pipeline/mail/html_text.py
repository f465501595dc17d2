"""HTML mail into plain text: linear in its size, without recursion, styles or layout; quotes as "> ", links shown with their target."""

from __future__ import annotations

import html
import io
import re

from lxml import etree  # type: ignore[import-untyped]  # lxml publishes no types

MAX_HTML = 5_000_000
_MAX_TAGS = 200_000
_MAX_QUOTE_DEPTH = 10
_MAX_LINK = 2_000

_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "table", "pre", "hr"})
_BLOCKS = _PARAGRAPHS | {
    "address", "article", "aside", "body", "caption", "center", "dd", "div", "dt", "fieldset", "figcaption", "figure",
    "footer", "form", "header", "html", "legend", "li", "main", "nav", "option", "section", "tbody", "tfoot", "thead", "tr",
}  # fmt: skip
_SILENT = frozenset({"script", "style", "head", "title", "template", "iframe", "object", "svg", "math", "noframes"})
_LINKS = ("http://", "https://", "mailto:", "ftp://", "tel:")


class _Writer:
    """Collects text into lines, collapsing blanks as a browser does."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.quote = 0
        self.pre = 0
        self._line: list[str] = []
        self._space = False
        self._gap = False
        self._last_depth = 0

    def text(self, text: str | None) -> None:
        """Add running text; line breaks in it count only inside pre."""
        if not text:
            return
        if self.pre:
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self._add(first)
            for line in rest:
                self.newline(force=True)
                self._add(line)
            return
        words = text.split()
        self._space = self._space or text[0].isspace()
        if words:
            self._add(" ".join(words))
            self._space = text[-1].isspace()

    def _add(self, text: str) -> None:
        if not text:
            return
        if self._space and self._line:
            self._line.append(" ")
        self._space = False
        self._line.append(text)

    def newline(self, *, force: bool = False) -> None:
        """End the line; an empty one counts only by *force* (br, pre)."""
        if self._line or force:
            line = "".join(self._line).rstrip()
            depth = min(self.quote, _MAX_QUOTE_DEPTH)
            if line and self._gap and self.lines:
                self.lines.append(("> " * min(depth, self._last_depth)).rstrip())
            self._gap = self._gap and not line
            self._last_depth = depth
            self.lines.append(("> " * depth + line).rstrip())
        self._line = []
        self._space = False

    def paragraph(self) -> None:
        """End the line and leave a blank one before what comes next."""
        self.newline()
        self._gap = True

    def cell(self) -> None:
        """Set two table cells apart."""
        if self._line:
            self._line.append("  ")
            self._space = False

    def mark(self) -> int:
        """A place in the line to look back to."""
        return len(self._line)

    def since(self, mark: int) -> str:
        """What was written to this line since *mark*."""
        return "".join(self._line[mark:])


class _Renderer:
    """Turns start and end events of a parsed tree into text."""

    def __init__(self, *, word_is_tight: bool) -> None:
        self.out = _Writer()
        self._word_is_tight = word_is_tight
        self._lists: list[int | None] = []
        self._tight: list[bool] = []
        self._anchors: list[tuple[str, int]] = []

    def start(self, tag: str, element: etree._Element) -> None:
        """An element opens."""
        out = self.out
        if tag == "p":
            self._tight.append(self._is_tight(element))
        if tag in _BLOCKS:
            out.paragraph() if tag in _PARAGRAPHS and not (tag == "p" and self._tight[-1]) else out.newline()
        if tag == "br":
            out.newline(force=True)
        elif tag == "blockquote":
            out.quote += 1
        elif tag == "pre":
            out.pre += 1
        elif tag in {"ul", "ol"}:
            self._lists.append(_number(element.get("start")) if tag == "ol" else None)
        elif tag == "li":
            out.text(self._bullet())
        elif tag == "hr":
            out.text("-" * 20)
            out.newline()
        elif tag == "a":
            self._anchors.append((element.get("href") or "", out.mark()))

    def end(self, tag: str) -> None:
        """An element closes."""
        out = self.out
        if tag == "a" and self._anchors:
            self._link(*self._anchors.pop())
        elif tag in {"td", "th"}:
            out.cell()
        tight = tag == "p" and bool(self._tight) and self._tight.pop()
        if tag in _BLOCKS:
            out.paragraph() if tag in _PARAGRAPHS and not (tight and out.mark()) else out.newline()
        if tag == "blockquote":
            out.quote = max(out.quote - 1, 0)
        elif tag == "pre":
            out.pre = max(out.pre - 1, 0)
        elif tag in {"ul", "ol"} and self._lists:
            self._lists.pop()

    def _is_tight(self, element: etree._Element) -> bool:
        """Whether a reader sees no gap below this paragraph: Word writes each line as one, and an empty one where a gap is meant."""
        own = (element.get("style") or "")[:500]
        if "margin" in own:
            return _NO_MARGIN.search(own) is not None
        return self._word_is_tight and "MsoNormal" in (element.get("class") or "")

    def _bullet(self) -> str:
        if not self._lists or self._lists[-1] is None:
            return "- "
        number = self._lists[-1]
        self._lists[-1] = number + 1
        return f"{number}. "

    def _link(self, href: str, mark: int) -> None:
        """Show where a link leads when its text does not say so; links without text are pictures and trackers."""
        target = "".join(href.split())[:_MAX_LINK]
        shown = self.out.since(mark).strip()
        if shown and target.lower().startswith(_LINKS) and _bare(target) != _bare(shown):
            self.out.text(f" <{target.replace('<', '%3C').replace('>', '%3E')}>")


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 1  # noqa: PLR2004 - no list starts beyond 99,999


def _bare(link: str) -> str:
    """A link without what makes no difference to where it leads."""
    text = link.strip().casefold()
    for scheme in ("https://", "http://", "mailto:", "tel:"):
        text = text.removeprefix(scheme)
    return text.removeprefix("www.").partition("?subject=")[0].rstrip("/")


def _hidden(tag: str, element: etree._Element) -> bool:
    return tag in _SILENT or "display:none" in (element.get("style") or "")[:500].replace(" ", "").lower()


_NO_MARGIN = re.compile(
    r"margin:\s*0(?:cm|in|px|pt)?\s*(?:;|$)|margin-bottom:\s*0(?:cm|in|px|pt)?\s*(?:;|$)", re.IGNORECASE
)
_WORD_TIGHT = re.compile(r"\bMsoNormal\b[^{}]{0,300}\{[^{}]{0,40}margin:\s*0(?:cm|in|pt)")
_STYLES = 60_000  # characters from the top, where Word puts its styles


def _render(root: etree._Element, *, word_is_tight: bool) -> str:
    renderer = _Renderer(word_is_tight=word_is_tight)
    skipping: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if skipping is None and event == "start":
            if _hidden(tag, element):
                skipping = element
            else:
                renderer.start(tag, element)
                renderer.out.text(element.text)
        elif event != "start" and (skipping is None or skipping is element):
            if skipping is None:
                renderer.end(tag)
            skipping = None
            if element is not root:
                renderer.out.text(element.tail)
    renderer.out.newline()
    return "\n".join(renderer.out.lines).strip("\n")


def strip_tags(source: str) -> str:
    """The text of *source* with everything between < and > taken out: the last resort for HTML no parser takes. Linear, no regex."""
    out = io.StringIO()
    at = 0
    while at < len(source):
        opening = source.find("<", at)
        closing = source.find(">", opening) if opening >= 0 else -1
        if closing < 0:
            out.write(source[at:])
            break
        out.write(source[at:opening])
        out.write(
            "\n" if source[opening + 1 : opening + 4].lower().startswith(("p", "/p", "br", "div", "/di")) else " "
        )
        at = closing + 1
    lines = (" ".join(line.split()) for line in html.unescape(out.getvalue()).split("\n"))
    return "\n".join(line for line in lines if line)


def html_to_text(source: str) -> str:
    """The text a reader of *source* sees; never raises. Only the first 5 MB are read.

    Block quotes become "> " lines, links show their target where it differs from their text, table cells stand side by side without
    padding (columns filled up to the widest cell would let a small mail make gigabytes). HTML nested deeper than its parser goes,
    or with more tags than mail has, is stripped of its tags instead, so that its text is not lost.
    """
    source = source[:MAX_HTML]
    if source.count("<") > _MAX_TAGS:
        return strip_tags(source)
    data = source.replace("\x00", "\ufffd").encode("utf-8", "replace")
    try:
        parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_blank_text=False, no_network=True)
        root = etree.fromstring(data, parser)
        too_deep = any("depth" in entry.message.lower() for entry in parser.error_log)
        if root is not None and not too_deep:
            return _render(root, word_is_tight=_WORD_TIGHT.search(source[:_STYLES]) is not None)
    except Exception:  # noqa: BLE001 - hostile HTML must not cost the whole mail; its text is still read
        return strip_tags(source)
    return strip_tags(source)
