#!/bin/sh
# Starts Chromium for tests that launch one themselves: as root under an ordinary account, since with its sandbox on
# it refuses to run as root. Its user data folder is given to that account.
set -eu

program=/usr/lib/chromium/chromium-headless-shell
[ "$(id -u)" -eq 0 ] || exec "$program" "$@"

nobody=65534
for argument in "$@"; do
    case $argument in --user-data-dir=*)
        folder=${argument#*=}
        chown "$nobody:$nobody" "$folder"
        export HOME="$folder" TMPDIR="$folder"
        ;;
    esac
done
cd /
exec setpriv --reuid="$nobody" --regid="$nobody" --clear-groups "$program" "$@"
