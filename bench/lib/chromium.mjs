// The peer of every figure: the same Chromium binary, started by nobody but us, as an ordinary account with its sandbox.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Cdp } from './cdp.mjs';
import { playwright } from './clients.mjs';

/** The binary of headless sessions. */
export const PROGRAM = '/usr/lib/chromium/chromium-headless-shell';
/** Starts it under an ordinary account; for clients that start it themselves. */
const WRAPPER = fileURLToPath(new URL('../../scripts/chromium-unprivileged.sh', import.meta.url));
/** Nothing but this machine can be resolved: pages are ours, and no browser waits for its maker's servers. */
const OFFLINE = '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1';
const FLAGS = [
  '--remote-debugging-pipe', '--no-first-run', '--disable-gpu', '--password-store=basic', '--disable-sync',
  '--disable-component-update', '--disable-background-networking', OFFLINE,
  // As large as a session's, since a larger page costs more memory.
  '--window-size=1280,1024',
];
const NOBODY = 65534;
/** Milliseconds in which it must end. */
const END = 5000;

const isRoot = process.getuid() === 0;

/** Its version, in its own words. */
export function version() {
  return execFileSync(PROGRAM, ['--version'], { encoding: 'utf8' }).trim();
}

/** A browser on a pipe: `{ cdp, pid, stop() }`. Its process has begun, and nothing was asked yet. */
export async function startChromium() {
  const folder = await mkdtemp(join(tmpdir(), 'guise-bench-'));
  if (isRoot) await chown(folder, NOBODY, NOBODY);
  const child = spawn(PROGRAM, [...FLAGS, `--user-data-dir=${folder}`], {
    ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
    cwd: '/',
    // A group of its own, so that all of it can be ended.
    detached: true,
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8' },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const cdp = Cdp.overPipe(child.stdio[3], child.stdio[4]);
  const stop = async () => {
    const late = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), END);
    // The pipe closes before the answer comes.
    await cdp.call('Browser.close').catch(() => {});
    await ended;
    clearTimeout(late);
    await rm(folder, { recursive: true, maxRetries: 20, retryDelay: 50 });
  };
  return { cdp, pid: child.pid, stop };
}

/** Plain Playwright with the same binary: `{ browser, stop() }`. */
export async function launchPlaywright() {
  const browser = await playwright.launch({
    executablePath: WRAPPER, chromiumSandbox: true, args: [OFFLINE], handleSIGINT: false, handleSIGTERM: false,
  });
  return { browser, stop: () => browser.close() };
}
