// The perception pass: one walk over the flat tree, in document order, that lists what can be used
// and what can be read.

// Elements outside the viewport that one pass looks at for fixed or absolute descendants inside it.
const ESCAPE_BUDGET = 1200;
// Links, buttons and options: what is inside them belongs to them, unless it is a control of its own.
const WHOLE_LETTERS = new Set(['L', 'B', 'O']);
const LONG_TEXT = 2000;
// Children that lie in a stack are looked at one in STRIDE first; those just above the view may hang into it.
const STACKING = new Set(['block', 'list-item', 'table', 'table-row-group', 'flow-root']);
const LONG_STACK = 100;
const STRIDE = 16;
const OVERHANG = 300;
const WHITE = [255, 255, 255, 1];
// What can be scrolled by less than this, in pixels, is not worth a line.
const WORTH_SCROLLING = 40;

/** Where the walk begins. A place is what holds for the children of an element. */
const outermost = (clips) => ({
  clips,
  owner: null,
  dialog: null,
  pointer: false,
  disabled: false,
  inShadow: false,
  depth: 0,
  opacity: 1,
  background: WHITE,
  doubtful: false,
  style: null,
  rect: null,
  outer: null,
  readable: undefined,
  sight: undefined,
});

const isShown = (style) => style.visibility === 'visible';
const isPointer = (cursor) => cursor === 'pointer' || DRAG_CURSORS.test(cursor);

// One run of text is cut here, so that an answer stays a page's size.
const LONGEST_RUN = 20000;

class Walk {
  constructor({ view, viewportOnly, max, answers = new Answers(view) }) {
    this.view = view;
    this.viewportOnly = viewportOnly;
    this.max = max;
    this.items = [];
    this.finished = [];
    this.dialogs = [];
    this.closed = [];
    this.listed = 0;
    this.run = [];
    this.runDialog = null;
    this.escapeBudget = ESCAPE_BUDGET;
    this.seen = new Set();
    this.forced = new Set();
    this.paths = new Paths();
    this.answers = answers;
    // What may lie over texts: what takes presses, and what does not.
    this.lifted = [];
    this.veils = [];
  }

  start() {
    const root = documentElement();
    if (!root) return;
    if (this.viewportOnly) this.answers.ask([root]);
    this.visit(root, outermost(Clips.of(this.view)));
    this.flush();
  }

  get full() {
    return this.max !== null && this.listed >= this.max;
  }

  visit(element, place) {
    const tag = localName(element);
    if (UNSEEN_TAGS.has(tag) || this.full || place.depth > MAX_DEPTH) return;
    this.seen.add(element);
    const rect = this.answers.rect(element);
    const root = place.depth < 2;
    if (this.viewportOnly && !root && !overlaps(rect, this.view) && !this.mayReachIntoView(element, rect)) {
      if (!this.forced.has(element)) return void this.visitEscaped(element, place);
    }
    const style = this.answers.style(element);
    if (style.display === 'none') return;
    const transparent = Number(style.opacity) <= 0.01;
    if (transparent && !isOftenTransparent(element)) return;
    if (isInTopLayer(element, tag)) place = { ...place, clips: Clips.of(this.view) };
    const contents = style.display === 'contents';
    const clips = contents ? place.clips : place.clips.inside(element, style, rect);
    const inner = {
      clips,
      owner: place.owner,
      dialog: this.dialogOf(element, tag, style, rect, place),
      // Only what is in nothing that is used as a whole is asked for its cursor.
      pointer: true,
      disabled: place.disabled || (tag === 'button' && isNativelyDisabled(element)) || hasAttribute(element, 'inert') || attribute(element, 'aria-disabled') === 'true',
      inShadow: place.inShadow || shadowRootOf(element) !== null,
      depth: place.depth + 1,
      opacity: place.opacity * ownOpacity(style),
      background: undefined,
      doubtful: place.doubtful || isCut(style),
      style,
      rect,
      outer: place,
      readable: undefined,
      sight: undefined,
    };
    if (place.depth > 1 && isLifted(style)) this.lifted.push({ element, rect });
    if (isVeil(style, inner.opacity)) this.veils.push({ element, rect, order: Number(style.zIndex) || 0 });
    const block = (!style.display.startsWith('inline') && !contents) || tag === 'br';
    if (block) this.breakText(place.owner);

    if (FRAME_TAGS.has(tag)) {
      if (isShown(style)) this.addFrame(element, rect, place.clips.own(style), inner.dialog);
      return;
    }
    if (this.closed.length < MOST_ASKED && mayHaveClosedRoot(element, tag, style, rect)) this.closed.push(element);
    const item = this.listing(element, tag, style, rect, place, inner);
    if (tag === 'img' && hasAttribute(element, 'usemap') && isShown(style)) this.visitAreas(element, place, inner);
    if (inner.clips.flow !== place.clips.flow && !(item?.k === 'e') && isShown(style)) this.addScroller(element, tag, style, rect, place, inner);
    if (item) {
      inner.owner = item;
      this.flush();
    }
    if (!inner.owner?.whole) inner.pointer = isPointer(style.cursor);
    if (tag === 'select') this.visitSelect(element, item, style, inner);
    else if (tag !== 'textarea' && tag !== 'input' && style.contentVisibility !== 'hidden') this.visitChildren(element, tag, style, rect, inner);
    if (item) this.finish(item, place.owner);
    if (block) this.breakText(place.owner);
  }

  visitChildren(element, tag, style, rect, inner) {
    if (tag === 'canvas' || tag === 'video' || tag === 'audio') return;
    // Pictures inside a control are not controls.
    if (tag === 'svg' && inner.owner) return;
    if (tag === 'details' && !element.open) {
      const summary = childOf(element, 'summary');
      if (summary) this.visit(summary, inner);
      return;
    }
    const bounded = within(rect, inner.clips.flow);
    // What is in a box that lies elsewhere was not asked about with it.
    if (this.viewportOnly && !overlaps(rect, this.view)) this.answers.askInside(element);
    const visit = (node) => {
      const type = nodeType(node);
      if (type === ELEMENT) this.visit(node, inner);
      else if (type === TEXT) this.addText(node, element, inner, bounded);
    };
    if (this.viewportOnly && !bounded && this.isLongStack(element, style, rect)) this.visitLongStack(element, visit);
    else eachFlatChild(element, visit);
  }

  /** True for many children that lie one below the other, as rows and paragraphs do. */
  isLongStack(element, style, rect) {
    if (rect.bottom - rect.top < 3 * (this.view.bottom - this.view.top) || !STACKING.has(style.display) || shadowRootOf(element)) return false;
    return childElements(element).length > LONG_STACK;
  }

  /** Visits the children near the view: where two of them some way apart are on one side of it, so is what lies between. */
  visitLongStack(element, visit) {
    const children = childElements(element);
    const side = (index) => {
      const rect = this.answers.rect(children[index]);
      if (rect.height === 0) return 0;
      if (rect.top >= this.view.bottom) return 1;
      return rect.bottom + OVERHANG <= this.view.top ? -1 : 0;
    };
    const last = children.length - 1;
    const near = [];
    for (let index = 0; index <= last; index += STRIDE) {
      const end = Math.min(index + STRIDE, last);
      const where = side(index);
      if (where !== 0 && where === side(end)) {
        this.escapeBudget = 0;
        if (this.forced.size > 0) for (let at = index; at <= end; at += 1) if (this.forced.has(children[at])) near.push(children[at]);
        continue;
      }
      const stop = index + STRIDE > last ? null : children[index + STRIDE];
      for (let node = index === 0 ? firstChild(element) : children[index]; node && node !== stop; node = nextSibling(node)) near.push(node);
    }
    this.answers.ask(near.filter(isElement));
    near.forEach(visit);
  }

  /** The areas of an image map are nowhere themselves: they are listed with their picture. */
  visitAreas(picture, place, here) {
    const name = attribute(picture, 'usemap').replace(/^#/, '');
    const [map] = queryAll(rootOf(picture), `map[name="${CSS.escape(name)}"], map#${CSS.escape(name)}`);
    for (const area of map && pictureOf(queryAll(map, 'area')[0] ?? map) === picture ? queryAll(map, 'area[href]') : []) {
      const style = new Style(area);
      const item = this.listing(area, 'area', style, boundingRect(area), place, here);
      if (item) this.finish(item, place.owner);
    }
  }

  visitSelect(element, item, style, inner) {
    const list = element.multiple || element.size > 1;
    if (list) this.visitChildren(element, 'select', style, boundingRect(element), { ...inner, owner: null });
    if (item) item.text = list ? '' : optionsText(element);
  }

  /** An element whose box is outside the view may still show contents inside: collapsed or overflowing boxes. */
  mayReachIntoView(element, rect) {
    if (!firstElementChild(element) && !shadowRootOf(element)) return rect.width === 0 && rect.height === 0 && element instanceof HTMLSlotElement;
    if (rect.width === 0 || rect.height === 0) return true;
    // Overflow goes down and to the right, so it matters above and to the left of the view.
    if (rect.bottom > this.view.top && rect.right > this.view.left) return false;
    const reach = { left: rect.left, top: rect.top, right: rect.left + scrollWidthOf(element), bottom: rect.top + scrollHeightOf(element) };
    return overlaps(reach, this.view);
  }

  /** Looks in a subtree outside the view for positioned descendants inside it, within the pass's budget. */
  visitEscaped(element, place) {
    const inner = { ...place, clips: new Clips(place.clips.absolute, place.clips.absolute, place.clips.fixed), depth: place.depth + 1 };
    eachFlatChild(element, (node) => {
      if (!isElement(node) || UNSEEN_TAGS.has(localName(node)) || place.depth > MAX_DEPTH) return;
      if (this.forced.has(node)) return void this.visit(node, inner);
      if (this.escapeBudget <= 0) return;
      this.escapeBudget -= 1;
      const position = getComputedStyle(node).position;
      if (position === 'fixed' || position === 'absolute') this.visit(node, inner);
      else if (firstElementChild(node) || shadowRootOf(node)) this.visitEscaped(node, inner);
    });
  }

  /** The reserved place in the list of an element that can be used, or null. */
  listing(element, tag, style, rect, place, here) {
    const markup = this.answers.isInteractive(element, tag);
    if (here.disabled || isNativelyDisabled(element)) return markup && (tag === 'area' || isShown(style)) ? this.unusable(element, tag, style, rect, place, here) : null;
    if (!markup) {
      // The cursor is inherited: it counts where it begins, and not on the parts of a control.
      if (place.pointer || place.owner?.whole || tag === 'html' || tag === 'body' || !isPointer(style.cursor)) return null;
      if (tag === 'label' && labelControl(element)) return null;
    }
    // The areas of an image map are seen with their picture.
    if (tag !== 'area' && !isShown(style)) return null;
    if (UNUSABLE_CURSORS.has(style.cursor)) return null;
    const clip = place.clips.own(style);
    let box = rect;
    let target = element;
    if (isToggle(element)) {
      const label = standInLabel(element);
      if (label) {
        target = label;
        box = boundingRect(label);
      } else if (Number(style.opacity) <= 0.01 && isEmpty(rect)) return null;
    }
    const inView = !isEmpty(intersect(box, clip));
    if (inView) {
      if (!findPressPoint(target, visibleParts(target, box, clip, target === element ? style : undefined, this.answers.lines), this.answers.elementAt).x) return null;
    } else if (this.viewportOnly || isEmpty(box)) {
      return null;
    }
    this.listed += 1;
    const role = coarseRole(element);
    const letter = letterOf(role);
    const item = { k: 'e', element, letter, role, tag, box: boxOf(box), inView, text: '', whole: WHOLE_LETTERS.has(letter) };
    if (here.dialog !== null) item.d = here.dialog;
    if (place.inShadow) item.inShadow = true;
    this.flush();
    this.items.push(item);
    return item;
  }

  /** A control that is seen and cannot be used: it is told of, without a name. */
  unusable(element, tag, style, rect, place, here) {
    const parts = visibleParts(element, rect, place.clips.own(style), style, this.answers.lines);
    if (parts.length === 0 || !findPressPoint(element, parts.slice(0, 1), this.answers.elementAt).x) return null;
    const role = coarseRole(element);
    const item = { k: 'x', element, role, tag, text: '', whole: true };
    if (here.dialog !== null) item.d = here.dialog;
    this.flush();
    this.items.push(item);
    return item;
  }

  finish(item, owner) {
    this.flush();
    if (owner) owner.text += ' ';
    this.finished.push(item);
  }

  /** Tells of what was listed: of all by one property after the other, as in ahead.js. */
  describe() {
    const items = this.finished;
    for (const item of items) item.label = textLabel(item.element);
    for (const item of items) {
      const { element, label } = item;
      const text = squash(item.text) || (isField(element) ? '' : label);
      const { html, full } = renderElement(element, isField(element) && item.tag !== 'select' ? '' : text);
      item.html = html;
      if (full !== html) item.full = full;
      item.text = item.whole = undefined;
    }
    for (const item of items) {
      const states = statesOf(item.element, item.k === 'x');
      if (states.length > 0) item.states = states;
    }
    const usable = items.filter((item) => item.k === 'e');
    for (const item of usable) item.print = fingerprintOf(item.element, item.label);
    for (const item of usable) {
      const { css_selector, xpath_selector } = this.paths.selectors(item.element);
      item.action = actionOf(item.role);
      item.css = css_selector;
      item.xpath = xpath_selector;
    }
  }

  addFrame(element, rect, clip, dialog) {
    const inside = frameContent(element, rect);
    const seen = intersect(inside.rect, clip);
    if (this.viewportOnly && isEmpty(seen)) return;
    this.flush();
    const item = { k: 'f', h: handleOf(element), box: inside.box, scale: inside.scale, visible: clipInFrame(inside, seen), src: attribute(element, 'src') ?? '', inView: !isEmpty(seen) };
    if (dialog !== null) item.d = dialog;
    this.items.push(item);
  }

  /** Something with contents out of view that it can be scrolled to. */
  addScroller(element, tag, style, rect, place, here) {
    if (element === documentElement() || element === documentBody()) return;
    if (!/auto|scroll/.test(style.overflowY + style.overflowX)) return;
    const below = scrollHeightOf(element) - clientHeightOf(element);
    const beside = scrollWidthOf(element) - clientWidthOf(element);
    if (Math.max(below, beside) < WORTH_SCROLLING || isEmpty(intersect(rect, place.clips.own(style)))) return;
    this.flush();
    const item = { k: 's', element, tag, label: head(accessibleLabel(element), 60), above: Math.round(element.scrollTop), below: Math.round(Math.max(0, below - element.scrollTop)), left: Math.round(element.scrollLeft), right: Math.round(Math.max(0, beside - element.scrollLeft)) };
    const { css_selector, xpath_selector } = this.paths.selectors(element);
    item.css = css_selector;
    item.xpath = xpath_selector;
    if (place.inShadow) item.inShadow = true;
    if (here.dialog !== null) item.d = here.dialog;
    this.items.push(item);
  }

  /** Whether an element's own texts can be read, as far as its style and its place tell; asked once, at its first text. */
  canBeRead(node, element, inner, bounded) {
    if (inner.readable !== undefined) return inner.readable;
    const { style, outer } = inner;
    const plain = isPlainlyReadable(style, inner.opacity, () => paintedBy(inner));
    const inLine = style.display === 'inline' && style.position === 'static';
    if (plain === false || (plain && inner.owner)) {
      // What is in a control is seen with it.
      inner.readable = plain;
    } else if (plain && inLine && outer?.sight) {
      // Words in a line are seen with the line.
      inner.readable = true;
      inner.sight = outer.sight;
    } else {
      inner.sight = this.sightOf(node, element, inner, bounded, plain === null);
      inner.readable = inner.sight !== null;
      if (outer && inLine) outer.sight = inner.sight;
    }
    return inner.readable;
  }

  /** Where a text is, for finding out later what lies over it; null where it is in no place to be seen. */
  sightOf(node, element, inner, bounded, sameColor) {
    const clip = intersect(inner.clips.flow, viewRect());
    // A text begins in its element, unless it is moved out of it. Where exactly is asked only when something lies there, too.
    const inside = bounded && inner.style.textIndent === '0px';
    const rect = inside ? inner.rect : lineIn(node, clip);
    if (!rect) return null;
    const inView = overlaps(rect, viewRect());
    if ((this.viewportOnly || inView) && textPoints(rect, clip).length === 0) return null;
    const doubtful = sameColor || inner.doubtful;
    return { node, element, style: inner.style, background: paintedBy(inner), rect, clip, inView, doubtful, veils: this.veils.length, seen: undefined };
  }

  /** Whether nothing lies over a text: most have nothing near that could, and are not looked at any closer. */
  isSeen(sight) {
    if (sight.seen === undefined) {
      const { node, element, style, background, rect, clip } = sight;
      const over = (other) => overlaps(other.rect, rect) && !flatContains(other.element, element);
      const near = sight.inView && (sight.doubtful || this.lifted.some(over));
      const line = near ? lineIn(node, clip) : null;
      sight.seen = !near || (line !== null && isReadable(element, style, background, line, clip));
      // What takes no presses is found by its place only.
      const veiled = (veil) => overlaps(rect, veil.rect) && within(lineIn(node, clip) ?? rect, veil.rect) && !isAbove(element, veil.element, veil.order);
      if (sight.seen) sight.seen = !this.veils.slice(sight.veils).some(veiled);
    }
    return sight.seen;
  }

  /** Takes what lies below something else out of the texts. */
  readTexts() {
    for (const item of this.items) {
      if (item.k !== 't') continue;
      item.text = squash(head(item.run.map(({ text, sight }) => (!sight || this.isSeen(sight) ? text : ' ')).join(''), LONGEST_RUN));
      item.run = undefined;
    }
    this.items = this.items.filter((item) => item.k !== 't' || item.text !== '');
  }

  addText(node, element, inner, bounded) {
    let text = textContent(node);
    if (!/\S/.test(text)) {
      this.append(text && ' ', inner);
      return;
    }
    if (!isShown(inner.style)) return;
    const { flow } = inner.clips;
    if (!inner.owner && (flow.right - flow.left < 3 || flow.bottom - flow.top < 3)) return;
    if (this.viewportOnly && !bounded) {
      const shown = textInside(node, text, flow);
      if (shown === null) return;
      text = shown;
    }
    if (!this.canBeRead(node, element, inner, bounded)) {
      // What is not read does not join the words around it either.
      this.append(' ', inner);
      return;
    }
    this.append(text, inner);
  }

  append(text, inner) {
    if (inner.owner) {
      inner.owner.text += head(text, LONGEST_RUN - inner.owner.text.length);
      return;
    }
    if (this.runDialog !== inner.dialog) this.flush();
    this.runDialog = inner.dialog;
    this.run.push({ text, sight: inner.sight });
  }

  breakText(owner) {
    if (owner) owner.text += ' ';
    else this.flush();
  }

  /** Ends the text that is being gathered. */
  flush() {
    const { run } = this;
    this.run = [];
    if (!run.some(({ text }) => /\S/.test(text))) return;
    const item = { k: 't', run };
    if (this.runDialog !== null) item.d = this.runDialog;
    this.items.push(item);
  }

  dialogOf(element, tag, style, rect, place) {
    if (!isDialog(element, tag) || !isShown(style)) return place.dialog;
    const reach = intersect(rect, this.view);
    // A dialog may be an empty box around a positioned window.
    if (!isEmpty(rect) && isEmpty(reach)) return place.dialog;
    this.flush();
    this.dialogs.push({ h: handleOf(element), role: explicitRole(element) ?? 'dialog', text: dialogText(element), modal: attribute(element, 'aria-modal') === 'true' || matches(element, ':modal') });
    return this.dialogs.length - 1;
  }
}
