// What processes use, from /proc.

import { readFileSync } from 'node:fs';

import { descendants } from '../../tests/clients/node/support/processes.js';

/** Memory of a process in MB (10^6 bytes), shared pages counted by share; 0 when it has just ended. */
export function memory(pid) {
  try {
    const kib = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    return (Number(kib[1]) * 1024) / 1e6;
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(error.code)) return 0;
    throw error;
  }
}

/** Memory of all descendants of a process, in MB. */
export function memoryBelow(pid) {
  return [...descendants(pid).keys()].reduce((sum, one) => sum + memory(one), 0);
}

/** Processor time of a process and its descendants so far, in seconds. */
export function processorTime(pid) {
  return [pid, ...descendants(pid).keys()].reduce((sum, one) => {
    try {
      const text = readFileSync(`/proc/${one}/stat`, 'utf8');
      // The name in parentheses may hold anything; user and system time are the 14th and 15th field, in 1/100 s.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return sum + (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      return sum;
    }
  }, 0);
}
