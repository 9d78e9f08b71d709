#!/bin/sh
# Formatting, clippy, documentation, dependencies. Warnings are errors.
set -eu
cd "$(dirname "$0")/.."

cargo=scripts/cargo.sh
$cargo fmt --all --check
$cargo clippy --workspace --all-targets --quiet -- --deny warnings
RUSTDOCFLAGS='--deny warnings' $cargo doc --workspace --no-deps --document-private-items --quiet

PATH="$(scripts/cargo-tool.sh cargo-deny):$PATH"
export PATH
$cargo deny --log-level error check bans licenses sources
# The advisory database lies on another machine; without it, the rest still counts.
if $cargo deny --log-level off fetch db >/dev/null 2>&1; then
    $cargo deny --log-level error check --disable-fetch advisories
else
    echo 'advisories NOT checked: their database cannot be reached from here'
fi
