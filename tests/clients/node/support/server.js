// Starts the test site and `guise serve`, and ends both without a trace.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, open, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { binary } from './binary.js';
import { descendants, leftBehind } from './processes.js';

/** Milliseconds in which the server must be ready. */
const READY = 30_000;
/** Milliseconds in which a process must end after TERM. */
const END = 10_000;

async function terminate(child, name) {
  const ended = child.exitCode === null ? once(child, 'exit') : Promise.resolve([child.exitCode]);
  child.kill('SIGTERM');
  const result = await Promise.race([ended, sleep(END, null, { ref: false })]);
  if (!result) child.kill('SIGKILL');
  assert.ok(result, `${name} did not end within ${END} ms of TERM`);
  assert.equal(result[0], 0, `${name} ended with ${result[0] ?? result[1]}`);
}

/** The test site: `{ origin, other, crossSite, stop() }`. */
export async function startSite() {
  const child = spawn(binary('guise-testsite', 'GUISE_TESTSITE_BIN'), { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { origin, other, cross_site: crossSite } = JSON.parse(line);
  return { origin, other, crossSite, stop: () => terminate(child, 'the test site') };
}

/** A server with a data folder and a key of its own, and more settings as `GUISE_…`: `{ url, key, pid, data, log(), stop() }`. */
export async function startServer(settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'guise-client-'));
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  // Entered, but not listed, by the accounts that browsers run under.
  await chmod(folder, 0o711);
  await chmod(temporary, 0o711);
  const key = randomBytes(16).toString('hex');
  const log = await open(join(folder, 'log'), 'w');
  const child = spawn(binary('guise', 'GUISE_BIN'), ['serve'], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: temporary,
      GUISE_LISTEN: '127.0.0.1:0',
      GUISE_SMTP_LISTEN: '127.0.0.1:0',
      GUISE_DATA_DIR: join(folder, 'data'),
      GUISE_API_KEY: key,
      GUISE_ALLOW_HOSTS: 'localhost,127.0.0.1',
      ...settings,
    },
    stdio: ['ignore', log.fd, log.fd],
  });
  const logText = () => readFile(join(folder, 'log'), 'utf8');

  const deadline = Date.now() + READY;
  let url;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`guise serve ended with ${child.exitCode}:\n${await logText()}`);
    // It says where it listens.
    url = (await logText()).match(/^Guise listens on (http:\S+)$/m)?.[1];
    const answer = url && await fetch(`${url}/ready`).catch(() => null);
    if (answer?.ok) break;
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`guise serve was not ready in ${READY} ms:\n${await logText()}`);
    }
    await sleep(50);
  }

  const stop = async () => {
    const family = descendants(child.pid);
    try {
      await terminate(child, 'guise serve');
      assert.deepEqual(await leftBehind(family, 5000), [], 'processes are left');
      assert.deepEqual(await readdir(temporary), [], 'temporary files are left');
      assert.ok(!(await logText()).includes(key), 'the API key is in the log');
    } finally {
      for (const pid of await leftBehind(family, 0)) process.kill(pid, 'SIGKILL');
      await log.close();
      await rm(folder, { recursive: true });
    }
  };
  return { url, key, pid: child.pid, data: join(folder, 'data'), log: logText, stop };
}
