"""Casework: an officer drafts, another approves, and what was approved is frozen to the byte."""

from pipeline.stages.casework.casefile import Asked, Casefile
from pipeline.stages.casework.lookups import RESPONSE
from pipeline.stages.casework.run import APPROVERS, Approved, Casework

__all__ = ["APPROVERS", "RESPONSE", "Approved", "Asked", "Casefile", "Casework"]
