# Everything a person needs: `make demo` and `make test`. Both set up what they need first.
SHELL := /bin/bash
VENV := .venv
RUN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test check fmt bench chaos lock clean

help: ## What there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(READY): requirements.lock pyproject.toml
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Yellowbus needs Python 3.11 or newer." >&2; exit 1; }
	@python3 -c 'import ensurepip' 2>/dev/null || { echo "The Debian package python3-venv is missing: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up (once, about a minute) ..."
	@python3 -m venv $(VENV)
	@$(RUN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(RUN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY) ## The whole main job against a simulated SIS; stays up until Ctrl-C
	@$(RUN)/yellowbus demo

test: $(READY) ## All tests
	$(RUN)/pytest -n auto --dist worksteal

check: $(READY) ## Lint, format, types, import contracts, docs, measures of the house
	$(RUN)/ruff check src tests benchmarks
	$(RUN)/ruff format --check src tests benchmarks
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/pytest tests/house

fmt: $(READY) ## Format and mend what can be mended
	$(RUN)/ruff check --fix src tests benchmarks
	$(RUN)/ruff format src tests benchmarks

bench: $(READY) ## The performance claims, measured side by side
	$(RUN)/python benchmarks/run.py

chaos: $(READY) ## The long form of the crash tests
	YELLOWBUS_CHAOS_KILLS=120 $(RUN)/pytest tests/chaos -p no:randomly
	YELLOWBUS_CHAOS_KILLS=200 $(RUN)/pytest -p no:randomly tests/runs/exporting/test_never_twice.py \
	  tests/runs/exporting/test_powerschool_chaos.py tests/runs/exporting/test_many_at_once.py \
	  tests/runs/exporting/test_thousand_to_powerschool.py

lock: ## Renew requirements.lock (needs uv)
	uv lock --quiet
	uv export --quiet --format requirements-txt --no-emit-project --no-emit-index-url --no-header --all-groups > requirements.lock

clean: ## Remove the environment; data folders stay
	rm -rf $(VENV)
