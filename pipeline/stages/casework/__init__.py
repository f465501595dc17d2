"""Casework: an officer drafts, another approves, and what was approved is frozen to the byte."""

from pipeline.stages.casework.run import APPROVERS, RESPONSE, Approved, Casework

__all__ = ["APPROVERS", "RESPONSE", "Approved", "Casework"]
