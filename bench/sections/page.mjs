// (b) What is done on a page over HTTP, beside Playwright and raw CDP.

import { setTimeout as sleep } from 'node:timers/promises';

import { Page } from '../lib/cdp.mjs';
import { launchPlaywright, startChromium } from '../lib/chromium.mjs';
import { cleaned } from '../lib/cleanup.mjs';
import { LASTING, startGuise, startSite } from '../lib/guise.mjs';
import { processorTime } from '../lib/processes.mjs';
import { inTurns, sometime } from '../lib/time.mjs';

const VIEWPORT = { width: 1280, height: 720 };

/** The same page three times: ours, Playwright's, raw. */
export async function three(cleanup) {
  const site = cleanup.keep(await startSite());
  const guise = cleanup.keep(await startGuise(1));
  const session = cleanup.keep(await guise.api.start({
    viewport_width: VIEWPORT.width, viewport_height: VIEWPORT.height, screenshot_type: 'raw', ...LASTING,
  }));
  const { browser } = cleanup.keep(await launchPlaywright());
  const playwright = await browser.newPage({ viewport: VIEWPORT });
  const chromium = cleanup.keep(await startChromium());
  const raw = await Page.open(chromium.cdp);
  await raw.call('Page.enable');
  await raw.call('Emulation.setDeviceMetricsOverride', { ...VIEWPORT, deviceScaleFactor: 1, mobile: false });
  await guise.filled();
  const stage = { site, guise, session, playwright, chromium, raw };
  stage.goto = async path => {
    const url = site.origin + path;
    await session.execute({ type: 'goto', url });
    await stage.playwright.goto(url);
    await raw.goto(url);
  };
  return stage;
}

/** Ten rounds of one way, then ten of the next. */
const compare = (count, ways) => inTurns({ count, seconds: 45, turn: 10 }, ways);
/** One round of each way after the other, at any moment between two frames. */
const alternate = (count, ways) => inTurns({ count, seconds: 45, turn: 1, pause: sometime }, ways);

async function click(section, count, { session, playwright, raw, goto }) {
  await goto('/table?rows=20');
  const { observation } = await session.observe();
  const listed = observation.space.interaction_actions;
  const selector = row => `button[data-row="${row}"]`;
  const row = round => 1 + (round % 8);
  const shown = '#last';
  const button = number => {
    const found = listed.find(action => action.text_label === `Open ${number}`);
    if (!found) throw new Error(`no button "Open ${number}" is listed`);
    return found.id;
  };
  const { samples, last: lastRound } = await compare(count, {
    'by id': round => session.execute({ type: 'click', id: button(row(round)) }),
    'by selector': round => session.execute({ type: 'click', selector: `css=${selector(row(round + 1))}` }),
    Playwright: round => playwright.click(selector(row(round))),
    'raw CDP, unchecked': round => raw.click(selector(row(round))),
  });
  const last = row(lastRound);
  const seen = await playwright.textContent(shown);
  const ours = (await session.execute({ type: 'evaluate_js', code: `document.querySelector('${shown}').textContent` })).data.markdown;
  if (seen !== String(last) || Number(ours) !== row(last)) throw new Error(`wrong clicks: ${seen} and ${ours} after ${last}`);
  const { 'by id': byId, 'by selector': bySelector, ...peers } = samples;
  const targets = (own, { Playwright: other }) => [
    ['p50 ≤ 8 ms', own.p50, 8],
    ['p50 ≤ 0.2 × Playwright', own.p50 / other.p50, 0.2, 'ratio'],
  ];
  section.figure('click, by the id that observe gave', 'ms', byId, peers, targets);
  section.figure('click, by selector', 'ms', bySelector, { Playwright: peers.Playwright }, targets);
}

async function fill(section, count, { session, playwright, raw, goto }) {
  await goto('/inputs');
  const text = round => `round ${round}`;
  const { samples: { ours, ...peers }, last } = await compare(count, {
    ours: round => session.execute({ type: 'fill', selector: 'css=#text', value: text(round) }),
    Playwright: round => playwright.fill('#text', text(round)),
    'raw CDP, unchecked': round => raw.fill('#text', text(round)),
  });
  const seen = (await session.execute({ type: 'evaluate_js', code: "document.querySelector('#text').value" })).data.markdown;
  if (!seen.includes(text(last))) throw new Error(`the field holds ${seen}`);
  section.figure('fill', 'ms', ours, peers, own => [['p50 ≤ 5 ms', own.p50, 5]]);
}

async function goto(section, count, { site, session, playwright, raw }) {
  for (const path of ['/login', '/shop', '/article']) {
    const url = round => `${site.origin}${path}?round=${round}`;
    const { samples: { ours, ...peers } } = await compare(count, {
      ours: round => session.execute({ type: 'goto', url: url(round) }),
      'raw CDP': round => raw.goto(url(round)),
      Playwright: round => playwright.goto(url(round)),
    });
    section.figure(`goto ${path}`, 'ms', ours, peers,
      (own, { 'raw CDP': other }) => [['p50 ≤ 1.1 × raw CDP', own.p50 / other.p50, 1.1, 'ratio']]);
  }
}

async function screenshot(section, count, { session, playwright, raw, goto }) {
  await goto('/article');
  const { samples: { ours, ...peers } } = await alternate(count, {
    ours: () => session.screenshot(),
    'raw CDP': () => raw.jpeg(),
    Playwright: () => playwright.screenshot({ type: 'jpeg', quality: 80 }),
  });
  section.figure('JPEG screenshot, 1280 × 720', 'ms', ours, peers, (own, { 'raw CDP': other }) => [
    ['p50 ≤ 1.05 × raw captureScreenshot', own.p50 / other.p50, 1.05, 'ratio'],
  ]);
}

/** What a page that never stands still costs: the price of any lever that makes screenshots faster. */
async function animated(section, { session, guise, chromium, goto }) {
  await goto('/animated');
  const seconds = 5;
  const share = async pid => {
    const before = processorTime(pid);
    await sleep(seconds * 1000);
    return ((processorTime(pid) - before) / seconds) * 100;
  };
  // Both at the same time, so that both have the same machine.
  const [own, plain] = await Promise.all([share(guise.pid), share(chromium.pid)]);
  await session.execute({ type: 'goto', url: 'about:blank' }).catch(() => {});
  section.figure('processor time with an animated page (server, too)', '% of a core', [own], { 'raw Chromium': [plain] },
    () => [['≤ 1.3 × raw', own / plain, 1.3, 'ratio']]);
}

export const title = '(b) Actions over HTTP, checks included';

export async function run(section, { rounds }) {
  await cleaned(async cleanup => {
    const stage = await three(cleanup);
    await click(section, rounds(120), stage);
    await fill(section, rounds(120), stage);
    await goto(section, rounds(60), stage);
    await screenshot(section, rounds(200), stage);
    await animated(section, stage);
  });
}
