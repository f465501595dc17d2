"""Notes, looks, an answer that went another way, and the ends of a case without a letter of ours."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from files_of_cases import ADA, BO, KIM, NOW, QUESTIONS, REX, SAM, day
from storing import frozen

from pipeline.domain.clock import parse_event
from pipeline.domain.errors import NotAllowedError
from pipeline.domain.request import Outcome
from pipeline.mail.parsing import attachment_bytes, parse

if TYPE_CHECKING:
    from files_of_cases import Bureau

REF = "FOI000000015"


def test_notes_are_for_colleagues_and_stay(bureau: Bureau) -> None:
    """A note has its writer; the trail has its digest and not its words; whoever looks may read it and not write one."""
    bureau.open()
    bureau.files.note(REF, "Rang the clinic:\r\nclosed on Mondays.", KIM)
    [note] = bureau.files.notes(REF, SAM)
    assert (note.text, note.officer) == ("Rang the clinic:\nclosed on Mondays.", KIM)
    assert set(bureau.events(REF)["note_added"].data) == {"note", "sha256"}
    for text, officer in ((" ", KIM), ("x", SAM)):
        with pytest.raises(NotAllowedError):
            bureau.files.note(REF, text, officer)


def test_looks_are_on_record(bureau: Bureau) -> None:
    """Everybody's look counts, once in ten minutes; whoever may not see the case sees neither it nor who did."""
    bureau.open(team="children")
    for _ in range(2):
        bureau.files.looked_at(REF, ADA, "message 7")
    bureau.clock.advance(timedelta(minutes=11))
    bureau.files.looked_at(REF, ADA, "message 7")
    bureau.files.looked_at(REF, REX)
    assert [(one.officer, one.what) for one in bureau.files.looks(REF, REX)] == [
        (REX, "the request"), (ADA, "message 7"), (ADA, "message 7"),
    ]  # fmt: skip
    with pytest.raises(NotAllowedError):
        bureau.files.looked_at(REF, SAM)
    with pytest.raises(NotAllowedError):
        bureau.files.looks(REF, KIM)


def test_an_answer_by_post_ends_the_work(bureau: Bureau) -> None:
    """The case is answered with its outcome on that day, the file is kept to the byte, the draft is aside, and no mail leaves."""
    case = bureau.open()
    bureau.draft(case, {QUESTIONS[0].text: "Four."})
    bureau.files.response_already_sent(
        REF, day(14), "by post", Outcome.GRANTED, KIM, note="recorded delivery", files={"answer.pdf": b"%PDF-1.7 yes"}
    )
    now = bureau.case(REF)
    assert (now.workflow, now.outcome, now.clock, now.due_on) == ("sent", "granted", "stopped", date(2025, 2, 3))
    assert bureau.clocks.explain(REF).stopped_on == day(14)
    assert bureau.letter(case).status == "void"
    with bureau.store.read() as work:
        assert work.outbox.summaries() == []
        [message] = work.messages.of_case(case.id)
        raw = work.messages.raw(message.id) or b""
    mail = parse(raw)
    assert message.side == "internal"
    assert "recorded delivery" in mail.text
    assert attachment_bytes(raw, mail.attachments[0].sha256) == b"%PDF-1.7 yes"


def test_an_answer_that_went_another_way_can_be_followed_by_another(bureau: Bureau) -> None:
    """Opened again, the clock runs from its receipt as before, and what happens next can be recorded."""
    bureau.open()
    bureau.files.response_already_sent(REF, day(14), "by post", Outcome.GRANTED, KIM)
    bureau.letters.reopen(REF, KIM, "it was the wrong letter")
    assert bureau.clocks.explain(REF).due_on == date(2025, 2, 3)
    bureau.clocks.record(REF, parse_event("clarification_asked=2025-01-15"), KIM)
    assert bureau.case(REF).clock == "waiting_for_requester"


def test_an_impossible_answer_is_refused(bureau: Bureau) -> None:
    """Before receipt, in the future, without a way, twice, or by somebody who only looks: nothing is kept."""
    bureau.open()
    send = bureau.files.response_already_sent
    for on, how, officer in (
        (day(5), "by post", KIM),
        (day(16), "by post", KIM),
        (day(14), "", KIM),
        (day(14), "x", SAM),
    ):
        with pytest.raises(NotAllowedError):
            send(REF, on, how, Outcome.GRANTED, officer)
    send(REF, day(14), "by post", Outcome.REFUSED, KIM)
    with pytest.raises(NotAllowedError, match="open it again"):
        send(REF, day(14), "by post", Outcome.REFUSED, KIM)


def test_what_is_no_request_is_not_acknowledged(bureau: Bureau) -> None:
    """An acknowledgement that has not gone is cancelled, the draft is laid aside; a reason is needed."""
    case = bureau.open(flagged=True, flag_reasons=("no clear question",))
    with bureau.store.write() as work:
        work.outbox.freeze(case.id, frozen(1), at=NOW)
    with pytest.raises(NotAllowedError, match="needs a reason"):
        bureau.files.not_a_request(REF, KIM, "")
    bureau.files.not_a_request(REF, KIM, "a newsletter")
    now = bureau.case(REF)
    assert (now.workflow, now.clock, now.flagged) == ("not_a_request", "stopped", False)
    with bureau.store.read() as work:
        assert [row.status for row in work.outbox.summaries()] == ["cancelled"]


def test_a_request_lapses_only_while_its_requester_is_awaited(bureau: Bureau) -> None:
    """Not while the clock runs; before the two months are over with a reason; afterwards without one."""
    bureau.open()
    with pytest.raises(NotAllowedError, match="only while"):
        bureau.files.lapse(REF, KIM)
    bureau.clocks.record(REF, parse_event("clarification_asked=2025-01-10"), KIM)
    with pytest.raises(NotAllowedError, match="10 March 2025"):
        bureau.files.lapse(REF, KIM)
    bureau.clock.advance(timedelta(days=60))
    bureau.files.lapse(REF, KIM)
    now = bureau.case(REF)
    assert (now.workflow, now.outcome, now.clock) == ("closed", "lapsed", "stopped")
    assert now.closed_at == bureau.clock.now()


def test_a_letter_that_is_going_stops_the_verb(bureau: Bureau) -> None:
    """What is in the server's hands at this moment can't be taken back, so the case is not ended beneath it."""
    case = bureau.open(questions=QUESTIONS[:1])
    bureau.draft(case, {QUESTIONS[0].text: "Four."})
    bureau.letters.submit(REF, BO, despite="a test")
    bureau.letters.approve(REF, ADA, override_reason="a test")
    bureau.letters.send_now(REF, ADA)
    with bureau.store.write() as work:
        work.outbox.claim("token", NOW, 1)
    with pytest.raises(NotAllowedError, match="being sent right now"):
        bureau.files.not_a_request(REF, KIM, "a mistake")
    assert bureau.case(REF).workflow == "approved"
