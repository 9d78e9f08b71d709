// The benchmarks of the server. usage: node bench/main.mjs [--quick] [life|pool|page|observe|relay|memory|identity|agents|extract|read] …

import { cpus } from 'node:os';

import { version } from './lib/chromium.mjs';
import { abandon } from './lib/cleanup.mjs';
import { TARGET } from './lib/programs.mjs';
import { Report } from './lib/report.mjs';
import * as agents from './sections/agents.mjs';
import * as extract from './sections/extract.mjs';
import * as identity from './sections/identity.mjs';
import * as life from './sections/life.mjs';
import * as memory from './sections/memory.mjs';
import * as observe from './sections/observe.mjs';
import * as page from './sections/page.mjs';
import * as pool from './sections/pool.mjs';
import * as read from './sections/read.mjs';
import * as relay from './sections/relay.mjs';

const SECTIONS = { life, pool, page, observe, relay, memory, identity, agents, extract, read };
/** Minutes after which the whole run is given up. */
const LONGEST = 25;

const words = process.argv.slice(2);
const quick = words.includes('--quick');
const named = words.filter(word => word !== '--quick');
const unknown = named.find(name => !(name in SECTIONS));
if (unknown) {
  console.error(`unknown: ${unknown}; there are: ${Object.keys(SECTIONS).join(', ')}`);
  process.exit(2);
}
const wanted = named.length > 0 ? named : Object.keys(SECTIONS);

/** How many rounds: all, or few when only the benchmarks themselves are tried. */
const scale = { rounds: count => (quick ? Math.max(3, Math.ceil(count / 10)) : count) };

const facts = { began: new Date().toISOString(), quick, chromium: version(), node: process.version, processors: cpus().length, processor: cpus()[0].model };
console.log(`${facts.chromium}; Node ${facts.node}; ${facts.processors} × ${facts.processor}; ${facts.began}`);
if (quick) console.log('few rounds: for trying the benchmarks, not for figures');

const late = setTimeout(() => {
  console.error(`not done after ${LONGEST} minutes`);
  abandon(1);
}, LONGEST * 60_000).unref();
process.once('SIGINT', () => abandon(130));
process.once('SIGTERM', () => abandon(143));

const report = new Report(facts);
try {
  for (const name of wanted) {
    const { title, run } = SECTIONS[name];
    await report.section(title, section => run(section, scale));
  }
} finally {
  clearTimeout(late);
  report.conclude();
  await report.write(`${TARGET}/bench/${quick ? 'quick' : 'report'}.json`);
}
