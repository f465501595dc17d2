"""The built wheel works on its own, in an empty folder, without the source tree."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import sysconfig
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from processes import request_mail, wait_for

from pipeline import __version__

ROOT = Path(__file__).parents[2]
LETTER = "c42ef7b4ec9a22bb19c3fef1e115edbafda57ad17ebf09e096dfcaf74f31cdc9"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(build, check=True, capture_output=True, timeout=300)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment's bin folder, with the wheel in it and the packages of the lock within reach."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True, timeout=120)
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "--quiet", "--no-deps", "--no-index", wheel], check=True, timeout=300)
    (site,) = home.glob("lib/python*/site-packages")
    # Lines of a .pth inside a folder that a .pth names are not read, so that the editable install stays out of reach.
    (site / "packages-of-the-lock.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin"


def environment(folder: Path) -> dict[str, str]:
    """Take our environment without what could configure the product or lead to the source tree; temporary files go below *folder*."""
    temporary = folder.with_name(folder.name + "-temporary")
    temporary.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("INFOGOV_", "PYTHONPATH"))}
    return {**kept, "TMPDIR": str(temporary)}


def run(command: list[str | Path], folder: Path) -> bytes:
    """Run *command* in *folder*, without any of our variables, and return what it printed."""
    done = subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_the_wheel_carries_what_the_program_reads(wheel: Path) -> None:
    """Templates, configuration and migrations are inside; tests and other folders are not."""
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("templates", "config"):
        files = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert files
        assert {f"pipeline/_data/{name}" for name in files} <= names
    versions = {path.relative_to(ROOT).as_posix() for path in (ROOT / "pipeline/store/migrations").rglob("*.py")}
    assert versions
    assert versions <= names
    assert {name.split("/")[0] for name in names} == {"pipeline", f"infogov-{__version__}.dist-info"}


def test_the_installed_program_is_the_wheel(installed: Path, tmp_path: Path) -> None:
    """The package comes from the new environment, and the command tells its version."""
    place = run([installed / "python", "-c", "import pipeline; print(pipeline.__file__)"], tmp_path)
    assert place.decode().startswith(str(installed.parent))
    assert __version__ in run([installed / "infogov", "--version"], tmp_path).decode()


def test_the_installed_program_writes_the_letter(installed: Path, tmp_path: Path) -> None:
    """The templates of the wheel make the known letter, byte for byte, with no configuration at hand."""
    letter = ROOT / "tests" / "letters" / "start-for-life.toml"
    text = run([installed / "infogov", "letter", letter, "--format", "text"], tmp_path)
    assert hashlib.sha256(text).hexdigest() == LETTER
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("form", "beginning"), [("html", b"<!DOCTYPE html>"), ("pdf", b"%PDF-1."), ("docx", b"PK")])
def test_the_installed_program_has_what_every_form_needs(
    installed: Path, tmp_path: Path, form: str, beginning: bytes
) -> None:
    """Page templates and the font travel in the wheel."""
    letter = ROOT / "tests" / "letters" / "start-for-life.toml"
    run([installed / "infogov", "letter", letter, "--format", form, "-o", "letter"], tmp_path)
    assert (tmp_path / "letter").read_bytes().startswith(beginning)


# What differs from one telling to the next: chance, time, and how many events that time makes.
_CHANCES = (
    (r"\b(FOI|EIR|SAR)\d{9}\b", r"\1 number"),
    (r"<[0-9a-f]{32}@|<\d{20}\.", "<"),
    (r"\b[0-9a-f]{64}\b", "digest"),
    (r"^\| Date: .*$", "| Date"),
    (r"(?:\w+day )?\b\d{1,2} [A-Z][a-z]+ 20\d\d\b", "day"),
    (r"^\d+ events in", "events in"),
    (r"  +", "  "),
)
_LEFT_OUT = "| … (the whole letter, question by question)"


def told(story: str) -> list[str]:
    """The lines of a story without what differs from one telling to the next."""
    for pattern, instead in _CHANCES:
        story = re.sub(pattern, instead, story, flags=re.MULTILINE)
    return story.strip("\n").split("\n")


def in_the_readme() -> tuple[list[str], list[str]]:
    """The README's transcript, up to what it leaves out of the letter, and from there on."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = text.partition("<!-- transcript: begin -->\n```\n")[2].partition("```\n<!-- transcript: end -->")[0]
    before, left_out, after = shown.partition(_LEFT_OUT)
    assert left_out
    return told(before), told(after)


def test_the_demo_tells_the_whole_story(installed: Path, tmp_path: Path) -> None:
    """In an empty folder it exits 0 with references, acknowledgement and letter, as the README shows it, and leaves nothing behind."""
    story = run([installed / "infogov", "demo", "--once"], tmp_path).decode()
    for law in ("FOI", "EIR", "SAR"):
        assert re.search(rf"\b{law}\d{{9}}\b", story)
    reference = re.search(r"The acknowledgement of (FOI\d{9}), as it went", story)
    assert reference is not None
    assert f"| Subject: {reference[1]}: we have received your request" in story
    assert "was refused" in story
    assert "approved it: sha256" in story
    letter = story.partition("---- Received by rowan.ellery@example.org ----")[2].partition("\n----\n")[0]
    assert reference[1] in letter
    assert "This equates to 36% of the number of children aged 0-2" in letter
    assert "section 50 of the Freedom of Information Act 2000" in letter
    assert f"It was found to belong to {reference[1]}" in story
    assert "everything is as it was recorded" in story
    lines, (before, after) = told(story), in_the_readme()
    assert lines[: len(before)] == before
    assert lines[-len(after) :] == after
    assert list(tmp_path.iterdir()) == []
    assert list(Path(environment(tmp_path)["TMPDIR"]).iterdir()) == []


@pytest.mark.slow
def test_the_demo_keeps_running_and_takes_a_mail_of_ones_own(installed: Path, tmp_path: Path) -> None:
    """Until Ctrl-C, which ends it with 0: a mail put in by demo send becomes a request and is acknowledged."""
    mail, told = tmp_path / "mine.eml", tmp_path / "told.txt"
    mail.write_bytes(request_mail(4711).replace(b"\r\n", b"\n"))
    with told.open("wb") as out:
        demo = subprocess.Popen(
            [installed / "infogov", "demo"], cwd=tmp_path, env=environment(tmp_path), stdout=out, stderr=out
        )
    try:
        running = "infogov demo send YOUR-MAIL.eml"
        wait_for(lambda: demo.poll() is not None or running in told.read_text(encoding="utf-8"), "the demo runs", 60)
        assert demo.poll() is None, told.read_text(encoding="utf-8")
        assert "Ctrl-C" in told.read_text(encoding="utf-8")
        answer = run([installed / "infogov", "demo", "send", mail], tmp_path).decode()
        config = Path(answer.strip().rpartition("--config ")[2])
        assert str(config.parent) in told.read_text(encoding="utf-8")
        mine = "SELECT acknowledged_at FROM request WHERE requester_email = 'person4711@example.org'"
        with closing(sqlite3.connect(config.with_name("infogov.db"))) as connection:
            wait_for(lambda: [row for row in connection.execute(mine) if row[0]], "an acknowledged request")
        demo.send_signal(signal.SIGINT)
        assert demo.wait(15) == 0
    finally:
        demo.kill()
        demo.wait(10)
    assert "Traceback" not in told.read_text(encoding="utf-8")
    refused = [installed / "infogov", "demo", "send", mail]
    done = subprocess.run(
        refused, cwd=tmp_path, env=environment(tmp_path), capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"no demo is running: start one in another terminal with: infogov demo" in done.stderr
