// (a) The life of a session: create, connect, goto, release.

import { performance } from 'node:perf_hooks';

import { Page } from '../lib/cdp.mjs';
import { launchPlaywright, startChromium } from '../lib/chromium.mjs';
import { playwright } from '../lib/clients.mjs';
import { cleaned } from '../lib/cleanup.mjs';
import { startGuise, startSite } from '../lib/guise.mjs';
import { repeat, timed, within } from '../lib/time.mjs';

const STAGES = ['create', 'connect', 'goto', 'release'];

/** One cycle through Guise: the time of each stage. */
async function cycle(api, url) {
  const marks = [performance.now()];
  const mark = () => marks.push(performance.now());
  const session = await api.start();
  mark();
  const browser = await playwright.connectOverCDP(session.cdpUrl);
  mark();
  await browser.contexts()[0].pages()[0].goto(url);
  mark();
  await session.stop();
  mark();
  await browser.close();
  return marks.slice(1).map((time, stage) => time - marks[stage]);
}

/** The same work by Playwright alone. */
function plain(url) {
  return cleaned(async cleanup => {
    const { browser } = cleanup.keep(await launchPlaywright());
    await (await browser.newPage()).goto(url);
  });
}

/**
 * What Chromium itself takes of ten cycles: browsers that have a page already go to the address at once, and nobody creates,
 * connects or releases anything.
 */
function tenNavigations(url) {
  return cleaned(async cleanup => {
    const pages = [];
    for (let number = 0; number < 10; number += 1) {
      const page = await Page.open(cleanup.keep(await startChromium()).cdp);
      await page.call('Page.enable');
      await page.evaluate('1');
      pages.push(page);
    }
    return Promise.all(pages.map(page => timed(() => page.goto(url))));
  });
}

const sum = stages => stages.reduce((a, b) => a + b);
const stage = (cycles, index) => cycles.map(stages => stages[index]);

async function oneAtATime(section, { rounds }, cleanup, url) {
  const guise = cleanup.keep(await startGuise(2));
  const [ours, peer] = [[], []];
  const before = await guise.hits();
  await repeat({ count: rounds(40), seconds: 120 }, async () => {
    // Not while a browser is being made for the next round: that would slow the peer down, too.
    await guise.filled();
    ours.push(await within(60, 'a cycle', cycle(guise.api, url)));
    await guise.filled();
    peer.push((await within(60, 'a plain launch', timed(() => plain(url))))[0]);
  });
  section.figure('create → connect → goto → release, one at a time', 'ms', ours.map(sum), { 'plain Playwright, launch → goto → close': peer },
    (own, { 'plain Playwright, launch → goto → close': other }) => [
      ['p50 ≤ 100 ms', own.p50, 100],
      ['p50 at most a quarter of the plain launch', own.p50 / other.p50, 0.25, 'ratio'],
    ]);
  STAGES.forEach((name, index) => section.figure(`  of that, ${name}`, 'ms', stage(ours, index)));
  section.note(`pool of 2: ${(await guise.hits()) - before} of ${ours.length} sessions came from it; all succeeded`);
}

async function tenAtOnce(section, { rounds }, cleanup, url) {
  const guise = cleanup.keep(await startGuise(10));
  const ten = work => Promise.all(Array.from({ length: 10 }, work));
  const [ours, peer, alone] = [[], [], []];
  const before = await guise.hits();
  await repeat({ count: rounds(8), seconds: 150 }, async () => {
    await guise.filled();
    ours.push(...await within(60, 'ten cycles', ten(() => cycle(guise.api, url))));
    await guise.filled();
    peer.push(...(await within(120, 'ten plain launches', ten(() => timed(() => plain(url))))).map(([ms]) => ms));
    alone.push(...(await within(120, 'ten navigations', tenNavigations(url))).map(([ms]) => ms));
  });
  section.figure('the same, ten at once (pool of 10)', 'ms', ours.map(sum),
    { 'plain Playwright, ten at once': peer, 'raw CDP, goto alone, ten at once': alone }, own => [['p95 ≤ 400 ms', own.p95, 400]]);
  STAGES.forEach((name, index) => section.figure(`  of that, ${name}`, 'ms', stage(ours, index)));
  section.note(`pool of 10: ${(await guise.hits()) - before} of ${ours.length} sessions came from it; all succeeded`);
}

export const title = '(a) Life cycle, beside plain Playwright launching the same Chromium';

export async function run(section, scale) {
  await cleaned(async cleanup => {
    const site = cleanup.keep(await startSite());
    // A small page: what is measured is the session, not the page.
    const url = `${site.origin}/login`;
    await cleaned(inner => oneAtATime(section, scale, inner, url));
    await cleaned(inner => tenAtOnce(section, scale, inner, url));
  });
}
