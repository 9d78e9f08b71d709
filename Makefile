# Everything that is done with this project, one word each. `make help` lists it.

PYTHON ?= python3
TEST = $(PYTHON) scripts/test.py

.DEFAULT_GOAL := help
.PHONY: help run build dist test test-model lint bench soak

help: ## Lists these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Installs what is missing, builds, and serves (ARGS="--listen 127.0.0.1:4000")
	@scripts/install-debian.sh run build
	@scripts/cargo.sh build --release --package guise
	@exec target/release/guise serve $(ARGS)

build: ## Builds target/release/guise
	@scripts/install-debian.sh build
	@scripts/cargo.sh build --release --package guise

dist: ## Builds the small, optimised target/dist/guise for publishing (slow)
	@scripts/install-debian.sh build
	@scripts/cargo.sh build --profile dist --package guise

test: ## Runs every check that CI runs (ONLY="lint rust" narrows it)
	@scripts/install-debian.sh run build tools test
	@$(TEST) $(ONLY)

test-model: ## Runs the server with a small real model, which it installs (370 MB)
	@scripts/install-debian.sh run build tools test
	@scripts/test-model.sh

lint: ## Runs formatting, clippy, documentation and dependency checks
	@scripts/install-debian.sh build tools
	@$(TEST) lint

bench: ## Measures the server beside its peers (ARGS="--quick page" narrows it)
	@scripts/install-debian.sh run build tools test
	@scripts/bench.sh $(ARGS)

soak: ## Runs the Rust tests and fuzz targets with every long campaign in full
	@scripts/install-debian.sh run build tools test
	@GUISE_TEST_SOAK=1 $(TEST) rust fuzz
