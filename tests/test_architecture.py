"""The shape of the house: arrows, owners, budgets and names, as ARCHITECTURE.md lays them down."""

from __future__ import annotations

import ast
import graphlib
import re
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import grimp
import pytest
from importlinter import cli as import_linter
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pipeline"
MODULE_LINES = 400
FUNCTION_LINES = 50

# Each third-party library (and smtplib, which sends) and the one place that may import it; "" is every place but the domain.
OWNERS = {
    "aiosmtpd": "pipeline.demo",
    "alembic": "pipeline.store",
    "apscheduler": "pipeline.worker",
    "argon2": "pipeline.stages.accounts.passwords",
    "authlib": "pipeline.web",
    "docx": "pipeline.letters.word",
    "flask": "pipeline.web",
    "flask_wtf": "pipeline.web",
    "holidays": "pipeline.domain.calendar",
    "imapclient": "pipeline.mail.mailbox pipeline.mail.imap_login",
    "itsdangerous": "pipeline.web",
    "jinja2": "pipeline.letters pipeline.web",
    "joserfc": "pipeline.web.identity",
    "lxml": "pipeline.mail.html_text pipeline.mail.office_xml pipeline.letters.release",
    "mailparser": "pipeline.mail.parsing",
    "markupsafe": "pipeline.web",
    "msal": "pipeline.mail.oauth",
    "nh3": "pipeline.web",
    "olefile": "pipeline.mail.msg",
    "openpyxl": "pipeline.letters.release",
    "PIL": "pipeline.letters.release",
    "prometheus_client": "pipeline.stages.metrics",
    "proxyprotocol": "pipeline.demo",
    "pydantic": "pipeline.settings",
    "pydantic_core": "pipeline.settings",
    "pymap": "pipeline.demo",
    "pypdf": "pipeline.mail.pdf_text pipeline.letters.release",
    "rich": "pipeline.cli pipeline.demo",
    "smtplib": "pipeline.mail.transport",
    "sqlalchemy": "pipeline.store",
    "stdnum": "pipeline.domain.reference pipeline.letters.release.personal",
    "typer": "pipeline.cli",
    "typst": "pipeline.letters.pdf",
    "waitress": "pipeline.web.serving",
    "werkzeug": "pipeline.web",
    "wtforms": "pipeline.web",
}
# What would let time, chance or the world into the domain.
WORLDLY = {
    *("asyncio", "http", "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket", "sqlite3"),
    *("ssl", "subprocess", "tempfile", "threading", "time"),
}
EMPTY_NAMES = {
    "base",
    "common",
    "helper",
    "helpers",
    "manager",
    "managers",
    "misc",
    "service",
    "services",
    "util",
    "utils",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def graph() -> grimp.ImportGraph:
    """Every import in the package, those for types alone included."""
    return grimp.build_graph("pipeline", include_external_packages=True, cache_dir=None)


def modules() -> list[str]:
    """The names of our own modules."""
    return sorted(name for name in graph().modules if name.split(".")[0] == "pipeline")


def sources(folder: Path, pattern: str = "*.py") -> Iterator[tuple[str, ast.Module]]:
    """Each file of *folder* as its path from the root, and its syntax tree."""
    for path in sorted(folder.rglob(pattern)):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_bytes())


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function in *tree*, however deep."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def owned(module: str, owner: str) -> bool:
    """Whether *module* is one of *owner*'s places or inside it; settings keeps house in settings_… as well."""
    if not owner:
        return not module.startswith("pipeline.domain")
    return any(re.match(rf"{re.escape(place)}(\.|_|$)", module) for place in owner.split())


def test_imports_follow_the_arrows(capsys: pytest.CaptureFixture[str]) -> None:
    """No module imports what stands left of it, nor a stranger, nor one stage another."""
    outcome = import_linter.lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert outcome == import_linter.EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_no_imports_go_in_a_circle() -> None:
    """Modules can be put in an order in which each imports only earlier ones, types included."""
    ours = set(modules())
    order = graphlib.TopologicalSorter({name: graph().find_modules_directly_imported_by(name) & ours for name in ours})
    try:
        order.prepare()
    except graphlib.CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def test_every_library_has_one_owner() -> None:
    """A third-party library is imported by its owner alone, and one without an owner by nobody."""
    strays = []
    for module in modules():
        for library in sorted(graph().find_modules_directly_imported_by(module)):
            if library.split(".")[0] == "pipeline" or (library in sys.stdlib_module_names and library not in OWNERS):
                continue
            if library not in OWNERS or not owned(module, OWNERS[library]):
                strays.append(f"{module} imports {library}")
    assert strays == []


def test_every_owner_owns_something() -> None:
    """A library in the list of owners is really imported, so that the list and the dependencies stay true."""
    imported = {library for module in modules() for library in graph().find_modules_directly_imported_by(module)}
    assert set(OWNERS) <= imported


def test_the_domain_knows_no_world() -> None:
    """No clock, no chance, no file and no network is within the domain's reach."""
    inside = [name for name in modules() if name.startswith("pipeline.domain")]
    found = {name: graph().find_modules_directly_imported_by(name) & WORLDLY for name in inside}
    assert {name: worldly for name, worldly in found.items() if worldly} == {}


def test_modules_are_within_their_budget() -> None:
    """No module is longer than one can keep in mind."""
    lengths = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name, _ in sources(PACKAGE)}
    assert {name: length for name, length in lengths.items() if length > MODULE_LINES} == {}


def test_functions_are_within_their_budget() -> None:
    """No function is longer than a screen, from its def to its last line."""
    found = [
        f"{name}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for name, tree in sources(PACKAGE)
        for node in functions(tree)
        if node.end_lineno and node.end_lineno - node.lineno >= FUNCTION_LINES
    ]
    assert found == []


def test_our_own_package_is_imported_at_the_top() -> None:
    """No function hides an import of ours, where it could hide a circle."""
    found = []
    for name, tree in sources(PACKAGE):
        for node in (inner for function in functions(tree) for inner in ast.walk(function)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""] if not node.level else ["pipeline"]
            found += [f"{name}:{node.lineno}" for imported in names if imported.split(".")[0] == "pipeline"]
    assert found == []


def test_everything_public_says_what_it_does() -> None:
    """Each module, and each public class and function of it, has a docstring."""
    silent = []
    for name, tree in sources(PACKAGE):
        nodes: list[ast.Module | ast.ClassDef | Function] = [tree]
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        for body in (tree.body, *(node.body for node in classes if not node.name.startswith("_"))):
            nodes += [node for node in body if isinstance(node, ast.ClassDef | Function) and node.name[0] != "_"]
        nodes = [node for node in nodes if "overload" not in map(ast.unparse, getattr(node, "decorator_list", ()))]
        silent += [f"{name} {getattr(node, 'name', '')}" for node in nodes if not ast.get_docstring(node)]
    assert [entry for entry in silent if "/versions/" not in entry] == []


def test_every_test_says_what_it_shows() -> None:
    """Each test states the behaviour in a sentence."""
    silent = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in sources(ROOT / "tests", "test_*.py")
        for node in functions(tree)
        if node.name.startswith("test_") and not (ast.get_docstring(node) or "").endswith((".", "?"))
    ]
    assert silent == []


def test_names_say_something() -> None:
    """No module is named after nothing in particular."""
    assert [name for name in modules() if EMPTY_NAMES & set(re.split(r"[._]", name))] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_holds_pins_and_hashes_only(name: str) -> None:
    """Every line is a pinned name, a hash or a comment: no index, no folder, no option."""
    lines = (ROOT / "deploy" / name).read_text(encoding="utf-8").splitlines()
    shapes = re.compile(r"# .*|[a-z0-9-]+==[\w.]+( ; .*)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in lines if not shapes.fullmatch(line)] == []
    pins = [number for number, line in enumerate(lines) if re.match(r"[a-z]", line)]
    assert pins
    assert all("--hash=" in lines[number + 1] for number in pins)


def test_the_lock_fits_the_project() -> None:
    """Whatever pyproject.toml asks for is pinned at a version that it allows."""
    text = "".join((ROOT / "deploy" / f"requirements{part}.txt").read_text(encoding="utf-8") for part in ("", "-dev"))
    pins = dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", text))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for group in (*project["project"]["optional-dependencies"].values(), *project["dependency-groups"].values()):
        wanted += group
    asked = [need for need in map(Requirement, wanted) if not need.marker or need.marker.evaluate()]
    assert [str(need) for need in asked if pins.get(canonicalize_name(need.name), "none") not in need.specifier] == []
