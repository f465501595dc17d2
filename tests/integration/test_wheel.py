"""The built wheel works on its own, in an empty folder, without the source tree."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

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


def run(command: list[str | Path], folder: Path) -> bytes:
    """Run *command* in *folder*, without any of our variables, and return what it printed."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("INFOGOV_", "PYTHONPATH"))}
    done = subprocess.run(command, cwd=folder, env=clean, capture_output=True, timeout=120, check=False)
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
