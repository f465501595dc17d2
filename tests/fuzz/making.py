"""Writes the corpus of hostile files (tests/fuzz/corpus), the same bytes every time: ``python tests/fuzz/making.py``.

*mail* are whole mails, *texts* are bodies, *files* are attachments and files to release, *insides* parts of those. All are small: what must
be large to hurt is made when it is needed (``fuzz.bombs``).
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
FOLDER = HERE / "corpus"
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))

from fuzz import making_files, making_mail, making_texts  # noqa: E402 - found only after the path above

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEED = 20260303
_DAMAGED = {"mail": 60, "texts": 10, "files": 30, "insides": 0}
_MOST_DAMAGED = 12_000  # bytes; a larger file teaches nothing more


def corpus() -> dict[str, bytes]:
    """Every file of the corpus by its path below tests/fuzz/corpus."""
    kinds = {
        "mail": making_mail.mails(),
        "texts": making_texts.texts(),
        "files": making_files.files(),
        "insides": making_files.insides(),
    }
    made: dict[str, bytes] = {}
    for kind, named in kinds.items():
        whole = {f"{kind}/{name}": data for name, data in named}
        made |= whole
        made |= {f"{kind}/{name}": data for name, data in _damaged(kind, whole)}
    return made


def _damaged(kind: str, whole: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Some of the *whole* files with a seeded few bytes changed, doubled, lost, or with a piece of another file in their midst."""
    chance = random.Random(f"{_SEED}{kind}")
    names = sorted(name for name, data in whole.items() if 0 < len(data) <= _MOST_DAMAGED)
    for number in range(_DAMAGED[kind]):
        name = chance.choice(names)
        data = bytearray(whole[name])
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data) + 1)
            match chance.randrange(5):
                case 0:
                    data[at:at] = bytes([chance.randrange(256)])
                case 1:
                    del data[at : at + chance.randint(1, 40)]
                case 2:
                    data[at:at] = data[at : at + chance.randint(1, 200)]
                case 3:
                    other = whole[chance.choice(names)]
                    start = chance.randrange(len(other))
                    data[at:at] = other[start : start + chance.randint(1, 200)]
                case _:
                    data[at : at + 1] = chance.choice(
                        (b"\0", b"\r", b"\n", b"\xff", b"\xe2\x80\xae", b"=?", b"<", b"--")
                    )
        ending = name.rpartition(".")[2]
        yield f"damaged-{number:03d}.{ending}", bytes(data)


def main() -> None:
    """Write the files, and take away what the generator no longer makes."""
    made = corpus()
    for path in FOLDER.rglob("*"):
        if path.is_file() and path.relative_to(FOLDER).as_posix() not in made:
            path.unlink()
    for name, data in made.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    print(f"{len(made)} files, {sum(map(len, made.values())) / 1000:.0f} KB")


if __name__ == "__main__":
    main()
