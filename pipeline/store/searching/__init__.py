"""Search by word: the index over all cases, kept in the transactions that change them, and the question put to it."""

from pipeline.store.searching.finding import Search

__all__ = ["Search"]
