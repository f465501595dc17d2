"""Every regular expression of the product, and texts made to keep each one busy: what it repeats, over and over, and then a misfit."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from dataclasses import dataclass
from pathlib import Path
from re import _constants as kinds  # the parts of a parsed pattern have no public names
from re import _parser as parser
from typing import TYPE_CHECKING, Any

import pipeline
from pipeline.domain.patterns import AnyOf
from pipeline.domain.sieve import Sifted

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(pipeline.__file__).parent
_COMMON = (
    " ",
    "a",
    "A",
    "1",
    "\n",
    ">",
    "(",
    "<",
    '"',
    "?",
    ".",
    "-",
    "_",
    "@",
    "a ",
    " \n",
    "a.",
    "1.",
    "> ",
    "a@",
    "\u00e9",
    "=?",
)
_ANCHORED = frozenset({"match", "fullmatch"})
_USES = frozenset({"search", "sub", "subn", "split", "findall", "finditer", *_ANCHORED})
_MISFIT = "\x01"
_MOST_PUMPS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A *pattern* with where it stands ("pipeline.domain.topic:_LAW", or a line for one without a name); *anchored*: only tried at a start."""

    where: str
    pattern: re.Pattern[str] | re.Pattern[bytes]
    anchored: bool

    def text(self, pump: str, size: int) -> str | bytes:
        """*pump* over and over for about *size* characters, and an end that fits nothing."""
        text = pump * (size // len(pump)) + _MISFIT
        return text.encode("utf-8") if isinstance(self.pattern.pattern, bytes) else text

    def pumps(self) -> list[str]:
        """What to repeat: common characters, and letters and words of the pattern itself."""
        source = self.pattern.pattern
        plain = source.decode("latin-1") if isinstance(source, bytes) else source
        words = list(dict.fromkeys(_literals(parser.parse(plain, self.pattern.flags & ~re.UNICODE & ~re.DEBUG))))
        own = [word for word in words if word] + [f"{word} " for word in words if len(word) > 1]
        own += ["".join(words[:6])] if words else []
        return [pump for pump in dict.fromkeys([*_COMMON, *own]) if pump][:_MOST_PUMPS]

    def run(self, text: Any) -> None:
        """Use the pattern on *text* as the product does."""
        if self.anchored:
            self.pattern.match(text)
            self.pattern.fullmatch(text)
        else:
            for _ in self.pattern.finditer(text):
                pass


def _literals(tree: Any) -> Iterator[str]:
    """Runs of literal characters in a parsed pattern, and a character of each class and range, in order."""
    run = ""
    for kind, value in tree:
        if kind is kinds.LITERAL:
            run += chr(value)
            continue
        yield run
        run = ""
        yield from _inside(kind, value)
    yield run


def _inside(kind: Any, value: Any) -> Iterator[str]:  # noqa: C901 - one branch for each kind of part
    if kind in {kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT}:
        yield from _literals(value[2])
    elif kind is kinds.SUBPATTERN:
        yield from _literals(value[3])
    elif kind is kinds.ATOMIC_GROUP:
        yield from _literals(value)
    elif kind is kinds.BRANCH:
        for branch in value[1]:
            yield from _literals(branch)
    elif kind in {kinds.ASSERT, kinds.ASSERT_NOT}:
        yield from _literals(value[1])
    elif kind is kinds.IN:
        for inner, found in value:
            if inner is kinds.LITERAL:
                yield chr(found)
            elif inner is kinds.RANGE:
                yield chr(found[0])
    elif kind is kinds.NOT_LITERAL:
        yield "b" if value == ord("a") else "a"


def every_pattern() -> list[Used]:
    """All patterns that the product's modules make when they are imported, and those written out inside its functions."""
    named = [*_named()]
    known = {used.pattern for used in named}
    return named + [used for used in _written_out() if used.pattern not in known]


def _named() -> Iterator[Used]:
    uses = _uses()
    # By what they say, not by which object: whether two that say the same are one object is up to the cache of ``re`` at that moment.
    seen: set[tuple[str, re.Pattern[Any], bool]] = set()
    for found in pkgutil.walk_packages([str(ROOT)], "pipeline."):
        if found.name.endswith(".__main__") or ".migrations." in found.name:
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            for pattern in _held(value, 0):
                how = uses.get(name, set()) if isinstance(value, re.Pattern) else set()
                anchored = bool(how) and how <= _ANCHORED
                if (found.name, pattern, anchored) not in seen:
                    seen.add((found.name, pattern, anchored))
                    yield Used(where=f"{found.name}:{name}", pattern=pattern, anchored=anchored)


def _held(value: Any, depth: int) -> Iterator[re.Pattern[Any]]:
    """The patterns in *value*: itself, or what lies in a table or record of ours."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (Sifted, AnyOf)):
        yield from value.compiled()
    elif depth < 4 and isinstance(value, (tuple, list, set, frozenset)):
        for one in value:
            yield from _held(one, depth + 1)
    elif depth < 4 and isinstance(value, dict):
        for one in (*value.keys(), *value.values()):
            yield from _held(one, depth + 1)
    elif depth < 4 and type(value).__module__.startswith("pipeline.") and hasattr(value, "__slots__"):
        for slot in value.__slots__:
            yield from _held(getattr(value, slot, None), depth + 1)


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        yield path.relative_to(ROOT.parent).as_posix(), ast.parse(path.read_bytes())


def _uses() -> dict[str, set[str]]:
    """How each name is used as a pattern anywhere in the product."""
    uses: dict[str, set[str]] = {}
    for _, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in _USES and isinstance(node.value, ast.Name):
                uses.setdefault(node.value.id, set()).add(node.attr)
    return uses


def _written_out() -> Iterator[Used]:
    """Patterns given to ``re.…`` as they stand."""
    for path, tree in _trees():
        bodies = (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
        for node in {inner: None for body in bodies for inner in ast.walk(body)}:
            function = node.func if isinstance(node, ast.Call) else None
            if not (
                isinstance(function, ast.Attribute)
                and isinstance(function.value, ast.Name)
                and function.value.id == "re"
            ):
                continue
            if function.attr not in _USES | {"compile"} or not node.args:
                continue
            try:
                pattern = ast.literal_eval(node.args[0])
            except ValueError:
                continue
            flags = (
                re.IGNORECASE
                if any(isinstance(n, ast.Name) and n.id in {"_I", "IGNORECASE"} for n in ast.walk(node))
                else 0
            )
            where = f"{path.removesuffix('.py').replace('/', '.')}:{node.lineno}"
            yield Used(where=where, pattern=re.compile(pattern, flags), anchored=function.attr in _ANCHORED)
