# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two commands matter: `make demo` and `make test`. Everything is done by tools/, which can be called directly too.

.DEFAULT_GOAL := help
# Recipes are one command each: what can run in parallel is arranged inside the tools.
.NOTPARALLEL:
.PHONY: help demo demo-down test test-all test-quick lint format benchmark changelog runtime dist clean

help: ## show this
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
	  || sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1: \2/p' $(MAKEFILE_LIST)

demo: ## see three containers run as VMs on a small oVirt site, which goes on running
	@tools/demo --keep

demo-down: ## take the site of `make demo` away
	@tools/demo --down

test: ## tests under three versions of ansible-core, scenarios, sanity, linters, build
	@tools/test

test-all: ## the same and the scenarios that take longest; before an issue is called done
	@tools/test --all

test-quick: ## unit and contract tests under one version of ansible-core
	@tools/test --quick

lint: ## linters and type checks only
	@tools/test --lint

format: ## rewrite the Python files in the house format
	@tools/setup lint && .work/venv/lint/bin/ruff format . && .work/venv/lint/bin/ruff check --fix-only .

benchmark: ## measure the embedded Engine, and the modules against other ways; writes benchmark.json
	@tools/benchmark

changelog: runtime ## turn changelogs/fragments into CHANGELOG.md for the version in galaxy.yml
	@tools/setup lint && PATH="$(CURDIR)/.work/venv/lint/bin:$$PATH" antsibull-changelog release

runtime: ## write meta/runtime.yml from plugins/modules
	@tools/generate_runtime

dist: ## build the collection into dist/
	@tools/test --dist

clean: ## remove everything that these commands made
	@tools/demo --down 2>/dev/null; rm -rf .work .ovirt-lab dist benchmark.json
