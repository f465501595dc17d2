"""Hostile bytes: a corpus of our own, the bombs that are only made when needed, and coverage-guided fuzzing of whatever reads them."""
