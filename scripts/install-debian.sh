#!/bin/sh
# Installs the Debian packages that are missing, says why, and leaves everything else as it is.
# usage: install-debian.sh run|build|tools|test …
set -eu

# group | package | the command that shows that it is there by another way, or - | why
needs='
run|chromium|-|the browser of sessions with a window and of browser_type chrome
run|chromium-headless-shell|-|the browser of headless sessions
run|xvfb|-|a screen for sessions with a window
run|fonts-liberation|-|text in pages and screenshots
run|fonts-noto-color-emoji|-|emoji in pages and screenshots
run|fonts-wqy-zenhei|-|Chinese, Japanese and Korean text in pages and screenshots
build|build-essential|cc|linking, and C code of SQLite and the allocator
build|ca-certificates|-|checking whom the libraries come from
tools|python3|python3|the test runner, the Python clients, and a mail client
tools|python3-venv|-|one environment for each version of the Python client, and one for the tools of cargo
test|postgresql|-|tests of the store on PostgreSQL
test|swaks|swaks|mails sent by a client that is not ours
test|libnet-ssleay-perl|-|TLS for swaks
test|nodejs|node|the Playwright and puppeteer suites
test|npm|npm|installing them
'

if ! command -v dpkg-query >/dev/null; then
    echo "This is not Debian: nothing is installed. If something is missing, the next step says what." >&2
    exit 0
fi

installed() {
    dpkg-query --show --showformat='${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

missing=''
for group in "$@"; do
    while IFS='|' read -r in_group package program why; do
        [ "$in_group" = "$group" ] || continue
        installed "$package" && continue
        [ "$program" != - ] && command -v "$program" >/dev/null && continue
        echo "Missing: $package ($why)"
        missing="$missing $package"
    done <<END
$needs
END
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root=''
elif command -v sudo >/dev/null; then
    as_root=sudo
else
    echo "Installing packages needs root, and there is no sudo here. As root, run:" >&2
    echo "  apt-get install --no-install-recommends$missing" >&2
    exit 1
fi

# Debian's package starts a database server of its own unless told otherwise, and only our tests need it.
no_cluster=/etc/postgresql-common/createcluster.d/guise.conf
case " $missing " in *' postgresql '*)
    $as_root mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' | $as_root tee "$no_cluster" >/dev/null
    ;;
esac

echo "Installing:$missing"
status=0
$as_root apt-get update -qq || status=$?
if [ "$status" -eq 0 ]; then
    # shellcheck disable=SC2086 # a list of package names
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends --no-upgrade $missing || status=$?
fi
$as_root rm -f "$no_cluster"
exit "$status"
