// Guise itself: the release build, with a data folder and a key of its own.

import { startServer, startSite } from '../../tests/clients/node/support/server.js';
import { Api } from './http.mjs';
import './programs.mjs';
import { until } from './time.mjs';

export { startSite };

/** Options of a session that is to outlast its benchmark, used or not. */
export const LASTING = { max_duration_minutes: 60, idle_timeout_minutes: 30 };

/** A server whose pool holds `pool` browsers, with more settings: `{ api, pid, data, mail(), filled(), hits(), stop() }`. */
export async function startGuise(pool, settings = {}) {
  const server = await startServer({
    GUISE_POOL_HEADLESS_SHELL: String(pool),
    GUISE_POOL_CHROME: '0',
    // A line for every request is what an operator has, too.
    GUISE_LOG_LEVEL: 'info',
    ...settings,
  });
  const api = new Api(server);
  return {
    api,
    pid: server.pid,
    data: server.data,
    /** Where it receives mail, as it says. */
    mail: async () => (await server.log()).match(/^ {2}mail +([\d.:]+),/m)[1],
    filled: () => until('browsers in the pool', async () => (await api.metrics()).guise_pool_ready, ready => ready >= pool),
    hits: async () => (await api.metrics()).guise_pool_hits_total ?? 0,
    stop: async () => {
      await api.stop();
      await server.stop();
    },
  };
}
