"""Labelled mail: people who ask for information, under any law or none, and people whose ask is not clear."""
# ruff: noqa: E501 -- one mail stands on one line

from __future__ import annotations

from corpus_triage_labels import ACK, FORM, RECEIPT, SAR_ACK, Mail, message

from pipeline.domain.message import Address, Message
from pipeline.domain.request import Regime
from pipeline.domain.triage import Intent, Verdict

WDTK_FOOTER = """

-------------------------------------------------------------------

Please use this email address for all replies to this request:
request-1123456-0a1b2c3d@whatdotheyknow.com

Is foi@exampleshire.gov.uk the wrong address for Freedom of Information requests to Exampleshire Council? If so, please contact us using this form:
https://www.whatdotheyknow.com/change_request/new?body=exampleshire

Disclaimer: This message and any reply that you make will be published on the internet. Our privacy and copyright policies:
https://www.whatdotheyknow.com/help/officers

-------------------------------------------------------------------
"""


def _ask(name: str, mail: Message, regime: Regime = Regime.FOI, requester: Address | None = None) -> Mail:
    kind = SAR_ACK if regime is Regime.SAR else ACK
    return Mail(
        name=name,
        message=mail,
        verdict=Verdict.REQUEST,
        intent=Intent.REQUEST,
        acknowledge=kind,
        regime=regime,
        requester=requester,
    )


def _unclear(name: str, mail: Message) -> Mail:
    return Mail(name=name, message=mail, verdict=Verdict.REQUEST, intent=Intent.UNCLEAR, acknowledge=RECEIPT)


REQUESTS = (
    _ask("formal", message("Freedom of Information Request", "Dear Sir or Madam,\n\nUnder the Freedom of Information Act 2000 I would like to request the following information:\n\n1. The number of parking fines issued in 2023/24.\n2. The total income from them.\n\nI look forward to your response within 20 working days.\n\nYours faithfully,\nR Okafor")),
    _ask("wdtk", message("Freedom of Information request - Complaints about taxi drivers", "Dear Exampleshire Council,\n\nPlease supply figures for complaints made against licensed taxi drivers since April 2021, by type of complaint.\n\nYours faithfully,\n\nA. Mistry" + WDTK_FOOTER, sender="request-1123456-0a1b2c3d@whatdotheyknow.com", name="A. Mistry")),
    _ask("wdtk review topic", message("Freedom of Information request - Internal reviews and overdue FOI requests", "Dear Exampleshire Council,\n\n1) How many internal reviews were asked for in 2022 and 2023?\n2) How many requests were overdue?\n3) How many were withdrawn?\n\nYours faithfully,\n\nP Lund" + WDTK_FOOTER, sender="request-987654-deadbeef@whatdotheyknow.com")),
    _ask("no law named", message("gritting", "Hi, can you tell me how much was spent on gritting last winter and which roads are on the priority list? Thanks, Dev")),
    _ask("typos", message("Freedom of infomation request", "hi there\n\nim wanting to no how many staff was off sick with stress in last 2 yrs under the freedom of infomation act pls\n\nta\nkelly")),
    _ask("thanks at the end", message("Request", "Good morning\n\nPlease could you send me a copy of the contract with the leisure provider, including schedules.\n\nThank you so much for your help, it is much appreciated.\n\nMany thanks\nSunita")),
    _ask("complaint figures", message("Information about complaints", "Hello\n\nHow many complaints about missed bins did the council receive between January 2022 and December 2023? Please break this down by ward.\n\nRegards\nT")),
    _ask("internal investigation", message("FOI", "To whom it may concern\n\nPlease provide the final report of the internal investigation into the Market Street flooding and all correspondence with the contractor.\n\nJ. Adeyemi, Reporter")),
    _ask("withdrawal of services", message("Bus services", "Dear Council\n\nI would like figures on the withdrawal of bus services since 2019: which routes were withdrawn, and on what date.\n\nRegards\nMo")),
    _ask("statistics on foi", message("FOI statistics", "Please can you let me have your FOI statistics for 2023, including how many requests were answered late.\n\nKind regards\nHelen")),
    _ask("reserve the right", message("FOI request: consultants", "Dear FOI team,\n\nPlease list all payments to consultants over £10,000 in 2023.\n\nIf you refuse any part I reserve the right to ask for an internal review and to complain to the Information Commissioner. If I do not hear within 20 working days I shall chase.\n\nYours,\nB")),
    _ask("treat as foi", message("School crossing patrols", "Can you please treat this as an FOI request.\n\nNumber of school crossing patrols in each year since 2015, and number of vacancies today.\n\nThanks")),
    _ask("one line", message("", "how many potholes were reported on the A46 last year?")),
    _ask("journalist", message("FOI: agency social workers", "Afternoon,\n\nI am a reporter with the Evening Courier. I'd like to request under FOIA:\n\n- spend on agency social workers for each of the last three financial years\n- the highest hourly rate paid\n\nI'd prefer an Excel file.\n\nBest,\nPriya\n\nSent from my iPhone")),
    _ask("software survey", message("FOI - ICT contracts", "Good afternoon,\n\nPlease could you complete the table below about your telephony contracts:\n\nSupplier name\nContract start date\nContract expiry date\nAnnual spend\nNumber of users\nContact officer responsible\n\nKind regards\nTom")),
    _ask("company without law", message("Contract register query", "Dear Sirs\n\nWho is the current supplier of your multi-functional printers, when does the contract end and what is its annual value?\n\nRegards\nJ Marsh")),
    _ask("campaign", message("Freedom of Information Request \u2013 Glyphosate", "Dear Exampleshire Council\n\nThis is a request under the Environmental Information Regulations 2004.\n\nQ1. Does the council use glyphosate?\nQ2. How many litres were used in 2023?\nQ3. Is there a plan to stop?\n\nThank you in advance"), Regime.EIR),
    _ask("eir planning", message("EIR request 12 Mill Lane", "Dear Sirs,\n\nPlease supply under EIR all pre-application advice, officer notes and site photographs for land at 12 Mill Lane.\n\nSolicitors for the purchaser"), Regime.EIR),
    _ask("tree", message("Felled lime trees", "Good evening. I live on Park Road. Could you let me know why the lime trees were felled and let me have the tree officer's report? I would also like to know whether a bat survey was done. Thanks Geoff"), Regime.EIR),
    _ask("con29", message("CON29 - 4 Station Road", "Please provide the information to answer CON29 questions 1.1 to 3.15 for the above property.\n\nSearch agent ref 8812"), Regime.EIR),
    _ask("sar plain", message("My records", "Hello, I was in care in Exampleshire from 1988 to 1997 and I want to see my social services file please. What do I need to do?\n\nMaria"), Regime.SAR),
    _ask("sar formal", message("Subject Access Request", "Dear Data Protection Officer\n\nI am making a subject access request under Article 15 of the UK GDPR. Please supply all personal data you hold about me, including emails between housing officers from 1 May 2022.\n\nI attach proof of identity.\n\nYours faithfully\nD Brandt", files=("passport.jpg",)), Regime.SAR),
    _ask("sar solicitor", message("Our client: M.T. - DSAR", "Dear Sirs\n\nWe act for the above named and enclose a signed form of authority. Please provide copies of all records held about our client within one month.\n\nYours faithfully", files=("authority.pdf",)), Regime.SAR),
    _ask("sar own file by its number", message("Request", "Dear Council\n\nPlease supply my housing application file, reference HX99881.\n\nKind regards\nLeo Tamm"), Regime.SAR),
    _ask("sar school reports", message("Request", "Could I have copies of my old school reports from Hill Road, I left in 1991?\n\nLeo Tamm"), Regime.SAR),
    _ask("sar for a child", message("Request", "On behalf of my son, aged 11, I request his SEND file.\n\nLeo Tamm"), Regime.SAR),
    _ask("sar with consent", message("Client: Mr O Idris", "Dear team\n\nI am helping Mr Omar Idris of 2 Mill Row and attach his signed consent. Could you let me have copies of his homelessness application file and the decision letter?\n\nAna Petit\nAdvice Centre", files=("consent.pdf",)), Regime.SAR),
    _ask("sar everything", message("data", "i want everything you have on me. all emails all notes from the social worker and the phone recordings. its my right"), Regime.SAR),
    _ask("welsh", message("Cais Rhyddid Gwybodaeth", "Annwyl Gyngor,\n\nHoffwn wneud cais o dan y Ddeddf Rhyddid Gwybodaeth am nifer y dirwyon parcio yn 2023.\n\nDiolch,\nHuw")),
    _ask("chaser words in topic", message("FOI: late payments", "How many invoices were overdue at 31 March 2024, and how many reminders did suppliers send?\n\nThanks")),
    _ask("angry request", message("FOI request on potholes", "The roads are a disgrace. Under the Freedom of Information Act tell me how much you have paid out in compensation for pothole damage in the last 5 years.\n\nNot a happy taxpayer")),
    _ask("clarification offered", message("Information request: libraries", "Dear team,\n\nPlease tell me the opening hours cut at each library since 2010 and the number of library staff in each year.\n\nIf any clarification is needed please contact me. I am happy to clarify or narrow my request.\n\nSincerely\nRuth")),
    _ask("table of columns", message("FOI - empty homes", "Hello,\n\nPlease send me a list of empty residential properties with these columns:\n\n* Address\n* Date empty from\n* Council tax band\n* Owner type\n\nI also wish to re-use the data.\n\nCheers")),
    _ask("resident question", message("CCTV on Hill Street", "Hi. Who owns the CCTV cameras on Hill Street, what are they for and how long are recordings kept? Is there a policy I can see?")),
    _ask("old acknowledgement style", message("RFI", "Please see below a request for information.\n\nTotal amount spent on hospitality 2022-23.\nTotal amount spent on taxis 2022-23.\n\nRegards")),
    _ask("web form", message("Online form submission", "Name: J Patel\nEmail: jpatel@example.org\nQuestion: How many dog wardens does the council employ?", sender=FORM, headers=(("Auto-Submitted", "auto-generated"),)), requester=Address("J Patel", "jpatel@example.org")),
    _ask("suppress oof only", message("FOI request", "Please tell me the number of council vehicles that are electric.\n\nIvan", headers=(("X-Auto-Response-Suppress", "OOF, DR, NRN"), ("Auto-Submitted", "no"), ("Precedence", "normal")))),
    _ask("return path", message("Request for information", "Please could you confirm the number of homeless presentations in 2023?", headers=(("Return-Path", "<r.okafor@example.net>"), ("X-Loop", "no")))),
    _ask("html leftovers", message("FOI", "<p>Dear Sirs,</p><p>Under the <b>Freedom of Information Act</b> please provide&nbsp;the number of noise complaints in 2023.</p><br>Regards")),
    _ask("external tag", message("[EXTERNAL] Freedom of Information request: school meals", "CAUTION: This email originated from outside the council. Do not click links.\n\nDear Sir/Madam\n\nPlease provide the cost of free school meals by school for 2022/23.\n\nYours\nE")),
    _ask("bump in topic", message("Speed bumps", "Morning, how much did the speed bumps on Church Lane cost and how many objections were there to the scheme?")),
    _ask("planning objections as topic", message("FOI planning objections", "Could I have the number of objections received to planning application 23/01234/FUL and copies of them?"), Regime.EIR),
    _ask("union", message("Information request - agency staff", "Colleagues\n\nOn behalf of the branch I am writing to request the following:\na) headcount of agency workers by directorate\nb) cost per month\n\nIn solidarity")),
    _ask("councillor elsewhere", message("Request", "Hi, I'm a parish councillor at Lower Wick and would like a copy of the traffic survey for the B4100 please. Cllr J Webb")),
    _ask("meta request", message("FOI about FOI", "Under FOI please disclose all correspondence relating to the handling of my request of 2 May 2023, including internal emails.")),
    _ask("student", message("Dissertation research", "Dear council,\n\nI am a student at the University of Westmarch and I am researching loneliness in later life. I would be grateful if you could answer these questions:\n\n1. Do you have a loneliness strategy?\n2. What is its budget?\n3. Who leads it?\n\nBest wishes,\nAna")),
    _ask("long preamble", message("Freedom of Information Act 2000 request", "Dear FOI Officer\n\n" + "The council has a duty to be open and I have followed this matter for years. " * 12 + "\n\nPlease therefore supply the minutes of the scrutiny panel of 3 March 2020.\n\nYours faithfully\nF")),
    _ask("follow-on after another", message("New FOI request", "Hello again, thank you for your answer to my last request. I would now like to make another FOI request: how many blue badges were refused in 2023 and how many appeals were upheld?")),
    _ask("bin statistics", message("Missed collections", "Hello, could you send me the number of missed bin collections per week since January and the penalty paid by the contractor?")),
    _ask("fwd request", message("FW: FOI request", "Dear team, sending this to you as advised by the call centre.\n\nI would like to know how many fixed penalty notices for littering were issued in 2023.\n\nThank you")),
    _ask("pet names", message("FOI", "Under FOI, what is the name of the mayor's dog and is it insured at public expense?")),
    _ask("policy", message("Staff social media policy", "Please send me your social media policy for staff. Thanks.")),
    _ask("noun list under subject", message("Freedom of Information request: adult social care", "Hello\n\nNumber of adults waiting for an assessment on 1 April 2024\nAverage wait in days\nLongest wait\n\nThank you\nSam")),
    _ask("exempt talk beforehand", message("FOI request - viability study", "Please release the viability study for the Quayside scheme. I believe that section 43 does not apply and that the public interest favours release.\n\nRegards")),
    _ask("mp casework asking", message("Constituent enquiry (Case Ref: ZA12345)", "Dear Sir/Madam\n\nMy constituent has asked about the number of children waiting for an EHC plan. Please could you provide the current figure and the average waiting time?\n\nOffice of the Member for Exampleshire East")),
)  # fmt: skip

UNCLEAR = (
    _unclear("empty", message("", "")),
    _unclear("hello", message("Hello", "Hello")),
    _unclear("subject only", message("help", "")),
    _unclear("attachment only", message("Letter", "Please see attached.\n\nKind regards\nL. Frost", files=("letter.pdf",))),
    _unclear("nothing but a file", message("", "", files=("IMG_2231.jpg",))),
    _unclear("attached foi", message("FOI", "Please find attached.", files=("foi request.docx",))),
    _unclear("statement", message("Town hall", "I walked past the town hall yesterday. The clock has stopped again. My grandfather wound it for years.")),
    _unclear("polish", message("Zapytanie", "Dzień dobry, proszę o informację ile osób jest zatrudnionych w urzędzie i jak to się zmieniło od zeszłego roku. Dziękuję")),
    _unclear("arabic", message("طلب معلومات", "مرحبا، أود أن أعرف عدد الموظفين في المجلس وكم تنفقون على الطرق كل سنة. شكرا لكم")),
    _unclear("romanian", message("Intrebare", "Bună ziua, vă rog să îmi spuneți câte locuri sunt în școlile din oraș și care este procedura pentru înscriere. Mulțumesc")),
    _unclear("test", message("test", "test")),
    _unclear("greeting and name", message("Enquiry", "Dear Sir\n\nMy name is Colin and I live in Wick.\n\nColin")),
    _unclear("erase me", message("Erasure", "Please delete all the personal data you have about me from your systems under GDPR. I object to processing.")),
)  # fmt: skip
