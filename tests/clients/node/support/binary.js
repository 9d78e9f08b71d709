// Where the built programs are.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** The path of a built program: from the environment, else the debug or the release build. */
export function binary(name, variable) {
  const candidates = ['debug', 'release'].map(profile => join(root, 'target', profile, name));
  const found = process.env[variable] ?? candidates.find(existsSync);
  if (!found) throw new Error(`${name} is not built: run cargo build, or set ${variable}`);
  return found;
}
