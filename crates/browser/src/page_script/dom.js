// Access to the DOM that a page cannot get in the way of. The isolated world has prototypes of its
// own, but named form controls and images still shadow members of their form or document
// (`<input name="id">` makes `form.id` an element), so members are read through the prototypes.

const getterOf = (proto, name) => {
  const get = Object.getOwnPropertyDescriptor(proto, name).get;
  return (object) => get.call(object);
};
const setterOf = (proto, name) => {
  const set = Object.getOwnPropertyDescriptor(proto, name).set;
  return (object, value) => set.call(object, value);
};
const methodOf = (proto, name) => {
  const method = proto[name];
  return (object, a, b) => method.call(object, a, b);
};

const nodeType = getterOf(Node.prototype, 'nodeType');
const parentNode = getterOf(Node.prototype, 'parentNode');
const parentElement = getterOf(Node.prototype, 'parentElement');
const firstChild = getterOf(Node.prototype, 'firstChild');
const nextSibling = getterOf(Node.prototype, 'nextSibling');
const isConnected = getterOf(Node.prototype, 'isConnected');
const ownerDocument = getterOf(Node.prototype, 'ownerDocument');
const textContent = getterOf(Node.prototype, 'textContent');
const contains = methodOf(Node.prototype, 'contains');
const rootOf = (node) => Node.prototype.getRootNode.call(node);
const comparePosition = methodOf(Node.prototype, 'compareDocumentPosition');
const dispatch = methodOf(EventTarget.prototype, 'dispatchEvent');

const localName = getterOf(Element.prototype, 'localName');
const elementId = getterOf(Element.prototype, 'id');
const elementAttributes = getterOf(Element.prototype, 'attributes');
const childElements = getterOf(Element.prototype, 'children');
const childElementCount = getterOf(Element.prototype, 'childElementCount');
const firstElementChild = getterOf(Element.prototype, 'firstElementChild');
const nextElementSibling = getterOf(Element.prototype, 'nextElementSibling');
const previousElementSibling = getterOf(Element.prototype, 'previousElementSibling');
const openShadowRootOf = getterOf(Element.prototype, 'shadowRoot');
// Closed shadow roots that the protocol gave us (closed.js).
const closedRoots = new WeakMap();
let anyClosedRoot = false;
const shadowRootOf = (element) => openShadowRootOf(element) ?? ((anyClosedRoot && closedRoots.get(element)) || null);
const scrollWidthOf = getterOf(Element.prototype, 'scrollWidth');
const scrollHeightOf = getterOf(Element.prototype, 'scrollHeight');
const clientWidthOf = getterOf(Element.prototype, 'clientWidth');
const clientHeightOf = getterOf(Element.prototype, 'clientHeight');
const clientLeftOf = getterOf(Element.prototype, 'clientLeft');
const clientTopOf = getterOf(Element.prototype, 'clientTop');
const attributeNames = methodOf(Element.prototype, 'getAttributeNames');
const attribute = methodOf(Element.prototype, 'getAttribute');
const hasAttributes = methodOf(Element.prototype, 'hasAttributes');
const hasAttribute = methodOf(Element.prototype, 'hasAttribute');
const matches = methodOf(Element.prototype, 'matches');
const clientRect = methodOf(Element.prototype, 'getBoundingClientRect');
// A plain object, since a rectangle's sides are compared over and over, and each look at one of a DOMRect's asks the browser.
const plainRect = ({ x, y, width, height }) => ({ left: x, top: y, right: x + width, bottom: y + height, width, height });
const ownRect = (element) => plainRect(clientRect(element));
const clientRects = methodOf(Element.prototype, 'getClientRects');
const checkVisibility = methodOf(Element.prototype, 'checkVisibility');
const scrollIntoView = methodOf(Element.prototype, 'scrollIntoView');
const isContentEditable = getterOf(HTMLElement.prototype, 'isContentEditable');
const assignedNodes = methodOf(HTMLSlotElement.prototype, 'assignedNodes');
const assignedSlot = getterOf(Element.prototype, 'assignedSlot');
const labelControl = getterOf(HTMLLabelElement.prototype, 'control');

const documentsOwn = (name) => {
  const read = getterOf(Document.prototype, name);
  return () => read(document);
};
const documentElement = documentsOwn('documentElement');
const documentBody = documentsOwn('body');
const scrolledElement = documentsOwn('scrollingElement');
const scrollingElement = () => scrolledElement() ?? documentElement();
const documentTitle = documentsOwn('title');
const contentType = documentsOwn('contentType');
const activeElementOf = (root) =>
  getterOf(root === document ? Document.prototype : ShadowRoot.prototype, 'activeElement')(root);
const prototypeOfRoot = (root) =>
  root instanceof Document ? Document.prototype : root instanceof Element ? Element.prototype : DocumentFragment.prototype;
const queryAll = (root, selector) => prototypeOfRoot(root).querySelectorAll.call(root, selector);
const elementById = (root, id) => {
  if (root instanceof Document) return Document.prototype.getElementById.call(root, id);
  if (root instanceof DocumentFragment) return DocumentFragment.prototype.getElementById.call(root, id);
  return null;
};
const elementFromPoint = (root, x, y) =>
  (root === document ? Document.prototype : ShadowRoot.prototype).elementFromPoint.call(root, x, y);

const ELEMENT = 1;
const TEXT = 3;
const isElement = (node) => nodeType(node) === ELEMENT;
const isHtml = (element) => element instanceof HTMLElement;

/** The picture that an area of an image map lies on, or null. */
const pictureOf = (area) => {
  const map = Element.prototype.closest.call(area, 'map');
  const name = map && (attribute(map, 'name') || elementId(map));
  return name ? (queryAll(rootOf(area), `img[usemap="#${CSS.escape(name)}"]`)[0] ?? null) : null;
};

/** The part of its picture that an area takes: the smallest box around its coordinates. */
const areaRect = (area) => {
  const picture = pictureOf(area);
  if (!picture) return ownRect(area);
  const whole = ownRect(picture);
  const numbers = (attribute(area, 'coords') ?? '').split(',').map(Number);
  const shape = (attribute(area, 'shape') ?? 'rect').toLowerCase();
  if (shape === 'default' || numbers.length < 3 || numbers.some(Number.isNaN)) return whole;
  const [x, y, r] = numbers;
  const across = shape.startsWith('circ') ? [x - r, x + r] : numbers.filter((_, at) => at % 2 === 0);
  const down = shape.startsWith('circ') ? [y - r, y + r] : numbers.filter((_, at) => at % 2 === 1);
  const left = Math.max(0, Math.min(...across));
  const top = Math.max(0, Math.min(...down));
  return plainRect(new DOMRect(whole.left + left, whole.top + top, Math.min(Math.max(...across), whole.width) - left, Math.min(Math.max(...down), whole.height) - top));
};
const boundingRect = (element) => (element instanceof HTMLAreaElement ? areaRect(element) : ownRect(element));

const UNSEEN_TAGS = new Set(['area', 'script', 'style', 'template', 'noscript', 'head', 'link', 'meta', 'title', 'base']);
const FRAME_TAGS = new Set(['iframe', 'frame']);

// Deeper trees than this are not walked, so that recursion stays far below the stack's limit. The HTML
// parser itself stops nesting at 512.
const MAX_DEPTH = 600;

/** The parent in the composed tree: the parent element, or the host at the top of a shadow root. */
const composedParent = (element) => {
  const parent = parentElement(element);
  if (parent) return parent;
  const root = parentNode(element);
  return root instanceof ShadowRoot ? root.host : null;
};

/** The parent in the flat tree, which is the one that layout and hit testing follow. */
const flatParent = (element) => assignedSlot(element) ?? composedParent(element);

/** Calls `visit` with each child node in the flat tree. */
const eachFlatChild = (element, visit) => {
  const shadow = shadowRootOf(element);
  if (!shadow && element instanceof HTMLSlotElement) {
    const assigned = assignedNodes(element);
    if (assigned.length > 0) {
      for (const node of assigned) visit(node);
      return;
    }
  }
  for (let node = firstChild(shadow ?? element); node; node = nextSibling(node)) visit(node);
};

/** True if `inner` is `outer` or lies in it in the flat tree. */
const flatContains = (outer, inner) => {
  for (let element = inner; element; element = flatParent(element)) if (element === outer) return true;
  return false;
};

const squash = (text) => text.replace(/[\s\u200b]+/g, ' ').trim();

/** The first `length` UTF-16 units of a text without half a surrogate pair at the end. */
const head = (text, length) => (text.length <= length ? text : text.slice(0, Math.max(0, length)).replace(/[\ud800-\udbff]$/, ''));

const boxOf = (rect) => ({ x: rect.left, y: rect.top, width: rect.width, height: rect.height });

/** An error that a caller is told of by kind and message. */
class Failure extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}
