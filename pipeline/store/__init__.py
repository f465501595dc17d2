"""The only owner of SQL: what is known of messages, requests, letters, the outbox and the events that explain them."""

from pipeline.store.store import Store, Work

__all__ = ["Store", "Work"]
