"""Metrics: the service's health as Prometheus reads it; numbers and times only, and no label holds anything of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline import __version__
from pipeline.domain.health import ProblemKind, problems
from pipeline.resources import later

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import prometheus_client

    from pipeline.domain.health import Health, Limits
else:
    prometheus_client = later("prometheus_client")

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def render_metrics(health: Health, limits: Limits) -> bytes:
    """The exposition (text format 0.0.4) of *health*; counts are of what the database holds, ages in seconds, times since 1970."""
    page = _Page(health.at)
    page.put("infogov_build_info", "The running version.", {"version": __version__}, 1)
    for part in health.parts:
        page.time("infogov_part_last_turn_timestamp_seconds", "The worker's parts.", {"part": part.name}, part.at)
        page.put("infogov_part_ok", "Whether the part's last turn went well.", {"part": part.name}, int(part.ok))
    for box in health.mailboxes:
        text = "When the mailbox was last read to its end."
        page.time("infogov_mailbox_last_read_timestamp_seconds", text, {"mailbox": box.name}, box.polled_at)
    page.age("infogov_oldest_unsent_letter_seconds", "How long a due letter has waited.", health.oldest_unsent)
    page.age("infogov_oldest_unfiled_message_seconds", "How long taken mail has waited.", health.oldest_unfiled)
    page.counts("infogov_letters", "Letters by status.", "status", health.letters)
    states = {name: number for name, number in health.messages.items() if ":" not in name}
    verdicts = {name.partition(":")[2]: number for name, number in health.messages.items() if ":" in name}
    page.counts("infogov_messages", "Messages by state.", "state", states)
    page.counts("infogov_messages_by_verdict", "Filed messages by verdict.", "verdict", verdicts)
    page.counts("infogov_requests", "Requests by workflow state.", "workflow", health.requests)
    page.put("infogov_messages_not_read", "Messages that could not be read.", {}, health.quarantined)
    page.put("infogov_requests_overdue", "Open requests past their due date.", {}, health.overdue)
    page.put("infogov_requests_due_in_seven_days", "Open requests due by then.", {}, health.due_soon)
    if health.free_bytes is not None:
        page.put("infogov_disk_free_bytes", "Room on the database's disk.", {}, health.free_bytes)
    for name, end in health.secret_ends.items():
        days = (end - health.at.date()).days
        page.put("infogov_client_secret_days", "Days until the client secret ends.", {"server": name}, days)
    wrong = [problem.kind for problem in problems(health, limits)]
    for kind in ProblemKind:
        page.put("infogov_problem", "Whether, and how often, this is wrong.", {"kind": kind}, wrong.count(kind))
    return page.render()


class _Page:
    """A registry for one answer: nothing is kept from one to the next, so that any process tells the same."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._registry = prometheus_client.CollectorRegistry()
        self._gauges: dict[str, prometheus_client.Gauge] = {}

    def put(self, name: str, text: str, labels: Mapping[str, str], value: float) -> None:
        """One sample."""
        gauge = self._gauges.get(name)
        if gauge is None:
            gauge = self._gauges[name] = prometheus_client.Gauge(name, text, list(labels), registry=self._registry)
        (gauge.labels(**labels) if labels else gauge).set(value)

    def time(self, name: str, text: str, labels: Mapping[str, str], at: datetime | None) -> None:
        """An instant; 0 for never."""
        self.put(name, text, labels, at.timestamp() if at else 0)

    def age(self, name: str, text: str, since: datetime | None) -> None:
        """Seconds until now; 0 where nothing waits."""
        self.put(name, text, {}, (self._at - since).total_seconds() if since else 0)

    def counts(self, name: str, text: str, label: str, numbers: Mapping[str, int]) -> None:
        """One sample for each key."""
        for key, number in sorted(numbers.items()):
            self.put(name, text, {label: key}, number)

    def render(self) -> bytes:
        """The whole page."""
        return prometheus_client.generate_latest(self._registry)
