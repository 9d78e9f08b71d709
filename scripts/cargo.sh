#!/bin/sh
# Runs cargo, and installs the Rust tools first where there are none.
set -eu

# The same as rust-version in Cargo.toml.
rust=1.95.0

PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"
export PATH
if ! command -v cargo >/dev/null; then
    echo "Missing: the Rust tools. Installing Rust $rust for this user with rustup."
    curl --proto '=https' --tlsv1.2 --silent --show-error --fail https://static.rust-lang.org/rustup/rustup-init.sh |
        sh -s -- -y --quiet --no-modify-path --profile minimal --component rustfmt,clippy --default-toolchain "$rust"
fi
exec cargo "$@"
