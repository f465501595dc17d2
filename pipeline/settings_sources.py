"""Gathers what is configured, and where each value came from: the TOML file, the secrets directories and the environment."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PREFIX = "INFOGOV_"
FILE_VARIABLE = "INFOGOV_CONFIG"
SECRETS_VARIABLE = "INFOGOV_SECRETS_DIR"
# systemd sets this one for LoadCredential= (systemd.exec(5)).
CREDENTIALS_VARIABLE = "CREDENTIALS_DIRECTORY"
_SYSTEM_FILE = Path("/etc/infogov/infogov.toml")

KeyPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One configured value: *path* such as ("smtp", "port"), *where* it stands in words, *text* true when it came as mere text."""

    path: KeyPath
    value: object = field(repr=False)
    where: str
    text: bool


@dataclass(slots=True)
class Layers:
    """All values after precedence (environment over secrets over file), the file's tables, and what could not be read.

    *readable* is false when the file itself could not be read, so that nothing can be said to be missing from it.
    """

    entries: dict[KeyPath, Entry] = field(default_factory=dict)
    tables: list[KeyPath] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    readable: bool = True

    def add(self, entries: Iterator[Entry]) -> None:
        """Lay *entries* over what is there."""
        self.entries.update((entry.path, entry) for entry in entries)


def variable(path: KeyPath) -> str:
    """The environment variable that sets *path*: INFOGOV_SMTP__PORT for ("smtp", "port")."""
    return PREFIX + "__".join(path).upper()


def locate(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    """The configuration file to use: *path*, else $INFOGOV_CONFIG, else the first that exists of ./infogov.toml and the system's."""
    named = path or (Path(environ[FILE_VARIABLE]) if environ.get(FILE_VARIABLE) else None)
    if named is not None:
        return named.absolute()
    return next((place.absolute() for place in (Path("infogov.toml"), _SYSTEM_FILE) if _there(place)), None)


def _there(place: Path) -> bool:
    try:
        return place.exists()
    except PermissionError:
        # It may well be there: reading it then says what is wrong, which "not found" would hide.
        return True


def read(file: Path, environ: Mapping[str, str]) -> Layers:
    """Read *file*, the secrets directories and *environ*, the later over the earlier; mistakes are gathered in ``problems``."""
    layers = Layers()
    _read_file(file, layers)
    for name in (CREDENTIALS_VARIABLE, SECRETS_VARIABLE):
        if environ.get(name):
            _read_secrets(name, Path(environ[name]), layers)
    layers.add(_variables(environ))
    return layers


def _read_file(file: Path, layers: Layers) -> None:
    layers.readable = False
    try:
        document = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        layers.problems.append(f"{file}: there is no such file; name another, or run `infogov init` to write one.")
    except OSError as error:
        layers.problems.append(f"{file}: cannot be read ({error.strerror}); check its permissions.")
    except UnicodeDecodeError:
        layers.problems.append(f"{file}: is not UTF-8 text; save it again as UTF-8.")
    except tomllib.TOMLDecodeError as error:
        layers.problems.append(
            f"{file}: is not valid TOML: {error}; text needs double quotes, and a section or key may stand only once."
        )
    else:
        layers.readable = True
        layers.add(_flatten(document, (), str(file), layers.tables))


def _flatten(table: Mapping[str, object], path: KeyPath, where: str, tables: list[KeyPath]) -> Iterator[Entry]:
    for key, value in table.items():
        here = (*path, key)
        if isinstance(value, dict):
            tables.append(here)
            yield from _flatten(value, here, where, tables)
        else:
            yield Entry(here, value, where, text=False)


def _read_secrets(name: str, folder: Path, layers: Layers) -> None:
    """Take every file of *folder* with a ``__`` in its name; others are none of ours, for the folder may be shared."""
    try:
        files = sorted(place for place in folder.iterdir() if "__" in place.name and place.is_file())
    except OSError as error:
        # systemd's folder may be there for another program's sake; ours was named for us.
        if name == SECRETS_VARIABLE:
            layers.problems.append(
                f"environment variable {name}: the folder {folder} cannot be read ({error.strerror}); name another."
            )
        return
    for file in files:
        try:
            value = file.read_text(encoding="utf-8-sig").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            layers.problems.append(
                f"secret file {file}: cannot be read as UTF-8 text; check its content and permissions."
            )
            continue
        if value:
            path = tuple(file.name.lower().split("__"))
            layers.entries[path] = Entry(path, value, f"secret file {file}", text=True)


def _variables(environ: Mapping[str, str]) -> Iterator[Entry]:
    for name, value in sorted(environ.items()):
        if name.startswith(PREFIX) and name not in {FILE_VARIABLE, SECRETS_VARIABLE} and value.strip():
            path = tuple(name.removeprefix(PREFIX).lower().split("__"))
            yield Entry(path, value, f"environment variable {name}", text=True)
