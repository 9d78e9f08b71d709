// Commands that find elements.

const FIRST_FEW = 10;

const frameOf = (elements, part) => {
  if (elements.length === 0) return null;
  const element = elements[0];
  if (elements.length > 1) throw new Failure('ambiguous', `the selector for a frame matches ${elements.length} elements: ${listed(elements)}`);
  if (!FRAME_TAGS.has(localName(element))) throw selectorFailure(`"${part.source}" follows ${openTag(element)}, which is not a frame`);
  return element;
};

const listed = (elements) => elements.slice(0, FIRST_FEW).map(openTag).join(', ') + (elements.length > FIRST_FEW ? ', ...' : '');

const answerFor = (elements) => ({
  count: elements.length,
  handles: elements.slice(0, FIRST_FEW).map(handleOf),
  matches: elements.slice(0, FIRST_FEW).map((element) => openTag(element)),
  visible: elements.slice(0, FIRST_FEW).map(isRendered),
});

/**
 * The elements that a selector finds: `{count, handles, matches, visible}`, the lists cut to ten; where it is one,
 * `then` has the answers of the commands `then` on it. A chain that enters a frame answers
 * `{enterFrame: {handle, rest}}`: go on with `rest` in that frame's document.
 */
const resolve = ({ selector, then = [] }, limit) => {
  const chain = parseChain(selector);
  const control = chain.findIndex((part) => part.engine === 'internal:control');
  if (control < 0) {
    const found = answerFor(runChain([document], chain));
    return withChain(found, found.count === 1 ? found.handles[0] : null, then, limit);
  }
  const part = chain[control];
  if (part.body !== 'enter-frame') throw selectorFailure(`"${head(part.source, 80)}" is not known; internal:control takes enter-frame`);
  if (control === 0 || control === chain.length - 1) throw selectorFailure(`"${part.source}" needs a frame before it and a selector after it`);
  const frame = frameOf(runChain([document], chain.slice(0, control)), part);
  if (!frame) return { count: 0, handles: [], matches: [], visible: [] };
  const rest = chain.slice(control + 1).map(({ engine, body, source }) => (source.startsWith('~') ? `${engine}=${body}` : source)).join(' >> ');
  return { enterFrame: { handle: handleOf(frame), rest } };
};

const countedBy = (find) => {
  try {
    const found = find();
    return { count: found.length, found };
  } catch (error) {
    if (error instanceof Failure) return { count: 0, found: [], error: error.message };
    throw error;
  }
};

/**
 * Whichever of the two matches exactly one element, CSS first: `{handle, by}`, with the answers of the commands `then` on
 * it; `handle` is null with the counts otherwise.
 */
const nodeSelectors = ({ css = null, xpath = null, then = [] }, limit) => {
  const tried = {};
  for (const [by, find] of [['css', css && (() => queryCss(document, css.replace(/^\s*css=/, '')))], ['xpath', xpath && (() => queryXpath(document, xpath.replace(/^\s*xpath=/, ''), xpath))]]) {
    if (!find) continue;
    const { count, found, error } = countedBy(find);
    if (count === 1) {
      const handle = handleOf(found[0]);
      return withChain({ handle, by, tried }, handle, then, limit);
    }
    tried[by] = error ?? count;
  }
  return { handle: null, by: null, tried };
};
