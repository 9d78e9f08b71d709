#!/bin/sh
# Prints the Python interpreter of an environment with one version of the client, making it below .cache first.
# usage: python-client.sh 1.8.31|1.10.0
set -eu
cd "$(dirname "$0")/.."

wanted="tests/clients/python/requirements/$1.txt"
folder="$PWD/.cache/python/$1"
if ! cmp -s "$wanted" "$folder/installed.txt"; then
    echo "Installing the Python client $1 into .cache/python/$1" >&2
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check --cache-dir .cache/pip --requirement "$wanted" >&2
    cp "$wanted" "$folder/installed.txt"
fi
echo "$folder/bin/python"
