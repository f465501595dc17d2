"""Two officers who answer requests in steps that can be taken up wherever the last one left off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.request import Workflow

if TYPE_CHECKING:
    from pipeline.bootstrap import App
    from pipeline.store.records import Case

DRAFTER, APPROVER = OFFICERS = ("drafter@council.example", "approver@council.example")


def filled(text: str, answer: str = "There were forty.") -> str:
    """A draft file's text with every question answered."""
    text = text.replace('outcome = ""', 'outcome = "supplied"')
    return re.sub(
        r'^answer = """.*?"""', lambda _: f'answer = """\n{answer}\n"""', text, flags=re.MULTILINE | re.DOTALL
    )


def answer_everything(app: App) -> None:
    """Draft, submit, approve, stop, approve again and let go every request: each step as the case stands, until none is left."""
    with app.store.read() as work:
        references = [case.reference for case in work.cases.every()]
    for reference in references:
        while _step(app, reference):
            pass


def _step(app: App, reference: str) -> bool:
    """Take the next step on a case; False when the officers have done their part."""
    casework = app.casework()
    with app.store.read() as work:
        case = work.cases.by_reference(reference)
        assert case is not None
        stopped = any(row.status == OutboxStatus.CANCELLED for row in work.outbox.summaries(request_id=case.id))
    match case.workflow:
        case Workflow.NEW:
            casework.save_draft(reference, filled(casework.draft_text(reference)), "draft.toml", DRAFTER)
        case Workflow.DRAFTING:
            casework.submit(reference, DRAFTER)
        case Workflow.FOR_APPROVAL:
            casework.approve(reference, APPROVER)
        case Workflow.APPROVED if not stopped:
            casework.stop(reference, APPROVER, "a last look")
        case Workflow.APPROVED if _waits(app, case):
            casework.send_now(reference, APPROVER)
        case _:
            return False
    return True


def _waits(app: App, case: Case) -> bool:
    with app.store.read() as work:
        return any(row.status == OutboxStatus.WAITING for row in work.outbox.summaries(request_id=case.id))
