// CSS that reaches into open shadow roots, with the text and visibility pseudo-classes that recorders write.
// Compounds are matched by the browser itself; combinators and our own pseudo-classes are matched here.

const OWN_PSEUDO = new Set(['has-text', 'text', 'text-is', 'text-matches', 'visible', 'nth-match', 'light', 'scope']);
const NESTED_PSEUDO = new Set(['is', 'where', 'not', 'has']);
const LAYOUT_PSEUDO = new Set(['near', 'right-of', 'left-of', 'above', 'below']);

const NAME = /^[\w-]+/;

/** Splits at top-level commas. */
const splitArguments = (text) => {
  const parts = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '"' || char === "'") at = skipQuoted(text, at) - 1;
    else if (char === '(' || char === '[') depth += 1;
    else if (char === ')' || char === ']') depth -= 1;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
};

/** The index of the bracket that closes the one at `start`. */
const closing = (text, start) => {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '"' || char === "'") at = skipQuoted(text, at) - 1;
    else if (char === '(' || char === '[') depth += 1;
    else if ((char === ')' || char === ']') && (depth -= 1) === 0) return at;
  }
  throw selectorFailure(`"${head(text, 80)}" is not valid CSS: "${text[start]}" is not closed`);
};

const needsOwnMatching = (text) => /:(has-text|text|text-is|text-matches|visible|nth-match|light|scope|is|where|not|has|near|right-of|left-of|above|below)\b/i.test(text);

const checkNative = (native, whole) => {
  try {
    queryAll(emptyFragment, native);
  } catch {
    throw selectorFailure(`"${head(whole, 80)}" is not valid CSS${native === whole ? '' : `, at "${head(native, 80)}"`}`);
  }
};
const emptyFragment = document.createDocumentFragment();

const parseCompound = (text, whole) => {
  let native = '';
  const own = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at];
    if (char === '\\') {
      native += text.slice(at, at + 2);
      at += 2;
    } else if (char === '[') {
      const end = closing(text, at) + 1;
      native += text.slice(at, end);
      at = end;
    } else if (char === ':' && text[at + 1] !== ':') {
      const name = NAME.exec(text.slice(at + 1))?.[0] ?? '';
      let end = at + 1 + name.length;
      let body = null;
      if (text[end] === '(') {
        const close = closing(text, end);
        body = text.slice(end + 1, close);
        end = close + 1;
      }
      const lower = name.toLowerCase();
      if (LAYOUT_PSEUDO.has(lower) && body !== null) throw selectorFailure(`":${name}()" in "${head(whole, 80)}" is a layout selector, which is not supported`);
      // Nested lists are matched here too, so that they reach into shadow roots as the rest does.
      if (OWN_PSEUDO.has(lower) || NESTED_PSEUDO.has(lower)) own.push(parsePseudo(lower, body, whole));
      else native += text.slice(at, end);
      at = end;
    } else {
      native += char;
      at += 1;
    }
  }
  if (native) checkNative(native, whole);
  else if (own.length === 0) throw selectorFailure(`"${head(whole, 80)}" is not valid CSS`);
  return { native: native || '*', own, isScope: /:scope(?![\w-])/i.test(text) };
};

const unquoted = (text) => {
  const trimmed = text.trim();
  if (!/^(["']).*\1$/s.test(trimmed) || trimmed.length < 2) return trimmed;
  return trimmed.slice(1, -1).replace(/\\(.)/gs, '$1');
};

const parsePseudo = (name, body, whole) => {
  const required = () => {
    if (body === null || body.trim() === '') throw selectorFailure(`":${name}()" in "${head(whole, 80)}" needs something in its brackets`);
    return body;
  };
  switch (name) {
    case 'scope':
      return (element, scope) => element === scope || (scope === document && element === documentElement());
    case 'visible':
      return (element) => isRendered(element);
    case 'has-text': {
      const wanted = squash(unquoted(required())).toLowerCase();
      return (element) => textMatches(element, (found) => found.full.toLowerCase().includes(wanted));
    }
    case 'text': {
      const wanted = squash(unquoted(required())).toLowerCase();
      return (element) => isInnermost(element, (found) => found.full.toLowerCase().includes(wanted));
    }
    case 'text-is': {
      const wanted = squash(unquoted(required()));
      return (element) => isInnermost(element, (found) => found.runs.includes(wanted), true);
    }
    case 'text-matches': {
      const [source, flags = ''] = splitArguments(required()).map(unquoted);
      const pattern = regex(source, flags, whole);
      return (element) => isInnermost(element, (found) => pattern.test(found.full));
    }
    case 'nth-match': {
      const parts = splitArguments(required());
      const index = Number(parts.pop());
      if (!Number.isInteger(index) || index < 1 || parts.length === 0) {
        throw selectorFailure(`":nth-match()" in "${head(whole, 80)}" needs a selector and a number from 1 on`);
      }
      const list = parseCss(parts.join(','));
      return (element, scope) => queryParsed(scope, list)[index - 1] === element;
    }
    case 'light': {
      const list = parseCss(required());
      return (element, scope) => matchesList(element, list, scope);
    }
    case 'is':
    case 'where':
    case 'not': {
      const list = parseCss(required());
      return name === 'not' ? (element, scope) => !matchesList(element, list, scope) : (element, scope) => matchesList(element, list, scope);
    }
    default: {
      const list = nested(whole, () => splitArguments(required()).map((part) => parseComplex(/^\s*[>+~]/.test(part) ? `:scope ${part}` : part)));
      return (element) => list.some((complex) => hasMatch(element, complex));
    }
  }
};

const hasMatch = (element, complex) => {
  const siblings = complex.some((step) => step.before === '+' || step.before === '~');
  const area = siblings ? (parentElement(element) ?? element) : element;
  return deepQuery(area, complex.at(-1).compound.native).some((candidate) => candidate !== element && matchesComplex(candidate, complex, complex.length - 1, element, siblings));
};

/** Splits a complex selector into compounds, each with the combinator before it. */
const parseComplex = (source) => {
  const text = source.trim();
  if (!text) throw selectorFailure('the CSS selector is empty, or has nothing beside a comma');
  const steps = [];
  let start = 0;
  let before = null;
  let at = 0;
  const push = (end) => {
    const compound = text.slice(start, end);
    if (!compound) throw selectorFailure(`"${head(text, 80)}" is not valid CSS: a combinator has nothing before or after it`);
    steps.push({ before, compound: parseCompound(compound, text) });
  };
  while (at < text.length) {
    const char = text[at];
    if (char === '\\') at += 2;
    else if (char === '"' || char === "'") at = skipQuoted(text, at);
    else if (char === '(' || char === '[') at = closing(text, at) + 1;
    else if (/[\s>+~]/.test(char)) {
      const gap = /^\s*([>+~]?)\s*/.exec(text.slice(at));
      push(at);
      before = gap[1] || ' ';
      at += gap[0].length;
      start = at;
    } else at += 1;
  }
  push(text.length);
  return steps;
};

const parsedCss = new Map();
const MAX_NESTING = 40;
let nesting = 0;

const nested = (text, parse) => {
  if (nesting >= MAX_NESTING) throw selectorFailure(`"${head(text, 80)}" is nested more than ${MAX_NESTING} levels deep`);
  nesting += 1;
  try {
    return parse();
  } finally {
    nesting -= 1;
  }
};

/** A selector list as complex selectors; parsed once. */
const parseCss = (text) => {
  let list = parsedCss.get(text);
  if (!list) {
    list = nested(text, () => splitArguments(text).map(parseComplex));
    if (parsedCss.size > 200) parsedCss.clear();
    parsedCss.set(text, list);
  }
  return list;
};

const matchesCompound = (element, compound, scope) =>
  (compound.native === '*' || matches(element, compound.native)) && compound.own.every((test) => test(element, scope));

// `scope` bounds the match: everything to the left of the last compound lies inside it, or is `:scope` itself.
const matchesComplex = (element, steps, index, scope, outside) => {
  if (!matchesCompound(element, steps[index].compound, scope)) return false;
  if (index === 0) return true;
  const next = (other) => matchesComplex(other, steps, index - 1, scope, outside);
  const inScope = (other) =>
    other && (outside || !(scope instanceof Element) || (other === scope ? steps[index - 1].compound.isScope : composedContains(scope, other)));
  switch (steps[index].before) {
    case '>': {
      const parent = composedParent(element);
      return Boolean(inScope(parent)) && next(parent);
    }
    case '+': {
      const sibling = previousElementSibling(element);
      return sibling !== null && next(sibling);
    }
    case '~':
      for (let sibling = previousElementSibling(element); sibling; sibling = previousElementSibling(sibling)) if (next(sibling)) return true;
      return false;
    default:
      for (let parent = composedParent(element); inScope(parent); parent = composedParent(parent)) if (next(parent)) return true;
      return false;
  }
};

const composedContains = (outer, inner) => {
  for (let at = inner; at; at = composedParent(at)) if (at === outer) return true;
  return false;
};

const matchesList = (element, list, scope) => list.some((steps) => matchesComplex(element, steps, steps.length - 1, scope, false));

/** All elements below `root` that match a native selector, in document order, through open shadow roots. */
const deepQuery = (root, native) => {
  const found = [];
  const hosts = shadowHosts(root);
  if (root instanceof Element && shadowRootOf(root)) found.push(...deepQuery(shadowRootOf(root), native));
  const here = queryAll(root, native);
  if (hosts.length === 0) {
    for (const element of here) found.push(element);
    return found;
  }
  let next = 0;
  for (const host of hosts) {
    while (next < here.length && (here[next] === host || comparePosition(here[next], host) & Node.DOCUMENT_POSITION_FOLLOWING)) {
      found.push(here[next]);
      next += 1;
    }
    for (const element of deepQuery(shadowRootOf(host), native)) found.push(element);
  }
  for (; next < here.length; next += 1) found.push(here[next]);
  return found;
};

/** The shadow hosts below a document, a shadow root or an element. */
const shadowHosts = (scope) => {
  if (!(scope instanceof Element)) return hostsIn(scope);
  return hostsIn(rootOf(scope)).filter((host) => host !== scope && contains(scope, host));
};

const queryParsed = (scope, list) => {
  const union = list.map((steps) => steps.at(-1).compound.native).join(', ');
  return deepQuery(scope, union).filter((element) => matchesList(element, list, scope));
};

/** All elements below `scope` (a document or an element) that match, in document order. */
const queryCss = (scope, text) => {
  if (scope === document && !needsOwnMatching(text) && shadowHosts(document).length === 0) {
    checkNative(text, text);
    return [...queryAll(document, text)];
  }
  return queryParsed(scope, parseCss(text));
};
