// What must be ended, whatever happens: last started, first ended.

/** The scopes that are open, outermost first. */
const open = new Set();

export class Cleanup {
  #tasks = [];

  /** Keeps a running thing, which is ended by its `stop`, and gives it back. */
  keep(running) {
    this.#tasks.push(() => running.stop());
    return running;
  }

  /** Ends everything; throws the first failure once all was tried. */
  async stop() {
    const failures = [];
    for (let task = this.#tasks.pop(); task; task = this.#tasks.pop()) {
      await task().catch(error => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** Runs `work` with a cleanup of its own. */
export async function cleaned(work) {
  const cleanup = new Cleanup();
  open.add(cleanup);
  try {
    return await work(cleanup);
  } finally {
    await cleanup.stop();
    open.delete(cleanup);
  }
}

/** Ends everything that any scope keeps, then the process: for a signal, or when time is up. */
export async function abandon(code) {
  for (const cleanup of [...open].reverse()) await cleanup.stop().catch(error => console.error(error));
  process.exit(code);
}
