# `make` alone lists the recipes. A machine needs Python >= 3.11 and make; uv is used where present.

VENV := .venv
BIN := $(VENV)/bin
# The first Python that is new enough. Name another one with `make setup PYTHON=/path/to/python`.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
# Run, not only looked up: a name on the PATH may lead to nothing.
HAVE_UV := uv --version >/dev/null 2>&1
# The page in the browser is built where Node is; without it everything else works, and `/` says so.
HAVE_NODE := node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' >/dev/null 2>&1 && npm --version >/dev/null 2>&1
PAGE := src/modelatlas/web/built/.stamp

.DEFAULT_GOAL := help
.PHONY: help setup run demo page test clients lint format docs bench lock clean

help: ## list the recipes
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/.dev ## make .venv with everything that work on the code needs

run: $(VENV)/.runtime $(PAGE) ## serve the catalog on this machine
	$(BIN)/modelatlas serve

demo: $(VENV)/.runtime $(PAGE) ## serve simulated providers, with no network and no keys
	$(BIN)/modelatlas serve --demo

page: ## build the page for the browser (needs Node 20.19 or newer)
	@$(HAVE_NODE) || { echo "make page needs Node 20.19 or newer, with npm" >&2; exit 1; }
	@rm -f $(PAGE)
	@$(MAKE) --no-print-directory $(PAGE)

test: $(VENV)/.dev $(PAGE) ## run the tests, in random order, on all cores
	$(BIN)/python -m pytest -n auto -m "not clients"

clients: $(VENV)/.dev ## run the tests with real clients, which are installed from registries
	$(BIN)/python -m pytest -m clients

lint: $(VENV)/.dev ## check style, formatting and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	@if test -d page/node_modules/typescript; then npm --prefix page run --silent check; fi

format: $(VENV)/.dev ## format the code and repair what ruff can
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

docs: $(VENV)/.dev ## write docs/providers.md from the declarations
	$(BIN)/python scripts/write_provider_docs.py

bench: $(VENV)/.dev ## measure: one table of all numbers to reach, each beside its yardstick (needs wrk and nginx)
	$(BIN)/python bench/all.py

lock: ## choose the newest allowed versions again and write the locks (needs uv)
	@$(HAVE_UV) || { echo "make lock needs uv; install it, for instance with: pip install uv" >&2; exit 1; }
	$(call compile,--group build,requirements.lock)
	$(call compile,--group dev --all-extras --constraint requirements.lock,requirements-dev.lock)

clean: ## remove .venv and everything that tools have left behind
	rm -rf $(VENV) dist page/node_modules src/modelatlas/web/built .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests -type d -name __pycache__ -prune -exec rm -rf {} +

# Built anew when a file of it is newer. Without Node nothing is made, and the next run looks again.
$(PAGE): $(shell find page -path page/node_modules -prune -o -type f -print)
	@if $(HAVE_NODE); then echo "Building the page ..." && \
		{ test page/node_modules/.stamp -nt page/package-lock.json || \
			{ npm --prefix page ci --no-audit --no-fund --loglevel=error && touch page/node_modules/.stamp; }; } && \
		npm --prefix page run --silent build -- --logLevel warn && touch $@; \
	else echo "No Node 20.19 or newer: the page is not built, everything else works."; fi

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
