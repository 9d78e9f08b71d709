// Playwright and a WebSocket client, as the test suites of CDP clients install them.

import { createRequire } from 'node:module';

const suites = createRequire(new URL('../../tests/clients/node/package.json', import.meta.url));

export const { chromium: playwright } = suites('playwright-core');

// The one that puppeteer brings along.
export const WebSocket = createRequire(suites.resolve('puppeteer-core'))('ws');
