import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fixture, launch, Scripted } from './harness.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const open = async (html) => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.setContent(html);
  return Scripted.in(page);
};
/** Waits for an element for some milliseconds. */
const ready = async (scripted, selector, { timeoutMs = 0, ...more } = {}) =>
  scripted.run('actionable', { handle: await scripted.handle(selector), until: Date.now() + timeoutMs, ...more });

describe('actionable', () => {
  test('a plain button is ready at once, without waiting for a frame', async () => {
    const scripted = await open(fixture('actions.html'));
    const handle = await scripted.handle('#plain');
    const { result } = await scripted.cdp.send('Runtime.callFunctionOn', {
      functionDeclaration: 'function (handle) { return typeof this.run("actionable", { handle, until: Date.now() + 1000 }) }',
      objectId: scripted.api, arguments: [{ value: handle }], returnByValue: true,
    });
    assert.equal(result.value, 'string');
  });

  const REFUSED = {
    '#off': 'disabled', '#aria': 'disabled', '#set': 'disabled', '#inert': 'disabled', '#hid': 'not_visible', '#vis': 'not_visible', '#zero': 'not_visible', '#under': 'covered', '#left': 'outside_viewport',
  };
  for (const [selector, reason] of Object.entries(REFUSED)) {
    test(`${selector} is refused as ${reason}`, async () => {
      const answer = await ready(await open(fixture('actions.html')), selector, { timeoutMs: 60 });
      assert.deepEqual([answer.ok, answer.reason], [false, reason]);
      assert.ok(answer.message.length > 20);
      if (reason === 'covered') assert.equal(answer.by, '<div id="over">');
    });
  }

  test('the first legend of a disabled fieldset works', async () => {
    // `disabled` on a fieldset leaves the contents of its first legend usable (HTML: "concept-fe-disabled").
    assert.equal((await ready(await open(fixture('actions.html')), '#legend')).ok, true);
  });

  test('a half covered button is pressed where it shows', async () => {
    const scripted = await open(fixture('actions.html'));
    const { ok, x, y } = await ready(scripted, '#half');
    assert.ok(ok);
    await scripted.page.mouse.click(x, y);
    assert.deepEqual(await scripted.page.evaluate(() => log), ['half']);
  });

  test('scrolls to what is below, from under a sticky header, and in nested scrollers', async () => {
    const scripted = await open(fixture('actions.html'));
    for (const selector of ['#low', '#inner', '#high']) {
      const { ok, x, y, message } = await ready(scripted, selector, { timeoutMs: 500 });
      assert.ok(ok, `${selector}: ${message}`);
      await scripted.page.mouse.click(x, y);
    }
    await scripted.page.evaluate(() => scrollTo(0, 600));
    const { x, y } = await ready(scripted, '#high', { timeoutMs: 500 });
    await scripted.page.mouse.click(x, y);
    assert.deepEqual(await scripted.page.evaluate(() => log), ['low', 'inner', 'high', 'high']);
  });

  test('a control that only its label shows is pressed there', async () => {
    const scripted = await open(fixture('actions.html'));
    const { ok, x, y, message } = await ready(scripted, '#sr', { for: 'check', arm: true });
    assert.ok(ok, message);
    await scripted.page.mouse.click(x, y);
    assert.equal((await scripted.run('landed')).landed, true);
    assert.equal((await scripted.run('isChecked', { handle: await scripted.handle('#sr') })).checked, true);
  });

  test('waits for an animation to end, but not for one that moves nothing', async () => {
    const scripted = await open(fixture('actions.html'));
    await scripted.page.evaluate(() => document.querySelector('#slider').classList.add('go'));
    const moving = await ready(scripted, '#slider', { timeoutMs: 0 });
    assert.deepEqual([moving.ok, moving.reason], [false, 'unstable']);
    const { ok, x, y } = await ready(scripted, '#slider', { timeoutMs: 3000 });
    assert.ok(ok);
    await scripted.page.mouse.click(x, y);
    assert.deepEqual(await scripted.page.evaluate(() => log), ['slider']);
    assert.equal((await ready(scripted, '#glow', { timeoutMs: 1000 })).ok, true);
  });

  test('waits until an element becomes enabled, visible and uncovered', async () => {
    const scripted = await open(fixture('actions.html'));
    for (const [selector, change] of [['#off', () => (document.querySelector('#off').disabled = false)], ['#hid', () => (document.querySelector('#hid').style.display = '')], ['#under', () => document.querySelector('#over').remove()]]) {
      const waiting = ready(scripted, selector, { timeoutMs: 5000 });
      await scripted.page.evaluate(change);
      assert.equal((await waiting).ok, true, selector);
    }
  });

  test('an element that goes away ends the wait', async () => {
    const scripted = await open(fixture('actions.html'));
    const waiting = ready(scripted, '#off', { timeoutMs: 20000 });
    await scripted.page.evaluate(() => document.querySelector('#off').remove());
    assert.equal((await waiting).reason, 'detached');
  });

  test('settle asks for two equal frames, which a script-driven motion does not give', async () => {
    const scripted = await open('<button id=b style="position:absolute">Run</button><script>let x=0;(function step(){b.style.left=(x+=3)%900+"px";requestAnimationFrame(step)})()</script>');
    const answer = await ready(scripted, '#b', { settle: true, timeoutMs: 300 });
    assert.deepEqual([answer.ok, answer.reason], [false, 'unstable']);
  });

  test('a page that covers everything is left where it was', async () => {
    const scripted = await open('<body style="height:3000px"><button id=b style="position:absolute;top:300px">B</button><div style="position:fixed;inset:0;background:#0008"></div>');
    await scripted.page.evaluate(() => scrollTo(0, 100));
    assert.equal((await ready(scripted, '#b', { timeoutMs: 50 })).reason, 'covered');
    assert.equal((await scripted.run('scrollPosition')).y, 100);
  });

  test('a given position is the only one tried', async () => {
    const scripted = await open(fixture('actions.html'));
    assert.equal((await ready(scripted, '#half', { position: { x: 70, y: 20 } })).reason, 'covered');
    assert.equal((await ready(scripted, '#half', { position: { x: 10, y: 20 } })).ok, true);
  });

  test('the guard keeps a press from the wrong element and lets the right one through', async () => {
    const scripted = await open(fixture('actions.html'));
    const { x, y } = await ready(scripted, '#plain', { arm: true });
    await scripted.page.evaluate(() => { const off = document.querySelector('#plain'); const wrong = document.createElement('button'); wrong.id = 'wrong'; wrong.textContent = 'Wrong one'; wrong.onclick = () => log.push('wrong'); for (const type of ['mousedown', 'pointerdown', 'mouseup']) wrong.addEventListener(type, () => log.push(type)); off.before(wrong); });
    await scripted.page.mouse.click(x, y);
    assert.deepEqual(await scripted.run('landed'), { landed: false, by: '<button id="wrong">' });
    assert.deepEqual(await scripted.page.evaluate(() => log), []);
    const again = await ready(scripted, '#plain', { arm: true });
    await scripted.page.mouse.click(again.x, again.y);
    assert.deepEqual(await scripted.run('landed'), { landed: true, by: null });
    assert.deepEqual(await scripted.page.evaluate(() => log), ['plain']);
    await scripted.page.mouse.click(x, y);
    assert.deepEqual(await scripted.page.evaluate(() => log.at(-1)), 'wrong');
  });

  test('an armed guard that nobody asked does not stand in the way for long', async () => {
    const scripted = await open(fixture('actions.html'));
    await ready(scripted, '#half', { arm: true });
    await scripted.page.click('#plain', { noWaitAfter: true });
    assert.deepEqual(await scripted.page.evaluate(() => log), []);
    await scripted.page.waitForTimeout(1100);
    await scripted.page.click('#plain');
    assert.deepEqual(await scripted.page.evaluate(() => log), ['plain']);
  });

  test('nothing is done behind the limit of whoever asked, but the end of a guard', async () => {
    const scripted = await open(fixture('actions.html'));
    const late = { kind: 'late', message: 'the time was up before the page came to it' };
    const [plain, off] = [await scripted.handle('#plain'), await scripted.handle('#off')];
    const hour = Date.now() + 3_600_000;
    await assert.rejects(scripted.run('actionable', { handle: plain, arm: true, until: hour }, Date.now() - 1), late);
    // It began in time; the page then kept it waiting.
    const waiting = scripted.run('actionable', { handle: off, arm: true, until: hour }, Date.now() + 300);
    await scripted.page.evaluate(() => { for (const end = Date.now() + 400; Date.now() < end; ); document.querySelector('#off').disabled = false; });
    await assert.rejects(waiting, late);
    await scripted.page.click('#plain');
    assert.deepEqual(await scripted.page.evaluate(() => log), ['plain']);
    await ready(scripted, '#half', { arm: true });
    await scripted.run('release', {}, Date.now() - 1);
    await scripted.page.click('#plain');
    assert.deepEqual(await scripted.page.evaluate(() => log), ['plain', 'plain']);
  });

  test('waits for an animation inside a shadow root', async () => {
    const scripted = await open('<div id=h></div><script>h.attachShadow({mode:"open"}).innerHTML="<style>@keyframes s{from{margin-left:0}to{margin-left:200px}}button{animation:s 5s linear}</style><button>B</button>"</script>');
    assert.equal((await ready(scripted, 'button')).reason, 'unstable');
  });

  test('an option of a closed list is to be selected', async () => {
    const scripted = await open(fixture('forms.html'));
    assert.deepEqual([(await ready(scripted, '#fr')).reason, (await ready(scripted, '#fr', { for: 'select' })).ok], ['not_visible', true]);
  });

  test('hit says what is at a point', async () => {
    const scripted = await open(fixture('actions.html'));
    const handle = await scripted.handle('#plain');
    const { x, y } = await scripted.run('actionable', { handle });
    assert.deepEqual(await scripted.run('hit', { handle, x, y }), { hit: true, by: null });
    assert.equal((await scripted.run('hit', { handle, x: 600, y: 300 })).hit, false);
  });

  test('elements in shadow roots are ready too', async () => {
    const scripted = await open(fixture('shadow.html'));
    const { handles } = await scripted.run('resolve', { selector: '.go' });
    assert.equal((await scripted.run('actionable', { handle: handles[1] })).ok, true);
  });

  test('an unknown kind of action is an argument error', async () => {
    const scripted = await open('<button>B</button>');
    await assert.rejects(ready(scripted, 'button', { for: 'toString' }), { kind: 'argument' });
  });
});
