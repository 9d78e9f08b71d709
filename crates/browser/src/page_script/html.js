// The document as HTML for reading: shadow roots flattened, what is hidden marked, what was typed left out.

const VOID_TAGS = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr']);
const DROPPED_TAGS = new Set(['style', 'template', 'noscript']);
const SHOWN = { visibilityProperty: true };
const FRAME_INDEX = 'data-frame-index';

const escapeText = (value) => value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const escapeAttribute = (value) => value.replace(/&/g, '&amp;').replace(/"/g, '&quot;');

class Serializer {
  constructor(includeShadow) {
    this.includeShadow = includeShadow;
    this.frames = [];
  }

  /** An element's HTML, and whether anything in it is shown. */
  element(element, parentShown, depth) {
    const tag = localName(element);
    if (DROPPED_TAGS.has(tag) || depth > MAX_DEPTH) return { html: '', shown: false };
    if (tag === 'script') return { html: this.structuredData(element), shown: false };
    // Most elements are shown, which is one question; of the others two more have to be asked.
    const plain = !parentShown || !isHtml(element) || checkVisibility(element, SHOWN);
    const style = plain ? null : getComputedStyle(element);
    const rendered = parentShown && style?.display !== 'none';
    const own = rendered && (!style || style.visibility === 'visible');
    let inner = '';
    let shown = own;
    if (!VOID_TAGS.has(tag) && tag !== 'textarea' && !FRAME_TAGS.has(tag)) {
      this.eachChild(element, (node) => {
        const type = nodeType(node);
        if (type === TEXT && tag !== 'svg') inner += escapeText(textContent(node));
        else if (type === ELEMENT && (tag !== 'svg' || localName(node) === 'title')) {
          const child = this.element(node, rendered, depth + 1);
          inner += child.html;
          shown ||= child.shown;
        }
      });
    }
    // Only the outermost hidden element needs the mark.
    const mark = parentShown && !shown && isHtml(element) && !UNSEEN_TAGS.has(tag) && !hasAttribute(element, 'hidden');
    const open = `<${tag}${this.attributes(element, tag)}${mark ? ' hidden=""' : ''}>`;
    return { html: VOID_TAGS.has(tag) ? open : `${open}${inner}</${tag}>`, shown };
  }

  eachChild(element, visit) {
    if (this.includeShadow) eachFlatChild(element, visit);
    else for (let node = firstChild(element); node; node = nextSibling(node)) visit(node);
  }

  structuredData(element) {
    const type = (attribute(element, 'type') ?? '').trim().toLowerCase();
    if (type !== 'application/ld+json') return '';
    return `<script type="${type}">${textContent(element).replace(/<\/(script)/gi, '<\\/$1')}</script>`;
  }

  attributes(element, tag) {
    let text = '';
    for (const name of attributeNames(element)) {
      const value = attribute(element, name);
      if (name === FRAME_INDEX || !/^[^\s"'<>/=\u0000]+$/.test(name)) continue;
      if (name === 'value' && tag === 'input' && !/^(button|submit|reset)$/.test(element.type)) continue;
      // An element that says `hidden` but is styled to be shown is shown.
      if (name === 'hidden' && isHtml(element) && checkVisibility(element)) continue;
      if (name === 'src' && tag === 'img' && this.pictureOf(element)) continue;
      text += ` ${name}="${escapeAttribute(value)}"`;
    }
    if (tag === 'img' && this.pictureOf(element)) text += ` src="${escapeAttribute(this.pictureOf(element))}"`;
    if (FRAME_TAGS.has(tag)) {
      text += ` ${FRAME_INDEX}="${this.frames.length}"`;
      this.frames.push({ handle: handleOf(element), src: attribute(element, 'src') ?? '' });
    }
    return text;
  }

  // Lazy pictures name a placeholder, or nothing, in `src`; what the browser chose is the picture.
  pictureOf(image) {
    const chosen = image.currentSrc;
    return chosen && !chosen.startsWith('data:') ? chosen : null;
  }
}

const TABLE_PARTS = new Set(['caption', 'colgroup', 'col', 'thead', 'tbody', 'tfoot', 'tr', 'td', 'th']);

/** The elements that lie in no other one of them. */
const outsideOthers = (elements) => {
  const all = new Set(elements);
  return elements.filter((element) => {
    let above = composedParent(element);
    while (above && !all.has(above)) above = composedParent(above);
    return !above;
  });
};

const tableOf = (element) => {
  let at = TABLE_PARTS.has(localName(element)) ? element : null;
  while (at && localName(at) !== 'table') at = composedParent(at);
  return at;
};

/**
 * A document of the head and the elements that were chosen, each in a `guise-part` below the body. Parts of one table that
 * follow each other are in one table there, cells in their rows.
 */
const excerpt = (elements, serializer) => {
  const root = documentElement();
  let body = '';
  let table = null;
  let row = null;
  for (const element of outsideOthers(elements)) {
    const chosen = element === root ? (documentBody() ?? element) : element;
    const within = tableOf(chosen);
    if (table && within !== table) body += '</table></guise-part>';
    if (within && within !== table) {
      const role = attribute(within, 'role');
      body += `<guise-part><table${role ? ` role="${escapeAttribute(role)}"` : ''}>`;
    }
    table = within;
    const cells = within && /^t[dh]$/.test(localName(chosen)) ? composedParent(chosen) : null;
    if (cells && cells !== row) body += '<tr>';
    row = cells;
    const { html } = serializer.element(chosen, true, 0);
    // A body in another one would be taken for that one.
    if (chosen === documentBody()) body += `<guise-part><guise-part${html.slice(5, -7)}</guise-part></guise-part>`;
    else body += within ? html : `<guise-part>${html}</guise-part>`;
  }
  if (table) body += '</table></guise-part>';
  let top = root && firstChild(root);
  while (top && !(nodeType(top) === ELEMENT && localName(top) === 'head')) top = nextSibling(top);
  const lang = (root && attribute(root, 'lang')) || '';
  return `<html lang="${escapeAttribute(lang)}">${top ? serializer.element(top, true, 0).html : ''}<body>${body}</body></html>`;
};

/**
 * The document, or what a selector finds in it, as HTML, and what it is: `{html, base_url, frames, contentType, url, status}`.
 * Iframes stay as elements with `data-frame-index`, an index into `frames`.
 */
const html = ({ selector = null, includeShadow = true }) => {
  const serializer = new Serializer(includeShadow);
  let text = '';
  if (selector) {
    const chain = parseChain(selector);
    if (chain.some((part) => part.engine === 'internal:control')) throw selectorFailure('the selector enters a frame; ask that frame');
    const found = runChain([document], chain);
    if (found.length === 0) throw new Failure('no_match', `the selector "${head(selector, 80)}" matches no element`);
    text = excerpt(found, serializer);
  } else if (documentElement()) text = serializer.element(documentElement(), true, 0).html;
  return {
    html: text,
    base_url: getterOf(Node.prototype, 'baseURI')(document),
    frames: serializer.frames,
    ...aboutDocument(),
  };
};

/** The status of the answer that brought the document; null where there was none, as of a file, or the browser does not tell. */
const answerStatus = () => {
  const [entry] = typeof performance === 'undefined' ? [] : performance.getEntriesByType('navigation');
  return entry?.responseStatus || null;
};

/** What the document is: a page, or a file that the browser shows. */
const aboutDocument = () => ({ contentType: contentType(), url: location.href, status: answerStatus() });
