"""The acknowledgement decision: one test a row of mail.md section 5, both ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from corpus_triage_labels import OWN, OWN_ADDRESSES, case, message

from pipeline.domain.acknowledgement import (
    AcknowledgementFacts,
    AcknowledgementKind,
    AcknowledgementMode,
    Decision,
    decide,
    safe_address,
)
from pipeline.domain.message import Address, Message
from pipeline.domain.request import Regime
from pipeline.domain.triage import Intent, Triage, TriageContext, Verdict, triage, unreadable

FACTS = AcknowledgementFacts(own_addresses=OWN_ADDRESSES)
REQUEST = Triage(verdict=Verdict.REQUEST, intent=Intent.REQUEST, reasons=("looks like a request, because it asks",))
UNCLEAR = replace(REQUEST, intent=Intent.UNCLEAR)
PLAIN = message("FOI", "Please tell me how many parks there are.")


def headed(*headers: tuple[str, str]) -> Message:
    """A person's request with *headers*."""
    return message("FOI", "Please tell me how many parks there are.", headers=headers)


def sent_by(sender: str) -> Message:
    """A request from *sender*."""
    return message("FOI", "Please tell me how many parks there are.", sender=sender)


def judge(mail: Message, facts: AcknowledgementFacts = FACTS, found: Triage = REQUEST) -> Decision:
    """The decision for *mail*, taken as a plain request, so that only the row under test can refuse."""
    return decide(mail, found, facts)


def test_plain_request_is_acknowledged_to_its_author() -> None:
    """Row 18: otherwise yes, to the From address."""
    decision = judge(PLAIN)
    assert (decision.acknowledge, decision.to) == (True, "r.okafor@example.net")
    assert decision.kind is AcknowledgementKind.ACKNOWLEDGEMENT
    assert decision.reasons


def test_row_1_one_definite_sender() -> None:
    """No From, or two without a Sender, gets no answer; two with a Sender answer the Sender."""
    two = (Address("", "a@example.net"), Address("", "b@example.net"))
    assert not judge(replace(PLAIN, from_=())).acknowledge
    assert not judge(replace(PLAIN, from_=two)).acknowledge
    assert judge(replace(PLAIN, from_=two, sender=two[:1])).to == "a@example.net"


@pytest.mark.parametrize("path", ["<>", " < > ", "<MAILER-DAEMON>"])
def test_row_2_null_return_path(path: str) -> None:
    """A null return path forbids an answer."""
    assert not judge(headed(("Return-Path", path))).acknowledge


def test_row_2_ordinary_return_path() -> None:
    """A return path with an address allows one, and only the first is looked at."""
    assert judge(headed(("Return-Path", "<a@example.net>"), ("Return-Path", "<>"))).acknowledge


@pytest.mark.parametrize(
    "types",
    [
        ("multipart/report", "text/plain"),
        ("multipart/mixed", "text/plain", "message/delivery-status"),
        ("multipart/mixed", "message/disposition-notification"),
        ("multipart/mixed", "message/feedback-report"),
        ("multipart/mixed", "message/global-delivery-status"),
    ],
)
def test_row_3_reports(types: tuple[str, ...]) -> None:
    """Any report, and any mail that carries one, gets no answer."""
    assert not judge(message("FOI", "x", types=types)).acknowledge


def test_row_3_ordinary_parts() -> None:
    """Ordinary parts do not stand in the way."""
    assert judge(message("FOI", "x", types=("multipart/mixed", "text/plain", "application/pdf"))).acknowledge


@pytest.mark.parametrize(
    "values",
    [
        ("auto-replied",),
        ("Auto-Generated; type=x",),
        ("(comment (nested)) auto-notified",),
        ("no", "auto-replied"),
        ("something-else",),
        ("no-reply",),
    ],
)
def test_row_4_auto_submitted(values: tuple[str, ...]) -> None:
    """Any Auto-Submitted value but "no", in any occurrence, refuses."""
    assert not judge(headed(*(("Auto-Submitted", value) for value in values))).acknowledge


@pytest.mark.parametrize("value", ["no", "No", " no ; reason=person", "(auto-replied) no"])
def test_row_4_auto_submitted_no(value: str) -> None:
    """The value "no" does not suppress, whatever its comments and parameters say."""
    assert judge(headed(("auto-submitted", value))).acknowledge


@pytest.mark.parametrize(
    "header",
    [
        ("List-Id", "<x>"),
        ("list-unsubscribe", "<y>"),
        ("List-Post", "NO"),
        ("Precedence", "Bulk"),
        ("X-Precedence", "auto_reply"),
        ("Precedence", "junk"),
        ("Precedence", "list"),
    ],
)
def test_row_5_lists_and_bulk(header: tuple[str, str]) -> None:
    """List headers and bulk precedence refuse."""
    assert not judge(headed(header)).acknowledge


@pytest.mark.parametrize("value", ["normal", "first-class", "special-delivery"])
def test_row_5_ordinary_precedence(value: str) -> None:
    """Ordinary precedence is no reason."""
    assert judge(headed(("Precedence", value))).acknowledge


@pytest.mark.parametrize("value", ["All", "DR, AutoReply", "oof,all", "AUTOREPLY"])
def test_row_6_suppress(value: str) -> None:
    """All and AutoReply, as whole words, suppress."""
    assert not judge(headed(("X-Auto-Response-Suppress", value))).acknowledge


@pytest.mark.parametrize("value", ["OOF", "DR", "NDR, RN, NRN", "OOF, DR", "Allow"])
def test_row_6_other_suppress_words(value: str) -> None:
    """What asks only for no out-of-office note or no report does not suppress."""
    assert judge(headed(("X-Auto-Response-Suppress", value))).acknowledge


@pytest.mark.parametrize(
    "name",
    [
        "X-Autoreply",
        "X-Autorespond",
        "X-Autoresponder",
        "X-Autoresponse",
        "X-AutoReply-From",
        "X-Mail-Autoreply",
        "X-Autogenerated",
        "X-FC-MachineGenerated",
        "X-Loop",
        "X-Failed-Recipients",
    ],
)
def test_row_7_makers_own_headers(name: str) -> None:
    """Each maker's own header for automatic mail refuses."""
    assert not judge(headed((name, "yes"))).acknowledge


def test_row_7_message_class_and_negatives() -> None:
    """Message class 9 refuses, and a header that says "no" does not."""
    assert not judge(headed(("X-POST-MessageClass", "9; Autoresponder"))).acknowledge
    assert judge(headed(("X-POST-MessageClass", "1"), ("X-Autoreply", "no"))).acknowledge


@pytest.mark.parametrize(
    "local",
    [
        "mailer-daemon",
        "postmaster",
        "no-reply",
        "donotreply",
        "bounces",
        "owner-x",
        "x-request",
        "x-owner",
        "x-bounces",
        "MDAEMON",
        "root",
        "daemon",
        "www-data",
        "majordomo",
    ],
)
def test_row_8_programs_mailboxes(local: str) -> None:
    """A program's mailbox gets no answer."""
    assert not judge(sent_by(local + "@example.net")).acknowledge


@pytest.mark.parametrize("local", ["norely", "anne.root", "request-1123456-0a1b2c3d", "r.bounceworth"])
def test_row_8_peoples_mailboxes(local: str) -> None:
    """A person's mailbox does, WhatDoTheyKnow's request addresses among them."""
    assert judge(sent_by(local + "@whatdotheyknow.com")).acknowledge


def test_row_9_own_addresses() -> None:
    """From, Sender or Reply-To of our own would come back to us."""
    own = (Address("", OWN.upper()),)
    assert not judge(replace(PLAIN, from_=own)).acknowledge
    assert not judge(replace(PLAIN, sender=own)).acknowledge
    assert not judge(replace(PLAIN, reply_to=own)).acknowledge
    assert not judge(headed(("X-Infogov-Loop", "1"))).acknowledge


def test_row_10_blind_copy_is_acknowledged() -> None:
    """A person may send us a blind copy."""
    assert judge(replace(PLAIN, to=(Address("", "mp@example.org"),))).acknowledge


def test_row_11_forged_or_spam() -> None:
    """DMARC failure with a rejecting policy, junk, and our gateway's spam mark refuse; their opposites do not."""
    assert not judge(PLAIN, replace(FACTS, dmarc_reject=True)).acknowledge
    assert not judge(PLAIN, replace(FACTS, junk=True)).acknowledge
    assert not judge(headed(("X-Spam-Flag", "YES"))).acknowledge
    assert not judge(headed(("X-MS-Exchange-Organization-SCL", "6"))).acknowledge
    assert judge(headed(("X-Spam-Flag", "NO"), ("X-MS-Exchange-Organization-SCL", "-1"))).acknowledge


def test_row_12_reply_to_a_case() -> None:
    """A reply to a known case gets no acknowledgement of its own."""
    mail = message("Re: x", "Any news?")
    found = triage(mail, TriageContext(case=case()))
    assert found.verdict is Verdict.REPLY
    assert not judge(mail, found=found).acknowledge


def test_row_13_duplicate() -> None:
    """A second copy is not answered."""
    found = triage(PLAIN, TriageContext(duplicate_of="message 1"))
    assert not judge(PLAIN, found=found).acknowledge


def test_row_14_limits() -> None:
    """An acknowledgement already sent, or five to one sender in a day, leaves it to an officer; the fifth still goes."""
    assert not judge(PLAIN, replace(FACTS, already_acknowledged=True)).acknowledge
    assert not judge(PLAIN, replace(FACTS, sent_to_sender_today=5)).acknowledge
    assert judge(PLAIN, replace(FACTS, sent_to_sender_today=4)).acknowledge


def test_row_15_subject_needs_another_sign() -> None:
    """An out-of-office subject alone does not refuse; with an out-of-office text it does."""
    person = message("Out of office bookings: FOI", "How many rooms were booked in 2023?")
    program = message("Out of office", "I am on annual leave until Monday.")
    assert judge(person).acknowledge
    assert not judge(program).acknowledge


def test_row_16_quarantined() -> None:
    """What could not be read waits for an officer."""
    assert not judge(PLAIN, found=unreadable("it is too large")).acknowledge


def test_row_17_age_counts_on_first_contact_only() -> None:
    """Old mail is not answered on first contact; after an ordinary outage its age is not looked at."""
    assert not judge(PLAIN, replace(FACTS, received_age=timedelta(days=3, seconds=1))).acknowledge
    assert judge(PLAIN, replace(FACTS, received_age=timedelta(days=3))).acknowledge
    assert judge(PLAIN, replace(FACTS, received_age=None)).acknowledge


def test_reply_to_of_another_domain_asks_an_officer() -> None:
    """Another domain in Reply-To refuses; the same domain is ignored and From is answered."""
    assert not judge(replace(PLAIN, reply_to=(Address("", "x@example.org"),))).acknowledge
    assert judge(replace(PLAIN, reply_to=(Address("", "x@example.net"),))).to == "r.okafor@example.net"


def test_modes() -> None:
    """Release writes the answer and waits; off sends none and says what an officer may send."""
    release = judge(PLAIN, replace(FACTS, mode=AcknowledgementMode.RELEASE))
    off = judge(PLAIN, replace(FACTS, mode=AcknowledgementMode.OFF))
    assert (release.acknowledge, release.release_needed) == (True, True)
    assert (off.acknowledge, off.kind, off.offered) == (False, None, AcknowledgementKind.ACKNOWLEDGEMENT)


@pytest.mark.parametrize(
    ("regime", "found", "kind"),
    [
        (Regime.FOI, REQUEST, AcknowledgementKind.ACKNOWLEDGEMENT),
        (Regime.EIR, REQUEST, AcknowledgementKind.ACKNOWLEDGEMENT),
        (Regime.SAR, REQUEST, AcknowledgementKind.SAR_ACKNOWLEDGEMENT),
        (Regime.SAR, UNCLEAR, AcknowledgementKind.RECEIPT),
        (Regime.FOI, UNCLEAR, AcknowledgementKind.RECEIPT),
    ],
)
def test_kinds(regime: Regime, found: Triage, kind: AcknowledgementKind) -> None:
    """The law and the intent choose the kind."""
    assert judge(PLAIN, replace(FACTS, regime=regime), found).kind is kind


@pytest.mark.parametrize("intent", [Intent.CHASER, Intent.REVIEW, Intent.WITHDRAWAL, Intent.CLARIFICATION])
def test_follow_ups_without_a_case_get_no_answer(intent: Intent) -> None:
    """They are requests to be looked at, never answered by a machine."""
    assert not judge(PLAIN, found=replace(REQUEST, intent=intent)).acknowledge


@pytest.mark.parametrize(
    "intent", [Intent.THANKS, Intent.COMPLAINT, Intent.NOT_A_REQUEST, Intent.ICO, Intent.INTERNAL, Intent.DUPLICATE]
)
def test_other_mail_gets_no_answer(intent: Intent) -> None:
    """Thanks, complaints, the Commissioner and colleagues are never acknowledged."""
    verdict = Verdict.INTERNAL if intent is Intent.INTERNAL else Verdict.OTHER
    assert not judge(PLAIN, found=replace(REQUEST, verdict=verdict, intent=intent)).acknowledge


def test_all_reasons_are_collected() -> None:
    """A refusal gives every reason, not only the first."""
    mail = headed(("Return-Path", "<>"), ("Auto-Submitted", "auto-replied"), ("List-Id", "<x>"))
    assert len(judge(mail, replace(FACTS, mode=AcknowledgementMode.OFF, dmarc_reject=True)).reasons) >= 5


def test_web_form_answers_its_requester() -> None:
    """The person a form names is answered, whatever the form's address and headers; unless that is ourselves or a program."""
    form = message("Form", "x", sender="noreply@forms.example.org", headers=(("Auto-Submitted", "auto-generated"),))
    person = Address("J", "j@example.org")
    assert judge(form, replace(FACTS, requester=person)).to == "j@example.org"
    assert not judge(form, replace(FACTS, requester=Address("", OWN))).acknowledge
    assert not judge(form, replace(FACTS, requester=Address("", "no-reply@example.org"))).acknowledge


@pytest.mark.parametrize(
    "email", ["a@example.net", "o'hara+x@a-b.example.co.uk", "request-1-0a1b2c3d@whatdotheyknow.com"]
)
def test_safe_addresses(email: str) -> None:
    """Ordinary addresses can be answered."""
    assert safe_address(email)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "a",
        "a@",
        "@b.c",
        "a@b",
        "a b@example.net",
        "a@example.net\r\nBcc: x@y.z",
        "a..b@example.net",
        ".a@example.net",
        '"a b"@example.net',
        "jösé@example.net",
        "a@exämple.net",
        "a@-b.example",
        "a@b@c.example",
        "a" * 65 + "@example.net",
        "a@example.net\n",
        "=?utf-8?q?a?=,b@example.net",
    ],
)
def test_unsafe_addresses(email: str) -> None:
    """What could not stand in an envelope and a header as it is gets no answer, and says why."""
    assert not safe_address(email)
    decision = judge(replace(PLAIN, from_=(Address("", email),)))
    assert decision.acknowledge is safe_address(email.strip())
    assert decision.reasons


def test_nothing_of_the_sender_stands_in_the_reasons() -> None:
    """Reasons quote neither subject nor text of the sender."""
    mail = message("Zebra stripes", "Please tell me how many zebras there are.", headers=(("Auto-Submitted", "zebra"),))
    assert "zebra" not in " ".join(judge(mail, replace(FACTS, mode=AcknowledgementMode.OFF)).reasons).lower()


def _as_read(subject: str, text: str) -> Decision:
    mail = message(subject, text)
    return judge(mail, found=triage(mail, TriageContext()))


def test_mail_without_a_person_in_it_is_not_answered_unseen() -> None:
    """Figures stated with no ask, greeting or name are what programs send; the same words under a name, or a question, are a person's."""
    assert not _as_read("Scan from KM_C258", "Number of images: 3. Details of the device follow.").acknowledge
    assert _as_read("Costs", "Number of images bought in 2023.\n\nUrsula Bell").acknowledge
    assert _as_read("Costs", "Number of images bought in 2023?").acknowledge


def test_what_offices_send_to_everybody_is_not_answered_unseen() -> None:
    """An office's own acknowledgement waits for an officer; a plain request that uses the same words does not."""
    thanks = "Thank you for your enquiry. We aim to respond within 20 working days."
    assert not _as_read("FOI acknowledgement - ref 20441", thanks).acknowledge
    asks = f"{thanks} Please send me, under the Freedom of Information Act, a copy of the taxi policy."
    assert _as_read("FOI request", asks).acknowledge
