"""What every page is given: the product, and who is looking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app, g

from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.letters.model import LetterKind
from pipeline.store.listing_records import Viewer as ListViewer

if TYPE_CHECKING:
    from pipeline.bootstrap import App
    from pipeline.stages.accounts import Accounts, Viewer
    from pipeline.store.records import Case

VIA = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The product behind the pages, and the accounts of those who use them."""

    app: App
    accounts: Accounts


def desk() -> Desk:
    """What stands behind the pages."""
    return cast("Desk", current_app.extensions["infogov"])


def product() -> App:
    """The product: settings, store, clock and stages."""
    return desk().app


def viewer() -> Viewer:
    """Who is signed in. Raises NotAllowedError where nobody is: only pages that are open to all come here without."""
    found = visitor()
    if found is None:
        raise NotAllowedError("You are not signed in")
    return found


def case_of(reference: str) -> Case:
    """The request that a page is about, where who looks may see it; no look is noted. Raises NotFoundError, RestrictedError."""
    return product().reading_room(VIA).look_up(reference, viewer().email)


def letter_kind(name: str) -> LetterKind:
    """The kind of letter that an address names. Raises NotFoundError."""
    if name not in set(LetterKind):
        raise NotFoundError("There is no such letter")
    return LetterKind(name)


def looking() -> ListViewer:
    """Who is signed in, as the lists ask: they show what this officer may open."""
    who = viewer()
    return ListViewer(email=who.email, role=who.role, team=who.team)


def visitor() -> Viewer | None:
    """Who is signed in, or None."""
    return cast("Viewer | None", g.get("viewer"))
