"""Writing letters from a form: versions that nobody writes over, what was typed and not kept, and short forms for other letters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from drafting_desk import ADMIN, APPROVER, AT, COLLEAGUE, DRAFTER, DUE, LOOKER, DraftingDesk

from pipeline.domain.citation import Citation, ProvisionSource
from pipeline.domain.clock_events import EventKind
from pipeline.domain.errors import ConflictError, NotAllowedError, NotFoundError, RecordError
from pipeline.domain.request import Regime
from pipeline.letters.model import LetterKind, Particulars, Reliance, ReviewDecision
from pipeline.stages.casework.drafts import LARGEST_FORM
from pipeline.stages.casework.looking import Change, How
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> DraftingDesk:
    """One request, nothing drafted."""
    return DraftingDesk(tmp_path)


# ---- the form --------------------------------------------------------------------------------------------------------


def test_a_form_begins_with_what_is_known(desk: DraftingDesk) -> None:
    """Before anything is kept the draft has the questions verbatim and version 0."""
    draft = desk.casework.draft(desk.reference)
    assert (draft.version, draft.status, draft.letter_id, draft.files) == (0, "new", None, ())
    assert [q.text for q in draft.record.questions] == [q.text for q in desk.case.questions]
    assert draft.record.received_on == desk.case.received_on
    with pytest.raises(NotFoundError):
        desk.casework.draft("FOI999999999")


def test_what_a_form_keeps_comes_back_to_it(desk: DraftingDesk) -> None:
    """The record kept is the record shown, with who wrote it; the file of it is what the command would show."""
    written = desk.answered('Forty, or "about" forty.\n\nSee <https://www.example.gov.uk/clinics>.')
    desk.casework.save_record(desk.reference, written, DRAFTER, base_version=0)
    draft = desk.casework.draft(desk.reference)
    assert draft.record == written
    assert (draft.version, draft.status, draft.writers) == (1, "drafting", (DRAFTER,))
    assert 'Forty, or \\"about\\" forty.' in desk.casework.draft_text(desk.reference)


def test_a_mistake_in_a_form_is_named(desk: DraftingDesk) -> None:
    """Like the file's mistakes, by question and field, and nothing is kept."""
    written = desk.answered()
    wrong = replace(written, questions=(replace(written.questions[0], link="www.example.org"), written.questions[1]))
    with pytest.raises(RecordError, match=r"question 1: link: .* is not a web address"):
        desk.casework.save_record(desk.reference, wrong, DRAFTER)
    assert desk.letters() == []


def test_a_newer_version_of_another_is_not_written_over(desk: DraftingDesk) -> None:
    """Two began from version 1: the second to keep it is told who was first and when, and both texts are still there."""
    desk.save("First.", DRAFTER, base_version=0)
    desk.clock.advance(timedelta(minutes=5))
    desk.save("Cole's.", COLLEAGUE, base_version=1)
    with pytest.raises(ConflictError, match="compare the two") as caught:
        desk.save("Dana's.", DRAFTER, base_version=1)
    assert (caught.value.by, caught.value.at, caught.value.version) == (COLLEAGUE, AT + timedelta(minutes=5), 2)
    assert desk.casework.draft(desk.reference).record.questions[0].answer == "Cole's."
    desk.save("Both.", DRAFTER, base_version=2)
    assert [one.record.questions[0].answer for one in desk.casework.versions(desk.reference)] == [
        "First.",
        "Cole's.",
        "Both.",
    ]


def test_ones_own_newer_version_is_a_conflict_too(desk: DraftingDesk) -> None:
    """A second window of the same officer is not written over either, but a second click on the same button is no conflict."""
    desk.save("First.", base_version=0)
    assert desk.casework.save_record(desk.reference, desk.answered("First."), DRAFTER, base_version=0) == ()
    assert len(desk.casework.versions(desk.reference)) == 1
    with pytest.raises(ConflictError, match="you kept version 1"):
        desk.save("Second.", base_version=0)


def test_a_letter_that_has_gone_is_not_begun_anew_by_an_old_form(desk: DraftingDesk) -> None:
    """Whoever still has the form open learns that the letter went."""
    kind, keys = LetterKind.FREE, Particulars(subject="Hello", message="We are looking into it.")
    desk.casework.new_letter(desk.reference, kind, DRAFTER, keys)
    form = desk.casework.draft(desk.reference, kind)
    desk.casework.submit(desk.reference, DRAFTER)
    desk.casework.approve(desk.reference, APPROVER)
    assert desk.deliver() == 1
    with pytest.raises(ConflictError, match="sent or laid aside") as caught:
        desk.casework.save_record(desk.reference, form.record, DRAFTER, base_version=form.version)
    assert caught.value.by == DRAFTER


def test_who_may_only_look_keeps_nothing(desk: DraftingDesk) -> None:
    """Reading is not writing."""
    with pytest.raises(NotAllowedError, match="may look but not act"):
        desk.save(officer=LOOKER)
    with pytest.raises(NotAllowedError, match="may look but not act"):
        desk.casework.autosave(desk.reference, LetterKind.RESPONSE, LOOKER, {}, 0)


def test_a_restricted_case_is_drafted_by_its_team_only(desk: DraftingDesk) -> None:
    """The verbs of writing and approving ask who may see the case, as every page does."""
    desk.submitted()
    desk.restrict()
    for verb in (
        lambda: desk.save("Other."),
        lambda: desk.casework.autosave(desk.reference, LetterKind.RESPONSE, DRAFTER, {}, 0),
        lambda: desk.casework.approve(desk.reference, APPROVER),
        lambda: desk.casework.give_back(desk.reference, APPROVER, "no"),
    ):
        with pytest.raises(NotAllowedError, match="only the team Adults"):
            verb()
    desk.casework.approve(desk.reference, ADMIN)


# ---- what changed ----------------------------------------------------------------------------------------------------


def test_an_approver_sees_what_changed_since_it_was_returned(desk: DraftingDesk) -> None:
    """Kept, removed and added lines, in the letter's own words; nothing where it was never before anybody."""
    desk.submitted("There were forty clinics.")
    assert desk.casework.changes_since(desk.reference) == ()
    desk.casework.give_back(desk.reference, APPROVER, "say of which year")
    returned = desk.casework.draft(desk.reference)
    assert (returned.returned, returned.returned_by, returned.status) == ("say of which year", APPROVER, "drafting")
    desk.save("There were forty clinics in 2025.")
    changes = desk.casework.changes_since(desk.reference)
    assert Change(How.REMOVED, "There were forty clinics.") in changes
    assert Change(How.ADDED, "There were forty clinics in 2025.") in changes
    assert Change(How.KEPT, f"Reference: {desk.reference}") in changes
    desk.casework.submit(desk.reference, DRAFTER)
    assert desk.casework.changes_since(desk.reference) == changes
    assert desk.casework.draft(desk.reference).returned == ""


# ---- what is typed and not yet kept ----------------------------------------------------------------------------------


def test_what_was_typed_is_there_again_until_it_is_kept(desk: DraftingDesk) -> None:
    """Each officer has their own; keeping the draft clears it, for that officer alone."""
    kind = LetterKind.RESPONSE
    desk.casework.autosave(desk.reference, kind, DRAFTER, {"answer-1": "For"}, 0)
    desk.casework.autosave(desk.reference, kind, DRAFTER, {"answer-1": "Forty"}, 0)
    desk.casework.autosave(desk.reference, kind, COLLEAGUE, {"answer-1": "Fifty"}, 0)
    found = desk.casework.autosaved(desk.reference, kind, DRAFTER.upper())
    assert found is not None
    assert (found.form, found.base_version, found.at) == ({"answer-1": "Forty"}, 0, AT)
    desk.save()
    assert desk.casework.autosaved(desk.reference, kind, DRAFTER) is None
    assert desk.casework.autosaved(desk.reference, kind, COLLEAGUE) is not None
    desk.casework.drop_autosave(desk.reference, kind, COLLEAGUE)
    assert desk.casework.autosaved(desk.reference, kind, COLLEAGUE) is None
    assert desk.store.verify().findings == []


def test_too_much_is_not_kept_while_typing(desk: DraftingDesk) -> None:
    """A form beyond any letter is refused."""
    with pytest.raises(NotAllowedError, match="save the draft"):
        desk.casework.autosave(desk.reference, LetterKind.RESPONSE, DRAFTER, {"a": "x" * LARGEST_FORM}, 0)


def test_two_at_one_draft_see_one_another(desk: DraftingDesk) -> None:
    """Who typed in the last minutes is named, oneself and older typing are not."""
    kind = LetterKind.RESPONSE
    desk.casework.autosave(desk.reference, kind, COLLEAGUE, {}, 0)
    desk.clock.advance(timedelta(minutes=10))
    desk.casework.autosave(desk.reference, kind, DRAFTER, {}, 0)
    assert [one.officer for one in desk.casework.others_editing(desk.reference, kind, DRAFTER)] == [COLLEAGUE]
    assert desk.casework.others_editing(desk.reference, kind, DRAFTER, within_minutes=5) == ()
    assert desk.casework.others_editing(desk.reference, LetterKind.FREE, DRAFTER) == ()


# ---- letters from a short form ---------------------------------------------------------------------------------------

_QUALIFIED = Reliance(
    citation=Citation(source=ProvisionSource.SECTION, number="43(2)"), reason="A tender is open, and prices are secret."
)
SHORT = {
    LetterKind.CLARIFICATION: Particulars(needed="Which year do you mean?"),
    LetterKind.FEES_NOTICE: Particulars(amount="45.00", breakdown=("Copies: 45 pounds",), how_to_pay="By card."),
    LetterKind.PUBLIC_INTEREST_EXTENSION: Particulars(provisions=(_QUALIFIED,), decision_by=date(2026, 4, 8)),
    LetterKind.WITHDRAWAL: Particulars(withdrawn_on=date(2026, 3, 1)),
    LetterKind.REVIEW_ACKNOWLEDGEMENT: Particulars(review_received_on=date(2026, 3, 1), decision_by=date(2026, 3, 30)),
    LetterKind.REVIEW_OUTCOME: Particulars(
        review_received_on=date(2026, 3, 1),
        decision=ReviewDecision.UPHELD,
        findings="Section 21 was rightly relied on.",
        reviewer="the Monitoring Officer",
    ),
    LetterKind.APOLOGY: Particulars(answer_by=date(2026, 3, 27)),
    LetterKind.TRANSFER: Particulars(holder="Southfield Council", contact="www.southfield.example"),
}
CLOCKS = {
    LetterKind.CLARIFICATION: EventKind.CLARIFICATION_ASKED,
    LetterKind.FEES_NOTICE: EventKind.FEES_NOTICE,
    LetterKind.PUBLIC_INTEREST_EXTENSION: EventKind.PIT_EXTENSION,
    LetterKind.TRANSFER: EventKind.SENT,
}


@pytest.mark.parametrize("kind", SHORT)
def test_a_letter_from_a_short_form_goes_and_moves_its_clock(desk: DraftingDesk, kind: LetterKind) -> None:
    """A few fields are enough; it is submitted and approved like an answer, and what it does to the clock happens by its sending."""
    desk.casework.new_letter(desk.reference, kind, DRAFTER, SHORT[kind])
    desk.casework.submit(desk.reference, DRAFTER)
    desk.casework.approve(desk.reference, APPROVER)
    with desk.store.read() as work:
        assert work.clock_events.of_case(desk.case.id) == []
    assert desk.deliver() == 1
    with desk.store.read() as work:
        kinds = [event.kind for event in work.clock_events.of_case(desk.case.id)]
    assert kinds == ([CLOCKS[kind]] if kind in CLOCKS else [])
    assert not desk.case.flagged
    assert desk.case.workflow == ("sent" if kind is LetterKind.TRANSFER else "new")
    if kind is LetterKind.PUBLIC_INTEREST_EXTENSION:
        assert desk.case.due_on == date(2026, 4, 8)
    assert desk.store.verify().findings == []


@pytest.mark.parametrize(
    ("regime", "kind", "day"),
    [
        (Regime.EIR, EventKind.EIR_EXTENSION, date(2026, 4, 15)),
        (Regime.SAR, EventKind.SAR_EXTENSION, date(2026, 5, 26)),
    ],
)
def test_an_extension_is_that_of_its_law(desk: DraftingDesk, regime: Regime, kind: EventKind, day: date) -> None:
    """Regulation 7 and article 12 have one each, and the date of the letter becomes the date of the case."""
    with desk.store.write() as work:
        work.cases.change(desk.case, Happening(kind="law_changed", at=AT), regime=regime)
    said = Particulars(reason="It is complex, and there are 4,000 pages of it.", answer_by=day)
    desk.casework.new_letter(desk.reference, LetterKind.EXTENSION, DRAFTER, said)
    desk.casework.submit(desk.reference, DRAFTER)
    desk.casework.approve(desk.reference, APPROVER)
    assert desk.deliver() == 1
    with desk.store.read() as work:
        assert [event.kind for event in work.clock_events.of_case(desk.case.id)] == [kind]
    assert desk.case.due_on == day


def test_an_apology_knows_when_the_answer_was_due(desk: DraftingDesk) -> None:
    """What the case knows need not be typed; questions are for the kinds that have them."""
    desk.casework.new_letter(desk.reference, LetterKind.APOLOGY, DRAFTER, SHORT[LetterKind.APOLOGY])
    assert desk.casework.draft(desk.reference, LetterKind.APOLOGY).record.particulars.due_on == DUE
    desk.casework.new_letter(
        desk.reference, LetterKind.CLARIFICATION, DRAFTER, SHORT[LetterKind.CLARIFICATION], questions=[2]
    )
    asked = desk.casework.draft(desk.reference, LetterKind.CLARIFICATION).record.questions
    assert [one.text for one in asked] == [desk.case.questions[1].text]


def test_a_short_form_says_what_is_missing_and_overwrites_nothing(desk: DraftingDesk) -> None:
    """A needed field left empty is named; a letter of that kind that is being written stays; an answer has no short form."""
    with pytest.raises(RecordError, match="needed: this is missing"):
        desk.casework.new_letter(desk.reference, LetterKind.CLARIFICATION, DRAFTER, Particulars())
    desk.casework.new_letter(desk.reference, LetterKind.CLARIFICATION, DRAFTER, SHORT[LetterKind.CLARIFICATION])
    with pytest.raises(ConflictError):
        desk.casework.new_letter(desk.reference, LetterKind.CLARIFICATION, COLLEAGUE, Particulars(needed="Which town?"))
    with pytest.raises(NotAllowedError, match="not a short form"):
        desk.casework.new_letter(desk.reference, LetterKind.RESPONSE, DRAFTER, Particulars())


# ---- queues and forms of the letter ----------------------------------------------------------------------------------


def test_every_letter_that_waits_is_in_the_queue(desk: DraftingDesk) -> None:
    """Letters beside the answer wait in the same list, each with its kind, drafter, time and the date the case is due."""
    desk.casework.new_letter(desk.reference, LetterKind.APOLOGY, COLLEAGUE, SHORT[LetterKind.APOLOGY])
    desk.casework.submit(desk.reference, COLLEAGUE)
    desk.clock.advance(timedelta(minutes=1))
    desk.submitted()
    with desk.store.read() as work:
        listed = work.letters.for_approval()
    assert [(one.kind, one.reference, one.writers, one.submitted_by, one.due_on) for one in listed] == [
        ("apology", desk.reference, (COLLEAGUE,), COLLEAGUE, DUE),
        ("response", desk.reference, (DRAFTER,), DRAFTER, DUE),
    ]
    assert [one.submitted_at for one in listed] == [AT, AT + timedelta(minutes=1)]
    desk.casework.approve(desk.reference, APPROVER, kind=LetterKind.RESPONSE)
    with desk.store.read() as work:
        assert [one.kind for one in work.letters.for_approval()] == ["apology"]


def test_a_letter_is_shown_in_every_form(desk: DraftingDesk) -> None:
    """Text, page, PDF and Word of the draft as it would go today."""
    desk.save("There were forty clinics.")
    assert "There were forty clinics." in desk.casework.preview(desk.reference)
    assert "There were forty clinics." in desk.casework.preview_html(desk.reference)
    assert desk.casework.preview_pdf(desk.reference).startswith(b"%PDF-")
    assert desk.casework.preview_word(desk.reference).startswith(b"PK")
    with pytest.raises(NotFoundError):
        desk.casework.preview_pdf(desk.reference, LetterKind.APOLOGY)


def test_a_file_is_replaced_by_its_clean_copy(desk: DraftingDesk) -> None:
    """The draft names the copy from then on, as a version of whoever made it; before and after are told."""
    given = {"clinics.csv": b'name,note\r\n"=cmd()",x\r\n'}
    written = replace(desk.answered("See clinics.csv."), attachments=("clinics.csv",))
    desk.casework.save_record(desk.reference, written, DRAFTER, given=given)
    cleaned = desk.casework.clean_copy(desk.reference, LetterKind.RESPONSE, "clinics.csv", officer=COLLEAGUE)
    draft = desk.casework.draft(desk.reference)
    assert draft.record.attachments == (cleaned.name,) == tuple(file.name for file in draft.files)
    assert draft.writers == (DRAFTER, COLLEAGUE)
    assert cleaned.before
    assert len(cleaned.after) < len(cleaned.before)
    with pytest.raises(NotFoundError, match=r"no file clinics\.csv"):
        desk.casework.clean_copy(desk.reference, LetterKind.RESPONSE, "clinics.csv", officer=COLLEAGUE)


def test_no_clean_copy_of_what_has_none(desk: DraftingDesk) -> None:
    """A plain text has nothing to clean away."""
    written = replace(desk.answered("See notes.txt."), attachments=("notes.txt",))
    desk.casework.save_record(desk.reference, written, DRAFTER, given={"notes.txt": b"forty\r\n"})
    with pytest.raises(NotAllowedError, match="no clean copy"):
        desk.casework.clean_copy(desk.reference, LetterKind.RESPONSE, "notes.txt", officer=DRAFTER)


def test_answers_are_not_kept_over_questions_that_changed(desk: DraftingDesk) -> None:
    """A first draft has no version that could tell: the questions it was typed for are compared under the lock."""
    draft = desk.casework.draft(desk.reference)
    assert draft.keys == tuple(one.key for one in desk.case.questions)
    with desk.store.write() as work:
        asked = [replace(one, text=f"{one.text} And why?") for one in desk.case.questions]
        work.questions.rewrite(desk.case.id, asked)
        note = Happening(kind="note", at=AT, actor=COLLEAGUE, via="test", data={})
        work.cases.note(desk.case.id, note)
    with pytest.raises(ConflictError, match=r"questions of .* were changed") as caught:
        desk.casework.save_record(desk.reference, draft.record, DRAFTER, base_version=0, asked=draft.asked)
    assert caught.value.version == 0
    assert desk.casework.draft(desk.reference).version == 0
    newer = desk.casework.draft(desk.reference)
    desk.casework.save_record(desk.reference, newer.record, DRAFTER, base_version=0, asked=newer.asked)
    other = replace(newer.record, questions=(replace(newer.record.questions[0], label="x", text="Not theirs"),))
    desk.casework.save_record(desk.reference, other, DRAFTER)
    assert desk.casework.draft(desk.reference).keys == (None,)
