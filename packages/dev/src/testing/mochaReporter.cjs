// SPDX-License-Identifier: Apache-2.0
// CommonJS because mocha loads reporters by require and takes module.exports for the constructor.
//
// Progress for people on stdout (one line a suite, failures at once), results for the test driver
// as JSON in OTELKIT_RESULTS. A test that skips itself prints `skip: <reason>` first: that line is
// taken out of the output and becomes the skipped check's reason.
'use strict';
const { writeFileSync } = require('node:fs');
const { cpuSeconds } = require('./cpuTime.cjs');

const SKIP_LINE = /^skip: (.*)$/;
const OWN_VARIABLES = [
  'NODE_V8_COVERAGE',
  'OTELKIT_RESULTS',
  'OTELKIT_LEG',
  'OTELKIT_PACKAGE',
  'OTELKIT_LINGER_MS',
  'OTELKIT_TEST_HOST',
];
/** What a test left open (a child, a socket) keeps mocha from ending; CI would wait for ever. */
const LINGER_MS = Number(process.env['OTELKIT_LINGER_MS'] ?? 20_000);
const NO_REASON = 'no reason was printed (console.log of `skip: …` before this.skip())';

class ResultsReporter {
  /** @param {any} runner mocha's Runner */
  constructor(runner) {
    this.resultsPath = process.env['OTELKIT_RESULTS'];
    this.packageName = process.env['OTELKIT_PACKAGE'] ?? '';
    this.leg = process.env['OTELKIT_LEG'] ?? `node${process.versions.node.split('.')[0]}`;
    // Tests and the programs that they start see the environment as it was without this machinery.
    // Node has read NODE_V8_COVERAGE by now; passed on, it would also switch V8's code cache off.
    for (const name of OWN_VARIABLES) delete process.env[name];
    this.startedMs = performance.now();
    this.passed = 0;
    /** @type {{ title: string, detail: string }[]} */
    this.failed = [];
    /** @type {{ title: string, reason: string }[]} */
    this.skipped = [];
    /** The latest reason printed since the current top-level suite began. */
    this.reason = '';
    /** The latest reason printed since the current test began. */
    this.testReason = '';
    /** @type {{ title: string, startedMs: number, passed: number, failed: number, skipped: number }} */
    this.section = { title: '', startedMs: this.startedMs, passed: 0, failed: 0, skipped: 0 };
    this.sectionCpu = cpuSeconds('self');
    this.finished = false;
    this.write = process.stdout.write.bind(process.stdout);
    this.watchOutput();
    this.listen(runner);
    process.on('exit', () => this.save());
  }

  /** @param {any} runner */
  listen(runner) {
    runner.on('suite', (/** @type {any} */ suite) => {
      if (suite.parent?.root) this.openSection(suite.title);
    });
    runner.on('suite end', (/** @type {any} */ suite) => {
      if (suite.parent?.root) this.closeSection();
    });
    runner.on('test', () => {
      this.testReason = '';
    });
    runner.on('pass', () => {
      this.passed += 1;
      this.section.passed += 1;
    });
    runner.on('pending', (/** @type {any} */ test) => {
      const reason = this.testReason || this.reason || NO_REASON;
      this.skipped.push({ title: test.fullTitle(), reason });
      this.section.skipped += 1;
    });
    runner.on('fail', (/** @type {any} */ test, /** @type {any} */ error) => {
      const detail = String(error?.stack ?? error?.message ?? error) + differences(error);
      this.failed.push({ title: test.fullTitle(), detail });
      this.section.failed += 1;
      this.say(`  ✖ ${test.fullTitle()}\n${detail.replace(/^/gm, '      ')}`);
    });
    runner.on('end', () => {
      this.finished = true;
      setTimeout(() => this.endLingering(), LINGER_MS).unref();
    });
  }

  /** Reached only while something still keeps the event loop alive. */
  endLingering() {
    const open = process.getActiveResourcesInfo().filter((kind) => kind !== 'Timeout');
    const title = 'the suites end by themselves';
    const detail = `still open ${LINGER_MS / 1000} s after the last test: ${open.join(', ')}`;
    this.failed.push({ title, detail });
    this.say(`  ✖ ${title}\n      ${detail}`);
    // The last handler: mocha's own sets the code to the number of failures that it knows of.
    process.on('exit', () => {
      process.exitCode = 1;
    });
    process.exit();
  }

  /** Lines that begin with `skip: ` are kept as reasons, everything else goes through. */
  watchOutput() {
    /** @type {any} the overloads of write end with an optional callback */
    const through = this.write;
    /** @param {string | Uint8Array} chunk @param {any[]} rest */
    const watch = (chunk, ...rest) => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      if (!text.includes('skip: ')) return through(chunk, ...rest);
      const kept = text.split('\n').filter((line) => !this.isReason(line));
      if (kept.join('') !== '') return through(kept.join('\n'), ...rest);
      const callback = rest.at(-1);
      if (typeof callback === 'function') callback();
      return true;
    };
    process.stdout.write = watch;
  }

  /** @param {string} line */
  isReason(line) {
    const match = SKIP_LINE.exec(line);
    if (match === null) return false;
    this.testReason = match[1] ?? '';
    this.reason = this.testReason;
    return true;
  }

  /** @param {string} title */
  openSection(title) {
    this.reason = '';
    this.section = { title, startedMs: performance.now(), passed: 0, failed: 0, skipped: 0 };
    this.sectionCpu = cpuSeconds('self');
  }

  closeSection() {
    const { title, startedMs, passed, failed, skipped } = this.section;
    const counts = [`${passed} passed`];
    if (failed > 0) counts.push(`${failed} failed`);
    if (skipped > 0) counts.push(`${skipped} skipped`);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    const cpu = (cpuSeconds('self') - this.sectionCpu).toFixed(1);
    const took = `${seconds} s, CPU ${cpu} s`;
    this.say(`  ${failed > 0 ? '✖' : '✔'} ${title}: ${counts.join(', ')} (${took})`);
  }

  /** @param {string} text */
  say(text) {
    const prefix = `${this.packageName} ${this.leg}`;
    this.write(`${text.replace(/^ {2}(?=[✔✖])/gm, `${prefix}  `)}\n`);
  }

  save() {
    if (this.resultsPath === undefined) return;
    const { leg, passed, failed, skipped, finished } = this;
    const durationMs = Math.round(performance.now() - this.startedMs);
    const node = process.versions.node;
    const results = { leg, node, finished, durationMs, passed, failed, skipped };
    writeFileSync(this.resultsPath, JSON.stringify(results, undefined, 1));
  }
}

/**
 * @param {any} error
 * @returns {string} actual and expected, where the message does not hold them already
 */
function differences(error) {
  if (error?.code !== 'ERR_ASSERTION' || error.generatedMessage) return '';
  return `\nactual:   ${render(error.actual)}\nexpected: ${render(error.expected)}`;
}

/** @param {unknown} value */
function render(value) {
  return require('node:util').inspect(value, { depth: 6, breakLength: 100 }).slice(0, 4000);
}

module.exports = ResultsReporter;
