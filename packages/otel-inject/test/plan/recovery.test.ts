// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { hostLayout } from '../../src/layout/paths.ts';
import { isPlainPath, parseJournal } from '../../src/plan/journal.ts';
import { takeLock } from '../../src/plan/lock.ts';
import { parseReceipt, readReceipt } from '../../src/plan/receipt.ts';
import { Transaction } from '../../src/plan/transaction.ts';
import { recover } from '../../src/plan/undo.ts';
import { planUninstall } from '../../src/uninstall/planUninstall.ts';
import {
  isThere,
  MAIN,
  makeRoot,
  manifest,
  OWN_ENTRY,
  otelInject,
  PRELOAD,
  put,
  RECEIPT,
  read,
  removeFolders,
} from './roots.ts';

const JOURNAL = '/var/lib/otelkit/inject/journal.json';

function installed(files: Readonly<Record<string, string>> = {}): string {
  const root = makeRoot(files);
  assert.equal(otelInject('install', '--root', root, '--no-probe').status, 0);
  return root;
}

describe('a change that did not end', () => {
  afterEach(removeFolders);

  it('is undone, and the change that somebody else made since is kept', () => {
    const root = installed({ [PRELOAD]: '/a.so\n' });
    const layout = hostLayout(root);
    const before = manifest(root, { withoutTimes: true });
    const lock = takeLock(layout);
    const receipt = readReceipt(layout);
    const transaction = new Transaction(planUninstall({ layout, receipt, purge: false }));
    transaction.stage();
    transaction.activate();
    assert.ok(!OWN_ENTRY.test(read(root, PRELOAD)));
    appendFileSync(join(root, PRELOAD), '/late.so\n');
    const recovery = recover(layout);
    lock.release();
    assert.equal(recovery?.outcome, 'undone');
    assert.deepEqual(
      recovery?.kept.map(({ path }) => path),
      [PRELOAD],
    );
    assert.equal(read(root, PRELOAD), '/a.so\n/late.so\n');
    const others = (line: string): boolean => !line.includes(PRELOAD);
    assert.deepEqual(manifest(root, { withoutTimes: true }).filter(others), before.filter(others));
  });

  it('is told of by the run that mends it', () => {
    const root = installed();
    const layout = hostLayout(root);
    const lock = takeLock(layout);
    const receipt = readReceipt(layout);
    const transaction = new Transaction(planUninstall({ layout, receipt, purge: false }));
    transaction.stage();
    transaction.activate(({ role }) => role === 'library');
    lock.release();
    const { stdout } = otelInject('uninstall', '--root', root);
    assert.match(stdout, /an uninstall of \S+ that did not end was undone/);
    assert.ok(!isThere(root, PRELOAD));
  });

  it('is mended by doctor when asked to, and only then', () => {
    const root = installed();
    const layout = hostLayout(root);
    const before = manifest(root, { withoutTimes: true });
    const lock = takeLock(layout);
    const receipt = readReceipt(layout);
    const transaction = new Transaction(planUninstall({ layout, receipt, purge: false }));
    transaction.stage();
    transaction.activate(({ role }) => role === 'library');
    lock.release();
    const cutOff = manifest(root, { withoutTimes: true });
    assert.equal(otelInject('doctor', '--root', root).status, 1);
    assert.deepEqual(manifest(root, { withoutTimes: true }), cutOff);
    const mended = otelInject('doctor', '--root', root, '--mend', '--json');
    const { checks } = JSON.parse(mended.stdout) as { checks: { id: string; found: string }[] };
    assert.match(checks.find(({ id }) => id === 'mended')?.found ?? '', /^uninstall, .* is undone/);
    assert.ok(!checks.some(({ id }) => id === 'interrupted'));
    assert.deepEqual(manifest(root, { withoutTimes: true }), before);
    const again = otelInject('doctor', '--root', root, '--mend');
    assert.match(again.stdout, /nothing was interrupted, so nothing is changed/);
    assert.deepEqual(manifest(root, { withoutTimes: true }), before);
  });

  it('is undone when the user interrupts it', async () => {
    const root = makeRoot({ [PRELOAD]: '/a.so' });
    const before = manifest(root);
    // With the probe: it takes a second or more, in which the signal comes.
    const child = spawn(process.execPath, [MAIN, 'install', '--root', root, '--ndjson'], {
      timeout: 100_000,
      killSignal: 'SIGKILL',
    });
    let stderr = '';
    child.stderr.on('data', (piece) => {
      stderr += piece;
    });
    while (child.exitCode === null && !isThere(root, JOURNAL)) await setTimeout(10);
    child.kill('SIGINT');
    const [status, signal] = (await once(child, 'close')) as [number | null, string | null];
    assert.equal(signal, null);
    assert.equal(status, 1, stderr);
    assert.match(stderr, /interrupted; everything is as it was before/);
    assert.deepEqual(manifest(root), before);
  });

  it('with a damaged journal is left for a person, and nothing is touched', () => {
    const root = installed();
    put(root, JOURNAL, '{"version":1,"entries":[{"oldName":"/etc/passwd"}]}');
    const before = manifest(root);
    const { status, stderr } = otelInject('uninstall', '--root', root);
    assert.equal(status, 3);
    assert.match(stderr, /journal of an interrupted change is damaged/);
    assert.deepEqual(manifest(root), before);
  });

  it('and its journal can be read whatever is in it', () => {
    const value = fc.jsonValue();
    fc.assert(
      fc.property(value, (json) => {
        parseJournal(JSON.stringify(json));
        parseReceipt(JSON.stringify(json));
        const entry = { path: '/a', target: '/a', before: json, after: json, newName: json };
        const journal = { version: 1, transaction: 'ab', command: 'install', phase: 'applying' };
        const parsed = parseJournal(JSON.stringify({ ...journal, entries: [entry] }));
        assert.equal(parsed, undefined);
      }),
      { numRuns: 1000 },
    );
    assert.equal(parseJournal('{'), undefined);
    for (const path of ['/a/../b', 'a', '/a/./b', '/a\0b', 7]) assert.ok(!isPlainPath(path));
  });
});

describe('a lost receipt', () => {
  afterEach(removeFolders);

  it('does not keep install from mending the installation, nor uninstall from removing it', () => {
    const original = makeRoot();
    const names = (root: string): string[] =>
      manifest(root, { withoutTimes: true }).filter((line) => !line.startsWith('d '));
    for (const text of [undefined, 'damaged']) {
      const root = installed();
      if (text === undefined) rmSync(join(root, RECEIPT));
      else writeFileSync(join(root, RECEIPT), text);
      if (text !== undefined) {
        assert.match(otelInject('uninstall', '--root', root).stderr, /receipt .* is damaged/);
        rmSync(join(root, RECEIPT));
      }
      const { status, stderr } = otelInject('install', '--root', root, '--no-probe');
      assert.equal(status, 0, stderr);
      assert.equal(otelInject('uninstall', '--root', root).status, 0);
      assert.deepEqual(names(root), names(original));
    }
  });
});
