// Playwright: using the page as usual.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { chromium } from 'playwright-core';

import { eventually } from '../support/api.js';
import { suite } from '../support/suite.js';

const world = suite();
let browser;
let page;

beforeEach(async () => {
  browser = await chromium.connectOverCDP(world.session.cdpUrl);
  [page] = browser.contexts()[0].pages();
});
afterEach(async () => { await browser.close(); });

test('login by form', async () => {
  await page.goto(`${world.site.origin}/login`);
  await page.getByLabel('User name').fill('ada');
  await page.getByLabel('Password').fill('engine-1843');
  await page.getByLabel('Remember me').check();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Welcome, ada' }).waitFor();
  const cookies = await browser.contexts()[0].cookies();
  assert.ok(cookies.some(cookie => cookie.name === 'session' && cookie.httpOnly));
});

test('a new page is a tab of the session', async () => {
  const second = await browser.contexts()[0].newPage();
  await second.goto(`${world.site.origin}/inputs`);
  const { tabs } = await world.session.debug();
  assert.ok(tabs.some(tab => tab.metadata.url.endsWith('/inputs')));
  await second.close();
  await eventually(async () => (await world.session.debug()).tabs.length, count => count === 1);
});

test('a pop-up arrives', async () => {
  await page.goto(`${world.site.origin}/popups`);
  const arrived = page.waitForEvent('popup');
  await page.click('#open');
  const popup = await arrived;
  await popup.waitForURL('**/article');
  assert.equal(await popup.title(), 'The slow letter');
});

test('frames of every origin can be used', async () => {
  await page.goto(`${world.site.origin}/frames`);
  for (const name of ['same', 'other', 'nest-3', 'nest-2', 'nest-1']) {
    const frame = await eventually(() => page.frame({ name }));
    await frame.click('#button');
  }
  const frames = await page.evaluate(() => window.__reports.map(report => report.frame));
  assert.deepEqual(frames, ['same', 'other', 'nest-3', 'nest-2', 'nest-1']);
});

test('dialogs are answered by whoever listens', async () => {
  await page.goto(`${world.site.origin}/dialogs`);
  page.once('dialog', dialog => dialog.accept('Ines'));
  await page.click('#prompt');
  assert.equal(await page.textContent('#result'), 'prompt: Ines');
});

test('a download does not break the page, and the session keeps it', async () => {
  await page.goto(`${world.site.origin}/download`);
  await page.click('#attachment');
  await eventually(
    async () => (await world.api.call('GET', `/storage/${world.session.id}/downloads`)).files.map(file => file.name),
    names => names.some(name => name.endsWith('report.csv')),
  );
  assert.equal(await page.title(), 'Downloads');
});

test('files by content can be chosen', async () => {
  await page.goto(`${world.site.origin}/upload`);
  await page.setInputFiles('#single', { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('small') });
  await page.click('#form button');
  const received = JSON.parse(await page.textContent('#result'));
  assert.equal(received.files[0].name, 'note.txt');
  assert.equal(received.files[0].size, 5);
});

test('requests can be intercepted', async () => {
  await page.route('**/article', route => route.fulfill({ contentType: 'text/html', body: '<title>Replaced</title>' }));
  await page.goto(`${world.site.origin}/article`);
  assert.equal(await page.title(), 'Replaced');
  await page.unrouteAll();
});

test('screenshots and large answers pass', async () => {
  await page.goto(`${world.site.origin}/table?rows=2000`);
  const picture = await page.screenshot({ fullPage: true });
  assert.deepEqual([...picture.subarray(1, 4)], [...Buffer.from('PNG')]);
  const text = await page.evaluate(() => 'x'.repeat(20 << 20));
  assert.equal(text.length, 20 << 20);
});
