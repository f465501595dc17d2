"""Authentication-Results: our own server's word and nobody else's, in the forms that servers write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.authentication import UNKNOWN, Authentication, read_results

US = ("mx.council.example",)
EXCHANGE = ("council.mail.protection.outlook.com",)


def test_all_three_results() -> None:
    """SPF, DKIM and DMARC come out, with the domain that was checked."""
    value = "mx.council.example; spf=pass smtp.mailfrom=example.org; dkim=pass header.d=example.org; dmarc=pass header.from=example.org"
    assert read_results([value], US) == Authentication(spf="pass", dkim="pass", dmarc="pass", domain="example.org")
    assert read_results([value], US).doubts == ()


@pytest.mark.parametrize(
    ("result", "policy"),
    [
        ("dmarc=fail (p=REJECT sp=REJECT dis=NONE) header.from=example.org", "reject"),
        ("dmarc=fail (p=quarantine dis=none) header.from=example.org", "quarantine"),
        ("dmarc=fail policy.dmarc=reject header.from=example.org", "reject"),
        ("dmarc=fail action=oreject header.from=example.org", "reject"),
        ("dmarc=fail action=pct.quarantine header.from=example.org", "quarantine"),
        ("DMARC/1 = FAIL (a (nested) comment; p=reject) header.from=example.org", "reject"),
    ],
)
def test_a_rejecting_policy(result: str, policy: str) -> None:
    """The policy is read from comments, properties and Exchange's action; a failure under it stops the automatic answer."""
    found = read_results([f"mx.council.example; {result}"], US)
    assert (found.dmarc, found.policy, found.rejects) == ("fail", policy, True)
    assert "example.org" in found.doubts[0]


@pytest.mark.parametrize(
    "result", ["dmarc=fail (p=none)", "dmarc=fail", "dmarc=pass (p=reject)", "dmarc=temperror (p=reject)", "none"]
)
def test_what_rejects_nothing(result: str) -> None:
    """Without a failure, or without a policy that asks for it, nothing is stopped."""
    assert read_results([f"mx.council.example; {result}"], US).rejects is False


def test_a_failure_without_a_policy_is_told() -> None:
    """A DMARC failure is a doubt even where the domain asks for nothing."""
    assert read_results(["mx.council.example; dmarc=fail header.from=example.org"], US).doubts


def test_other_servers_are_not_believed() -> None:
    """A foreign header is ignored, and so is everything below it, a forged one in our name included."""
    ours = "mx.council.example; dmarc=fail (p=reject)"
    assert read_results(["mx.elsewhere.example; dmarc=pass", ours], US) == UNKNOWN
    assert read_results(
        [ours, "mx.elsewhere.example; dmarc=pass", "mx.council.example; spf=pass"], US
    ) == Authentication(dmarc="fail", policy="reject")
    assert read_results([ours], ()) == UNKNOWN
    assert read_results([ours], ("",)) == UNKNOWN


def test_several_headers_of_ours_add_up() -> None:
    """Consecutive headers of ours are read together; of several DKIM results the best counts, of others the topmost."""
    found = read_results(
        [
            "MX.Council.Example 1; dkim=fail; dkim=pass",
            "mx.council.example; spf=fail; dkim=none",
            "mx.council.example; spf=pass",
        ],
        US,
    )
    assert (found.dkim, found.spf) == ("pass", "fail")


def test_exchange_online_leaves_its_name_out() -> None:
    """Its header without a name counts where the configured name is Exchange Online's, and nowhere else."""
    value = (
        "spf=fail (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dkim=none (message not signed) header.d=none;"
        "dmarc=fail action=oreject header.from=example.org;compauth=fail reason=000"
    )
    found = read_results([value], EXCHANGE)
    assert (found.spf, found.dmarc, found.compauth, found.rejects) == ("fail", "fail", "fail", True)
    assert read_results([value], US) == UNKNOWN


def test_doubts_without_dmarc() -> None:
    """Where DMARC says nothing, a failed composite judgement or a failed SPF is told, unless a signature fits."""
    assert "SPF" in read_results(["mx.council.example; spf=fail; dmarc=none"], US).doubts[0]
    assert "composite" in read_results(["mx.council.example; spf=softfail; compauth=fail"], US).doubts[0]
    assert read_results(["mx.council.example; spf=fail; dkim=pass"], US).doubts == ()


def test_quoted_text_and_comments_hide_nothing() -> None:
    """A semicolon or a result inside a comment or a quoted value is no result."""
    value = 'mx.council.example (a; dmarc=fail); spf=pass reason="x; dmarc=fail (p=reject)" smtp.mailfrom=a'
    assert read_results([value], US) == Authentication(spf="pass")


@given(st.lists(st.text(alphabet=st.sampled_from('mx.council;=()" dmarcfailpolicy'), max_size=120), max_size=4))
def test_any_header_gives_an_answer(values: list[str]) -> None:
    """No header makes the reading fail."""
    assert isinstance(read_results(["mx.council.example; " + value for value in values], US), Authentication)


def test_a_hostile_header_is_read_to_its_limit() -> None:
    """A header of nothing but brackets, quotes or equals signs ends like any other."""
    for filling in ("(" * 100_000, '"' * 100_000, "dmarc=fail " + "a=" * 50_000, ";" * 100_000):
        found = read_results([f"mx.council.example; {filling}"] * 100, US)
        assert found.rejects is False
