"""The labelled corpus: raw mails of our own writing in tests/corpus, what a good officer makes of each, and how many are read right."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakes import FixedClock

from pipeline.bootstrap import uk_calendar
from pipeline.settings import Settings
from pipeline.stages.explain import Explainer

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parent / "corpus"
ARRIVED = datetime(2024, 6, 12, 10, 0, tzinfo=UTC)
LABELS = ("verdict", "intent", "regime", "requester", "questions", "acknowledge", "kind")

_CONFIGURED = {
    "path": Path("infogov.toml"),
    "authority": {
        "name": "Ambleford Borough Council",
        "team": "Information Governance Team",
        "internal_domains": ["council.gov.example"],
    },
    "mailbox": {"foi": {"name": "foi", "host": "localhost", "user": "foi@council.gov.example"}},
    "smtp": {"host": "localhost", "from_address": "foi@council.gov.example"},
    "web_forms": {"requests": {"sender": "webforms@council.gov.example", "question_label": "Your request"}},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One mail's file and its labels; a label that isn't there isn't judged, "a|b" in one means that either is right."""

    name: str
    labels: dict[str, str]

    @property
    def raw(self) -> bytes:
        """The mail as a server would hand it over."""
        return (FOLDER / self.name).read_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One label that was not met."""

    name: str
    label: str
    wanted: str
    got: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name:28} {self.label:11} wanted {self.wanted:16} got {self.got:16} {self.reason[:90]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How many mails each label was judged on and how many were right, and each that was not."""

    judged: dict[str, int]
    right: dict[str, int]
    misses: tuple[Miss, ...]

    def share(self, label: str) -> float:
        """The part of the judged mails that *label* was right on, 0 to 1."""
        return self.right[label] / self.judged[label]

    def table(self) -> str:
        """The shares and the misses, for a person to read."""
        shares = (
            f"{label:11} {self.share(label):6.1%}  ({self.right[label]} of {self.judged[label]})" for label in LABELS
        )
        return "\n".join([*shares, "", *(str(miss) for miss in self.misses)])


def mails() -> tuple[Labelled, ...]:
    """Every labelled mail, in the order of the labels file."""
    told = tomllib.loads((FOLDER / "labels.toml").read_text(encoding="utf-8"))
    return tuple(
        Labelled(name=name, labels={label: str(value).lower() for label, value in labels.items()})
        for name, labels in told.items()
    )


def explainer() -> Explainer:
    """One that explains for the council that the corpus writes to."""
    return Explainer(Settings.model_validate(_CONFIGURED), uk_calendar(), FixedClock(ARRIVED))


def score(explained: Iterable[tuple[Labelled, dict[str, Any]]]) -> Score:
    """Hold what was explained of each mail against its labels."""
    judged: dict[str, int] = defaultdict(int)
    right: dict[str, int] = defaultdict(int)
    misses = []
    for mail, found in explained:
        told = {
            "verdict": found["verdict"],
            "intent": found["intent"],
            "regime": found["regime"] or "",
            "requester": found["requester_email"],
            "questions": len(found["questions"]),
            "acknowledge": found["acknowledge"],
            "kind": found["acknowledge_kind"] or "",
        }
        for label, wanted in mail.labels.items():
            got = str(told[label]).lower()
            judged[label] += 1
            if got in wanted.split("|"):
                right[label] += 1
            else:
                misses.append(Miss(name=mail.name, label=label, wanted=wanted, got=got, reason=found["reasons"][0]))
    return Score(judged=dict(judged), right=dict(right), misses=tuple(misses))
