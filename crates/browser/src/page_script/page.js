// The document as a whole: scrolling, dragging and text.

/** `{x, y, max_x, max_y}` in pixels. */
const scrollPosition = () => {
  const root = scrollingElement();
  return {
    x: scrollX,
    y: scrollY,
    max_x: root ? Math.max(0, scrollWidthOf(root) - innerWidth) : 0,
    max_y: root ? Math.max(0, scrollHeightOf(root) - innerHeight) : 0,
  };
};

/**
 * Scrolls the document at once and answers the position before and after. Where it does not move, as in applications that
 * fill the window, what is in the middle of the window is scrolled, the innermost that can. With a handle it is that element,
 * by `dy`, or by that share of its height.
 */
const scrollBy = ({ handle = null, dx = 0, dy = 0, share = 0 }) => {
  const move = (element, position) => {
    const before = position();
    element?.scrollBy({ left: dx, top: dy, behavior: 'instant' });
    const after = position();
    return { before, after, changed: before.x !== after.x || before.y !== after.y };
  };
  if (handle !== null) {
    const element = meantElement(handle) ?? attachedElementOf(handle);
    dy ??= Math.round(clientHeightOf(element) * share);
    return move(element, () => ({ x: element.scrollLeft, y: element.scrollTop }));
  }
  const whole = move(scrollingElement(), scrollPosition);
  if (whole.changed) return whole;
  for (let at = deepElementAt(innerWidth / 2, innerHeight / 2); at; at = flatParent(at)) {
    // The root's and the body's overflow is the viewport's.
    if (at === documentElement() || at === documentBody()) break;
    const { overflowX, overflowY } = getComputedStyle(at);
    if (![overflowX, overflowY].some((overflow) => overflow === 'auto' || overflow === 'scroll')) continue;
    const part = move(at, () => ({ x: at.scrollLeft, y: at.scrollTop }));
    if (part.changed) return part;
  }
  return whole;
};

// Frames in which a turn of the wheel shows its first effect.
const FIRST_FRAMES = 3;

/** Waits for a few frames, and then until nothing scrolls any more. */
const calm = async (args, limit) => {
  for (let frame = 0; frame < FIRST_FRAMES || isAnythingScrolling(); frame += 1) {
    await nextFrame(FRAME_PATIENCE);
    inTime(limit);
  }
};

let dragStart = null;
addEventListener('dragstart', (event) => (dragStart = event), { capture: true, passive: true });

/** Forgets the drags so far. */
const watchDrag = () => {
  dragStart = null;
};

/** Whether the page has had the browser begin a drag since. */
const dragBegun = () => ({ begun: dragStart !== null && !dragStart.defaultPrevented });

/** Downloads the document itself, for one that is a file and no page. */
const saveDocument = () => {
  const link = document.createElement('a');
  link.href = location.href;
  link.download = '';
  documentElement().append(link);
  link.click();
  link.remove();
};

/** The document's visible text. */
const text = () => {
  const body = documentBody();
  return { text: body ? getterOf(HTMLElement.prototype, 'innerText')(body) : (textContent(documentElement() ?? document) ?? '') };
};
