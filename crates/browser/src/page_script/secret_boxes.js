// Where secrets can be seen: in the fields that they were put into, and wherever else the page shows them.

// Shorter secrets also come about by chance, so they are known by their field only.
const SHORTEST_FOUND = 4;

const DOCUMENT = 9;
const walkerOf = methodOf(Document.prototype, 'createTreeWalker');
const rangeOf = methodOf(Document.prototype, 'createRange');
const documentInFrame = getterOf(HTMLIFrameElement.prototype, 'contentDocument');

const lineRects = (node, start, end) => {
  const range = rangeOf(ownerDocument(node));
  range.setStart(node, start);
  range.setEnd(node, end);
  return [...range.getClientRects()];
};

/** Calls `found` with the places of each of `values` in a text that may lie in several nodes. */
const eachInTexts = (texts, values, found) => {
  const whole = texts.map((node) => textContent(node)).join('');
  for (const value of values) {
    for (let at = whole.indexOf(value); at >= 0; at = whole.indexOf(value, at + 1)) {
      let start = 0;
      for (const node of texts) {
        const length = textContent(node).length;
        const [from, to] = [Math.max(at - start, 0), Math.min(at + value.length - start, length)];
        if (from < to) for (const rect of lineRects(node, from, to)) found(rect);
        start += length;
      }
    }
  }
};

/** Whether an element may show one of the values by itself: as what is typed in it or in one of its attributes, as alternatives are. */
const showsOne = (element, values) => {
  const texts = [...elementAttributes(element)].map(({ value }) => value);
  const name = localName(element);
  if (name === 'input' || name === 'textarea') texts.push(element.value);
  // Options are shown in their list only.
  if (name === 'select') texts.push(textContent(element));
  return texts.some((text) => values.some((value) => text.includes(value)));
};

/** Calls `found` with every place below `root` that may show one of the values, shadow roots and frames of the same origin included. */
const eachSeen = (root, values, found) => {
  const texts = [];
  const walker = walkerOf(nodeType(root) === DOCUMENT ? root : ownerDocument(root), root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (nodeType(node) === TEXT) {
      texts.push(node);
      continue;
    }
    const name = localName(node);
    const shadow = shadowRootOf(node);
    if (shadow) eachSeen(shadow, values, found);
    // What is drawn on a canvas cannot be read.
    if (name === 'canvas' || showsOne(node, values)) found(boundingRect(node));
    // Documents of other origins are null, and the page's scripts cannot write into them either.
    const inner = name === 'iframe' ? documentInFrame(node) : null;
    if (!inner) continue;
    const { box, scale } = frameContent(node, boundingRect(node));
    eachSeen(inner, values, ({ x, y, width, height }) =>
      found({ x: box.x + x * scale.x, y: box.y + y * scale.y, width: width * scale.x, height: height * scale.y }),
    );
  }
  eachInTexts(texts, values, found);
};

/** Where secrets may be seen. */
const secretBoxes = () => {
  const rects = [];
  const found = (rect) => rect.width > 0 && rect.height > 0 && rects.push(boxOf(rect));
  for (const field of secretFields.keys()) if (isConnected(field)) found(boundingRect(field));
  const values = [...new Set(secretFields.values())].filter((value) => value.length >= SHORTEST_FOUND);
  if (secretFields.size > 0) eachSeen(document, values, found);
  return { boxes: rects };
};
