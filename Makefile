# Every target sets up .venv by itself. `make` alone lists them. Another interpreter needs another folder, such as
# `make quick PYTHON=python3.12 VENV=.venv-3.12`.
PYTHON ?= python3
VENV ?= .venv
READY := $(VENV)/.ready
FUNCTIONS ?=
RUNTIME ?=
DEPLOY ?=
EFFORT ?=
SEEDS ?= 0-999
# Each process of the tests would compile all of our modules again, and pytest rewrite all tests.
unexport PYTHONDONTWRITEBYTECODE
PYTEST = EFFORT=$(EFFORT) $(VENV)/bin/pytest

.PHONY: help setup demo quick test storm simulate browser picture lint bench build deploy lock policy clean
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv, from requirements pinned by hash

# Again only when what is installed has changed. pip comes from the lock too: the one that venv brings may be old.
$(READY): tests/requirements.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "refresh-watch needs Python 3.10 or newer, and '$(PYTHON)' is not there (make PYTHON=...)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 10) else "refresh-watch needs Python 3.10 or newer, and $(PYTHON) is %d.%d (make PYTHON=python3.12 takes another)" % sys.version_info[:2])'
	@echo "setting up $(VENV), about half a minute ..."
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r tests/requirements.txt
	@$(VENV)/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-index --no-build-isolation -e .
	@touch $@

demo: $(READY) ## the whole workflow on this machine, no account: refresh and prefetch jobs until their messages
	@$(VENV)/bin/refresh-watch demo

quick: EFFORT := quick
quick: $(READY) ## the tests of what decides, in half a minute: unit, simulation
	@$(PYTEST) -n 2 --dist worksteal tests/unit tests/simulation

test: $(READY) ## all tests but the browser's (EFFORT=full draws more examples)
	@$(PYTEST) -n 4 --dist worksteal --ignore=tests/browser

storm: EFFORT := full
storm: $(READY) ## a hundred thousand events, from whole ones to garbage, through intake
	@$(PYTEST) -n 2 tests/unit/triggers/test_event_storm.py

simulate: $(READY) ## the promises under seeded trouble, in virtual time (SEEDS=0-99999)
	@$(VENV)/bin/python -m tests.simulation $(SEEDS)

browser: $(READY) ## the preview page in a real browser: one that npm installs here, or the one that CHROMIUM names
	@$(VENV)/bin/pytest tests/browser

picture: $(READY) ## the READMEs' pictures, from the preview (a browser as for `make browser`, and Chinese fonts)
	@$(VENV)/bin/python -m tests.browser.picture

lint: $(READY) ## style, types, import rules
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@for entry in functions/*/index.py; do $(VENV)/bin/mypy "$$entry" || exit 1; done
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/python .ci/check_entries.py

bench: $(READY) ## how few questions, how soon an answer, at what cost: beside other waiters and the optimum (BENCH="--quick lag")
	@$(VENV)/bin/python -m tests.performance $(BENCH)

build: $(READY) ## a package per function in .build (FUNCTIONS="watch notify" RUNTIME=python3.10 choose)
	@$(VENV)/bin/refresh-watch build $(FUNCTIONS) $(if $(RUNTIME),--runtime $(RUNTIME))

deploy: $(READY) ## roles, packages and functions, with credentials of yours (DEPLOY=--dry-run shows what it would make)
	@$(VENV)/bin/refresh-watch deploy $(DEPLOY)

# The functions' locks are held to the tests' one: what is deployed is what was tested.
COMPILE = pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links
lock: $(READY) ## pin the requirements anew (UPGRADE=1: the newest that pyproject.toml allows)
	@$(VENV)/bin/uv $(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --group workshop -o tests/requirements.txt && \
	for folder in functions/*/; do \
		$(VENV)/bin/uv $(COMPILE) "$${folder}requirements.in" -c tests/requirements.txt -o "$${folder}requirements.txt" || exit 1; \
	done

policy: $(READY) ## write the products' RAM actions, as their specs name them, into functions/watch/policy.json
	@$(VENV)/bin/python .ci/write_policy.py

clean: ## remove what these targets made
	rm -rf $(VENV) .build .mypy_cache .ruff_cache .import_linter_cache *.egg-info tests/browser/node_modules
