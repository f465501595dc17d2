"""The check of a letter at work: what keeps a draft from approval, who may override it, and what is kept of that (issue 4, section 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from product import APPROVER, DRAFTER, making

from pipeline.domain.errors import NotAllowedError, RecordError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from product import Product
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

    from pipeline.store.records import Case

pytestmark = pytest.mark.dovecot


@pytest.fixture
def product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Product]:
    """The product with one mailbox and the plainest configuration."""
    with making(tmp_path, dovecot, sink, user) as make:
        yield make()


def drafted(product: Product, keys: str) -> Case:
    """A case whose draft has *keys* for each question."""
    case = product.one_case()
    casework = product.casework()
    text = casework.draft_text(case.reference)
    head, *questions = text.split("[[question]]\n")
    asked = ["\n".join(line for line in one.splitlines() if line.startswith(("label", "text"))) for one in questions]
    whole = head + "".join(f"[[question]]\n{one}\n{keys}\n" for one in asked)
    casework.save_draft(case.reference, whole, "draft.toml", DRAFTER)
    return case


def events(product: Product, case: Case, kind: str) -> list[dict[str, object]]:
    """What the case's events of *kind* keep."""
    with product.app.store.read() as work:
        return [event.data for event in work.events.of_case(case.id) if event.kind == kind]


PRICES = (
    'outcome = "withheld"\nprovisions = ["s.43(2)"]\n'
    'reason = "Competitors would be likely to undercut the supplier in the open tender."'
)


def test_a_stop_keeps_a_draft_from_approval_and_all_are_listed(product: Product) -> None:
    """Every finding that stops the letter is named at once, with what to do, and the draft stays a draft."""
    case = drafted(product, 'outcome = "withheld"\nprovisions = ["s.43(2)"]')
    with pytest.raises(NotAllowedError) as caught:
        product.casework().submit(case.reference, DRAFTER)
    said = str(caught.value)
    assert said.startswith("the draft is not ready:\n")
    assert "gives no reason: say in reason why the provision applies." in said
    assert "needs a public interest test and there is none" in said
    assert "does not say how likely the harm is" in said
    assert said.endswith("Mend the draft, or say with --despite why it should go all the same.")
    assert product.case(case.reference).workflow == "drafting"


def test_an_approver_overrides_with_a_reason_that_is_kept(product: Product) -> None:
    """A drafter may put a stopped letter before an approver, who alone lets it go; rule names and reasons are in the events."""
    case = drafted(product, PRICES)
    casework = product.casework()
    casework.submit(case.reference, DRAFTER, despite="the test is on paper")
    [submitted] = events(product, case, "submitted")
    assert submitted["despite"] == "the test is on paper"
    assert {"rule": "public_interest_missing", "level": "stop"} in submitted["findings"]  # type: ignore[operator]  # JSON
    with pytest.raises(NotAllowedError, match=r"can't be approved:\n.*public interest test(.|\n)*--override-reason"):
        casework.approve(case.reference, APPROVER)
    with pytest.raises(NotAllowedError, match="--override-reason"):
        casework.approve(case.reference, APPROVER, override_reason="  ")
    casework.approve(case.reference, APPROVER, override_reason="seen and signed")
    [approved] = events(product, case, "approved")
    assert approved["overridden"] == ["public_interest_missing"]
    assert approved["reason"] == "seen and signed"
    assert {"rule": "public_interest_missing", "level": "stop"} in approved["findings"]  # type: ignore[operator]  # JSON
    assert product.case(case.reference).outcome == "refused"


def test_the_drafter_cannot_override_their_own_letter(product: Product) -> None:
    """A reason does not make the drafter another officer."""
    case = drafted(product, PRICES)
    casework = product.casework()
    casework.submit(case.reference, DRAFTER, despite="the test is on paper")
    with pytest.raises(NotAllowedError, match="another officer"):
        casework.approve(case.reference, DRAFTER, override_reason="I say so")


@pytest.mark.parametrize(
    "keys",
    [
        'outcome = "supplied"\nanswer = "There were [insert figure]."',
        'outcome = "ncnd"\nprovisions = ["s.23(5)"]\nreason = "The letters we hold came from a security body."',
    ],
    ids=["placeholder", "leak"],
)
def test_some_findings_nobody_can_override(product: Product, keys: str) -> None:
    """A gap left over and a leak stop a letter whatever reason is given, by the drafter or by the approver."""
    case = drafted(product, keys)
    casework = product.casework()
    with pytest.raises(NotAllowedError) as caught:
        casework.submit(case.reference, DRAFTER, despite="urgent")
    assert "--despite" not in str(caught.value)


def test_a_plain_answer_keeps_only_its_warnings(product: Product) -> None:
    """A letter without stops goes its way, and nothing is overridden."""
    case = drafted(product, 'outcome = "supplied"\nanswer = "36% of them."')
    casework = product.casework()
    casework.submit(case.reference, DRAFTER)
    casework.approve(case.reference, APPROVER, override_reason="not needed")
    [approved] = events(product, case, "approved")
    assert "overridden" not in approved
    assert {"rule": "bare_percentage", "level": "warn"} in approved["findings"]  # type: ignore[operator]  # JSON


def test_an_unknown_section_is_refused_by_name(product: Product) -> None:
    """A section that does not exist has no words, and says so before anybody is asked to approve it."""
    case = drafted(product, 'outcome = "withheld"\nprovisions = ["s.99"]\nreason = "r"')
    with pytest.raises(RecordError, match=r"provisions: s\.99 is not known to this letter"):
        product.casework().submit(case.reference, DRAFTER)


def test_the_command_shows_findings_and_takes_reasons(product: Product) -> None:
    """`check` lists what stops a letter and ends with 1; `submit` and `approve` take the reasons."""
    case = drafted(product, PRICES)
    checked = product.cli("check", case.reference, "--json")
    assert checked.status == 1
    stop = next(line for line in checked.lines if line["level"] == "stop")
    assert (stop["rule"], stop["overridable"]) == ("public_interest_missing", True)
    assert stop["place"].endswith("s.43(2)")
    assert stop["remedy"]
    assert "public interest test" in product.cli("check", case.reference).out
    refused = product.cli("submit", case.reference, "--officer", DRAFTER)
    assert refused.status == 1
    assert "--despite" in refused.errors
    assert product.cli("submit", case.reference, "--officer", DRAFTER, "--despite", "it is on paper").status == 0
    assert product.cli("approve", case.reference, "--officer", APPROVER).status == 1
    done = product.cli("approve", case.reference, "--officer", APPROVER, "--override-reason", "seen and signed")
    assert done.status == 0
    assert product.cli("audit", "verify").status == 0


def test_the_command_is_content_with_a_sound_letter(product: Product) -> None:
    """`check` ends with 0 where nothing stops the letter, and says what to do where there is none."""
    assert product.cli("check", product.one_case().reference).status == 1
    case = product.cases()[0]
    product.draft(case)
    checked = product.cli("check", case.reference)
    assert checked.status == 0
    assert "Nothing was found." in checked.out
