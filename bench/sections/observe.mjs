// (c) Perception, beside Playwright's ariaSnapshot, the full accessibility tree and browser-use's state of the page.

import { performance } from 'node:perf_hooks';

import { startBrowserUse } from '../lib/browser_use.mjs';
import { Page } from '../lib/cdp.mjs';
import { cleaned } from '../lib/cleanup.mjs';
import { summary, tokens } from '../lib/statistics.mjs';
import { Late, repeat, sometime, timed, within } from '../lib/time.mjs';
import { LASTING } from '../lib/guise.mjs';
import { three } from './page.mjs';

/** A document of some 10 MB. */
const TEN_MEGABYTES = '/table?rows=34000';
/** Pages of a size that real ones have: the median of their medians has an aim. */
const REAL_SIZED = ['/login', '/shop', '/inputs', '/article', '/frames', '/shadow', '/table?rows=500'];
const PAGES = [...REAL_SIZED, '/table?rows=2000', '/table?rows=20000', TEN_MEGABYTES];
/** What the pass may take at the 95th percentile, in ms. */
const SLOWEST = { '/table?rows=2000': 50, '/table?rows=20000': 250 };

/** Seconds after which a peer's look is given up; it counts as that long. Tens of thousands of rows take peers minutes. */
const PATIENCE = 30;

/** What a page holds for Playwright: `ariaSnapshot` stops at frames, so it is asked of each. */
const snapshots = page => Promise.all(page.frames().map(frame => frame.locator('body').ariaSnapshot({ timeout: 0 })));

/** The tab of the accessibility trees: one of its own, because a tree that is kept makes everything else slower. */
async function openTab(stage) {
  stage.tab = await Page.open(stage.chromium.cdp);
  await stage.tab.call('Page.enable');
}

/** The peers that look at a page of their own, and how they get another one when theirs is still busy. */
const PEERS = {
  snapshot: {
    look: stage => snapshots(stage.playwright),
    async renew(stage) {
      const browser = stage.playwright.context().browser();
      const viewport = stage.playwright.viewportSize();
      await stage.playwright.close();
      stage.playwright = await browser.newPage({ viewport });
    },
  },
  tree: {
    look: stage => stage.tab.call('Accessibility.getFullAXTree'),
    async renew(stage) {
      await stage.tab.call('Page.close');
      await openTab(stage);
    },
  },
};

/** What one look of a peer takes, and what it sees: nothing where it is given up. */
async function looked(stage, { look, renew }) {
  try {
    return await within(PATIENCE, 'a look', timed(() => look(stage)));
  } catch (error) {
    if (!(error instanceof Late)) throw error;
    await renew(stage);
    return [PATIENCE * 1000, null];
  }
}

/** Seconds that the slow peers get on one page; then ours and the raw capture go on alone. */
const SLOW = 20;

async function measure(count, stage, path) {
  const { site, session, raw, browserUse, goto } = stage;
  await goto(path);
  await stage.tab.goto(site.origin + path);
  await stage.tab.call('Accessibility.enable');
  const samples = { pass: [], picture: [], whole: [], snapshot: [], tree: [], capture: [] };
  let [elements, described, snapshot] = [0, '', null];
  const patient = new Set(Object.keys(PEERS));
  const begun = performance.now();
  await repeat({ count, seconds: 180 }, async round => {
    await sometime();
    const [whole, { observation, timing }] = await within(60, 'observe', timed(() => session.observe()));
    await sometime();
    const [capture] = await timed(() => raw.jpeg());
    const taken = { whole, pass: timing.perception, picture: timing.screenshot, capture };
    if (round < 2 || performance.now() - begun < SLOW * 1000) {
      for (const name of patient) {
        const [took, seen] = await looked(stage, PEERS[name]);
        if (seen === null) {
          patient.delete(name);
          samples[name] = [took];
          continue;
        }
        taken[name] = took;
        if (name === 'snapshot') snapshot = seen;
      }
    }
    if (timing.perception === undefined) throw new Error('the answer has no server-timing with perception');
    elements = observation.space.interaction_actions.length;
    described = observation.space.description;
    // The first round is for what is made on first use.
    if (round === 0) return;
    for (const [name, took] of Object.entries(taken)) samples[name].push(took);
  });
  await stage.tab.call('Accessibility.disable');
  const state = await browserUse.state(site.origin + path, Math.min(count, 10), SLOW, PATIENCE);
  samples.browserUse = state.ms;
  return { samples, elements, size: [tokens(described.length)], peers: snapshot && [tokens(snapshot.join('\n').length)], stated: state.characters && [tokens(state.characters)] };
}

/** What is told of a page after a click, to whoever saw it before. */
async function changes(count, { session, goto }, path, selectorOf) {
  await goto(path);
  let { observation } = await session.observe();
  const told = [];
  await repeat({ count, seconds: 30 }, async round => {
    await session.execute({ type: 'click', selector: selectorOf(round) });
    ({ observation } = await session.observe({ since: 'last' }));
    if (!observation.space.changes) throw new Error('the answer tells no changes');
    told.push(tokens(observation.space.description.length));
  });
  return told;
}

export const title = '(c) Observe';

export async function run(section, { rounds }) {
  await cleaned(async cleanup => {
    const stage = await three(cleanup);
    await openTab(stage);
    const other = cleanup.keep(await stage.guise.api.start(LASTING));
    stage.browserUse = cleanup.keep(await startBrowserUse(other.cdpUrl));
    const passes = [];
    for (const path of PAGES) {
      const { samples, elements, size, peers, stated } = await measure(rounds(30), stage, path);
      if (REAL_SIZED.includes(path)) passes.push(summary(samples.pass).p50);
      section.figure(`${path}: the pass (${elements} elements listed)`, 'ms', samples.pass,
        { "Playwright's ariaSnapshot": samples.snapshot, 'Accessibility.getFullAXTree': samples.tree, "browser-use's state": samples.browserUse },
        (own, { "Playwright's ariaSnapshot": other }) => [
          ['p50 ≤ 0.3 × ariaSnapshot', own.p50 / other.p50, 0.3, 'ratio'],
          ...(path in SLOWEST ? [[`p95 ≤ ${SLOWEST[path]} ms`, own.p95, SLOWEST[path]]] : []),
        ]);
      section.figure(`${path}: the description`, 'tokens', size, { ...(peers && { "Playwright's ariaSnapshot": peers }), ...(stated && { "browser-use's state": stated }) }, own => [['≤ 2,000 tokens', own.max, 2000]]);
      section.figure(`${path}: the whole answer`, 'ms', samples.whole,
        { 'its screenshot': samples.picture, 'one raw JPEG capture': samples.capture },
        (own, { 'one raw JPEG capture': capture }) => [
          ['p50 ≤ the pass + 1.2 × one raw capture', own.p50 / (summary(samples.pass).p50 + 1.2 * capture.p50), 1, 'ratio'],
        ]);
    }
    for (const [path, selectorOf] of [['/table?rows=2000', round => `css=button[data-row="${1 + round}"]`], ['/inputs', () => 'css=input[type=checkbox] >> nth=0']]) {
      const told = await changes(Math.min(rounds(30), 10), stage, path, selectorOf);
      section.figure(`${path}: what is told after a click`, 'tokens', told, {}, own => [['≤ 300 tokens', own.max, 300]]);
    }
    section.figure('the pass, medians of the pages of a real size', 'ms', passes, {}, own => [['p50 ≤ 10 ms', own.p50, 10]]);
  });
}
