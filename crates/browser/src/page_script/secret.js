// What a field is before a secret goes into it. None of this is asked of the page: its scripts live in another world.

const formOf = (element) => (isField(element) ? getterOf(Object.getPrototypeOf(element), 'form')(element) : null);

/** To where a form, or a button of it, sends what is in it, and whether one of them puts it into an address. */
const formFacts = (form) => {
  const targets = new Set([getterOf(HTMLFormElement.prototype, 'action')(form)]);
  let byGet = getterOf(HTMLFormElement.prototype, 'method')(form) === 'get';
  for (const control of getterOf(HTMLFormElement.prototype, 'elements')(form)) {
    const button = control instanceof HTMLButtonElement ? HTMLButtonElement : control instanceof HTMLInputElement ? HTMLInputElement : null;
    if (!button || !/^(submit|image)$/.test(control.type)) continue;
    if (hasAttribute(control, 'formaction')) targets.add(getterOf(button.prototype, 'formAction')(control));
    if (hasAttribute(control, 'formmethod')) byGet ||= getterOf(button.prototype, 'formMethod')(control) === 'get';
  }
  return { targets: [...targets], byGet };
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

/** The names of the boxes for one character each that begin with this field, in their order; none where it is no such box. */
const boxesFrom = (first) => {
  const isBox = (field) => field instanceof HTMLInputElement && TEXT_TYPES.has(field.type) && field.maxLength === 1;
  if (!isBox(first)) return [];
  const boxes = deepQuery(rootOf(first), 'input').filter((field) => isBox(field) && formOf(field) === formOf(first));
  return boxes.slice(boxes.indexOf(first)).map((field) => attribute(field, 'name') ?? '');
};

const fieldFactsOf = (element) => {
  const form = formOf(element);
  return {
    tag: localName(element),
    type: element instanceof HTMLInputElement ? element.type : null,
    names: [attribute(element, 'name'), elementId(element)].filter(Boolean),
    autocomplete: autocompleteTokens(element),
    purpose: isFillableControl(element) ? (fieldKey(element)?.key ?? null) : null,
    boxes: boxesFrom(element),
    maxLength: element.maxLength > 0 ? element.maxLength : null,
    form: form ? formFacts(form) : null,
    disabled: disabledReason(element) ?? editability(element),
    // A sandboxed document has an address like any other, and an origin like no other.
    sandboxed: self.origin === 'null',
  };
};

/** All that is to be known of a field, and how it can be seen. */
const fieldFacts = ({ handle }) => {
  const element = fieldOf(attachedElementOf(handle));
  return { facts: fieldFactsOf(element), sight: sightOf(element) };
};
