"""Tables that hold nothing of their own, only what the lists look up: the words of each case, and the provisions each letter relied on.

On SQLite a full-text table, ``request_fts``, stands over the words; it is no table of ours and is kept by searching alone.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Text
from sqlalchemy.dialects.postgresql import TSVECTOR

from pipeline.store.columns import Code
from pipeline.store.schema.table import Mapped, Table, mapped_column

# What a database keeps beside the tables of the schema: SQLite's full-text table with its parts, and PostgreSQL's index of words.
FULL_TEXT = "request_fts"
WORDS_INDEX = "ix_request_search_words"


class RequestSearch(Table):
    """The folded words of one case, each once: text for SQLite's full-text table, a tsvector on PostgreSQL."""

    __tablename__ = "request_search"
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))


class LetterProvision(Table):
    """A provision that an approved letter relied on, in one spelling such as "s.40(2)", for the figures; it outlives the letter's text."""

    __tablename__ = "letter_provision"
    letter_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    provision: Mapped[str] = mapped_column(Code(64), primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
