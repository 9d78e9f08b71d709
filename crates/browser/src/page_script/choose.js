// Choosing options of a `<select>`.

const optionsShown = (options) => {
  const labels = options.slice(0, 20).map((option) => `"${head(squash(option.label), 40)}"`);
  return labels.join(', ') + (options.length > 20 ? ` and ${options.length - 20} more` : '');
};

const findOption = (options, wanted) => {
  const text = squash(wanted);
  const folded = text.toLowerCase();
  return (
    options.find((option) => option.value === wanted) ??
    options.find((option) => squash(option.label) === text || squash(option.text) === text) ??
    options.find((option) => squash(option.label).toLowerCase() === folded)
  );
};

/**
 * Selects the one option with this value or label and fires the events of a choice. An element that is no
 * `<select>` answers `{clickInstead: true}`.
 */
const selectOption = ({ handle, value }) => {
  const given = fieldOf(attachedElementOf(handle));
  const select = given instanceof HTMLOptionElement ? Element.prototype.closest.call(given, 'select') : given;
  if (!(select instanceof HTMLSelectElement)) return { clickInstead: true };
  const disabled = disabledReason(select);
  if (disabled) throw new Failure('disabled', `the list cannot be used: ${disabled}`);
  const options = [...select.options];
  const option = given instanceof HTMLOptionElement ? given : findOption(options, value);
  if (!option) {
    throw new Failure('no_option', `the list has no option with the value or label "${head(value, 60)}"; it has ${optionsShown(options) || 'none'}`);
  }
  if (isNativelyDisabled(option)) throw new Failure('disabled', `the option "${squash(option.label)}" is disabled`);
  focusOn(select);
  const before = options.filter((other) => other.selected);
  const changed = before.length !== 1 || before[0] !== option;
  if (changed) {
    if (select.multiple) for (const other of options) other.selected = other === option;
    else option.selected = true;
    fire(select, 'input');
    fire(select, 'change');
  }
  return { clickInstead: false, changed, value: option.value, label: squash(option.label) };
};

/** Selects an option of a list of several, or no more, beside what else is selected there. */
const toggleOption = ({ handle }) => {
  const option = attachedElementOf(handle);
  const select = Element.prototype.closest.call(option, 'select');
  const disabled = disabledReason(option) ?? disabledReason(select);
  if (disabled) throw new Failure('disabled', `the option cannot be used: ${disabled}`);
  focusOn(select);
  option.selected = !option.selected;
  fire(select, 'input');
  fire(select, 'change');
};

/** The list that an option belongs to, and the option's value: `{handle, value, label}`; `handle` is null outside a `<select>`. */
const optionParent = ({ handle }) => {
  const element = attachedElementOf(handle);
  const select = element instanceof HTMLOptionElement ? Element.prototype.closest.call(element, 'select') : null;
  return {
    handle: select ? handleOf(select) : null,
    value: select ? element.value : null,
    label: select ? squash(element.label) : textLabel(element),
  };
};
