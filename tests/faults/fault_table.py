"""What each fault does to the product: the claims, one a row, that the tests beside this prove and ARCHITECTURE.md shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from faults.imap_rows import IMAP_ROWS
from faults.machine_rows import MACHINE_ROWS
from faults.postgres_rows import POSTGRES_ROWS
from faults.smtp_rows import SMTP_ROWS

if TYPE_CHECKING:
    from pathlib import Path

    from faults.row import Row

BEGIN, END = "<!-- faults:begin -->", "<!-- faults:end -->"
ROWS: dict[str, Row] = {row.name: row for row in (*IMAP_ROWS, *SMTP_ROWS, *MACHINE_ROWS, *POSTGRES_ROWS)}
_HEAD = ("fault", "lost", "repeated", "recovers", "what health says")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one case of a fault did: mails, requests and letters *lost*; letters *repeated*; *tries* until all was well; the *words* told."""

    lost: int
    repeated: int
    tries: int
    words: str


@dataclass(slots=True)
class Proofs:
    """Which cases of which rows this run has shown to be true."""

    shown: dict[str, set[str]] = field(default_factory=dict)

    def show(self, name: str, case: str, seen: Seen) -> None:
        """Compare what was *seen* in one case of row *name* with the row's claim, and note it. Fails where they differ."""
        row = ROWS[name]
        assert case in row.cases, f"{name} claims nothing for {case}"
        measured = (seen.lost, seen.repeated, seen.tries)
        assert measured == (0, row.repeated, row.tries), (
            f"{name}, {case}: (lost, repeated, tries) = {measured}; {seen.words}"
        )
        assert row.health.casefold() in seen.words.casefold(), f"{name}, {case}: {seen.words}"
        self.shown.setdefault(name, set()).add(case)

    def note(self, name: str, case: str) -> None:
        """Note a case that its test has shown in its own way."""
        assert case in ROWS[name].cases, f"{name} claims nothing for {case}"
        self.shown.setdefault(name, set()).add(case)

    @property
    def complete(self) -> bool:
        """Whether every case of every row was shown."""
        return self.shown == {name: set(row.cases) for name, row in ROWS.items()}


def markdown() -> str:
    """The table, one line a fault."""
    lines = [_HEAD, ("---",) * len(_HEAD)]
    for row in ROWS.values():
        repeated = "nothing" if not row.repeated else row.repeats
        where = f" ({', '.join(row.cases).replace('DOT', 'final dot')})" if len(row.cases) > 1 else ""
        lines.append((row.fault + where, "nothing", repeated, row.recovery, f"“{row.health}”" if row.health else "—"))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def between_markers(page: Path) -> str:
    """The table as *page* has it; empty where it has none."""
    found = re.search(f"{BEGIN}\n(.*?){END}", page.read_text(encoding="utf-8"), re.DOTALL)
    return "" if found is None else found[1].strip("\n") + "\n"
