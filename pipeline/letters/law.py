"""The provisions as config/exemptions.toml has them, read once."""

from __future__ import annotations

import tomllib
from functools import cache

from pipeline.domain.errors import ConfigurationError
from pipeline.domain.exemptions import Exemptions
from pipeline.resources import config_file

_NAME = "exemptions.toml"


@cache
def exemptions() -> Exemptions:
    """Read every provision; the file may not change while the program runs. Raises ConfigurationError."""
    try:
        data = tomllib.loads(config_file(_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError((f"config/{_NAME}: {error}; put the file of this release back",)) from error
    return Exemptions.from_data(data, source=f"config/{_NAME}")
