// puppeteer: using the page as usual, and what it may not do.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import puppeteer from 'puppeteer-core';

import { eventually } from '../support/api.js';
import { suite } from '../support/suite.js';

const world = suite();
let browser;
let page;

beforeEach(async () => {
  browser = await puppeteer.connect({ browserWSEndpoint: world.session.cdpUrl, defaultViewport: null });
  [page] = await browser.pages();
});
afterEach(async () => { await browser.disconnect(); });

test('login by form', async () => {
  await page.goto(`${world.site.origin}/login`);
  await page.type('#username', 'ada');
  await page.type('#password', 'engine-1843');
  await Promise.all([page.waitForNavigation(), page.click('#submit')]);
  assert.equal(await page.$eval('h1', heading => heading.textContent), 'Welcome, ada');
});

test('a new page is a tab of the session', async () => {
  const second = await browser.newPage();
  await second.goto(`${world.site.origin}/inputs`);
  const { tabs } = await world.session.debug();
  assert.ok(tabs.some(tab => tab.metadata.url.endsWith('/inputs')));
  await second.close();
  await eventually(async () => (await world.session.debug()).tabs.length, count => count === 1);
});

test('a pop-up arrives', async () => {
  await page.goto(`${world.site.origin}/popups`);
  const arrived = new Promise(resolve => page.once('popup', resolve));
  await page.click('#open');
  const popup = await arrived;
  await eventually(() => popup.url(), url => url.endsWith('/article'));
});

test('frames of every origin can be used', async () => {
  await page.goto(`${world.site.origin}/frames`);
  for (const name of ['same', 'other', 'nest-3', 'nest-2', 'nest-1']) {
    const place = name.startsWith('nest') ? `depth=${name.at(-1)}` : `name=${name}`;
    const frame = await eventually(() => page.frames().find(one => one.url().endsWith(place)));
    await (await frame.waitForSelector('#button')).click();
    await eventually(() => page.evaluate(() => window.__reports.at(-1)?.frame), seen => seen === name);
  }
});

test('a file of the machine cannot be put into a file input', async () => {
  await page.goto(`${world.site.origin}/upload`);
  const input = await page.$('#single');
  await assert.rejects(input.uploadFile('/etc/hostname'));
  assert.equal(await page.$eval('#single', field => field.files.length), 0);
});

test('local schemes cannot be opened', async () => {
  for (const address of ['file:///etc/passwd', 'chrome://version', 'devtools://devtools/bundled/inspector.html']) {
    await assert.rejects(page.goto(address), address);
  }
});

test('large answers pass', async () => {
  const text = await page.evaluate(() => 'x'.repeat(20 << 20));
  assert.equal(text.length, 20 << 20);
});
