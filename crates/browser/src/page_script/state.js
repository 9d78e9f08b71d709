// How an element stands: what a reader must know of it besides its role and name.

const SHOWN_VALUE = 100;
const SHOWN_ERROR = 200;

const CHECKED = new Map([['true', 'checked'], ['mixed', 'half checked']]);

/** The texts of the elements that an attribute names. */
const referredText = (element, attributeName) => {
  const ids = attribute(element, attributeName);
  if (!ids) return '';
  const root = rootOf(element);
  const referred = ids.split(/\s+/).map((id) => id && elementById(root, id)).filter((other) => other && isRendered(other));
  return squash(referred.map((other) => contentName(other, new Set([element]), false)).join(' '));
};

/** What is wrong with a field: in the page's own words if it says so, else in the browser's; an empty string for nothing. */
const errorOf = (element) => {
  const invalid = attribute(element, 'aria-invalid');
  if (invalid !== null && invalid !== 'false') {
    return head(referredText(element, 'aria-errormessage') || referredText(element, 'aria-describedby'), SHOWN_ERROR) || 'no reason given';
  }
  return isField(element) && matches(element, ':user-invalid') ? head(element.validationMessage, SHOWN_ERROR) : '';
};

const valueState = (element, input) => {
  if (input && /^(button|submit|reset|image)$/.test(element.type)) return null;
  if (input && element.type === 'range') return `value ${element.value}`;
  if (input && element.type === 'file') {
    const names = [...element.files].map((file) => file.name).join(', ');
    return names && `files "${head(names, SHOWN_VALUE)}"`;
  }
  const value = element instanceof HTMLSelectElement ? [...element.selectedOptions].map((option) => option.label).join(', ') : element.value;
  if (holdsSecret(element)) return value ? 'filled' : 'empty';
  return squash(value) && `value "${head(squash(value), SHOWN_VALUE)}"`;
};

/** Words such as `checked`, `expanded` or `value "Ada"`, in a fixed order. What a secret field holds is never told. */
const statesOf = (element, disabled = false) => {
  const states = [];
  const there = attributeNames(element);
  const aria = (name) => (there.includes(`aria-${name}`) ? attribute(element, `aria-${name}`) : null);
  const input = element instanceof HTMLInputElement;
  const tick = input && /^(checkbox|radio)$/.test(element.type);
  const checked = tick ? (element.indeterminate ? 'mixed' : String(element.checked)) : aria('checked');
  if (checked !== null) states.push(CHECKED.get(checked) ?? 'not checked');
  if (aria('selected') === 'true' || (element instanceof HTMLOptionElement && element.selected)) states.push('selected');
  if (aria('pressed') === 'true') states.push('pressed');
  const details = localName(element) === 'summary' ? parentElement(element) : null;
  const expanded = details && localName(details) === 'details' ? String(hasAttribute(details, 'open')) : aria('expanded');
  if (expanded !== null) states.push(expanded === 'true' ? 'expanded' : 'collapsed');
  if (aria('sort') !== null && aria('sort') !== 'none') states.push(`sorted ${aria('sort')}`);
  if (attribute(element, 'draggable') === 'true') states.push('draggable');
  if (aria('current') !== null && aria('current') !== 'false') states.push('current');
  if (aria('busy') === 'true') states.push('busy');
  if (isField(element)) {
    const value = tick ? null : valueState(element, input);
    if (value) states.push(value);
    if (element.required) states.push('required');
    if (element.readOnly) states.push('read only');
  } else {
    const value = aria('valuetext') || aria('valuenow');
    if (value) states.push(`value ${head(squash(value), SHOWN_VALUE)}`);
    if (aria('readonly') === 'true') states.push('read only');
  }
  if (aria('required') === 'true' && !states.includes('required')) states.push('required');
  if (disabled) states.push('disabled');
  const error = errorOf(element);
  if (error) states.push(`invalid: ${error}`);
  return states;
};
