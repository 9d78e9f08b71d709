// Finds processes that a server leaves behind, without asking the server.

import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** State, parent and start time of a process; null when it is gone. */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, so count from its end.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], parent: Number(fields[1]), started: fields[19] };
  } catch {
    return null;
  }
}

/** All descendants of a process, each with its start time, since ids are used again. */
export function descendants(root) {
  const all = new Map();
  for (const entry of readdirSync('/proc')) {
    const found = /^\d+$/.test(entry) && stat(entry);
    if (found) all.set(Number(entry), found);
  }
  const family = new Map();
  const visit = parent => {
    for (const [pid, found] of all) {
      if (found.parent !== parent) continue;
      family.set(pid, found.started);
      visit(pid);
    }
  };
  visit(root);
  return family;
}

/** Those of a family that still live after `patience` milliseconds. */
export async function leftBehind(family, patience) {
  const deadline = Date.now() + patience;
  for (;;) {
    const left = [...family].filter(([pid, started]) => {
      const now = stat(pid);
      return now && now.state !== 'Z' && now.started === started;
    });
    if (left.length === 0 || Date.now() > deadline) return left.map(([pid]) => pid);
    await sleep(50);
  }
}
