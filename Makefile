# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two commands matter: `make demo` and `make test`. What is tested stands in noxfile.py; `nox --list` names it.

.DEFAULT_GOAL := help
# Recipes are one command each: what can run in parallel is arranged by nox.
.NOTPARALLEL:
.PHONY: help demo demo-simulated demo-down test test-all test-quick lint format docs benchmark changelog dist clean

VENV := .work/venv
TEST := PYTHONPATH=tools $(VENV)/dev/bin/python -B -m workshop.testrun

help: ## show this
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
	  || sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1: \2/p' $(MAKEFILE_LIST)

demo: $(VENV)/demo/made ## see three containers run as VMs on a small oVirt site, which goes on running
	@tools/setup --docker
	@PYTHONPATH=tools $(VENV)/demo/bin/python -B -m demo --keep --runtime $(or $(RUNTIME),vdsm)

demo-simulated: $(VENV)/demo/made ## the same without docker: the Engine alone, which simulates hosts; ends by itself
	@PYTHONPATH=tools $(VENV)/demo/bin/python -B -m demo --simulated

demo-down: ## take the site of `make demo` away
	@if [ -e $(VENV)/demo/made ]; then PYTHONPATH=tools $(VENV)/demo/bin/python -B -m demo --down; \
	  else echo "There is no site to remove."; fi

test: $(VENV)/dev/made ## tests under three versions of ansible-core, scenarios, sanity, linters, build
	@$(TEST)

test-all: $(VENV)/dev/made ## the same with all rows and many more examples, and the longest scenario; before an issue is called done
	@$(TEST) --all

test-quick: $(VENV)/dev/made ## unit and contract tests under one version of ansible-core
	@$(TEST) --quick

lint: $(VENV)/dev/made ## linters and type checks only
	@$(TEST) --lint

format: $(VENV)/dev/made ## rewrite the Python files in the house format
	@$(VENV)/dev/bin/ruff format . && $(VENV)/dev/bin/ruff check --fix-only .

docs: $(VENV)/dev/made ## write the READMEs of the roles, and build the pages of docs/ as a site in .work/site
	@$(VENV)/dev/bin/python -B tools/role_docs.py
	@PYTHONPATH=tools $(VENV)/dev/bin/python -B -m workshop.docsite .work/site

benchmark: $(VENV)/benchmarks/made ## measure the embedded Engine, and the modules against other ways; writes benchmark.json
	@$(VENV)/benchmarks/bin/python -B -m pytest benchmarks --benchmark-json benchmark.json --timeout 3600 \
	  --benchmark-columns min,median,max,rounds -p no:cacheprovider

changelog: $(VENV)/dev/made ## turn changelogs/fragments into CHANGELOG.md for the version in galaxy.yml
	@PATH="$(CURDIR)/$(VENV)/dev/bin:$$PATH" antsibull-changelog release

dist: $(VENV)/dev/made ## build the collection into dist/
	@mkdir -p dist && PYTHONPATH=tools $(VENV)/dev/bin/python -B -m workshop.archive dist

clean: demo-down ## remove everything that these commands made
	@rm -rf .work .nox .ovirt-lab dist benchmark.json

# Virtual environments: for work on the project, for the demonstration, for the benchmark.
$(VENV)/dev/made: requirements-dev.txt benchmarks/requirements.txt demo/requirements.txt
$(VENV)/demo/made: demo/requirements.txt
$(VENV)/benchmarks/made: benchmarks/requirements.txt demo/requirements.txt
$(VENV)/dev/made $(VENV)/demo/made $(VENV)/benchmarks/made:
	@tools/setup $(@D) $< && touch $@
