"""The draft file's words on the screen: where a check or a refusal names a key of the file, an officer reads what its field is called."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from pipeline.domain.calendar import long_date
from pipeline.domain.response import AnswerOutcome
from pipeline.letters.model import LetterKind
from pipeline.web.letterform import ANSWERS, LABELS, Mistake
from pipeline.web.presenting import LETTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

# Fields of the form that are called otherwise in the file; those of a kind of letter have their labels already.
_FIELDS = LABELS | {
    "outcome": "What they get",
    "answer": "Answer",
    "link": "Web address where it is published",
    "link_intro": "Sentence before the web address",
    "emissions": "It is information on emissions",
    "prejudice": "How likely the harm is",
    "qualified_person": "Qualified person's opinion",
    "given_on": "Day the opinion was given",
    "decided_by": "Who decided it",
    "decided_on": "Day it was decided",
    "requester_name": "Requester's name in the letter",
    "salutation": "How the requester is addressed",
    "topic": "Topic",
    "issued_on": "Date of the letter",
    "received_on": "Day of receipt",
    "regime": "Law",
    "reference": "Reference",
    "template": "Wording of the letter",
}
_TEST = "what speaks for disclosure, what for withholding, which weighs more, who decided it and when"
_ALL_CHOICES = ", ".join(AnswerOutcome)
_SENTENCES = (
    (f"choose an outcome ({_ALL_CHOICES})", "choose what they get"),
    ('add provisions, such as ["s.40(2)"] or ["reg 12(5)(e)"]', "name a provision, such as s.40(2) or reg 12(5)(e)"),
    ("say in reason why", "say why"),
    ("correct the provision or the regime", "correct the provision, or the law of the question"),
    ("or choose another outcome", "or choose something else under “What they get”"),
    ("choose the outcome ncnd or", "choose “Neither confirmed nor denied” under “What they get”, or"),
    ("with already_available", "with “Already available elsewhere”"),
    ("use supplied, with a link", "choose “Supplied”, with a web address"),
    ("has a link_intro but no link", "has a sentence before the web address, but no address"),
    ("give the link or empty link_intro", "give the web address, or take the sentence before it out"),
    ("give the link", "give the web address"),
    ("empty answer and link, and put the grounds in reason", "empty the answer and the web address, and write the grounds under “Why it is withheld”"),
    ("add qualified_person with role, opinion and given_on",
     "fill in the qualified person's opinion beneath the provision: whose it is, what it says, and the day"),
    ("correct given_on", "correct the day the opinion was given"),
    ("set emissions = true if", "tick “It is information on emissions” if"),
    ("add public_interest with for, against, balance, decided_by and decided_on", f"fill in the public interest test beneath the provision: {_TEST}"),
    ("give it as a table with for, against, balance, decided_by and decided_on", f"fill in the public interest test beneath the provision instead: {_TEST}"),
    ("add decided_by and decided_on", "fill both in beneath the provision, in its public interest test"),
    ("the public interest test lacks for and against and balance", "the public interest test is empty"),
    ('fill it in, or use salutation = "generic"', "fill it in, or choose “Dear Sir/Madam”"),
    ("add an apology for the delay", "begin the first answer with an apology for the delay"),
    ("there is no question; add a [[question]] with its text", "no question is ticked; tick those that it is about"),
    ("write regime = ", "use the law "),
)  # fmt: skip
_LACKS = {"for": "what speaks for disclosure", "against": "what speaks for withholding", "balance": "which weighs more"}
_TEST_LACKS = re.compile(r"the public interest test lacks ((?:for|against|balance)(?: and (?:for|against|balance))*)")
_HARM = re.compile(r"\b(add|say) prejudice = ((?:\"[^\"]*\"(?: or )?)+)")
_KIND = re.compile(r"use kind = \"([a-z_]+)\"")
_NOT_FOR = re.compile(r"^kind: [a-z_]+ does not go with (foi|eir|sar): ")
_MISSING = re.compile(r"this is missing; add [a-z_]+ = .*", re.DOTALL)
_SETTING = re.compile(r"\b([a-z]+(?:_[a-z]+)*) = (?=[\[0-9t]|$)")
_OUTCOME = re.compile(rf"\bbut ({'|'.join(AnswerOutcome)}) withholds")
_KEY = re.compile(r"(?<![\w.@/-])([a-z]+(?:_[a-z]+)+)(?![\w@-]|\.\w)")
_DAY = re.compile(r"\b([0-9]{4}-[0-9]{2}-[0-9]{2})\b")
_QUOTED = re.compile(r"(\"[^\"]{0,1000}\"|“[^”]{0,1000}”)")
_AT_QUESTION = re.compile(r"question ([0-9]+)(?: \([^)]*\))?: (?=[a-z_]+: )")
_AT = re.compile(r"([a-z_]+): ")


def plain(text: str) -> str:
    """*text* of a check or a refusal in the words of the form; what it quotes of the letter stays as it was written."""
    for said, shown in _SENTENCES:
        text = text.replace(said, shown)
    text = _TEST_LACKS.sub(lambda found: f"the public interest test does not say {_listed(found[1])}", text)
    text = _HARM.sub(lambda found: f"choose under “How likely the harm is”: {found[2]}", text)
    text = _KIND.sub(lambda found: f"write another letter: {_letter(found[1])}", text)
    text = _OUTCOME.sub(lambda found: f"but “{ANSWERS[AnswerOutcome(found[1])]}” withholds", text)
    return "".join(part if n % 2 else _unquoted(part) for n, part in enumerate(_QUOTED.split(text)))


def place(text: str) -> str:
    """Where a finding is, in the words of the form: "question 2: link" or "requester_name"."""
    *before, last = text.split(": ")
    return ": ".join([*before, _FIELDS.get(last, last)])


def mistake(problem: str, names: Sequence[str]) -> Mistake:
    """What is wrong with a letter that could not be kept, at its field; *names* are those of its questions' fields."""
    said = problem.removeprefix("the letter: ")
    at_question, said = _AT_QUESTION.match(said), _AT_QUESTION.sub("", said, count=1)
    if found := _NOT_FOR.match(said):
        return Mistake("", plain(f"this letter does not go with {found[1].upper()}: {said[found.end() :]}"))
    at = _AT.match(said)
    key = at[1] if at and at[1] in _FIELDS else ""
    words = said[at.end() :] if at and key else said
    label = _FIELDS.get(key, "")
    number = int(at_question[1]) if at_question else 0
    if number:
        prefix = names[number - 1] if number <= len(names) else ""
        name = f"{prefix}-p1-cite" if key == "provisions" else f"{prefix}-{key}"
        label += f" (question {number})"
    else:
        name = "letter-p1-cite" if key == "provisions" else key
    if _MISSING.fullmatch(words):
        return Mistake(name, f"Fill in “{label}”")
    return Mistake(name, plain(f"{label}: {words}" if label else words))


def _unquoted(text: str) -> str:
    text = _SETTING.sub(lambda found: f"{_FIELDS.get(found[1], found[1])}: ", text)
    text = _KEY.sub(lambda found: f"“{_FIELDS[found[1]]}”" if found[1] in _FIELDS else found[1].replace("_", " "), text)
    return _DAY.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    try:
        return long_date(date.fromisoformat(found[1]))
    except ValueError:
        return found[1]


def _listed(words: str) -> str:
    return ", ".join(_LACKS[one] for one in words.split(" and "))


def _letter(kind: str) -> str:
    return f"“{LETTERS[LetterKind(kind)]}”" if kind in set(LetterKind) else kind
