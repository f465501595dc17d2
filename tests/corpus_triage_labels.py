"""How a labelled mail is written down: ``Mail`` holds the message, what is known of its case, and the labels a good officer would give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.domain.acknowledgement import AcknowledgementKind
from pipeline.domain.message import Address, Attachment, Message
from pipeline.domain.request import ClockState, KnownCase, Regime, Workflow

if TYPE_CHECKING:
    from pipeline.domain.triage import Intent, Verdict

OWN = "foi@exampleshire.gov.uk"
OWN_ADDRESSES = frozenset({OWN, "information@exampleshire.gov.uk"})
INTERNAL = frozenset({"exampleshire.gov.uk"})
FORM = "webforms@exampleshire.gov.uk"
REFERENCE = "FOI598335296"

ACK = AcknowledgementKind.ACKNOWLEDGEMENT
RECEIPT = AcknowledgementKind.RECEIPT
SAR_ACK = AcknowledgementKind.SAR_ACKNOWLEDGEMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One labelled mail; *acknowledge* is the kind of automatic answer expected, None for none."""

    name: str
    message: Message
    verdict: Verdict
    intent: Intent
    acknowledge: AcknowledgementKind | None = None
    regime: Regime = Regime.FOI
    case: KnownCase | None = None
    requester: Address | None = None
    suggested: tuple[str, ...] = ()
    tags: frozenset[str] = field(default_factory=frozenset)


def message(
    subject: str,
    text: str,
    *,
    sender: str = "r.okafor@example.net",
    name: str = "",
    headers: tuple[tuple[str, str], ...] = (),
    types: tuple[str, ...] = ("text/plain",),
    params: tuple[tuple[str, str], ...] = (),
    files: tuple[str, ...] = (),
    reply_to: str = "",
    quoted: str = "",
) -> Message:
    """A message as parsing would give it; *files* are attachment names, *quoted* older mail below the new text."""
    return Message(
        message_id="<1@example.net>",
        subject=subject,
        from_=(Address(name, sender),) if sender else (),
        to=(Address("", OWN),),
        reply_to=(Address("", reply_to),) if reply_to else (),
        headers=headers,
        part_types=types,
        content_type=types[0],
        content_params=params,
        text=text + quoted,
        new_text=text,
        attachments=tuple(
            Attachment(name=n, content_type="application/octet-stream", size=9, sha256="0" * 64) for n in files
        ),
    )


def case(
    *,
    clock: ClockState = ClockState.RUNNING,
    workflow: Workflow = Workflow.DRAFTING,
    known_sender: bool = True,
    in_passing: bool = False,
) -> KnownCase:
    """The case REFERENCE, as a reply finds it."""
    return KnownCase(
        reference=REFERENCE,
        requester_email="r.okafor@example.net",
        workflow=workflow,
        clock=clock,
        known_sender=known_sender,
        rung="thread",
        in_passing=in_passing,
    )
