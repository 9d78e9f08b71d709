// What must be ended, whatever happens: last started, first ended.

/** The scopes that are open, outermost first. */
const open = new Set();
/** Set once the run is given up; it never resolves, since the process ends. */
let leaving = null;

export class Cleanup {
  #tasks = [];
  #stopping = null;

  /** Keeps a running thing, which is ended by its `stop`, and gives it back. */
  keep(running) {
    this.#tasks.push(() => running.stop());
    // What was being started while everything ended goes the same way.
    if (this.#stopping) this.#stopping = this.#stopping.then(() => this.#end());
    return running;
  }

  /** Ends everything, once; throws the first failure when all was tried. */
  stop() {
    this.#stopping ??= this.#end();
    return this.#stopping;
  }

  async #end() {
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
    await leaving;
  }
}

/** Ends everything that any scope keeps, then the process: for a signal, or when time is up. */
export function abandon(code) {
  leaving ??= (async () => {
    for (const cleanup of [...open].reverse()) await cleanup.stop().catch(error => console.error(error));
    process.exit(code);
  })();
}
