// (a) From create to the first evaluate over cdp_url: with a pool of prepared pages, and without.

import { Cdp, Page } from '../lib/cdp.mjs';
import { startChromium } from '../lib/chromium.mjs';
import { cleaned } from '../lib/cleanup.mjs';
import { startGuise } from '../lib/guise.mjs';
import { repeat, timed, within } from '../lib/time.mjs';

const OPTIONS = {
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64) GuiseBench/1.0',
  viewport_width: 1100,
  viewport_height: 700,
  extra_http_headers: { 'x-bench': 'yes' },
};

/** A session, used once: the time from create to the first answer of its page. */
async function first(api, options) {
  const [took, { session, page }] = await timed(async () => {
    const session = await api.start(options);
    const page = await Page.first(await Cdp.overWebSocket(session.cdpUrl));
    await page.evaluate('1');
    return { session, page };
  });
  try {
    if (options.user_agent) {
      const seen = await page.evaluate('[navigator.userAgent, innerWidth, innerHeight].join()');
      const wanted = [options.user_agent, options.viewport_width, options.viewport_height].join();
      if (seen !== wanted) throw new Error(`the page sees ${seen}, not ${wanted}`);
    }
  } finally {
    await page.cdp.stop();
    await session.stop();
  }
  return took;
}

/** The raw start: from the process to the first answer of a page. */
function raw() {
  return cleaned(async cleanup => {
    const [took] = await timed(async () => {
      const chromium = cleanup.keep(await startChromium());
      await (await Page.open(chromium.cdp)).evaluate('1');
    });
    return took;
  });
}

const prepared = own => [
  ['p50 ≤ 15 ms', own.p50, 15],
  ['p95 ≤ 40 ms', own.p95, 40],
];

/** Each create finds a full pool. */
async function paced(section, { rounds }) {
  await cleaned(async cleanup => {
    const guise = cleanup.keep(await startGuise(2));
    const times = [];
    const before = await guise.hits();
    await repeat({ count: rounds(60), seconds: 90 }, async () => {
      await guise.filled();
      times.push(await within(60, 'a session', first(guise.api, OPTIONS)));
    });
    section.figure('create → first evaluate, agent + viewport + header set', 'ms', times, {}, prepared);
    section.note(`pool of 2: ${(await guise.hits()) - before} of ${times.length} from the pool`);
  });
}

/** Fifty, each as soon as the one before has ended. */
async function inARow(section, pool, targets) {
  await cleaned(async cleanup => {
    const guise = cleanup.keep(await startGuise(pool));
    await guise.filled();
    const times = [];
    const before = await guise.hits();
    await repeat({ count: 50, seconds: 60 }, async () => {
      times.push(await within(60, 'a session', first(guise.api, OPTIONS)));
    });
    section.figure(`the same, 50 in a row, pool of ${pool}`, 'ms', times, {}, targets);
    section.note(`pool of ${pool}: ${(await guise.hits()) - before} of ${times.length} from the pool`);
  });
}

/** Nothing is prepared. */
async function empty(section, { rounds }) {
  await cleaned(async cleanup => {
    const guise = cleanup.keep(await startGuise(0));
    const [ours, peer] = [[], []];
    await repeat({ count: rounds(30), seconds: 90 }, async () => {
      ours.push(await within(60, 'a session', first(guise.api, {})));
      peer.push(await within(60, 'a raw start', raw()));
    });
    section.figure('create → first evaluate, pool empty', 'ms', ours, { 'raw start of the same binary → first evaluate': peer },
      (own, { 'raw start of the same binary → first evaluate': other }) => [
        ['p50 ≤ 1.15 × the raw start', own.p50 / other.p50, 1.15, 'ratio'],
      ]);
  });
}

export const title = '(a) Prepared pages: create → first evaluate over cdp_url';

export async function run(section, scale) {
  await paced(section, scale);
  await inARow(section, 50, prepared);
  await inARow(section, 10, () => []);
  await empty(section, scale);
}
