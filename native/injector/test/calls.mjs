// SPDX-License-Identifier: Apache-2.0
// What a library adds to a program's system calls, told from what differs between two runs of the
// program itself: where its heap lies and when its children end are random.

/** How often a shell waits and is interrupted depends on when its children end. */
const TIMING = new Set(['wait4', 'waitid', 'rt_sigreturn', 'restart_syscall']);
const MOST_RUNS = 12;

/**
 * Runs both by turns until some run of ours made the calls of some run without it, kind by kind, or
 * `atMost` more. A call that the library makes is in each of its runs: no run without it has that
 * many of its kind, however often both are repeated.
 * @param {() => string[]} without the lines of a trace under a library that does nothing, `brk(…`
 * @param {() => string[]} withOurs the same under ours
 * @returns {string} the difference in the closest two runs: `openat close -brk`, '' for none; beyond
 *   `atMost` 0 it is about calls that came in addition alone
 */
export function differingCalls(without, withOurs, { atMost = 0 } = {}) {
  const plain = [];
  const ours = [];
  let least;
  for (let i = 0; i < MOST_RUNS; i++) {
    plain.push(kinds(without()));
    ours.push(kinds(withOurs()));
    for (const [a, b] of pairsOfLast(plain, ours)) {
      const missing = atMost === 0 ? surplus(a, b).map((name) => `-${name}`) : [];
      const found = [...surplus(b, a), ...missing];
      if (least === undefined || found.length < least.length) least = found;
    }
    if (least.length <= atMost) break;
  }
  return least.join(' ');
}

/** Those that the latest runs add to what was compared before. */
function* pairsOfLast(plain, ours) {
  for (const a of plain) yield [a, ours.at(-1)];
  for (const b of ours.slice(0, -1)) yield [plain.at(-1), b];
}

/** Names of the calls that `b` has beyond those of `a`, each as often as that. */
function surplus(b, a) {
  const names = [];
  for (const [name, times] of b) {
    for (let n = a.get(name) ?? 0; n < times; n++) names.push(name);
  }
  return names;
}

function kinds(lines) {
  const times = new Map();
  for (const line of lines) {
    const name = line.slice(0, line.indexOf('('));
    if (!TIMING.has(name)) times.set(name, (times.get(name) ?? 0) + 1);
  }
  return times;
}
