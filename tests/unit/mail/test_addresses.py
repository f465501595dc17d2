"""Address lists yield only what is surely one mailbox."""

from __future__ import annotations

import pytest

from pipeline.mail.addresses import is_usable, read_addresses


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Jane Smith <jane@example.org>", [("Jane Smith", "jane@example.org")]),
        ('"Smith, Jane" <jane@example.org>', [("Smith, Jane", "jane@example.org")]),
        ("jane@example.org", [("", "jane@example.org")]),
        ("jane@example.org (Jane Smith)", [("Jane Smith", "jane@example.org")]),
        ("<jane@example.org>", [("", "jane@example.org")]),
        ("jane@example.org <jane@example.org>", [("", "jane@example.org")]),
        ("=?utf-8?q?Ren=C3=A9e?= Smith <r@example.org>", [("Renée Smith", "r@example.org")]),
        ('"=?utf-8?q?evil=40attacker=2Eexample=2C?=" <a@b.c>', [("evil@attacker.example,", "a@b.c")]),
        ("=?utf-8?q?evil=40attacker=2Eexample=2C?= <a@b.c>", [("evil@attacker.example,", "a@b.c")]),
        ('"evil@x, " <a@b.c>', [("evil@x,", "a@b.c")]),
        ('"a \\" <x@y.z>, b" <a@b.c>', [('a " <x@y.z>, b', "a@b.c")]),
        ("a@b.c;c@d.e", [("", "a@b.c"), ("", "c@d.e")]),
        ("a@b.c, c@d.e", [("", "a@b.c"), ("", "c@d.e")]),
        ("<a@b.c> <c@d.e>", [("", "a@b.c"), ("", "c@d.e")]),
        ("Team: a@b.c, Bob <c@d.e>; f@g.h", [("", "a@b.c"), ("Bob", "c@d.e"), ("", "f@g.h")]),
        ("undisclosed-recipients:;", []),
        ("Jane <a@b.c", [("Jane", "a@b.c")]),
        ('"Jane <a@b.c>', [("Jane", "a@b.c")]),
        ("((nested) comment) a@b.c", [("nested comment", "a@b.c")]),
        ("<@relay.example,@other.example:a@b.c>", [("", "a@b.c")]),
        ("mailto:a@b.c", [("", "a@b.c")]),
        ("a@b@c", []),
        ('"a@b.c"', []),
        ("<>", []),
        ("Jane a@b.c", []),
        ("<a b@c.d>", []),
        ("", []),
    ],
)
def test_lists(value: str, expected: list[tuple[str, str]]) -> None:
    """Every form found in real mail gives its mailboxes and no others."""
    found, _defects = read_addresses([value], "From")
    assert [(address.name, address.email) for address in found] == expected


@pytest.mark.parametrize("value", ["a@b@c", '"a@b.c"', "<>", "Jane a@b.c"])
def test_what_is_no_address_is_a_defect(value: str) -> None:
    """An entry that is left out is named as a defect."""
    assert read_addresses([value], "From")[1] == ["From holds something that is not an e-mail address."]


def test_a_long_list_is_capped_with_a_defect() -> None:
    """The first 200 of very many addresses are kept."""
    found, defects = read_addresses([", ".join(f"p{n}@example.org" for n in range(5_000))], "Cc")
    assert (len(found), len(defects)) == (200, 1)


@pytest.mark.parametrize(
    "email",
    [
        "a", "@", "a@", "@b", "a@b@c", "a b@c.d", "a@b,c", "<a@b>", "a@b\n", "a@b\x00", "a\u202e@b.c", "a@b\u2028", "a@.b", "a@b.",
        "a@b..c", "a@-b.c", 'a"@b.c', "=?utf-8?q?x?=@b.c", "j" * 65 + "@b.c", "a@" + "b" * 253,
    ],
)  # fmt: skip
def test_unusable_addresses(email: str) -> None:
    """Anything but one bare address is refused."""
    assert not is_usable(email)


@pytest.mark.parametrize(
    "email", ["a@b.c", "a+tag@b.c", "o'neil@example.org", "jane..doe@example.org", "tŵr@example.cymru"]
)
def test_usable_addresses(email: str) -> None:
    """Real addresses, strange ones among them, are taken."""
    assert is_usable(email)
