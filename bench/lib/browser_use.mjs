// browser-use, which reads pages for models in Python; on a session of ours, since it needs an address to connect to.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { within } from './time.mjs';

const path = name => fileURLToPath(new URL(name, import.meta.url));

/**
 * Starts it on a browser: `{ state(url, count, seconds, patience), stop() }`. Installs it at first. A look that takes longer than
 * `patience` seconds is given up and counts as that long; its text is not known then.
 */
export async function startBrowserUse(cdpUrl) {
  const list = path('../peers/browser-use.txt');
  const python = execFileSync(path('../../scripts/python-environment.sh'), [list], { encoding: 'utf8' }).trim();
  const child = spawn(python, [path('../peers/browser_use_state.py'), cdpUrl], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('browser-use ended');
    return JSON.parse(value);
  };
  const state = async (url, count, seconds, patience) => {
    child.stdin.write(`${JSON.stringify({ url, count, seconds, patience })}\n`);
    return within(seconds + 120, 'browser-use', answer());
  };
  const stop = async () => {
    child.stdin.end();
    const late = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(late);
  };
  return { state, stop };
}
