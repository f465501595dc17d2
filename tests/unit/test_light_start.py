"""What each process of the product does not load: libraries and parts of ours that only others need, by the modules it has at the end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.store import Store

ROOT = Path(__file__).parents[2]
CONFIG = """
[authority]
name = "Northfield Council"
team = "Information Governance Team"
[mailbox.infogov]
host = "imap.example.org"
user = "infogov@northfield.example"
password = "unused"
[smtp]
host = "smtp.example.org"
from_address = "infogov@northfield.example"
[database]
url = "{url}"
"""
# Only some verbs, the pages, the demo and the release check need these; an upgrade of the schema needs alembic.
FILES = {"docx", "openpyxl", "PIL", "pypdf", "typst"}
PAGES = {"argon2", "authlib", "flask", "flask_wtf", "nh3", "pipeline.web", "waitress", "werkzeug", "wtforms"}
RARE = {"aiosmtpd", "alembic", "holidays", "mako", "msal", "pipeline.demo", "prometheus_client", "pygments", "pymap"}
TABLES = {"rich"}
OBJECTS = {"sqlalchemy.orm"}
NEVER = FILES | PAGES | RARE | TABLES | OBJECTS
# What somebody has to have who does any work at all.
WORK = {"pipeline.bootstrap", "pipeline.settings", "pipeline.stages", "pipeline.store", "pydantic", "sqlalchemy"}

COMMAND = """
import sys
from pipeline.__main__ import main
sys.argv = ["infogov", {verb!r}]
try:
    main()
except SystemExit as end:
    assert not end.code
"""
# Everything of a worker's that its threads and its hourly round use, short of a connection to a server.
WORKER = """
import sys
from pathlib import Path
from pipeline.bootstrap import build
from pipeline.cli import main, serving
from pipeline.settings import Settings
from pipeline.worker import Worker
app = build(Settings.load(Path({config!r}), {{}}))
Worker(app)
app.receive, app.upkeep, app.health, app.alarms(), app.clockwork(), app.retention()
assert app.intake.run() == {{}}
app.close()
"""


def loaded(code: str) -> set[str]:
    """The modules that a process of its own holds after *code*, and the packages they belong to."""
    code += "\nsys.stdout.write('modules: ' + ' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("modules: ")[2].split())


@pytest.mark.parametrize("verb", ["--version", "--help"])
def test_the_command_speaks_of_itself_without_any_of_its_verbs(verb: str) -> None:
    """Its version and its help need nothing that does work."""
    found = loaded(COMMAND.format(verb=verb))
    assert "pipeline.cli.verbs" in found
    assert found & (NEVER | WORK) == set()


def test_a_worker_has_what_it_works_with_and_no_more(tmp_path: Path) -> None:
    """With all its parts made and a first round gone by, over a database that is up to date."""
    url = f"sqlite:///{tmp_path / 'infogov.db'}"
    Store.open(url).close()
    config = tmp_path / "infogov.toml"
    config.write_text(CONFIG.format(url=url), encoding="utf-8")
    found = loaded(WORKER.format(config=str(config)))
    assert found >= WORK
    assert found & (NEVER | {"pipeline.letters.checking", "pipeline.letters.release"}) == set()


def test_reading_a_mail_needs_no_database_no_settings_and_no_letters() -> None:
    """A process that only reads and judges mails holds the readers and the domain."""
    found = loaded("import sys\nimport pipeline.mail.reading, pipeline.mail.judging")
    assert "pipeline.domain.triage" in found
    assert (
        found & (NEVER | WORK | {"apscheduler", "imapclient", "jinja2", "pipeline.letters", "smtplib", "typer"})
        == set()
    )
