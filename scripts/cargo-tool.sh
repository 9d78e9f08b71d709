#!/bin/sh
# Prints the folder of a cargo tool of a fixed version, building it below .cache first where it is missing.
# usage: cargo-tool.sh cargo-nextest|cargo-deny
set -eu
cd "$(dirname "$0")/.."

case "$1" in
    cargo-nextest) version=0.9.151 ;;
    cargo-deny) version=0.20.2 ;;
    *) echo "cargo-tool.sh: no version is set for $1" >&2; exit 2 ;;
esac

if found=$(command -v "$1"); then
    dirname "$found"
    exit 0
fi
root="$PWD/.cache/tools"
if [ ! -x "$root/bin/$1" ]; then
    echo "Missing: $1. Building version $version into .cache/tools (once; takes some minutes)." >&2
    # Unoptimised: it is built in half the time, and does next to nothing itself.
    CARGO_PROFILE_DEV_DEBUG=none scripts/cargo.sh install --locked --quiet --debug --root "$root" --version "$version" "$1" >&2
fi
echo "$root/bin"
