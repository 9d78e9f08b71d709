// CSS and XPath paths that find one element again.

const GENERATED_ID = /^\d|[0-9a-f]{8}-[0-9a-f]{4}|\d{6,}|^:r|^radix-|[\n\r]/;

/** Builds paths; remembers what it has counted, so one instance serves one pass over a document at rest. */
class Paths {
  #index = new Map();
  #ids = new Map();
  #css = new Map();
  #xpath = new Map();

  /** `{css_selector, xpath_selector}`. XPath does not reach into shadow roots: it is empty there. */
  selectors(element) {
    const inShadow = rootOf(element) instanceof ShadowRoot;
    return { css_selector: inShadow ? this.#unique(element) : this.#cssOf(element), xpath_selector: inShadow ? '' : this.#xpathOf(element) };
  }

  /** The position of an element among its siblings of the same tag, from 1, and how many there are. */
  #position(element) {
    const parent = parentNode(element);
    if (!parent) return { at: 1, of: 1 };
    let known = this.#index.get(parent);
    if (!known) {
      known = { at: new Map(), of: new Map() };
      for (let child = firstChild(parent); child; child = nextSibling(child)) {
        if (!isElement(child)) continue;
        const tag = localName(child);
        const count = (known.of.get(tag) ?? 0) + 1;
        known.of.set(tag, count);
        known.at.set(child, count);
      }
      this.#index.set(parent, known);
    }
    return { at: known.at.get(element) ?? 1, of: known.of.get(localName(element)) ?? 1 };
  }

  /** The element's id if it is worth using: alone in its tree and not made by a machine. */
  #goodId(element) {
    const id = elementId(element);
    if (!id || id.length > 100 || GENERATED_ID.test(id)) return null;
    let good = this.#ids.get(element);
    if (good === undefined) this.#ids.set(element, (good = queryAll(rootOf(element), `#${CSS.escape(id)}`).length === 1));
    return good ? id : null;
  }

  #cssOf(element) {
    let path = this.#css.get(element);
    if (path !== undefined) return path;
    const id = this.#goodId(element);
    const tag = CSS.escape(localName(element));
    const parent = parentElement(element);
    const root = parentNode(element);
    if (id) {
      path = `#${CSS.escape(id)}`;
      if (root && rootOf(element) instanceof ShadowRoot) path = `${this.#cssOf(rootOf(element).host)} ${path}`;
    } else if (!parent) {
      path = root instanceof ShadowRoot ? `${this.#cssOf(root.host)} ${tag}:nth-of-type(${this.#position(element).at})` : tag;
    } else if (element === documentBody()) {
      path = tag;
    } else {
      const { at, of } = this.#position(element);
      path = `${this.#cssOf(parent)} > ${of > 1 ? `${tag}:nth-of-type(${at})` : tag}`;
    }
    this.#css.set(element, path);
    return path;
  }

  // A path through a shadow root starts anew below its host, where the same steps may fit deeper
  // elements too; then the match is counted.
  #unique(element) {
    const path = this.#cssOf(element);
    const found = queryCss(document, path);
    if (found.length <= 1) return path;
    return `:nth-match(${path}, ${found.indexOf(element) + 1})`;
  }

  #xpathOf(element) {
    let path = this.#xpath.get(element);
    if (path !== undefined) return path;
    const id = this.#goodId(element);
    const parent = parentElement(element);
    const name = localName(element);
    const html = element.namespaceURI === 'http://www.w3.org/1999/xhtml';
    const step = html && /^[A-Za-z_][\w.-]*$/.test(name) ? name : `*[local-name()=${xpathString(name)}]`;
    if (id && !/["']/.test(id)) {
      path = `//*[@id="${id}"]`;
    } else if (!parent) {
      path = `/${step}`;
    } else {
      const { at, of } = this.#position(element);
      path = `${this.#xpathOf(parent)}/${step}${of > 1 ? `[${at}]` : ''}`;
    }
    this.#xpath.set(element, path);
    return path;
  }
}

const xpathString = (text) => (text.includes('"') ? `'${text}'` : `"${text}"`);
