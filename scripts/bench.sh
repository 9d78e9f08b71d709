#!/bin/sh
# Builds the release and runs the benchmarks of bench/ against it.
# usage: bench.sh [--quick] [life|pool|page|observe|relay|memory|identity|agents|extract|read] …
set -eu
cd "$(dirname "$0")/.."

scripts/node-clients.sh
scripts/cargo.sh build --release --package guise --package guise-testsite --package guise-testmodel
scripts/cargo.sh build --release --package guise-cdp --example relay_cost
scripts/cargo.sh build --release --package guise --example identity_cost
scripts/cargo.sh build --release --package guise-secrets --example keyring_cost
scripts/cargo.sh build --release --package guise-extract --example article_benchmark
PATH="$(scripts/node.sh):$PATH"
export PATH
GUISE_TEST_POSTGRES_FSYNC=on exec scripts/with-postgres.sh node bench/main.mjs "$@"
