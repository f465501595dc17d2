"""Takes the pictures of the pages that the README shows: `make screenshots`, into deploy/screenshots. Everybody in them is made up."""

from __future__ import annotations

import dataclasses
import io
import sys
import tempfile
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

from pages import APPROVER, NOW, OFFICER, Office
from PIL import Image
from servers.smtp import SmtpSink
from storing import arrival, position

from browser.chrome import Chrome, House
from pipeline.demo.samples import samples
from pipeline.web.letterform import FormReader, laid_out

_FOLDER = Path(__file__).parents[2] / "deploy" / "screenshots"
_COUNCIL = "foi@council.example"
_LARGEST = 150_000  # bytes
# Days before today, who asks, what the mail says: older requests than those of the samples.
_OLDER = (
    (42, "Iris Dunmore", "Gritting", "How many tonnes of salt were spread on roads in each of the last three winters?"),
    (34, "Owen Lathe", "Allotments", "How many people wait for an allotment, and how long have they waited?"),
    (31, "Nell Harrow", "Agency staff", "How much was spent on agency staff in 2023 and in 2024, by directorate?"),
    (28, "Sol Marsh", "Parking fines", "1. How many parking fines were issued in 2024?\n2. Which warden issued the most, by name?"),
    (20, "Ewa Brook", "Swimming pools", "What did each swimming pool cost to run in 2024, and what did it take in?"),
    (12, "Dai Penrose", "Taxi licences", "How many taxi licences were granted, refused and revoked in 2024?"),
)  # fmt: skip


class _Scene:
    """An office after some weeks of work."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)
        self.app = self.office.app
        self.casework, self.casefile = self.app.casework("web"), self.app.casefile("web")
        self.sink = SmtpSink()
        smtp = self.app.settings.smtp.model_copy(update={"port": self.sink.port})
        settings = self.app.settings.model_copy(update={"smtp": smtp})
        self._sending = dataclasses.replace(self.app, settings=settings)
        older = [self._asked(number, *one) for number, one in enumerate(_OLDER)]
        self.office.clock.set(NOW)
        self._samples()
        with self.app.store.read() as work:
            newer = [case.reference for case in work.cases.every() if case.reference not in older]
        self.request, self.for_approval = newer[0], older[3]
        for reference in (*older[1:4], self.request):
            self.casefile.assign(reference, OFFICER, OFFICER)
        self.casefile.assign(older[4], APPROVER, OFFICER)
        self._answered(older[1], {1: "There are 214 people on the list. On average they have waited 19 months."})
        withheld = {
            "q2-outcome": "withheld",
            "q2-p1-cite": "s.40(2)",
            "q2-reason": "The name of a warden is their personal data.",
        }
        self._answered(older[3], {1: "There were 8,310 fines."}, withheld)
        self.casework.submit(older[3], OFFICER)
        self.casework.give_back(older[3], APPROVER, "Say how many of the fines were paid.")
        self._answered(older[3], {1: "There were 8,310 fines in 2024, of which 7,902 were paid."}, withheld)
        self.casework.submit(older[3], OFFICER)
        self.casefile.note(
            self.request, "Public Health has the figures for questions 3 and 4; they come by Friday.", OFFICER
        )
        for n in (3, 4):
            self.casefile.set_service_area(self.request, n, "Public Health", OFFICER)
        self._drafted()

    def _asked(self, number: int, ago: int, name: str, subject: str, text: str) -> str:
        """Take in a request of some days before; it is acknowledged on its day."""
        then = NOW - timedelta(days=ago)
        self.office.clock.set(then)
        head = (
            f"From: {name} <{name.lower().replace(' ', '.')}@example.org>\r\nTo: {_COUNCIL}\r\nSubject: FOI request: {subject}\r\n"
            f"Date: {format_datetime(then)}\r\nMessage-ID: <older-{number}@example.org>\r\n\r\n"
        )
        words = f"Dear Northfield Council,\n\nI ask for this under the Freedom of Information Act 2000.\n\n{text}\n\nYours faithfully,\n{name}\n"
        with self.app.store.write() as work:
            raw = (head + words.replace("\n", "\r\n")).encode()
            work.messages.take("infogov", "INBOX", 1, [arrival(number + 1, raw, internal_date=then)], then)
        self.app.intake.run()
        self._sending.deliver().run()
        with self.app.store.read() as work:
            return max(work.cases.every(), key=lambda case: case.id).reference

    def _samples(self) -> None:
        with self.app.store.write() as work:
            mails = [arrival(500 + n, one.raw, internal_date=one.at) for n, one in enumerate(samples(NOW, _COUNCIL))]
            work.messages.take("infogov", "INBOX", 1, mails, NOW)
            work.messages.first_contact("infogov", "INBOX", position())
            work.messages.advance("infogov", "INBOX", 600, NOW)
        self.app.intake.run()
        self._sending.deliver().run()

    def _answered(self, reference: str, words: dict[int, str], more: dict[str, str] | None = None) -> None:
        draft = self.casework.draft(reference)
        form = {f"q{n}-outcome": "supplied" for n in words} | {f"q{n}-answer": text for n, text in words.items()}
        record = FormReader({**laid_out(draft.record), **form, **(more or {})}).record(draft.record)
        self.casework.save_record(reference, record, OFFICER, base_version=draft.version)

    def _drafted(self) -> None:
        draft = self.casework.draft(self.request)
        form = {
            "q1-outcome": "already_available", "q1-link": "https://www.council.example/child-health-profile",
            "q2-outcome": "already_available", "q2-link": "https://www.council.example/local-area-report",
            "q3-outcome": "supplied", "q3-answer": "This is 36% of the children aged 0 to 2 who lived in the area then.",
        }  # fmt: skip
        record = FormReader({**laid_out(draft.record), **form}).record(draft.record)
        self.casework.save_record(self.request, record, OFFICER, base_version=draft.version)


def main() -> int:
    """Take the pictures; the exit status says whether all are small enough."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    sizes = {}
    with tempfile.TemporaryDirectory() as folder:
        scene = _Scene(Path(folder))
        house, chrome = House(scene.app), Chrome()
        kim, ada = chrome.window(house, OFFICER, locale="en-GB"), chrome.window(house, APPROVER, locale="en-GB")
        for name, window, height, endpoint, values in (
            ("work", kim, 1000, "desk.my_work", {}),
            ("queue", kim, 1000, "queue.show", {}),
            ("request", kim, 1500, "request.show", {"reference": scene.request}),
            ("draft", kim, 1500, "draft.edit", {"reference": scene.request, "kind": "response"}),
            ("approval", ada, 1860, "approval.show", {"reference": scene.for_approval, "kind": "response"}),
            ("newmail", kim, 1000, "newmail.waiting", {}),
        ):
            window.page.set_viewport_size({"width": 1280, "height": height})
            window.open(endpoint, **values)
            sizes[name] = _kept(window.page.screenshot(), _FOLDER / f"{name}.png")
        kim.close()
        ada.close()
        chrome.close()
        house.close()
        scene.sink.stop()
        scene.office.close()
    for name, size in sizes.items():
        print(f"{name}.png {size:,} bytes")
    return int(max(sizes.values()) > _LARGEST)


def _kept(png: bytes, path: Path) -> int:
    """Keep a picture in 128 colours: pages have few."""
    picture = (
        Image.open(io.BytesIO(png))
        .convert("RGB")
        .quantize(128, method=Image.Quantize.MEDIANCUT, kmeans=3, dither=Image.Dither.NONE)
    )
    picture.save(path, optimize=True)
    return path.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
