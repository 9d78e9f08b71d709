// The one door: `run(name, arguments, limit)` answers every command with a JSON text.

// JSON can carry half a surrogate pair, which no strict parser reads.
const wellFormed = (key, value) => (typeof value === 'string' ? value.toWellFormed() : value);
const encode = (answer) => {
  const json = JSON.stringify(answer);
  return json.includes('\\ud') ? JSON.stringify(answer, wellFormed) : json;
};
const failure = (error) => ({
  error: {
    kind: error instanceof Failure ? error.kind : 'internal',
    message: error instanceof Error ? error.message : String(error),
  },
});
const success = (value) => ({ ok: value ?? null });

// They end a guard, which is right however late it is.
const AT_ANY_TIME = new Set(['landed', 'release']);

/** Runs one command, unless its caller's limit has passed: `{ok}` or `{error}`, or a promise of it where the command waits. */
const attempt = (name, args, limit) => {
  try {
    const command = COMMANDS.get(name);
    if (!command) throw new Failure('argument', `there is no command ${JSON.stringify(name)}`);
    if (!AT_ANY_TIME.has(name)) inTime(limit);
    forget();
    const value = command(args ?? {}, limit);
    return value instanceof Promise ? value.then(success, failure) : success(value);
  } catch (error) {
    return failure(error);
  }
};

const api = Object.freeze({
  /** The answer is `{"ok": …}` or `{"error": {kind, message}}`; a promise of it where the command waits. */
  run(name, args, limit = Infinity) {
    const answer = attempt(name, args, limit);
    return answer instanceof Promise ? answer.then(encode) : encode(answer);
  },

  /** The element of a handle, for commands of the protocol that take an object; null when it is gone. */
  element(handle) {
    return handleTargets.get(handle)?.deref() ?? null;
  },

  /** Takes on a closed shadow root of an element: whether it is one. */
  adopt: adoptRoot,

  /** The handle of an element that the protocol hands in; null for anything else. */
  handle(element) {
    return element instanceof Element ? handleOf(element) : null;
  },
});
