// Timing, and loops that end.

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs `work` and gives what it took in milliseconds, with its result. */
export async function timed(work) {
  const begun = performance.now();
  const result = await work();
  return [performance.now() - begun, result];
}

/** Repeats `round` until it ran `count` times or `seconds` are over, whichever is first; at least once. */
export async function repeat({ count, seconds }, round) {
  const late = performance.now() + seconds * 1000;
  for (let number = 0; number < count && (number === 0 || performance.now() < late); number += 1) await round(number);
}

const FRAME = 1000 / 60;

/**
 * Waits for some part of a frame. A picture waits for Chromium's next one: whatever is asked for right after something else that
 * waited for a frame would meet the next always at the same moment, and take a picture's time or nearly twice that by luck.
 */
export const sometime = () => sleep(Math.random() * FRAME);

/**
 * Runs `ways` in turns of `turn` rounds each until each has `count` samples, or the time is over. Answers
 * `{ samples, last }`: the milliseconds of each, and the number of the last round. The first round of all is not counted,
 * because it pays for what is made on first use; nor is the first of a turn, which has gone cold while the others were at
 * work, unless a turn is that one round. Before each round comes `pause`.
 */
export async function inTurns({ count, seconds, turn, pause = async () => {} }, ways) {
  const samples = Object.fromEntries(Object.keys(ways).map(name => [name, []]));
  const counted = Math.max(1, turn - 1);
  let last = 0;
  await repeat({ count: Math.ceil(count / counted) + (turn === 1 ? 1 : 0), seconds }, async number => {
    for (const [name, way] of Object.entries(ways)) {
      for (let round = number * turn; round < (number + 1) * turn; round += 1) {
        await pause();
        const [took] = await within(60, name, timed(() => way(round)));
        if (turn === 1 ? round > 0 : round % turn > 0) samples[name].push(took);
        last = round;
      }
    }
  });
  return { samples, last };
}

/** Something took longer than whoever waited for it would wait. */
export class Late extends Error {}

/** Waits for `promise`, no longer than `seconds`; then it is `Late`. */
export async function within(seconds, what, promise) {
  const timer = new AbortController();
  const late = sleep(seconds * 1000, null, { signal: timer.signal }).then(
    () => { throw new Late(`${what} took more than ${seconds} s`); },
    () => {},
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}

/** Looks again and again until `good` likes what it sees. */
export async function until(what, look, good = Boolean, seconds = 60) {
  const late = performance.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (good(seen)) return seen;
    if (performance.now() > late) throw new Error(`${what}: still ${JSON.stringify(seen)} after ${seconds} s`);
    await sleep(20);
  }
}
