"""Web addresses as their writers wrote them, out of the wrappings that mail gateways put round them on the way."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

_LONGEST = 4_000  # characters of one wrapped address
_SAFE_LINK = re.compile(
    r"https://[a-z0-9]{2,20}\.safelinks\.protection\.outlook\.com/[^\s<>\"\]]{1,4000}", re.IGNORECASE
)
_DEFENCE_2 = re.compile(r"https://urldefense\.(?:proofpoint\.)?com/v2/url\?[^\s<>\"\]]{1,4000}", re.IGNORECASE)
_DEFENCE_3 = re.compile(r"https://urldefense\.com/v3/__([^\s<>\"]{1,4000}?)__;[^\s<>\"\]]{0,400}", re.IGNORECASE)


def unwrapped(text: str) -> str:
    """*text* with Outlook's safe links and Proofpoint's defended ones given back as they were; anything odd stays as it is."""
    if "safelinks" not in text and "urldefense" not in text:
        return text
    text = _SAFE_LINK.sub(lambda found: _query(found[0], "url") or found[0], text)
    text = _DEFENCE_2.sub(lambda found: _second_version(found[0]) or found[0], text)
    return _DEFENCE_3.sub(lambda found: found[1] if _is_web(found[1]) and "*" not in found[1] else found[0], text)


def _query(wrapped: str, key: str) -> str:
    try:
        values = parse_qs(urlsplit(wrapped.replace("&amp;", "&")).query).get(key, [])
    except ValueError:
        return ""
    return values[0] if values and _is_web(values[0]) else ""


def _second_version(wrapped: str) -> str:
    """Version 2 writes - for %, and _ for /."""
    try:
        values = parse_qs(urlsplit(wrapped.replace("&amp;", "&")).query).get("u", [])
    except ValueError:
        return ""
    plain = unquote(values[0].replace("-", "%").replace("_", "/")) if values else ""
    return plain if _is_web(plain) else ""


def _is_web(address: str) -> bool:
    """Whether *address* is a plain web address: one word without control characters."""
    return len(address) <= _LONGEST and bool(re.fullmatch(r"https?://[!-~]+", address))
