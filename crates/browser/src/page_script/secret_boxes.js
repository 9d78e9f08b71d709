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

/** Calls `found` with the places of a part of a text that may lie in several nodes. */
const eachRectOf = (texts, [from, to], found) => {
  let start = 0;
  for (const node of texts) {
    const length = textContent(node).length;
    const [first, last] = [Math.max(from - start, 0), Math.min(to - start, length)];
    if (first < last) for (const rect of lineRects(node, first, last)) found(rect);
    start += length;
  }
};

const textOfAll = (texts) => texts.map((node) => textContent(node)).join('');

/** Calls `found` with the places of each of `values` in a text that may lie in several nodes. */
const eachInTexts = (texts, values, found) => {
  const whole = textOfAll(texts);
  for (const value of values)
    for (let at = whole.indexOf(value); at >= 0; at = whole.indexOf(value, at + 1)) eachRectOf(texts, [at, at + value.length], found);
};

/** What is typed in an element or can be chosen from it. */
const typedTexts = (element) => {
  const name = localName(element);
  if (name === 'input' || name === 'textarea') return [element.value];
  // Options are shown in their list only.
  return name === 'select' ? [textContent(element)] : [];
};

/** What an element may show by itself: what is typed in it, and its attributes, as alternatives are. */
const ownTexts = (element) => [...[...elementAttributes(element)].map(({ value }) => value), ...typedTexts(element)];

/**
 * Gives `look.texts` the text nodes of each tree below `root`, and `look.element` each element, shadow roots and frames of the same
 * origin included. Both get `found`, which takes a place there as one in the outermost document.
 */
const eachSeen = (root, look, found) => {
  const texts = [];
  const walker = walkerOf(nodeType(root) === DOCUMENT ? root : ownerDocument(root), root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (nodeType(node) === TEXT) {
      texts.push(node);
      continue;
    }
    const shadow = shadowRootOf(node);
    if (shadow) eachSeen(shadow, look, found);
    look.element(node, found);
    // Documents of other origins are null, and the page's scripts cannot write into them either.
    const inner = localName(node) === 'iframe' ? documentInFrame(node) : null;
    if (!inner) continue;
    const inDocument = ({ left, top, width, height }) => {
      const { box, scale } = frameContent(node, boundingRect(node));
      found({ left: box.x + left * scale.x, top: box.y + top * scale.y, width: width * scale.x, height: height * scale.y });
    };
    eachSeen(inner, look, inDocument);
  }
  look.texts(texts, found);
};

/** Where secrets may be seen. */
const secretBoxes = () => {
  const rects = [];
  const found = (rect) => rect.width > 0 && rect.height > 0 && rects.push(boxOf(rect));
  for (const field of secretFields.keys()) if (isConnected(field)) found(boundingRect(field));
  const values = [...new Set(secretFields.values())].filter((value) => value.length >= SHORTEST_FOUND);
  const shows = (text) => values.some((value) => text.includes(value));
  const look = {
    texts: (texts, found) => eachInTexts(texts, values, found),
    // What is drawn on a canvas cannot be read.
    element: (element, found) => {
      if (localName(element) === 'canvas' || ownTexts(element).some(shows)) found(boundingRect(element));
    },
  };
  if (secretFields.size > 0) eachSeen(document, look, found);
  return { boxes: rects };
};
