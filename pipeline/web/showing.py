"""A requester's HTML made harmless: the tags of text and tables stay, everything that acts, loads, hides or misleads goes."""

from __future__ import annotations

import re

import nh3

_TAGS = {
    "a", "abbr", "address", "article", "aside", "b", "bdi", "blockquote", "br", "caption", "center", "cite", "code", "col",
    "colgroup", "dd", "del", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "i", "ins", "kbd", "li", "main", "mark", "ol", "p", "pre", "q", "s", "samp", "section", "small", "span",
    "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul",
}  # fmt: skip
# Their words are not the mail's: code, styles, and what a browser would never show as text.
_WITH_CONTENT = {
    "script",
    "style",
    "title",
    "template",
    "noscript",
    "iframe",
    "object",
    "svg",
    "math",
    "textarea",
    "select",
}
_ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}, "ol": {"start"}, "a": set()}
_LONGEST = 2_000_000  # characters of HTML; a longer mail is shown by its text
# Marks that turn the direction of words around (Unicode bidirectional controls) or that are there without being seen, tag
# characters among them.
_MISLEADING = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)

# What the frame's own answer allows: nothing at all, and no origin of ours.
FRAME_POLICY = "default-src 'none'; sandbox; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"


def harmless(html: str) -> str:
    """*html* of a mail as a fragment that can't run, load, link, submit, hide or overlay anything; too much of it gives nothing.

    Links lose their target and keep their words: where one leads is told by the mail's text. Shown in a sandboxed frame besides.
    """
    if len(html) > _LONGEST:
        return ""
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        url_schemes=set(),
        strip_comments=True,
        link_rel=None,
    )
    return _MISLEADING.sub("", cleaned)


def seen(text: str) -> str:
    """*text* of a mail with every mark taken out that would turn words around or stand there unseen."""
    return _MISLEADING.sub("", text)
