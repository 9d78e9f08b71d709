// The HTTP API as the tests of CDP clients use it.

import assert from 'node:assert/strict';

export class Api {
  constructor({ url, key }) {
    this.url = url;
    this.key = key;
  }

  async call(method, path, body) {
    const answer = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const result = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(result));
    return result;
  }

  async start(options = {}) {
    return new Session(this, await this.call('POST', '/sessions/start', options));
  }
}

/** A session as the API sees it. */
export class Session {
  constructor(api, started) {
    this.api = api;
    this.id = started.session_id;
    this.cdpUrl = started.cdp_url;
  }

  execute(action) {
    return this.api.call('POST', `/sessions/${this.id}/page/execute`, action);
  }

  status() {
    return this.api.call('GET', `/sessions/${this.id}`);
  }

  debug() {
    return this.api.call('GET', `/sessions/${this.id}/debug`);
  }

  stop() {
    return this.api.call('DELETE', `/sessions/${this.id}/stop`);
  }

  /** The value of a JavaScript expression in the session's page, asked over HTTP. */
  async js(expression) {
    const result = await this.execute({ type: 'evaluate_js', code: `JSON.stringify(${expression})` });
    assert.ok(result.success, result.message);
    return JSON.parse(result.data.markdown);
  }
}

/** Looks again until it is good; fails with the last look after ten seconds. */
export async function eventually(look, good = Boolean) {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const seen = await look();
    if (good(seen)) return seen;
    assert.ok(Date.now() < deadline, `still ${JSON.stringify(seen)}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
