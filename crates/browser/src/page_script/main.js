// The one door: `run(name, arguments)` answers every command with a JSON text.

const COMMANDS = new Map(
  Object.entries({
    observe, resolve, nodeSelectors, describe, actionable, hit, landed, release, frameBox, fill, selectText, focus, blurActive,
    valueOf, isChecked, selectOption, optionParent, click, paste, scrollBy, scrollPosition, formFields, html, text,
  }),
);

// JSON can carry half a surrogate pair, which no strict parser reads.
const wellFormed = (key, value) => (typeof value === 'string' ? value.toWellFormed() : value);
const encode = (answer) => {
  const json = JSON.stringify(answer);
  return /\\ud[89a-f]/i.test(json) ? JSON.stringify(answer, wellFormed) : json;
};
const success = (value) => encode({ ok: value ?? null });
const failure = (error) =>
  encode({
    error: {
      kind: error instanceof Failure ? error.kind : 'internal',
      message: error instanceof Error ? error.message : String(error),
    },
  });

const api = Object.freeze({
  /** The answer is `{"ok": …}` or `{"error": {kind, message}}`; a promise of it where the command waits. */
  run(name, args) {
    try {
      const command = COMMANDS.get(name);
      if (!command) throw new Failure('argument', `there is no command ${JSON.stringify(name)}`);
      forget();
      const value = command(args ?? {});
      return value instanceof Promise ? value.then(success, failure) : success(value);
    } catch (error) {
      return failure(error);
    }
  },
});
