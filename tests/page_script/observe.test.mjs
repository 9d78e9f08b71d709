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
const labels = (seen) => seen.items.filter((item) => item.k === 'e').map((item) => item.label);
const named = (seen, label) => seen.items.find((item) => item.k === 'e' && item.label === label);
const byHtml = (seen, part) => seen.items.find((item) => item.k === 'e' && item.html.includes(part));

describe('observe', () => {
  test('lists what can be used, and nothing that cannot', async () => {
    const seen = await (await open(fixture('list.html'))).run('observe');
    const listed = labels(seen);
    for (const label of ['Home icon', 'Company logo', 'Long', 'Email', 'Go', 'Sign in', 'Inner', 'Menu', 'Tab one', 'Handler', 'Edit me', 'Fancy switch', 'Plain label', 'Through', 'Fixed one', 'Uno', 'Dos']) {
      assert.ok(listed.includes(label), `${label} is missing from ${listed}`);
    }
    for (const label of ['Cannot', 'Nor this', 'Nor that', 'Inert', 'Invisible', 'Gone', 'Faint', 'Forbidden', 'Clipped away', 'Covered', 'Far away']) {
      assert.ok(!listed.includes(label), `${label} is listed`);
    }
  });

  test('gives letters, actions and renderings as the Notte API says', async () => {
    const seen = await (await open(fixture('list.html'))).run('observe');
    const facts = (label) => {
      const { letter, action, html } = named(seen, label);
      return [letter, action, html];
    };
    assert.deepEqual(facts('Sign in'), ['B', 'click', '<button type="submit">Sign in</button>']);
    assert.deepEqual(facts('Home icon').slice(0, 2), ['L', 'click']);
    assert.deepEqual(facts('Email'), ['I', 'fill', '<input type="email" value="a@b.c" placeholder="you@example.org" name="email"></input>']);
    assert.deepEqual(facts('Menu'), ['B', 'click', '<div role="button" aria_expanded="False">Menu</div>']);
    assert.equal(facts('Company logo')[2], '<a href="/" aria_label="Company logo">Company logo</a>');
    assert.deepEqual(facts('Dos').slice(0, 2), ['O', 'select']);
    const select = byHtml(seen, 'Red | Green');
    assert.deepEqual([select.letter, select.action, select.html], ['I', 'select', '<select value="g">Red | Green</select>']);
    const long = named(seen, 'Long');
    assert.equal(long.html, `<a tabindex="0" href="/very/long/path/that/goes/on/and/on/and/on/until/it/is/more/..." title="t">Long</a>`);
    assert.match(long.full, /more\/than\/sixty\/characters" title="t">Long<\/a>$/);
    assert.equal(byHtml(seen, 'type="checkbox" value="yes"').letter, 'B');
    assert.equal(named(seen, 'Handler').letter, 'M');
  });

  test('nested elements do not repeat their text, and free text is merged by block', async () => {
    const seen = await (await open(fixture('list.html'))).run('observe');
    const card = byHtml(seen, 'Card text');
    assert.equal(card.html, '<div>Card text tail</div>');
    const texts = seen.items.filter((item) => item.k === 't').map((item) => item.text);
    assert.ok(texts.includes('Welcome back, friend'));
    assert.ok(!texts.some((text) => /readers only|far away|Card text|Clipped/.test(text)), texts.join('|'));
  });

  test('never shows what secret fields hold', async () => {
    const seen = await (await open(fixture('list.html'))).run('observe');
    assert.ok(!JSON.stringify(seen).includes('sekret'));
  });

  test('lists in document order, with handles that last', async () => {
    const scripted = await open(fixture('list.html'));
    const first = await scripted.run('observe');
    await scripted.cdp.send('HeapProfiler.collectGarbage');
    await scripted.cdp.send('Runtime.evaluate', { contextId: scripted.context, expression: 'for (let i = 0; i < 3e6; i++) ({ i }); 0' });
    await scripted.cdp.send('HeapProfiler.collectGarbage');
    const second = await scripted.run('observe');
    assert.deepEqual(first.items.map((item) => item.h), second.items.map((item) => item.h));
    const tops = ['#home', '#long', '#box', '#card', '#editor'];
    const css = first.items.filter((item) => item.k === 'e').map((item) => item.css);
    assert.deepEqual([...tops].sort((a, b) => css.indexOf(a) - css.indexOf(b)), tops);
  });

  test('a handle is never given again, and a removed element is stale or detached', async () => {
    const scripted = await open('<button id=a>A</button>');
    const a = await scripted.handle('#a');
    await scripted.page.evaluate(() => document.querySelector('#a').remove());
    assert.equal((await scripted.run('actionable', { handle: a })).reason, 'detached');
    await scripted.page.evaluate(() => (document.body.innerHTML = '<button id=b>B</button>'));
    assert.notEqual(await scripted.handle('#b'), a);
    await assert.rejects(scripted.run('describe', { handle: 9999 }), { kind: 'stale' });
  });

  test('every css and xpath it gives finds that very element', async () => {
    for (const name of ['list.html', 'shadow.html', 'selectors.html', 'forms.html']) {
      const scripted = await open(fixture(name));
      const seen = await scripted.run('observe', { viewportOnly: false });
      for (const item of seen.items.filter((each) => each.k === 'e')) {
        const found = await scripted.run('resolve', { selector: item.css });
        assert.deepEqual([found.count, found.handles[0]], [1, item.h], `${name}: ${item.css}`);
        if (item.xpath) assert.equal((await scripted.run('nodeSelectors', { xpath: item.xpath })).handle, item.h, item.xpath);
        else assert.ok(item.inShadow);
      }
    }
  });

  test('walks open shadow roots and slots', async () => {
    const seen = await (await open(fixture('shadow.html'))).run('observe');
    assert.deepEqual(labels(seen), ['Name', 'Go inside', 'Deep link', 'Slotted', 'Name', 'Go inside', 'Deep link', 'Second']);
    assert.ok(!JSON.stringify(seen).includes('never shown'));
    assert.ok(named(seen, 'Deep link').inShadow);
  });

  test('marks what lies in a visible dialog with something to use', async () => {
    const seen = await (await open(fixture('dialogs.html'))).run('observe');
    assert.deepEqual(seen.dialogs.map(({ role, text, modal }) => ({ role, text, modal })), [{ role: 'dialog', text: 'Delete it?', modal: true }]);
    assert.equal(named(seen, 'Yes').d, 0);
    assert.ok(!named(seen, 'Behind'), 'a modal dialog makes the rest inert');
    const scripted = await open(fixture('dialogs.html').replace('showModal()', 'close()'));
    const cookies = await scripted.run('observe');
    assert.deepEqual(cookies.dialogs.map(({ role, text, modal }) => ({ role, text, modal })), [{ role: 'alertdialog', text: 'Cookies', modal: false }]);
    assert.equal(named(cookies, 'Accept').d, 0);
    assert.equal(named(cookies, 'Behind').d, undefined);
  });

  test('stops at iframes and says where they are drawn', async () => {
    const scripted = await open('<style>body{margin:0}iframe{margin:20px;border:5px solid;padding:3px;width:200px;height:100px}</style><iframe srcdoc="<button>In</button>"></iframe>');
    const frame = (await scripted.run('observe')).items.find((item) => item.k === 'f');
    assert.deepEqual(frame.box, { x: 28, y: 28, width: 200, height: 100 });
    assert.deepEqual(frame.visible, { x: 0, y: 0, width: 200, height: 100 });
    const box = await scripted.run('frameBox', { handle: frame.h, points: [{ x: 30, y: 30 }, { x: 2, y: 2 }] });
    assert.deepEqual([box.box, box.hits], [frame.box, [true, false]]);
  });

  test('a clip hides what an outer frame does not show', async () => {
    const scripted = await open('<style>body{margin:0}button{display:block;height:50px}</style><button>A</button><button>B</button>');
    assert.deepEqual(labels(await scripted.run('observe', { clip: { x: 0, y: 0, width: 100, height: 40 } })), ['A']);
    assert.deepEqual(labels(await scripted.run('observe', { clip: { x: 10, y: 160, width: 100, height: 40 }, offset: { x: 10, y: 100 } })), ['B']);
  });

  test('closed details show their summary, labels do not double their control', async () => {
    const seen = await (await open('<details><summary>More</summary><p>inside</p><button>Hidden</button></details><label style="cursor:pointer"><input type=checkbox> Pick</label><div data-index=1><span style="cursor:pointer">Row</span></div>')).run('observe');
    assert.deepEqual(labels(seen), ['More', 'Pick', 'Row', 'Row']);
    assert.ok(!JSON.stringify(seen).includes('inside'));
  });

  test('a popover or modal dialog is not clipped by what holds it', async () => {
    const scripted = await open('<div style="transform:translateX(0);overflow:hidden;width:10px;height:10px"><div popover id=p><button>In popover</button></div></div><script>p.showPopover()</script>');
    const seen = await scripted.run('observe');
    assert.deepEqual(labels(seen), ['In popover']);
    assert.equal((await scripted.run('actionable', { handle: named(seen, 'In popover').h })).ok, true);
  });

  test('tells what is still there, however often the page was observed since', async () => {
    const scripted = await open('<style>.bare{opacity:0;width:0;height:0}</style><button id=up>Up</button><button id=off>Off</button><button id=out>Out</button><label><input type=checkbox class=bare> Pick</label><dialog><button>Close</button></dialog><div style="height:3000px"></div>');
    const seen = await scripted.run('observe');
    const handles = ['Up', 'Off', 'Out', 'Pick'].map((label) => named(seen, label).h);
    const [up, , , pick] = handles;
    assert.deepEqual(await scripted.run('stillThere', { handles }), handles);
    await scripted.page.evaluate(() => {
      document.querySelector('#off').hidden = true;
      document.querySelector('#out').remove();
      scrollTo(0, 2000);
    });
    for (const viewportOnly of [true, false, true]) {
      await scripted.run('observe', { viewportOnly });
      assert.deepEqual(await scripted.run('stillThere', { handles: [...handles, 9999] }), [up, pick]);
    }
    for (const show of ['show', 'showModal']) {
      await scripted.page.evaluate((show) => {
        scrollTo(0, 0);
        document.querySelector('dialog')[show]();
      }, show);
      await scripted.run('observe');
      assert.deepEqual(await scripted.run('stillThere', { handles }), [up, pick], show);
      await scripted.page.evaluate(() => document.querySelector('dialog').close());
    }
    assert.equal(named(await scripted.run('observe'), 'Up').h, up);
  });

  test('max ends the list', async () => {
    const seen = await (await open('<button>A</button><button>B</button><button>C</button>')).run('observe', { max: 2 });
    assert.deepEqual([labels(seen), seen.truncated], [['A', 'B'], true]);
  });

  test('the whole page when asked', async () => {
    const seen = await (await open(fixture('list.html'))).run('observe', { viewportOnly: false });
    assert.equal(named(seen, 'Far away').inView, false);
    assert.ok(seen.items.some((item) => item.k === 't' && item.text === 'Text far away'));
  });

  test('content that overflows a box above the view is seen', async () => {
    const scripted = await open('<html style="height:100%"><body style="height:100%;margin:0"><div style="height:100%"><div><div style="height:3000px">top</div><button>Deep down</button><div style="height:2000px"></div></div></div></body></html>');
    await scripted.page.evaluate(() => scrollTo(0, 2800));
    assert.deepEqual(labels(await scripted.run('observe')), ['Deep down']);
  });

  test('an overlay kept in a row far outside the view is found in a long table', async () => {
    const rows = Array.from({ length: 2000 }, (_, i) => `<tr><td><a href="/${i}">Item ${i}</a></td><td><button>Edit ${i}</button>${i === 1700 ? '<div style="position:fixed;left:300px;top:100px;width:400px;height:400px;background:#fff"><button>In the overlay</button></div>' : ''}</td></tr>`);
    const scripted = await open(`<table>${rows.join('')}</table>`);
    const seen = await scripted.run('observe');
    assert.ok(named(seen, 'In the overlay'));
    assert.ok(named(seen, 'Item 0') && !named(seen, 'Item 1000'));
    await scripted.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
    const middle = labels(await scripted.run('observe')).filter((label) => label.startsWith('Item'));
    const expected = await scripted.page.evaluate(() => [...document.querySelectorAll('a')].filter((a) => { const r = a.getBoundingClientRect(); return r.bottom > 1 && r.top < innerHeight - 1; }).map((a) => a.textContent));
    assert.deepEqual(middle, expected);
  });

  test('a long text is cut to what is in view', async () => {
    const lines = Array.from({ length: 20000 }, (_, i) => `line ${i}`).join('\n');
    const scripted = await open(`<pre>${lines}</pre>`);
    const [item] = (await scripted.run('observe')).items;
    assert.ok(item.text.startsWith('line 0 line 1 ') && item.text.length < 2000, `${item.text.length}`);
  });

  test('attributes, titles and texts of megabytes do not make an answer of megabytes', async () => {
    const scripted = await open('<button id="much">x</button><a href="/" id="link">y</a>');
    await scripted.page.evaluate(() => {
      const much = 'much '.repeat(600_000);
      document.title = much;
      document.querySelector('#much').title = much;
      document.querySelector('#link').setAttribute('aria-label', much);
      document.body.append(much.replaceAll(' ', ''));
    });
    const seen = await scripted.run('observe');
    assert.equal(seen.items.filter((item) => item.k === 'e').length, 2);
    const size = JSON.stringify(seen).length;
    assert.ok(size < 100_000, `${size} characters`);
  });

  test('hostile pages change nothing', async () => {
    const scripted = await open(fixture('hostile.html'));
    const seen = await scripted.run('observe');
    assert.equal(seen.title, 'Hostile');
    assert.equal(named(seen, 'Send').css, '#submit-me');
    assert.equal(labels(seen).length, 17);
    assert.ok(seen.items.some((item) => item.k === 't' && item.text === 'lone \ufffd end'));
    for (const command of ['html', 'text', 'formFields', 'scrollPosition', 'blurActive']) await scripted.run(command);
    assert.equal((await scripted.run('actionable', { handle: named(seen, 'Send').h })).ok, true);
    assert.equal((await scripted.run('resolve', { selector: 'form >> text=Send' })).count, 1);
  });

  test('a very deep tree does not overflow', async () => {
    const scripted = await open('<div id=top></div>');
    await scripted.page.evaluate(() => { let at = document.querySelector('#top'); for (let i = 0; i < 5000; i++) { const next = document.createElement('span'); at.append(next); at = next; } at.append('deep'); });
    for (const [command, args] of [['observe', {}], ['observe', { viewportOnly: false }], ['html', {}], ['resolve', { selector: 'text=deep' }], ['resolve', { selector: 'role=button' }]]) await scripted.run(command, args);
  });
});
