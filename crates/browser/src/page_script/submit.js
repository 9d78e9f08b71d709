// To where the browser would send a form when an element is pressed, or the Enter key is.

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

const sentByButton = (button) => (isSubmitButton(button) ? sentTo(formOf(button), button) : []);

const ACTS = 'button, input, select, textarea, label, a[href], area[href], summary, option';

/** A press acts on the innermost thing around its point that can. */
const sentFrom = (pressed) => {
  let around = pressed;
  while (around && !matches(around, ACTS)) around = flatParent(around);
  const control = around instanceof HTMLLabelElement ? labelControl(around) : around;
  return control ? sentByButton(control) : [];
};

/** By a press on an element. Where that must be scrolled to first, the point is not known yet, and all buttons in it count. */
const sentByPress = (element) => {
  const point = isRendered(element) ? pressPoint(element, element, null) : null;
  const hit = point && point.cover === undefined ? deepElementAt(point.x, point.y) : null;
  return hit ? sentFrom(hit) : [...sentFrom(element), ...deepQuery(element, 'button, input').flatMap(sentByButton)];
};

/** The Enter key sends a form by its first button, or without one where it has none (HTML: "Implicit submission"). */
const sentByEnter = (element) => {
  const field = fieldOf(element);
  if (isSubmitButton(field)) return sentByButton(field);
  if (!isField(field) || field instanceof HTMLTextAreaElement || field.type === 'button' || field.type === 'reset') return [];
  const form = formOf(field);
  return form ? sentTo(form, submitButtonsOf(form)[0]) : [];
};

/**
 * To where forms are sent by a press on an element, by the Enter key on it, or both: `{frame, targets}`. Without a handle it is the
 * element that keys go to; where that is a frame, its handle comes back and is to be gone on with.
 */
const submissions = ({ handle = null, press = false, enter = false }) => {
  const focused = handle === null ? focusedElement() : null;
  if (focused && FRAME_TAGS.has(localName(focused))) return { frame: handleOf(focused), targets: [] };
  const element = handle === null ? focused : attachedElementOf(handle);
  if (!element) return { frame: null, targets: [] };
  const pressed = focused ? sentByButton : sentByPress;
  const targets = [...(press ? pressed(element) : []), ...(enter ? sentByEnter(element) : [])];
  return { frame: null, targets: [...new Set(targets)] };
};
