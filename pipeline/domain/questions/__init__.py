"""Questions: what a letter asks for, one by one, in its writer's own words."""

from pipeline.domain.questions.finding import LOOK_AT, MOST, questions
from pipeline.domain.questions.titled import questions_of

__all__ = ["LOOK_AT", "MOST", "questions", "questions_of"]
