"""The check of a letter before it goes for approval: what the law asks for, what may not leave, and what reads badly."""

from pipeline.letters.checking.findings import CheckFacts, Finding, Level, Rule
from pipeline.letters.checking.letter import check

__all__ = ["CheckFacts", "Finding", "Level", "Rule", "check"]
