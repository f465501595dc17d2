"""Triage: what a message is, decided by its envelope and its words, with reasons an officer understands."""

from pipeline.domain.triage.deciding import PROPOSED_EFFECTS, Triage, triage, unreadable
from pipeline.domain.triage.evidence import Intent, TriageContext, Verdict

__all__ = ["PROPOSED_EFFECTS", "Intent", "Triage", "TriageContext", "Verdict", "triage", "unreadable"]
