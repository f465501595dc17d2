"""The tables. SQLAlchemy's classes are used for their columns only (D1): no object of them ever leaves the store."""

from pipeline.store.schema.cases import CaseLink, CaseMessage, ClockEvent, Erasure, Note, Opening, Question, Request
from pipeline.store.schema.letters import Attempt, Autosave, Letter, LetterFile, LetterVersion, Notice, Outbox
from pipeline.store.schema.mail import Attachment, FirstCopy, Folder, Message, Raw
from pipeline.store.schema.office import (
    Alarm,
    ChainHead,
    Deputy,
    Event,
    Heartbeat,
    Officer,
    SignIn,
    SigningKey,
    Throttle,
)
from pipeline.store.schema.table import NAMING, Table

__all__ = [
    "NAMING",
    "Alarm",
    "Attachment",
    "Attempt",
    "Autosave",
    "CaseLink",
    "CaseMessage",
    "ChainHead",
    "ClockEvent",
    "Deputy",
    "Erasure",
    "Event",
    "FirstCopy",
    "Folder",
    "Heartbeat",
    "Letter",
    "LetterFile",
    "LetterVersion",
    "Message",
    "Note",
    "Notice",
    "Officer",
    "Opening",
    "Outbox",
    "Question",
    "Raw",
    "Request",
    "SignIn",
    "SigningKey",
    "Table",
    "Throttle",
]
