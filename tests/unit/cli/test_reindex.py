"""The verb that makes what the search looks in anew, as somebody types it whose search finds too little."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from listing import ADMIN
from storing import new_case
from typer.testing import CliRunner

from pipeline.bootstrap import build
from pipeline.cli.main import app
from pipeline.journal import log
from pipeline.settings import Settings
from pipeline.store.listing_records import QueueFilter

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[authority]
name = "Exampleshire Council"
team = "Information Team"
[mailbox.foi]
host = "imap.example.org"
user = "foi@example.org"
password = "unused"
[smtp]
host = "smtp.example.org"
from_address = "foi@example.org"
"""


def test_the_search_finds_again_what_it_had_lost(tmp_path: Path) -> None:
    """Requests whose words are not in the index are in it afterwards, and the verb says how many there are."""
    config = tmp_path / "infogov.toml"
    config.write_text(CONFIG, encoding="utf-8")
    product = build(Settings.load(config, {}))

    def found() -> list[str]:
        with product.store.read() as work:
            return [row.reference for row in work.search.find("allotments ", QueueFilter(), ADMIN).rows]

    with product.store.write() as work:
        cases = [new_case(work, f"FOI10000000{n}", topic="Allotments") for n in range(2)]
        work.search.remove(cases[0].id)
    assert found() == [cases[1].reference]
    try:
        done = CliRunner().invoke(app, ["db", "reindex", "--config", str(config)])
    finally:
        # The verb let the log speak to its own standard error, which is closed by now.
        log.reset()
        logging.root.handlers.clear()
    assert (done.exit_code, done.stdout) == (0, "The words of 2 requests are in the search again.\n")
    assert sorted(found()) == [case.reference for case in cases]
    product.store.close()
