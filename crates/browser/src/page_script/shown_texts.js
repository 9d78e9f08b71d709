// Where a text is shown that must not come here to be looked for: the page's texts go to whoever looks, and what was found in them
// comes back as places. Several may look at once.

// Pages have thousands of these, and show none of them.
const UNSEEN = new Set(['class', 'style', 'id', 'href', 'src', 'srcset', 'd', 'transform']);

// Looks that nobody came back to are let go of, the oldest first.
const LOOKS_KEPT = 64;
const shownLooks = new Map();
let lastLook = 0;

/** All texts of the document that may be shown, and the number of this look. */
const shownTexts = () => {
  const kept = [];
  let rects = [];
  const found = (rect) => rect.width > 0 && rect.height > 0 && rects.push(boxOf(rect));
  const keep = (text, locate) => {
    if (text.length >= SHORTEST_FOUND) kept.push({ text, locate });
  };
  const look = {
    texts: (texts, found) => {
      const told = textOfAll(texts);
      keep(told, (part) => {
        const now = textOfAll(texts);
        // What changed since is no longer where it was: all of it is meant then.
        eachRectOf(texts, now === told ? part : [0, now.length], found);
      });
    },
    element: (element, found) => {
      const attributes = [...elementAttributes(element)].filter(({ name }) => !UNSEEN.has(name)).map(({ value }) => value);
      for (const text of [...attributes, ...typedTexts(element)]) keep(text, () => found(boundingRect(element)));
    },
  };
  eachSeen(document, look, found);
  lastLook += 1;
  shownLooks.set(lastLook, (parts) => {
    rects = [];
    for (const [text, ...part] of parts) kept[text].locate(part);
    return rects;
  });
  shownLooks.delete(lastLook - LOOKS_KEPT);
  return { look: lastLook, texts: kept.map(({ text }) => text) };
};

/** Where parts of the texts of a look are: `[text, start, end]` each. That ends the look. */
const shownBoxes = ({ look, parts }) => {
  const locate = shownLooks.get(look);
  if (!locate) throw new Failure('argument', `the texts of the look ${look} are not known any more`);
  shownLooks.delete(look);
  return { boxes: locate(parts) };
};
