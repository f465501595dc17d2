"""A mail that asks for own data and for other information: one case, two clocks, one acknowledgement that is right for both."""

from __future__ import annotations

from datetime import date
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pages import Office

_TEXT = "How many staff work in housing? Also, this is a subject access request for all emails about me."


def _case(office: Office, reference: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a test's shorthand
    with office.app.store.read() as work:
        case = work.cases.by_reference(reference)
    assert case is not None
    return case


def test_the_foi_part_is_due_after_20_working_days_and_an_officer_is_called(office: Office) -> None:
    """The case is due when its first question is, each question has the day of its law, and the case is flagged."""
    case = _case(office, office.receive(_TEXT))
    assert (case.regime, case.due_on, case.flagged) == ("sar", date(2025, 2, 3), True)
    assert [(one.regime, one.due_on) for one in case.questions] == [("foi", None), (None, date(2025, 2, 6))]
    assert any("own data and for other information" in reason for reason in case.flag_reasons)


def test_the_acknowledgement_promises_each_part_its_own_day(office: Office) -> None:
    """Both days are told, and no proof of identity is asked for what is not personal."""
    office.receive(_TEXT)
    office.deliver()
    mail = message_from_bytes(office.transport.sent[-1].raw, policy=policy.default)
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Other information, by: 3 February 2025" in text
    assert "Personal data, by: 6 February 2025" in text
    assert "no proof of who you are for that part" in " ".join(text.split())


def test_a_plain_subject_access_request_is_told_its_month_alone(office: Office) -> None:
    """Where all of it is own data, one day is told, and nothing is flagged."""
    case = _case(office, office.receive("This is a subject access request for all emails about me."))
    office.deliver()
    assert (case.due_on, case.flagged) == (date(2025, 2, 6), False)
    text = office.transport.sent[-1].raw.decode()
    assert "We will answer by: 6 February 2025" in text
    assert "Other information" not in text
