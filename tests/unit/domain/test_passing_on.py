"""A note that only passes another mail on is told from a request that comes with one."""

from __future__ import annotations

import pytest
from corpus_whose_words import mail

from pipeline.domain.acknowledgement import AcknowledgementFacts, decide
from pipeline.domain.passing_on import only_passes_on
from pipeline.domain.triage import Intent, Triage, Verdict
from pipeline.mail.parsing import parse


@pytest.mark.parametrize(
    ("subject", "note"),
    [
        ("Fwd: records", "Please see my dad's message below, he can't work email.\n\nSandra"),
        ("Fwd: records", "FYI"),
        ("WG: Anfrage", "Danke"),
        ("Records", "Please deal with the request below under FOI."),
        ("Allotments", "can you answer my constituent please? He asked me for this."),
        ("Misdirected request", "Hi, this one is meant for you. Regards, FOI"),
    ],
)
def test_note_passes_on(subject: str, note: str) -> None:
    """Words that hand a mail over, and orders to deal with it, ask for nothing of their own."""
    assert only_passes_on(subject, note, "Sandra Pell")


@pytest.mark.parametrize(
    ("subject", "note"),
    [
        ("Fwd: records", "How many people were refused like my dad below?"),
        ("Fwd: trees", "Please answer the letter below under the Act, I would like the same information."),
        ("Fwd: trees", "Please send me a copy of the policy that the mail below speaks of."),
        ("Re: trees", "I agree with what Orla wrote."),
        ("Re: trees", "Thanks, that answers it."),
        ("Fwd: trees", "word " * 400),
    ],
)
def test_note_that_asks_or_answers_passes_nothing_on(subject: str, note: str) -> None:
    """Somebody who asks themselves, or only answers in a thread, keeps their own words as the mail's."""
    assert not only_passes_on(subject, note, "Tom Vale")


@pytest.mark.parametrize(("passes_on", "acknowledged"), [(False, True), (True, False)])
def test_what_is_passed_on_is_not_acknowledged_unseen(*, passes_on: bool, acknowledged: bool) -> None:
    """Nobody is told that "their" request came before an officer has said whose it is."""
    judged = Triage(verdict=Verdict.REQUEST, intent=Intent.REQUEST, reasons=("it asks",), passes_on=passes_on)
    message = parse(mail("trees", "How many?", sender="Tom Vale <tom@example.org>"))
    assert decide(message, judged, AcknowledgementFacts()).acknowledge is acknowledged
