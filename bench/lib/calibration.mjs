// How fast the machine is right now: a fixed amount of arithmetic, timed.

import { performance } from 'node:perf_hooks';

import { summary } from './statistics.mjs';

/** What the loop usually takes on the machine that the absolute targets were set for, in milliseconds. */
export const USUAL = 45;
/** An absolute target counts only when the loop is no further than this from its usual time. */
export const TOLERANCE = 0.15;

const STEPS = 22_000_000;
const TIMES = 5;

/** A generator of pseudo-random numbers: nothing in it can be left out or done in parallel. */
function loop() {
  let state = 1;
  for (let step = 0; step < STEPS; step += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  return state;
}

/** The loop's median time, in milliseconds. */
export function calibrate() {
  // The first round is the compiler's.
  if (loop() === 0) throw new Error('the generator stood still');
  const times = Array.from({ length: TIMES }, () => {
    const begun = performance.now();
    loop();
    return performance.now() - begun;
  });
  return summary(times).p50;
}

/** Whether absolute figures that were taken between these calibrations count. */
export function isUsual(...calibrations) {
  return calibrations.every(time => Math.abs(time / USUAL - 1) <= TOLERANCE);
}
