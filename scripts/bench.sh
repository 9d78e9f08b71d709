#!/bin/sh
# Builds the release and runs the benchmarks of bench/ against it.
# usage: bench.sh [--quick] [life|pool|page|observe|relay|memory] …
set -eu
cd "$(dirname "$0")/.."

scripts/node-clients.sh
scripts/cargo.sh build --release --package guise --package guise-testsite
scripts/cargo.sh build --release --package guise-cdp --example relay_cost
PATH="$(scripts/node.sh):$PATH"
export PATH
exec node bench/main.mjs "$@"
