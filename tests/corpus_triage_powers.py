"""Labelled mail that is no request under an access law, though it asks: powers of police and courts, proceedings, rights over one's data."""
# ruff: noqa: E501 -- one mail stands on one line

from __future__ import annotations

from corpus_triage_labels import ACK, RECEIPT, Mail, message

from pipeline.domain.triage import Intent, Verdict


def _mail(
    sender: str, subject: str, text: str, intent: Intent = Intent.UNCLEAR, acknowledge: str | None = None
) -> Mail:
    return Mail(
        name=f"{subject}: {text[:40]}",
        message=message(subject, text, sender=sender),
        verdict=Verdict.REQUEST,
        intent=intent,
        acknowledge=acknowledge,
    )


def _right(subject: str, text: str) -> Mail:
    return _mail("r.okafor@example.net", subject, text, acknowledge=RECEIPT)


def _plain(sender: str, subject: str, text: str) -> Mail:
    return _mail(sender, subject, text, Intent.REQUEST, ACK)


# An officer answers these, for no access law governs them, and nothing goes by itself.
OWN_POWERS = (
    _mail("d.marsh@northshire.police.uk", "Schedule 2 DPA request - crime ref 51/20111/26", "Request for disclosure of personal data under Schedule 2 Part 1 Paragraph 2 of the Data Protection Act 2018\n\nPlease provide the current address held for Aaron Vale, DOB 02/02/1991. The information is necessary for the prevention or detection of crime.\n\nPC 1188 D Marsh"),
    _mail("d.marsh@gmail.com", "DPA 2018 Schedule 2 request", "Please provide the footage of Mill Street camera 2 on 3 May in connection with crime 51/20112/26.\n\nPC 1188"),
    _mail("compliance@hmrc.gov.uk", "Notice under Schedule 36 Finance Act 2008", "We require details of payments made to the landlord below for the tax years 2022 to 2025. Please provide the information by 14 May."),
    _mail("grc@justice.gov.uk", "EA/2026/0099 Vale v Information Commissioner - directions", "Dear Parties\n\nPlease find attached the Registrar's directions. The Second Respondent shall file its response by 17 June. Please provide your hearing availability."),
    _mail("clerk@chambers.example", "Appeal EA/2026/0099", "The Tribunal directs that the Council provide a closed bundle by noon on 4 June. Please confirm who will represent the Council."),
    _mail("j.field@lgo.org.uk", "Complaint 26 001 002 - Ms Vale", "Dear Liaison Officer\n\nPlease provide copies of her housing file and your response to the following:\n1. When was the housing plan issued?\n2. Why was interim accommodation refused?"),
    _mail("case@housing-ombudsman.org.uk", "Case 202600001", "Please provide the repair records for the property and answer the attached questions by 8 June."),
    _mail("guardian@cafcass.gov.uk", "Section 7 report", "I am preparing a section 7 report. Please can you let me know what involvement the local authority has had with the family."),
    _mail("clerk@familylaw.example", "Family Court order ZC26P00999 - disclosure", "By order of HHJ Field the local authority shall disclose the chronology by 4pm on 1 June. Please find the sealed order attached."),
    _mail("a.reed@reedlaw.example", "Pre-action protocol for judicial review - letter before claim", "We act for Ms Vale. Please treat this as a letter before claim. Please provide the following documents: the assessment and the panel minutes. Please reply within 14 days."),
    _mail("rep@workersunion.example", "Grievance - A Vale", "Please provide the notes of the investigation meeting ahead of the hearing on Friday so that I can represent my member."),
    _mail("data@partners.example", "Data sharing agreement - draft for signature", "Please find attached the revised DSA. Could you let me have comments by Friday?"),
    _mail("privacy@processor.example", "Notification of personal data breach", "In accordance with clause 14 of the agreement we notify you of a personal data breach affecting 90 tenants. Please let us know who at the Council is the point of contact."),
    _mail("fraud@dwp.gov.uk", "Request for information under s.109B Social Security Administration Act 1992", "Please supply the rent records of the claimant below by return."),
)  # fmt: skip

# Who says that it is a request under the access law has made one, whoever it is and whatever the topic.
PLAIN = (
    _plain("d.marsh@northshire.police.uk", "FOI request", "Dear team\n\nUnder the Freedom of Information Act 2000 please tell me how many parking permits were issued to charities in 2025.\n\nDan Marsh"),
    _plain("r.okafor@example.net", "FOI request - police requests", "Under the Freedom of Information Act please tell me how many requests under Schedule 2 of the Data Protection Act 2018 you received from the police in 2025."),
    _plain("r.okafor@example.net", "Letters before claim", "Please tell me how many letters before claim the council received in 2025 and how many pre-action protocol letters for judicial review."),
)  # fmt: skip

RIGHTS = (
    _right("Objection to processing - article 21", "I object under Article 21 UK GDPR to the Council sharing my data with its debt agency. Please stop the processing and tell me what lawful basis you rely on.\n\nH Vale"),
    _right("Incorrect data", "My council tax record shows that I moved in on 3/3/25. It was 13/3/25. Under article 16 of UK GDPR please rectify this.\n\nH Vale"),
    _right("Consent", "I withdraw my consent for you to use my son's photo in your leaflet. Please confirm.\n\nH Vale"),
    _right("Data protection", "Please stop using my phone number for automated calls.\n\nH Vale"),
)  # fmt: skip

POWERS = (*OWN_POWERS, *PLAIN, *RIGHTS)
