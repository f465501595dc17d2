"""Names the language of a text when it is plainly neither English nor Welsh: by script, else by its commonest small words."""
# ruff: noqa: RUF001 -- the tables hold words of other alphabets on purpose

from __future__ import annotations

import re
import unicodedata

SAMPLE_CHARACTERS = 4_000
LETTERS_NEEDED = 12
WORDS_NEEDED = 4

_SCRIPTS = {
    "CYRILLIC": "Russian, Ukrainian or another language in Cyrillic letters",
    "ARABIC": "Arabic, Urdu, Persian or another language in Arabic letters",
    "HEBREW": "Hebrew",
    "GREEK": "Greek",
    "CJK": "Chinese or Japanese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "DEVANAGARI": "Hindi, Nepali or another language in Devanagari letters",
    "BENGALI": "Bengali",
    "GURMUKHI": "Punjabi",
    "GUJARATI": "Gujarati",
    "TAMIL": "Tamil",
    "THAI": "Thai",
    "ETHIOPIC": "Amharic or Tigrinya",
    "ARMENIAN": "Armenian",
    "GEORGIAN": "Georgian",
}
_SMALL_WORDS = {
    "English": "the and of to in is for that you are have with this on my your please would i it we be not any all how what by from at as "
    "or request information council",
    "Welsh": "yn y yr o i ar am gan bod mae wedi eich fy hoffwn gwybodaeth cais ac ein "
    "fod rwy'n rwyf sydd chi oes sawl faint gyngor cyngor gyfer hyn diolch os gwelwch",
    "Polish": "i w na do nie że się jest czy proszę o jak dla z ile od mam przez oraz jaki są informacji informację dziękuję państwa po to",
    "Romanian": "și în de la cu pe nu că este sunt vă rog care din pentru mi am să o dumneavoastră mulțumesc un ce si va",
    "French": "le la les de des et je vous est pour dans que une un pas sur avec mon ma votre merci bonjour du en qui ce au par",
    "German": "der die das und ich sie ist nicht ein eine zu für mit auf von den im bitte wie haben mir es dem werden bin an",
    "Spanish": "el la los las de y que en un una por para con no es me mi su gracias del al se lo como cuántos quisiera",
    "Italian": "il la di che e per un una non sono con mi si le del in vorrei grazie è ho dei della come questo gli",
    "Portuguese": "o a os as de que e do da em um uma para com não por eu meu minha obrigado se no na dos gostaria como",
    "Dutch": "de het een en van ik is dat niet te voor met op u zijn aan mijn graag hoe die heeft uw",
    "Turkish": "bir ve bu için ile ben bana mi da de çok lütfen nasıl olan var ne kadar istiyorum teşekkür",
    "Lithuanian": "ir kad yra su į ar aš man prašau dėl iš kiek apie ne tai už",
    "Hungarian": "a az és hogy nem is egy ez van kérem mi meg vagy szeretném köszönöm mennyi",
    "Somali": "waa iyo ku ka in uu ay la aan waxaan si oo fadlan u soo",
    "Albanian": "dhe të në për një me është që nuk si ju lutem nga unë i e faleminderit",
    "Czech": "a je se na že v o to prosím jak pro s z nebo bych kolik jsem mi děkuji",
}  # fmt: skip
_VOCABULARY = {name: frozenset(words.split()) for name, words in _SMALL_WORDS.items()}
_LANGUAGES: dict[str, list[str]] = {}
for _name, _words in _VOCABULARY.items():
    for _word in _words:
        _LANGUAGES.setdefault(_word, []).append(_name)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[^\W\d_][^\W\d_']{0,30}")


def foreign_language(text: str) -> str | None:
    """The name of the language *text* is written in, or None for English, Welsh, a mixture, or too little to tell."""
    sample = text[:SAMPLE_CHARACTERS]
    return _by_script(sample) or _by_words(sample)


def is_welsh(text: str) -> bool:
    """Whether *text* is plainly written in Welsh: more of its common words than of English ones, and enough to tell."""
    words = _WORD.findall(text[:SAMPLE_CHARACTERS].casefold())
    welsh, english = (sum(word in _VOCABULARY[name] for word in words) for name in ("Welsh", "English"))
    return welsh >= WORDS_NEEDED and welsh > english and welsh * 8 >= len(words)


def _by_script(sample: str) -> str | None:
    others: dict[str, int] = {}
    for character in _BEYOND_ASCII.findall(sample):
        if character.isalpha():
            script = unicodedata.name(character, "?").partition(" ")[0]
            if script in _SCRIPTS:
                others[script] = others.get(script, 0) + 1
    found = sum(others.values())
    if found < LETTERS_NEEDED or 2 * found < sum(character.isalpha() for character in sample):
        return None
    if "HIRAGANA" in others or "KATAKANA" in others:
        return _SCRIPTS["HIRAGANA"]
    return _SCRIPTS[max(others, key=lambda script: others[script])]


def _by_words(sample: str) -> str | None:
    words = _WORD.findall(sample.casefold())
    scores = dict.fromkeys(_VOCABULARY, 0)
    for word in words:
        for name in _LANGUAGES.get(word, ()):
            scores[name] += 1
    best = max(scores, key=lambda name: scores[name])
    native = max(scores["English"], scores["Welsh"])
    if best in {"English", "Welsh"} or scores[best] < WORDS_NEEDED:
        return None
    # A name or a quoted phrase is no language: twice the English words, and one word in eight.
    if scores[best] < 2 * native or scores[best] * 8 < len(words):
        return None
    return best
