"""How long people wait: from the arrival of a mail to its acknowledgement, from an approval to the letter; and what an idle poll costs."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import load
from row import Row, middle
from town import POSTGRESQL, SQLITE, process, town, until

from pipeline.bootstrap import build
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.bootstrap import App

_DRAFTER, _APPROVER = "drafter@council.example", "approver@council.example"
_POLL_MS, _IDLE_SECONDS = 1.0, 0.8


def polls(*, quick: bool) -> list[Row]:
    """One poll with nothing new on a kept connection, the database's share in it, in folders of two sizes."""
    rows = []
    for size in (100, 2_000) if quick else (100, 100_000):
        with town() as place:
            place.fill("infogov", size, next(load.mails(1, datetime.now(UTC))))
            settings = Settings.load(place.configure(**{"mailbox.infogov": {"start": "new"}}), {})
            app = build(settings)
            box, known = app.mailbox(settings.mailbox["infogov"]), settings.mailbox["infogov"]
            for _ in range(3):
                app.receive.poll(box, known)
            taken = []
            for _ in range(100):
                began = time.perf_counter()
                app.receive.poll(box, known)
                taken.append((time.perf_counter() - began) * 1000)
            box.close()
            app.close()
        rows.append(Row(name="poll, nothing new", value=middle(taken), unit="ms", size=f"{size:,}", target=_POLL_MS))
    return rows


def idle(*, quick: bool) -> list[Row]:
    """From the start of APPEND to the acknowledgement accepted, the worker listening by IDLE; the server waits 0.5 s of it."""
    times = 3 if quick else 21
    with town() as place, process("-m", "pipeline", "worker", "--config", place.configure()):
        taken = []
        for number, raw in enumerate(load.mails(times + 1, datetime.now(UTC))):
            if number == 1:
                # The first took the start with it; let the worker come to rest.
                time.sleep(1)
            began = time.perf_counter()
            place.put([raw])
            taken.append(until(lambda n=number: len(place.sink.recipients) > n, "an acknowledgement") - began)
            time.sleep(0.2)
    said = f"{times} mails"
    return [
        Row(name="arrival to acknowledgement, IDLE, p50", value=middle(taken[1:]), unit="s", size=said, target=_IDLE_SECONDS),
        Row(name="  slowest", value=max(taken[1:]), unit="s", size=said),
    ]  # fmt: skip


def approvals(*, quick: bool) -> list[Row]:
    """From an officer's approval to the letter accepted by SMTP, with a worker at its defaults and no time to undo."""
    rows = []
    times = 2 if quick else 9
    for database in (SQLITE, POSTGRESQL):
        with town(database) as place:
            config = place.configure()
            app = build(Settings.load(config, {}))
            place.put(load.mails(times, datetime.now(UTC)))
            with process("-m", "pipeline", "worker", "--config", config):
                until(lambda p=place: len(p.sink.recipients) == times, "the acknowledgements")
                references = _submitted(app)
                taken = []
                for number, reference in enumerate(references, times):
                    began = time.perf_counter()
                    app.casework().approve(reference, _APPROVER)
                    taken.append(until(lambda p=place, n=number: len(p.sink.recipients) > n, "a letter") - began)
            app.close()
        rows.append(Row(name=f"approval to letter, {database}, p50", value=middle(taken), unit="s", size=f"{times} letters"))  # fmt: skip
    return rows


def _submitted(app: App) -> list[str]:
    """Have every request drafted and submitted; returns their references."""
    with app.store.write() as work:
        for email in (_DRAFTER, _APPROVER):
            work.officers.add(email, email.partition("@")[0], "approver", via="cli", at=app.clock.now())
        references = [case.reference for case in work.cases.every()]
    desk = app.casework()
    for reference in references:
        text = desk.draft_text(reference).replace('outcome = ""', 'outcome = "supplied"')
        text = re.sub(r'^answer = """.*?"""', 'answer = """\nForty.\n"""', text, flags=re.MULTILINE | re.DOTALL)
        desk.save_draft(reference, text, "draft.toml", _DRAFTER)
        desk.submit(reference, _DRAFTER)
    return references
