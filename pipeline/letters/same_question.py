"""Which of a draft's questions is which of the request's: officers edit the words, and number them otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LABEL, _TEXT = 0, 1


def by_key(drafted: Sequence[tuple[str, str]], asked: Mapping[int, tuple[str, str]]) -> dict[int, int]:
    """By the key of each question *asked*, the place (from 0) of the one *drafted* that is the same; both are (label, text).

    The same words decide, then the same label; each is found once at most.
    """
    found: dict[int, int] = {}
    for same in (_TEXT, _LABEL):
        for key, question in asked.items():
            if key in found or not question[same]:
                continue
            places = (at for at, entry in enumerate(drafted) if at not in found.values())
            place = next((at for at in places if drafted[at][same] == question[same]), None)
            if place is not None:
                found[key] = place
    return found
