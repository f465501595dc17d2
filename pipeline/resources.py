"""Finds the files that travel with the program: package data when it is installed, the source tree otherwise."""

from __future__ import annotations

from pathlib import Path

from pipeline.domain.errors import InfogovError

_PACKAGE = Path(__file__).resolve().parent


def _root() -> Path:
    """The folder that holds templates/ and config/; a wheel carries both in ``pipeline/_data``, a checkout beside ``pipeline``."""
    packed = _PACKAGE / "_data"
    return packed if packed.is_dir() else _PACKAGE.parent


def templates() -> Path:
    """The folder of templates (letters/<name>/…). Raises InfogovError when the installation lacks it."""
    return _existing(_root() / "templates", "templates/")


def config_file(name: str) -> Path:
    """The configuration file *name* that ships with the program, such as ``infogov.toml``. Raises InfogovError when it is not there."""
    return _existing(_root() / "config" / name, f"config/{name}")


def _existing(path: Path, shown: str) -> Path:
    if not path.exists():
        raise InfogovError(f"{shown} does not belong to this installation of infogov; install the program again.")
    return path
