"""Explain: what intake would make of one mail that has just arrived in an empty database; no database, no network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.domain.acknowledgement import AcknowledgementFacts, decide
from pipeline.domain.errors import InfogovError
from pipeline.domain.triage import Intent, TriageContext, Verdict
from pipeline.mail.council import Council
from pipeline.mail.judging import judge
from pipeline.mail.reading import read

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.message import Address
    from pipeline.domain.ports import Clock
    from pipeline.domain.proposal import Proposal
    from pipeline.domain.request import Question, Regime
    from pipeline.mail.readout import Reading
    from pipeline.settings import Settings

_LARGEST_MB = 50


class Explainer:
    """Explains mails one after another; keeps nothing of them."""

    def __init__(self, settings: Settings, calendar: Calendar, clock: Clock) -> None:
        self._settings = settings
        self._calendar = calendar
        self._council = Council.of(settings)
        self._clock = clock
        self._limit = max([box.max_message_mb for box in settings.mailbox.values()] or [_LARGEST_MB])
        self._context = TriageContext(
            own_addresses=self._council.own_addresses,
            internal_domains=self._council.internal_domains,
            web_form_senders=self._council.form_senders,
            case=None,
            suggested=(),
            duplicate_of=None,
        )

    def explain(self, raw: bytes, internal_date: datetime | None = None) -> dict[str, Any]:
        """Everything intake would say about *raw*; the keys are an interface. Never raises for what a mail holds."""
        if len(raw) > self._limit * 2**20:
            return _quarantined(f"too large to fetch by itself ({len(raw) / 2**20:.0f} MB)")
        try:
            return self._explained(read(raw, internal_date or self._clock.now(), self._council))
        except Exception as error:  # noqa: BLE001 - the per-message boundary, as in intake: one bad file never ends the run
            return _quarantined(
                str(error) if isinstance(error, InfogovError) else f"the reader failed ({type(error).__name__})"
            )

    def _explained(self, reading: Reading) -> dict[str, Any]:
        judged = judge(reading, self._context)
        decision = decide(
            reading.message,
            judged,
            AcknowledgementFacts(
                mode=self._settings.acknowledgement.mode,
                own_addresses=self._settings.own_addresses | self._context.web_form_senders,
                received_age=None,
                max_age_days=self._settings.acknowledgement.max_age_days,
                already_acknowledged=False,
                sent_to_sender_today=0,
                per_sender_per_day=self._settings.acknowledgement.per_sender_per_day,
                regime=reading.regime.regime,
                dmarc_reject=reading.authentication.rejects,
                requester=reading.requester if reading.from_form else None,
            ),
        )
        message = reading.message
        whose = _whose(reading, judged.verdict)
        return {
            "verdict": judged.verdict,
            "intent": judged.intent,
            "reasons": list(judged.reasons),
            "acknowledge": decision.acknowledge,
            "acknowledge_kind": decision.kind if decision.acknowledge else None,
            "acknowledge_reasons": list(decision.reasons),
            "regime": whose.regime,
            "requester_name": whose.requester.name if whose.requester else "",
            "requester_email": whose.requester.email if whose.requester else "",
            "topic": whose.topic,
            "subject": message.subject,
            "questions": [{"label": q.label, "text": q.text} for q in whose.questions],
            "proposal": whose.proposal.as_json() if whose.proposal else None,
            "authentication": _authentication(reading),
            "attachments": [
                {"name": a.name, "content_type": a.content_type, "size": a.size, "sha256": a.sha256}
                for a in message.attachments
            ],
            "text": message.text,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whose:
    """Whose words a mail brings and what they ask: its own, or for a colleague's forward those of the mail inside."""

    requester: Address | None
    regime: Regime | None = None
    topic: str = ""
    questions: tuple[Question, ...] = ()
    proposal: Proposal | None = None


def _whose(reading: Reading, verdict: Verdict) -> _Whose:
    if verdict is Verdict.INTERNAL and (found := reading.proposal) is not None:
        return _Whose(
            requester=found.sender, regime=found.regime, topic=found.topic, questions=found.questions, proposal=found
        )
    if verdict is not Verdict.REQUEST:
        return _Whose(requester=reading.requester)
    return _Whose(
        requester=reading.requester,
        regime=reading.regime.regime,
        topic=reading.topic,
        questions=reading.questions,
    )


def _authentication(reading: Reading) -> dict[str, str] | None:
    """What our own server found out about the sender; None where it said nothing or none is configured."""
    found = reading.authentication
    if not found.known:
        return None
    return {"spf": found.spf, "dkim": found.dkim, "dmarc": found.dmarc, "policy": found.policy}


def _quarantined(reason: str) -> dict[str, Any]:
    return {
        "verdict": Verdict.QUARANTINED,
        "intent": Intent.UNREADABLE,
        "reasons": [reason],
        "acknowledge": False,
        "acknowledge_kind": None,
        "acknowledge_reasons": ["it could not be read"],
        "regime": None,
        "requester_name": "",
        "requester_email": "",
        "topic": "",
        "subject": "",
        "questions": [],
        "proposal": None,
        "authentication": None,
        "attachments": [],
        "text": "",
    }
