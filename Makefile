# Everything that people do with this repository; `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PORT ?= $(STOREKEEP_PORT)
HOST ?= $(STOREKEEP_HOST)
VERSION ?=

.PHONY: help run test check e2e proof bench contract explorer lock clean

help: ## List these commands
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run ## Serve the demo shop (PORT=8000, HOST=127.0.0.1, TLS=1 for https)
	@$(BIN)/storekeep serve --demo --build-explorer $(if $(PORT),--port $(PORT)) $(if $(HOST),--host $(HOST)) $(if $(filter 1 yes true,$(TLS)),--tls)

test: $(VENV)/.dev ## Run the tests, on SQLite and on a real PostgreSQL
	@$(BIN)/python -m pytest -n 2 --dist worksteal --ignore tests/e2e

check: $(VENV)/.dev ## Style, types, layers, migrations and the written schema
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/storekeep schema --check

e2e: $(VENV)/.e2e ## Run what needs a browser or curl
	@$(BIN)/python -m app.explorer.build
	@$(BIN)/python -m pytest -m e2e tests/e2e -p no:randomly

proof: $(VENV)/.dev ## Run the checks that take minutes, at full size
	@$(BIN)/python -m pytest -m proof --ignore tests/e2e -p no:randomly --timeout 3600 -s

bench: $(VENV)/.dev ## Measure Q1 to Q5 beside other servers, and growth with the shop (an hour)
	@$(BIN)/python -m bench.run --products 10000
	@$(BIN)/python -m bench.run --products 100000
	@$(BIN)/python -m bench.run --products 10000 --database sqlite
	@$(BIN)/python -m bench.run --products 100000 --database sqlite
	@$(BIN)/python -m bench.growth --output bench/results

contract: $(VENV)/.dev ## Compare the schema with the reference (VERSION=2026.4.4 for another one)
	@$(BIN)/python -m tests.contract $(if $(VERSION),--version $(VERSION))

explorer: $(VENV)/.run ## Build the explorer now
	@$(BIN)/python -m app.explorer.build

lock: ## Resolve the requirement files anew (needs uv)
	@for files in ":requirements.txt" "--extra dev:requirements-dev.txt" "--extra dev --extra e2e:requirements-e2e.txt" "--extra explorer:requirements-explorer.txt" "--extra build:requirements-build.txt"; do \
	  uv pip compile pyproject.toml $${files%%:*} -o $${files##*:} --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --universal --python-version 3.11 --quiet; done

clean: ## Remove everything that was built or imported; the shop's data as well
	rm -rf $(VENV) var app/explorer/dist app/explorer/node_modules bench/*/node_modules

# One virtual environment; each stamp says what has been installed into it.
$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say PYTHON=/path/to/python make run."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V). Say PYTHON=/path/to/python make run."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install python3-venv; on Fedora it comes with python3."; exit 1; }
	@echo "Making a virtual environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements-build.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what Storekeep needs …"
	@$(PIP) install --require-hashes -r requirements-build.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@command -v node >/dev/null || { echo "Installing a Node for the explorer's build …"; $(PIP) install --require-hashes -r requirements-explorer.txt; }
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo "Installing what the tests need …"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.e2e: requirements-e2e.txt $(VENV)/.dev
	@echo "Installing what the browser tests need …"
	@$(PIP) install --require-hashes -r requirements-e2e.txt
	@touch $@
