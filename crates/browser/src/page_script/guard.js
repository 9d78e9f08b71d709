// The press guard: while armed, a press that would land on another element than the one meant is kept
// from the page. Between the check and the input a page may move; this is what makes a wrong click impossible.

const PRESS_EVENTS = ['pointerdown', 'mousedown', 'touchstart', 'pointerup', 'mouseup', 'touchend', 'click', 'auxclick', 'dblclick', 'contextmenu'];

// How long, in milliseconds, an armed guard waits for a press, and how long it holds back the rest of a wrong one.
const WAITS = 5000;
const HOLDS = 1000;

let guarded = null;

/** The element that an event is about. What is in a closed shadow root is not in an event's path. */
const pressedBy = (event) => {
  const target = event.composedPath()[0];
  if (!(target instanceof Element)) return null;
  const inner = anyClosedRoot && closedRoots.has(target) ? deepElementAt(event.clientX, event.clientY) : null;
  return inner && flatContains(target, inner) ? inner : target;
};

const onPress = (event) => {
  if (!guarded || !event.isTrusted) return;
  if (performance.now() > guarded.until) return;
  if (guarded.landed === null) {
    const element = pressedBy(event);
    guarded.landed = pressLandsOn(guarded.element, element) || pressLandsOn(guarded.target, element);
    if (!guarded.landed && element) guarded.by = openTag(element);
    guarded.until = performance.now() + HOLDS;
  }
  if (guarded.landed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
};
for (const type of PRESS_EVENTS) addEventListener(type, onPress, { capture: true, passive: false });

const armGuard = (element) => {
  guarded = { element, target: standInLabel(element) ?? element, landed: null, by: null, until: performance.now() + WAITS };
};

/**
 * Disarms the guard: `landed` is true or false for a press that was seen, null when none was; `by` is what was there instead.
 * The answer comes once the page has done what it put off while it handled the press: timers without a delay run in their
 * order, and this one was set last. So a navigation that the page began there has been told before.
 */
const landed = () => {
  const result = { landed: guarded?.landed ?? null, by: guarded?.by ?? null };
  guarded = null;
  return new Promise((done) => setTimeout(done, 0, result));
};

/** Disarms the guard without asking. */
const release = () => {
  guarded = null;
};
