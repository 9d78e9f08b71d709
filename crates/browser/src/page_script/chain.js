// Several commands on one element in one message: each message costs a round trip.

/**
 * Runs commands, as `[name, arguments]`, on one element until one does not succeed, at `limit` at the latest: a list of
 * their answers, or a promise of it where one of them waits.
 */
const chained = (handle, commands, limit) => {
  const answers = [];
  const goesOn = (answer) => {
    answers.push(answer);
    return !answer.error && answer.ok?.ok !== false;
  };
  const from = (index) => {
    for (let at = index; at < commands.length; at += 1) {
      const [name, args] = commands[at];
      const answer = attempt(name, { ...args, handle }, limit);
      if (answer instanceof Promise) return answer.then((later) => (goesOn(later) ? from(at + 1) : answers));
      if (!goesOn(answer)) break;
    }
    return answers;
  };
  return from(0);
};

/** Adds the answers of commands on the one element that was found to what tells of finding it. */
const withChain = (found, handle, then, limit) => {
  if (handle === null || then.length === 0) return found;
  const answers = chained(handle, then, limit);
  return answers instanceof Promise ? answers.then((later) => ({ ...found, then: later })) : { ...found, then: answers };
};

const chain = ({ handle, then }, limit) => chained(handle, then, limit);
