# One command for each thing people do here; `make` alone lists them.

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
SECONDS ?= 60
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
LOCK := deploy/requirements.txt
DEV_LOCK := deploy/requirements-dev.txt

# Compiled modules are kept, whatever the environment says: the tests start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: bench help demo test check lint types unit wheel lock clean system-packages assets assets-check faults-table soak soak-workers fuzz screenshots

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: $(VENV)/.installed ## install into .venv and show the whole job on built-in servers (make demo ARGS=--once)
	@$(BIN)/infogov demo $(ARGS)

# Three processes on two cores, for many tests wait now and then; the tests of a file stay together and in order, and folders with long tests come first.
test: system-packages lint types ## set up everything, then lint, types and all tests
	@$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

soak-workers: system-packages $(VENV)/.tools ## four workers on PostgreSQL killed at random for five minutes (SOAK_SECONDS=300), with what was measured
	@SOAK_SECONDS=$${SOAK_SECONDS:-300} $(BIN)/python -m pytest tests/faults/test_workers.py -s $(ARGS)

check: lint types unit ## what should be green before every commit: lint, types, architecture, unit tests

lint: $(VENV)/.tools ## style and layout of the code
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(VENV)/.tools ## static types
	@$(BIN)/mypy

unit: $(VENV)/.tools ## architecture and unit tests, no servers needed
	@$(BIN)/python -m pytest tests/test_architecture.py tests/unit $(ARGS)

wheel: $(VENV)/.tools ## build the wheel into dist/
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist

lock: $(VENV)/.tools ## pin all packages and their hashes anew from pyproject.toml
	@$(BIN)/python -m venv $(VENV)/lock
	@$(VENV)/lock/bin/python -m pip --disable-pip-version-check --quiet install pip-tools
	@deploy/lock.sh $(VENV)/lock/bin/python

assets: ## build the pages' styles anew from deploy/assets (needs npm)
	@deploy/assets/build.sh

assets-check: ## build them elsewhere and compare with what is committed (needs npm)
	@deploy/assets/build.sh --check

faults-table: $(VENV)/.tools ## prove the table of faults and write it to faults-table.md
	@FAULTS_TABLE=faults-table.md $(BIN)/python -m pytest tests/faults --deselect tests/faults/test_kills.py --deselect tests/faults/test_fault_table.py

soak: $(VENV)/.tools ## 200 kills over 2,000 mails, and a long search for an order that breaks an invariant
	@FAULTS_SOAK=1 ANY_ORDER_EXAMPLES=300 $(BIN)/python -m pytest -s tests/faults/test_kills.py tests/faults/test_any_order.py

fuzz: $(VENV)/.tools ## fuzz whatever reads strangers' bytes, SECONDS each (for developers; not part of make test)
	@$(PIP) "atheris>=3,<4"
	@for one in parse triage questions release contents insides; do nice -n 15 $(BIN)/python tests/fuzz/fuzz_target.py $$one $(SECONDS) build/fuzz/$$one || exit 1; done
	@$(BIN)/python tests/fuzz/keep.py build/fuzz

bench: $(VENV)/.tools ## measure speed and memory beside their targets (ARGS=--quick for small sizes)
	@$(BIN)/python tests/benchmarks/run.py $(ARGS)

screenshots: $(VENV)/.tools ## take the README's pictures of the pages anew
	@PYTHONPATH=tests $(BIN)/python tests/browser/screenshots.py

clean: ## remove what these commands made
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage

system-packages:
	@PYTHON="$(PYTHON)" sh tests/setup.sh

# The lock is installed with its hashes and as wheels only; the product itself is built with what the lock brought.
$(VENV)/.locked: $(LOCK)
	@PYTHON="$(PYTHON)" sh tests/setup.sh --python-only
	@echo "Installing into $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes --only-binary :all: -r $(LOCK)
	@touch $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml pipeline/__init__.py
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.tools: $(VENV)/.installed $(DEV_LOCK)
	@$(PIP) --require-hashes --only-binary :all: -r $(LOCK) -r $(DEV_LOCK)
	@touch $@
