"""Finds what travels with the program: package data when it is installed, else the source tree; and what is loaded only when it is needed."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

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


class _Later:
    """Stands for a module that is loaded when something of it is first asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, wanted: str) -> Any:  # noqa: ANN401 - whatever the module has under that name
        found = getattr(importlib.import_module(self._name), wanted)
        setattr(self, wanted, found)
        return found


def later(name: str) -> Any:  # noqa: ANN401 - it stands for a module, whose types the importing module knows from its TYPE_CHECKING block
    """The module *name*, loaded when something of it is first used: for large libraries that most runs never touch.

    The readers of PDF, Word and Excel files together take 0.4 s and 60 MB.
    """
    return _Later(name)


class _WhenCalled:
    """Stands for a class or function of a module that is loaded when it is called."""

    def __init__(self, module: str, name: str) -> None:
        self._module, self._name = module, name

    def __call__(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the class or function takes and gives
        return getattr(importlib.import_module(self._module), self._name)(*arguments, **named)


def when_called(module: str, name: str) -> Any:  # noqa: ANN401 - as with ``later``
    """The class or function *name* of *module*, loaded when it is called: for parts of our own that not every process needs.

    The importing module names it in its TYPE_CHECKING block as well, where types and the arrows are checked.
    """
    return _WhenCalled(module, name)
