// `role=button[name="Send" i][checked]` and its internal form.

const ATTRIBUTE = /^([\w.-]+)\s*(?:([*^$|~]?=)\s*(?:\/((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+)\/([a-z]*)|"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|([^\s\]"']+))\s*([is]?))?$/s;

/** `[name="x" i]` as `{name, operator, value | pattern, fold, exact}`. */
const parseAttribute = (text, whole) => {
  const found = ATTRIBUTE.exec(text.trim());
  if (!found) throw selectorFailure(`"[${head(text, 80)}]" in "${head(whole, 80)}" is not an attribute condition such as [name="Send"]`);
  const [, name, operator, source, flags, double, single, bare, flag] = found;
  if (source !== undefined) {
    if (operator !== '=') throw selectorFailure(`a regular expression in "${head(whole, 80)}" goes with "="`);
    return { name, operator, pattern: regex(source, flags, whole) };
  }
  const quoted = double ?? single;
  return { name, operator: operator ?? null, value: quoted !== undefined ? unescapeText(quoted) : (bare ?? null), fold: flag === 'i', exact: flag === 's' };
};

/** The bodies of `[…][…]`. */
const parseAttributes = (text, whole) => {
  const conditions = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at])) {
      at += 1;
      continue;
    }
    if (text[at] !== '[') throw selectorFailure(`"${head(text.slice(at), 40)}" in "${head(whole, 80)}" was not understood; conditions stand in [ ]`);
    const end = attributeEnd(text, at, whole);
    conditions.push(parseAttribute(text.slice(at + 1, end), whole));
    at = end + 1;
  }
  return conditions;
};

const attributeEnd = (text, start, whole) => {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"' || text[at] === "'") at = skipQuoted(text, at) - 1;
    else if (text[at] === '/' && /=\s*$/.test(text.slice(start, at))) at = skipRegex(text, at) - 1;
    else if (text[at] === ']') return at;
  }
  throw selectorFailure(`a "[" in "${head(whole, 80)}" is not closed`);
};

const matchesCondition = (text, condition) => {
  if (condition.pattern) return condition.pattern.test(text);
  const fold = (value) => (condition.fold ? value.toLowerCase() : value);
  const found = fold(text);
  const wanted = fold(condition.value ?? '');
  switch (condition.operator) {
    case '*=':
      return found.includes(wanted);
    case '^=':
      return found.startsWith(wanted);
    case '$=':
      return found.endsWith(wanted);
    case '|=':
      return found === wanted || found.startsWith(`${wanted}-`);
    case '~=':
      return found.split(/\s+/).includes(wanted);
    default:
      return found === wanted;
  }
};

const ROLE_STATES = {
  checked: (e) => (isToggle(e) ? (e.indeterminate ? 'mixed' : String(e.checked)) : (attribute(e, 'aria-checked') ?? 'false')),
  pressed: (e) => attribute(e, 'aria-pressed') ?? 'false',
  selected: (e) => (e instanceof HTMLOptionElement ? String(e.selected) : (attribute(e, 'aria-selected') ?? 'false')),
  expanded: (e) => (e instanceof HTMLDetailsElement ? String(e.open) : (attribute(e, 'aria-expanded') ?? 'none')),
  disabled: (e) => String(isNativelyDisabled(e) || isAriaDisabled(e)),
  level: (e) => attribute(e, 'aria-level') ?? /^h([1-6])$/.exec(localName(e))?.[1] ?? '0',
};

const isAriaDisabled = (element) => {
  for (let at = element; at; at = composedParent(at)) if (attribute(at, 'aria-disabled') === 'true') return true;
  return false;
};

const isHiddenForRoles = (element) => {
  for (let at = element; at; at = flatParent(at)) if (attribute(at, 'aria-hidden') === 'true') return true;
  return isHiddenFromReaders(element) && !(element instanceof HTMLOptionElement);
};

const roleTests = (conditions, internal, whole) => {
  const tests = [];
  let hiddenToo = false;
  for (const condition of conditions) {
    const { name, value } = condition;
    if (name === 'include-hidden') hiddenToo = value !== 'false';
    else if (name === 'name') {
      if (condition.operator === null) throw selectorFailure(`[name] in "${head(whole, 80)}" needs a value, such as [name="Send"]`);
      const loose = internal && condition.fold && condition.operator === '=';
      const rule = { ...condition, operator: loose ? '*=' : condition.operator, value: squash(value ?? '') };
      tests.push((element) => matchesCondition(accessibleName(element), rule));
    } else if (Object.hasOwn(ROLE_STATES, name)) {
      const wanted = value ?? 'true';
      tests.push((element) => ROLE_STATES[name](element) === wanted);
    } else {
      throw selectorFailure(`[${name}] in "${head(whole, 80)}" is not known; role selectors take name, ${Object.keys(ROLE_STATES).join(', ')} and include-hidden`);
    }
  }
  return { tests, hiddenToo };
};

/** Elements for `role=` and `internal:role=`. */
const queryRole = (scope, body, source, internal) => {
  const parts = /^\s*([a-zA-Z]+)\s*(.*)$/s.exec(body);
  if (!parts) throw selectorFailure(`"${head(source, 80)}" needs a role, such as role=button[name="Send"]`);
  const role = parts[1].toLowerCase();
  const { tests, hiddenToo } = roleTests(parseAttributes(parts[2], source), internal, source);
  return deepQuery(scope, selectorForRole(role)).filter(
    (element) => ariaRole(element) === role && (hiddenToo || !isHiddenForRoles(element)) && tests.every((test) => test(element)),
  );
};

/** Elements for `internal:attr=[placeholder="x"i]` and `internal:testid=[data-testid="x"s]`. */
const queryAttribute = (scope, body, source, loose) => {
  const [condition, ...others] = parseAttributes(body, source);
  if (!condition || others.length > 0) throw selectorFailure(`"${head(source, 80)}" needs one condition, such as [placeholder="Search"i]`);
  const rule = loose && condition.operator === '=' && !condition.pattern && condition.fold ? { ...condition, operator: '*=', value: squash(condition.value ?? '') } : condition;
  return deepQuery(scope, `[${CSS.escape(condition.name)}]`).filter(
    (element) => condition.operator === null || matchesCondition(loose ? squash(attribute(element, condition.name)) : attribute(element, condition.name), rule),
  );
};
