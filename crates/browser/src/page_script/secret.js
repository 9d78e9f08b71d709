// What a field is before a secret goes into it. None of this is asked of the page: its scripts live in another world.

/** To where a form, or a button of it, sends what is in it, and whether one of them puts it into an address. */
const formFacts = (form) => {
  const ways = [null, ...submitButtonsOf(form)];
  const targets = new Set(ways.map((button) => sending(form, button, 'action')));
  return { targets: [...targets], byGet: ways.some((button) => sending(form, button, 'method') === 'get') };
};

/** The part of an element that is in view, its middle, and whether a press there gets to the element. */
const sightOf = (element) => {
  const nothing = { width: 0, height: 0, hit: false, opacity: 0, x: 0, y: 0 };
  if (!isRendered(element)) return nothing;
  const [part] = visibleParts(element, boundingRect(element), intersect(clipOf(element), viewRect()));
  if (!part) return nothing;
  const x = (part.left + part.right) / 2;
  const y = (part.top + part.bottom) / 2;
  const hit = pressLandsOn(element, deepElementAt(x, y));
  return { width: part.right - part.left, height: part.bottom - part.top, hit, opacity: opacityOf(element), x, y };
};

/** The boxes for one character each that begin with this field, in their order; none where it is no such box. */
const boxesFrom = (first) => {
  const isBox = (field) => field instanceof HTMLInputElement && TEXT_TYPES.has(field.type) && field.maxLength === 1;
  if (!isBox(first)) return [];
  const boxes = deepQuery(rootOf(first), 'input').filter((field) => isBox(field) && formOf(field) === formOf(first));
  return boxes.slice(boxes.indexOf(first));
};

const fieldFactsOf = (element) => {
  const form = formOf(element);
  return {
    tag: localName(element),
    type: element instanceof HTMLInputElement ? element.type : null,
    names: [attribute(element, 'name'), elementId(element)].filter(Boolean),
    autocomplete: autocompleteTokens(element),
    purpose: isFillableControl(element) ? (fieldKey(element)?.key ?? null) : null,
    boxes: boxesFrom(element).map((box) => attribute(box, 'name') ?? ''),
    maxLength: element.maxLength > 0 ? element.maxLength : null,
    form: form ? formFacts(form) : null,
    disabled: disabledReason(element) ?? editability(element),
    // A sandboxed document has an address like any other, and an origin like no other.
    sandboxed: self.origin === 'null',
  };
};

/** All that is to be known of a field, and how it can be seen. */
const fieldFacts = ({ handle }) => {
  const element = fieldOf(meantElement(handle) ?? attachedElementOf(handle));
  return { facts: fieldFactsOf(element), sight: sightOf(element) };
};

// Fields that a secret was put into, with the secret. Only this world knows them.
const secretFields = new Map();

const putSecret = (element, value) => {
  secretFields.set(element, value);
  // The browser brings what was typed back with the page's history, but for fields that say no.
  if (element.type !== 'password') Element.prototype.setAttribute.call(element, 'autocomplete', 'off');
  focusOn(element);
  setInputValue(element, value);
  dispatch(element, new InputEvent('input', { inputType: 'insertText', data: null, bubbles: true, composed: true }));
  fire(element, 'change');
};

/**
 * Lets the document open sockets to `sources` only, from now on. Requests are stopped one by one elsewhere; sockets are not told of
 * before they are open. The policy stays when the element goes, so the page finds nothing.
 */
const limitSockets = (sources) => {
  const { head } = document;
  if (!head) throw new Failure('changed', 'the document has no head any more');
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = `connect-src http: https: data: blob: ${sources.join(' ')}`;
  head.append(policy);
  policy.remove();
};

const sameSight = (a, b) =>
  a.hit && b.hit && Math.abs(a.width - b.width) < 1 && Math.abs(a.height - b.height) < 1 && Math.abs(a.opacity - b.opacity) < 0.01;

/**
 * Puts a secret into a field, unless the field is no more what it was when that was decided: looking and putting are one, and no
 * script of the page comes in between. A value of several characters goes into boxes for one each, one by one.
 */
const fillSecret = ({ handle, value, facts, sight, sockets }) => {
  const element = fieldOf(attachedElementOf(handle));
  const same = JSON.stringify(fieldFactsOf(element)) === JSON.stringify(facts) && sameSight(sightOf(element), sight);
  if (!same) throw new Failure('changed', 'the field changed while it was being decided whether to fill it');
  limitSockets(sockets);
  const characters = [...value];
  const boxes = characters.length > 1 ? boxesFrom(element) : [];
  if (boxes.length < characters.length) {
    putSecret(element, value);
    return;
  }
  characters.forEach((character, at) => putSecret(boxes[at], character));
};
