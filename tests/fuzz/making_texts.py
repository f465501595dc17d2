"""Bodies that make readers of questions and quotations lose their way: deep, endless, lopsided, in strange alphabets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ASK = "Please tell me how much the council spent on pothole repairs in 2025."


def texts() -> Iterator[tuple[str, bytes]]:
    """Each body with its file name."""
    for name, text in (*_quoting(), *_listing(), *_letters(), *_endless()):
        yield f"{name}.txt", text.encode("utf-8", "surrogatepass")


def _quoting() -> Iterator[tuple[str, str]]:
    yield "quotes-deep", "".join(f"{'>' * depth} {_ASK}\n" for depth in range(120))
    yield "quotes-deep-spaced", "".join(f"{'> ' * depth}{_ASK}\n" for depth in range(80))
    yield "quotes-alternating", "".join(f"> {_ASK}\n{_ASK}\n" for _ in range(60))
    yield (
        "wrote-lines",
        "".join(f"On 3 March 2026, Jane Smith <jane{n}@example.org> wrote:\n> hello\n" for n in range(60)),
    )
    yield "wrote-never-ends", "On Tue, 3 Mar 2026 at 10:00, " + "Jane " * 400 + "\nwrote\n:\n" + _ASK
    yield "original-message", "-----Original Message-----\n" * 80 + _ASK
    yield "underscores", "_" * 3000 + "\nFrom: Jane\nSent: now\nTo: us\nSubject: x\n\n" + _ASK
    yield "headers-in-body", "From: a\nSent: b\nTo: c\nSubject: d\n" * 60 + _ASK
    yield "signature-first", "-- \n" + _ASK + "\n-- \nJane\n-- \n" + _ASK
    yield "signature-only", "-- \n" * 200
    yield "caution-banners", "CAUTION: This email originated from outside of the organisation.\n" * 60 + _ASK
    yield "forwarded", "---------- Forwarded message ---------\nFrom: Jane <jane@example.org>\n" * 30 + _ASK


def _listing() -> Iterator[tuple[str, str]]:
    yield "list-300", "".join(f"{n}. How many potholes in ward {n}?\n" for n in range(300))
    yield "list-backwards", "".join(f"{n}) How many in {n}?\n" for n in range(60, 0, -1))
    yield "list-huge-numbers", "".join(f"{10**n}. How many?\n" for n in range(60))
    yield "list-same-number", "1. How many?\n" * 120
    yield "list-roman", "".join(f"({'i' * n}) How many?\n" for n in range(1, 60))
    yield "list-nested", "".join(f"{'  ' * n}{chr(97 + n % 26)}) Of these, how many?\n" for n in range(120))
    yield "list-empty-items", "1.\n2.\n3.\n" * 80 + _ASK
    yield "list-arabic-digits", "".join(f"{chr(0x660 + n % 10)}. How many?\n" for n in range(40))
    yield "list-fullwidth", "\uff11\uff0e How many\uff1f\n\uff12\uff0e Why\uff1f\n"
    yield "list-superscript", "\u00b2. How many?\n\u2461 Why?\n\u00bd. When?\n"
    yield (
        "bullets",
        "".join(f"{mark} How many?\n" for mark in "*-+\u2022\u2023\u25e6\u2043\u2219\u00b7\uf0b7\uf0a7" * 6),
    )
    yield "table", "| Ward | Cost |\n|---|---|\n" + "| ? | ? |\n" * 60
    yield "tabs", "How many?\t" * 400
    yield "leads-of-small-words", f"Please answer the following {'for the ' * 110}:\n1. Bins\n2. Trees\n\n" * 12
    yield "lead-of-small-words", f"Please answer the following {'at ' * 300}:\n1. Bins\n2. Trees\n3. Roads\n"
    yield "one-line", " ".join(f"{n}. How many in ward {n}?" for n in range(200))


def _letters() -> Iterator[tuple[str, str]]:
    yield "bidi", f"\u202e{_ASK[::-1]}\u202c \u2066{_ASK}\u2069 \u200f\u061c"
    yield "zero-width", "\u200b".join(_ASK)
    yield "soft-hyphens", "\u00ad".join(_ASK)
    yield "combining", "".join(letter + "\u0301" * 30 for letter in _ASK)
    yield "homograph", _ASK.replace("o", "\u043e").replace("e", "\u0435").replace("a", "\u0430")
    yield "fullwidth", "".join(chr(ord(letter) + 0xFEE0) if 33 <= ord(letter) <= 126 else letter for letter in _ASK)
    yield "mathematical", "".join(chr(0x1D41A + ord(c) - 97) if "a" <= c <= "z" else c for c in _ASK)
    yield "tags", "".join(chr(0xE0000 + ord(letter)) for letter in _ASK)
    yield "turkish", "\u0130\u0131 I\u0307 \u1e9e \ufb01 \u0149" * 60 + _ASK
    yield "line-separators", _ASK.replace(" ", "\u2028") + "\u2029\x85\x0b\x0c\x1c\x1d\x1e" + _ASK
    yield "emoji", "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 100 + "?"
    yield "private-use", "\ue000\uf8ff\U000f0000\U0010fffd" * 60 + _ASK
    yield "not-characters", "\ufffe\uffff\U0001ffff\ufdd0" * 30 + _ASK
    yield "controls", "".join(map(chr, range(1, 32))) + _ASK + "".join(map(chr, range(127, 160)))


def _endless() -> Iterator[tuple[str, str]]:
    yield "question-marks", "?" * 4000
    yield "spaces", " " * 4000 + "?"
    yield "newlines", "\n" * 4000 + _ASK
    yield "carriage-returns", "\r" * 2000 + _ASK
    yield "brackets", "(" * 2000 + "?" + ")" * 1000
    yield "angles", "<" * 2000 + "a@b" + ">" * 10
    yield "quotes", '"' * 2001
    yield "one-word", "a" * 8000 + "?"
    yield "digits", "1" * 8000 + "?"
    yield "dots", "." * 4000
    yield "commas", ", " * 2000 + "?"
    yield "ands", "and please tell me how many and " * 150
    yield "dates", "1 January 2025 to 31 December 2025 " * 120
    yield "sections", "section 12(1)(a) of the Freedom of Information Act 2000 " * 80
    yield "addresses", "jane@example.org, " * 250
    yield "links", "https://example.org/?a=1&b=(((((([[[[[[ " * 100
    yield "safelinks", "https://nam01.safelinks.protection.outlook.com/?url=" * 60
    yield "urldefense", "https://urldefense.com/v3/__https://example.org__;" * 60
    yield "references", "FOI598335296 EIR000000000 SAR123456789 " * 100
    yield "hyphens", "-" * 4000 + "\n" + "=" * 4000
    yield "pgp", "-----BEGIN PGP MESSAGE-----\n" * 60 + _ASK
    yield (
        "pgp-signed",
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n- -----BEGIN\n"
        + _ASK
        + "\n-----BEGIN PGP SIGNATURE-----\n",
    )
    yield "welsh", "Gofynnaf am wybodaeth o dan Ddeddf Rhyddid Gwybodaeth 2000. Faint o dyllau? " * 30
    yield "empty", ""
