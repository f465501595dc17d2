"""An office in the middle of its work: requests, letters and mail in every state that a page can show, made by the product's own stages."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING

from pages import ADMIN, APPROVER, COUNCIL, OFFICER, Office
from product import bounce_of
from servers.smtp import Phase, SmtpSink
from storing import arrival, new_case

from pipeline.domain.clock import Event, EventKind
from pipeline.domain.request import Outcome
from pipeline.letters.model import LetterKind
from pipeline.stages.counter import Channel, Entry
from pipeline.web.asked import marks
from pipeline.web.letterform import FormReader, laid_out

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipeline.stages.casework import Approved

SECOND = "sam@council.example"
ASKED = """\
Dear Sir or Madam,

Under the Freedom of Information Act 2000, please tell me:

1. How many potholes were reported in each month of 2024?
2. How much did the council pay for damage to vehicles in 2024?
3. Who was consulted before the contract for repairs was let?

Yours faithfully,
Jo Bloggs
"""
HTML = """\
<p>Dear Sir or Madam,</p><p>please tell me <b>how many</b> benches stand in the park, and what each cost.</p>
<table><tr><th>Park</th><th>Benches</th></tr><tr><td>Riverside</td><td>?</td></tr></table>
<p><a href="https://example.org">A page about benches</a></p>
"""


class Town:
    """*office* with everything in it; each attribute is the reference of a request, or the number of a mail or letter."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder, '[scan]\nclamd = "127.0.0.1:1"\n')
        self.sink = SmtpSink()
        self.app = self.office.app
        smtp = self.app.settings.smtp.model_copy(update={"port": self.sink.port})
        self._sending = dataclasses.replace(self.app, settings=self.app.settings.model_copy(update={"smtp": smtp}))
        self.casework, self.casefile = self.app.casework("test"), self.app.casefile("test")
        with self.app.store.write() as work:
            work.officers.add(SECOND, "Sam Second", "approver", via="test", at=self.office.clock.now())
            for n in (2, 3, 4):
                work.officers.add(
                    f"kim.{n}@council.example", f"Kim {n}", "officer", via="test", at=self.office.clock.now()
                )
        self.office.accounts.add(ADMIN, "first@council.example", "Fia First", "officer")
        self.office.accounts.place(ADMIN, OFFICER, "officer", "Housing")
        self._requests()
        self._letters()
        self._sent()
        self._mail()
        self._office()

    def close(self) -> None:
        """Give everything back."""
        self.sink.stop()
        self.office.close()

    # ---- what others use as well -------------------------------------------------------------------------------------

    def written(
        self,
        reference: str,
        form: Mapping[str, str],
        kind: LetterKind = LetterKind.RESPONSE,
        by: str = OFFICER,
        **files: bytes,
    ) -> None:
        """Keep a letter with *form* filled in over what stands there."""
        draft = self.casework.draft(reference, kind)
        reader = FormReader({**laid_out(draft.record), **form})
        record = reader.record(draft.record)
        assert not reader.mistakes
        given = {name.replace("_", "."): content for name, content in files.items()}
        record = dataclasses.replace(record, attachments=(*record.attachments, *given))
        self.casework.save_record(reference, record, by, given=given, base_version=draft.version)

    def answered(self, reference: str, words: str = "There were 1,204.", by: str = OFFICER) -> None:
        """Keep an answer that discloses everything."""
        asked = len(self.casework.draft(reference).record.questions)
        form = {f"q{n}-outcome": "supplied" for n in range(1, asked + 1)}
        self.written(reference, form | {f"q{n}-answer": words for n in range(1, asked + 1)}, by=by)

    def put_up(self, reference: str, by: str = OFFICER) -> None:
        """Answer, and put it up for approval."""
        self.answered(reference, by=by)
        self.casework.submit(reference, by)

    def approved(self, reference: str) -> Approved:
        """Answer, put up, and approve."""
        self.put_up(reference)
        return self.casework.approve(reference, APPROVER)

    def deliver(self, *, drop: Phase | None = None, refuse: str = "") -> None:
        """Send what is due, in a while; *drop* loses contact there, *refuse* is the server's answer to every recipient."""
        self.office.clock.advance(timedelta(minutes=self.app.settings.delivery.undo_minutes, seconds=1))
        self.sink.script.drop = drop
        self.sink.script.answer = {Phase.RCPT: refuse} if refuse else {}
        self._sending.deliver().run()
        self.sink.script.drop, self.sink.script.answer = None, {}

    # ---- what there is -----------------------------------------------------------------------------------------------

    def _requests(self) -> None:
        office = self.office
        self.old = office.receive(ASKED, From="Robin Early <robin@example.com>", Subject="FOI: repairs")
        self.deliver()
        with self.app.store.write() as work:
            case = new_case(work, "FOI000000031", received_on=date(2024, 11, 4), due_on=date(2024, 12, 2))
        self.overdue = case.reference
        self.casefile.assign(self.overdue, OFFICER, OFFICER)
        self.new = office.receive_raw(_formatted("A request with its formatting", HTML, "benches.csv"))
        self.sar = office.receive(
            "Please send me all the personal data you hold about me.", Subject="Subject access request"
        )
        self.eir = office.receive(
            "Under the Environmental Information Regulations, how many street trees were felled in 2024?",
            Subject="Trees", From="Tom Wren <tom@example.net>",
        )  # fmt: skip
        self.several = office.receive(ASKED, From="Gwen Pallister <gwen@example.com>")
        self.casefile.set_service_area(self.several, 1, "Highways", OFFICER)
        self.casefile.note(self.several, "Rang Highways: figures by Friday.\n\nAsk again on Monday.", OFFICER)
        self.casefile.link(self.several, self.new, OFFICER, "the same person asked both")
        self.casefile.hold(self.several, OFFICER, "a complaint was announced")
        self.mine = office.receive(ASKED, From="Rae Moss <rae@example.com>")
        self.casefile.assign(self.mine, OFFICER, OFFICER)
        self.restricted = office.receive(ASKED, From="Lou Fern <lou@example.com>")
        self.casefile.restrict(self.restricted, "Housing", OFFICER, "about one household")
        self.done = office.receive(ASKED, From="Pat Birch <pat@example.com>")
        self.casefile.response_already_sent(self.done, date(2025, 1, 6), "by post", Outcome.GRANTED, OFFICER)
        self.withdrawn = office.receive(ASKED, From="Val Holm <val@example.com>")
        self.casework.withdraw(self.withdrawn, OFFICER, "")
        entry = Entry(
            text="How many allotments are free?", received_on=date(2025, 1, 3), channel=Channel.POST,
            requester_name="Bo Reed", postal_address="1 High Street\nExampleton", own_reference="IG/2025/7",
        )  # fmt: skip
        self.by_post = self.app.counter("test").log(entry, OFFICER).reference
        self.empty = office.receive("Dear council, how many swans?", From="Amy Swan <amy@example.com>")

    def _letters(self) -> None:
        self.returned = self.office.receive(ASKED, From="Cam Ash <cam@example.com>")
        self.put_up(self.returned)
        self.casework.give_back(self.returned, APPROVER, "Say more about the third question.")
        self.stopped = self.office.receive(ASKED, From="Cat Catkin <cat@example.com>")
        self.written(self.stopped, {"q1-outcome": "withheld"})
        self.waiting = self.office.receive(ASKED, From="Dee Oak <dee@example.com>")
        form = {
            "q1-outcome": "withheld", "q1-reason": "It would tell who lives there.", "q1-p1-cite": "s.40(2)",
            "q2-outcome": "supplied", "q2-answer": "£4,210. Ask jo.smith@example.com on 020 7946 0018.",
            "q3-outcome": "not_held", "q3-answer": "We do not hold this.",
        }  # fmt: skip
        self.written(self.waiting, form, figures_csv=b"name,phone\nJo Smith,020 7946 0018\n")
        self.casework.submit(self.waiting, OFFICER, despite="The number is the team's own.")
        self.written(self.waiting, {"q3-answer": "We hold nothing about it."})
        self.casework.submit(self.waiting, OFFICER, despite="The number is the team's own.")
        self.own = self.office.receive(ASKED, From="Eli Elm <eli@example.com>")
        self.put_up(self.own, by=APPROVER)
        self.changed = self.office.receive(ASKED, From="Fay Fir <fay@example.com>")
        self.put_up(self.changed)
        self.clarify = self.office.receive(ASKED, From="Gil Gorse <gil@example.com>")
        self.written(self.clarify, {"needed": "Which streets do you mean?"}, LetterKind.CLARIFICATION)
        self.casework.submit(self.clarify, OFFICER, kind=LetterKind.CLARIFICATION)
        self.casework.approve(self.clarify, APPROVER, kind=LetterKind.CLARIFICATION)

    def _sent(self) -> None:
        self.deliver()
        self.uncertain = self.office.receive(ASKED, From="Hal Hazel <hal@example.com>")
        self.deliver()
        self.approved(self.uncertain)
        self.deliver(drop=Phase.DOT)
        self.failed = self.office.receive(ASKED, From="Ida Ivy <ida@example.com>")
        self.deliver()
        self.failed_letter = self.approved(self.failed).outbox_id
        self.deliver(refuse="550 5.1.1 no such mailbox")
        self.bounced = self.office.receive(ASKED, From="Jan Juniper <jan@example.com>")
        self.deliver()
        self.bounced_letter = self.approved(self.bounced).outbox_id
        self.deliver()
        self.office.receive_raw(bounce_of(self.sink.letters[-1].raw, "jan@example.com"))
        self.moved = self.office.receive(ASKED, From="Kit Kale <kit@example.com>")
        self.deliver()
        self.approved(self.moved)
        self.deliver(refuse="550 5.1.1 no such mailbox")
        self.casework.resend_to(self.moved, OFFICER, "kit.kale@example.com", "a letter was missing in it")
        self.alone = self.office.receive(ASKED, From="Lee Larch <lee@example.com>")
        self.put_up(self.alone)
        self.casework.approve(self.alone, OFFICER, break_glass_reason="Nobody else is here, and it is due today.")
        with self.app.store.read() as work:
            self.exception = max(one.letter_id for one in work.letters.exceptions_to_check())
        self.alone_letter = self.casework.draft(self.alone).letter_id or 0
        self.deliver()
        self.going = self.office.receive(ASKED, From="May Maple <may@example.com>")
        self.going_letter = self.approved(self.going).outbox_id
        self.deferred = self.office.receive(ASKED, From="Ned Nut <ned@example.com>")
        self.deliver(refuse="451 4.3.0 try again")
        with self.app.store.read() as work:
            deferred = work.outbox.summaries(
                request_id=self.app.reading_room("test").case(self.deferred, OFFICER).case.id
            )
        self.app.mailroom("test").cancel(deferred[0].id, OFFICER)
        self.stoppable = self.office.receive(ASKED, From="Ola Osier <ola@example.com>")
        self.stoppable_letter = self.approved(self.stoppable).outbox_id

    def _mail(self) -> None:
        def newest() -> int:
            with self.app.store.read() as work:
                return max(mail.id for mail in work.new_mail.to_check())

        self.office.receive("hello about things", Subject="letter", From="E. Fallow <e.fallow@example.com>")
        self.unclear = newest()
        colleague = "Dev Amberley <dev.amberley@council.example>"
        forwarded = (
            "Hi, is this one yours?\n\n---------- Forwarded message ---------\nFrom: Ash Grove <ash@example.com>\n"
            f"Date: Mon, 6 Jan 2025 at 08:00\nSubject: FOI\nTo: <dev.amberley@council.example>\n\n\n{ASKED}"
        )
        self.office.receive(forwarded, From=colleague, Subject="FW: FOI")
        self.forwarded = newest()
        office, now = self.office, self.office.clock.now()
        with self.app.store.write() as work:
            for uid in (901, 902):
                work.messages.take("infogov", "INBOX", 1, [arrival(uid, internal_date=now)], now)
            pending = work.messages.next_to_read()
            for number in pending:
                values = {
                    "verdict": "quarantined",
                    "last_error": "the parts of the mail can't be told apart",
                    "received_at": now,
                }
                work.messages.settle(number, state="quarantined", values=values)
            self.unread = pending[0]
            new_case(
                work, "FOI000000058", acknowledge="release", acknowledge_reasons=("it was forwarded by a colleague",),
                received_on=date(2025, 1, 6), due_on=date(2025, 2, 3), flagged=True, flag_reasons=("the sender is not proved",),
            )  # fmt: skip
        self.to_release = "FOI000000058"
        self.mail_with_html = office.app.reading_room("test").case(self.new, OFFICER).case.message_id or 0

        self.attached = office.app.reading_room("test").mail(self.mail_with_html, OFFICER).attachments[0].sha256

    def _office(self) -> None:
        typed = marks(self.casework.draft(self.returned)) | {"q1-outcome": "part", "q1-p1-cite": "s.40(2)"}
        self.casework.autosave(self.returned, LetterKind.RESPONSE, OFFICER, typed, 1)
        self.casework.autosave(self.returned, LetterKind.RESPONSE, APPROVER, {"q1-answer": "about forty"}, 1)
        self.casework.set_deputy(APPROVER, OFFICER, APPROVER, date(2025, 1, 6), date(2025, 1, 20))
        self.office.accounts.add(ADMIN, "gone@council.example", "Gus Gone", "officer")
        self.office.accounts.disable(ADMIN, "gone@council.example")
        self.app.clockwork("test").record(
            self.several, Event(kind=EventKind.CLARIFICATION_ASKED, on=date(2025, 1, 6), question=2), OFFICER
        )


def _formatted(subject: str, html: str, file: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Cc"] = "Jo Bloggs <jo@example.com>", COUNCIL, "Ann Other <ann@example.com>"
    message["Subject"], message["Message-ID"] = subject, "<formatted@example.com>"
    message["Date"] = "Mon, 06 Jan 2025 09:00:00 +0000"
    message.set_content(
        "Freedom of Information: please tell me how many benches stand in the park, and what each cost.\n"
    )
    message.add_alternative(html, subtype="html")
    message.add_attachment(b"park,benches\n", maintype="text", subtype="csv", filename=file)
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
