"""The configuration file that ships with the program documents every key, and is itself a configuration."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel, TypeAdapter

from pipeline.domain.errors import ConfigurationError
from pipeline.resources import config_file
from pipeline.settings import MailboxSettings, Settings, WebForm, starter_text

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic.fields import FieldInfo

TEXT = config_file("infogov.toml").read_text(encoding="utf-8")
FILLED_IN = [
    ("mailbox.infogov", "host", "outlook.office365.com"),
    ("mailbox.infogov", "user", "infogov@coventry.gov.uk"),
    ("mailbox.infogov", "password", "a real one"),
    ("authority", "name", "Coventry City Council"),
    ("smtp", "host", "smtp.office365.com"),
    ("smtp", "from_address", "infogov@coventry.gov.uk"),
    ("web_forms.website", "sender", "forms@coventry.gov.uk"),
]
REQUIRED = {f"{section}.{key}" for section, key, _ in FILLED_IN} | {"authority.team"}


def uncommented(text: str) -> str:
    """*text* with every setting that is shown as a comment taken in."""
    return re.sub(r"(?m)^#(?=[a-z\[])", "", text)


def filled(text: str) -> str:
    """*text* with somebody's own values where the placeholders stood."""
    section = ""
    lines = []
    for line in text.splitlines():
        section = line.strip("[]") if line.startswith("[") else section
        own = next(
            (value for where, key, value in FILLED_IN if line == f'{key} = "CHANGE-ME"' and where == section), ""
        )
        lines.append(line.replace("CHANGE-ME", own) if own else line)
    return "\n".join(lines)


def fields() -> dict[str, FieldInfo]:
    """Every key there is, as section.key, by the names that the file uses for its example tables."""
    named: dict[str, type[BaseModel]] = {"mailbox.infogov": MailboxSettings, "web_forms.website": WebForm}
    plain = {
        name: info.annotation
        for name, info in Settings.model_fields.items()
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel)
    }
    return {
        f"{section}.{key}": info
        for section, model in {**plain, **named}.items()
        for key, info in model.model_fields.items()
        if (section, key) != ("mailbox.infogov", "name")
    }


def documented() -> dict[str, Any]:
    """Every value in the file, commented out or not, as section.key."""
    found = {}
    for section, table in tomllib.loads(uncommented(TEXT)).items():
        named = {f"{section}.{name}": keys for name, keys in table.items() if isinstance(keys, dict)}
        for path, keys in (named or {section: table}).items():
            found.update({f"{path}.{key}": value for key, value in keys.items()})
    return found


def plain_default(info: FieldInfo) -> object:
    """A field's default as TOML would write it."""
    if info.default.__class__.__name__ == "SecretStr":
        return ""
    return TypeAdapter(Any).dump_python(info.default, mode="json")


def test_every_key_is_documented_and_every_documented_key_exists() -> None:
    """The file and the program know the same keys."""
    assert set(documented()) == set(fields())


def test_every_documented_default_is_the_real_one() -> None:
    """What stands behind a # is what happens without the line; only what must be given stands without one."""
    values = documented()
    optional = {key: plain_default(info) for key, info in fields().items() if key not in REQUIRED}
    assert {key: values[key] for key in optional} == optional
    given = {key for section, table in tomllib.loads(TEXT).items() for key in flat(section, table)}
    assert given == REQUIRED - {"web_forms.website.sender"}


def flat(section: str, table: dict[str, Any]) -> set[str]:
    """The keys of *table* and of the tables in it, with their sections."""
    deeper = {key for name, keys in table.items() if isinstance(keys, dict) for key in flat(f"{section}.{name}", keys)}
    return deeper | {f"{section}.{name}" for name, keys in table.items() if not isinstance(keys, dict)}


def test_every_key_has_its_sentence() -> None:
    """The line above each key is an explanation."""
    lines = TEXT.splitlines()
    keys = [number for number, line in enumerate(lines) if re.match(r"#?[a-z_]+ = ", line)]
    assert [lines[number] for number in keys if not lines[number - 1].startswith("# ")] == []
    assert len(keys) == len(fields())


@pytest.mark.parametrize("text", [TEXT, uncommented(TEXT)], ids=["as shipped", "with every key"])
def test_the_file_loads_once_it_is_filled_in(tmp_path: Path, text: str) -> None:
    """With one's own values in the gaps it is a working configuration."""
    file = tmp_path / "infogov.toml"
    file.write_text(filled(text), encoding="utf-8")
    assert Settings.load(file, {}).mailbox["infogov"].port == 993


def test_the_unfilled_file_names_every_gap(tmp_path: Path) -> None:
    """Somebody who starts it too early is told each value that is still to be given."""
    file = tmp_path / "infogov.toml"
    file.write_text(starter_text(), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        Settings.load(file, {})
    assert len(caught.value.problems) == len(FILLED_IN) - 1
    assert all("is still the placeholder" in problem for problem in caught.value.problems)


def test_the_starter_file_holds_letters(tmp_path: Path) -> None:
    """A new user's first letters wait until somebody lets them go; nothing else differs."""
    file = tmp_path / "infogov.toml"
    file.write_text(filled(starter_text()), encoding="utf-8")
    assert Settings.load(file, {}).delivery.mode == "hold"
    assert starter_text().replace('mode = "hold"', '#mode = "send"', 1) == TEXT


def test_the_example_environment_names_real_settings(tmp_path: Path) -> None:
    """Every variable of the example is accepted, and nothing in it is set."""
    lines = config_file("example.env").read_text(encoding="utf-8").splitlines()
    names = [line.rstrip("=") for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"INFOGOV_[A-Z_]+", name) for name in names)
    file = tmp_path / "infogov.toml"
    file.write_text(filled(TEXT), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        Settings.load(file, dict.fromkeys(names, "\x01") | {"INFOGOV_CONFIG": "", "INFOGOV_SECRETS_DIR": ""})
    assert not [problem for problem in caught.value.problems if "known" in problem]
    assert len(caught.value.problems) == len(names) - 2
