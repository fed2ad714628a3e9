# `make` lists the targets. PYTHON=/path/to/python picks the interpreter that .venv is made with;
# ARGS="..." goes to the program that a target runs, e.g. make test ARGS="-k citations".
PYTHON ?=
ARGS ?=
export PYTHON

VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup chat test check eval bench live lock audit clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv and install what requirements.lock names
	@echo 'set-up: ready'

chat: $(READY) ## open the chat in a browser
	@$(PY) -m ui $(ARGS)

test: $(READY) ## run the tests, in a real browser too
	@browser=$$(sh scripts/browser.sh) && echo "browser: $$browser"
	@$(PY) -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile $(ARGS)

check: $(READY) ## lint, formatting, types, layers, the corpus
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) $(VENV)/bin/lint-imports
	$(PY) -m assistant sync --check

eval: $(READY) ## measure the answers: all suites, a report, the gate
	@$(PY) -m evals $(ARGS)

bench: $(READY) ## measure speed
	@$(PY) -m benchmarks $(ARGS)
	@$(PY) -m benchmarks.page $(ARGS)

live: $(READY) ## try the chat-model writer on a real server: LIVE_MODEL, LIVE_BASE_URL, see docs/models.md
	@$(PY) -m pytest -rA tests/test_live.py $(ARGS)

lock: $(READY) ## write requirements.lock anew from pyproject.toml; newest versions: ARGS=--upgrade
	$(VENV)/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --extra ui --extra dev \
		--generate-hashes --no-emit-index-url --no-annotate --no-header --quiet \
		--output-file requirements.lock $(ARGS)

audit: $(READY) ## look every locked version up in PyPI's database of known vulnerabilities (needs the network)
	@$(VENV)/bin/uv tool run pip-audit==2.10.1 --requirement requirements.lock --no-deps --disable-pip --strict $(ARGS)

clean: ## remove .venv, caches and build products
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock requirements-uv.lock scripts/setup.sh scripts/set_up.py $(PY)
	@sh scripts/setup.sh

# Missing also when the interpreter that .venv was made with has gone: then set-up makes it anew.
$(PY): ;
