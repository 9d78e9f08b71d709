// What an element was when it was last listed, so that its handle finds it again once the page has put another in its place.
//
// Fingerprints stay in this world. They hold hashes of what names an element and of the texts beside it; what is in fields is
// no part of them. Where they leave a doubt, no element is found: a press on the wrong one cannot be taken back.

const MOST_FINGERPRINTS = 2000;
// Texts beside an element are looked for so many ancestors up, in parts of the page of so many elements at most.
const ROW_LEVELS = 5;
const ROW_ELEMENTS = 80;
const ROW_TEXTS = 12;
// Two rows are one when so large a share of their texts is the same; a row that is still there may change more.
const SAME_ROW = 0.5;
const CHANGED_ROW = 0.3;

const LANDMARKS = new Set(['form', 'nav', 'header', 'footer', 'main', 'aside', 'dialog']);
const LANDMARK_ROLES = new Set(['form', 'navigation', 'banner', 'contentinfo', 'main', 'complementary', 'dialog', 'alertdialog', 'search']);
const ROW_TAGS = new Set(['tr', 'li', 'article', 'option']);
const ROW_ROLES = new Set(['row', 'listitem', 'article', 'option', 'treeitem']);
// What a page calls an element by for its own use: it outlives words that are changed or translated.
const OWN_NAMES = ['test', 'field', 'href', 'id'];
const TEST_ATTRIBUTES = ['data-testid', 'data-test-id', 'data-test', 'data-qa', 'data-cy'];

const fingerprints = new Map();
let pass = 0;

/** 53 bits of a text; 0 for none. */
const hashOf = (text) => {
  if (!text) return 0;
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0) || 1;
};
const hashOfWords = (text) => hashOf(squash(text).toLowerCase());

const isLandmark = (element, tag) => LANDMARKS.has(tag) || LANDMARK_ROLES.has(explicitRole(element));

/** What a part of the page is called: by its author, or by its first heading or legend. */
const partName = (element) => {
  const label = accessibleLabel(element);
  if (label) return label;
  const [heading] = queryAll(element, 'legend, h1, h2, h3, h4, h5, h6, [role="heading"]');
  return heading ? head(squash(textContent(heading)), 100) : '';
};

/** The parts of the page that an element lies in: their tags, their names, and the name of the dialog. */
const placeOf = (element) => {
  const parent = flatParent(element);
  if (!parent) return { tags: '', names: '', dialog: '' };
  let place = memo.places.get(parent);
  if (place) return place;
  place = placeOf(parent);
  const tag = localName(parent);
  const dialog = isDialog(parent, tag);
  if (dialog || isLandmark(parent, tag) || tag === 'fieldset' || hasAttribute(parent, 'aria-label') || hasAttribute(parent, 'aria-labelledby')) {
    // What `main` holds is most of the page, and so is its first heading.
    const name = tag === 'main' ? accessibleLabel(parent) : partName(parent);
    place = {
      tags: isLandmark(parent, tag) ? `${place.tags} ${tag}` : place.tags,
      names: name ? `${place.names} > ${name}` : place.names,
      dialog: dialog ? `${place.dialog} > ${name || tag}` : place.dialog,
    };
  }
  memo.places.set(parent, place);
  return place;
};

const isRow = (element) => {
  if (ROW_TAGS.has(localName(element)) || ROW_ROLES.has(explicitRole(element))) return true;
  const first = (other) => (attribute(other, 'class') ?? '').trim().split(/\s+/)[0];
  const isAlike = (other) => other !== null && localName(other) === localName(element) && first(other) === first(element);
  return isAlike(nextElementSibling(element)) || isAlike(previousElementSibling(element));
};

const isEditable = (element) => isHtml(element) && isContentEditable(element);

const isInControl = (node, container) => {
  for (let at = parentElement(node); at && at !== container; at = parentElement(at)) {
    if (/^(button|select|textarea|script|style)$/.test(localName(at)) || isEditable(at)) return true;
  }
  return false;
};

/** The texts with letters in a part of the page that are no control's: `{node, text, hash}` each; null when it is too large. */
const textsIn = (container) => {
  const walker = walkerOf(ownerDocument(container), container, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  const texts = [];
  let elements = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (nodeType(node) === ELEMENT) {
      elements += 1;
      if (elements > ROW_ELEMENTS) return null;
      continue;
    }
    const text = textContent(node);
    if (!/\p{L}/u.test(text) || isInControl(node, container)) continue;
    const shown = squash(head(text, 200)).toLowerCase();
    texts.push({ node, text: shown, hash: hashOf(shown) });
  }
  return texts;
};

/** The hashes of the texts in a part of the page that are neither the element's own nor its name; null when it is too large. */
const textsBeside = (element, container, name) => {
  let all = memo.rows.get(container);
  if (all === undefined) memo.rows.set(container, (all = textsIn(container)));
  if (all === null) return null;
  const beside = [];
  for (const { node, text, hash } of all) {
    if (beside.length === ROW_TEXTS) break;
    if (text !== name && !contains(element, node)) beside.push(hash);
  }
  return beside;
};

/** What stands beside an element, in the smallest part of the page that says something: `{texts, list}`. */
const rowOf = (element, label) => {
  const name = label.toLowerCase();
  for (let at = flatParent(element), level = 0; at && level < ROW_LEVELS; at = flatParent(at), level += 1) {
    const tag = localName(at);
    if (tag === 'body' || isLandmark(at, tag)) break;
    const texts = textsBeside(element, at, name);
    if (texts === null) break;
    if (texts.length > 0) return { texts, list: isRow(at) };
  }
  return { texts: [], list: false };
};

const likeness = (a, b) => {
  if (a.length === 0 && b.length === 0) return 1;
  const shared = new Set(a.filter((text) => b.includes(text))).size;
  return shared / new Set([...a, ...b]).size;
};
const isSameRow = (a, b) => a[0] === b[0] && likeness(a, b) >= SAME_ROW;

const isToggleLike = (element) => element instanceof HTMLInputElement && /^(checkbox|radio)$/.test(element.type);

const fingerprintOf = (element, shown) => {
  // What is written into editable content is its text as well.
  const label = isEditable(element) ? accessibleLabel(element) : shown;
  const tag = localName(element);
  const letter = letterOf(coarseRole(element));
  const place = placeOf(element);
  const row = rowOf(element, label);
  const id = elementId(element);
  const href = attribute(element, 'href');
  const field = isField(element) || tag === 'button' ? attribute(element, 'name') : null;
  const test = TEST_ATTRIBUTES.map((name) => attribute(element, name)).find(Boolean);
  return {
    // A field is not the same when it takes something else; a button may be a link tomorrow, and is another one then.
    kind: `${letter} ${isField(element) ? `${tag} ${element.type}` : ''}`,
    name: hashOfWords(label),
    id: id && !GENERATED_ID.test(id) ? hashOf(id) : 0,
    field: field ? hashOf(isToggleLike(element) ? `${field} ${attribute(element, 'value')}` : field) : 0,
    href: href && !/^(#$|javascript:)/i.test(href) ? hashOf(href) : 0,
    test: test ? hashOf(test) : 0,
    tags: place.tags,
    place: hashOfWords(place.names),
    dialog: hashOfWords(place.dialog),
    row: row.texts,
    list: row.list,
    lang: attribute(documentElement(), 'lang') ?? '',
    before: 0,
    after: 0,
    twin: false,
  };
};

const isSamePlace = (was, is) => was.place === is.place && was.tags === is.tags;

/** How many of the page's own names for an element are the same; -1 when one speaks against it, or none is left. */
const sameOwnNames = (was, is) => {
  let same = 0;
  let lost = false;
  for (const name of OWN_NAMES) {
    if (!was[name]) continue;
    if (was[name] === is[name]) same += 1;
    // Ids are also made anew at each rendering.
    else if (name !== 'id' && is[name]) return -1;
    else if (name !== 'id') lost = true;
  }
  return lost && same === 0 ? -1 : same;
};

/** Whether what was listed before may be this one: how many of its own names say so, or -1. `all` are the fingerprints of now. */
const fit = (was, is, all) => {
  if (was.kind !== is.kind) return -1;
  const own = sameOwnNames(was, is);
  // What looked the same as another one cannot be told from it later.
  if (own < 0 || (own === 0 && was.twin)) return -1;
  // In another language no words can be compared.
  if (was.lang !== is.lang) return own > 0 && was.tags === is.tags ? own : -1;
  if (was.dialog !== is.dialog) return -1;
  const row = isSameRow(was.row, is.row);
  if (!row && (was.list || is.list || own === 0)) return -1;
  if (was.name !== is.name) {
    const beside = (was.before !== 0 && was.before === is.before) || (was.after !== 0 && was.after === is.after);
    return own > 0 && row && beside && isSamePlace(was, is) ? own : -1;
  }
  if (was.name === 0) return own > 0 && row && isSamePlace(was, is) ? own : -1;
  if (isSamePlace(was, is)) return own;
  // Moved: a link that leads to the same address, or something that has left a place which is still there.
  const link = was.href !== 0 && was.href === is.href;
  return link || (own > 0 && all.some((other) => isSamePlace(was, other))) ? own : -1;
};

/** Which of the candidates fits: its own names decide where several do. */
const fitting = (was, candidates, all) => {
  const fits = candidates.map((item) => ({ item, own: fit(was, item.print, all) })).filter(({ own }) => own >= 0);
  const named = fits.filter(({ own }) => own > 0);
  return (fits.length > 1 && named.length === 1 ? named : fits).map(({ item }) => item);
};

/** Puts what is known only of a whole list, in document order, into the fingerprints in it. */
const together = (items) => {
  const alike = new Map();
  items.forEach(({ print }, at) => {
    print.before = items[at - 1]?.print.name ?? 0;
    print.after = items[at + 1]?.print.name ?? 0;
    const look = [print.kind, print.name, print.place, print.tags, print.dialog, print.row[0]].join();
    const others = alike.get(look);
    if (others) others.push(print);
    else alike.set(look, [print]);
  });
  for (const prints of alike.values()) if (prints.length > 1) for (const print of prints) print.twin = true;
  return items;
};

/** Names the elements of a pass: each by its own handle, or by that of the one which it stands for now. */
const nameListed = (items) => {
  pass += 1;
  together(items);
  for (const { element, print } of items) {
    const was = fingerprints.get(knownHandle(element));
    if (was && standsForAnother(was, print, element)) letGo(element);
  }
  const fresh = items.filter(({ element }) => knownHandle(element) === undefined);
  if (fresh.length > 0) adopt(fresh, items);
  items.forEach(({ element, print }, at) => {
    const handle = handleOf(element);
    const alike = [items[at - 1], items[at + 1]].filter((other) => other?.print.kind === print.kind);
    const beside = alike.map((other) => [new WeakRef(other.element), other.print.name]);
    const born = fingerprints.get(handle)?.born ?? pass;
    fingerprints.delete(handle);
    fingerprints.set(handle, { ...print, beside, born, seen: pass });
  });
  for (const handle of fingerprints.keys()) {
    if (fingerprints.size <= MOST_FINGERPRINTS) break;
    fingerprints.delete(handle);
  }
};

/** Gives elements that are new the handles of those that are gone, where there is one way to do so. */
const adopt = (fresh, items) => {
  const gone = [...fingerprints].filter(([handle]) => !isAttached(targetOf(handle)));
  if (gone.length === 0) return;
  const all = items.map(({ print }) => print);
  const pairs = gone.map(([handle, was]) => [handle, fitting(was, fresh, all)]);
  const wanted = new Map();
  for (const [, found] of pairs) for (const item of found) wanted.set(item, (wanted.get(item) ?? 0) + 1);
  for (const [handle, found] of pairs) if (found.length === 1 && wanted.get(found[0]) === 1) bindHandle(handle, found[0].element);
};

const listedNow = (viewportOnly) => {
  const walk = new Walk({ view: viewRect(), viewportOnly, max: viewportOnly ? null : MOST_FINGERPRINTS });
  walk.start();
  walk.describe();
  return together(walk.items.filter((item) => item.k === 'e'));
};

/** Elements whose handle led to another one than before, until an answer has told of it. */
const foundAgain = new Set();

/** The element that stands for one that is gone; null when there is none. Fails with kind `ambiguous` when several may. */
const heal = (handle) => {
  const was = fingerprints.get(handle);
  if (!was) return null;
  for (const viewportOnly of [true, false]) {
    const items = listedNow(viewportOnly);
    const all = items.map(({ print }) => print);
    // What was on the page beside it is not what stands for it.
    const candidates = items.filter(({ element }) => !((fingerprints.get(knownHandle(element))?.born ?? Infinity) <= was.seen));
    const fits = fitting(was, candidates, all).filter(({ print }) => viewportOnly || sameOwnNames(was, print) > 0);
    if (fits.length > 1) {
      throw new Failure('ambiguous', `the element was rendered anew, and ${fits.length} elements may be it now: ${listed(fits.map(({ element }) => element))}. Observe the page again`);
    }
    if (fits.length === 1) {
      bindHandle(handle, fits[0].element);
      foundAgain.add(handle);
      return fits[0].element;
    }
  }
  return null;
};

/** Whether an element is still there and called something else. */
const isRenamed = ([reference, name]) => {
  const element = reference.deref();
  return isAttached(element) && hashOfWords(textLabel(element)) !== name;
};

/** Whether an element that is still there stands for something else now: rows and dialogs are used again for other contents. */
const standsForAnother = (was, is, element) => {
  if (was.lang !== is.lang) return false;
  if (was.dialog !== is.dialog) return true;
  if (was.list && is.row.length > 0 && (was.row[0] !== is.row[0] || likeness(was.row, is.row) < CHANGED_ROW)) return true;
  if (was.name === is.name || was.name === 0) return false;
  if (was.href !== 0 && is.href !== 0 && was.href !== is.href) return true;
  if (isField(element)) return false;
  if (was.beside.some(isRenamed)) return true;
  for (const other of fingerprints.values()) if (other !== was && other.seen === was.seen && other.kind === was.kind && other.name === is.name && isSamePlace(was, other)) return true;
  return false;
};

/**
 * The element that a handle means now: itself, or the one that was rendered in its place; null when there is none.
 * Fails with kind `ambiguous` or `changed` where it cannot be told.
 */
const meantElement = (handle) => {
  const element = targetOf(handle);
  if (!isAttached(element)) return heal(handle);
  const was = fingerprints.get(handle);
  if (!was || !standsForAnother(was, fingerprintOf(element, textLabel(element)), element)) return element;
  const moved = healFrom(was, handle, element);
  if (moved) return moved;
  throw new Failure('changed', `${openTag(element)} stands for something else than when it was observed: what is beside it has changed. Observe the page again`);
};

/** The one element beside `element` that has taken its row, with all of its names. */
const healFrom = (was, handle, element) => {
  const items = listedNow(true);
  const all = items.map(({ print }) => print);
  const fits = fitting(was, items.filter((item) => item.element !== element), all).filter(({ print }) => print.name === was.name);
  if (fits.length !== 1) return null;
  bindHandle(handle, fits[0].element);
  foundAgain.add(handle);
  return fits[0].element;
};
