"""Coverage-guided fuzzing of one target with atheris (a tool for developers): ``python tests/fuzz/fuzz_target.py TARGET SECONDS FOLDER``.

Seeds are the corpus; inputs that reach new code are kept in tests/fuzz/found/TARGET, small and few enough to be replayed by every test run.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import atheris  # installed by `make fuzz` alone

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent)]

with atheris.instrument_imports(include=["pipeline", "email"]):
    from fuzz import targets

_LIMITS = ("-max_len=20000", "-timeout=10", "-rss_limit_mb=1500", "-len_control=20", "-print_final_stats=1")


def main(name: str, seconds: str, work: Path) -> None:
    """Fuzz *name* for so many *seconds*; new inputs go to *work*, those that break it to *work*/broken-…."""
    warnings.simplefilter("ignore")
    work.mkdir(parents=True, exist_ok=True)
    seeds = [
        str(folder) for folder in (HERE / "corpus" / targets.SEEDS[name], HERE / "found" / name) if folder.is_dir()
    ]
    arguments = [f"fuzz-{name}", *_LIMITS, f"-max_total_time={seconds}", f"-artifact_prefix={work}/broken-"]
    if name in targets.WORDS:
        arguments.append(f"-dict={HERE / 'words' / targets.WORDS[name]}.dict")
    atheris.Setup([*arguments, str(work), *seeds], targets.TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
