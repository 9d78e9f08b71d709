// Roles. Two views: the coarse one of the Notte API, which chooses an id's letter, and the ARIA one,
// which `role=` selectors use (HTML-AAM's implicit roles).

const NATIVE_ROLES = {
  a: 'link', area: 'link', button: 'button', select: 'combobox', textarea: 'textbox', option: 'option', img: 'img', figure: 'figure',
  h1: 'heading', h2: 'heading', h3: 'heading', h4: 'heading', h5: 'heading', h6: 'heading', p: 'paragraph', div: 'group',
  span: 'text', strong: 'text', em: 'text', small: 'text', bdi: 'text', i: 'text', nav: 'navigation', header: 'banner',
  footer: 'contentinfo', section: 'article', article: 'article', ul: 'list', ol: 'list', dl: 'list', li: 'listitem',
  dt: 'listitem', dd: 'listitem', body: 'WebArea', dialog: 'dialog', form: 'form', table: 'table', tr: 'row', td: 'cell',
  th: 'columnheader', area: 'link', canvas: 'canvas', video: 'video', audio: 'audio', thead: 'rowgroup', tbody: 'rowgroup', tfoot: 'rowgroup',
};
const INPUT_ROLES = { button: 'button', submit: 'button', reset: 'button', image: 'button', radio: 'radio', checkbox: 'checkbox', search: 'searchbox' };

/** The first role that the element names itself; `none` and `presentation` do not count. */
const explicitRole = (element) => {
  const value = attribute(element, 'role');
  if (!value) return null;
  const role = value.trim().toLowerCase().split(/\s+/)[0];
  return role && role !== 'none' && role !== 'presentation' ? role : null;
};

/** True for the element that makes what is in it editable. */
const isEditingHost = (element) => {
  const editable = attribute(element, 'contenteditable');
  return editable !== null && editable.toLowerCase() !== 'false' && element !== documentBody();
};

/** The role by which the Notte API names an element (section "Element ids"). */
const coarseRole = (element) => {
  const explicit = explicitRole(element);
  if (explicit) return explicit;
  if (isEditingHost(element)) return 'textbox';
  const tag = localName(element);
  if (tag === 'input') return INPUT_ROLES[element.type] ?? 'textbox';
  return Object.hasOwn(NATIVE_ROLES, tag) ? NATIVE_ROLES[tag] : 'generic';
};

const LETTERS = {
  L: ['link'],
  B: ['button', 'tab', 'menuitem', 'radio', 'checkbox', 'menuitemcheckbox', 'menuitemradio', 'switch'],
  I: ['combobox', 'textbox', 'searchbox', 'listbox', 'slider'],
  F: ['image', 'img', 'figure'],
  O: ['option'],
};
const LETTER_OF = new Map(Object.entries(LETTERS).flatMap(([letter, roles]) => roles.map((role) => [role, letter])));

/** The letter of an element's id. */
const letterOf = (role) => LETTER_OF.get(role) ?? 'M';

/** The action that is offered for an element: `click`, `fill` or `select`. */
const actionOf = (role) => {
  const letter = letterOf(role);
  if (letter === 'O' || role === 'combobox') return 'select';
  return letter === 'I' ? 'fill' : 'click';
};

const INTERACTIVE_TAGS = new Set(['a', 'button', 'input', 'select', 'textarea', 'details', 'summary', 'option', 'optgroup', 'area']);
const INTERACTIVE_ROLES = new Set([
  'button', 'link', 'menu', 'menubar', 'menuitem', 'menuitemcheckbox', 'menuitemradio', 'radio', 'checkbox', 'tab', 'switch',
  'slider', 'spinbutton', 'combobox', 'searchbox', 'textbox', 'listbox', 'option', 'scrollbar', 'treeitem',
]);
// Roles of what is used by keyboard or mouse where it takes the focus, and is only read where it does not.
const FOCUSABLE_ROLES = new Set(['application', 'gridcell', 'columnheader', 'rowheader', 'separator', 'listitem', 'img']);
// Cursors of what is dragged.
const DRAG_CURSORS = /^(grab|grabbing|move|all-scroll|.*-resize)$/;
const MOUSE_ATTRIBUTES = ['onclick', 'onmousedown', 'onmouseup', 'ondblclick'];

/** True for a control that only its label shows: then the label is what a person uses. */
const isHiddenBehindLabel = (control) => control !== null && (!isRendered(control) || isOutsidePage(boundingRect(control)));

/** True if markup alone says that an element can be used (Notte API: "What counts as interactive"). */
const isInteractiveByMarkup = (element, tag) => {
  if (tag === 'html' || tag === 'body') return false;
  if (tag === 'area') return hasAttribute(element, 'href');
  // What is drawn on a canvas is known to nobody; one that is called something is a thing to press.
  if (tag === 'canvas') return explicitRole(element) !== null || textLabel(element) !== '';
  // The summary is what opens and closes its details.
  if (tag === 'details') return childOf(element, 'summary') === null;
  if (tag === 'label') return isHiddenBehindLabel(element.control);
  if (INTERACTIVE_TAGS.has(tag)) return !(tag === 'input' && element.type === 'hidden');
  if (!hasAttributes(element)) return false;
  const there = attributeNames(element);
  if (there.includes('role')) {
    const role = explicitRole(element);
    if (INTERACTIVE_ROLES.has(role)) return true;
    if (FOCUSABLE_ROLES.has(role) && there.includes('tabindex')) return true;
  }
  if (there.includes('contenteditable') && isEditingHost(element)) return true;
  if ((tag === 'video' || tag === 'audio') && there.includes('controls')) return true;
  if (there.includes('draggable') && attribute(element, 'draggable') === 'true') return true;
  if (there.includes('class') && /(^|\s)(button|dropdown-toggle)(\s|$)/.test(attribute(element, 'class'))) return true;
  if (there.includes('data-index') || attribute(element, 'data-toggle') === 'dropdown') return true;
  if (attribute(element, 'aria-haspopup') === 'true') return true;
  return MOUSE_ATTRIBUTES.some((name) => there.includes(name));
};

const ARIA_ROLES = {
  article: 'article', aside: 'complementary', blockquote: 'blockquote', button: 'button', caption: 'caption', code: 'code',
  datalist: 'listbox', dd: 'definition', del: 'deletion', details: 'group', dfn: 'term', dialog: 'dialog', dt: 'term',
  em: 'emphasis', fieldset: 'group', figure: 'figure', h1: 'heading', h2: 'heading', h3: 'heading', h4: 'heading',
  h5: 'heading', h6: 'heading', hr: 'separator', html: 'document', ins: 'insertion', li: 'listitem', main: 'main',
  mark: 'mark', math: 'math', menu: 'list', meter: 'meter', nav: 'navigation', ol: 'list', optgroup: 'group',
  option: 'option', output: 'status', p: 'paragraph', progress: 'progressbar', search: 'search', strong: 'strong',
  sub: 'subscript', sup: 'superscript', svg: 'img', table: 'table', tbody: 'rowgroup',
  textarea: 'textbox', tfoot: 'rowgroup', thead: 'rowgroup', time: 'time', tr: 'row', ul: 'list',
};
const ARIA_INPUT_ROLES = {
  button: 'button', submit: 'button', reset: 'button', image: 'button', checkbox: 'checkbox', radio: 'radio', range: 'slider',
  number: 'spinbutton', search: 'searchbox', text: 'textbox', email: 'textbox', tel: 'textbox', url: 'textbox',
};
const SECTIONING = new Set(['article', 'aside', 'main', 'nav', 'section']);

const ariaLandmark = (element, role) => {
  for (let at = composedParent(element); at; at = composedParent(at)) if (SECTIONING.has(localName(at))) return null;
  return role;
};

// Where an implied role depends on more than the tag.
const ARIA_SPECIAL_TAGS = {
  link: ['a', 'area'], img: ['img'], none: ['img'], banner: ['header'], contentinfo: ['footer'], region: ['section'], form: ['form'],
  cell: ['td'], gridcell: ['td'], columnheader: ['th'], rowheader: ['th'], listbox: ['select'], combobox: ['select', 'input'],
  button: ['input'], checkbox: ['input'], radio: ['input'], slider: ['input'], spinbutton: ['input'], searchbox: ['input'], textbox: ['input'],
};

/** A native selector for all elements that may have an ARIA role. */
const selectorForRole = (role) => {
  const tags = Object.keys(ARIA_ROLES).filter((tag) => ARIA_ROLES[tag] === role);
  return ['[role]', ...tags, ...(Object.hasOwn(ARIA_SPECIAL_TAGS, role) ? ARIA_SPECIAL_TAGS[role] : [])].join(', ');
};

/** The ARIA role of an element, explicit or implied; null if it has none. */
const ariaRole = (element) => {
  const named = attribute(element, 'role')?.trim().toLowerCase().split(/\s+/)[0];
  if (named) return named === 'presentation' || named === 'none' ? 'none' : named;
  const tag = localName(element);
  switch (tag) {
    case 'a':
    case 'area':
      return hasAttribute(element, 'href') ? 'link' : null;
    case 'img':
      return attribute(element, 'alt') === '' && !hasAttribute(element, 'title') ? 'none' : 'img';
    case 'input': {
      const role = ARIA_INPUT_ROLES[element.type];
      return role && hasAttribute(element, 'list') && /^(textbox|searchbox)$/.test(role) ? 'combobox' : (role ?? null);
    }
    case 'select':
      return element.multiple || element.size > 1 ? 'listbox' : 'combobox';
    case 'header':
      return ariaLandmark(element, 'banner');
    case 'footer':
      return ariaLandmark(element, 'contentinfo');
    case 'section':
      return accessibleLabel(element) ? 'region' : null;
    case 'form':
      return accessibleLabel(element) ? 'form' : null;
    case 'td':
    case 'th': {
      const table = Element.prototype.closest.call(element, 'table');
      const grid = table && /^(grid|treegrid)$/.test(attribute(table, 'role') ?? '');
      if (tag === 'td') return grid ? 'gridcell' : 'cell';
      return attribute(element, 'scope') === 'row' ? 'rowheader' : 'columnheader';
    }
    default:
      return Object.hasOwn(ARIA_ROLES, tag) ? ARIA_ROLES[tag] : null;
  }
};
