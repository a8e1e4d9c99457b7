# Two commands do all the set-up: `make run` and `make test`. The others are conveniences.
#   PORT=8600 make run       another port
#   PYTHON=/path make run    another Python (3.11 or later) for the virtual environment

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
# What `make test-versions` tries.
VERSIONS := 3.11 3.12 3.13
TESTS :=
# The browser tests wait more than they work: three processes keep two cores busy.
WORKERS := --numprocesses 3 --dist loadfile --no-loadscope-reorder

# What makes the lock, the audit and the bill of materials, in an environment of its own.
TOOLS := .venv-tools
TOOL_PACKAGES := uv==0.13.9 pip-audit==2.10.1 cyclonedx-bom==7.5.0
SBOM ?= sbom.cdx.json

.PHONY: audit bench browser catalogue check chromium clean coverage faketime help lint lock nginx run sbom test test-on test-versions tests types

help: ## what can be typed here
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

run: $(VENV)/.installed ## the dashboard on 127.0.0.1:8501 with the feeds on the same port (PORT= moves it)
	@PORT=$(PORT) $(BIN)/python -m calendar_model.configuration
	@exec $(BIN)/streamlit run dashboard.py --server.port $(PORT)

test: lint types tests ## lint, types, tests, browser tests; installs what they need

lint: $(VENV)/.installed-dev ## ruff as linter and formatter, the order of rooms, names and words
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/test_house.py tests/test_words.py tests/test_translations.py

types: $(VENV)/.installed-dev ## mypy
	$(BIN)/mypy

tests: $(VENV)/.installed-dev chromium nginx ## all tests
	$(BIN)/python -m pytest $(WORKERS)

test-on: $(VENV)/.installed-dev chromium faketime nginx ## the tests by another clock (DAY=2028-02-29, DAY="2026-10-25 02:30" TZ=Europe/Oslo)
	@if [ -z "$(DAY)" ]; then echo 'Say on which day: make test-on DAY=2028-02-29, or DAY="2030-12-31 23:59:00"' >&2; exit 1; fi
	@# What waits for an answer counts real seconds, and files keep the dates that they have. A server of PostgreSQL does not
	@# run under a faked clock.
	FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_FORCE_MONOTONIC_FIX=0 NO_FAKE_STAT=1 PYTHONPATH="$(CURDIR)/tests/faked" faketime "$(DAY)" \
	  $(BIN)/python -m pytest $(WORKERS) -m "not postgresql"

# From Python 3.12 on it costs nothing (sys.monitoring); on 3.11 it takes almost twice as long, so it is no part of
# `make test`.
coverage: $(VENV)/.installed-dev chromium nginx ## which lines the tests that drive no browser run, printed
	COVERAGE_CORE=$$($(BIN)/python -c 'import sys; print("sysmon" if sys.version_info >= (3, 12) else "ctrace")') \
	  $(BIN)/python -m pytest $(WORKERS) -m "not browser" --cov --cov-report=term:skip-covered $(TESTS)

test-versions: chromium nginx ## those tests on each Python from 3.11 to 3.13 that is installed (TESTS=tests/feeds)
	@passed=; failed=; missing=; \
	for version in $(VERSIONS); do \
	  python=; \
	  for candidate in "python$$version" "$${PYENV_ROOT:-$$HOME/.pyenv}/versions/$$version".*/bin/python; do \
	    if "$$candidate" -c 'import venv, ensurepip' 2>/dev/null; then python=$$candidate; break; fi; \
	  done; \
	  if [ -z "$$python" ]; then missing+=" $$version"; continue; fi; \
	  echo "Python $$version"; \
	  $(MAKE) --no-print-directory VENV=.venv-$$version PYTHON="$$python" .venv-$$version/.installed-dev; \
	  if .venv-$$version/bin/python -m pytest $(WORKERS) -m "not browser" $(TESTS); then \
	    passed+=" $$version"; else failed+=" $$version"; fi; \
	done; \
	echo "Passed on:$${passed:- none}. Failed on:$${failed:- none}. Not found:$${missing:- none}."; \
	[ -z "$$failed" ] && [ -n "$$passed" ]

browser: $(VENV)/.installed-dev chromium ## only what needs a browser
	$(BIN)/python -m pytest tests/browser

catalogue: $(VENV)/.installed-dev ## new sentences of the code into calendar_model/locale, to be translated there
	$(BIN)/python -m babel.messages.frontend -q extract -F pyproject.toml --no-location --sort-output -o $(VENV)/messages.pot .
	$(BIN)/python -m babel.messages.frontend -q update -i $(VENV)/messages.pot -d calendar_model/locale --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 118

check: $(VENV)/.installed ## are the CSV files in data/ in order?
	@$(BIN)/python -m calendar_model check

# The options leave out every address of a registry; that of the machine is used.
lock: $(TOOLS)/.installed ## requirements.lock from requirements.txt, and a trial of it (UPGRADE=1: to the newest versions)
	$(TOOLS)/bin/uv pip compile --quiet $(if $(UPGRADE),--upgrade) --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-annotate --custom-compile-command "make lock" requirements.txt --output-file requirements.lock
	$(TOOLS)/bin/python -m pip install --quiet --dry-run --ignore-installed --require-hashes -r requirements.lock
	@echo "requirements.lock is new. Look at what has changed, then run make test."

audit: $(TOOLS)/.installed ## known vulnerabilities of the packages in the lock; needs the network
	@$(BIN)/python -m tests.audit $(TOOLS)/bin/pip-audit requirements.lock

sbom: $(TOOLS)/.installed ## the bill of materials of the lock (CycloneDX JSON) as sbom.cdx.json (SBOM= names another file)
	@$(TOOLS)/bin/python -W ignore -m cyclonedx_py requirements requirements.lock --pyproject pyproject.toml --output-reproducible \
	  --output-format JSON --output-file $(SBOM)
	@echo "$(SBOM) lists the packages of requirements.lock."

bench: $(VENV)/.installed-dev chromium ## how fast the feed, the pages and the timeline are
	@$(BIN)/python -W ignore -m tests.benchmarks

clean: ## remove the virtual environment and all caches
	rm -rf $(VENV) $(VENV)-3.* $(TOOLS) .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache .coverage tests/browser/output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed: requirements.txt $(BIN)/python
	@echo "Installing what the dashboard needs into $(VENV) (once, about a minute)."
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what the tests need into $(VENV) (once, about half a minute)."
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(TOOLS)/.installed: Makefile $(BIN)/python
	@$(BIN)/python -m venv --clear $(TOOLS)
	@$(TOOLS)/bin/python -m pip --disable-pip-version-check --quiet install $(TOOL_PACKAGES)
	@touch $@

$(BIN)/python:
	@fits='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'; \
	for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python); do \
	  if "$$python" -c "$$fits" >/dev/null 2>&1; then exec "$$python" -m venv --clear $(VENV); fi; \
	done; \
	echo "No Python 3.11 or later with the venv module was found$(if $(PYTHON), at $(PYTHON))." >&2; \
	echo "Install one (on Debian: apt-get install python3 python3-venv), or name one: make run PYTHON=/path/to/python3" >&2; \
	exit 1

chromium:
	@for name in "$${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do \
	  if [ -n "$$name" ] && command -v "$$name" >/dev/null; then exit 0; fi; \
	done; \
	$(call system_packages,The browser tests need Chromium or Chrome: install one$(comma) or name it: make test CHROMIUM=/path/to/chromium,Chromium,chromium fonts-dejavu-core $$(apt-cache show chromium-headless-shell >/dev/null 2>&1 && echo chromium-headless-shell))

faketime:
	@if command -v faketime >/dev/null; then exit 0; fi; \
	$(call system_packages,The tests on another day need faketime: install it.,faketime,faketime)

nginx:
	@export PATH="$$PATH:/usr/sbin"; \
	if command -v nginx >/dev/null && command -v openssl >/dev/null && command -v systemd-analyze >/dev/null; then exit 0; fi; \
	$(call system_packages,The tests of docs/deploy need nginx$(comma) openssl and systemd-analyze: install them.,nginx,nginx-light openssl systemd)

comma := ,
# $(call system_packages,WHAT TO SAY WITHOUT APT,NAME,PACKAGES)
define system_packages
if ! command -v apt-get >/dev/null; then echo "$(1)" >&2; exit 1; fi; \
	root=; if [ "$$(id -u)" -ne 0 ]; then root=sudo; fi; \
	echo "Installing $(2) from the system's packages (once)."; \
	$$root apt-get update -qq && \
	$$root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(3) >/dev/null
endef
