// Playwright: connecting, leaving, coming back.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { chromium } from 'playwright-core';

import { overHttp, spoilt, suite } from '../support/suite.js';

const world = suite();

test('the first page of the first context is the page of the session', async () => {
  await world.session.execute({ type: 'goto', url: `${world.site.origin}/article` });
  const browser = await chromium.connectOverCDP(world.session.cdpUrl);
  assert.equal(browser.contexts().length, 1);
  assert.equal(await browser.contexts()[0].pages()[0].title(), 'The slow letter');
  await browser.close();
});

test('the http form of the address works as well', async () => {
  const browser = await chromium.connectOverCDP(overHttp(world.session.cdpUrl));
  const [page] = browser.contexts()[0].pages();
  await page.goto(`${world.site.origin}/article`);
  assert.equal(await world.session.js('document.title'), 'The slow letter');
  await browser.close();
});

test('closing the browser only disconnects', async () => {
  const browser = await chromium.connectOverCDP(world.session.cdpUrl);
  await browser.contexts()[0].pages()[0].goto(`${world.site.origin}/article`);
  await browser.close();
  assert.equal((await world.session.status()).status, 'active');
  assert.equal(await world.session.js('document.title'), 'The slow letter');
});

test('a client can connect again and again', async () => {
  for (let round = 0; round < 5; round += 1) {
    const browser = await chromium.connectOverCDP(world.session.cdpUrl);
    await browser.contexts()[0].pages()[0].goto(`${world.site.origin}/table?rows=${round + 1}`);
    await browser.close();
  }
  assert.equal(await world.session.js("document.querySelectorAll('tbody tr').length"), 5);
});

test('two clients at once see the same page and do not disturb each other', async () => {
  const [first, second] = await Promise.all([
    chromium.connectOverCDP(world.session.cdpUrl),
    chromium.connectOverCDP(world.session.cdpUrl),
  ]);
  const [one] = first.contexts()[0].pages();
  const [two] = second.contexts()[0].pages();
  await one.goto(`${world.site.origin}/inputs`);
  await two.waitForURL('**/inputs');
  // In turn: both type into the one element that has the focus of the page that they share.
  await one.fill('#text', 'from one');
  await two.fill('#textarea', 'from two');
  assert.equal(await two.inputValue('#text'), 'from one');
  assert.equal(await one.inputValue('#textarea'), 'from two');
  await first.close();
  assert.equal(await two.inputValue('#text'), 'from one');
  await second.close();
});

test('the HTTP API works on the same page meanwhile', async () => {
  const browser = await chromium.connectOverCDP(world.session.cdpUrl);
  const [page] = browser.contexts()[0].pages();
  await world.session.execute({ type: 'goto', url: `${world.site.origin}/inputs` });
  await page.waitForURL('**/inputs');
  await page.fill('#text', 'by Playwright');
  await world.session.execute({ type: 'fill', selector: '#textarea', value: 'by the API' });
  assert.equal(await world.session.js("document.querySelector('#text').value"), 'by Playwright');
  assert.equal(await page.inputValue('#textarea'), 'by the API');
  await browser.close();
});

test('the address is refused after stop', async () => {
  const session = await world.api.start();
  await session.stop();
  await assert.rejects(chromium.connectOverCDP(session.cdpUrl));
  await assert.rejects(chromium.connectOverCDP(overHttp(session.cdpUrl)));
});

test('a connected client notices the end of the session', async () => {
  const session = await world.api.start();
  const browser = await chromium.connectOverCDP(session.cdpUrl);
  const gone = new Promise(resolve => browser.once('disconnected', resolve));
  await session.stop();
  await gone;
  assert.equal(browser.isConnected(), false);
});

test('a wrong token is refused in both forms', async () => {
  const wrong = spoilt(world.session.cdpUrl);
  await assert.rejects(chromium.connectOverCDP(wrong));
  await assert.rejects(chromium.connectOverCDP(overHttp(wrong)));
});
