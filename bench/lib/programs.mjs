// The programs that are measured: the release build.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { within } from './time.mjs';

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

/** The provider of scripted models. */
export const TESTMODEL = program('GUISE_TESTMODEL_BIN', 'guise-testmodel');
/** The client that measures the relay. */
export const RELAY_COST = program('RELAY_COST_BIN', 'examples/relay_cost');
/** Many rows, a bare peer, and load, for personas and mail. */
export const IDENTITY_COST = program('IDENTITY_COST_BIN', 'examples/identity_cost');
/** How well and how fast main content is found. */
export const ARTICLE_BENCHMARK = program('ARTICLE_BENCHMARK_BIN', 'examples/article_benchmark');
/** What sealing and opening cost. */
export const KEYRING_COST = program('KEYRING_COST_BIN', 'examples/keyring_cost');

/** Runs a program that prints one line of JSON, and gives what that says. */
export async function measured(program, words, environment = {}, seconds = 180) {
  const child = spawn(program, words, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] });
  const parts = [];
  child.stdout.on('data', part => parts.push(part));
  try {
    const [code] = await within(seconds, program, once(child, 'close'));
    if (code !== 0) throw new Error(`${program} ended with ${code}`);
  } finally {
    child.kill('SIGKILL');
  }
  return JSON.parse(Buffer.concat(parts));
}
