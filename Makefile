# Two commands for a newcomer: `make release` and `make test`. Nothing needs to be installed first.
PYTHON := .venv/bin/python
DIST := dist
BLOCKED := .cache/blocked
GIT := $(if $(wildcard .git/HEAD),--git .git)

.DEFAULT_GOAL := help
.PHONY: help setup release checks test docs lint unit contract browser-tests release-tests soak bench bench-engine report docs lock upgrade clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing: Python packages, Podman
	@sh engine/setup.sh

release: setup ## rehearse a release: build, scan, sign, attest, verify; what it made is in dist/
	@$(PYTHON) -m standins prepare
	@. ./.cache/rehearsal/flags.sh && rm -rf $(DIST) && \
		./daggerw call $$MODULE_FLAGS $(GIT) candidate $$RELEASE_FLAGS $$CHECK_FLAGS export --path $(DIST)
	@. ./.cache/rehearsal/flags.sh && ./daggerw --silent call $$MODULE_FLAGS verdict --evidence $(DIST)

checks: setup ## lint, types, tests, pins, audit and smoke test of the service in app/, as one table
	@$(PYTHON) -m standins prepare
	@. ./.cache/rehearsal/flags.sh && ./daggerw call $$MODULE_FLAGS checks $$CHECK_FLAGS

test: setup lint unit browser-tests contract release-tests ## everything CI runs

lint:
	@sh engine/setup.sh python-only
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy

unit: ## fast tests, no engine
	@sh engine/setup.sh python-only
	@$(PYTHON) -m pytest -m "not contract and not release" tests/unit

browser-tests: ## the report in headless Chromium
	@sh engine/setup.sh browser
	@$(PYTHON) -m pytest -m browser tests/browser

contract: setup ## what Dagger's engine answered, asked again here
	@$(PYTHON) -m standins prepare
	@$(PYTHON) -m pytest -m contract tests/contract
	@PYTHONPATH=tests $(PYTHON) -m contract.table

release-tests: setup ## the real pipeline with real tools
	@$(PYTHON) -m standins prepare
	@$(PYTHON) -m pytest -m "release and not alone" --numprocesses 2 --dist loadfile tests
	@$(PYTHON) -m pytest -m "release and alone" tests

soak: setup ## long campaigns: releases killed at every change, a hundred races; prints counts
	@$(PYTHON) -m standins prepare
	@SUPPLY_CHAIN_SOAK=1 $(PYTHON) -m pytest -m soak tests

bench: setup ## compare with a plain shell script, for an hour or two; QUICK=1: five minutes; ONLY=SCENARIO: one
	@$(PYTHON) -m standins build --force --images .cache/bench/images.toml
	@PYTHONPATH=engine/src:engine:tests $(PYTHON) -m bench $(if $(QUICK),--quick) $(if $(ONLY),--only "$(ONLY)")

bench-engine: setup ## what dagger-local itself costs: a session, a step in the store, a rehearsal cold and warm
	@$(PYTHON) -m standins prepare
	@PYTHONPATH=engine/src:engine $(PYTHON) -m bench.engine

report: release ## photograph the report of a rehearsal, and of one that is blocked, into docs/images/
	@sh engine/setup.sh browser
	@. ./.cache/rehearsal/flags.sh && rm -rf $(BLOCKED) && \
		./daggerw call $$MODULE_FLAGS $(GIT) candidate $$RELEASE_FLAGS $$CHECK_FLAGS --block-unfixed export --path $(BLOCKED)
	@PYTHONPATH=tests $(PYTHON) -m browser.photographs $(DIST) $(BLOCKED) docs/images

docs: ## refresh what docs/ takes from the code: the schema of outcome.json, the reference, the contract
	@sh engine/setup.sh python-only
	@$(PYTHON) -m supply_chain.schema > docs/outcome.schema.json
	@$(PYTHON) -m dagger_local.cli.reference > docs/reference.md
	@PYTHONPATH=tests $(PYTHON) -m contract.table > docs/contract.md

LOCKED := $(PYTHON) -m uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-annotate
AUDITOR := ci/src/supply_chain/locks/pip-audit

lock: ## refresh requirements.lock and the auditor's lock (hashes, no index addresses)
	@sh engine/setup.sh python-only
	@$(LOCKED) --python-version 3.11 pyproject.toml --group dev --output-file requirements.lock
	@$(LOCKED) --python-version 3.12 $(AUDITOR).in --output-file $(AUDITOR).lock

upgrade: LOCKED += --upgrade --exclude-newer "3 days"
upgrade: lock ## the same with newer versions, none of them younger than three days

clean: ## remove what was made here, the engine's store included
	@rm -rf $(DIST) .cache
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m dagger_local.upkeep clear; fi
