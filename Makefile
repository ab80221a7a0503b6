# `make` alone lists the recipes. A machine needs Python >= 3.11 and make; uv is used where present.

VENV := .venv
BIN := $(VENV)/bin
# The first Python that is new enough. Name another one with `make setup PYTHON=/path/to/python`.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
# Run, not only looked up: a name on the PATH may lead to nothing.
HAVE_UV := uv --version >/dev/null 2>&1

.DEFAULT_GOAL := help
.PHONY: help setup run demo test lint format docs bench lock clean

help: ## list the recipes
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/.dev ## make .venv with everything that work on the code needs

run: $(VENV)/.runtime ## serve the catalog on this machine
	$(BIN)/modelatlas serve

demo: $(VENV)/.runtime ## serve simulated providers, with no network and no keys
	$(BIN)/modelatlas serve --demo

test: $(VENV)/.dev ## run the tests, in random order, on all cores
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/.dev ## check style, formatting and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/.dev ## format the code and repair what ruff can
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

docs: $(VENV)/.dev ## write docs/providers.md from the declarations
	$(BIN)/python scripts/write_provider_docs.py

bench: $(VENV)/.dev ## measure: run each program in bench/
	@set -e; for program in bench/*.py; do \
		test -e "$$program" || { echo "bench/ holds no program to run" >&2; exit 1; }; \
		echo "== $$program"; $(BIN)/python "$$program"; done

lock: ## choose the newest allowed versions again and write the locks (needs uv)
	@$(HAVE_UV) || { echo "make lock needs uv; install it, for instance with: pip install uv" >&2; exit 1; }
	$(call compile,--group build,requirements.lock)
	$(call compile,--group dev --all-extras --constraint requirements.lock,requirements-dev.lock)

clean: ## remove .venv and everything that tools have left behind
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests -type d -name __pycache__ -prune -exec rm -rf {} +

# The stamps are newer than what was installed; a changed lock or pyproject.toml installs again.
$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/.runtime

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "No Python >= 3.11 found (tried python3.13, python3.12, python3.11, python3)." \
		"Install one, or name it: make setup PYTHON=/path/to/python" >&2; exit 1; }
	@if $(HAVE_UV); then uv venv --quiet --clear --python "$(PYTHON)" $(VENV); \
	else "$(PYTHON)" -m venv --clear $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make a virtual environment." \
		"On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }; fi

# Everything is checked by hash; then the project itself, editable, built with the locked hatchling.
define install
@echo "Installing $(1) into $(VENV) ..."
@if $(HAVE_UV); then \
	uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1) && \
	uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
else \
	{ $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null; } && \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1) && \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
fi
endef

# One lock for every platform and Python >= 3.11, naming no index host.
define compile
uv pip compile pyproject.toml $(1) --universal --python-version 3.11 --generate-hashes --upgrade --quiet \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -o $(2)
endef
