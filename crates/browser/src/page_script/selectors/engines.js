// The engines by name. A finding engine maps a scope to elements below it; a filtering one keeps some of
// the elements that the chain has found so far.

const queryXpath = (scope, body, source) => {
  const expression = scope instanceof Element && body.startsWith('/') ? `.${body}` : body;
  let result;
  try {
    result = Document.prototype.evaluate.call(document, expression, scope, null, XPathResult.ORDERED_NODE_ITERATOR_TYPE, null);
  } catch (error) {
    throw selectorFailure(`"${head(source, 80)}" is not a valid XPath for elements: ${error.message.replace(/^.*?: /, '')}`);
  }
  const found = [];
  for (let node = result.iterateNext(); node; node = result.iterateNext()) if (isElement(node)) found.push(node);
  return found;
};

const byAttribute = (name) => (scope, body) => deepQuery(scope, `[${name}="${CSS.escape(unquoted(body))}"]`);

/** The chain inside quotes, as `internal:has="…"` carries it. */
const innerChain = (body, source) => {
  const quoted = QUOTED.exec(body);
  if (!quoted) throw selectorFailure(`"${head(source, 80)}" needs a selector in quotes`);
  const chain = parseChain(unescapeText(quoted[1] ?? quoted[3]));
  if (chain.some((part) => part.engine === 'internal:control')) throw selectorFailure(`"${head(source, 80)}" cannot enter a frame inside another selector`);
  return chain;
};

const filter = (keep) => ({ filter: keep });
const find = (query) => ({ find: query });

const keepByText = (wanted) => (elements, body, source) => {
  const test = textTest(parseTextBody(body, source));
  return elements.filter((element) => textMatches(element, (found) => test(found.full)) === wanted);
};
const keepByInner = (wanted) => (elements, body, source) => {
  const chain = innerChain(body, source);
  return elements.filter((element) => runChain([element], chain).length > 0 === wanted);
};

const nth = (elements, body, source) => {
  const index = /^-?\d{1,9}$/.test(body) ? Number(body) : Number.NaN;
  if (Number.isNaN(index)) throw selectorFailure(`"${head(source, 80)}" needs a whole number; 0 is the first, -1 the last`);
  const element = elements.at(index);
  return element ? [element] : [];
};

const visibleOnly = (elements, body, source) => {
  const wanted = body === 'true' || body === '' ? true : body === 'false' ? false : null;
  if (wanted === null) throw selectorFailure(`"${head(source, 80)}" needs true or false`);
  return elements.filter((element) => isRendered(element) === wanted);
};

// The elements that `<label>` can name, and those that ARIA names.
const LABELLED = 'input, textarea, select, button, meter, progress, output, [aria-label], [aria-labelledby]';

const labelled = (scope, body, source) => {
  const test = textTest(parseTextBody(body, source));
  return deepQuery(scope, LABELLED).filter((element) => labelTexts(element).some((text) => test(text)));
};

const cssEngine = find((scope, body) => queryCss(scope, body));
const textEngine = find((scope, body, source) => queryText(scope, body, source, false));

const ENGINES = new Map(
  Object.entries({
    css: cssEngine,
    'css:light': cssEngine,
    xpath: find(queryXpath),
    text: textEngine,
    'text:light': textEngine,
    role: find((scope, body, source) => queryRole(scope, body, source, false)),
    id: find(byAttribute('id')),
    'data-testid': find(byAttribute('data-testid')),
    'data-test-id': find(byAttribute('data-test-id')),
    'data-test': find(byAttribute('data-test')),
    nth: filter(nth),
    visible: filter(visibleOnly),
    'internal:text': find((scope, body, source) => queryText(scope, body, source, true)),
    'internal:role': find((scope, body, source) => queryRole(scope, body, source, true)),
    'internal:label': find(labelled),
    'internal:attr': find((scope, body, source) => queryAttribute(scope, body, source, true)),
    'internal:testid': find((scope, body, source) => queryAttribute(scope, body, source, false)),
    'internal:has-text': filter(keepByText(true)),
    'internal:has-not-text': filter(keepByText(false)),
    'internal:has': filter(keepByInner(true)),
    'internal:has-not': filter(keepByInner(false)),
    'internal:and': {
      whole: (elements, body, source, scopes) => {
        const others = new Set(runChain(scopes, innerChain(body, source)));
        return elements.filter((element) => others.has(element));
      },
    },
    'internal:or': { whole: (elements, body, source, scopes) => inOrder([...elements, ...runChain(scopes, innerChain(body, source))]) },
    'internal:chain': { whole: (elements, body, source) => runChain(elements, innerChain(body, source)) },
    'internal:describe': filter((elements) => elements),
    'internal:visible': filter(visibleOnly),
    'internal:control': filter((elements) => elements),
  }),
);

/** Each element once, in document order through shadow roots. */
const inOrder = (elements) => {
  const unique = [...new Set(elements)];
  if (unique.length < 2) return unique;
  const wanted = new Set(unique);
  return deepQuery(document, '*').filter((element) => wanted.has(element));
};

/** The elements that a chain finds from the given scopes. */
const runChain = (start, chain) => {
  let scopes = start;
  let filtered = start;
  for (const [index, { engine: name, body, source }] of chain.entries()) {
    const engine = ENGINES.get(name);
    if (engine.filter && index === 0 && start[0] === document) throw selectorFailure(`"${head(source, 80)}" needs a selector before it`);
    if (engine.filter) filtered = engine.filter(filtered, body, source);
    else if (engine.whole) filtered = engine.whole(filtered, body, source, start);
    else {
      scopes = filtered;
      const found = scopes.flatMap((scope) => engine.find(scope, body, source));
      filtered = scopes.length > 1 ? inOrder(found) : found;
    }
  }
  return filtered;
};
