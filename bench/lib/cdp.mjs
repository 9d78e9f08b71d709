// A Chrome DevTools Protocol client without any comfort, over a pipe or a WebSocket.

import { once } from 'node:events';

import { WebSocket } from './clients.mjs';

export class Cdp {
  #last = 0;
  #calls = new Map();
  #waiting = [];
  #send;

  constructor(send) {
    this.#send = send;
  }

  /** Over the pipes of `--remote-debugging-pipe`, messages ending with NUL. */
  static overPipe(toBrowser, fromBrowser) {
    const cdp = new Cdp(text => toBrowser.write(`${text}\0`));
    let parts = [];
    fromBrowser.on('data', chunk => {
      let begin = 0;
      for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, begin)) {
        parts.push(chunk.subarray(begin, end));
        cdp.#take(Buffer.concat(parts));
        parts = [];
        begin = end + 1;
      }
      parts.push(chunk.subarray(begin));
    });
    fromBrowser.on('close', () => cdp.#end());
    toBrowser.on('error', () => cdp.#end());
    return cdp;
  }

  /** Over a WebSocket, once it is open; `cdp.stop()` closes it. */
  static async overWebSocket(address) {
    const socket = new WebSocket(address, { perMessageDeflate: false, maxPayload: 256 * 1024 * 1024 });
    const cdp = new Cdp(text => socket.send(text));
    socket.on('message', message => cdp.#take(message));
    socket.on('close', () => cdp.#end());
    cdp.stop = async () => socket.terminate();
    await once(socket, 'open');
    return cdp;
  }

  call(method, params = {}, sessionId = undefined) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { method, resolve, reject });
      this.#send(JSON.stringify({ id, method, params, sessionId }));
    });
  }

  /** The next such event of a session. */
  event(method, sessionId = undefined) {
    return new Promise((resolve, reject) => this.#waiting.push({ method, sessionId, resolve, reject }));
  }

  #take(bytes) {
    const message = JSON.parse(bytes);
    if (message.id === undefined) {
      const wanted = one => one.method === message.method && one.sessionId === message.sessionId;
      const [found, rest] = [this.#waiting.filter(wanted), this.#waiting.filter(one => !wanted(one))];
      this.#waiting = rest;
      for (const one of found) one.resolve(message.params);
      return;
    }
    const call = this.#calls.get(message.id);
    this.#calls.delete(message.id);
    if (message.error) call?.reject(new Error(`${call.method}: ${message.error.message}`));
    else call?.resolve(message.result);
  }

  #end() {
    for (const one of [...this.#calls.values(), ...this.#waiting]) one.reject(new Error(`${one.method}: the browser is gone`));
    this.#calls.clear();
    this.#waiting = [];
  }
}

/** One attached page. */
export class Page {
  constructor(cdp, session) {
    this.cdp = cdp;
    this.session = session;
  }

  /** The first page of a browser that has one, attached by whichever way takes the fewest messages. */
  static async first(cdp) {
    const attached = cdp.event('Target.attachedToTarget');
    await cdp.call('Target.setAutoAttach', { autoAttach: true, flatten: true, waitForDebuggerOnStart: false });
    return new Page(cdp, (await attached).sessionId);
  }

  /** A new page. */
  static async open(cdp, where = {}) {
    const { targetId } = await cdp.call('Target.createTarget', { url: 'about:blank', ...where });
    const { sessionId } = await cdp.call('Target.attachToTarget', { targetId, flatten: true });
    return new Page(cdp, sessionId);
  }

  call(method, params) {
    return this.cdp.call(method, params, this.session);
  }

  async evaluate(expression) {
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', { expression, returnByValue: true });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.text}`);
    return result.value;
  }

  /** Navigates and waits for `load`; `Page.enable` was called before. */
  async goto(url) {
    const loaded = this.cdp.event('Page.loadEventFired', this.session);
    // Nobody waits for it when navigating fails.
    loaded.catch(() => {});
    const { errorText } = await this.call('Page.navigate', { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
    await loaded;
  }

  /** Moves to the middle of an element and clicks, without waiting between the three events. */
  async click(selector) {
    const { x, y } = await this.evaluate(
      `(r => ({ x: r.x + r.width / 2, y: r.y + r.height / 2 }))(document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect())`,
    );
    const mouse = (type, rest) => this.call('Input.dispatchMouseEvent', { type, x, y, ...rest });
    await Promise.all([
      mouse('mouseMoved'),
      mouse('mousePressed', { button: 'left', clickCount: 1 }),
      mouse('mouseReleased', { button: 'left', clickCount: 1 }),
    ]);
  }

  /** Selects what is in a field and types over it. */
  async fill(selector, text) {
    await this.evaluate(`(e => { e.focus(); e.select(); })(document.querySelector(${JSON.stringify(selector)}))`);
    await this.call('Input.insertText', { text });
  }

  async jpeg() {
    const { data } = await this.call('Page.captureScreenshot', { format: 'jpeg', quality: 80 });
    return Buffer.from(data, 'base64');
  }
}
