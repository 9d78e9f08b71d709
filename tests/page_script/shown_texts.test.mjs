import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, Scripted } from './harness.mjs';

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const open = async () => {
  const page = await browser.newPage();
  await page.setContent('<p id=first>one</p><p id=second>Secret <i>wo</i>rd</p><input id=field value="a word">');
  return Scripted.in(page);
};

/** Where a look's texts hold `word`, as whoever looks finds it. */
const partsOf = (texts, word) => texts.flatMap((text, number) => (text.includes(word) ? [[number, text.indexOf(word), text.indexOf(word) + word.length]] : []));

/** Whether the middle of an element is in a box, across its whole width. */
const covers = async (scripted, boxes, selector) => {
  const { x, y, width, height } = await scripted.page.locator(selector).boundingBox();
  const middle = y + height / 2;
  const inLine = boxes.filter((box) => box.y <= middle && middle <= box.y + box.height);
  return [0.1, 0.5, 0.9].every((part) => inLine.some((box) => box.x <= x + part * width && x + part * width <= box.x + box.width));
};

test('the places of a word are told, in texts over several elements and in fields', async () => {
  const scripted = await open();
  const { look, texts } = await scripted.run('shownTexts', {});
  const { boxes } = await scripted.run('shownBoxes', { look, parts: partsOf(texts, 'word') });
  assert.ok(await covers(scripted, boxes, '#second i'));
  assert.ok(await covers(scripted, boxes, '#field'));
  assert.ok(!(await covers(scripted, boxes, '#first')));
});

test('two that look at once find the same', async () => {
  const scripted = await open();
  const one = await scripted.run('shownTexts', {});
  const other = await scripted.run('shownTexts', {});
  const found = [];
  for (const { look, texts } of [one, other]) found.push(await scripted.run('shownBoxes', { look, parts: partsOf(texts, 'word') }));
  // One for each part of it, and the field twice: for its value and the attribute that it came from.
  assert.equal(found[0].boxes.length, 4);
  assert.deepEqual(found[0], found[1]);
});

test('a look is over once it was asked for its places', async () => {
  const scripted = await open();
  const { look } = await scripted.run('shownTexts', {});
  assert.deepEqual(await scripted.run('shownBoxes', { look, parts: [] }), { boxes: [] });
  await assert.rejects(scripted.run('shownBoxes', { look, parts: [] }), { kind: 'argument' });
});

test('what changed meanwhile is meant as a whole', async () => {
  const scripted = await open();
  const { look, texts } = await scripted.run('shownTexts', {});
  await scripted.page.evaluate(() => (document.getElementById('first').textContent = 'a much longer text than before'));
  const { boxes } = await scripted.run('shownBoxes', { look, parts: partsOf(texts, 'word') });
  assert.ok(await covers(scripted, boxes, '#second i'));
});
