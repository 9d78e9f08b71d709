// Whether people can read a text. What they cannot, a page may have put there for others only: it is no part of what is seen.

const LEAST_OPACITY = 0.05;
const LEAST_FONT = 4;
// Channels of two colours that differ by less look the same.
const LEAST_CONTRAST = 12;
const OPAQUE = 0.9;

/** Red, green, blue and alpha of a computed colour; null for one in another notation. */
const channelsOf = (color) => {
  let channels = memo.colors.get(color);
  if (channels === undefined) memo.colors.set(color, (channels = readChannels(color)));
  return channels;
};

const readChannels = (color) => {
  const match = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/.exec(color);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3]), match[4] === undefined ? 1 : Number(match[4])] : null;
};

/** How much of what is behind it an element hides by its own background: a colour, null for nothing, undefined where it cannot be told. */
const backgroundOf = (style) => {
  if (style.backgroundImage !== 'none') return undefined;
  const { backgroundColor } = style;
  if (backgroundColor === 'rgba(0, 0, 0, 0)') return null;
  const channels = channelsOf(backgroundColor);
  if (!channels || channels[3] < OPAQUE) return undefined;
  return channels;
};

const ownOpacity = (style) => {
  let opacity = Number(style.opacity);
  if (style.filter !== 'none') {
    for (const [, amount, unit] of style.filter.matchAll(/opacity\(([\d.e-]+)(%?)\)/g)) opacity *= Math.min(1, Number(amount) / (unit ? 100 : 1));
  }
  return opacity;
};

const looksLike = (a, b) => [0, 1, 2].every((at) => Math.abs(a[at] - b[at]) < LEAST_CONTRAST);

const REPLACED = /^(img|canvas|video|iframe|embed|object|picture|svg)$/;

/** Whether what lies over a text hides it: something with a background, or a picture. */
const isOpaqueOver = (cover, text) => {
  let opacity = 1;
  for (let at = cover; at && !flatContains(at, text); at = flatParent(at)) {
    const style = getComputedStyle(at);
    opacity *= ownOpacity(style);
    if (opacity < OPAQUE) return false;
    // What is below a picture, or a colour that is not quite opaque, shines through or not: it is not hidden for certain.
    if (backgroundOf(style) || /^(img|canvas|video)$/.test(localName(at))) return true;
  }
  return false;
};

/** What is painted right behind a text at a point: a colour, or undefined where it is a picture or cannot be told. */
const paintedBehind = (element, x, y) => {
  const root = rootOf(element) instanceof ShadowRoot ? rootOf(element) : document;
  const prototype = root === document ? Document.prototype : ShadowRoot.prototype;
  const stack = prototype.elementsFromPoint.call(root, x, y);
  const from = stack.indexOf(element);
  if (from < 0) return undefined;
  for (const at of stack.slice(from)) {
    if (REPLACED.test(localName(at))) return undefined;
    const background = backgroundOf(getComputedStyle(at));
    if (background !== null) return background;
  }
  return [255, 255, 255, 1];
};

/** The first line of a text that is in `clip`, or its first line; null where it has none. */
const lineIn = (node, clip) => {
  const range = rangeOf(document);
  range.selectNodeContents(node);
  let first = null;
  for (const line of range.getClientRects()) {
    if (overlaps(line, clip)) return line;
    first ??= line;
  }
  return first;
};

/** Points of a text that are in view. */
const textPoints = (rect, clip) => {
  const seen = intersect(rect, clip);
  if (seen.right - seen.left < 2 || seen.bottom - seen.top < 2) return [];
  const y = (seen.top + seen.bottom) / 2;
  return [0.5, 0.05, 0.95].map((share) => ({ x: seen.left + (seen.right - seen.left) * share, y }));
};

/**
 * What the style says of an element's text: false where it cannot be read, null where it has the colour of what is behind it
 * (`background` says which), and true otherwise.
 */
const isPlainlyReadable = (style, opacity, background) => {
  if (opacity <= LEAST_OPACITY || Number.parseFloat(style.fontSize) < LEAST_FONT) return false;
  const color = channelsOf(style.webkitTextFillColor || style.color);
  if (!color) return true;
  const transparent = color[3] * opacity <= LEAST_OPACITY;
  const behind = !transparent && background();
  if (!transparent && !(behind && looksLike(color, behind))) return true;
  // Letters that are cut out of a background have its colours.
  if (style.backgroundClip === 'text') return true;
  return transparent ? false : null;
};

/** The colour behind what an element holds: its own, or that of what holds it; false where that cannot be told. */
const paintedBy = (place) => {
  if (place.background === undefined) {
    const own = backgroundOf(place.style);
    place.background = own === null ? paintedBy(place.outer) : (own ?? false);
  }
  return place.background;
};

/** Whether the text `rect` of an element, whose style lets it be read, is seen in `clip`. `background` is what its ancestors paint behind it. */
const isReadable = (element, style, background, rect, clip) => {
  const points = textPoints(rect, clip);
  const inert = style.pointerEvents === 'none';
  const readable = points.find(({ x, y }) => {
    const hit = deepElementAt(x, y);
    if (!hit || flatContains(element, hit)) return hit !== null;
    // The point goes through to what holds it: the text takes no presses, or it is cut away.
    if (flatContains(hit, element)) return inert;
    return inert || !isOpaqueOver(hit, element);
  });
  if (!readable) return false;
  const color = channelsOf(style.webkitTextFillColor || style.color);
  if (!color || style.backgroundClip === 'text' || !background || !looksLike(color, background)) return true;
  const behind = inert ? undefined : paintedBehind(element, readable.x, readable.y);
  return behind === undefined || !looksLike(color, behind);
};

/** Whether an element may be painted over others that are no part of it (CSS 2, appendix E). */
const isLifted = (style) => style.position !== 'static' || style.transform !== 'none' || style.opacity !== '1';

/** Whether an element shows less of itself than its box and its overflow say. */
const isCut = (style) => style.clipPath !== 'none' || (style.position === 'absolute' && style.clip !== 'auto');

/** Whether an element hides what lies below it, and lets presses through to it. */
const isVeil = (style, opacity) =>
  style.position !== 'static' && style.pointerEvents === 'none' && opacity >= OPAQUE && !(Number(style.zIndex) < 0) && Boolean(backgroundOf(style));

/** Whether an element is painted above another one that comes later, by its own order or that of something around it. */
const isAbove = (element, other, order) => {
  for (let at = element; at && !flatContains(at, other); at = flatParent(at)) {
    const { position, zIndex } = getComputedStyle(at);
    if (position !== 'static' && Number(zIndex) > order) return true;
  }
  return false;
};

/** The part of a text that lies inside `clip`: all of it unless it is long; null when none does. */
const textInside = (node, text, clip) => {
  const range = document.createRange();
  const boxAt = (start, end) => {
    range.setStart(node, start);
    range.setEnd(node, end);
    return range.getBoundingClientRect();
  };
  if (!overlaps(boxAt(0, text.length), clip)) return null;
  if (text.length < LONG_TEXT) return text;
  // Lines follow one another downwards, so both ends are found by halving.
  const boundary = (isBefore) => {
    let low = 0;
    let high = text.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(boxAt(middle, Math.min(middle + 1, text.length)))) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const start = boundary((box) => box.bottom <= clip.top);
  const end = boundary((box) => box.top < clip.bottom);
  return text.slice(start, end).toWellFormed();
};
