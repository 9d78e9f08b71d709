#!/bin/sh
# Installs Playwright and puppeteer for the tests, in the versions of the lock file, unless they are there.
set -eu
cd "$(dirname "$0")/../tests/clients/node"

if ! cmp -s package-lock.json node_modules/.installed-lock.json; then
    echo "Installing Playwright and puppeteer into tests/clients/node/node_modules" >&2
    npm ci --ignore-scripts --silent --cache "$PWD/../../../.cache/npm"
    cp package-lock.json node_modules/.installed-lock.json
fi
