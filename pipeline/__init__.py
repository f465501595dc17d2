"""Infogov: mail to a council's information-governance team, numbered, acknowledged and answered once."""

__version__ = "0.1.0"
