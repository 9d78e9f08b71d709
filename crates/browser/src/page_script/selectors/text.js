// Matching by visible text.

/** The text of an element: all of it, and the runs that are its own, between its child elements. */
const elementText = (element, depth = 0) => {
  const known = memo.texts.get(element);
  if (known) return known;
  const result = { raw: '', full: '', runs: [] };
  memo.texts.set(element, result);
  if (SILENT_TAGS.has(localName(element)) || depth > MAX_DEPTH) return result;
  if (element instanceof HTMLInputElement && /^(submit|button|reset)$/.test(element.type)) {
    result.raw = element.value;
    result.full = squash(element.value);
    result.runs = [result.full];
    return result;
  }
  let full = '';
  let run = '';
  const endRun = () => {
    const text = squash(run);
    if (text) result.runs.push(text);
    run = '';
  };
  const add = (root) => {
    for (let node = firstChild(root); node; node = nextSibling(node)) {
      if (nodeType(node) === TEXT) {
        full += textContent(node);
        run += textContent(node);
      } else if (isElement(node)) {
        endRun();
        full += elementText(node, depth + 1).raw;
      }
    }
    endRun();
  };
  add(element);
  const shadow = shadowRootOf(element);
  if (shadow) add(shadow);
  result.raw = full;
  result.full = squash(full);
  return result;
};

const textMatches = (element, test) => !SILENT_TAGS.has(localName(element)) && test(elementText(element));

/** True if the element's text matches and, unless `all`, no child's does. */
const isInnermost = (element, test, all = false) => {
  if (!textMatches(element, test)) return false;
  if (all) return true;
  const childMatches = (root) => {
    for (let child = firstElementChildOf(root); child; child = nextElementSibling(child)) if (textMatches(child, test)) return true;
    return false;
  };
  const shadow = shadowRootOf(element);
  return !childMatches(element) && !(shadow && childMatches(shadow));
};

const firstElementChildOf = (root) => (root instanceof Element ? firstElementChild(root) : getterOf(DocumentFragment.prototype, 'firstElementChild')(root));

const regex = (source, flags, whole) => {
  try {
    return new RegExp(source, flags.replace(/[gy]/g, ''));
  } catch (error) {
    throw selectorFailure(`"${head(whole, 80)}" holds a regular expression that is not valid: ${error.message}`);
  }
};

const REGEX = /^\/((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+)\/([a-z]*)$/s;
const QUOTED = /^"((?:\\.|[^"\\])*)"([is]?)$|^'((?:\\.|[^'\\])*)'([is]?)$/s;

/** The inside of a quoted text, with JSON's escapes where they are valid and plain ones elsewhere. */
const unescapeText = (inner) => {
  try {
    return JSON.parse(`"${inner}"`);
  } catch {
    return inner.replace(/\\(.)/gs, '$1');
  }
};

/** A text as selectors give it: `{pattern}`, or `{wanted, exact}`. Quotes mean exact unless `i` follows. */
const parseTextBody = (body, whole) => {
  const expression = REGEX.exec(body);
  if (expression) return { pattern: regex(expression[1], expression[2], whole) };
  const quoted = QUOTED.exec(body);
  if (!quoted) return { wanted: squash(body), exact: false };
  const flag = quoted[2] ?? quoted[4];
  return { wanted: squash(unescapeText(quoted[1] ?? quoted[3])), exact: flag !== 'i' };
};

/** A test of a plain text for such a body. */
const textTest = ({ pattern, wanted, exact }) => {
  if (pattern) return (text) => pattern.test(text);
  if (exact) return (text) => text === wanted;
  const folded = wanted.toLowerCase();
  return (text) => text.toLowerCase().includes(folded);
};

/** Elements for `text=` and `internal:text=`. */
const queryText = (scope, body, source, internal) => {
  const parsed = parseTextBody(body, source);
  const all = parsed.exact && !internal;
  const test = textTest(parsed);
  const matcher = all ? (found) => found.runs.includes(parsed.wanted) : (found) => test(found.full);
  const candidates = scope instanceof Element ? [scope, ...deepQuery(scope, '*')] : deepQuery(scope, '*');
  return candidates.filter((element) => isInnermost(element, matcher, all));
};

/** The texts that label an element: `aria-labelledby`, `aria-label`, `<label>`. */
const labelTexts = (element) => {
  const byAria = accessibleLabel(element);
  if (byAria) return [byAria];
  return labelsOf(element).map((label) => elementText(label).full);
};
