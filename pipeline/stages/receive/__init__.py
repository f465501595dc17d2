"""Receive: what lies in the mailboxes is taken into the database."""

from pipeline.stages.receive.run import Receive, Received

__all__ = ["Receive", "Received"]
