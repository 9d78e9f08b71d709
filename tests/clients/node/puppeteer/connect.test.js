// puppeteer: connecting, leaving, coming back.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import puppeteer from 'puppeteer-core';

import { spoilt, suite } from '../support/suite.js';

const world = suite();

const connect = address => puppeteer.connect({ browserWSEndpoint: address, defaultViewport: null });

test('the first page is the page of the session', async () => {
  await world.session.execute({ type: 'goto', url: `${world.site.origin}/article` });
  const browser = await connect(world.session.cdpUrl);
  const [page] = await browser.pages();
  assert.equal(await page.title(), 'The slow letter');
  await browser.disconnect();
});

test('closing the browser only disconnects', async () => {
  const browser = await connect(world.session.cdpUrl);
  const [page] = await browser.pages();
  await page.goto(`${world.site.origin}/article`);
  await browser.close();
  assert.equal((await world.session.status()).status, 'active');
  assert.equal(await world.session.js('document.title'), 'The slow letter');
});

test('a client can connect again and again', async () => {
  for (let round = 0; round < 5; round += 1) {
    const browser = await connect(world.session.cdpUrl);
    const [page] = await browser.pages();
    await page.goto(`${world.site.origin}/table?rows=${round + 1}`);
    await browser.disconnect();
  }
  assert.equal(await world.session.js("document.querySelectorAll('tbody tr').length"), 5);
});

test('two clients at once see the same page', async () => {
  const first = await connect(world.session.cdpUrl);
  const second = await connect(world.session.cdpUrl);
  const [one] = await first.pages();
  const [two] = await second.pages();
  await one.goto(`${world.site.origin}/inputs`);
  await one.type('#text', 'from one');
  assert.equal(await two.$eval('#text', field => field.value), 'from one');
  await first.disconnect();
  assert.equal(await two.title(), 'Inputs');
  await second.disconnect();
});

test('the address is refused after stop', async () => {
  const session = await world.api.start();
  await session.stop();
  await assert.rejects(connect(session.cdpUrl));
});

test('a wrong token is refused', async () => {
  await assert.rejects(connect(spoilt(world.session.cdpUrl)));
});
