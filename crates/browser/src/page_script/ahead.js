// What a walk is going to ask of the browser, asked ahead of it: one kind of question after the other. A browser that is asked
// for a box, a style and what lies at a point in turns takes three times as long for each as one that is asked for all boxes,
// then for all styles, then for all points.

// What a walk reads of nearly every element's style.
const OFTEN_READ = ['display', 'opacity', 'position', 'overflow', 'filter', 'clipPath', 'transform', 'visibility', 'cursor', 'contentVisibility'];
// What it reads of those that hold texts, too.
const READ_WITH_TEXTS = ['fontSize', 'webkitTextFillColor', 'backgroundImage', 'backgroundColor'];
// So many elements are asked about at once.
const MOST_AHEAD = 3000;

/** Answers about elements of a document at rest: those that were asked for ahead, and others when somebody asks. */
class Answers {
  #view;
  #rects = new Map();
  #styles = new Map();
  #markup = new Map();
  #lines = new Map();
  #hits = new Map();

  constructor(view) {
    this.#view = view;
  }

  rect(element) {
    let rect = this.#rects.get(element);
    if (!rect) this.#rects.set(element, (rect = boundingRect(element)));
    return rect;
  }

  style(element) {
    let style = this.#styles.get(element);
    if (!style) this.#styles.set(element, (style = new Style(element)));
    return style;
  }

  /** As `isInteractiveByMarkup`. */
  isInteractive(element, tag) {
    let is = this.#markup.get(element);
    if (is === undefined) this.#markup.set(element, (is = isInteractiveByMarkup(element, tag)));
    return is;
  }

  /** The line boxes of an element. */
  lines = (element) => {
    let lines = this.#lines.get(element);
    if (!lines) this.#lines.set(element, (lines = [...clientRects(element)].map(plainRect)));
    return lines;
  };

  /** As `deepElementAt`. */
  elementAt = (x, y) => {
    const key = `${x} ${y}`;
    let hit = this.#hits.get(key);
    if (hit === undefined) this.#hits.set(key, (hit = deepElementAt(x, y)));
    return hit;
  };

  /** Asks about elements and what is in them, as far as it lies in view. */
  ask(elements) {
    const { seen, written } = this.#inView(elements);
    const styles = seen.map((element) => this.style(element));
    for (const property of OFTEN_READ) for (const style of styles) void style[property];
    const texts = written.map((element) => this.style(element));
    for (const property of READ_WITH_TEXTS) for (const style of texts) void style[property];
    const used = seen.filter((element) => this.#mayBeUsed(element));
    const parts = used.map((element) => visibleParts(element, this.rect(element), this.#view, this.style(element), this.lines)[0]);
    for (const part of parts) if (part) this.elementAt(...spotOf(part, SPOTS[0]));
  }

  /** As `ask`, about what is in an element. */
  askInside(element) {
    const inner = [];
    eachFlatChild(element, (node) => void (isElement(node) && !UNSEEN_TAGS.has(localName(node)) && inner.push(node)));
    this.ask(inner);
  }

  /**
   * The elements whose boxes are in view, with those inside them, and which of them hold texts. Those of long lists are asked
   * about when their turn comes.
   */
  #inView(roots) {
    const seen = [];
    const written = [];
    let level = roots;
    while (level.length > 0 && seen.length < MOST_AHEAD) {
      const shown = level.filter((element) => overlaps(this.rect(element), this.#view));
      level = [];
      for (const element of shown) {
        seen.push(element);
        if (FRAME_TAGS.has(localName(element)) || childElementCount(element) > LONG_STACK) continue;
        let writes = false;
        eachFlatChild(element, (node) => {
          const type = nodeType(node);
          if (type === TEXT) writes ||= /\S/.test(textContent(node));
          else if (type === ELEMENT && !UNSEEN_TAGS.has(localName(node))) level.push(node);
        });
        if (writes) written.push(element);
      }
    }
    return { seen, written };
  }

  /** Whether an element looks like one that is listed. */
  #mayBeUsed(element) {
    const style = this.style(element);
    if (!isShown(style) || style.display === 'none') return false;
    if (this.isInteractive(element, localName(element))) return !isToggle(element);
    const parent = this.#styles.get(flatParent(element));
    return parent !== undefined && isPointer(style.cursor) && !isPointer(parent.cursor);
  }
}
