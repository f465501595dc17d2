"""The release check and its way out: what would leave unseen is found before approval, and a clean copy can be made."""

from pipeline.letters.release.cleaning import CleanCopy, CleanForm, clean_copy
from pipeline.letters.release.examining import examine
from pipeline.letters.release.findings import Finding, ReleaseFile, ReleaseReport
from pipeline.letters.release.wording import Level, Rule

__all__ = [
    "CleanCopy",
    "CleanForm",
    "Finding",
    "Level",
    "ReleaseFile",
    "ReleaseReport",
    "Rule",
    "clean_copy",
    "examine",
]
