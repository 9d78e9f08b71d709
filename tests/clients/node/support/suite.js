// One server and one site for a file of tests, and a fresh session for each of them.

import { after, afterEach, before, beforeEach } from 'node:test';

import { Api } from './api.js';
import { startServer, startSite } from './server.js';

/** Registers the hooks; the object it returns is filled when tests run: `api`, `site`, `session`. */
export function suite() {
  const world = {};
  const running = [];
  before(async () => {
    world.site = await startSite();
    running.push(world.site);
    const server = await startServer();
    running.push(server);
    world.api = new Api(server);
  });
  beforeEach(async () => { world.session = await world.api.start(); });
  afterEach(async () => { await world.session.stop(); });
  after(async () => {
    for (const one of running.reverse()) await one.stop();
  });
  return world;
}

/** A CDP address with its token spoilt. */
export function spoilt(address) {
  return address.slice(0, -4) + (address.endsWith('aaaa') ? 'bbbb' : 'aaaa');
}

/** The same CDP address in the form that asks /json/version first. */
export function overHttp(address) {
  return address.replace(/^ws/, 'http');
}
