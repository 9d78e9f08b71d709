// Putting text and choices into fields.

const TEXT_TYPES = new Set(['', 'text', 'email', 'number', 'password', 'search', 'tel', 'url']);
const SET_TYPES = new Set(['date', 'time', 'datetime-local', 'month', 'week', 'color', 'range']);

const setInputValue = setterOf(HTMLInputElement.prototype, 'value');
const setAreaValue = setterOf(HTMLTextAreaElement.prototype, 'value');

/** A label stands for its control. */
const fieldOf = (element) => (element instanceof HTMLLabelElement && labelControl(element)) || element;

/** Why text cannot be put into an element, or null if it can. */
const editability = (given) => {
  const element = fieldOf(given);
  if (element instanceof HTMLInputElement) {
    if (!TEXT_TYPES.has(element.type) && !SET_TYPES.has(element.type)) return `an input of type "${element.type}" takes no text`;
  } else if (!(element instanceof HTMLTextAreaElement) && !(isHtml(element) && isContentEditable(element))) {
    return `${openTag(element)} is not an input, a textarea or editable content`;
  }
  if (isField(element) && element.readOnly) return 'it is read-only';
  return attribute(element, 'aria-readonly') === 'true' ? 'it has aria-readonly' : null;
};

const editable = (handle) => {
  const element = fieldOf(attachedElementOf(handle));
  const reason = editability(element);
  if (reason) throw new Failure('not_editable', `the element cannot be filled: ${reason}`);
  const disabled = disabledReason(element);
  if (disabled) throw new Failure('disabled', `the element cannot be filled: ${disabled}`);
  return element;
};

const fire = (element, type) => dispatch(element, new Event(type, { bubbles: true, composed: true }));

const focusOn = (element) => {
  HTMLElement.prototype.focus.call(element, { preventScroll: true });
};

const rangeOver = (element, collapseToEnd) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  if (collapseToEnd) range.collapse(false);
  const selection = Document.prototype.getSelection.call(document);
  selection.removeAllRanges();
  selection.addRange(range);
};

const caretTo = (element, all) => {
  focusOn(element);
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) {
    if (all) {
      element.select();
      return;
    }
    // Unlike setSelectionRange this also works in fields of type email and number.
    Document.prototype.getSelection.call(document).modify('move', 'forward', 'documentboundary');
    return;
  }
  rangeOver(element, !all);
};

const hasText = (element) => (isField(element) ? element.value !== '' : (textContent(element) ?? '') !== '');

/**
 * Prepares an element for text, or sets it. `needsText`: its old text is selected (or the caret is at the end
 * when `clear` is false), and the value is to be inserted; `needsDelete`: the selection is to be deleted; neither: done.
 */
const fill = ({ handle, value, clear = true }) => {
  const element = editable(handle);
  if (element instanceof HTMLInputElement && SET_TYPES.has(element.type)) {
    setDirectly(element, value.trim());
    return { needsText: false, needsDelete: false };
  }
  if (element instanceof HTMLInputElement && element.type === 'number' && value !== '' && Number.isNaN(Number(value))) {
    throw new Failure('value', 'a number field takes a number, such as 12 or 3.5');
  }
  caretTo(element, clear);
  if (activeElementOf(rootOf(element)) !== element && isField(element)) {
    throw new Failure('not_editable', 'the element does not take the focus');
  }
  if (value.includes('\t')) {
    pasteInto(element, value);
    return { needsText: false, needsDelete: false };
  }
  return { needsText: value !== '', needsDelete: value === '' && clear && hasText(element) };
};

const FORMATS = {
  date: 'like 2026-01-31', time: 'like 13:45', 'datetime-local': 'like 2026-01-31T13:45', month: 'like 2026-01',
  week: 'like 2026-W05', color: 'like #1a2b3c', range: 'that is a number within its limits',
};

const setDirectly = (element, value) => {
  const before = element.value;
  const wanted = element.type === 'color' ? value.toLowerCase() : value;
  focusOn(element);
  setInputValue(element, wanted);
  const same = element.type === 'range' ? Number(element.value) === Number(wanted) : element.value.toLowerCase() === wanted;
  const equal = same || (element.value !== '' && wanted.toUpperCase() === element.value) || isSameMoment(element, wanted);
  if (!equal || (element.type === 'range' && wanted === '')) {
    setInputValue(element, before);
    throw new Failure('value', `an input of type "${element.type}" takes a value ${FORMATS[element.type]}`);
  }
  fire(element, 'input');
  fire(element, 'change');
};

// The browser drops seconds of zero from times.
const isSameMoment = (element, wanted) => /^(time|datetime-local)$/.test(element.type) && element.value !== '' && wanted.startsWith(element.value);

const pasteInto = (element, value) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', value);
  const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true, composed: true });
  if (!dispatch(element, event)) return;
  if (!isField(element)) {
    Document.prototype.execCommand.call(document, 'insertText', false, value);
    return;
  }
  const selectable = element.selectionStart !== null;
  const start = selectable ? element.selectionStart : 0;
  const end = selectable ? element.selectionEnd : element.value.length;
  const next = element.value.slice(0, start) + value + element.value.slice(end);
  (element instanceof HTMLTextAreaElement ? setAreaValue : setInputValue)(element, next);
  dispatch(element, new InputEvent('input', { inputType: 'insertFromPaste', data: value, bubbles: true, composed: true }));
  fire(element, 'change');
};

/** Pastes a text over the current selection of a field, as a clipboard would. */
const paste = ({ handle, value }) => {
  const element = editable(handle);
  focusOn(element);
  pasteInto(element, value);
};

const selectText = ({ handle }) => {
  const element = fieldOf(attachedElementOf(handle));
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) caretTo(element, true);
  else rangeOver(element, false);
};

/** Focuses an element and says whether it took the focus. */
const focus = ({ handle }) => {
  const element = fieldOf(attachedElementOf(handle));
  focusOn(element);
  return { focused: activeElementOf(rootOf(element)) === element };
};

/** What has the focus, through shadow roots. */
const focusedElement = () => {
  let active = activeElementOf(document);
  for (let shadow = active && shadowRootOf(active); shadow; shadow = active && shadowRootOf(active)) {
    const inner = activeElementOf(shadow);
    if (!inner) break;
    active = inner;
  }
  return active;
};

/** Takes the focus from whatever has it, through shadow roots. */
const blurActive = () => {
  const active = focusedElement();
  if (active && active !== documentBody()) (isHtml(active) ? HTMLElement : SVGElement).prototype.blur.call(active);
};

/** The value of a field as text; null for one that holds a secret. */
const valueOf = ({ handle }) => {
  const element = fieldOf(attachedElementOf(handle));
  if (holdsSecret(element)) return { value: null, secret: true, empty: element.value === '' };
  if (isField(element)) return { value: element.value, secret: false, empty: element.value === '' };
  const value = isHtml(element) ? getterOf(HTMLElement.prototype, 'innerText')(element) : textContent(element);
  return { value, secret: false, empty: value === '' };
};

const CHECKED_ROLES = new Set(['checkbox', 'radio', 'switch', 'menuitemcheckbox', 'menuitemradio', 'option', 'treeitem']);

/** `{checked, radio, option}` of a check box, radio button, switch, or option of several; fails for anything else. */
const isChecked = ({ handle }) => {
  const element = fieldOf(meantElement(handle) ?? attachedElementOf(handle));
  if (isToggle(element)) return { checked: element.checked, radio: element.type === 'radio' };
  const role = attribute(element, 'role')?.trim().toLowerCase() ?? '';
  if (element instanceof HTMLOptionElement && Element.prototype.closest.call(element, 'select')?.multiple) return { checked: element.selected, radio: false, option: true };
  if (CHECKED_ROLES.has(role)) return { checked: (attribute(element, 'aria-checked') ?? attribute(element, 'aria-selected')) === 'true', radio: /radio$/.test(role) };
  throw new Failure('not_checkable', `${openTag(element)} is not a check box, a radio button or a switch`);
};

/** A press without a pointer: `element.click()`. */
const click = ({ handle }) => {
  const element = attachedElementOf(handle);
  if (isHtml(element)) HTMLElement.prototype.click.call(element);
  else dispatch(element, new MouseEvent('click', { bubbles: true, cancelable: true, composed: true, view: window }));
};
