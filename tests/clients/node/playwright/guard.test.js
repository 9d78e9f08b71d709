// Playwright: what a CDP client may not do.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { chromium } from 'playwright-core';

import { suite } from '../support/suite.js';

const world = suite();
let browser;
let page;
let cdp;

beforeEach(async () => {
  browser = await chromium.connectOverCDP(world.session.cdpUrl);
  [page] = browser.contexts()[0].pages();
  cdp = await browser.contexts()[0].newCDPSession(page);
});
afterEach(async () => { await browser.close(); });

test('a file of the machine cannot be put into a file input', async () => {
  await page.goto(`${world.site.origin}/upload`);
  const { root } = await cdp.send('DOM.getDocument');
  const { nodeId } = await cdp.send('DOM.querySelector', { nodeId: root.nodeId, selector: '#single' });
  await assert.rejects(cdp.send('DOM.setFileInputFiles', { nodeId, files: ['/etc/passwd'] }));
  assert.equal(await page.evaluate(() => document.querySelector('#single').files.length), 0);
});

for (const address of ['file:///etc/passwd', 'chrome://version', 'devtools://devtools/bundled/inspector.html', 'view-source:file:///etc/passwd']) {
  test(`${address} cannot be opened`, async () => {
    await assert.rejects(cdp.send('Page.navigate', { url: address }));
    assert.equal(await page.evaluate(() => location.protocol), 'about:');
  });
}

test('private addresses cannot be opened', async () => {
  for (const address of ['http://169.254.169.254/', 'http://10.0.0.1/', 'http://[fd00::1]/']) {
    const answer = await page.goto(address).catch(() => null);
    assert.ok(answer === null || answer.status() >= 400, address);
  }
});

test('the server itself cannot be opened', async () => {
  const answer = await page.goto(`${world.api.url}/health`).catch(() => null);
  assert.ok(answer === null || answer.status() >= 400);
});

test('a context with a proxy of its own is refused', async () => {
  await assert.rejects(browser.newContext({ proxy: { server: 'http://127.0.0.1:9' } }));
});

test('the download folder stays as it is', async () => {
  await cdp.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: '/tmp' }).catch(() => {});
  await page.goto(`${world.site.origin}/download`);
  const result = await world.session.execute({ type: 'download_file', selector: '#attachment' });
  assert.ok(result.success, result.message);
});

test('Browser.close and Browser.crash do not reach the browser', async () => {
  for (const method of ['Browser.close', 'Browser.crash', 'Browser.crashGpuProcess']) {
    const other = await chromium.connectOverCDP(world.session.cdpUrl);
    const root = await other.newBrowserCDPSession();
    await root.send(method).catch(() => {});
    await other.close();
  }
  assert.equal(await world.session.js('1 + 1'), 2);
});
