"""Verbs that need no server: explain, deadline, letter, init and the database; and the command in a pipe and a bare locale."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hostile import COUNCIL, HOSTILE
from processes import (
    APPROVER,
    ROOT,
    Service,
    absence_mail,
    assert_refused,
    call,
    clean_environment,
    request_mail,
)
from servers.ports import free_port

from pipeline import __version__

LETTER = ROOT / "tests" / "letters" / "start-for-life.toml"
LETTER_SHA256 = "c42ef7b4ec9a22bb19c3fef1e115edbafda57ad17ebf09e096dfcaf74f31cdc9"
EXPLAIN_KEYS = {
    "file",
    "sha256",
    "verdict",
    "intent",
    "reasons",
    "acknowledge",
    "acknowledge_kind",
    "acknowledge_reasons",
    "regime",
    "requester_name",
    "requester_email",
    "topic",
    "subject",
    "questions",
    "attachments",
    "text",
}
DEADLINE_KEYS = {"received", "regime", "received_on", "due_on", "days"}


@pytest.fixture
def lonely(tmp_path: Path) -> Service:
    """A configuration whose servers do not answer; nothing has been run with it."""
    return Service(tmp_path / "lonely", free_port(), free_port(), "foi@northfield.example")


def process(words: list[str | Path], folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a process in *folder*."""
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *words],
        cwd=folder,
        env=clean_environment(PYTHONPATH=str(ROOT), **environment),
        capture_output=True,
        timeout=60,
        check=False,
    )


def explain(*words: str | Path) -> tuple[int, list[dict[str, Any]], str]:
    """Explain files to a program: exit status, lines, errors."""
    done = call("explain", *words, "--json")
    assert "Traceback" not in done.err
    return done.status, done.lines, done.err


def test_explain_goes_on_after_a_file_it_cannot_read(
    lonely: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing file, a folder and an empty file stand between good ones; each has its line, in order, and the run exits 1."""
    monkeypatch.chdir(tmp_path)
    first, empty, last = (tmp_path / name for name in ("a.eml", "empty.eml", "b.eml"))
    first.write_bytes(request_mail(1))
    empty.write_bytes(b"")
    last.write_bytes(absence_mail(2))
    files = [first, tmp_path / "missing.eml", tmp_path, empty, last]
    for config in ([], ["--config", lonely.config]):
        status, lines, errors = explain(*files, *config)
        assert status == 1
        assert [line["file"] for line in lines] == [str(file) for file in files]
        assert "missing.eml can't be read: No such file" in errors
        good = [line for line in lines if "error" not in line]
        assert [set(line) >= EXPLAIN_KEYS for line in good] == [True] * 3
        assert [line["verdict"] for line in (good[0], good[2])] == ["request", "automatic"]
        assert not good[1]["acknowledge"]
    assert not lonely.database.exists()


def test_explain_tells_what_would_be_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything about a request: law, questions in the sender's words, attachments by digest; the same in sentences."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "mail.eml"
    file.write_bytes(request_mail(7, size=2_000))
    status, (line,), _ = explain(file)
    assert status == 0
    assert line["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (line["intent"], line["regime"], line["acknowledge_kind"]) == ("request", "foi", "acknowledgement")
    assert (line["requester_name"], line["requester_email"]) == ("Requester 7", "person7@example.org")
    assert line["questions"][0] == {"label": "1", "text": "How many vehicles are kept at depot 7?"}
    (attachment,) = line["attachments"]
    assert set(attachment) == {"name", "content_type", "size", "sha256"}
    assert (attachment["name"], attachment["size"]) == ("plan.bin", 57 * 25)
    told = call("explain", file)
    assert told.status == 0
    assert "acknowledge: yes, acknowledgement" in told.text


def test_explain_lives_through_hostile_mail(lonely: Service, tmp_path: Path) -> None:
    """Thirty messages that break other systems: one line each, nothing fails, and no wrong one would be answered."""
    lonely.changes["smtp"] = {"from_address": COUNCIL}
    lonely.write()
    files: list[str | Path] = ["--config", lonely.config]
    for mail in HOSTILE:
        file = tmp_path / f"{mail.name}.eml"
        file.write_bytes(mail.raw)
        files.append(file)
    assert len(HOSTILE) >= 30
    status, lines, errors = explain(*files)
    assert (status, errors) == (0, "")
    assert [set(line) >= EXPLAIN_KEYS for line in lines] == [True] * len(HOSTILE)
    wrong = [
        mail.name for mail, line in zip(HOSTILE, lines, strict=True) if line["acknowledge"] and not mail.acknowledge
    ]
    assert wrong == []
    told = call("explain", *files)
    assert told.status == 0
    assert not set("\x1b\x07\x08\x9b\u202e") & set(told.text)


def test_deadline_makes_one_line_for_each_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order given, with every day of the count; London's date counts, not that of UTC."""
    monkeypatch.chdir(tmp_path)
    whens = ["2024-05-02", "2024-05-02T23:30Z", "2024-12-24"]
    done = call("deadline", "--regime", "foi", *(word for when in whens for word in ("--received", when)), "--json")
    assert done.status == 0
    assert [set(line) >= DEADLINE_KEYS for line in done.lines] == [True] * 3
    assert [line["received"] for line in done.lines] == whens
    assert [line["received_on"] for line in done.lines] == ["2024-05-02", "2024-05-03", "2024-12-24"]
    assert [line["due_on"] for line in done.lines] == ["2024-06-03", "2024-06-04", "2025-01-27"]
    for line in done.lines:
        assert line["regime"] == "foi"
        assert sum(day["counts"] for day in line["days"]) == 20
        assert set(line["days"][0]) == {"date", "counts", "why"}
        assert line["days"][-1]["date"] == line["due_on"]
    (sar,) = call("deadline", "--regime", "sar", "--received", "2024-05-02", "--json").lines
    assert (sar["regime"], sar["due_on"]) == ("sar", "2024-06-03")
    assert "due on Monday 3 June 2024" in call("deadline", "--regime", "eir", "--received", "2024-05-02").text


@pytest.mark.parametrize(("law", "due"), [("foi", "2024-07-09"), ("eir", "2024-08-08")])
def test_deadline_says_when_a_review_is_due(law: str, due: str) -> None:
    """20 working days for a review under FOI and 40 under the EIR; without one there is none."""
    words = ("deadline", "--regime", law, "--received", "2024-05-02")
    asked = ("--event", "sent=2024-05-02", "--event", "review_requested=2024-06-11")
    (line,) = call(*words, *asked, "--json").lines
    assert line["review"]["due_on"] == due
    assert "Review asked for on Tuesday 11 June 2024" in call(*words, *asked).text
    assert call(*words, "--json").lines[0]["review"] is None


@pytest.mark.parametrize("when", ["02/05/2024", "2024-13-01", "", "soon", "9999-12-31"])
def test_deadline_refuses_a_date_that_is_none(when: str) -> None:
    """Exit 2, with the form a date has."""
    assert_refused(call("deadline", "--regime", "foi", "--received", when), 2)


def test_deadline_refuses_an_unknown_law() -> None:
    """Exit 2, with the laws there are."""
    assert_refused(call("deadline", "--regime", "dpa", "--received", "2024-05-02"), 2, "foi", "eir", "sar")


def test_the_letter_is_the_known_one_byte_for_byte(lonely: Service, tmp_path: Path) -> None:
    """On standard output and in a file, with and without a configuration."""
    for config in ([], ["--config", lonely.config]):
        done = call("letter", LETTER, "--format", "text", *config)
        assert done.status == 0
        assert hashlib.sha256(done.out).hexdigest() == LETTER_SHA256
    file = tmp_path / "letter.txt"
    assert call("letter", LETTER, "--format", "text", "-o", file).status == 0
    assert hashlib.sha256(file.read_bytes()).hexdigest() == LETTER_SHA256


def test_a_letter_that_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    """Exit 2 with the file's name; nothing half written stays behind."""
    broken = tmp_path / "broken.toml"
    broken.write_text("kind = \n")
    assert_refused(call("letter", broken, "--format", "text"), 2, "broken.toml")
    assert_refused(call("letter", tmp_path / "none.toml", "--format", "text"), 2, "none.toml")
    assert_refused(call("letter", LETTER, "--format", "pfd"), 2, "pfd")
    for place in (tmp_path / "no" / "such" / "folder.txt", tmp_path):
        assert_refused(call("letter", LETTER, "--format", "text", "-o", place), 2, "can't be written")
    assert [path.name for path in tmp_path.iterdir()] == ["broken.toml"]


def test_init_writes_a_file_that_works_once_filled_in(tmp_path: Path) -> None:
    """Until then every place to fill in is named; letters are held; a file that is there is left as it is."""
    file = tmp_path / "new" / "infogov.toml"
    done = call("init", "--config", file)
    assert done.status == 0
    assert str(file) in done.text
    unfilled = call("requests", "--config", file)
    assert_refused(unfilled, 2, "placeholder")
    text = file.read_text(encoding="utf-8")
    assert len(unfilled.err.splitlines()) == len(re.findall(r'^[a-z_]+ = "CHANGE-ME"', text, re.MULTILINE))
    filled = text.replace('from_address = "CHANGE-ME"', 'from_address = "foi@northfield.example"')
    file.write_text(re.sub(r'(?m)^([a-z_]+) = "CHANGE-ME"', r'\1 = "filled.example"', filled), encoding="utf-8")
    assert call("requests", "--config", file).status == 0
    held = call("deliver", "--config", file)
    assert held.status == 0
    assert 'letters are held: delivery.mode is "hold"' in held.err
    assert_refused(call("init", "--config", file), 2, "exists")
    assert_refused(call("init", "--config", "/proc/infogov.toml"), 2, "can't be written")


def test_the_database_is_made_upgraded_and_copied(lonely: Service, tmp_path: Path) -> None:
    """The upgrade says the version; the copy holds the same rows, and never replaces a file."""
    assert "The database is at version" in lonely.good("db", "upgrade").text
    lonely.good("officer", "add", APPROVER)
    copy = tmp_path / "copy.db"
    lonely.good("db", "backup", copy)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT email FROM officer").fetchall() == [(APPROVER,)]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert_refused(lonely.call("db", "backup", copy), 1, "exists")
    (tmp_path / "link.db").symlink_to(lonely.folder / "infogov.db")
    assert_refused(
        lonely.call("db", "copy", f"sqlite:///{tmp_path}/link.db"), 2, "that is the database which is in use"
    )
    assert_refused(lonely.call("db", "backup", tmp_path / "no" / "copy.db"), 1, "No such file")


def test_the_version_is_told(tmp_path: Path) -> None:
    """By the module as by the command."""
    assert call("--version").text == f"infogov {__version__}\n"
    assert process(["--version"], tmp_path).stdout.decode().split() == ["infogov", __version__]


def test_names_come_out_right_in_a_bare_locale(tmp_path: Path) -> None:
    """With LANG=C and no UTF-8 in the environment a sender's name is still written in UTF-8, and nothing breaks."""
    file = tmp_path / "mail.eml"
    file.write_bytes(request_mail(1).replace(b"Requester 1 <", "Zoë Łukasz <".encode(), 1))
    for words in (["explain", file], ["explain", file, "--json"]):
        done = process([*words], tmp_path, LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
        assert (done.returncode, done.stderr) == (0, b"")
        assert "Zoë Łukasz" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("dates", [1, 400], ids=["in the buffer", "beyond it"])
def test_a_reader_that_leaves_early_gets_no_traceback(dates: int, tmp_path: Path) -> None:
    """Piped into head, whether the output fits a pipe or not, standard error stays empty."""
    received = " ".join(f"--received 2024-0{1 + number % 9}-02" for number in range(dates))
    script = f"{sys.executable} -m pipeline deadline --regime foi {received} --json | head -c 1 | wc -c"
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=tmp_path,
        env=clean_environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert (done.stdout.strip(), done.stderr) == (b"1", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("dates", [1, 400], ids=["in the buffer", "beyond it"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_under_the_output_is_said(dates: int, unbuffered: str, tmp_path: Path) -> None:
    """What could not be printed is no fault of ours to report, whether it fails at once or with the buffer's last words."""
    received = " ".join(f"--received 2024-0{1 + number % 9}-02" for number in range(dates))
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m pipeline deadline --regime foi {received} --json > /dev/full"],
        cwd=tmp_path,
        env=clean_environment(PYTHONPATH=str(ROOT), PYTHONUNBUFFERED=unbuffered),
        capture_output=True,
        timeout=60,
        check=False,
    )
    told = b"infogov: the output could not be written: No space left on device; make room where it goes, or send it elsewhere\n"
    assert (done.returncode, done.stderr) == (1, told)


def test_a_closed_reader_gets_no_traceback(tmp_path: Path) -> None:
    """A reader that is gone before the first word makes the command end quietly, too."""
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m pipeline deadline --regime foi --received 2024-05-02 | true"],
        cwd=tmp_path,
        env=clean_environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == b""
