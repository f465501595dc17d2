"""Labelled mail: chasers, reviews, withdrawals, thanks and answers to our questions, with and without a known case."""
# ruff: noqa: E501 -- one mail stands on one line

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_triage_labels import ACK, REFERENCE, Mail, case, message

from pipeline.domain.request import ClockState, KnownCase, Workflow
from pipeline.domain.triage import Intent, Verdict

if TYPE_CHECKING:
    from pipeline.domain.message import Message

RUNNING = case()
WAITING = case(clock=ClockState.WAITING)
SENT = case(clock=ClockState.STOPPED, workflow=Workflow.SENT)
CLOSED = case(clock=ClockState.STOPPED, workflow=Workflow.CLOSED)
STRANGER = case(known_sender=False)
OLDER = "\n\nOn Mon, 4 Mar 2024 at 10:02, FOI <foi@exampleshire.gov.uk> wrote:\n> Thank you for your request.\n> Please tell us which years you mean.\n"


def _reply(
    name: str, intent: Intent, known: KnownCase, text: str, subject: str = "Re: Your request " + REFERENCE
) -> Mail:
    return Mail(
        name=name, message=message(subject, text, quoted=OLDER), verdict=Verdict.REPLY, intent=intent, case=known
    )


def _unknown(
    name: str, intent: Intent, mail: Message, known: KnownCase | None = None, suggested: tuple[str, ...] = ()
) -> Mail:
    return Mail(name=name, message=mail, verdict=Verdict.REQUEST, intent=intent, case=known, suggested=suggested)


def _new(name: str, known: KnownCase, text: str, subject: str = "Re: Your request " + REFERENCE) -> Mail:
    return Mail(
        name=name,
        message=message(subject, text, quoted=OLDER),
        verdict=Verdict.REQUEST,
        intent=Intent.REQUEST,
        acknowledge=ACK,
        case=known,
    )


KNOWN = (
    _reply("chaser", Intent.CHASER, RUNNING, "Hi, just checking when I can expect a response to this?\n\nThanks"),
    _reply("chaser short", Intent.CHASER, RUNNING, "Any news?"),
    _reply("chaser wdtk", Intent.CHASER, RUNNING, "Dear Exampleshire Council,\n\nThe response to this request is long overdue. By law, under all circumstances, the authority should have responded by now.\n\nYours faithfully,"),
    _reply("chaser polite", Intent.CHASER, RUNNING, "Good morning\n\nI wonder if you could give me an update on my FOI request please. It was due on 2 April.\n\nKind regards"),
    _reply("chaser threat", Intent.CHASER, RUNNING, "It is now 27 working days since I sent my request and I still have not had a reply. I will go to the ICO if I don't hear by Friday."),
    _reply("chaser ack missing", Intent.CHASER, RUNNING, "Have you received my request? I haven't heard anything."),
    _reply("chaser bare", Intent.CHASER, RUNNING, "Just following up on the below."),
    _reply("review formal", Intent.REVIEW, SENT, "I would like to request an internal review of your decision to refuse my request. Section 12 was applied wrongly."),
    _reply("review unsaid", Intent.REVIEW, SENT, "I am not happy with this response. You have not answered questions 3 and 4 and the figures can't be right."),
    _reply("review appeal", Intent.REVIEW, CLOSED, "I wish to appeal against this decision. The public interest test has not been properly carried out."),
    _reply("review grounds", Intent.REVIEW, SENT, "Dear team\n\nI disagree with your use of section 40(2) for the following reasons:\n1. The names are already public.\n2. The officers are senior.\n\nPlease look at this again."),
    _reply("review disappointed", Intent.REVIEW, SENT, "Very disappointed by your answer, it doesn't answer my question at all."),
    _reply("review missing", Intent.REVIEW, SENT, "You have not provided the information for 2021, only 2022 and 2023."),
    _reply("withdraw", Intent.WITHDRAWAL, RUNNING, "Please withdraw my request, I have found the information on your website."),
    _reply("withdraw no longer", Intent.WITHDRAWAL, RUNNING, "Hi, I no longer need this information, thank you."),
    _reply("withdraw cancel", Intent.WITHDRAWAL, WAITING, "Can you cancel this FOI request please. Sorry for the trouble."),
    _reply("withdraw close", Intent.WITHDRAWAL, RUNNING, "Happy for you to close this case now, no need to reply."),
    _reply("thanks", Intent.THANKS, SENT, "Thank you very much for your response, this is really helpful.\n\nBest wishes\nRuth"),
    _reply("thanks short", Intent.THANKS, CLOSED, "Many thanks"),
    _reply("thanks for ack", Intent.THANKS, RUNNING, "Thanks for letting me know. I look forward to hearing from you in due course."),
    _reply("clarified years", Intent.CLARIFICATION, WAITING, "2019 to 2023 please."),
    _reply("clarified meaning", Intent.CLARIFICATION, WAITING, "By consultants I mean anyone paid by invoice who is not an employee. Can you provide the number of them and the total cost?"),
    _reply("clarified id", Intent.CLARIFICATION, WAITING, "Please find attached a copy of my passport and a utility bill as proof of address."),
    _reply("clarified narrow", Intent.CLARIFICATION, WAITING, "OK, I am happy to narrow my request to the last two years to bring it within the cost limit."),
    _reply("clarified with chaser", Intent.CLARIFICATION, WAITING, "I mean all schools. When will I get my answer now?"),
    _reply("clarified while running", Intent.CLARIFICATION, RUNNING, "In answer to your question, I am referring to the depot in Mill Lane."),
    _new("new after answer", SENT, "Thank you for this. I would now like to make a new FOI request: please tell me how many of those fines were cancelled on appeal."),
    _new("also asks", CLOSED, "Thanks. Could you also tell me how many of these were for coaches, and provide a breakdown by street?"),
    _new("new while waiting", WAITING, "Separately I'd like to make another FOI request: how many bus shelters does the council own?"),
)  # fmt: skip

UNKNOWN = (
    _unknown("chaser no case", Intent.CHASER, message("FOI request", "Hello, I sent a freedom of information request on 3 February and have not had any reply. Please can you tell me when I will receive a response?\n\nThanks\nJoan")),
    _unknown("chaser ref", Intent.CHASER, message("FOI598335296", "When can I expect an answer please?")),
    _unknown("chaser subject", Intent.CHASER, message("OVERDUE - FOI request of 12 January", "This is now six weeks late. Please respond by return.")),
    _unknown("chaser stranger", Intent.CHASER, message("Re: FOI598335296", "Is there any update on this?", sender="other@example.org"), STRANGER, (REFERENCE,)),
    _unknown("chaser breach", Intent.CHASER, message("Complaint - no response to FOI", "You are in breach of the Act. I made my request on 1 March and the 20 working days have passed with no acknowledgement or response.")),
    _unknown("chaser reminder", Intent.CHASER, message("Gentle reminder", "Further to my email of 2 May about the pool closure, I have still not received an answer to my FOI request.")),
    _unknown("chaser sar", Intent.CHASER, message("Subject access request", "I submitted a subject access request in November and I am still waiting for my file. The month is long overdue.")),
    _unknown("review wdtk", Intent.REVIEW, message("Internal review of Freedom of Information request - Complaints about taxi drivers", "Dear Exampleshire Council,\n\nPlease pass this on to the person who conducts Freedom of Information reviews.\n\nI am writing to request an internal review of Exampleshire Council's handling of my FOI request 'Complaints about taxi drivers'.\n\nYou refused under section 40 but I asked for statistics only.\n\nA full history of my FOI request and all correspondence is available on the Internet at this address:\nhttps://www.whatdotheyknow.com/request/complaints_about_taxi_drivers\n\nYours faithfully,\n\nA. Mistry", sender="request-1123456-0a1b2c3d@whatdotheyknow.com")),
    _unknown("review dissatisfied", Intent.REVIEW, message("FOI 2023/0456", "I am dissatisfied with the response to my FOI request about agency staff. The refusal under section 43 is unjustified. Please reconsider your decision.")),
    _unknown("review complaint word", Intent.REVIEW, message("Complaint about FOI", "I wish to complain about the way my Freedom of Information request was handled. I was given somebody else's answer.")),
    _unknown("review challenge", Intent.REVIEW, message("Your ref IR-22871", "I want to challenge your refusal to release the report. Relying on commercial interests is wrong.")),
    _unknown("withdraw no case", Intent.WITHDRAWAL, message("FOI request", "I would like to withdraw my FOI request submitted yesterday as I sent it to the wrong council. Sorry!")),
    _unknown("withdraw ignore", Intent.WITHDRAWAL, message("Ignore last email", "Please disregard my previous request, I have got what I needed.")),
    _unknown("withdraw ref", Intent.WITHDRAWAL, message(REFERENCE, "I don't need this information any more. Please cancel my request.")),
    _unknown("answer without case", Intent.CLARIFICATION, message("Re: Request for clarification", "In reply to your question, I meant the financial year and only permanent staff.")),
)  # fmt: skip
