// Waiting until an element can be acted on, and the point at which to act.

// Two equal frames are asked for while something that may move the element runs; a scroll event this
// long ago, in milliseconds, still counts as a running scroll unless the browser said it ended.
const SCROLL_SETTLES = 200;
// A page that is not shown, or is busy, gets no frames: the wait for one ends after this many milliseconds.
const FRAME_PATIENCE = 100;
// What a page takes out to render it anew is back within this many milliseconds.
const RENDERS = 500;

const scrolledAt = new WeakMap();
let lastScroll = -Infinity;
const onScroll = (event) => {
  if (!(event.target instanceof Node)) return;
  lastScroll = performance.now();
  scrolledAt.set(event.target, lastScroll);
};
const onScrollEnd = (event) => {
  if (!(event.target instanceof Node)) return;
  lastScroll = -Infinity;
  scrolledAt.delete(event.target);
};
addEventListener('scroll', onScroll, { capture: true, passive: true });
addEventListener('scrollend', onScrollEnd, { capture: true, passive: true });

/** Resolves with true at the next frame, or after a while with false, unless no frames are to be expected at all. */
const nextFrame = (patience) =>
  new Promise((done) => {
    const timer = setTimeout(() => done(getterOf(Document.prototype, 'hidden')(document)), Math.min(patience, FRAME_PATIENCE));
    requestAnimationFrame(() => {
      clearTimeout(timer);
      done(true);
    });
  });

const isAnythingScrolling = () => performance.now() - lastScroll < SCROLL_SETTLES;
const isScrolling = (node) => performance.now() - (scrolledAt.get(node) ?? -Infinity) < SCROLL_SETTLES;

/** True if an animation, a transition or a scroll runs on the element or on something that holds it. */
const isMaybeMoving = (element) => {
  if (isScrolling(document)) return true;
  const running = new Set();
  const roots = new Set([document]);
  for (let at = element; at; at = composedParent(at)) roots.add(rootOf(at));
  for (const root of roots) {
    for (const animation of (root === document ? Document.prototype : ShadowRoot.prototype).getAnimations.call(root)) {
      if (animation.playState === 'running' && animation.effect?.target) running.add(animation.effect.target);
    }
  }
  for (let at = element; at; at = flatParent(at)) if (running.has(at) || isScrolling(at)) return true;
  return false;
};

const sameBox = (a, b) => a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

/** What each kind of action needs beside an attached element. */
const NEEDS = {
  click: { visible: true, enabled: true, still: true, point: true },
  check: { visible: true, enabled: true, still: true, point: true },
  hover: { visible: true, enabled: false, still: true, point: true },
  fill: { visible: true, enabled: true, editable: true, still: false, point: false },
  select: { visible: true, enabled: true, still: false, point: false },
  upload: { visible: false, enabled: true, still: false, point: false },
};

const ALIGNMENTS = [
  { block: 'center', inline: 'nearest' },
  { block: 'end', inline: 'end' },
  { block: 'start', inline: 'start' },
  { block: 'nearest', inline: 'center' },
];

const failed = (reason, message, by) => ({ ok: false, reason, message, by: by ? openTag(by) : null });

/** The point for a press at a given offset in the element, if it lies in what can be seen. */
const pressAt = (target, rect, clip, position) => {
  const x = rect.left + position.x;
  const y = rect.top + position.y;
  if (x < clip.left || y < clip.top || x >= clip.right || y >= clip.bottom) return null;
  const hit = deepElementAt(x, y);
  return pressLandsOn(target, hit) ? { x, y } : { cover: hit };
};

/** Tries to find a point to press without scrolling: `{x, y}`, `{cover}` or null when nothing is in view. */
const pressPoint = (element, target, position) => {
  const rect = boundingRect(target);
  const clip = intersect(clipOf(target), viewRect());
  const point = position ? pressAt(target, rect, clip, position) : inViewPoint(target, rect, clip);
  // A label shows the control, so what covers the label's point must still be the control's.
  return point?.cover && pressLandsOn(element, point.cover) && !position ? null : point;
};

const inViewPoint = (target, rect, clip) => {
  const parts = visibleParts(target, rect, clip);
  return parts.length > 0 ? findPressPoint(target, parts) : null;
};

const scrollTo = (target, alignment) => scrollIntoView(target, { ...alignment, behavior: 'instant' });

/** Scrolls only as far as needed; an element that something sticky covers is tried in other places. */
const scrolledPressPoint = (element, target, position) => {
  let found = pressPoint(element, target, position);
  if (found && found.cover === undefined) return found;
  const covered = found !== null;
  const before = covered ? scrollPositions(target) : null;
  for (const alignment of ALIGNMENTS) {
    scrollTo(target, alignment);
    const next = pressPoint(element, target, position);
    if (next && next.cover === undefined) return next;
    found ??= next;
    if (next?.cover) found = next;
  }
  // A page that is covered as a whole stays where its reader left it.
  if (before) for (const [scroller, left, top] of before) scroller.scrollTo({ left, top, behavior: 'instant' });
  return found;
};

const scrollPositions = (element) => {
  const positions = [];
  for (let at = flatParent(element); at; at = flatParent(at)) {
    if (scrollHeightOf(at) > clientHeightOf(at) || scrollWidthOf(at) > clientWidthOf(at)) positions.push([at, at.scrollLeft, at.scrollTop]);
  }
  return positions;
};

/** One look: `{ok: true, …}`, a failure that may pass, or `{moving: true}` when another frame must be seen. */
const look = (element, needs, position, lastBox, settle) => {
  if (!isConnected(element) || ownerDocument(element) !== document) {
    return failed('detached', 'the element is no longer attached to the page');
  }
  const list = element instanceof HTMLOptionElement && !isRendered(element) ? Element.prototype.closest.call(element, 'select') : null;
  if (list && needs.point) return failed('not_visible', 'the element is an option of a closed list: select it instead');
  const target = list ?? standInLabel(element) ?? element;
  if (needs.visible && !isRendered(target)) return failed('not_visible', `the element is not visible: ${whyInvisible(target)}`);
  if (needs.enabled) {
    const reason = disabledReason(element);
    if (reason) return failed('disabled', `the element cannot be used: ${reason}`);
  }
  if (needs.editable) {
    const reason = editability(element);
    if (reason) return failed('disabled', `the element cannot be filled: ${reason}`);
  }
  const box = boxOf(boundingRect(target));
  if (needs.still && !(lastBox && sameBox(lastBox, box)) && (settle || lastBox || isMaybeMoving(target))) return { moving: true, box };
  if (!needs.point) {
    if (needs.visible) {
      const clip = intersect(clipOf(target), viewRect());
      if (visibleParts(target, boundingRect(target), clip).length === 0) scrollTo(target, ALIGNMENTS[0]);
    }
    const rect = boundingRect(target);
    return { ok: true, x: (rect.left + rect.right) / 2, y: (rect.top + rect.bottom) / 2, box: boxOf(rect) };
  }
  const point = scrolledPressPoint(element, target, position);
  if (!point) return failed('outside_viewport', 'the element cannot be scrolled into the viewport');
  if (point.cover !== undefined) {
    return point.cover
      ? failed('covered', `another element would receive the press: ${openTag(point.cover)}`, point.cover)
      : failed('outside_viewport', 'the element cannot be pressed inside the viewport');
  }
  return { ok: true, x: point.x, y: point.y, box: boxOf(boundingRect(target)) };
};

const whyInvisible = (element) => {
  for (let at = element; at; at = flatParent(at)) {
    const style = getComputedStyle(at);
    const which = at === element ? 'it' : `its ancestor ${openTag(at)}`;
    if (style.display === 'none') return `${which} has display: none`;
  }
  if (getComputedStyle(element).visibility !== 'visible') return `it has visibility: ${getComputedStyle(element).visibility}`;
  const { width, height } = boundingRect(element);
  return width > 0 && height > 0 ? 'its contents are not rendered' : `its size is ${width} × ${height}`;
};

/**
 * Waits until the element can be acted on and answers `{ok: true, x, y, box}` in this frame's viewport, or
 * `{ok: false, reason, message, by}` at `until`, in milliseconds since the epoch. Answers at once, without a promise, when
 * all holds.
 * `settle` asks for two equal frames in any case; `arm` also watches where the next press lands (`landed`). `found` describes
 * the element where it is another one than the handle led to before.
 */
const actionable = ({ handle, for: kind = 'click', until = 0, position = null, settle = false, arm = false }, limit) => {
  const needs = Object.hasOwn(NEEDS, kind) ? NEEDS[kind] : null;
  if (!needs) throw new Failure('argument', `there is no action kind ${JSON.stringify(kind)}; there are ${Object.keys(NEEDS).join(', ')}`);
  // Counted from when it was asked, however long the page was busy before it came to it.
  const left = until - Date.now();
  const deadline = performance.now() + left;
  const attempt = (lastBox, settled) => {
    const element = meantElement(handle) ?? elementOf(handle);
    return { element, answer: look(element, needs, position, lastBox, settled) };
  };
  const done = ({ element, answer }) => {
    if (answer.ok && arm) armGuard(element);
    return foundAgain.delete(handle) ? { ...answer, found: describe({ handle }) } : answer;
  };
  const first = attempt(null, settle);
  if (first.answer.ok || left <= 0 || (first.answer.reason === 'detached' && !fingerprints.has(handle))) return done(moved(first));
  return waitFor(attempt, deadline, limit, first).then(done);
};

const moved = ({ element, answer }) => ({ element, answer: answer.moving ? failed('unstable', 'the element is moving') : answer });

const waitFor = async (attempt, deadline, limit, first) => {
  let last = first;
  const rendered = Math.min(deadline, performance.now() + RENDERS);
  while (performance.now() < deadline) {
    const framed = await nextFrame(deadline - performance.now());
    inTime(limit);
    // Without a frame in between, an equal box says nothing.
    if (!framed && last.answer.moving) continue;
    forget();
    last = attempt(last.answer.moving ? last.answer.box : null, false);
    if (last.answer.ok || (last.answer.reason === 'detached' && performance.now() >= rendered)) return last;
  }
  return moved(last);
};

/** Whether a press at a point would land on the element now, and if not, on what. */
const hit = ({ handle, x, y }) => {
  const element = attachedElementOf(handle);
  const at = deepElementAt(x, y);
  const target = standInLabel(element) ?? element;
  const lands = pressLandsOn(element, at) || pressLandsOn(target, at);
  return { hit: lands, by: lands || !at ? null : openTag(at) };
};
