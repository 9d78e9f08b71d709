// (e) Memory: the server's own, and a session's beside a raw Chromium's.

import { setTimeout as sleep } from 'node:timers/promises';

import { Page } from '../lib/cdp.mjs';
import { startChromium } from '../lib/chromium.mjs';
import { cleaned } from '../lib/cleanup.mjs';
import { LASTING, startGuise } from '../lib/guise.mjs';
import { memory, memoryBelow } from '../lib/processes.mjs';

const SESSIONS = 20;

/** Looks until two looks, two seconds apart, differ by less than one per cent; for half a minute at most. */
async function settled(look) {
  let before = look();
  for (let tries = 0; tries < 15; tries += 1) {
    await sleep(2000);
    const now = look();
    if (Math.abs(now - before) < now / 100) return now;
    before = now;
  }
  return before;
}

async function sessions() {
  return cleaned(async cleanup => {
    const guise = cleanup.keep(await startGuise(0));
    const bare = await settled(() => memory(guise.pid));
    for (let number = 0; number < SESSIONS; number += 1) cleanup.keep(await guise.api.start(LASTING));
    const browsers = await settled(() => memoryBelow(guise.pid));
    return { bare, busy: memory(guise.pid), each: browsers / SESSIONS };
  });
}

/** As many raw browsers, each with one page. */
async function raw() {
  return cleaned(async cleanup => {
    const pids = [];
    for (let number = 0; number < SESSIONS; number += 1) {
      const chromium = cleanup.keep(await startChromium());
      await (await Page.open(chromium.cdp)).evaluate('1');
      pids.push(chromium.pid);
    }
    return (await settled(() => pids.reduce((sum, pid) => sum + memory(pid) + memoryBelow(pid), 0))) / SESSIONS;
  });
}

export const title = `(e) Memory (PSS, in MB of 10^6 bytes), with ${SESSIONS} idle sessions`;

export async function run(section) {
  const { bare, busy, each } = await sessions();
  const plain = await raw();
  const perSession = (busy - bare) / SESSIONS;
  section.figure('the server without sessions', 'MB', [bare], {}, () => [['≤ 60 MB', bare, 60]]);
  section.figure(`the server with ${SESSIONS} idle sessions`, 'MB', [busy], {}, () => [['≤ 1.5 MB for each', perSession, 1.5]]);
  section.figure("one session's Chromium", 'MB', [each], { 'raw Chromium with one page': [plain] },
    () => [['≤ 1.05 × raw', each / plain, 1.05, 'ratio']]);
}
