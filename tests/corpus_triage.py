"""The labelled mails of the triage tests, all of our own writing; ``corpus_triage_labels`` says how one is written down."""

from __future__ import annotations

from corpus_triage_answers import ANSWERS
from corpus_triage_followups import KNOWN, UNKNOWN
from corpus_triage_later import LATER
from corpus_triage_others import MACHINES, PEOPLE
from corpus_triage_powers import POWERS
from corpus_triage_requests import REQUESTS, UNCLEAR

MAILS = (*REQUESTS, *UNCLEAR, *KNOWN, *UNKNOWN, *PEOPLE, *MACHINES, *LATER, *ANSWERS, *POWERS)
