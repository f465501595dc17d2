"""One request's whole file on the command line: what was sent and what came, in words, and nothing of another case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from product import making, request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from product import Product
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = pytest.mark.dovecot


@pytest.fixture
def product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Product]:
    """The product with one mailbox and the plainest configuration."""
    with making(tmp_path, dovecot, sink, user) as make:
        yield make()


def test_what_came_and_what_went_can_be_read(product: Product) -> None:
    """The mail with everybody it names, the letter as frozen, the draft as it would go, and who did what with which answer of the server."""
    case = product.one_case(request("one", headers=("Reply-To: Elsewhere <else@example.org>",)))
    product.approved(case)
    product.after_undo()
    product.deliver()
    shown = product.cli("show", case.reference)
    assert shown.status == 0
    assert "approved by" in shown.out
    assert "response" in shown.out
    came = product.cli("show", case.reference, "--message", str(case.message_id)).out
    assert "Reply-To: Elsewhere <else@example.org>" in came
    assert "potholes" in came
    response = product.outbox(request_id=case.id)[-1]
    went = product.cli("show", case.reference, "--letter", str(response.id)).out
    assert "There were forty." in went
    assert "There were forty." in product.cli("show", case.reference, "--draft").out


def test_a_letter_of_another_case_is_not_shown(product: Product) -> None:
    """A number that belongs elsewhere is refused in words."""
    first = product.one_case()
    second = product.one_case(request("two", sender="two@example.org"))
    other = product.outbox(request_id=second.id)[0]
    refused = product.cli("show", first.reference, "--letter", str(other.id))
    assert refused.status == 1
    assert "no such letter" in refused.errors
