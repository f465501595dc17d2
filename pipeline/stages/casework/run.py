"""Casework: an officer drafts, another approves, and what was approved is frozen to the byte; who may do what is decided here and nowhere else."""

from __future__ import annotations

from pipeline.stages.casework.approving import Approved
from pipeline.stages.casework.drafts import Drafting
from pipeline.stages.casework.ending import Ending
from pipeline.stages.casework.excepting import Excepting
from pipeline.stages.casework.looking import Looking
from pipeline.stages.casework.resending import Resending
from pipeline.stages.casework.returning import Returning

__all__ = ["APPROVERS", "Approved", "Casework"]

APPROVERS = ("approver", "admin")


class Casework(Drafting, Looking, Resending, Returning, Excepting, Ending):
    """An officer's verbs on one request. Each is one transaction, raises NotFoundError or NotAllowedError, and leaves an event."""
