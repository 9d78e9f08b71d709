// Accessible names, after the W3C's "Accessible Name and Description Computation" without generated content.

const NAMED_BY_CONTENT = new Set([
  'button', 'cell', 'checkbox', 'columnheader', 'gridcell', 'heading', 'link', 'menuitem', 'menuitemcheckbox', 'menuitemradio',
  'option', 'radio', 'row', 'rowheader', 'switch', 'tab', 'tooltip', 'treeitem',
]);
const SILENT_TAGS = new Set(['script', 'style', 'noscript', 'template', 'head', 'title']);

/** The text that `aria-labelledby` and `aria-label` give, or an empty string. */
const accessibleLabel = (element) => {
  const ids = attribute(element, 'aria-labelledby');
  if (ids) {
    const root = rootOf(element);
    const referred = ids.split(/\s+/).map((id) => id && elementById(root, id)).filter(Boolean);
    const text = squash(referred.map((other) => squash(attribute(other, 'aria-label') ?? '') || contentName(other, new Set([element]), true)).join(' '));
    if (text) return text;
  }
  return squash(attribute(element, 'aria-label') ?? '');
};

const childOf = (element, tag) => {
  for (let child = firstElementChild(element); child; child = nextElementSibling(child)) if (localName(child) === tag) return child;
  return null;
};

/** The texts of a control's `<label>` elements, joined. */
const labelsText = (element, seen) =>
  squash(
    labelsOf(element)
      // A control in the label whose name is being put together adds nothing to it.
      .filter((label) => !seen.has(label))
      .map((label) => contentName(label, new Set([...seen, element]), false))
      .join(' '),
  );

const nativeName = (element, tag, seen) => {
  switch (tag) {
    case 'input': {
      const type = element.type;
      if (type === 'submit' || type === 'reset' || type === 'button') {
        return squash(element.value) || labelsText(element, seen) || { submit: 'Submit', reset: 'Reset', button: '' }[type];
      }
      if (type === 'image') return labelsText(element, seen) || squash(attribute(element, 'alt') ?? '') || 'Submit';
      return labelsText(element, seen);
    }
    case 'select':
    case 'textarea':
    case 'button':
    case 'meter':
    case 'progress':
    case 'output':
      return labelsText(element, seen);
    case 'img':
    case 'area':
      return squash(attribute(element, 'alt') ?? '');
    case 'svg': {
      const title = childOf(element, 'title');
      return title ? squash(textContent(title)) : '';
    }
    case 'fieldset':
    case 'table':
    case 'figure': {
      const child = childOf(element, { fieldset: 'legend', table: 'caption', figure: 'figcaption' }[tag]);
      return child ? contentName(child, seen, false) : '';
    }
    case 'optgroup':
      return squash(attribute(element, 'label') ?? '');
    case 'option':
      return squash(element.label);
    default:
      return '';
  }
};

/** The name of an element, or an empty string. */
const accessibleName = (element, seen = new Set(), hiddenToo = false) => {
  if (seen.has(element) || seen.size > 200) return '';
  const label = accessibleLabel(element);
  if (label) return label;
  const within = new Set(seen).add(element);
  const tag = localName(element);
  const native = nativeName(element, tag, seen);
  if (native) return native;
  const role = ariaRole(element);
  if (NAMED_BY_CONTENT.has(role) || tag === 'summary' || tag === 'label' || tag === 'a') {
    const text = contentName(element, within, hiddenToo);
    if (text) return text;
  }
  return squash(attribute(element, 'title') ?? '') || squash(attribute(element, 'placeholder') ?? '');
};

/** The text of an element's contents as assistive technology reads it. */
const contentName = (element, seen, hiddenToo) => squash(contentText(element, seen, hiddenToo, 0));

const contentText = (element, seen, given, depth) => {
  if (depth > MAX_DEPTH) return '';
  // What stands in for a picture is never rendered.
  const drawn = localName(element) === 'canvas';
  const hiddenToo = given || drawn;
  let text = '';
  eachFlatChild(element, (node) => {
    if (nodeType(node) === TEXT) {
      text += textContent(node);
      return;
    }
    if (!isElement(node) || seen.has(node) || SILENT_TAGS.has(localName(node)) || localName(node) === 'textarea') return;
    if (!hiddenToo && (attribute(node, 'aria-hidden') === 'true' || isHiddenFromReaders(node))) return;
    const tag = localName(node);
    if (tag === 'br') text += ' ';
    const own = accessibleLabel(node) || nativeName(node, tag, seen) || embeddedValue(node, tag);
    const inner = own || contentText(node, seen, hiddenToo, depth + 1);
    text += getComputedStyle(node).display.startsWith('inline') && !drawn ? inner : ` ${inner} `;
  });
  return text;
};

// What is typed into a field is left out of names: it may be a secret.
const embeddedValue = (element, tag) => (tag === 'select' ? squash(element.selectedOptions?.[0]?.label ?? '') : '');

const isHiddenFromReaders = (element) => {
  if (checkVisibility(element, { visibilityProperty: true })) return false;
  const style = getComputedStyle(element);
  return style.display !== 'contents' || style.visibility !== 'visible';
};

/** The text that names an element to a person: its name, else the text it holds; at most 300 characters. */
const textLabel = (element) =>
  head(accessibleName(element) || (isField(element) ? '' : contentName(element, new Set([element]), false)), 300);

const isField = (element) =>
  element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
