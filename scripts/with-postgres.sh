#!/bin/bash
# Runs a command beside a PostgreSQL server of its own, on a Unix socket, and always ends that server.
# usage: with-postgres.sh COMMAND…      The command finds the server's address in GUISE_TEST_POSTGRES.
# GUISE_TEST_POSTGRES_FSYNC=on          It writes to the disk before it answers, as it does in earnest.
set -euo pipefail

programs=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
if [ -z "$programs" ]; then
    echo "PostgreSQL is missing: no /usr/lib/postgresql/*/bin. scripts/install-debian.sh test installs it." >&2
    exit 1
fi

# A short path that every account may enter: the address of a socket has at most 107 bytes.
folder=$(mktemp -d /tmp/guise-pg.XXXXXX)
as_server=()
if [ "$(id -u)" -eq 0 ]; then
    # PostgreSQL refuses to run as root.
    chown postgres: "$folder"
    as_server=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi
server() { (cd "$folder" && "${as_server[@]}" "$@"); }

child=
end() {
    local status=$?
    trap - EXIT INT TERM
    if [ -n "$child" ]; then kill "$child" 2>/dev/null && wait "$child" 2>/dev/null || true; fi
    server "$programs/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
    exit "$status"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

server "$programs/initdb" -D "$folder/data" -U guise -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
# What tests write need not outlive the machine.
options="-k $folder -c listen_addresses= -c fsync=${GUISE_TEST_POSTGRES_FSYNC:-off} -c shared_buffers=32MB -c max_connections=200"
if ! server "$programs/pg_ctl" -D "$folder/data" -w -l "$folder/log" -o "$options" start >/dev/null; then
    cat "$folder/log" >&2
    exit 1
fi

export GUISE_TEST_POSTGRES="postgres://guise@localhost/postgres?host=$folder"
"$@" &
child=$!
status=0
wait "$child" || status=$?
child=
exit "$status"
