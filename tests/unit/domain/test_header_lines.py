"""Header lines of forwards and histories are known in many languages by their words, and in all others by their shape."""

from __future__ import annotations

import pytest

from pipeline.domain.forwarding import original
from pipeline.domain.header_lines import shaped
from pipeline.domain.quoting import fold

_ASK = "How many bus shelters are there?"
_WHO = "Zofia Lis <zofia@example.org>"
_BLOCKS = [
    f"Von: {_WHO}\nGesendet: Montag, 16. November 2026 08:14\nAn: X\nBetreff: shelters",
    f"De : {_WHO}\nEnvoy\u00e9 : lundi 16 novembre 2026 08:14\n\u00c0 : X\nObjet : shelters",
    f"De: {_WHO}\nEnviado el: lunes, 16 de noviembre de 2026 8:14\nPara: X\nAsunto: shelters",
    f"Da: {_WHO}\nInviato: luned\u00ec 16 novembre 2026 08:14\nA: X\nOggetto: shelters",
    f"Van: {_WHO}\nVerzonden: maandag 16 november 2026 08:14\nAan: X\nOnderwerp: shelters",
    f"Od: {_WHO}\nWys\u0142ane: poniedzia\u0142ek, 16 listopada 2026 08:14\nDo: X\nTemat: shelters",
    f"De la: {_WHO}\nTrimis: luni, 16 noiembrie 2026 08:14\nC\u0103tre: X\nSubiect: shelters",
    f"De: {_WHO}\nEnviado: segunda-feira, 16 de novembro de 2026 08:14\nPara: X\nAssunto: shelters",
    f"L\u00e4hett\u00e4j\u00e4: {_WHO}\nL\u00e4hetetty: maanantai 16. marraskuuta 2026 8.14\nVastaanottaja: X\nAihe: shelters",
]


@pytest.mark.parametrize("block", _BLOCKS)
def test_forward_in_any_language_names_its_sender(block: str) -> None:
    """Whatever the language of the forwarder's mail program, sender, subject, note and words are found."""
    found = original(f"For you.\n\n{block}\n\n{_ASK}", ["example.gov.uk"])
    assert found is not None
    assert found.sender.email == "zofia@example.org"
    assert found.sender.name == "Zofia Lis"
    assert found.subject == "shelters"
    assert (found.note, found.text) == ("For you.", _ASK)


@pytest.mark.parametrize("block", _BLOCKS)
def test_history_in_any_language_is_folded(block: str) -> None:
    """Below an answer the older mail is folded away with its header lines, so that its questions aren't taken for new ones."""
    folded = fold(f"{_ASK}\n\n{block}\n\nWhat is your account number?")
    assert folded.new_text.strip() == _ASK


@pytest.mark.parametrize(
    "wrote",
    [
        "Am Mo., 16. Nov. 2026 um 08:14 Uhr schrieb Zofia Lis <zofia@example.org>:",
        "Op ma 16 nov 2026 om 08:14 schreef Zofia Lis <zofia@example.org>:",
        "Le lun. 16 nov. 2026 \u00e0 08:14, Zofia Lis <zofia@example.org> a \u00e9crit :",
        "W dniu 16.11.2026 o 08:14 Zofia Lis <zofia@example.org> napisa\u0142(a):",
    ],
)
def test_attribution_in_other_languages_is_folded(wrote: str) -> None:
    """The line that says who wrote what is quoted belongs to the history in every language."""
    assert fold(f"{_ASK}\n\n{wrote}\n\nOlder words.").new_text.strip() == _ASK


@pytest.mark.parametrize(
    "lines",
    [
        "Email: jo@example.org\nSubmitted: 16/11/2026 08:14\nCategory: FOI\n",
        "Kontakt: jo@example.org\nTelefon: 01632 960001\nOrt: Leeds\n",
        "Kontakt: jo@example.org\nZeit: 16.11.2026 08:14\n",
        "Kontakt: jo@example.org\nZeit: 16.11.2026 08:14\nOrt: Leeds\nWhat is asked stands right below.",
        "My case: I wrote to x@example.org\nThen: on 16 November 2026 at 08:14 nothing came\nName: Jo\n",
    ],
)
def test_other_labelled_lines_have_not_the_shape(lines: str) -> None:
    """Forms, signatures and prose with colons are no header lines: what stands below them is never folded away."""
    assert shaped(lines.split("\n"), 0) == []
