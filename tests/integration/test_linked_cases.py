"""Mail that belongs together: campaigns, people who ask again, replies to a case's own address (issue 3, sections 3 and 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from product import COUNCIL, making, request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from product import Product
    from servers.dovecot import Dovecot
    from servers.smtp import SmtpSink

pytestmark = pytest.mark.dovecot

CAMPAIGN = (
    "Dear Council,\r\n\r\nUnder the Freedom of Information Act 2000 please tell me how many street trees were felled in each ward "
    "in each of the last five years, and for what reason each of them was felled.\r\n\r\nYours faithfully\r\n"
)
WELSH = (
    "Annwyl Syr neu Fadam,\r\n\r\nHoffwn wneud cais o dan y Ddeddf Rhyddid Gwybodaeth. Faint o goed sydd wedi eu torri yn y ddinas "
    "gan y cyngor yn y flwyddyn hon, a beth yw cost y gwaith?\r\n\r\nDiolch yn fawr\r\n"
)


@pytest.fixture
def make_product(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, user: str) -> Iterator[Callable[..., Product]]:
    """Set the product up; keywords are sections of the configuration."""
    with making(tmp_path, dovecot, sink, user) as make:
        yield make


def links(product: Product, reference: str) -> dict[str, str]:
    """The cases that one is linked to, and why."""
    with product.app.store.read() as work:
        return dict(work.cases.linked(product.case(reference).id))


def test_a_campaign_is_recognised_and_everybody_is_answered(make_product: Callable[..., Product]) -> None:
    """The same words from three people are three requests, each acknowledged, each knowing of the others."""
    product = make_product()
    people = [f"person{n}@example.org" for n in range(3)]
    product.put(*[request(f"c{n}", sender=who, body=CAMPAIGN) for n, who in enumerate(people)])
    product.put(request("again", sender=people[0], body=CAMPAIGN.replace("Dear Council", "Dear all")))
    assert product.run_once()["requests"] == 4
    assert sorted(letter.recipients[0] for letter in product.sink.letters) == sorted([*people, people[0]])
    first, second, third, again = (case.reference for case in product.cases())
    assert links(product, third) == {
        first: "the same words from somebody else",
        second: "the same words from somebody else",
        again: "the same words from somebody else",
    }
    assert links(product, again)[first] == "the same person asked this in the same words"
    assert product.app.store.verify().ok


def test_a_mail_to_a_cases_own_address_finds_it_for_its_requester_only(make_product: Callable[..., Product]) -> None:
    """infogov+REFERENCE@ leads the requester's mail to the case; from a stranger it is a suggestion."""
    product = make_product()
    product.put(request("first", sender="jane@example.org"))
    product.run_once()
    [case] = product.cases()
    name, _, domain = COUNCIL.rpartition("@")
    own = f"{name}+{case.reference}@{domain}".encode()
    chaser = "When will I get an answer to my request?\r\n"
    for who in ("jane@example.org", "stranger@example.net"):
        mail = request(f"to-{who[:4]}", sender=who, subject="my request", body=chaser)
        product.put(mail.replace(COUNCIL.encode(), own))
    product.run_once()
    with product.app.store.read() as work:
        sides = [(message.side, message.rung) for message in work.messages.of_case(case.id)]
    assert ("requester", "it was sent to the case's own address") in sides
    assert ("suggested", "it was sent to the case's own address") in sides


def test_welsh_mail_is_answered_in_welsh_and_english_where_that_is_configured(
    make_product: Callable[..., Product],
) -> None:
    """Turned on, a mail in Welsh gets both languages and one in English gets English."""
    product = make_product(letters={"welsh": True})
    product.put(request("cy", sender="gwen@example.org", subject="Cais rhyddid gwybodaeth", body=WELSH), request("en"))
    product.run_once()
    texts = {letter.recipients[0]: letter.raw.decode() for letter in product.sink.letters}
    assert "Annwyl Syr/Fadam" in texts["gwen@example.org"]
    assert "Dear Sir/Madam" in texts["gwen@example.org"]
    assert "Annwyl" not in texts["jane@example.org"]


def test_an_answer_under_the_same_subject_finds_its_senders_case_and_nobody_elses(
    make_product: Callable[..., Product],
) -> None:
    """A mail program that drops the thread costs nothing: "Re:" and the sender's own subject lead to their case; a stranger's don't."""
    product = make_product()
    product.put(request("first", sender="jane@example.org", subject="Street trees"))
    product.run_once()
    [case] = product.cases()
    chaser = "When will I get an answer to my request?\r\n"
    product.put(request("re-jane", sender="jane@example.org", subject="RE: Street  trees", body=chaser))
    product.put(request("re-else", sender="other@example.net", subject="Re: Street trees", body=chaser))
    product.run_once()
    with product.app.store.read() as work:
        sides = [(m.side, m.rung, m.author_email) for m in work.messages.of_case(case.id)]
    assert ("requester", "the same sender answers under the same subject", "jane@example.org") in sides
    assert "other@example.net" not in {author for _, _, author in sides}
