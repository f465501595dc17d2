"""Mail of those who ask under powers of their own: an officer answers it, and nothing goes to them by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.triage.evidence import within
from pipeline.domain.triage.wording import Sign

if TYPE_CHECKING:
    from pipeline.domain.triage.evidence import Evidence

# Courts, police, ombudsmen and departments that obtain information by their own acts. Some of their people ask under FOI too, and say so.
POWERS = frozenset(
    {"justice.gov.uk", "judiciary.uk", "police.uk", "cps.gov.uk", "nca.gov.uk", "lgo.org.uk", "housing-ombudsman.org.uk", "ombudsman.org.uk"}
    | {"cafcass.gov.uk", "hmrc.gov.uk", "homeoffice.gov.uk", "dwp.gov.uk", "ofsted.gov.uk", "cqc.org.uk", "hse.gov.uk"}
)  # fmt: skip
HELD = "it is written under powers of its own or in proceedings, so an officer answers it"


def own_power(e: Evidence) -> tuple[str, ...]:
    """What shows that a mail about no known case is written under the writer's own powers, and names no law on access to information."""
    if e.known is not None or e.words.law_named or e.words.title_law:
        return ()
    said = e.words.clauses(Sign.OWN_POWER)
    if within(e.domain, POWERS) and (said or e.asks):
        return (*said, f"its sender's domain is {e.domain}, which asks under powers of its own")
    return said


def data_right(e: Evidence) -> tuple[str, ...]:
    """What shows that somebody wants their data changed, deleted or left alone, and speaks of no request or answer of ours."""
    words = e.words
    earlier = words.has(Sign.REVIEW_ASKED, Sign.MISSING, Sign.CHASER) or bool(e.quoted)
    return words.clauses(Sign.DATA_RIGHT) if not e.wishes and not earlier else ()
