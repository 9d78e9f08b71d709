// What people cannot read is no text of the page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { launch, Scripted } from './harness.mjs';

const PAGES = new URL('../../crates/testsite/pages/perceive/', import.meta.url);

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const textsOf = async (html) => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1500 } });
  await page.setContent(html);
  const seen = await (await Scripted.in(page)).run('observe');
  return seen.items.filter((item) => item.k === 't').map((item) => item.text);
};

describe('texts', () => {
  test('that are hidden in any way are left out, and others are not', async () => {
    const texts = await textsOf(readFileSync(new URL('injection.html', PAGES), 'utf8'));
    assert.deepEqual(texts, ['Pancakes', 'Mix flour and milk.', 'Light on dark is read', 'Text that takes no clicks is read', 'Grey is read', 'Above the rest', 'Half bold words']);
  });

  const SEEN = {
    'white on a picture that lies behind it': '<div style="position:relative;width:300px;height:80px"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" style="position:absolute;width:100%;height:100%"><p style="position:relative;color:#fff">Words</p></div>',
    'white on a dark box that is no ancestor': '<div style="position:relative;width:300px;height:80px"><div style="position:absolute;inset:0;background:#000"></div><p style="position:relative;color:#fff">Words</p></div>',
    'white on a gradient': '<div style="background:linear-gradient(#000,#333)"><p style="color:#fff">Words</p></div>',
    'filled with a gradient': '<p style="background:linear-gradient(#f00,#00f);-webkit-background-clip:text;color:transparent">Words</p>',
    'below a link that is stretched over it': '<div style="position:relative"><p>Words</p><a href="/" style="position:absolute;inset:0"></a></div>',
    'below a backdrop that shines through': '<p>Words</p><div style="position:fixed;inset:0;background:rgba(0,0,0,.4)"></div>',
    'in several lines of which the first is out of view': `<div style="height:60px;overflow:hidden"><p style="width:40px;margin-top:-60px">${'Words '.repeat(20)}</p></div>`,
    'above something decorative that takes no presses': '<div style="position:relative"><p style="position:relative;z-index:2">Words</p><div style="position:absolute;inset:0;background:#eee;pointer-events:none"></div></div>',
    'in an open shadow root': '<div><template shadowrootmode="open"><p>Words</p></template></div>',
  };
  for (const [name, html] of Object.entries(SEEN)) {
    test(`seen: ${name}`, async () => assert.match((await textsOf(html)).join(), /Words/));
  }

  const HIDDEN = {
    'below a picture': '<div style="position:relative;width:300px;height:80px"><p>Words</p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" style="position:absolute;inset:0;width:100%;height:100%"></div>',
    'shrunk': '<p style="transform:scale(0.01)">Words</p>',
    'clipped to nothing': '<p style="position:absolute;clip:rect(0,0,0,0)">Words</p>',
    'in the colour of a box around it': '<div style="background:#222"><p style="color:#232323">Words</p></div>',
    'nearly transparent in two steps': '<div style="opacity:.2"><p style="opacity:.2">Words</p></div>',
  };
  for (const [name, html] of Object.entries(HIDDEN)) {
    test(`hidden: ${name}`, async () => assert.doesNotMatch((await textsOf(html)).join(), /Words/));
  }
});

describe('states', () => {
  test('say how fields and controls stand, and never a secret', async () => {
    const page = await browser.newPage();
    await page.setContent(`
      <label>Mail <input value="ada@" aria-invalid="true" aria-errormessage="e" required></label><p id="e">This is no address</p>
      <label>Word <input type="password" value="sekret" aria-invalid="true" aria-describedby="w"></label><p id="w">Too short</p>
      <label>Ways <select multiple><option selected>Bus</option><option selected>Train</option></select></label>
      <details open><summary>More</summary></details><div role="slider" tabindex="0" aria-label="Loud" aria-valuenow="30">x</div>
      <button disabled>Pay <b>now</b></button><button aria-disabled="true">Wait</button><button aria-expanded="false">Open</button>`);
    const seen = await (await Scripted.in(page)).run('observe');
    const states = Object.fromEntries(seen.items.filter((item) => item.k === 'e').map((item) => [item.label, item.states]));
    assert.deepEqual(states.Mail, ['value "ada@"', 'required', 'invalid: This is no address']);
    assert.deepEqual(states.Word, ['filled', 'invalid: Too short']);
    assert.deepEqual(states.Ways, ['value "Bus, Train"']);
    assert.deepEqual(states.More, ['expanded']);
    assert.deepEqual(states.Loud, ['value 30']);
    assert.deepEqual(states.Open, ['collapsed']);
    const unusable = seen.items.filter((item) => item.k === 'x').map((item) => [item.html, item.states]);
    assert.deepEqual(unusable, [['<button>Pay now</button>', ['disabled']], ['<button>Wait</button>', ['disabled']]]);
    assert.ok(!JSON.stringify(seen).includes('sekret'));
  });

  test('what scrolls is told, with how far', async () => {
    const page = await browser.newPage();
    await page.setContent('<div aria-label="Rows" style="height:100px;width:200px;overflow:auto"><div style="height:900px">Row</div></div><div style="height:50px;overflow:hidden"><div style="height:900px">Cut</div></div>');
    const seen = await (await Scripted.in(page)).run('observe');
    const [only, ...others] = seen.items.filter((item) => item.k === 's');
    assert.deepEqual([only.label, only.above, only.below, others.length], ['Rows', 0, 800, 0]);
  });
});
