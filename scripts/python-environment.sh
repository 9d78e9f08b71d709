#!/bin/sh
# Prints the Python interpreter of an environment with what a list of packages names, making it below .cache first.
# usage: python-environment.sh path/to/NAME.txt
set -eu
wanted="$(realpath "$1")"
cd "$(dirname "$0")/.."

name="$(basename "$wanted" .txt)"
folder="$PWD/.cache/python/$name"
if ! cmp -s "$wanted" "$folder/installed.txt"; then
    echo "Installing the Python packages of $name into .cache/python/$name" >&2
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check --cache-dir .cache/pip --requirement "$wanted" >&2
    cp "$wanted" "$folder/installed.txt"
fi
echo "$folder/bin/python"
