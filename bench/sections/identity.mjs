// (f) Personas, mail and credentials, on both databases.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { cleaned } from '../lib/cleanup.mjs';
import { startGuise } from '../lib/guise.mjs';
import { IDENTITY_COST, KEYRING_COST, measured } from '../lib/programs.mjs';

const PERSONAS = 100_000;
/** Whoever asks at once. */
const CALLERS = 4;
/** Fewer than a server lets come from one address. */
const SENDERS = 8;
/** Mails of one run come to so many personas. */
const RECIPIENTS = 20;

/** The databases, each as its address is made from a server's data folder. */
async function databases() {
  const cluster = process.env.GUISE_TEST_POSTGRES;
  if (!cluster) throw new Error('GUISE_TEST_POSTGRES is not set: scripts/bench.sh sets it');
  const schema = `bench_${Date.now()}`;
  await measured(IDENTITY_COST, ['schema', cluster, schema]);
  const postgres = `${cluster}${cluster.includes('?') ? '&' : '?'}options[search_path]=${schema}`;
  return [
    { name: 'SQLite', settings: {}, address: data => `sqlite:${data}/guise.db` },
    { name: 'PostgreSQL', settings: { GUISE_DATABASE_URL: postgres }, address: () => postgres },
  ];
}

/** The endpoint that does nothing but ask the same database. */
async function startBare(address) {
  const child = spawn(IDENTITY_COST, ['bare', address], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { url } = JSON.parse(line);
  return {
    url,
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

/** The middle one of several summaries by a member. */
const middle = (runs, member) => [...runs].sort((a, b) => a[member] - b[member])[Math.floor(runs.length / 2)];

async function lists(section, guise, cost, address, name, rounds) {
  await measured(IDENTITY_COST, ['fill', address, String(PERSONAS)]);
  await cleaned(async cleanup => {
    const bare = cleanup.keep(await startBare(address));
    const runs = { own: [], bare: [] };
    const urls = { own: new URL('/personas?page_size=10', guise.api.url).href, bare: bare.url };
    for (let round = 0; round < 5; round += 1) {
      for (const [who, url] of Object.entries(urls)) {
        runs[who].push(await cost(['load', url, String(rounds(8_000)), String(CALLERS)]));
      }
    }
    const [own, peer] = [middle(runs.own, 'rate'), middle(runs.bare, 'rate')];
    section.figure(`${name}: a list of 10 of ${PERSONAS} personas, ${CALLERS} callers`, 'ms', own, { 'bare axum, same database': peer },
      () => [['p99 ≤ 5 ms', own.p99, 5], ['half of bare axum\'s requests a second, or more', peer.rate / own.rate / 2, 1, 'ratio']]);
    section.note(`${Math.round(own.rate)} requests a second beside ${Math.round(peer.rate)}`);
  });
}

async function mails(section, guise, cost, name, rounds) {
  const server = await guise.mail();
  const personas = [];
  for (let number = 0; number < RECIPIENTS; number += 1) personas.push(await guise.api.call('POST', '/personas/create', {}));
  const to = personas.map(persona => persona.email).join(',');
  const taken = await cost(['mail', server, to, String(rounds(6_400)), String(SENDERS)]);
  section.figure(`${name}: from MAIL to 250, ${SENDERS} senders, kept on the disk`, 'ms', taken, {},
    () => [['300 mails a second or more', 300 / taken.rate, 1]]);
  section.note(`${Math.round(taken.rate)} mails a second`);

  const { persona_id: id, email } = await guise.api.call('POST', '/personas/create', {});
  const url = new URL(`/personas/${id}/emails`, guise.api.url).href;
  const { asked, woken } = await cost(['readable', server, email, url, String(rounds(300))]);
  section.figure(`${name}: from 250 to the code in an answer`, 'ms', asked, {}, () => [['p95 ≤ 100 ms', asked.p95, 100]]);
  section.figure(`${name}: the same, for who has been waiting`, 'ms', woken, {}, () => [['p95 ≤ 100 ms', woken.p95, 100]]);
}

async function reveals(section, guise, cost, name, rounds) {
  const { vault_id: vault } = await guise.api.call('POST', '/vaults/create', {});
  const credentials = { username: 'joe', password: 'correct horse battery staple' };
  await guise.api.call('POST', `/vaults/${vault}/credentials`, { url: 'https://shop.example', credentials });
  const url = new URL(`/vaults/${vault}/credentials?url=https://shop.example`, guise.api.url).href;
  // A key may have no more of them in a minute.
  const revealed = await cost(['load', url, '50', '1']);
  section.figure(`${name}: a credential revealed over HTTP, its audit row on the disk first`, 'ms', revealed);
}

export const title = '(f) Personas, mail, credentials';

export async function run(section, { rounds }) {
  const { open } = await measured(KEYRING_COST, ['--values', String(rounds(10_000))]);
  const opened = { runs: 20_000, p50: open.with_reading_p50_us / 1000, p95: open.with_reading_p95_us / 1000, p99: open.with_reading_p99_us / 1000 };
  section.figure('one credential read from SQLite and opened', 'ms', opened, {}, () => [['p99 ≤ 1 ms', opened.p99, 1]]);

  for (const { name, settings, address } of await databases()) {
    await cleaned(async cleanup => {
      const guise = cleanup.keep(await startGuise(0, settings));
      // The tenant's defaults are made with the first list.
      await guise.api.call('GET', '/personas');
      const cost = words => measured(IDENTITY_COST, words, { IDENTITY_COST_KEY: guise.api.key });
      await mails(section, guise, cost, name, rounds);
      await reveals(section, guise, cost, name, rounds);
      await lists(section, guise, cost, address(guise.data), name, rounds);
    });
  }
}
