"""What is known of one provision: whether it is absolute, what harm it asks for, how it is worded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.domain.citation import SOURCE_OF, Citation

if TYPE_CHECKING:
    from pipeline.domain.request import Regime


class Standing(StrEnum):
    """Whether the public interest has to be weighed before a provision may be used (FOIA section 2)."""

    ABSOLUTE = "absolute"
    QUALIFIED = "qualified"
    NEITHER = "neither"


class Harm(StrEnum):
    """What has to be shown: nothing beyond the kind of information (class), or a harm, and how likely."""

    CLASS = "class"
    PREJUDICE = "prejudice"
    OPINION = "opinion"
    NECESSITY = "necessity"
    ADVERSE_EFFECT = "adverse effect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit on the work of answering: *amount* and *hourly_rate* in pounds, *hours* of work; 0 where the law has no figure.

    *estimate* asks for the arithmetic, *advice* names the duty to help ("section 16"), *fees* the regulations to name.
    """

    amount: int = 0
    hourly_rate: int = 0
    hours: int = 0
    estimate: bool = False
    advice: str = ""
    fees: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """One exemption, exception or limit. *heading* is its section's title, *title* its own where it has one.

    *ncnd* is the number of the provision by which one neither confirms nor denies ("" for none); on that one *denies*
    is true. *unsearched* says nothing about whether anything is held, *absent* says that it is not. *purpose* is the number
    of the list of which a paragraph has to be named beside it. *group* marks a number too coarse to rely on.
    *wording* is for the letter, *note* for the officer.
    """

    regime: Regime
    number: str
    heading: str
    title: str = ""
    standing: Standing = Standing.NEITHER
    harm: Harm = Harm.CLASS
    wording: str = ""
    note: str = ""
    ncnd: str = ""
    denies: bool = False
    public_interest: bool = False
    qualified_person: bool = False
    emissions_bar: bool = False
    councils: bool = True
    own_balance: bool = False
    unsearched: bool = False
    absent: bool = False
    purpose: str = ""
    goes_to: Regime | None = None
    open: bool = False
    group: bool = False
    limit: Limit | None = None

    @property
    def citation(self) -> Citation:
        """The provision as a citation."""
        return Citation(source=SOURCE_OF[self.regime], number=self.number)

    @property
    def name(self) -> str:
        """What stands in brackets behind the citation: "law enforcement: the prevention or detection of crime"."""
        return f"{self.heading}: {self.title}" if self.title else self.heading

    def names_purpose_of(self, other: Provision) -> bool:
        """Whether this is a paragraph of the list that *other* refers to, as section 31(2)(a) is for section 31(1)(g)."""
        return bool(other.purpose) and self.number.startswith(f"{other.purpose}(")
