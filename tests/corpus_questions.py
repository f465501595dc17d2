"""The labelled set for questions and laws: letters of our own writing in tests/questions_letters, each with its labels and its law."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "questions_letters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter as its sender wrote it: *labels* are those of its questions in order ("" for one without a number), *regime* its law."""

    name: str
    regime: str
    labels: tuple[str, ...]
    text: str


def letters() -> tuple[Letter, ...]:
    """Every letter of the set; a file holds many, each under a line "### name | law | labels", where - stands for no label."""
    found: list[Letter] = []
    for path in sorted(_FOLDER.glob("*.txt")):
        for part in path.read_text(encoding="utf-8").split("### ")[1:]:
            head, _, text = part.partition("\n")
            name, regime, labels = (field.strip() for field in head.rsplit("|", 2))
            split = tuple("" if label == "-" else label for label in labels.split())
            found.append(Letter(name=name, regime=regime, labels=split, text=text))
    return tuple(found)
