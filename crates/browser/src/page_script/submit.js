// What an element does when it is pressed, or the Enter key is: which control acts, and to where it sends a form.

/** What would act may be all buttons of a page; so many of their names are told. */
const MOST_LABELS = 50;

const isSubmitButton = (element) =>
  (element instanceof HTMLButtonElement || element instanceof HTMLInputElement) && /^(submit|image)$/.test(element.type);

/** The form of a field or button. */
const formOf = (element) =>
  isField(element) || element instanceof HTMLButtonElement ? getterOf(Object.getPrototypeOf(element), 'form')(element) : null;

/** The buttons that send a form, wherever they are; those with a picture the form does not list itself. */
const submitButtonsOf = (form) => [...queryAll(rootOf(form), 'button, input')].filter((control) => isSubmitButton(control) && formOf(control) === form);

/** A member of a form, or of the button that sends it where that has one of its own: `action` or `method`. */
const sending = (form, button, name) => {
  const own = `form${name[0].toUpperCase()}${name.slice(1)}`;
  if (!button || !hasAttribute(button, own.toLowerCase())) return getterOf(HTMLFormElement.prototype, name)(form);
  return getterOf((button instanceof HTMLInputElement ? HTMLInputElement : HTMLButtonElement).prototype, own)(button);
};

/** To where a button sends its form, or the form is sent without one: a list of none or one. */
const sentTo = (form, button) => (form && sending(form, button, 'method') !== 'dialog' ? [sending(form, button, 'action')] : []);

const sentBy = (control) => (isSubmitButton(control) ? sentTo(formOf(control), control) : []);

const ACTS = 'button, input, select, textarea, label, a[href], area[href], summary, option';

/** A press acts on the innermost thing around its point that can, else on what was pressed: its scripts may. */
const actingFrom = (pressed) => {
  let around = pressed;
  while (around && !matches(around, ACTS)) around = flatParent(around);
  return (around instanceof HTMLLabelElement ? labelControl(around) : around) ?? pressed;
};

/** What acts by a press on an element. Where that must be scrolled to first, the point is not known yet, and all buttons in it count. */
const actingByPress = (element, position) => {
  const point = isRendered(element) ? pressPoint(element, element, position) : null;
  const hit = point && point.cover === undefined ? deepElementAt(point.x, point.y) : null;
  return hit ? [actingFrom(hit)] : [actingFrom(element), ...deepQuery(element, 'button, input')];
};

/**
 * The Enter key presses a button or link, and sends the form of a field by its first button, or without one where it has none (HTML:
 * "Implicit submission").
 */
const byEnter = (element) => {
  const field = fieldOf(element);
  if (!isField(field) || isSubmitButton(field)) return { controls: [field], targets: sentBy(field) };
  const form = formOf(field);
  if (!form || field instanceof HTMLTextAreaElement || field.type === 'button' || field.type === 'reset') return { controls: [], targets: [] };
  const [button] = submitButtonsOf(form);
  return { controls: button ? [button] : [], targets: sentTo(form, button) };
};

/**
 * What a press on an element does, the Enter key on it, or both: `{frame, targets, labels}`, to where forms are sent and what the controls
 * that act are called. Without a handle it is the element that keys go to; where that is a frame, its handle comes back and is to be gone on
 * with.
 */
const submissions = ({ handle = null, press = false, enter = false, position = null }) => {
  const nothing = { frame: null, targets: [], labels: [] };
  const focused = handle === null ? focusedElement() : null;
  if (focused && FRAME_TAGS.has(localName(focused))) return { ...nothing, frame: handleOf(focused) };
  const element = handle === null ? focused : (meantElement(handle) ?? attachedElementOf(handle));
  if (!element) return nothing;
  const pressed = !press ? [] : focused ? [focused] : actingByPress(element, position);
  const entered = enter ? byEnter(element) : { controls: [], targets: [] };
  const targets = new Set([...pressed.flatMap(sentBy), ...entered.targets]);
  const labels = new Set([...pressed, ...entered.controls].map(textLabel).filter(Boolean));
  return { frame: null, targets: [...targets], labels: [...labels].slice(0, MOST_LABELS) };
};
