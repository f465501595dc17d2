"""The settings of what the service does for its own house: mails to our own people, and how long things are kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pipeline.settings_fields import Address, Count, Days


def _whole(value: object) -> object:
    # pydantic would take true for 1, which is never what was meant.
    if isinstance(value, bool):
        raise ValueError("must be a whole number")  # noqa: TRY004 - pydantic reports ValueError only
    return value


Hour = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=23)]
WorkingDays = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=60)]
Years = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=100)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ReminderSettings(_Section):
    """The mails to our own people: hours are full hours in London, *managers* are addresses of officers, *flood_after* counts requests."""

    enabled: bool = True
    hour: Hour = 8
    escalate_hour: Hour = 12
    due_soon_days: WorkingDays = 5
    managers: tuple[Address, ...] = ()
    flood_after: Count = 50


class RetentionSettings(_Section):
    """How long content is kept, each rule counted from the end of the matter; 0 keeps it. *by_itself* lets the worker erase what is due."""

    by_itself: bool = False
    requests_years: Years = 0
    sar_years: Years = 0
    raw_mail_days: Days = 0
    other_mail_days: Days = 0
    quarantined_days: Days = 0
    openings_days: Days = 0
    notices_days: Days = 0
