"""Triage: the labelled corpus, the order of the table, and that anything at all gets a verdict with a reason."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from corpus_triage import MAILS
from corpus_triage_labels import FORM, INTERNAL, OWN, OWN_ADDRESSES, REFERENCE, Mail, case, message
from corpus_triage_powers import POWERS
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.acknowledgement import AcknowledgementFacts, decide
from pipeline.domain.message import Address, Message
from pipeline.domain.request import ClockState, Regime, Workflow
from pipeline.domain.triage import (
    Intent,
    Triage,
    TriageContext,
    Verdict,
    triage,
    unreadable,
    wording,
    wording_cases,
    wording_other,
)
from pipeline.domain.triage.automatic import mailbox_sign
from pipeline.domain.triage.language import foreign_language

CONTEXT = TriageContext(own_addresses=OWN_ADDRESSES, internal_domains=INTERNAL, web_form_senders=frozenset({FORM}))


def read(mail: Mail) -> Triage:
    """Triage of a labelled mail with what is known of it."""
    duplicate = "message 1" if "duplicate" in mail.tags else None
    return triage(mail.message, replace(CONTEXT, case=mail.case, suggested=mail.suggested, duplicate_of=duplicate))


def test_corpus_shares_right_per_label() -> None:
    """At least 95 % of the labelled mails get the right verdict, intent and kind of answer; the shares and the misses are printed."""
    right: Counter[str] = Counter()
    wrong: list[str] = []
    for mail in MAILS:
        found = read(mail)
        facts = AcknowledgementFacts(own_addresses=OWN_ADDRESSES, regime=mail.regime, requester=mail.requester)
        decision = decide(mail.message, found, facts)
        right["verdict"] += found.verdict is mail.verdict
        right["intent"] += found.intent is mail.intent
        right["acknowledge"] += decision.kind is mail.acknowledge
        if (found.verdict, found.intent, decision.kind) != (mail.verdict, mail.intent, mail.acknowledge):
            wrong.append(f"{mail.name}: {found.verdict}/{found.intent}/{decision.kind}: {found.reasons[0]}")
    for label, count in right.items():
        print(f"{label}: {count} of {len(MAILS)} right ({count / len(MAILS):.1%})")
    print("misses:", *(wrong or ["none"]), sep="\n  ")
    assert len(MAILS) >= 120
    assert all(count / len(MAILS) >= 0.95 for count in right.values())


def test_no_program_in_the_corpus_is_acknowledged() -> None:
    """Nothing labelled as automatic, bounce or internal is ever answered."""
    for mail in MAILS:
        if mail.verdict in {Verdict.AUTOMATIC, Verdict.BOUNCE, Verdict.INTERNAL}:
            facts = AcknowledgementFacts(own_addresses=OWN_ADDRESSES)
            assert not decide(mail.message, read(mail), facts).acknowledge, mail.name


def test_nobody_who_asks_in_the_corpus_is_passed_over() -> None:
    """No mail labelled as a request ends as other, automatic or bounce."""
    for mail in MAILS:
        if mail.intent is Intent.REQUEST:
            assert read(mail).verdict in {Verdict.REQUEST, Verdict.REPLY}, mail.name


def test_reasons_read_as_sentences() -> None:
    """The first reason says what the mail looks like and why, in words an officer understands."""
    mail = message(REFERENCE, "When can I expect an answer to this request?")
    found = triage(mail, replace(CONTEXT, case=case()))
    assert found.reasons[0] == f"looks like a chaser, because it quotes {REFERENCE} and asks when the answer will come"


def test_all_reasons_are_kept() -> None:
    """What other rules would have said stands after the deciding reason."""
    mail = message(
        "", "I am out of the office until Monday.", headers=(("Auto-Submitted", "auto-replied"),), sender=OWN
    )
    found = triage(mail, CONTEXT)
    assert found.intent is Intent.AUTOMATIC
    assert any("internal mail" in reason for reason in found.reasons[1:])


def test_duplicate_comes_before_everything() -> None:
    """A second copy is a second copy, whoever sent it."""
    found = triage(message("x", "y", sender="casework@ico.org.uk"), replace(CONTEXT, duplicate_of="message 7"))
    assert (found.verdict, found.intent) == (Verdict.OTHER, Intent.DUPLICATE)
    assert "message 7" in found.reasons[0]


@pytest.mark.parametrize(
    ("sender", "intent"),
    [
        ("a@ico.org.uk", Intent.ICO),
        ("a@cases.ico.org.uk", Intent.ICO),
        ("a@notico.org.uk", Intent.REQUEST),
        ("a@ico.org.uk.example.com", Intent.REQUEST),
    ],
)
def test_commissioner_is_told_by_whole_domain(sender: str, intent: Intent) -> None:
    """Only ico.org.uk and what lies below it is the Commissioner."""
    found = triage(message("FOI", "How many bins are there?", sender=sender), CONTEXT)
    assert found.intent is intent
    assert found.flagged is (intent is Intent.ICO)


def test_commissioners_newsletter_is_automatic() -> None:
    """Bulk mail of the Commissioner is not urgent."""
    mail = message("News", "News", sender="news@ico.org.uk", headers=(("List-Id", "<n.ico.org.uk>"),))
    assert triage(mail, CONTEXT).intent is Intent.AUTOMATIC


def test_internal_domain_counts_with_what_lies_below_it() -> None:
    """A colleague on a subdomain is a colleague; a lookalike is not."""
    text = "Please send the figures for 2023."
    below = message("FOI", text, sender="a@schools.exampleshire.gov.uk")
    beside = message("FOI", text, sender="a@notexampleshire.gov.uk")
    assert triage(below, CONTEXT).verdict is Verdict.INTERNAL
    assert triage(beside, CONTEXT).verdict is Verdict.REQUEST


def test_internal_mail_that_passes_on_a_request_is_flagged() -> None:
    """A colleague's forwarded request asks an officer whom it is from, and opens nothing by itself."""
    text = "Under the Freedom of Information Act I would like to request the number of bins."
    found = triage(message("FW: FOI request", text, sender="a@exampleshire.gov.uk"), CONTEXT)
    assert (found.verdict, found.flagged) == (Verdict.INTERNAL, True)


def test_web_form_of_the_council_is_a_person() -> None:
    """Our own web form's address and automatic headers do not make its mail internal or automatic."""
    mail = message("Form", "How many parks are there?", sender=FORM, headers=(("Auto-Submitted", "auto-generated"),))
    assert triage(mail, CONTEXT).intent is Intent.REQUEST


def test_unknown_sender_is_never_attached() -> None:
    """A stranger who quotes a case makes a flagged request with a suggested link."""
    known = case(known_sender=False)
    found = triage(message(REFERENCE, "Any update?"), replace(CONTEXT, case=known))
    assert (found.verdict, found.flagged, found.suggested) == (Verdict.REQUEST, True, (REFERENCE,))


def test_reply_to_a_closed_case_is_flagged() -> None:
    """A reply that would open a case again is looked at."""
    closed = case(workflow=Workflow.CLOSED, clock=ClockState.STOPPED)
    found = triage(message("Re: x", "I am not happy with your answer."), replace(CONTEXT, case=closed))
    assert (found.verdict, found.intent, found.flagged) == (Verdict.REPLY, Intent.REVIEW, True)
    assert any("closed" in reason for reason in found.reasons)


def test_proposed_effect_only_for_replies() -> None:
    """A reply proposes what it does to the clock; other mail proposes nothing."""
    reply = triage(message("Re: x", "Please withdraw my request."), replace(CONTEXT, case=case()))
    assert reply.proposed_effect is not None
    assert "withdrawn" in reply.proposed_effect
    assert triage(message("FOI", "How many bins?"), CONTEXT).proposed_effect is None


def test_waiting_case_takes_questions_as_an_answer() -> None:
    """While we wait for the requester, even a question of theirs is their answer, unless they call it a new request."""
    waiting = replace(CONTEXT, case=case(clock=ClockState.WAITING))
    text = "How many in each of the last two years, please?"
    assert triage(message("Re: x", text), waiting).intent is Intent.CLARIFICATION
    assert triage(message("Re: x", "This is a new FOI request. " + text), waiting).verdict is Verdict.REQUEST


def test_plain_request_through_a_list_is_shown_as_a_request() -> None:
    """A council that reads its mail through a group address loses no request to the List headers, and answers none by machine."""
    text = (
        "Under the Freedom of Information Act please tell me how many bins there are. I would like to request a list."
    )
    mail = message("FOI", text, headers=(("List-Id", "<foi.exampleshire.gov.uk>"),))
    found = triage(mail, CONTEXT)
    assert (found.verdict, found.flagged) == (Verdict.REQUEST, True)
    assert not decide(mail, found, AcknowledgementFacts()).acknowledge


def test_forwarded_bounce_of_a_person_is_a_persons_mail() -> None:
    """Somebody who sends us the bounce they got is not a mail system."""
    mail = message(
        "FW: Undeliverable: FOI request",
        "My request bounced, here it is again: how many parks are there?",
        types=("multipart/mixed", "text/plain", "message/rfc822", "message/delivery-status"),
    )
    found = triage(mail, CONTEXT)
    assert (found.verdict, found.flagged) == (Verdict.REQUEST, True)


def test_attachment_text_joins_where_the_body_only_points_to_it() -> None:
    """Once the attachment can be read, "please see attached" is what the attachment says."""
    mail = message("Letter", "Please see attached.", files=("a.docx",))
    assert triage(mail, CONTEXT).intent is Intent.UNCLEAR
    text = "Under the Freedom of Information Act please tell me how many parks there are."
    assert triage(mail, replace(CONTEXT, attachment_text=text)).intent is Intent.REQUEST


def test_quoted_history_is_not_the_senders_word() -> None:
    """Only the new text tells the intent; the quoted request below a chaser is old."""
    quoted = "\n> Under the FOI Act please provide the number of bins, a list of depots and all contracts."
    mail = message("Re: FOI request", "Any news on this?", quoted=quoted)
    assert triage(mail, CONTEXT).intent is Intent.CHASER


def test_two_authors_are_flagged() -> None:
    """A mail with two From addresses and no Sender has no definite author, and is still a request."""
    mail = replace(message("FOI", "How many bins?"), from_=(Address("", "a@example.net"), Address("", "b@example.net")))
    found = triage(mail, CONTEXT)
    assert (found.verdict, found.flagged) == (Verdict.REQUEST, True)


def test_unreadable_mail_is_quarantined() -> None:
    """What no parser could read says so."""
    found = unreadable("it is larger than 50 MB")
    assert (found.verdict, found.intent) == (Verdict.QUARANTINED, Intent.UNREADABLE)
    assert found.reasons == ("looks like mail that could not be read, because it is larger than 50 MB",)


@pytest.mark.parametrize(
    "local", ["norely", "anne.root", "bouncer", "e.bouncer", "roots", "no.one", "reply", "postmasters", "requester"]
)
def test_peoples_mailboxes_are_not_taken_for_programs(local: str) -> None:
    """A name that only looks like a program's is a person's."""
    assert mailbox_sign(local + "@example.net") is None


@pytest.mark.parametrize(
    "local",
    [
        "noreply",
        "no-reply",
        "No.Reply",
        "do_not_reply",
        "do-not-reply-to-this-address",
        "noreply-horsham",
        "foiresponses_NO-REPLY",
        "MAILER-DAEMON",
        "postmaster",
        "bounces+12-x",
        "bounce",
        "owner-list",
        "x-request",
        "list-bounces",
        "root",
        "www-data",
        "listserv",
    ],
)
def test_programs_mailboxes_are_known(local: str) -> None:
    """Row 8 knows the mailboxes that programs use."""
    assert mailbox_sign(local + "@example.net") is not None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Proszę o informację, ile osób pracuje w urzędzie i jak to się zmieniło.", "Polish"),
        ("Скажите, пожалуйста, сколько школ в городе?", "Russian"),
        ("Hoffwn wybod faint o goed sydd yn y parc, os gwelwch yn dda.", None),
        ("Please tell me how many people named Müller or Łukasz work for you.", None),
        ("", None),
    ],
)
def test_language_is_named_not_guessed(text: str, language: str | None) -> None:
    """Languages other than English and Welsh are named; a foreign name in an English mail is none."""
    found = foreign_language(text)
    assert (found is None) if language is None else (found is not None and language in found)


def test_patterns_hold_no_nested_repeats() -> None:
    """No pattern repeats without bound something that repeats without bound, so that reading stays linear."""
    rules = (*wording.REQUEST_RULES, *wording_cases.FOLLOW_UP_RULES, *wording_other.OTHER_RULES)
    patterns = [rule.pattern for rule in rules] + [wording.MATERIAL, wording.BOILERPLATE, wording.CONDITIONAL]
    nested = re.compile(r"[*+][^()|]*\)[*+]")
    for pattern in patterns:
        assert not nested.search(pattern.pattern), pattern.pattern[:80]


WORDS = st.sampled_from(
    [
        "foi",
        "please",
        "how many",
        "internal review",
        "when will",
        "thank you",
        "withdraw my request",
        "?",
        ".",
        "\n",
        "\n\n",
        "1.",
        "<b>",
        "&",
        "no",
        "if",
        "Re:",
    ]
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=40).map(" ".join))
HEADER_NAMES = st.sampled_from(
    [
        "Auto-Submitted",
        "Return-Path",
        "Precedence",
        "X-Loop",
        "List-Id",
        "X-Auto-Response-Suppress",
        "X-Spam-Flag",
        "Subject",
    ]
)
ADDRESSES = st.builds(Address, st.text(max_size=10), st.one_of(st.text(max_size=30), st.emails()))


@given(
    subject=TEXTS,
    text=TEXTS,
    people=st.lists(ADDRESSES, max_size=3),
    headers=st.lists(st.tuples(HEADER_NAMES, TEXTS), max_size=4),
    known=st.sampled_from([None, case(), case(clock=ClockState.WAITING), case(known_sender=False)]),
)
def test_anything_gets_a_verdict_and_a_decision_with_reasons(
    subject: str, text: str, people: list[Address], headers: list[tuple[str, str]], known: object
) -> None:
    """Whatever a message holds, triage and the decision give an answer and at least one reason each."""
    mail = Message(
        message_id=None, subject=subject, from_=tuple(people), text=text, new_text=text, headers=tuple(headers)
    )
    found = triage(mail, replace(CONTEXT, case=known))  # type: ignore[arg-type]
    decision = decide(mail, found, AcknowledgementFacts(own_addresses=OWN_ADDRESSES))
    assert found.reasons
    assert all(reason.strip() for reason in found.reasons)
    assert decision.reasons
    assert (decision.to is not None) is decision.acknowledge


@pytest.mark.parametrize(
    "piece", ["a", "1.", "please ", "\n", "- ", "make my ", "(", "foi request ", "x\n\n", "how many? ", "<"]
)
def test_a_megabyte_is_read(piece: str) -> None:
    """A megabyte of one thing is read to the cap and gets a verdict."""
    mail = message("big", piece * (1_000_000 // len(piece)))
    assert triage(mail, CONTEXT).reasons


@pytest.mark.parametrize(
    ("sender", "headers", "text"),
    [
        ("noreply@forms.example", (), "Full name  Lee Garth\nEmail address  lee@example.net\nDetails of your request  The roads to be resurfaced."),
        ("forms@forms.example", (("Auto-Submitted", "auto-generated"),), "Name: Dora\nEmail: d@example.net\nRequest: How many meters were broken?"),
        ("noreply@exampleshire.gov.uk", (), "Please send me a copy of the parking contract."),
    ],
)  # fmt: skip
def test_what_a_person_asks_through_a_program_is_shown(
    sender: str, headers: tuple[tuple[str, str], ...], text: str
) -> None:
    """The form of another house that nobody told us of is listed among new mail, and answered by nobody but an officer."""
    mail = message("Freedom of Information form", text, sender=sender, headers=headers)
    found = triage(mail, CONTEXT)
    assert (found.verdict, found.flagged) == (Verdict.AUTOMATIC, True)
    assert not decide(mail, found, AcknowledgementFacts()).acknowledge


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Case 12 updated", "The status of case 12 has changed. Log in to view the details.\nEmail: help@example.org"),
        ("Automatic reply: your request for information", "I am away until Monday. Could you please send the details to Jo?"),
    ],
)  # fmt: skip
def test_what_programs_say_by_themselves_is_not_listed(subject: str, text: str) -> None:
    """A notice with an address in it, and an absence note, fill no officer's list."""
    mail = message(subject, text, sender="noreply@example.org", headers=(("Auto-Submitted", "auto-generated"),))
    assert not triage(mail, CONTEXT).flagged


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Please send me the body worn camera footage of my penalty charge notice being issued.", Intent.REQUEST),
        ("Could I get a copy of the CCTV from the car park on the day my van was hit?", Intent.REQUEST),
        (
            "Please check the CCTV in the alley: our bin was not emptied and there is rubbish everywhere.",
            Intent.NOT_A_REQUEST,
        ),
    ],
)
def test_a_recording_is_asked_for_whatever_it_shows(text: str, intent: Intent) -> None:
    """Footage is on record: asking for it is a request, though it shows a service; asking for a camera is not."""
    assert triage(message("Request", text), CONTEXT).intent is intent


@pytest.mark.parametrize("mail", POWERS, ids=lambda mail: mail.name)
def test_powers_proceedings_and_rights_over_data(mail: Mail) -> None:
    """Police, courts and claimants are left to an officer unanswered; a right over data is no withdrawal or review; FOI is FOI from anybody."""
    found = read(mail)
    assert (found.verdict, found.intent) == (mail.verdict, mail.intent), found.reasons
    assert found.flagged is (mail.intent is Intent.UNCLEAR)
    assert decide(mail.message, found, AcknowledgementFacts(regime=Regime.FOI)).kind == mail.acknowledge


@pytest.mark.parametrize(
    ("subject", "text", "sender", "headers"),
    [
        ("FOI request", "Dora sent a message: FOI request - how many meters were vandalised in 2025?", "notification@network.example", ()),
        ("jo@x.example sent you files", "jo@x.example sent you SAR documents.zip. 2 items. Expires on 30 May. Download link", "hello@transfer.example", ()),
        ("You have a new encrypted message", "A secure message has been sent to you by Reed Solicitors. Click to open.", "secure@gateway.example", ()),
        ("FOI request", "Under the Freedom of Information Act please tell me how many bins you bought.", "desk@firm.example", (("X-Freshdesk-Ticket", "8"),)),
    ],
)  # fmt: skip
def test_a_hint_of_a_program_keeps_back_the_letter_and_not_the_case(
    subject: str, text: str, sender: str, headers: tuple[tuple[str, str], ...]
) -> None:
    """What a person may have asked through a program is a request for an officer, and no letter goes to the program."""
    mail = message(subject, text, sender=sender, headers=headers)
    found = triage(mail, CONTEXT)
    assert (found.verdict, found.flagged) == (Verdict.REQUEST, True)
    assert not decide(mail, found, AcknowledgementFacts()).acknowledge


def test_a_person_who_speaks_of_tickets_is_no_helpdesk() -> None:
    """Somebody who asks, or says "I", under a subject that systems use is read by what they ask."""
    for text in (
        "Please provide the date on which your request team was set up and how many requests were logged.",
        "I asked for the repair of a lamp and your call centre said it has been logged. How many lamps were mended in 2025?",
    ):
        assert triage(message("Ticket #99121 logged", text), CONTEXT).verdict is not Verdict.AUTOMATIC
