import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fixture, launch, Scripted } from './harness.mjs';

let browser;
let page;
let scripted;
before(async () => {
  browser = await launch();
  page = await browser.newPage();
  await page.setContent(fixture('selectors.html'));
  scripted = await Scripted.in(page);
});
after(() => browser.close());

/** Selectors for which Playwright itself is the yardstick: same elements, in the same order. */
const SAME_AS_PLAYWRIGHT = [
  'button', 'css=button', '.row button', '.row > button', 'my-box button', 'my-box > section', '.row:has(input)', '.row:has(> button)', '.row:not(#one)', ':is(h2, h3)', 'h2 + h3', 'h2 ~ img', '#one button:nth-of-type(2)', 'button, h2', 'div span b',
  'button:has-text("save")', ':text("hello")', ':text-is("Save")', ':text-matches("^hel", "i")', 'button:visible', ':nth-match(button, 2)', ':nth-match(.row > button, 3)', '.row:has(:text("World"))', 'button:not(:has-text("Save"))', 'input[placeholder="Type here"]', 'a[href$="x"]', 'section:has-text("shadow")',
  'text=hello', 'text="hello"', 'text=Save', 'text="Save"', "text='Save'", 'text=/sav/i', 'text=/^hello$/', '"Save"', 'text=In the shadow', 'text=Submit now', 'text=hello world', 'text="Hello"',
  'role=button', 'role=button[name="Save"]', 'role=button[name="save" i]', 'role=button[name=/^save/i]', 'role=button[pressed]', 'role=button[disabled]', 'role=button[disabled=false]', 'role=heading[level=3]', 'role=checkbox[checked]', 'role=checkbox[checked=false]', 'role=img[name="A cat"]', 'role=link', 'role=textbox[name="First"]', 'role=textbox', 'role=button[include-hidden]', 'role=button[name*="all"]',
  'data-testid=second', 'id=first', '//button', 'xpath=//div[1]/button', '(//button)[2]', '//div >> button', '.row >> nth=0', '.row >> nth=-1', '.row >> nth=5', 'button >> visible=true', 'button >> visible=false', '.row >> text=hello', '#one >> :scope > span', '.row >> .row button',
  'internal:text="save"i', 'internal:text="Save"s', 'internal:text="hello world"i', 'internal:text=/hel+o/i', 'internal:role=button[name="save"i]', 'internal:role=button[name="Save"s]', 'internal:label="first"i', 'internal:label="Second"s', 'internal:label="Third one"s', 'internal:attr=[placeholder="type"i]', 'internal:attr=[title="Tip"s]', 'internal:attr=[alt="cat"i]', 'internal:testid=[data-testid="row one"s]', 'internal:testid=[data-testid=/^row/]',
  '.row >> internal:has-text="world"i', '.row >> internal:has-not-text="world"i', '.row >> internal:has="input"', '.row >> internal:has="internal:text=\\"hello\\"s"', '.row >> internal:has-not="input"', 'button >> internal:and="internal:text=\\"Save\\"s"', 'h2 >> internal:or="h3"', 'body >> internal:chain="button >> nth=1"', 'summary', 'text=More',
];

describe('resolve', () => {
  for (const selector of SAME_AS_PLAYWRIGHT) {
    test(`agrees with Playwright on ${selector}`, async () => {
      const expected = await page.locator(selector).evaluateAll((all) => all.map((e) => e.outerHTML));
      const { count, handles } = await scripted.run('resolve', { selector });
      const found = await Promise.all(handles.map((handle) => outerHtml(handle)));
      assert.deepEqual([count, found], [expected.length, expected.slice(0, 10)]);
    });
  }

  const outerHtml = async (handle) => {
    const { css_selector } = await scripted.run('describe', { handle });
    return page.locator(css_selector).evaluate((element) => element.outerHTML);
  };

  test('~text is an exact text', async () => {
    assert.equal((await scripted.run('resolve', { selector: '~hello' })).count, 1);
    assert.equal((await scripted.run('resolve', { selector: '~hell' })).count, 0);
  });

  test('says what several matches are', async () => {
    const { count, handles, matches } = await scripted.run('resolve', { selector: '.row' });
    assert.equal(count, 3);
    assert.equal(handles.length, 3);
    assert.equal(matches[0], '<div id="one" class="row">');
  });

  test('goes on with the one element that it found, until something does not succeed', async () => {
    const then = [['describe', {}], ['actionable', { for: 'fill' }], ['fill', { value: 'x' }]];
    const button = await scripted.run('resolve', { selector: '#one >> button >> nth=0', then });
    assert.deepEqual(button.then.map(({ ok, error }) => error?.kind ?? ok.ok ?? ok.tag), ['button', false]);
    const field = await scripted.run('nodeSelectors', { css: 'input[placeholder="Type here"]', then });
    assert.deepEqual(field.then.map(({ ok }) => ok.ok ?? ok.needsText ?? ok.tag), ['input', true, true]);
    assert.deepEqual(await scripted.run('chain', { handle: field.handle, then: [['fill', { value: '' }], ['nothing', {}]] }), [
      { ok: { needsText: false, needsDelete: false } }, { error: { kind: 'argument', message: 'there is no command "nothing"' } },
    ]);
    const several = await scripted.run('resolve', { selector: '.row', then });
    assert.equal(several.then, undefined);
  });

  test('waits between commands where one waits', async () => {
    await page.evaluate(() => {
      const late = document.querySelector('input[placeholder="Type here"]');
      late.disabled = true;
      setTimeout(() => { late.disabled = false; }, 60);
    });
    const then = [['actionable', { for: 'fill', until: Date.now() + 5000 }], ['fill', { value: 'x' }]];
    const found = await scripted.run('resolve', { selector: 'input[placeholder="Type here"]', then });
    assert.deepEqual(found.then.map(({ ok }) => ok.ok ?? ok.needsText), [true, true]);
  });

  test('stops at the limit of whoever asked', async () => {
    const field = 'input[placeholder="Type here"]';
    const hour = Date.now() + 3_600_000;
    const then = [['actionable', { for: 'fill', until: hour }], ['fill', { value: 'x' }]];
    await page.evaluate(() => { document.querySelector('input[placeholder="Type here"]').disabled = true; });
    const waiting = scripted.run('resolve', { selector: field, then }, Date.now() + 200);
    await page.evaluate(() => {
      for (const end = Date.now() + 300; Date.now() < end; );
      document.querySelector('input[placeholder="Type here"]').disabled = false;
    });
    assert.deepEqual((await waiting).then.map(({ error }) => error?.kind), ['late']);
  });

  test('enters frames', async () => {
    const { enterFrame } = await scripted.run('resolve', { selector: '#frame >> internal:control=enter-frame >> internal:role=button[name="Framed"i] >> nth=0' });
    assert.equal(enterFrame.rest, 'internal:role=button[name="Framed"i] >> nth=0');
    assert.equal((await scripted.run('describe', { handle: enterFrame.handle })).isFrame, true);
    const [, frame] = await Scripted.everywhere(page);
    assert.equal((await frame.run('resolve', { selector: enterFrame.rest })).count, 1);
    await assert.rejects(scripted.run('resolve', { selector: '.two >> internal:control=enter-frame >> b' }), { kind: 'ambiguous' });
    await assert.rejects(scripted.run('resolve', { selector: 'h2 >> internal:control=enter-frame >> b' }), { kind: 'selector' });
    assert.equal((await scripted.run('resolve', { selector: '#none >> internal:control=enter-frame >> b' })).count, 0);
  });

  const REFUSED = ['', '   ', '>>', 'a >>', '>> a', 'foo=bar', 'a:near(b)', 'button >', '> >', 'a[', 'a)', '::', '//[', 'xpath=count(//a)', 'role=', 'role=button[nome="x"]', 'role=button[name', 'text=/(/', 'nth=0', '.row >> nth=x', 'visible=true', '.row >> visible=maybe', 'internal:has="a"', '.row >> internal:has=a', 'a:nth-match(b)', '*css=a >> b', '_react=Foo', 'internal:control=enter-frame', ':has-text()', 'a,,b', 'internal:attr=x', 42];
  for (const selector of REFUSED) {
    test(`refuses ${JSON.stringify(selector)} with a reason`, async () => {
      await assert.rejects(scripted.run('resolve', { selector }), (error) => error.kind === 'selector' && error.message.length > 15);
    });
  }

  test('never throws, whatever the text', async () => {
    let state = 7;
    const random = (n) => (state = (state * 1103515245 + 12345) & 0x7fffffff) % n;
    const pieces = ['button', '.row', '>>', ' ', '>', '+', '~', ':has(', ')', '[', ']', '"', "'", '`', '\\', '/', '//', 'text=', 'role=', 'nth=', 'internal:has=', ':text("', '=', '*', ',', '#', ':not(', '(', 'i]', '\u0000', '🙂', '\ud800', 'name', '@', '$', '%', '0', '-1', ':nth-match(', '{', '}', '..'];
    const selectors = Array.from({ length: 3000 }, () => Array.from({ length: 1 + random(8) }, () => pieces[random(pieces.length)]).join(''));
    const answers = await scripted.runs('resolve', selectors.map((selector) => ({ selector })));
    assert.equal(answers.length, selectors.length);
    answers.forEach(({ ok, error }, at) => assert.ok(ok ?? (error.kind === 'selector' || error.kind === 'ambiguous'), `${JSON.stringify(selectors[at])}: ${error?.kind} ${error?.message}`));
  });

  test('deep nesting is refused, not overflown', async () => {
    await assert.rejects(scripted.run('resolve', { selector: ':not('.repeat(3000) + 'a' + ')'.repeat(3000) }), { kind: 'selector' });
    await assert.rejects(scripted.run('resolve', { selector: ':has('.repeat(3000) + 'a' + ')'.repeat(3000) }), { kind: 'selector' });
    await assert.rejects(scripted.run('resolve', { selector: 'a'.repeat(20001) }), { kind: 'selector' });
  });
});

describe('nodeSelectors', () => {
  test('takes the first that matches exactly one', async () => {
    const one = await scripted.handle('#one');
    assert.deepEqual(await scripted.run('nodeSelectors', { css: '#one', xpath: '//h2' }), { handle: one, by: 'css', tried: {} });
    assert.deepEqual(await scripted.run('nodeSelectors', { css: '.row', xpath: '//div[@id="one"]' }), { handle: one, by: 'xpath', tried: { css: 3 } });
    const none = await scripted.run('nodeSelectors', { css: 'a[', xpath: '//nothing' });
    assert.equal(none.handle, null);
    assert.equal(none.tried.xpath, 0);
    assert.match(none.tried.css, /not valid CSS/);
  });
});
