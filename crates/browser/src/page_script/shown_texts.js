// Where a text is shown that must not come here to be looked for: the page's texts go to whoever looks, and what was found in them
// comes back as places.

// Pages have thousands of these, and show none of them.
const UNSEEN = new Set(['class', 'style', 'id', 'href', 'src', 'srcset', 'd', 'transform']);

// What was told last, and how to find where a part of it is.
let shownParts = [];
let shownRects = [];

/** All texts of the document that may be shown. */
const shownTexts = () => {
  shownParts = [];
  const keep = (text, locate) => {
    if (text.length >= SHORTEST_FOUND) shownParts.push({ text, locate });
  };
  const look = {
    texts: (texts, found) => keep(textOfAll(texts), (part) => eachRectOf(texts, part, found)),
    element: (element, found) => {
      const attributes = [...elementAttributes(element)].filter(({ name }) => !UNSEEN.has(name)).map(({ value }) => value);
      for (const text of [...attributes, ...typedTexts(element)]) keep(text, () => found(boundingRect(element)));
    },
  };
  eachSeen(document, look, (rect) => rect.width > 0 && rect.height > 0 && shownRects.push(boxOf(rect)));
  return { texts: shownParts.map(({ text }) => text) };
};

/** Where parts of the texts are that were told last: `[text, start, end]` each. */
const shownBoxes = ({ parts }) => {
  shownRects = [];
  for (const [text, ...part] of parts) shownParts[text]?.locate(part);
  shownParts = [];
  return { boxes: shownRects };
};
