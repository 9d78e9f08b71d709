// (c) Perception, beside Playwright's ariaSnapshot, the full accessibility tree and browser-use's state of the page.

import { performance } from 'node:perf_hooks';

import { startBrowserUse } from '../lib/browser_use.mjs';
import { Page } from '../lib/cdp.mjs';
import { cleaned } from '../lib/cleanup.mjs';
import { summary, tokens } from '../lib/statistics.mjs';
import { repeat, timed, within } from '../lib/time.mjs';
import { LASTING } from '../lib/guise.mjs';
import { three } from './page.mjs';

/** A document of some 10 MB. */
const TEN_MEGABYTES = '/table?rows=34000';
const PAGES = ['/login', '/shop', '/inputs', '/article', '/frames', '/shadow', '/table?rows=500', '/table?rows=2000',
  '/table?rows=20000', TEN_MEGABYTES];
/** What the pass may take at the 95th percentile, in ms. */
const SLOWEST = { '/table?rows=2000': 50, '/table?rows=20000': 250 };

/** Seconds that a peer may take for one look: tens of thousands of rows take Playwright half a minute. */
const PATIENCE = 120;

/** What a page holds for Playwright: `ariaSnapshot` stops at frames, so it is asked of each. */
const snapshots = page => Promise.all(page.frames().map(frame => frame.locator('body').ariaSnapshot({ timeout: PATIENCE * 1000 })));

/** Seconds that the slow peers get on one page; then ours and the raw capture go on alone. */
const SLOW = 20;

async function measure(count, { site, session, playwright, raw, tab, browserUse, goto }, path) {
  await goto(path);
  await tab.goto(site.origin + path);
  await tab.call('Accessibility.enable');
  const samples = { pass: [], picture: [], whole: [], snapshot: [], tree: [], capture: [] };
  let [elements, described, snapshot] = [0, '', null];
  const begun = performance.now();
  await repeat({ count, seconds: 60 }, async round => {
    const [whole, { observation, timing }] = await within(60, 'observe', timed(() => session.observe()));
    const [capture] = await timed(() => raw.jpeg());
    const taken = { whole, pass: timing.perception, picture: timing.screenshot, capture };
    if (round < 2 || performance.now() - begun < SLOW * 1000) {
      [taken.snapshot, snapshot] = await within(PATIENCE, 'ariaSnapshot', timed(() => snapshots(playwright)));
      [taken.tree] = await within(PATIENCE, 'getFullAXTree', timed(() => tab.call('Accessibility.getFullAXTree')));
    }
    if (timing.perception === undefined) throw new Error('the answer has no server-timing with perception');
    elements = observation.space.interaction_actions.length;
    described = observation.space.description;
    // The first round is for what is made on first use.
    if (round === 0) return;
    for (const [name, took] of Object.entries(taken)) samples[name].push(took);
  });
  await tab.call('Accessibility.disable');
  const state = await browserUse.state(site.origin + path, Math.min(count, 10), SLOW);
  samples.browserUse = state.ms;
  return { samples, elements, size: [tokens(described.length)], peers: [tokens(snapshot.join('\n').length)], stated: [tokens(state.characters)] };
}

/** What is told of a page after a click, to whoever saw it before. */
async function changes(count, { session, goto }, path, selector) {
  await goto(path);
  let { observation } = await session.observe();
  const told = [];
  await repeat({ count, seconds: 30 }, async () => {
    await session.execute({ type: 'click', selector });
    ({ observation } = await session.observe({ since: 'last' }));
    if (!observation.changes) throw new Error('the answer tells no changes');
    told.push(tokens(observation.space.description.length));
  });
  return told;
}

export const title = '(c) Observe';

export async function run(section, { rounds }) {
  await cleaned(async cleanup => {
    const stage = await three(cleanup);
    // In a tab of its own, because an accessibility tree that is kept makes everything else slower.
    stage.tab = await Page.open(stage.chromium.cdp);
    await stage.tab.call('Page.enable');
    const other = cleanup.keep(await stage.guise.api.start(LASTING));
    stage.browserUse = cleanup.keep(await startBrowserUse(other.cdpUrl));
    const passes = [];
    for (const path of PAGES) {
      const { samples, elements, size, peers, stated } = await measure(rounds(30), stage, path);
      passes.push(summary(samples.pass).p50);
      section.figure(`${path}: the pass (${elements} elements listed)`, 'ms', samples.pass,
        { "Playwright's ariaSnapshot": samples.snapshot, 'Accessibility.getFullAXTree': samples.tree, "browser-use's state": samples.browserUse },
        (own, { "Playwright's ariaSnapshot": other }) => [
          ['p50 ≤ 10 ms', own.p50, 10],
          ['p50 ≤ 0.3 × ariaSnapshot', own.p50 / other.p50, 0.3, 'ratio'],
          ...(path in SLOWEST ? [[`p95 ≤ ${SLOWEST[path]} ms`, own.p95, SLOWEST[path]]] : []),
        ]);
      section.figure(`${path}: the description`, 'tokens', size, { "Playwright's ariaSnapshot": peers, "browser-use's state": stated }, own => [['≤ 2,000 tokens', own.max, 2000]]);
      section.figure(`${path}: the whole answer`, 'ms', samples.whole,
        { 'its screenshot': samples.picture, 'one raw JPEG capture': samples.capture },
        (own, { 'one raw JPEG capture': capture }) => [
          ['p50 ≤ the pass + 1.2 × one raw capture', own.p50 / (summary(samples.pass).p50 + 1.2 * capture.p50), 1, 'ratio'],
        ]);
    }
    for (const [path, selector] of [['/table?rows=2000', 'css=button[data-row="3"]'], ['/shop', 'css=button >> nth=0']]) {
      const told = await changes(Math.min(rounds(30), 10), stage, path, selector);
      section.figure(`${path}: what is told after a click`, 'tokens', told, {}, own => [['≤ 300 tokens', own.max, 300]]);
    }
    section.figure('the pass, medians of all pages', 'ms', passes);
  });
}
