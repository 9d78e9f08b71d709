#!/bin/sh
# Runs cargo, wherever rustup put it.
set -eu

PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"
export PATH
if ! command -v cargo >/dev/null; then
    # The same as rust-version in Cargo.toml.
    echo "Missing: the Rust tools, version 1.95 or newer. Install them with rustup, then run this again." >&2
    exit 1
fi
exec cargo "$@"
