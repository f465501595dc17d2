"""Every provision a council may refuse by: finding one however it is spelt, and by what it is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.domain.citation import SOURCE_OF, Citation, parse_citation
from pipeline.domain.exemption_rows import read_rows
from pipeline.domain.provision import Harm, Limit, Provision, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.domain.request import Regime

__all__ = ["Exemptions", "Harm", "Limit", "Provision", "Standing"]


@dataclass(frozen=True, slots=True)
class Exemptions:
    """Every provision of config/exemptions.toml; ``from_data`` makes it."""

    provisions: tuple[Provision, ...]
    _by_key: Mapping[str, Provision]

    @classmethod
    def from_data(cls, data: Mapping[str, Any], *, source: str = "config/exemptions.toml") -> Exemptions:
        """Read *data*, the parsed file; *source* names it in errors. Raises ConfigurationError with every mistake, row and key."""
        made = read_rows(data, source)
        return cls(made, {one.citation.key: one for one in made})

    def find(self, cite: str, regime: Regime) -> Provision | None:
        """Find the provision of *regime* that *cite* names in any usual spelling ("section 40(2)", "S40 (2)"); None if there is none."""
        citation = parse_citation(cite, SOURCE_OF[regime])
        if citation is None or citation.regime is not regime:
            return None
        found = self._by_key.get(citation.key)
        if found is None:
            head = citation.number.partition("(")[0].partition(" para")[0]
            whole = self._by_key.get(Citation(source=citation.source, number=head).key)
            if whole is not None and whole.open:
                return replace(whole, number=citation.number, group=False)
        return found

    def below(self, cite: str, regime: Regime) -> tuple[Provision, ...]:
        """List the exact provisions that begin like *cite*, for somebody who named a section and needs its paragraph."""
        citation = parse_citation(cite, SOURCE_OF[regime])
        if citation is None or citation.regime is not regime:
            return ()
        starts = (citation.key + "(", citation.key + "para")
        return tuple(one for key, one in self._by_key.items() if key.startswith(starts) and not one.group)

    def search(self, words: str) -> list[Provision]:
        """List the provisions in which every one of *words* occurs, those that have it in their title first."""
        wanted = words[:500].casefold().split()
        scored: list[tuple[bool, Provision]] = []
        for one in self.provisions:
            title = f"{one.citation.short} {one.name}".casefold()
            text = f"{title} {one.wording} {one.note} {one.standing} {one.harm}".casefold()
            if wanted and all(word in text for word in wanted):
                scored.append((not all(word in title for word in wanted), one))
        return [one for _, one in sorted(scored, key=lambda pair: pair[0])]
