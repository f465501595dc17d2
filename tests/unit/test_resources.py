"""The files that travel with the program are found."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import resources
from pipeline.domain.errors import InfogovError

ROOT = Path(__file__).parents[2]


def test_templates_and_configuration_are_found() -> None:
    """Both are folders of the program's own, whether it runs from its source or installed."""
    assert resources.templates().name == "templates"
    assert resources.config_file("infogov.toml").read_text(encoding="utf-8").startswith("# Infogov")


def test_a_missing_file_is_named() -> None:
    """A broken installation says which file it lacks."""
    with pytest.raises(InfogovError, match=r"config/nothing\.toml does not belong to this installation"):
        resources.config_file("nothing.toml")


def test_an_installed_program_uses_its_own_data(tmp_path: Path) -> None:
    """With package data in place, nothing beside the package is looked at."""
    package = tmp_path / "pipeline"
    (package / "domain").mkdir(parents=True)
    for name in ("__init__.py", "resources.py", "domain/__init__.py", "domain/errors.py"):
        shutil.copy(ROOT / "pipeline" / name, package / name)
    (tmp_path / "templates").mkdir()
    (package / "_data" / "templates").mkdir(parents=True)
    code = "from pipeline.resources import templates; print(templates())"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(package / "_data" / "templates")


def test_a_large_library_is_loaded_when_it_is_first_used() -> None:
    """Naming it loads nothing; asking for something of it gives what the module itself has."""
    code = (
        "import sys\nfrom pipeline.resources import later\nmodule = later('colorsys')\nbefore = 'colorsys' in sys.modules\n"
        "assert module.rgb_to_hsv is sys.modules['colorsys'].rgb_to_hsv\nprint(before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "False\n"


def test_a_class_is_loaded_with_its_module_when_it_is_called() -> None:
    """Naming it loads nothing; calling it makes what the class itself makes."""
    code = (
        "import sys\nfrom pipeline.resources import when_called\nmade = when_called('colorsys', 'rgb_to_hsv')\n"
        "before = 'colorsys' in sys.modules\nassert made(1, b=0, g=0) == (0.0, 1.0, 1)\nprint(before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "False\n"
