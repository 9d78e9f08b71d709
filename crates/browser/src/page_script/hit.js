// Hit testing through open shadow roots.

/** The innermost element at a point of the viewport, or null. */
const deepElementAt = (x, y) => {
  let root = document;
  let found = null;
  for (;;) {
    const inner = elementFromPoint(root, x, y);
    if (!inner || inner === found || rootOf(inner) !== root) return found;
    found = inner;
    root = shadowRootOf(inner);
    if (!root) return found;
  }
};

/** The label that an element lies in, or null. */
const enclosingLabel = (element) => {
  for (let at = element; at; at = flatParent(at)) if (at instanceof HTMLLabelElement) return at;
  return null;
};

/** True if a press on `hit` is a press on `element`: itself, its contents, or its label. */
const pressLandsOn = (element, hit) => {
  if (!hit) return false;
  if (flatContains(element, hit)) return true;
  const label = enclosingLabel(hit);
  if (label && labelControl(label) === element) return true;
  return element instanceof HTMLOptionElement && hit instanceof HTMLSelectElement && contains(hit, element);
};

/** Where the name of a tree's item is written: its box holds the items below it, too, and is often wider than what can be pressed. */
const lineOf = (item) => {
  const texts = document.createTreeWalker(item, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (!/\S/.test(textContent(text))) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    return range.getBoundingClientRect();
  }
  return ownRect(item);
};

/** The visible parts of an element, largest first: one per line box where it wraps. */
const visibleParts = (element, rect, clip, { display } = getComputedStyle(element), linesOf = clientRects) => {
  const whole = intersect(rect, clip);
  if (isEmpty(whole)) return [];
  if (explicitRole(element) === 'treeitem') return [intersect(lineOf(element), clip), whole].filter((part) => !isEmpty(part));
  if (display !== 'inline') return [whole];
  const parts = [];
  for (const line of linesOf(element)) {
    const part = intersect(line, clip);
    if (!isEmpty(part)) parts.push(part);
    if (parts.length === 8) break;
  }
  // An inline element around blocks has empty line boxes; the union still holds its contents.
  return parts.length > 0 ? parts.sort((a, b) => area(b) - area(a)) : [whole];
};

const SPOTS = [[0.5, 0.5], [0.25, 0.5], [0.75, 0.5], [0.5, 0.2], [0.5, 0.8], [0.1, 0.15], [0.9, 0.85]];

/** The point of a rectangle that lies at shares of its width and height. */
const spotOf = (part, [fx, fy]) => [part.left + (part.right - part.left) * fx, part.top + (part.bottom - part.top) * fy];

/** The first point, in the visible parts, where a press lands on the element; or what is there instead. */
const findPressPoint = (element, parts, elementAt = deepElementAt) => {
  let cover = null;
  for (const part of parts) {
    for (const spot of SPOTS) {
      const [x, y] = spotOf(part, spot);
      const hit = elementAt(x, y);
      if (pressLandsOn(element, hit)) return { x, y };
      cover ??= hit;
    }
  }
  return { cover };
};
