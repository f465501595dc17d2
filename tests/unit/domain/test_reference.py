"""References: made with their check digit, found again in what people type, and never found inside something else."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.errors import UsageError
from pipeline.domain.reference import check_prefix, find, is_valid, make

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIXES = ("FOI", "EIR", "SAR")
FULL_WIDTH = {ord(c): ord(c) + 0xFEE0 for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"}


def grouped(reference: str, between: str) -> str:
    """Write a reference in groups of three, as people read numbers out."""
    prefix, digits = reference[:-9], reference[-9:]
    return between.join([prefix, digits[:3], digits[3:6], digits[6:]])


NOISE: dict[str, Callable[[str], str]] = {
    "as it is": lambda r: r,
    "small": str.lower,
    "in a sentence": lambda r: f"Dear all, my number is {r}. Thank you",
    "spaced": lambda r: grouped(r, " "),
    "non-breaking": lambda r: grouped(r, "\u00a0"),
    "thin spaces": lambda r: grouped(r, "\u2009"),
    "hyphens": lambda r: grouped(r, "-"),
    "non-breaking hyphens": lambda r: grouped(r, "\u2011"),
    "dashes": lambda r: grouped(r, "\u2013"),
    "slashes": lambda r: grouped(r, "/"),
    "spaced dashes": lambda r: f"{r[:-9]} - {r[-9:]}",
    "zero width": lambda r: "\u200b".join(r[-9:]).join([r[:-9], ""]),
    "bracketed": lambda r: f"[{r[:-9]}#{r[-9:]}]",
    "colon": lambda r: f"Re: {r[:-9]}: {r[-9:]}",
    "full width": lambda r: r.translate(FULL_WIDTH),
    "full-width digits": lambda r: r[:-9] + r[-9:].translate(FULL_WIDTH),
    "full width small": lambda r: r.lower().translate(FULL_WIDTH),
    "broken line": lambda r: f"{r[:-9]}\r\n{r[-9:]}",
    "file name": lambda r: f"our_{r}_final.pdf",
    "before a date": lambda r: f"{r} 2 May 2024",
}


def test_two_thousand_references() -> None:
    """Two thousand random references are unique, valid, and each is found again in every noisy form."""
    chance = random.Random(598335296)
    digits = chance.sample(range(10**8), 2000)
    made = [make(PREFIXES[n % 3], f"{n:08}") for n in digits]
    assert len(set(made)) == 2000
    assert all(map(is_valid, made))
    lost = [(name, r) for r in made for name, write in NOISE.items() if find(write(r), PREFIXES) != (r,)]
    assert lost == []


@pytest.mark.parametrize(
    "text",
    [
        "FOI 598 335 296",
        "foi-598335296",
        "Ref: FOI598335296.",
        "\uff26\uff2f\uff29\uff15\uff19\uff18\uff13\uff13\uff15\uff12\uff19\uff16",
        "[FOI#598335296]",
        "FOI\u00a0598\u00a0335\u2011296",
        "FOI/598/335/296",
        "(FOI598335296)",
        "FOI598335296, FOI 598335296 and foi-598-335-296",
    ],
)
def test_found(text: str) -> None:
    """The number of the letter this began with is found however written, although its last digit checks nothing."""
    assert find(text, PREFIXES) == ("FOI598335296",)
    assert not is_valid("FOI598335296")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "598335296",
        "FOI59833529",
        "FOI5983352961",
        "FOI 59833529661",
        "1FOI598335296",
        "XFOI598335296",
        "FOI598335296a",
        "FOI 024 7683 3333",
        "FOI Act 2000, 598335296",
        "FO1598335296",
        "REF598335296",
        "F\u00d6I598335296",
        "FO\u0131598335296",
        "FOI" + "-" * 9 + "598335296",
    ],
)
def test_not_found(text: str) -> None:
    """No reference is read out of a longer number or word, another prefix, or a letter that only looks alike."""
    assert find(text, PREFIXES) == ()


def test_found_in_order_without_repeats() -> None:
    """Several references come in the order of the text, each once, whatever the order of the prefixes."""
    text = "eir 111 111 111, FOI222222222, EIR111111111 and SAR-333333333"
    assert find(text, ("FOI", "SAR", "EIR")) == ("EIR111111111", "FOI222222222", "SAR333333333")
    assert find(text, ("SAR",)) == ("SAR333333333",)
    assert find(text, ()) == ()


def test_prefixes_that_begin_alike() -> None:
    """A prefix that begins another one does not hide it."""
    assert find("FO111111111 FOI222222222", ("FO", "FOI")) == ("FO111111111", "FOI222222222")


@pytest.mark.parametrize(
    "unit",
    [
        "FOI",
        "FOI 59833529 ",
        "FOI\r\n\u00a0",
        "FOI-1-2-3-4-5-6-7-8-",
        "5 ",
        "ref no. ",
        "reference number 5 5 5 5 5 5 5 5 ",
    ],
)
def test_a_megabyte_that_nearly_matches(unit: str) -> None:
    """A megabyte of near misses is searched to its end: the reference behind it is found, and nothing else."""
    text = (unit * (10**6 // len(unit)))[: 10**6] + " x, FOI598335296, ref 111111111"
    assert find(text, PREFIXES) == ("FOI598335296",)


@pytest.mark.parametrize("prefix", ["", "F0I", "FREEDOMOFINFO", "FOI ", "F\u00d6I", "FOI|SAR", "\uff26"])
def test_wrong_prefix(prefix: str) -> None:
    """A prefix other than one to eight letters is refused, and never becomes part of a pattern."""
    for attempt in (lambda: make(prefix, "12345678"), lambda: check_prefix(prefix), lambda: find("x", (prefix,))):
        with pytest.raises(UsageError, match="1 to 8 letters"):
            attempt()


@pytest.mark.parametrize("digits", ["", "1234567", "123456789", "1234567x", "\uff11" * 8, "12345678\n"])
def test_wrong_digits(digits: str) -> None:
    """Anything but eight decimal digits is a mistake of the caller."""
    with pytest.raises(ValueError, match="eight"):
        make("FOI", digits)


@pytest.mark.parametrize(
    "text", ["foi598335290", "FOI 598335290", "FOI59833529", "FOI598335290\n", "FOI5983352900", ""]
)
def test_only_the_stored_form_is_valid(text: str) -> None:
    """Small letters, spaces and other lengths are not the stored form."""
    assert not is_valid(text)


@given(st.integers(0, 10**8 - 1), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number: int, place: int, off: int) -> None:
    """The check digit notices every single wrong digit (ISO/IEC 7064)."""
    reference = make("foi", f"{number:08}")
    assert is_valid(reference)
    wrong = list(reference)
    wrong[3 + place] = str((int(wrong[3 + place]) + off) % 10)
    assert not is_valid("".join(wrong))


@given(st.text(alphabet=st.sampled_from("FOIfoi0123456789 -/.#:\u00a0\uff10\uff26\nx"), max_size=60))
def test_what_is_found_stands_in_the_text(text: str) -> None:
    """Whatever is found has the stored form, and its digits stand in the text in that order."""
    plain = re.sub("[^A-Z0-9]", "", text.translate({v: k for k, v in FULL_WIDTH.items()}).upper())
    for reference in find(text, PREFIXES):
        assert re.fullmatch("FOI[0-9]{9}", reference)
        assert reference in plain
