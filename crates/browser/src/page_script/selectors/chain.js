// Selector chains: `css=… >> text=… >> nth=0`, split into parts of one engine each.

const selectorFailure = (message) => new Failure('selector', message);

/** The index after a quoted text that starts at `start`, or the end of the text. */
const skipQuoted = (text, start) => {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at + 1;
  }
  return text.length;
};

/** The index after a regular expression that starts at `start`, or `start + 1` if none ends. */
const skipRegex = (text, start) => {
  let inClass = false;
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '[') inClass = true;
    else if (text[at] === ']') inClass = false;
    else if (text[at] === '/' && !inClass) return at + 1;
  }
  return start + 1;
};

const BODY_START = /^\s*(?:text|internal:text|internal:has-text|internal:has-not-text|internal:label)\s*=\s*$/;

const splitChain = (selector) => {
  const parts = [];
  let start = 0;
  let at = 0;
  while (at < selector.length) {
    const char = selector[at];
    if (char === '\\') at += 2;
    else if (char === '"' || char === "'" || char === '`') {
      const end = skipQuoted(selector, at);
      // An apostrophe in free text (`text=Don't`) opens nothing.
      at = end === selector.length && selector[end - 1] !== char ? at + 1 : end;
    } else if (char === '/' && BODY_START.test(selector.slice(start, at))) at = skipRegex(selector, at);
    else if (char === '>' && selector[at + 1] === '>') {
      parts.push(selector.slice(start, at));
      at += 2;
      start = at;
    } else at += 1;
  }
  parts.push(selector.slice(start));
  return parts;
};

const ENGINE_NAME = /^\s*([a-zA-Z_][\w:+-]*)\s*=(.*)$/s;

const parsePart = (source) => {
  const part = source.trim();
  if (part === '') throw selectorFailure('the selector is empty, or has nothing between two ">>"');
  if (part.startsWith('*')) {
    const captured = ENGINE_NAME.exec(part.slice(1));
    if (captured && ENGINES.has(captured[1])) throw selectorFailure(`"${head(part, 80)}" marks a part of the chain with "*", which is not supported; put internal:has= on the wanted part`);
  }
  if (/^["']/.test(part) && part.length > 1 && part.endsWith(part[0])) return { engine: 'text', body: part, source: part };
  if (/^\(*(\/\/|\.\.)/.test(part)) return { engine: 'xpath', body: part, source: part };
  if (part.startsWith('~')) return { engine: 'text', body: JSON.stringify(part.slice(1).trim()), source: part };
  const named = ENGINE_NAME.exec(part);
  if (named) {
    if (!ENGINES.has(named[1])) {
      throw selectorFailure(`"${head(part, 80)}" uses the selector engine "${named[1]}", which is not known; known are ${[...ENGINES.keys()].join(', ')}`);
    }
    return { engine: named[1], body: named[2].trim(), source: part };
  }
  return { engine: 'css', body: part, source: part };
};

/** The parts of a selector: `[{engine, body, source}]`. A leading `~` means an exact text (Notte API: NodeSelectors). */
const parseChain = (selector) => {
  if (typeof selector !== 'string') throw selectorFailure('a selector is a text');
  if (selector.length > 20000) throw selectorFailure(`the selector has ${selector.length} characters; 20000 are allowed`);
  if (selector.trimStart().startsWith('~') && !selector.includes('>>')) return [parsePart(selector)];
  return splitChain(selector).map(parsePart);
};
