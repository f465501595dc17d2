"""What our own mail server found out about a mail's sender: SPF, DKIM and DMARC as its Authentication-Results say (RFC 8601).

A header of that name by anybody else is only what the sender wants believed, and is not looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

_MOST = 20  # headers, and
_REACH = 8_000  # characters of one
_RESULTS = frozenset({"pass", "fail", "softfail", "neutral", "none", "temperror", "permerror", "policy", "bestguesspass", "hardfail"})  # fmt: skip
_METHODS = frozenset({"spf", "dkim", "dmarc", "compauth"})
# The best of several signatures counts: one that fits is enough (RFC 6376 section 6.1).
_RANK = ("pass", "bestguesspass", "policy", "neutral", "softfail", "temperror", "permerror", "fail", "hardfail", "none")
_METHOD = re.compile(r"\s*([A-Za-z][\w-]{0,40})\s*(?:/\s*\d{1,5}\s*)?=\s*([A-Za-z]{1,20})\b")
_PROPERTY = re.compile(r"([A-Za-z][\w.-]{0,60})\s*=\s*(\"[^\"]{0,300}\"|[^\s;\"]{1,300})")
_POLICY = re.compile(r"\bp\s*=\s*(none|quarantine|reject)\b", re.IGNORECASE)
_POLICY_PROPERTIES = frozenset({"policy.dmarc", "policy.published-domain-policy", "policy.published", "policy.p"})
# Exchange Online names what the sender's policy asked for where it let the mail through all the same: "oreject", "pct.quarantine".
_ACTION = re.compile(r"(?:o\.?|pct\.)?(reject|quarantine)\Z", re.IGNORECASE)
_EXCHANGE_ONLINE = "protection.outlook.com"
_STRICT = frozenset({"reject", "quarantine"})
_FAILED = frozenset({"fail", "hardfail"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """The results of our own server, lower case, "" where it says nothing; *policy* is what the sender's domain asks for when DMARC fails.

    *compauth* is Exchange's own combined judgement. *domain* is the one in From that DMARC was checked for.
    """

    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    compauth: str = ""
    policy: str = ""
    domain: str = ""

    @property
    def known(self) -> bool:
        """Whether our server said anything."""
        return bool(self.spf or self.dkim or self.dmarc or self.compauth)

    @property
    def rejects(self) -> bool:
        """Whether DMARC failed and the sender's domain asks that such mail be refused or put aside (RFC 7489 section 6.3)."""
        return self.dmarc in _FAILED and self.policy in _STRICT

    @property
    def doubts(self) -> tuple[str, ...]:
        """What an officer should know about the sender, as clauses; empty when nothing speaks against it."""
        if self.dmarc in _FAILED:
            whose = f" from {self.domain}" if self.domain else " from its sender's domain"
            asks = f", and that domain asks that such mail be {_ASKS[self.policy]}" if self.policy in _STRICT else ""
            return (f"our mail server could not confirm that it comes{whose} (DMARC failed{asks})",)
        if self.dmarc not in {"pass", "bestguesspass"} and "pass" not in {self.dkim, self.spf}:
            if self.compauth in _FAILED:
                return (
                    "our mail server doubts that it comes from its sender's domain (composite authentication failed)",
                )
            if self.spf in _FAILED:
                return ("our mail server says that the server it came from may not send for that domain (SPF failed)",)
        return ()


_ASKS = {"reject": "refused", "quarantine": "put aside"}
UNKNOWN = Authentication()


def read_results(values: Sequence[str], authserv_ids: Collection[str]) -> Authentication:
    """The results in *values* (Authentication-Results headers, topmost first) by one of *authserv_ids*; UNKNOWN when there are none.

    Only the headers at the top count, down to the first one by anybody else: below it, anything may have been in the mail when it came.
    Never raises; looks at no more than 20 headers.
    """
    ours = {name.strip().casefold() for name in authserv_ids if name.strip()}
    found: dict[str, str] = {}
    for value in values[:_MOST]:
        results = _ours(value[:_REACH], ours)
        if results is None:
            break
        for name, said in results:
            if name not in found or (name == "dkim" and _RANK.index(said) < _RANK.index(found[name])):
                found[name] = said
    if not found.keys() & _METHODS:
        return UNKNOWN
    return Authentication(**found)


def _ours(value: str, ours: set[str]) -> list[tuple[str, str]] | None:
    """What one header says, as pairs of a field of Authentication and its value; None when another server wrote it."""
    parts = list(_parts(value))
    plain = parts[0][0].strip()
    server = plain.split()[0].casefold() if plain else ""
    if "=" in plain:
        # Exchange Online leaves its name out and renames what it finds of others on arrival.
        if not any(name == _EXCHANGE_ONLINE or name.endswith("." + _EXCHANGE_ONLINE) for name in ours):
            return None
    elif server not in ours:
        return None
    else:
        parts = parts[1:]
    return [pair for text, comments in parts for pair in _result(text, comments)]


def _result(text: str, comments: str) -> Iterator[tuple[str, str]]:
    """One "method=result property=value …" with its comments."""
    match = _METHOD.match(text)
    if match is None:
        return
    method, result = match[1].casefold(), match[2].casefold()
    if method not in _METHODS or result not in _RESULTS:
        return
    yield method, result
    if method != "dmarc":
        return
    for name, said in ((m[1].casefold(), m[2].strip('"').casefold()) for m in _PROPERTY.finditer(text[match.end() :])):
        action = _ACTION.match(said) if name == "action" else None
        if name in _POLICY_PROPERTIES and said in _STRICT | {"none"}:
            yield "policy", said
        elif action is not None:
            yield "policy", action[1].casefold()
        elif name == "header.from":
            yield "domain", said
    asked = _POLICY.search(comments)
    if asked is not None:
        yield "policy", asked[1].casefold()


def _parts(value: str) -> Iterator[tuple[str, str]]:
    """The parts between semicolons, each without its comments and with them (RFC 5322 section 3.2.2); quoted text is left as it is."""
    plain: list[str] = []
    comment: list[str] = []
    depth = 0
    quoted = False
    for piece in re.split(r"([()\";])", value):
        if piece == '"' and not depth:
            quoted = not quoted
            plain.append(piece)
        elif piece == "(" and not quoted:
            depth += 1
        elif piece == ")" and not quoted:
            depth = max(depth - 1, 0)
            comment.append(" ")
            plain.append(" ")
        elif depth:
            comment.append(piece)
        elif piece == ";" and not quoted:
            yield "".join(plain), "".join(comment)
            plain, comment = [], []
        else:
            plain.append(piece)
    yield "".join(plain), "".join(comment)
