"""Who writes the letters: the few facts about the authority that stand in them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Something the authority publishes: its title and address; the address ``#`` means one not known yet."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityFacts:
    """The authority as a letter shows it; *address* is the postal address by lines, *email* the monitored mailbox.

    *privacy_notice* is the address of the page on how personal data is used. *sign_off* stands at the foot of a letter; empty
    means the team's name. *crest* are the bytes of a PNG or JPEG picture for the head of letters that can show one.
    """

    name: str
    team: str
    address: tuple[str, ...] = ()
    website: str = ""
    email: str = ""
    phone: str = ""
    publications: tuple[Publication, ...] = ()
    privacy_notice: str = ""
    sign_off: str = ""
    crest: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityOverride:
    """What one letter says differently about the authority; None leaves the configuration's word."""

    name: str | None = None
    team: str | None = None
    address: tuple[str, ...] | None = None
    website: str | None = None
    email: str | None = None
    phone: str | None = None
    publications: tuple[Publication, ...] | None = None
    privacy_notice: str | None = None
    sign_off: str | None = None

    def over(self, facts: AuthorityFacts) -> AuthorityFacts:
        """*facts* with everything this letter says differently."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(facts, **{key: value for key, value in said.items() if value is not None})


NO_OVERRIDE = AuthorityOverride()
