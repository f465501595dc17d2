#!/bin/sh
# Pins every package with its hashes: deploy/requirements.txt to run (all extras, and the build back end),
# deploy/requirements-dev.txt to test. Usage: deploy/lock.sh [PYTHON], a Python that has pip-tools; run it from anywhere.
set -eu
cd "$(dirname "$0")/.."
python=${1:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$python" - "$work" <<'PYTHON'
import pathlib
import sys
import tomllib

project = tomllib.loads(pathlib.Path("pyproject.toml").read_text(encoding="utf-8"))
extras = project["project"]["optional-dependencies"].values()
run = [*project["project"]["dependencies"], *(line for extra in extras for line in extra), *project["build-system"]["requires"]]
work = pathlib.Path(sys.argv[1])
(work / "run.in").write_text("\n".join(run) + "\n")
(work / "dev.in").write_text("\n".join(project["dependency-groups"]["dev"]) + "\n")
PYTHON

# The present pins are the starting point, so that only what has to moves; delete the files first to move everything.
cp deploy/requirements.txt "$work/run.txt" 2>/dev/null || true
cp deploy/requirements-dev.txt "$work/dev.txt" 2>/dev/null || true
compile() {
    (cd "$work" && "$python" -m piptools compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
        --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
        --pip-args "--only-binary :all:" "$@")
}
compile --output-file run.txt run.in
compile --constraint run.txt --output-file dev.txt dev.in

# Where packages come from is the machine's affair: only names, versions, markers and hashes stay.
finish() {
    printf '# %s\n# Made by deploy/lock.sh from pyproject.toml; install it with: pip install --require-hashes -r %s\n' "$1" "$3"
    grep -E '^[A-Za-z0-9]|^    --hash=sha256:[0-9a-f]{64}' "$2"
}
finish 'All packages that infogov runs with, its extras and its build back end.' "$work/run.txt" deploy/requirements.txt > "$work/a"
finish 'The tools that check infogov; installed together with requirements.txt.' "$work/dev.txt" deploy/requirements-dev.txt > "$work/b"
mv "$work/a" deploy/requirements.txt
mv "$work/b" deploy/requirements-dev.txt
