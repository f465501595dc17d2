"""How a council wants acknowledgements to go: a setting, which every process reads; what is decided by it stands in ``acknowledgement``."""

from __future__ import annotations

from enum import StrEnum


class AcknowledgementMode(StrEnum):
    """Whether acknowledgements go by themselves, wait for an officer, or are not made."""

    AUTOMATIC = "automatic"
    RELEASE = "release"
    OFF = "off"

    @classmethod
    def _missing_(cls, value: object) -> AcknowledgementMode | None:
        wanted = value.strip().casefold() if isinstance(value, str) else None
        return next((member for member in cls if member.value == wanted), None)
