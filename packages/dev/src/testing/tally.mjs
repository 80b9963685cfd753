// SPDX-License-Identifier: Apache-2.0

/** Adds up checks of every kind and writes the report that ends a test run. */
export class Tally {
  constructor() {
    this.passed = 0;
    /** @type {{ title: string, detail: string }[]} */
    this.failures = [];
    /** @type {{ title: string, reason: string }[]} */
    this.skips = [];
  }

  /**
   * @param {string} title
   * @param {string} [problem] undefined when the check passed
   */
  check(title, problem) {
    if (problem === undefined) this.passed += 1;
    else this.failures.push({ title, detail: problem });
  }

  /**
   * @param {string} source where it ran: `@otelkit/core node20`
   * @param {{ passed: number, failed: { title: string, detail: string }[], skipped: { title: string, reason: string }[] }} results
   */
  add(source, results) {
    this.passed += results.passed;
    for (const { title, detail } of results.failed) {
      this.failures.push({ title: `${source}: ${title}`, detail });
    }
    for (const { title, reason } of results.skipped) {
      this.skips.push({ title: `${source}: ${title}`, reason });
    }
  }

  /** @returns {boolean} nothing failed, and something ran */
  get succeeded() {
    return this.failures.length === 0 && this.passed > 0;
  }

  /** The one line that ends a run, for people and for CI. */
  get summaryLine() {
    const { passed, failures, skips } = this;
    return `${passed} passed, ${failures.length} failed, ${skips.length} skipped`;
  }

  /** @returns {string} skipped checks by reason, failures with their output, the summary line */
  report() {
    const lines = [];
    if (this.skips.length > 0) lines.push('', 'Skipped:');
    for (const [reason, titles] of groupByReason(this.skips)) {
      lines.push(`  ${reason}`, ...titles.map((title) => `    - ${title}`));
    }
    if (this.failures.length > 0) lines.push('', 'Failed:');
    for (const { title, detail } of this.failures) {
      lines.push(`  ✖ ${title}`, detail.trimEnd().replace(/^/gm, '      '));
    }
    if (this.failures.length === 0 && this.passed === 0) lines.push('', 'No check ran.');
    return [...lines, '', this.summaryLine].join('\n');
  }
}

/** @param {{ title: string, reason: string }[]} skips */
function groupByReason(skips) {
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  for (const { title, reason } of skips) {
    const titles = groups.get(reason) ?? [];
    titles.push(title);
    groups.set(reason, titles);
  }
  return groups;
}
