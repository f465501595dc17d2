"""What probes and Prometheus get from a service, by the small listener, and that none of it names anybody."""

from __future__ import annotations

import http.client
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import storing
from fakes import FixedClock, SequenceIds
from prometheus_client.parser import text_string_to_metric_families

from pipeline.bootstrap import App
from pipeline.domain.errors import UsageError
from pipeline.settings import Settings
from pipeline.watch import answers
from pipeline.watch.listener import answering, listening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The product over a database with one of everything, at the time of its making."""
    settings = Settings.model_validate(
        {
            "path": tmp_path / "infogov.toml",
            "authority": {"name": "Northfield Council", "team": "Team"},
            "mailbox": {storing.MAILBOX: {"name": storing.MAILBOX, "host": "127.0.0.1", "user": "foi"}},
            "smtp": {"host": "127.0.0.1", "from_address": "foi@northfield.example"},
            "database": {"url": f"sqlite:///{storing.database(tmp_path)}"},
        }
    )
    store = storing.make_store(tmp_path)
    storing.one_of_everything(store)
    unused: Any = None
    made = App(settings=settings, store=store, clock=FixedClock(storing.AT), ids=SequenceIds(), calendar=unused)
    with store.write() as work:
        for part in ("intake", f"mailbox:{storing.MAILBOX}"):
            work.heartbeats.beat(part, storing.AT, "ok", ok=True)
    yield made
    made.close()


def late(app: App, by: timedelta) -> App:
    """Let time pass."""
    clock: Any = app.clock
    clock.advance(by)
    return app


def test_alive_needs_nothing_else() -> None:
    """A restart mends no mailbox, so that a liveness probe asks for none."""
    assert answers.healthz().status == 200


def test_ready_while_the_work_gets_on(app: App) -> None:
    """200 with the last beat, the last good poll of each mailbox and the oldest unsent letter."""
    answer = answers.readyz(app)
    told = json.loads(answer.body)
    assert (answer.status, told["problems"]) == (200, [])
    assert told["worker_heartbeat"] == storing.AT.isoformat()
    assert told["last_good_poll"] == {storing.MAILBOX: storing.AT.isoformat()}
    assert told["oldest_unsent"] == storing.AT.isoformat()


def test_not_ready_when_the_worker_is_silent(app: App) -> None:
    """503 with the problems in words; officers' pages, which need the database alone, stay ready."""
    late(app, timedelta(hours=2))
    answer = answers.readyz(app)
    assert answer.status == 503
    assert any("has not been heard of since" in words for words in json.loads(answer.body)["problems"])
    assert answers.readyz(app, "web").status == 200


def test_metrics_are_what_prometheus_reads(app: App) -> None:
    """Each family parses, counts agree with the database, and ages are seconds."""
    late(app, timedelta(minutes=10))
    families = {family.name: family for family in text_string_to_metric_families(answers.metrics(app).body.decode())}
    samples = {(s.name, *s.labels.values()): s.value for family in families.values() for s in family.samples}
    assert samples["infogov_letters", "sent"] == 1
    assert samples["infogov_messages", "quarantined"] == 1
    assert samples["infogov_messages_by_verdict", "request"] == 1
    assert samples["infogov_oldest_unsent_letter_seconds",] == 600
    assert samples["infogov_mailbox_last_read_timestamp_seconds", storing.MAILBOX] == storing.AT.timestamp()
    assert samples["infogov_part_ok", "intake"] == 1
    assert samples["infogov_problem", "quarantined"] == 1
    assert samples["infogov_problem", "worker_silent"] == 0
    assert not [name for name in families if name.endswith("_created")]


def test_no_answer_names_anybody(app: App) -> None:
    """Neither requesters nor officers, no subject, no reference, no server's words."""
    late(app, timedelta(days=2))
    pages = [answers.readyz(app).body, answers.metrics(app).body]
    for page in pages:
        for word in (b"@", b"Alex", b"Clinics", b"FOI0", b"Kim", b"no parts"):
            assert word not in page


def test_without_a_database_nothing_is_ready(app: App, tmp_path: Path) -> None:
    """503 from both, in words that hold no path and no driver's error."""
    app.close()
    storing.by_hand(tmp_path, "DROP TABLE heartbeat")
    assert answers.readyz(app).status == 503
    [problem] = json.loads(answers.readyz(app, "web").body)["problems"]
    assert problem.startswith("the database can't be asked: the tables are not as infogov made them")
    assert str(tmp_path) not in problem
    assert "heartbeat" not in problem
    assert answers.metrics(app).status == 503


def test_the_listener_serves_the_three_pages(app: App) -> None:
    """And nothing else; a port that is taken is told in words."""
    with listening(app, "127.0.0.1", 0) as port:
        found = {
            path: get(port, path) for path in ("/healthz", "/readyz", "/readyz?of=web", "/metrics", "/", "/x/healthz")
        }
        assert {path: status for path, (status, _) in found.items()} == {
            "/healthz": 200,
            "/readyz": 200,
            "/readyz?of=web": 200,
            "/metrics": 200,
            "/": 404,
            "/x/healthz": 404,
        }
        assert found["/metrics"][1].startswith(b"# HELP")
        with pytest.raises(UsageError, match="health_port"), listening(app, "127.0.0.1", port):
            pass


def test_no_port_is_opened_unless_asked_for(app: App) -> None:
    """0, the default, is none."""
    assert app.settings.worker.health_port == 0
    with answering(app):
        pass


def get(port: int, path: str) -> tuple[int, bytes]:
    """Ask for a page; its status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
