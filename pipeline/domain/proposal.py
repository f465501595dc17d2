"""The request that a forwarded mail may hold, as it is proposed to an officer: whose it is, what it asks, and when the council first had it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pipeline.domain.calendar import long_date
from pipeline.domain.message import Address
from pipeline.domain.request import Question, Regime

_KEPT = 20_000  # characters of text kept beside the message; the raw mail has all of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an officer is asked to confirm. Nothing is opened or acknowledged before.

    *attached* tells a mail that came whole from one copied into the text. *ours*: the sender writes from our own domain as a councillor.
    *received_at* (UTC) and *received_on* (London) are the first arrival at a trusted server, in *received_source*'s words; *trusted* is
    false where only the forward itself proves an arrival. *sent_on* is the day the copied header lines claim, None when they say none.
    *message_id* is the original's own, known only where it came attached.
    """

    sender: Address
    subject: str
    text: str
    note: str
    attached: bool
    ours: bool
    received_at: datetime
    received_on: date
    received_source: str
    trusted: bool
    sent_on: date | None
    regime: Regime
    regime_reasons: tuple[str, ...]
    questions: tuple[Question, ...]
    topic: str
    message_id: str | None = None

    @property
    def first_arrival(self) -> date:
        """The day to propose as day of receipt: the first trusted arrival, or the claimed day where that is earlier and nothing better is known."""
        return self.sent_on if self.claims_earlier and self.sent_on is not None else self.received_on

    @property
    def claims_earlier(self) -> bool:
        """Whether the copied header lines say it was sent on an earlier day than any trusted stamp shows."""
        return not self.trusted and self.sent_on is not None and self.sent_on < self.received_on

    @property
    def remark(self) -> str:
        """The proposal as one sentence for the message's reasons."""
        who = f"{self.sender.name} <{self.sender.email}>" if self.sender.name else f"<{self.sender.email}>"
        how = "it brings as an attachment" if self.attached else "it forwards"
        when = f" of {long_date(self.sent_on)}" if self.sent_on is not None else ""
        if self.ours:
            role = "an officer asks in what role the councillor wrote before anything is opened"
            return f"{how} mail{when} from {who if self.sender.email else self.sender.name}, on our own domain; {role}"
        return f"{how} mail{when} from {who}; an officer says whether a request is to be opened for them"

    @property
    def remark_on_outsider(self) -> str:
        """The same of a mail that no colleague passes on: its questions are this person's, and who is to be answered is not plain."""
        address = f"<{self.sender.email}>" if self.sender.email else "without an address"
        who = f"{self.sender.name} {address}" if self.sender.name else address
        how = "it brings as an attachment" if self.attached else "it passes on"
        when = f" of {long_date(self.sent_on)}" if self.sent_on is not None else ""
        return f"{how} mail{when} from {who}, whose questions are recorded; an officer says whose request it is"

    def as_json(self) -> dict[str, Any]:
        """The proposal as plain values, fit for JSON; ``from_json`` reads them back. The text is cut after 20,000 characters."""
        return {
            "name": self.sender.name,
            "email": self.sender.email,
            "subject": self.subject,
            "text": self.text[:_KEPT],
            "note": self.note,
            "attached": self.attached,
            "ours": self.ours,
            "received_at": self.received_at.isoformat(),
            "received_on": self.received_on.isoformat(),
            "received_source": self.received_source,
            "trusted": self.trusted,
            "sent_on": self.sent_on.isoformat() if self.sent_on else None,
            "first_arrival": self.first_arrival.isoformat(),
            "regime": self.regime.value,
            "regime_reasons": list(self.regime_reasons),
            "questions": [{"label": q.label, "text": q.text} for q in self.questions],
            "topic": self.topic,
            "message_id": self.message_id,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Proposal:
        """Read what ``as_json`` wrote."""
        return cls(
            sender=Address(values["name"], values["email"]),
            subject=values["subject"],
            text=values["text"],
            note=values["note"],
            attached=values["attached"],
            ours=values["ours"],
            received_at=datetime.fromisoformat(values["received_at"]),
            received_on=date.fromisoformat(values["received_on"]),
            received_source=values["received_source"],
            trusted=values["trusted"],
            sent_on=date.fromisoformat(values["sent_on"]) if values["sent_on"] else None,
            regime=Regime(values["regime"]),
            regime_reasons=tuple(values["regime_reasons"]),
            questions=tuple(Question(label=q["label"], text=q["text"]) for q in values["questions"]),
            topic=values["topic"],
            message_id=values["message_id"],
        )
