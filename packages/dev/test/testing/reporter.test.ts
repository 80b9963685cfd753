// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localTool, ROOT } from '../../src/bootstrap/paths.mjs';

const REPORTER = join(ROOT, 'packages', 'dev', 'src', 'testing', 'mochaReporter.cjs');

const SUITE = `
describe('first', () => {
  it('passes', () => {
    const left = Object.keys(process.env).filter((name) => /^OTELKIT_(RESULTS|LEG|PACKAGE|TEST_HOST)|^NODE_V8_/.test(name));
    if (left.length > 0) throw new Error(left.join(' '));
  });
  it('fails', () => { throw new Error('boom at 0x40'); });
  it('skips itself', function () { console.log('skip: no readelf, install with: x'); this.skip(); });
});
describe('second', () => {
  before(function () { console.log('skip: not root'); this.skip(); });
  it('one', () => {});
  it('two', () => {});
});
`;

describe('mocha reporter', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'otelkit-reporter-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function runSuite(text: string) {
    const file = join(folder, 'a.test.cjs');
    const results = join(folder, 'results.json');
    writeFileSync(file, text);
    const env = {
      ...process.env,
      OTELKIT_RESULTS: results,
      OTELKIT_LEG: 'node99',
      NODE_V8_COVERAGE: folder,
      OTELKIT_LINGER_MS: '300',
    };
    const args = [localTool('mocha'), '--no-config', '--reporter', REPORTER, file];
    const ended = spawnSync('sh', args, { cwd: folder, env, encoding: 'utf8' });
    return { ended, results: JSON.parse(readFileSync(results, 'utf8')) };
  }

  it('fails suites that leave something open, and ends them', () => {
    const text = `it('leaks', () => { require('node:net').createServer().listen(0); });`;
    const { ended, results } = runSuite(text);
    assert.equal(ended.status, 1);
    assert.deepEqual([results.finished, results.passed, results.failed.length], [true, 1, 1]);
    assert.match(results.failed[0].detail, /still open .*TCPServerWrap/);
  });

  it('counts, and keeps the reasons of skipped and the messages of failed tests', () => {
    const { ended, results } = runSuite(SUITE);
    assert.equal(ended.status, 1);
    assert.equal(results.finished, true);
    assert.equal(results.leg, 'node99');
    assert.equal(results.passed, 1);
    assert.equal(results.failed.length, 1);
    assert.equal(results.failed[0].title, 'first fails');
    assert.match(results.failed[0].detail, /boom at 0x40/);
    assert.deepEqual(results.skipped, [
      { title: 'first skips itself', reason: 'no readelf, install with: x' },
      { title: 'second one', reason: 'not root' },
      { title: 'second two', reason: 'not root' },
    ]);
    assert.match(ended.stdout, /node99 {2}✖ first: 1 passed, 1 failed, 1 skipped/);
    assert.doesNotMatch(ended.stdout, /skip: /);
  });

  it('leaves results that say so when the process ends in the middle', () => {
    const { results } = runSuite("describe('a', () => { it('b', () => process.exit(0)); });");
    assert.equal(results.finished, false);
  });
});
