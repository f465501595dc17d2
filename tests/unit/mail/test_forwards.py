"""A mail attached to a colleague's mail: whose it is, when our servers first had it, and how far the search goes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from corpus_whose_words import COLLEAGUE, HOST, OWN, TREES, attached, mail, stranger

from pipeline.domain.receipt import Receipt
from pipeline.mail.council import Council
from pipeline.mail.forwards import Found, find_original, from_outlook, propose
from pipeline.mail.msg import OutlookMessage
from pipeline.mail.parsing import parse
from pipeline.settings import Settings

FORWARDED = datetime(2025, 1, 10, 11, 0, tzinfo=UTC)
RECEIPT = Receipt(at=FORWARDED, source="The mailbox dates it so.")
SETTINGS = Settings.model_validate(
    {
        "path": Path("infogov.toml"),
        "authority": {
            "name": "Exampleshire Council",
            "team": "Information Team",
            "internal_domains": ["exampleshire.gov.uk"],
            "trusted_hosts": [HOST],
        },
        "mailbox": {},
        "smtp": {"host": "localhost", "from_address": OWN},
    }
)
COUNCIL = Council.of(SETTINGS)
KIM = "Kim Ward <kim.ward@exampleshire.gov.uk>"


def search(raw: bytes) -> Found | None:
    """What is found inside *raw*."""
    return find_original(parse(raw), raw, RECEIPT, COUNCIL)


def found(raw: bytes) -> Found:
    """What is found inside *raw*, which must hold something."""
    result = search(raw)
    assert result is not None
    return result


def test_attached_mail_tells_sender_and_arrival() -> None:
    """Sender, subject, text and Message-ID are the attached mail's, its arrival the first stamp of our own server."""
    result = found(attached(stranger()))
    assert result.attached
    assert result.forwarded.sender.email == "orla@example.org"
    assert result.forwarded.subject == "Freedom of Information request"
    assert result.forwarded.text == TREES
    assert result.message_id == "<first@example.org>"
    assert result.arrived is not None
    assert result.arrived.at == datetime(2025, 1, 6, 9, 58, 10, tzinfo=UTC)


def test_stamps_of_others_prove_nothing() -> None:
    """A mail that only foreign servers stamped has no arrival, and neither has one stamped after its forward."""
    foreign = stranger().replace(f"by {HOST}".encode(), b"by mx.example.net")
    assert found(attached(foreign)).arrived is None
    assert found(attached(stranger(received="Sat, 11 Jan 2025 09:58:10 +0000"))).arrived is None


def test_a_file_named_eml_is_a_mail() -> None:
    """An attachment of no particular type is read where its name says that it is a mail, and passed over where not."""
    assert found(attached(stranger(), name="request.EML", kind="application/octet-stream")).attached
    assert search(attached(stranger(), name="request.bin", kind="application/octet-stream")) is None


def test_forwards_inside_forwards() -> None:
    """Colleagues' mails are opened one after the other down to the stranger's, four deep and no further."""
    inner = stranger()
    for _ in range(3):
        inner = attached(inner, sender=KIM).replace(b"cut", b"cut-" + str(len(inner)).encode())
    assert found(attached(inner)).forwarded.sender.email == "orla@example.org"
    for _ in range(2):
        inner = attached(inner, sender=KIM).replace(b"cut", b"cut-" + str(len(inner)).encode())
    assert search(attached(inner)) is None


def test_attached_mail_goes_before_copied_text() -> None:
    """Where a mail is both attached and copied, the attached one counts, for it has its own headers."""
    note = "Please log.\n\nFrom: Tom Vale <tom@example.org>\nSent: 06 January 2025 09:58\nTo: Parks\nSubject: x\n\nHow many?"
    assert found(attached(stranger(), note)).forwarded.sender.email == "orla@example.org"


def test_our_own_letter_attached_is_no_forward() -> None:
    """A letter of ours that comes back attached is nobody's request."""
    assert search(attached(stranger(sender=f"FOI Team <{OWN}>"))) is None


def test_a_councillors_attached_mail() -> None:
    """A councillor's mail from our own domain is found and marked as ours; a plain colleague's is passed over."""
    result = found(attached(stranger(sender="Cllr Mair Pugh <mair.pugh@exampleshire.gov.uk>")))
    assert result.forwarded.ours is True
    assert search(attached(stranger(sender=KIM))) is None


def test_damaged_attachments_are_passed_over() -> None:
    """An attachment that only says it is a mail, or Outlook's file cut short, ends in no proposal and no error."""
    assert (
        search(
            attached(
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
                name="request.msg",
                kind="application/vnd.ms-outlook",
            )
        )
        is None
    )
    assert search(attached(b"", name="request.eml")) is None


def test_a_message_saved_by_outlook() -> None:
    """Sender and text are those that Outlook kept, arrival and Message-ID come from the headers it kept."""
    saved = OutlookMessage(
        subject="Trees",
        sender_name="Finch, Orla",
        sender_email="orla@example.org",
        sent=datetime(2025, 1, 6, 9, 58, tzinfo=UTC),
        headers=f"Received: from a.example.org by {HOST}; Mon, 6 Jan 2025 09:58:10 +0000\r\nMessage-ID: <first@example.org>\r\n",
        text="How many?",
        files=(),
    )
    message = from_outlook(saved)
    assert message.author is not None
    assert (message.author.name, message.author.email) == ("Finch, Orla", "orla@example.org")
    assert (message.subject, message.text, message.message_id) == ("Trees", "How many?", "<first@example.org>")
    assert len(message.received) == 1


def test_only_a_colleagues_mail_is_proposed_from() -> None:
    """A stranger's forward, and mail from one of our own addresses, propose nothing."""
    for sender, expected in ((COLLEAGUE, True), ("Tom Vale <tom@example.org>", False), (f"FOI <{OWN}>", False)):
        raw = attached(stranger(), sender=sender)
        assert (propose(parse(raw), raw, RECEIPT, COUNCIL) is not None) is expected, sender


def test_subject_of_a_forward_without_one() -> None:
    """Where the original's subject is not given, the forward's own stands in, without its prefixes."""
    raw = mail(
        "RE: FW: Trees",
        "Copied in.\n\nOn 6 Jan 2025, at 09:58, Orla Finch <orla@example.org> wrote:\n\n> How many trees?",
    )
    proposal = propose(parse(raw), raw, RECEIPT, COUNCIL)
    assert proposal is not None
    assert proposal.subject == "Trees"
    assert type(proposal).from_json(proposal.as_json()) == proposal
