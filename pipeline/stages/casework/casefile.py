"""The case file: every verb of an officer on the facts of a case; the letters are ``Casework``'s."""

from __future__ import annotations

from pipeline.stages.casework.asking import Asked, QuestionVerbs
from pipeline.stages.casework.facts import FactVerbs
from pipeline.stages.casework.joining import JoiningVerbs
from pipeline.stages.casework.keeping import KeepingVerbs

__all__ = ["Asked", "Casefile"]


class Casefile(QuestionVerbs, FactVerbs, JoiningVerbs, KeepingVerbs):
    """Verbs on questions, facts, several cases at once, and what is kept.

    Each is one transaction on one locked case, takes its reference and the officer who acts, and leaves an event. Raises
    NotFoundError for what is not there, NotAllowedError in words for an officer: for a role that only looks, a case of another
    team, a state that does not allow it, a reason that is missing.
    """
