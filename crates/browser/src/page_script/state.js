// How an element stands: what a reader must know of it besides its role and name.

const SHOWN_VALUE = 100;

const CHECKED = new Map([['true', 'checked'], ['mixed', 'half checked']]);

/** Words such as `checked`, `expanded` or `value "Ada"`, in a fixed order. What a secret field holds is never told. */
const statesOf = (element) => {
  const states = [];
  const aria = (name) => attribute(element, `aria-${name}`);
  const input = element instanceof HTMLInputElement;
  const tick = input && /^(checkbox|radio)$/.test(element.type);
  const checked = tick ? (element.indeterminate ? 'mixed' : String(element.checked)) : aria('checked');
  if (checked !== null) states.push(CHECKED.get(checked) ?? 'not checked');
  if (aria('selected') === 'true' || (element instanceof HTMLOptionElement && element.selected)) states.push('selected');
  if (aria('pressed') === 'true') states.push('pressed');
  if (aria('expanded') !== null) states.push(aria('expanded') === 'true' ? 'expanded' : 'collapsed');
  if (aria('current') !== null && aria('current') !== 'false') states.push('current');
  if (isField(element)) {
    if (!tick && !(input && /^(button|submit|reset|image|file|range)$/.test(element.type))) {
      const value = element instanceof HTMLSelectElement ? (element.selectedOptions[0]?.label ?? '') : element.value;
      if (holdsSecret(element)) states.push(value ? 'filled' : 'empty');
      else if (squash(value)) states.push(`value "${head(squash(value), SHOWN_VALUE)}"`);
    }
    if (input && element.type === 'range') states.push(`value ${element.value}`);
    if (element.required) states.push('required');
    if (element.readOnly) states.push('read only');
  }
  if (aria('required') === 'true' && !states.includes('required')) states.push('required');
  if (aria('invalid') !== null && aria('invalid') !== 'false') states.push('invalid');
  return states;
};

