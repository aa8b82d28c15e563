# What people do with a checkout. A second call of any target costs seconds: stamps remember what was installed and built.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(if $(shell $(name) -c 'import sys, venv, ensurepip; print(sys.version_info >= (3, 11) or "")' 2>/dev/null | grep True),$(name))))
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
UV := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
WEB_SOURCES := $(shell find web config/reference config/templates hub/client/domain -type f -not -path 'web/node_modules/*' -not -path 'web/.test-build/*' -not -path 'web/templates/*' -not -name '*.pyc')
# Four at once on two cores: a third of a test's time is spent waiting, for a page, a disk or another process.
PYTEST_OPTIONS ?= -n 4 --dist loadfile --no-loadscope-reorder
# Tests start the hub some fifty times: each start would compile it anew where the environment forbids to keep bytecode.
KEPT := PYTHONDONTWRITEBYTECODE=

.PHONY: help install demo demo-reset test lint format bench soak bundle schema lock clean

help: ## Show this list.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

install: .venv/.installed hub/_static/.built-from ## Install the hub into .venv, with its built pages.

demo: install ## Start a demonstration hub with people, keys and alerts, and print how to sign in.
	@exec $(BIN)/ncphub demo

demo-reset: install ## Forget the demonstration: its database, its people, their keys.
	@state="$$($(BIN)/python -c 'from hub.paths import demo_state_dir; print(demo_state_dir())')"; \
	for lock in $$(find "$$state" -maxdepth 3 -name lock -type f 2>/dev/null); do \
	  flock --nonblock "$$lock" true || { echo "The demonstration is running: stop it first (Ctrl-C where it was started)."; exit 1; }; \
	done; \
	rm -rf -- "$$state"; echo "Removed $$state."

test: .venv/.installed-dev bundle ## Run all tests.
	@.ci/browser
	@$(KEPT) $(BIN)/python -m compileall -q crypto hub
	$(KEPT) $(BIN)/python -m pytest $(PYTEST_OPTIONS)

lint: .venv/.installed-dev bundle ## Check style, types and storeys of Python and TypeScript.
	$(BIN)/ruff check --output-format concise
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict
	$(BIN)/python -m tests.house.storeys
	$(BIN)/python web/build.py lint

format: .venv/.installed-dev ## Format the Python sources.
	$(BIN)/ruff format
	$(BIN)/ruff check --fix-only --quiet

bench: .venv/.installed-dev bundle ## Measure against the limits of this machine (minutes).
	$(BIN)/python -m tests.bench

soak: .venv/.installed-dev bundle ## Load and kill for a long time, then check that nothing was lost.
	NCPHUB_FORMS=all $(BIN)/python -m pytest $(PYTEST_OPTIONS) tests/browser
	$(BIN)/python -m tests.bench.soak
	$(BIN)/python -m tests.machine --sequences 10000 --steps 50
	$(BIN)/python -m tests.machine --sequences 200 --steps 50 --kills

bundle: hub/_static/.built-from web/.test-build/.built-from ## Build the pages after a change in web/.

schema: .venv/.installed-dev ## Write migrations/schema.sql anew from the migrations.
	$(BIN)/python -m tests.migrations.snapshot

lock: .venv/.installed-dev ## Choose the versions of all packages anew and write the lock files.
	$(UV) --upgrade pyproject.toml -o requirements.lock
	$(UV) --upgrade --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	cd web && npm install --package-lock-only --ignore-scripts

clean: ## Remove everything that was built or installed, but no state.
	rm -rf .venv hub/_static hub/_data web/node_modules web/.test-build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "NCP Hub needs Python 3.11 or newer with its venv module (Debian: apt-get install python3 python3-venv)."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps -e .
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# Installing builds the pages too; after that only a changed source does.
hub/_static/.built-from: $(WEB_SOURCES) | .venv/.installed
	$(BIN)/python web/build.py pages
	@touch $@

web/.test-build/.built-from: $(WEB_SOURCES) | .venv/.installed-dev
	$(BIN)/python web/build.py
	@touch $@ hub/_static/.built-from
