// (d) The relay: our own client through the server's WebSocket, beside the same client on a pipe.

import { cleaned } from '../lib/cleanup.mjs';
import { startGuise } from '../lib/guise.mjs';
import { RELAY_COST, measured } from '../lib/programs.mjs';

export const title = "(d) The relay, beside the browser's own pipe";

export async function run(section, { rounds }) {
  await cleaned(async cleanup => {
    const guise = cleanup.keep(await startGuise(1));
    const session = cleanup.keep(await guise.api.start());
    await guise.filled();
    const { relay, pipe, copied, large, events } = await measured(RELAY_COST, ['--batches', String(rounds(20))], { RELAY_ADDRESS: session.cdpUrl });
    section.figure('Runtime.evaluate through the server', 'µs', relay,
      { 'the same client on the pipe': pipe, 'through a process that only copies bytes': copied },
      (own, { 'the same client on the pipe': other }) => [
        ['p50 ≤ the pipe + 60 µs or 25 %, whichever is more', own.p50 / (other.p50 + Math.max(60, other.p50 * 0.25)), 1, 'ratio'],
      ]);
    section.figure('a reply of 64 MB', 'ms', [large.relay_ms], { 'on the pipe': [large.pipe_ms] });
    section.figure(`events lost to two readers, beside one that reads nothing`, 'events', [events.lost], {},
      () => [[`none of ${events.sent} lost at ${Math.round(events.per_second)} a second`, events.lost, 0, 'ratio'],
        ['10,000 a second or more', 9_900 / events.per_second, 1, 'ratio']]);
  });
}
