"""The benchmarks' own workings: what is asked for is run, and its figures come as a table and as JSON."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

HERE = Path(__file__).parents[1] / "benchmarks"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The program, found where ``make bench`` finds it."""
    monkeypatch.syspath_prepend(str(HERE))
    before = set(sys.modules)
    import run  # noqa: PLC0415 - it is a program of its own, found by the path above

    yield run
    for name in set(sys.modules) - before:
        if str(HERE) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def test_the_figures_come_as_a_table_and_as_json(
    run: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each row stands beside its target, whether it is to be reached or not exceeded; a row without one says nothing of it."""

    def fast(*, quick: bool) -> list[object]:
        assert quick
        return [
            run.Row(name="rate", value=250.0, unit="msg/s", size="10 mails", target=200.0, at_least=True),
            run.Row(name="wait", value=3.0, unit="s", size="-", target=2.0),
            run.Row(name="start", value=1.0, unit="s", size="-"),
        ]

    file = tmp_path / "figures.json"
    run.main(["--quick", "--only", "fast", "--json", str(file)], {"fast": fast, "slow": pytest.fail})
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines[1:]] == ["met", "MISSED", "s"]
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert kept["quick"] is True
    assert set(kept["machine"]) == {"python", "system", "processor"}
    assert [(row["name"], row["value"], row["met"]) for row in kept["rows"]] == [
        ("rate", 250.0, True),
        ("wait", 3.0, False),
        ("start", 1.0, None),
    ]


def test_every_benchmark_has_a_name_and_says_what_it_measures(run: ModuleType) -> None:
    """What the issue asks for is there: start-up, polling, waiting, memory, rates and the queue."""
    assert set(run.BENCHMARKS) == {"startup", "poll", "idle", "approval", "memory", "ingest", "queue"}
    assert all(benchmark.__doc__ for benchmark in run.BENCHMARKS.values())


def test_the_load_is_the_same_in_every_run_and_no_mail_is_like_another(run: ModuleType) -> None:
    """A number is always the same mail to the byte; senders, Message-IDs and words are its own."""
    load = run.ingest.load
    made = list(load.mails(60, NOW))
    assert made == list(load.mails(60, NOW))
    assert made[7:9] == list(load.mails(2, NOW, first=7))
    parsed = [message_from_bytes(raw, policy=policy.default) for raw in made]
    assert len({mail["Message-ID"] for mail in parsed}) == len({mail["From"] for mail in parsed}) == 60
    kinds = {part.get_content_type() for mail in parsed for part in mail.walk()}
    assert {"text/plain", "text/html", "application/pdf", "multipart/alternative", "multipart/mixed"} <= kinds
