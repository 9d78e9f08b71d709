// The HTTP API over connections that are kept open, as the official clients keep them.

import { Agent, request } from 'node:http';

export class Api {
  #agent = new Agent({ keepAlive: true, noDelay: true });

  constructor({ url, key }) {
    this.url = new URL(url);
    this.key = key;
  }

  /** `{ headers, bytes }` of an answer that must be 200. */
  send(method, path, body) {
    const payload = body === undefined ? '' : JSON.stringify(body);
    const options = {
      method,
      path,
      host: this.url.hostname,
      port: this.url.port,
      agent: this.#agent,
      timeout: 60_000,
      headers: {
        authorization: `Bearer ${this.key}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(payload),
      },
    };
    return new Promise((resolve, reject) => {
      const call = request(options, answer => {
        const parts = [];
        answer.on('data', part => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const bytes = Buffer.concat(parts);
          if (answer.statusCode === 200) resolve({ headers: answer.headers, bytes });
          else reject(new Error(`${method} ${path}: ${answer.statusCode} ${bytes}`));
        });
      });
      call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer in 60 s`)));
      call.on('error', reject);
      call.end(payload);
    });
  }

  /** The body of an answer, read as JSON. */
  async call(method, path, body) {
    return JSON.parse((await this.send(method, path, body)).bytes);
  }

  async start(options = {}) {
    return new Session(this, await this.call('POST', '/sessions/start', options));
  }

  /** The counters by name; those with labels are left out. */
  async metrics() {
    const { bytes } = await this.send('GET', '/metrics');
    return Object.fromEntries([...String(bytes).matchAll(/^(\w+) (\S+)$/gm)].map(([, name, value]) => [name, +value]));
  }

  async stop() {
    this.#agent.destroy();
  }
}

/** A session as the API sees it. */
export class Session {
  constructor(api, started) {
    this.api = api;
    this.id = started.session_id;
    this.cdpUrl = started.cdp_url;
  }

  /** Does an action, which must succeed. */
  async execute(action) {
    const result = await this.api.call('POST', `/sessions/${this.id}/page/execute`, action);
    if (!result.success) throw new Error(`${action.type}: ${result.message}`);
    return result;
  }

  /** What is on the page, and what the server says it took: `{ observation, timing }`. */
  async observe(wish = {}) {
    const { headers, bytes } = await this.api.send('POST', `/sessions/${this.id}/page/observe`, wish);
    const entries = [...(headers['server-timing'] ?? '').matchAll(/([\w-]+);dur=([\d.]+)/g)];
    return { observation: JSON.parse(bytes), timing: Object.fromEntries(entries.map(([, name, ms]) => [name, +ms])) };
  }

  async screenshot() {
    return (await this.api.send('POST', `/sessions/${this.id}/page/screenshot`)).bytes;
  }

  stop() {
    return this.api.call('DELETE', `/sessions/${this.id}/stop`);
  }
}
