// Rectangles in the coordinates of this frame's viewport, as {left, top, right, bottom}.

const viewRect = () => (memo.view ??= { left: 0, top: 0, right: innerWidth, bottom: innerHeight });

const intersect = (a, b) => ({
  left: Math.max(a.left, b.left),
  top: Math.max(a.top, b.top),
  right: Math.min(a.right, b.right),
  bottom: Math.min(a.bottom, b.bottom),
});

const isEmpty = (r) => r.right - r.left < 1 || r.bottom - r.top < 1;
const overlaps = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
const within = (inner, outer) =>
  inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom;
const area = (r) => Math.max(0, r.right - r.left) * Math.max(0, r.bottom - r.top);

/** What an element's overflow leaves visible of its contents, within `own`. */
const overflowClip = (element, style, rect, own) => {
  if (style.overflow === 'visible') return own;
  // The root's and the body's overflow is the viewport's.
  if (element === documentElement() || element === documentBody()) return own;
  return {
    left: style.overflowX === 'visible' ? own.left : Math.max(own.left, rect.left),
    right: style.overflowX === 'visible' ? own.right : Math.min(own.right, rect.right),
    top: style.overflowY === 'visible' ? own.top : Math.max(own.top, rect.top),
    bottom: style.overflowY === 'visible' ? own.bottom : Math.min(own.bottom, rect.bottom),
  };
};

/** True if fixed descendants are placed in this element rather than in the viewport. */
const holdsFixed = (style) =>
  style.transform !== 'none' ||
  style.filter !== 'none' ||
  style.perspective !== 'none' ||
  style.contain.includes('paint') ||
  style.contain === 'strict' ||
  style.contain === 'content' ||
  style.willChange.includes('transform');

/** The three clips that hold for an element's static, absolute and fixed descendants. */
class Clips {
  constructor(flow, absolute, fixed) {
    this.flow = flow;
    this.absolute = absolute;
    this.fixed = fixed;
  }

  static of(rect) {
    return new Clips(rect, rect, rect);
  }

  /** The clip that holds for an element with this style. */
  own(style) {
    if (style.position === 'fixed') return this.fixed;
    return style.position === 'absolute' ? this.absolute : this.flow;
  }

  /** The clips for the contents of an element. */
  inside(element, style, rect) {
    const own = this.own(style);
    const flow = overflowClip(element, style, rect, own);
    const positioned = style.position !== 'static';
    const clips = flow !== own || flow !== this.flow;
    if (!clips && !positioned) return this;
    const fixed = clips && holdsFixed(style);
    return new Clips(flow, positioned || fixed ? flow : this.absolute, fixed ? flow : this.fixed);
  }
}

/** True for an open modal dialog or popover: no ancestor clips it. */
const isInTopLayer = (element, tag) => (tag === 'dialog' || hasAttribute(element, 'popover')) && matches(element, ':modal, :popover-open');

/** What the overflow of all ancestors leaves of the viewport for this element. */
const clipOf = (element) => {
  const chain = [];
  for (let at = element; at && !isInTopLayer(at, localName(at)); at = flatParent(at)) {
    const parent = flatParent(at);
    if (parent) chain.push(parent);
  }
  let clips = Clips.of(viewRect());
  for (const ancestor of chain.reverse()) {
    const style = getComputedStyle(ancestor);
    if (style.display !== 'contents') clips = clips.inside(ancestor, style, boundingRect(ancestor));
  }
  return clips.own(getComputedStyle(element));
};
