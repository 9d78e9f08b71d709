import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fixture, launch, Scripted } from './harness.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const open = async (html = fixture('forms.html')) => {
  const page = await browser.newPage();
  await page.setContent(html);
  return Scripted.in(page);
};
const log = (scripted) => scripted.page.evaluate(() => log);

/** Fill as the server does it: prepare in the page, then insert by input. */
const fill = async (scripted, selector, value, more = {}) => {
  const handle = await scripted.handle(selector);
  const { needsText, needsDelete } = await scripted.run('fill', { handle, value, ...more });
  if (needsText) await scripted.page.keyboard.insertText(value);
  if (needsDelete) await scripted.page.keyboard.press('Delete');
  return handle;
};
const value = (scripted, selector) => scripted.page.locator(selector).evaluate((e) => e.value ?? e.innerText);

describe('fill', () => {
  for (const [selector, text] of [['#t', 'new'], ['#e', 'new@x.y'], ['#n', '12.5'], ['#p', 'pass'], ['#a', 'two\nlines'], ['#c', 'plain']]) {
    test(`replaces the text of ${selector}`, async () => {
      const scripted = await open();
      await fill(scripted, selector, text);
      assert.equal(await value(scripted, selector), text);
      assert.ok((await log(scripted)).includes(`input:${selector.slice(1)}`));
    });
    test(`empties ${selector}`, async () => {
      const scripted = await open();
      await fill(scripted, selector, '');
      assert.equal((await value(scripted, selector)).trim(), '');
    });
  }

  test('adds to the text when it is not to be cleared', async () => {
    const scripted = await open();
    for (const [selector, expected] of [['#t', 'old and new'], ['#a', 'old\ntext and new'], ['#c', 'old rich and new'], ['#e', 'x@y.z and new']]) {
      await fill(scripted, selector, ' and new', { clear: false });
      assert.equal((await value(scripted, selector)).replace(/\u00a0/g, ' '), expected);
    }
  });

  for (const [selector, good, bad] of [['#date', '2026-01-31', '31.1.2026'], ['#time', '13:45', '25:99'], ['#dt', '2026-01-31T13:45', 'today'], ['#month', '2026-01', 'May'], ['#week', '2026-W05', '5'], ['#col', '#1A2b3c', 'red'], ['#range', '7', '70']]) {
    test(`sets ${selector} directly, with events, and refuses what it cannot take`, async () => {
      const scripted = await open();
      await fill(scripted, selector, good);
      assert.equal(await value(scripted, selector), good.toLowerCase() === good || selector !== '#col' ? good : good.toLowerCase());
      assert.deepEqual(await log(scripted), [`input:${selector.slice(1)}`, `change:${selector.slice(1)}`]);
      await assert.rejects(fill(scripted, selector, bad), { kind: 'value' });
    });
  }

  test('a label stands for its field', async () => {
    const scripted = await open();
    await fill(scripted, 'label[for=t]', 'by label');
    assert.equal(await value(scripted, '#t'), 'by label');
  });

  test('text with tabs is pasted', async () => {
    const scripted = await open();
    await fill(scripted, '#t', 'a\tb');
    assert.equal(await value(scripted, '#t'), 'a\tb');
    assert.deepEqual((await log(scripted)).slice(0, 2), ['paste:t', 'input:t']);
  });

  for (const [selector, kind] of [['#ro', 'not_editable'], ['#dis', 'disabled'], ['#file', 'not_editable'], ['#cb', 'not_editable'], ['#btn', 'not_editable'], ['#sp', 'not_editable'], ['#s', 'not_editable']]) {
    test(`refuses ${selector}`, async () => assert.rejects(fill(await open(), selector, 'x'), { kind }));
  }

  test('a number field refuses words', async () => assert.rejects(fill(await open(), '#n', 'many'), { kind: 'value' }));

  test('works in shadow roots', async () => {
    const scripted = await open(fixture('shadow.html'));
    const { handles } = await scripted.run('resolve', { selector: 'input' });
    await scripted.run('fill', { handle: handles[1], value: 'there' });
    await scripted.page.keyboard.insertText('there');
    assert.equal((await scripted.run('valueOf', { handle: handles[1] })).value, 'there');
    await scripted.run('blurActive');
    assert.equal(await scripted.page.evaluate(() => document.activeElement.tagName), 'BODY');
  });
});

describe('reading and choosing', () => {
  test('secret values are not told', async () => {
    const scripted = await open();
    assert.deepEqual(await scripted.run('valueOf', { handle: await scripted.handle('#p') }), { value: null, secret: true, empty: false });
    assert.deepEqual(await scripted.run('valueOf', { handle: await scripted.handle('#t') }), { value: 'old', secret: false, empty: false });
    for (const command of ['describe', 'valueOf']) assert.ok(!JSON.stringify(await scripted.run(command, { handle: await scripted.handle('#p') })).includes('sekret'));
  });

  test('isChecked', async () => {
    const scripted = await open();
    assert.deepEqual(await scripted.run('isChecked', { handle: await scripted.handle('#cb') }), { checked: true, radio: false });
    assert.deepEqual(await scripted.run('isChecked', { handle: await scripted.handle('#sw') }), { checked: true, radio: false });
    await assert.rejects(scripted.run('isChecked', { handle: await scripted.handle('#t') }), { kind: 'not_checkable' });
  });

  test('selects by value or label, once, with events', async () => {
    const scripted = await open();
    const handle = await scripted.handle('#s');
    for (const [wanted, expected] of [['de', 'de'], ['France', 'fr'], ['germany', 'de']]) {
      assert.equal((await scripted.run('selectOption', { handle, value: wanted })).value, expected);
      assert.equal(await value(scripted, '#s'), expected);
    }
    assert.deepEqual(await log(scripted), Array(3).fill(['input:s', 'change:s']).flat());
    assert.equal((await scripted.run('selectOption', { handle, value: 'de' })).changed, false);
    await assert.rejects(scripted.run('selectOption', { handle, value: 'Spain' }), { kind: 'no_option', message: /"Choose", "Germany", "France", "Closed"/ });
    await assert.rejects(scripted.run('selectOption', { handle, value: 'Closed' }), { kind: 'disabled' });
  });

  test('a list of several keeps only the chosen one', async () => {
    const scripted = await open();
    await scripted.run('selectOption', { handle: await scripted.handle('#m'), value: 'One' });
    assert.deepEqual(await scripted.page.locator('#m').evaluate((e) => [...e.selectedOptions].map((o) => o.text)), ['One']);
  });

  test('options know their list, other elements are to be clicked', async () => {
    const scripted = await open();
    const list = await scripted.handle('#s');
    assert.deepEqual(await scripted.run('optionParent', { handle: await scripted.handle('#fr') }), { handle: list, value: 'fr', label: 'France' });
    assert.equal((await scripted.run('optionParent', { handle: await scripted.handle('#custom') })).handle, null);
    assert.deepEqual(await scripted.run('selectOption', { handle: await scripted.handle('#custom'), value: 'x' }), { clickInstead: true });
  });

  test('form fields are recognised in several languages', async () => {
    const scripted = await open();
    const { fields } = await scripted.run('formFields');
    const address = await scripted.page.locator('#address').evaluate((form) => form.elements.length);
    assert.deepEqual(fields.slice(-address).map((field) => field.key), [
      'first_name', 'last_name', 'email', 'postal_code', 'address2', 'city', 'phone', 'country', 'cc_number', 'cc_exp', 'cc_cvv', 'current_password', 'new_password', 'current_password', 'username', null,
    ]);
    assert.deepEqual(fields.slice(-address).filter((field) => field.declared).map((field) => field.key), ['first_name', 'country', 'new_password']);
  });

  test('describe', async () => {
    const scripted = await open();
    const file = await scripted.run('describe', { handle: await scripted.handle('#file') });
    assert.deepEqual([file.isFileInput, file.editable, file.css_selector, file.xpath_selector, file.in_shadow_root], [true, false, '#file', '//*[@id="file"]', false]);
    const list = await scripted.run('describe', { handle: await scripted.handle('#s') });
    assert.deepEqual(list.selectOptions.map((o) => [o.value, o.label, o.disabled]), [['', 'Choose', false], ['de', 'Germany', false], ['fr', 'France', false], ['xx', 'Closed', true]]);
    const button = await scripted.run('describe', { handle: await scripted.handle('#btn') });
    assert.deepEqual([button.html, button.text_label, button.role, button.tag, button.editable], ['<button>Button</button>', 'Button', 'button', 'button', false]);
  });

  test('click, focus and scroll', async () => {
    const scripted = await open('<body style="height:3000px"><button onclick="this.textContent=1">0</button><input>');
    await scripted.run('click', { handle: await scripted.handle('button') });
    assert.equal(await scripted.page.textContent('button'), '1');
    assert.deepEqual(await scripted.run('focus', { handle: await scripted.handle('input') }), { focused: true });
    const { before, after, changed } = await scripted.run('scrollBy', { dy: 500 });
    assert.deepEqual([before.y, after.y, changed], [0, 500, true]);
    assert.equal((await scripted.run('scrollBy', { dy: -5000 })).after.y, 0);
    assert.equal((await scripted.run('scrollBy', { dy: -1 })).changed, false);
  });

  test('what fills the window is scrolled where the document is not', async () => {
    const scripted = await open(`<body style="margin:0"><div id="outer" style="height:100vh;overflow:auto">
      <div id="inner" style="height:100vh;overflow:hidden scroll"><div style="height:150vh"></div></div><div style="height:100vh"></div></div>`);
    const position = () => scripted.page.evaluate(() => [outer.scrollTop, inner.scrollTop]);
    const { before, after } = await scripted.run('scrollBy', { dy: 50 });
    assert.deepEqual([before.y, after.y], [0, 50]);
    assert.deepEqual(await position(), [0, 50]);
    await scripted.run('scrollBy', { dy: 5000 });
    await scripted.run('scrollBy', { dy: 40 });
    assert.equal((await position())[0], 40);
  });
});

describe('html', () => {
  test('is flat, marks what is hidden, and holds nothing typed', async () => {
    const scripted = await open(fixture('read.html'));
    await scripted.page.evaluate(() => (document.querySelector('input').value = 'typed'));
    const read = await scripted.run('html');
    assert.deepEqual([read.contentType, read.base_url, read.frames.length], ['text/html', 'https://example.org/base/', 1]);
    for (const part of ['<p>Shown &amp; escaped &lt;b&gt;</p>', '<p class="x" hidden="">Styled away</p>', '<div style="visibility:hidden">Unseen <span style="visibility:visible">but this</span></div>', '<div style="visibility:hidden" hidden="">All unseen</div>', '<my-box><em>shadow</em><slot name="s"><b slot="s">slotted</b></slot></my-box>', '{"@type":"Thing"}', '<meta name="description" content="d">', 'data-frame-index="0"', '<input type="submit" value="Send">', '<br>']) {
      assert.ok(read.html.includes(part), `${part} is missing in ${read.html}`);
    }
    for (const part of ['sekret', 'typed', 'var secret', 'comment', 'display:none', 'light', 'noscript']) assert.ok(!read.html.includes(part), `${part} is in ${read.html}`);
  });

  test('is the same in the part of the script that only reads', async () => {
    for (const name of ['read.html', 'shadow.html', 'hostile.html', 'forms.html']) {
      const whole = await open(fixture(name));
      const reading = await Scripted.in(whole.page, undefined, 'READING');
      for (const command of ['html', 'document']) assert.deepEqual(await reading.run(command), await whole.run(command), `${command} of ${name}`);
      await assert.rejects(reading.run('observe'), { kind: 'argument' });
    }
  });

  test('takes what a selector finds, each apart, under the head of the page', async () => {
    const scripted = await open(fixture('read.html'));
    const { html } = await scripted.run('html', { selector: 'text=Shown' });
    assert.match(html, /^<html lang="de"><head><title>Read<\/title>/);
    assert.match(html, /<body><guise-part><p>Shown &amp; escaped &lt;b&gt;<\/p><\/guise-part><\/body><\/html>$/);
    const rows = await open('<table role=grid><tr><td class=a>1<td>2<tr><td class=a>3</table><p class=a>4 <b class=a>5</b></p>');
    const body = (await rows.run('html', { selector: '.a' })).html.replace(/.*<body>/, '');
    const table = '<guise-part><table role="grid"><tr><td class="a">1</td><tr><td class="a">3</td></table></guise-part>';
    assert.equal(body, `${table}<guise-part><p class="a">4 <b class="a">5</b></p></guise-part></body></html>`);
    await assert.rejects(scripted.run('html', { selector: '#none' }), { kind: 'no_match' });
    assert.match((await scripted.run('text')).text, /^Shown & escaped <b>/);
  });

  test('an unknown command is an argument error', async () => assert.rejects((await open('<p>')).run('constructor'), { kind: 'argument' }));
});
