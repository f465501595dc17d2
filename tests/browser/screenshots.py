"""Takes the pictures of the pages that the README shows: `make screenshots`, into deploy/screenshots. Everybody in them is made up."""

from __future__ import annotations

import io
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from pages import APPROVER, NOW, OFFICER, Office
from PIL import Image
from storing import arrival, position

from browser.chrome import Chrome, House
from pipeline.demo.samples import samples
from pipeline.letters.model import LetterKind
from pipeline.web.letterform import FormReader, laid_out

_FOLDER = Path(__file__).parents[2] / "deploy" / "screenshots"
_COUNCIL = "foi@council.example"
_LARGEST = 150_000  # bytes
# Days before today, who asks, what the mail says: older requests than those of the samples.
_OLDER = (
    (32, "Iris Dunmore", "Gritting", "How many tonnes of salt were spread on roads in each of the last three winters?"),
    (27, "Owen Lathe", "Allotments", "How many people wait for an allotment, and how long have they waited?"),
    (26, "Nell Harrow", "Agency staff", "How much was spent on agency staff in 2023 and in 2024, by directorate?"),
    (21, "Sol Marsh", "Fly-tipping", "How many reports of fly-tipping were made in 2024, and how many fines were issued?"),
    (14, "Ewa Brook", "Swimming pools", "What did each swimming pool cost to run in 2024, and what did it take in?"),
    (9, "Dai Penrose", "Taxi licences", "How many taxi licences were granted, refused and revoked in 2024?"),
)


class _Scene:
    """An office after some weeks of work."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)
        self.app = self.office.app
        self.casework, self.casefile = self.app.casework("web"), self.app.casefile("web")
        older = [self._asked(*one) for one in _OLDER]
        self.office.clock.set(NOW)
        self._samples()
        with self.app.store.read() as work:
            found = {case.topic or case.reference: case.reference for case in work.cases.every() if case.reference not in older}
        self.references = list(found.values())
        for reference in (*older[1:4], self.references[0]):
            self.casefile.assign(reference, OFFICER, OFFICER)
        self.casefile.assign(older[4], APPROVER, OFFICER)
        self._answered(older[1], "There are 214 people on the list. On average they have waited 19 months.")
        self._answered(older[3], "There were 1,204 reports and 87 fines.")
        self.casework.submit(older[3], OFFICER)
        self.casework.give_back(older[3], APPROVER, "Say which year the fines are of.")
        self._answered(older[3], "In 2024 there were 1,204 reports of fly-tipping, and 87 fines were issued in that year.")
        self.casework.submit(older[3], OFFICER)
        self.for_approval, self.request = older[3], self.references[0]
        self.casefile.note(self.request, "Public Health has the figures for questions 3 and 4; they come by Friday.", OFFICER)
        for n in (3, 4):
            self.casefile.set_service_area(self.request, n, "Public Health", OFFICER)
        self._drafted()

    def _asked(self, ago: int, name: str, subject: str, text: str) -> str:
        self.office.clock.set(NOW - timedelta(days=ago))
        address = f"{name.lower().replace(' ', '.')}@example.org"
        day = f"{self.office.clock.now():%a, %d %b %Y %H:%M:%S} +0000"
        words = f"Dear Northfield Council,\n\nUnder the Freedom of Information Act 2000: {text}\n\nYours faithfully,\n{name}"
        return self.office.receive(words, From=f"{name} <{address}>", Subject=f"FOI request: {subject}", Date=day)

    def _samples(self) -> None:
        with self.app.store.write() as work:
            mails = [arrival(500 + n, one.raw, internal_date=one.at) for n, one in enumerate(samples(NOW, _COUNCIL))]
            work.messages.take("infogov", "INBOX", 1, mails, NOW)
            work.messages.first_contact("infogov", "INBOX", position())
            work.messages.advance("infogov", "INBOX", 600, NOW)
        self.app.intake.run()

    def _answered(self, reference: str, words: str) -> None:
        draft = self.casework.draft(reference)
        form = {f"q{n}-outcome": "supplied" for n, _ in enumerate(draft.record.questions, 1)}
        form |= {f"q{n}-answer": words for n, _ in enumerate(draft.record.questions, 1)}
        record = FormReader({**laid_out(draft.record), **form}).record(draft.record)
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
        self.casework.autosave(self.request, LetterKind.RESPONSE, OFFICER, laid_out(record), 1)


def main() -> int:
    """Take the pictures; the exit status says whether all are small enough."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    sizes = {}
    with tempfile.TemporaryDirectory() as folder:
        scene = _Scene(Path(folder))
        house, chrome = House(scene.app), Chrome()
        kim, ada = chrome.window(house, OFFICER), chrome.window(house, APPROVER)
        for name, window, height, endpoint, values in (
            ("work", kim, 1000, "desk.my_work", {}),
            ("queue", kim, 1000, "queue.show", {}),
            ("request", kim, 1500, "request.show", {"reference": scene.request}),
            ("draft", kim, 1500, "draft.edit", {"reference": scene.request, "kind": "response"}),
            ("approval", ada, 1500, "approval.show", {"reference": scene.for_approval, "kind": "response"}),
            ("newmail", kim, 1000, "newmail.waiting", {}),
        ):
            window.page.set_viewport_size({"width": 1280, "height": height})
            window.open(endpoint, **values)
            sizes[name] = _kept(window.page.screenshot(), _FOLDER / f"{name}.png")
        kim.close()
        ada.close()
        chrome.close()
        house.close()
        scene.office.close()
    for name, size in sizes.items():
        print(f"{name}.png {size:,} bytes")
    return int(max(sizes.values()) > _LARGEST)


def _kept(png: bytes, path: Path) -> int:
    """Keep a picture in 64 colours: pages have few."""
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(64, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    picture.save(path, optimize=True)
    return path.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
