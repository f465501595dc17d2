"""The words of who asks under powers of their own, or in proceedings: police, courts, revenue, a claimant's lawyers; see ``wording``.

They are no request under an access law, and their own law or a court says until when they are answered (domain.md 1.4, row 9).
"""

from __future__ import annotations

from pipeline.domain.triage.wording import Sign, word_rule

POWER_RULES = (
    word_rule(
        Sign.OWN_POWER,
        "it asks under a power to obtain information that is no right of access",
        r"\b(?:data protection act|dpa)\b.{0,40}\bsch(?:edule|\.)? ?2\b|\bsch(?:edule|\.)? ?2\b.{0,60}\b(?:data protection|dpa|request|crime|disclosure)\b",
        r"\bpara(?:graph)? ?\d{1,2} of (?:part 1 of )?sch(?:edule|\.)? ?2\b"
        r"|\bnecessary for the (?:purposes? of )?(?:the )?prevention (?:or|and) detection of crime\b",
        r"\bsch(?:edule|\.)? ?36\b.{0,40}\bfinance act\b|\bfinance act\b.{0,40}\bsch(?:edule|\.)? ?36\b",
        r"\b(?:s|section)\.? ?109[bc]\b|\bunder\b.{0,40}\bsocial security (?:administration|fraud) act\b",
        r"\bcoroner (?:hereby )?(?:requires|requests|directs|orders)\b|\bunder (?:schedule|paragraph|section)\b.{0,30}\bcoroners and justice act\b",
    ),
    word_rule(
        Sign.OWN_POWER,
        "it is a court's or a tribunal's direction",
        r"\b(?:tribunal|court|registrar|(?<!\bi am a )judge) (?:hereby )?(?:directs|orders|requires)\b|\b(?:registrar|tribunal|judge)(?:'s)? directions\b",
        r"\bby order of (?:hhj|the (?:\w+ ){0,2}court|his honour|her honour|(?:district|deputy|circuit) |mr justice|mrs justice|lord|lady)",
        r"\b(?:family|county|crown|high|magistrates'?) court order\b|\bsealed (?:court )?order\b|\bin accordance with the (?:attached )?(?:court )?order of\b",
    ),
    word_rule(
        Sign.OWN_POWER,
        "it is a step in a claim or a hearing",
        r"\b(?:this is|treat this|accept this|regard this)\b.{0,30}\bletter before (?:claim|action)\b"
        r"|^.{0,80}\bletter before (?:claim|action)\W*$|\b(?:under|in accordance with|pursuant to|comply with) the pre-?action protocol\b"
        r"|^(?:\W|\w{1,3}: )*pre-?action protocol\b",
        r"\bhearing\b.{0,60}\brepresent (?:my|our) member\b",
    ),
    word_rule(
        Sign.OWN_POWER,
        "it notifies us of a breach of personal data",
        r"\bnotif(?:y|ication|ying)(?: you| the council)?(?: of| about)? (?:a |an |the )?(?:personal )?data (?:security |protection )?breach\b"
        r"|\b(?:under|processor notice under) art(?:icle|\.)? ?33\b",
    ),
    word_rule(
        Sign.OWN_POWER,
        "it is about an agreement to share data",
        r"^(?:\W|\w{1,3}: )*(?:data|information) sharing agreement\b.{0,20}\b(?:draft|for (?:signature|review|comments?)|revised)\b"
        r"|\b(?:revised|draft|attached|updated) (?:dsa|(?:data|information) sharing agreement)\b",
    ),
)
