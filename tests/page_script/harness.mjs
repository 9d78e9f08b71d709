// Runs the page script as the server does: in an isolated world of each frame of a real Chromium.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(new URL('../clients/node/package.json', import.meta.url));
const { chromium } = require('playwright-core');

const SCRIPT = new URL('../../crates/browser/src/page_script/', import.meta.url);
const FIXTURES = new URL('./fixtures/', import.meta.url);

/** The script, or a part of it, as `mod.rs` joins it. */
const source = (name) => {
  const joined = new RegExp(`const ${name}: &str = concat!\\(([\\s\\S]*?)\\n\\);`).exec(readFileSync(new URL('mod.rs', SCRIPT), 'utf8'))[1];
  return [...joined.matchAll(/include_str!\("([^"]+)"\)|"((?:\\.|[^"\\])*)"/g)]
    .map(([, file, text]) => (file ? readFileSync(new URL(file, SCRIPT), 'utf8') : JSON.parse(`"${text}"`)))
    .join('');
};

export const launch = () =>
  chromium.launch({
    executablePath: process.env.GUISE_CHROMIUM ?? '/usr/lib/chromium/chromium-headless-shell',
    chromiumSandbox: true,
    args: ['--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1'],
  });

/** One document with the script in it. `run` answers the value or throws an error with `kind`. */
export class Scripted {
  static async in(page, frameId, part = 'WHOLE') {
    const cdp = await page.context().newCDPSession(page);
    const scripted = new Scripted();
    scripted.page = page;
    scripted.cdp = cdp;
    const frame = frameId ?? (await cdp.send('Page.getFrameTree')).frameTree.frame.id;
    const { executionContextId } = await cdp.send('Page.createIsolatedWorld', { frameId: frame, worldName: 'guise' });
    const { result, exceptionDetails } = await cdp.send('Runtime.evaluate', { expression: source(part), contextId: executionContextId });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    scripted.api = result.objectId;
    scripted.context = executionContextId;
    return scripted;
  }

  /** The script in every frame of the page, the page itself first. */
  static async everywhere(page) {
    const cdp = await page.context().newCDPSession(page);
    const { frameTree } = await cdp.send('Page.getFrameTree');
    const ids = [];
    const add = (tree) => {
      ids.push(tree.frame.id);
      (tree.childFrames ?? []).forEach(add);
    };
    add(frameTree);
    return Promise.all(ids.map((id) => Scripted.in(page, id)));
  }

  /** `limit`: until when the answer is waited for, in milliseconds since the epoch. */
  async run(name, args = {}, limit = Number.MAX_SAFE_INTEGER) {
    const { result, exceptionDetails } = await this.cdp.send('Runtime.callFunctionOn', {
      functionDeclaration: 'function (name, args, limit) { return this.run(name, args, limit) }',
      objectId: this.api,
      arguments: [{ value: name }, { value: args }, { value: limit }],
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(`run threw: ${exceptionDetails.exception?.description}`);
    const answer = JSON.parse(result.value);
    if (answer.error) throw Object.assign(new Error(answer.error.message), { kind: answer.error.kind });
    return answer.ok;
  }

  /** One command with each of several arguments, each in a task of its own: what `run` would answer or throw, in one message. */
  async runs(name, all, limit = Number.MAX_SAFE_INTEGER) {
    const { result, exceptionDetails } = await this.cdp.send('Runtime.callFunctionOn', {
      functionDeclaration: `async function (name, all, limit) {
        const { port1, port2 } = new MessageChannel();
        const answers = [];
        for (const args of all) {
          answers.push(await this.run(name, args, limit));
          await new Promise((next) => { port1.onmessage = next; port2.postMessage(0); });
        }
        return answers;
      }`,
      objectId: this.api,
      arguments: [{ value: name }, { value: all }, { value: limit }],
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(`run threw: ${exceptionDetails.exception?.description}`);
    return result.value.map((answer) => JSON.parse(answer));
  }

  /** The one handle of a selector. */
  async handle(selector) {
    const { count, handles } = await this.run('resolve', { selector });
    if (count !== 1) throw new Error(`${selector} matches ${count} elements`);
    return handles[0];
  }

  /** Time in milliseconds of `times` runs of a command, measured in the page. */
  async timings(name, args, times) {
    const { result } = await this.cdp.send('Runtime.callFunctionOn', {
      functionDeclaration: `async function (name, args, times) {
        const all = [];
        for (let i = 0; i < times; i++) { const t = performance.now(); this.run(name, args); all.push(performance.now() - t); await new Promise((r) => setTimeout(r)); }
        return all;
      }`,
      objectId: this.api,
      arguments: [{ value: name }, { value: args }, { value: times }],
      awaitPromise: true,
      returnByValue: true,
    });
    return result.value.sort((a, b) => a - b);
  }
}

export const fixture = (name) => readFileSync(fileURLToPath(new URL(name, FIXTURES)), 'utf8');
