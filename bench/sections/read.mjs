// (h) Reading pages in one call, in a browser and by HTTP.

import { performance } from 'node:perf_hooks';

import { Page } from '../lib/cdp.mjs';
import { startChromium } from '../lib/chromium.mjs';
import { cleaned } from '../lib/cleanup.mjs';
import { startGuise, startSite } from '../lib/guise.mjs';
import { ARTICLE_BENCHMARK, measured } from '../lib/programs.mjs';
import { repeat, timed, within } from '../lib/time.mjs';

const NEWS = '/news?paragraphs=40';

/** A page that is opened for one document, as whoever has only a browser would. */
async function raw(cdp, url) {
  const page = await Page.open(cdp);
  await page.call('Page.enable');
  await page.goto(url);
  const html = await page.evaluate('document.documentElement.outerHTML');
  await page.call('Page.close');
  return html;
}

/** The same in a context of its own, as whoever reads for others would. */
async function apart(cdp, url) {
  const { browserContextId } = await cdp.call('Target.createBrowserContext');
  const page = await Page.open(cdp, { browserContextId });
  await page.call('Page.enable');
  await page.goto(url);
  const html = await page.evaluate('document.documentElement.outerHTML');
  await cdp.call('Target.disposeBrowserContext', { browserContextId });
  return html;
}

/** Reads `count` pages, `together` at a time; answers what each took, how many failed, and pages a second. */
async function many(count, together, read) {
  const samples = [];
  let [failed, left] = [0, count];
  const begun = performance.now();
  const work = async () => {
    while (left-- > 0) {
      try {
        samples.push((await timed(read))[0]);
      } catch (error) {
        failed += 1;
        console.error(`   ${error.message}`.slice(0, 200));
      }
    }
  };
  await Promise.all(Array.from({ length: together }, work));
  return { samples, failed, rate: samples.length / ((performance.now() - begun) / 1000) };
}

export const title = '(h) Pages in one call';

export async function run(section, { rounds }) {
  await cleaned(async cleanup => {
    const site = cleanup.keep(await startSite());
    const guise = cleanup.keep(await startGuise(4, { GUISE_SLOTS: '12', GUISE_FETCH_PER_HOST_PER_SECOND: '0', GUISE_FETCH_PER_HOST_AT_ONCE: '8' }));
    const chromium = cleanup.keep(await startChromium());
    const url = site.origin + NEWS;
    const read = by => () => within(60, `scrape by ${by}`, guise.api.call('POST', '/scrape', { url, only_main_content: true, read_by: by }));
    for (const by of ['browser', 'http']) {
      const { markdown } = await read(by)();
      if (!markdown.includes('Engineers found soft ground')) throw new Error(`by ${by}: ${markdown.slice(0, 200)}`);
    }
    await guise.filled();

    const [ours, theirs] = [[], []];
    await repeat({ count: rounds(30) + 1, seconds: 60 }, async round => {
      const [own] = await timed(read('browser'));
      await guise.filled();
      const [other] = await timed(() => raw(chromium.cdp, url));
      if (round > 0) (ours.push(own), theirs.push(other));
    });
    section.figure('a news page by a browser, scraped in one call', 'ms', ours, { 'raw: a new tab, load, outerHTML, close': theirs },
      (own, { 'raw: a new tab, load, outerHTML, close': other }) => [['p50 ≤ 0.9 × raw', own.p50 / other.p50, 0.9, 'ratio']]);

    const rawTen = await many(rounds(100), 10, () => apart(chromium.cdp, url));
    const ten = await many(rounds(100), 10, read('browser'));
    section.figure(`ten at once by browsers, ${ten.rate.toFixed(1)} pages a second`, 'ms', ten.samples, { [`raw: contexts in one browser, ${rawTen.rate.toFixed(1)} pages a second`]: rawTen.samples }, () => [
      ['≥ 8 pages a second (seconds a page)', 1 / ten.rate, 1 / 8],
      ['time a page ≤ 1.09 × raw', rawTen.rate / ten.rate, 1.09, 'ratio'],
      ['none fails', ten.failed, 0, 'ratio'],
    ]);
    const forty = await many(Math.max(40, rounds(80)), 40, read('browser'));
    section.figure('forty at once by browsers', 'ms', forty.samples, {}, () => [['none fails', forty.failed, 0, 'ratio']]);
    // What extraction alone would read of this page on one core.
    const { megabytes_per_core_second: megabytes } = await measured(ARTICLE_BENCHMARK, ['json']);
    const wanted = (megabytes * 1e6) / (await (await fetch(url)).arrayBuffer()).byteLength;
    const plain = await many(rounds(2000), 8, read('http'));
    section.figure(`by HTTP, eight at once, ${plain.rate.toFixed(0)} pages a second`, 'ms', plain.samples, {}, () => [
      [`${wanted.toFixed(0)} pages a second, as extraction reads on one core (ratio)`, wanted / plain.rate, 1, 'ratio'],
      ['none fails', plain.failed, 0, 'ratio'],
    ]);
  });
}
