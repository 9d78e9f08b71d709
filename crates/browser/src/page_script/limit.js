// Whoever sends a command waits for its answer until a limit, in milliseconds since the epoch. A page that was busy comes to
// it later, when its caller has already told that nothing was done; so nothing is done then.

/** Fails with kind `late` once nobody waits any more. */
const inTime = (limit) => {
  if (Date.now() >= limit) throw new Failure('late', 'the time was up before the page came to it');
};
