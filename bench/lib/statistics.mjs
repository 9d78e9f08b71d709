// What a list of samples comes to.

/** The value below which `share` of the sorted samples lie (nearest rank). */
function percentile(sorted, share) {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** `{ runs, p50, p95, p99, min, max }`, in the unit of the samples. */
export function summary(samples) {
  if (samples.length === 0) throw new Error('there are no samples');
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    runs: sorted.length,
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    min: sorted[0],
    max: sorted.at(-1),
  };
}

/** English text, markup and JSON have about four characters a token. */
export const tokens = characters => Math.ceil(characters / 4);
