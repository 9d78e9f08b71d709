// Closed shadow roots. No script sees them but the page's own; the protocol does, and hands them in.

const askedForRoot = new WeakSet();
// So many elements are asked for in one pass.
const MOST_ASKED = 20;
const SMALLEST_HOST = 16;

const showsChild = (element) => {
  for (let node = firstChild(element); node; node = nextSibling(node)) {
    if (nodeType(node) === TEXT ? /\S/.test(textContent(node)) : isElement(node) && isRendered(node)) return true;
  }
  return false;
};

/**
 * Whether an element has nothing of its own to show: it may have a closed shadow root. Told once for each. One that is no
 * custom element has to take room; what a component shows may lie anywhere on the page.
 */
const mayHaveClosedRoot = (element, tag, style, rect) => {
  const custom = tag.includes('-');
  if (!custom && tag !== 'div' && tag !== 'span') return false;
  if (shadowRootOf(element) || askedForRoot.has(element)) return false;
  if (!custom && (rect.width < SMALLEST_HOST || rect.height < SMALLEST_HOST)) return false;
  if (style.visibility !== 'visible') return false;
  if (custom ? showsChild(element) : firstChild(element) !== null || backgroundOf(style) !== null) return false;
  askedForRoot.add(element);
  return true;
};

/** Takes on the shadow root of an element. */
const adoptRoot = (handle, root) => {
  const element = targetOf(handle);
  if (!element || !(root instanceof ShadowRoot) || root.host !== element) return false;
  closedRoots.set(element, root);
  anyClosedRoot = true;
  return true;
};
