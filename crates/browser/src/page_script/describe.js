// How an element is written for a reader, and the selectors that find it again.

// The attributes that are shown, in this order (Notte API: "space.description").
const SHOWN_ATTRIBUTES = [
  'type', 'value', 'tabindex', 'href', 'src', 'placeholder', 'title', 'alt', 'name', 'role', 'aria-label', 'aria-expanded',
];
const SHOWN_LENGTH = 60;

// An attribute may hold megabytes. What is called uncut ends here, so that an answer stays a page's size.
const LONGEST_VALUE = 2000;

const shownValue = (element, tag) => {
  if (holdsSecret(element)) return null;
  if (tag === 'textarea' || tag === 'select') return element.value || null;
  if (tag === 'input' && !/^(checkbox|radio|file|hidden)$/.test(element.type)) return element.value || null;
  return tag === 'input' && element.type === 'file' ? null : attribute(element, 'value');
};

const shownAttribute = (element, tag, name) => {
  const value = name === 'value' ? shownValue(element, tag) : attribute(element, name);
  if (value === null) return null;
  if (name === 'aria-expanded') return value === 'true' ? 'True' : value === 'false' ? 'False' : value;
  // A data URL says nothing after its media type, and may be megabytes long.
  return value.startsWith('data:') ? value.slice(0, value.search(/[;,]|$/)) : value;
};

/** An element's opening tag with its shown attributes, cut and uncut. */
const openTags = (element) => {
  const tag = localName(element);
  const there = attributeNames(element);
  let cut = `<${tag}`;
  let full = cut;
  for (const name of SHOWN_ATTRIBUTES) {
    const value = name === 'value' || there.includes(name) ? shownAttribute(element, tag, name) : null;
    if (value === null) continue;
    const key = name.replace('-', '_');
    const text = squash(head(value, LONGEST_VALUE)).replace(/"/g, '&quot;');
    cut += ` ${key}="${text.length > SHOWN_LENGTH ? `${head(text, SHOWN_LENGTH)}...` : text}"`;
    full += ` ${key}="${text}"`;
  }
  return { tag, cut: `${cut}>`, full: `${full}>` };
};

/** A short opening tag for messages, such as `<div id="overlay" class="modal">`. */
const openTag = (element) => {
  const parts = [localName(element)];
  for (const name of ['id', 'class', 'role', 'aria-label']) {
    const value = attribute(element, name);
    if (value) parts.push(`${name}="${head(squash(value), 60).replace(/"/g, '&quot;')}"`);
  }
  return `<${parts.join(' ')}>`;
};

/** Element and text as one line: `<button type="submit">Sign in</button>`. */
const renderElement = (element, text) => {
  const { tag, cut, full } = openTags(element);
  return { html: `${cut}${text}</${tag}>`, full: `${full}${text}</${tag}>` };
};

const MAX_SHOWN_OPTIONS = 60;

/** What a `<select>` shows as its text: the labels of its options. */
const optionsText = (select) => {
  const labels = [];
  for (const option of select.options) {
    if (labels.length === MAX_SHOWN_OPTIONS) {
      labels.push(`... (${select.options.length} options)`);
      break;
    }
    labels.push(squash(option.label));
  }
  return labels.filter(Boolean).join(' | ');
};

/** Everything about one element that an outcome or a recording reports. */
const describe = ({ handle }) => {
  const element = elementOf(handle);
  const tag = localName(element);
  const paths = new Paths();
  const role = coarseRole(element);
  const { html, full } = renderElement(element, describedText(element));
  return {
    ...paths.selectors(element),
    in_shadow_root: rootOf(element) instanceof ShadowRoot,
    text_label: textLabel(element),
    tag,
    role,
    letter: letterOf(role),
    action: actionOf(role),
    type: element instanceof HTMLInputElement || element instanceof HTMLButtonElement ? element.type : null,
    html,
    full,
    box: isRendered(element) ? boxOf(boundingRect(element)) : null,
    isConnected: isConnected(element) && ownerDocument(element) === document,
    isFileInput: element instanceof HTMLInputElement && element.type === 'file',
    acceptsMultiple: element instanceof HTMLInputElement && element.multiple,
    isFrame: tag === 'iframe' || tag === 'frame',
    secret: holdsSecret(element),
    editable: editability(element) === null,
    selectOptions:
      element instanceof HTMLSelectElement
        ? [...element.options].slice(0, 500).map((o) => ({ value: o.value, label: squash(o.label), selected: o.selected, disabled: isNativelyDisabled(o) }))
        : null,
  };
};

const describedText = (element) => {
  if (element instanceof HTMLSelectElement) return optionsText(element);
  if (isField(element)) return '';
  return head(contentName(element, new Set([element]), false), 1000) || textLabel(element);
};
