// The programs that are measured: the release build.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where cargo builds to, and where the results go. */
export const TARGET = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL('../../target', import.meta.url));

/** A built program; another one can be named in the environment. */
function program(variable, path) {
  process.env[variable] ??= `${TARGET}/release/${path}`;
  if (!existsSync(process.env[variable])) throw new Error(`${process.env[variable]} is missing: scripts/bench.sh builds it`);
  return process.env[variable];
}

// The suites of CDP clients, whose way of starting a server is used here, look at these two variables.
program('GUISE_BIN', 'guise');
program('GUISE_TESTSITE_BIN', 'guise-testsite');

/** The client that measures the relay. */
export const RELAY_COST = program('RELAY_COST_BIN', 'examples/relay_cost');
