// Whether an element can be seen, and whether it can be used.

/** Rendered, not hidden and with a size; opacity does not count, since a press goes through to it. */
const isRendered = (element) => {
  if (element instanceof HTMLAreaElement) {
    const picture = pictureOf(element);
    return picture !== null && isRendered(picture);
  }
  if (!checkVisibility(element, { visibilityProperty: true })) {
    if (!isConnected(element) || getComputedStyle(element).display !== 'contents') return false;
    for (let child = firstElementChild(element); child; child = nextElementSibling(child)) {
      if (isRendered(child)) return true;
    }
    return false;
  }
  const rect = boundingRect(element);
  return rect.width > 0 && rect.height > 0;
};

/** The product of an element's opacity and that of all around it, as it is drawn in the end. */
const opacityOf = (element) => {
  let product = 1;
  for (let at = element; at; at = flatParent(at)) {
    const { opacity, filter } = getComputedStyle(at);
    product *= Number(opacity);
    for (const [, amount, unit] of filter.matchAll(/opacity\(([\d.e-]+)(%?)\)/g)) product *= Math.min(1, Number(amount) / (unit ? 100 : 1));
  }
  return product;
};

const isToggle = (element) =>
  element instanceof HTMLInputElement && (element.type === 'checkbox' || element.type === 'radio');

/** Controls that pages make transparent, or shrink, and lay over (or beside) a picture of their own. */
const isOftenTransparent = (element) =>
  isToggle(element) || element instanceof HTMLSelectElement || (element instanceof HTMLInputElement && /^(file|range)$/.test(element.type));

/** Moved off to the left or the top, where no scrolling leads: a way to hide a control from sight only. */
const isOutsidePage = (rect) => rect.right + scrollX <= 0 || rect.bottom + scrollY <= 0;

/** The label that stands for a check box or radio button that shows nothing itself, or null. */
const standInLabel = (element) => {
  if (!isToggle(element)) return null;
  const style = getComputedStyle(element);
  const rect = boundingRect(element);
  const sized = rect.width > 2 && rect.height > 2 && !isOutsidePage(rect);
  if (sized && isRendered(element) && Number(style.opacity) > 0.01 && style.clipPath !== 'inset(50%)') return null;
  return labelsOf(element).find(isRendered) ?? null;
};

/** Those of the handles whose elements the page shows, in view or not. */
const stillThere = ({ handles }) =>
  handles.filter((handle) => {
    const element = targetOf(handle);
    return isAttached(element) && (isRendered(element) || standInLabel(element) !== null);
  });

// What can be disabled, beside custom elements (HTML: ":disabled").
const DISABLED_TAGS = new Set(['button', 'fieldset', 'input', 'optgroup', 'option', 'select', 'textarea']);

const isNativelyDisabled = (element) => {
  const tag = localName(element);
  return (DISABLED_TAGS.has(tag) || tag.includes('-')) && matches(element, ':disabled');
};

/** Why an element cannot be used: `disabled`, `inert` or `aria-disabled` on it or above; null if it can. */
const disabledReason = (element) => {
  for (let at = element; at; at = flatParent(at)) {
    const what = at === element ? 'it' : `its ancestor ${openTag(at)}`;
    // A disabled fieldset disables its controls, except those in its first legend; they say so themselves.
    if (isNativelyDisabled(at) && (at === element || !(at instanceof HTMLFieldSetElement))) return `${what} is disabled`;
    if (hasAttribute(at, 'inert')) return `${what} is inert`;
    if (attribute(at, 'aria-disabled') === 'true') return `${what} has aria-disabled`;
  }
  return null;
};

const UNUSABLE_CURSORS = new Set(['not-allowed', 'no-drop', 'wait', 'progress']);
