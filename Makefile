# tidegate: `make help` lists the targets.
MAKEFLAGS += --warn-undefined-variables --no-builtin-rules
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash

NODE_VERSION := 24.21.0
NODE_MAJOR := $(shell node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
NEEDS_NODE := $(shell [ "$(NODE_MAJOR)" -ge 24 ] || echo yes)
OWN_NODE := .node/node_modules/node/bin/node
ONLY ?=
export HELM ?= $(CURDIR)/.helm/helm
export PATH := $(CURDIR)/node_modules/.bin:$(if $(NEEDS_NODE),$(CURDIR)/.node/node_modules/node/bin:)$(PATH)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  \033[1m%-10s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(OWN_NODE):
	npm install --prefix .node --no-save --no-package-lock --loglevel=error node@$(NODE_VERSION)

node_modules/.package-lock.json: package-lock.json $(if $(NEEDS_NODE),| $(OWN_NODE))
	npm ci --loglevel=error
	@touch $@

.PHONY: setup
setup: node_modules/.package-lock.json ## bring Node 24 where it is missing, and install what package-lock.json pins

.PHONY: build
build: setup ## compile src to dist
	tsc -p tsconfig.json

.PHONY: lint
lint: setup ## ESLint and Prettier
	npm run --silent lint

.PHONY: typecheck
typecheck: setup ## type-check src and test
	npm run --silent typecheck

$(CURDIR)/.helm/helm: | node_modules/.package-lock.json
	node test/charts/bring-helm.ts $@

.PHONY: test
test: build $(HELM) ## every test but the fuzzing
	CI=1 vitest run

.PHONY: contract
contract: build ## what the box claims, on the box and on the control plane that KUBEBUILDER_ASSETS names
	CI=1 vitest run test/contract

.PHONY: demo
demo: build ## rewrite the examples by the real webhook, on this machine
	node dist/cli.js demo

.PHONY: bench
bench: build ## measure against a bare server and Pepr; writes docs/benchmarks.md (ONLY=section: one of them)
	node test/bench/run.ts $(ONLY)

.PHONY: fuzz
fuzz: build ## a million fuzzed reviews
	node test/fuzz/run.js

.PHONY: golden
golden: build ## rewrite the golden files: review the diff like code
	vitest run test/golden --update

.PHONY: certs
certs: build ## development certificates into certs/
	node dist/cli.js certs --out certs --force

.PHONY: clean
clean: ## delete what was built and installed
	rm -rf dist node_modules .node .helm .cache coverage
