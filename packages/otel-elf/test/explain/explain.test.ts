// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { endPrograms, otelElf, startProgram } from '../processes.ts';
import { assertMatchesSchema } from '../schemas.ts';

const WAIT = 'console.log("ready"); setTimeout(() => {}, 60000)';

describe('otel-elf explain', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'explain-'));
  });
  after(() => rmSync(folder, { recursive: true }));
  afterEach(endPrograms);

  it('answers each question on one screen', async () => {
    const pid = await startProgram(process.execPath, ['-e', WAIT]);
    const { stdout, stderr, exitCode } = otelElf('explain', String(pid));
    assert.equal(exitCode, 0);
    assert.equal(stderr, '');
    assert.match(stdout, new RegExp(`^${pid} {2}.*Node.js ${process.versions.node}`));
    for (const title of ['Preload injection', 'Agent', 'Stack unwinding', 'Symbols', 'Go probes']) {
      assert.match(stdout, new RegExp(`^${title} +(yes|no|partly|unknown) `, 'm'));
    }
    assert.ok(stdout.split('\n').length < 40);
  });

  it('gives the same as a document', () => {
    const { stdout, exitCode } = otelElf('explain', '--json', process.execPath);
    const document = JSON.parse(stdout);
    assert.equal(exitCode, 0);
    assertMatchesSchema(document, 'explain');
    assert.equal(document.schemaVersion, 1);
    assert.deepEqual(document.errors, []);
    const [target] = document.targets;
    assert.equal(target.kind, 'file');
    assert.equal(target.runtime.version, process.versions.node);
    assert.deepEqual(
      target.answers.map(({ question }: { question: string }) => question),
      ['preload', 'agent', 'unwind', 'symbolize', 'go-probes'],
    );
  });

  it('tells a process that is gone from a file that is missing or no ELF', () => {
    const gone = otelElf('explain', '--pid', '4194304');
    assert.equal(gone.exitCode, 4);
    assert.match(gone.stderr, /no such process/);
    assert.equal(gone.stderr.trim().split('\n').length, 1);
    assert.equal(otelElf('explain', join(folder, 'missing')).exitCode, 4);
    const text = join(folder, 'text');
    writeFileSync(text, 'not ELF');
    assert.equal(otelElf('explain', text).exitCode, 3);
  });

  it('goes on after a failure', () => {
    const { stdout, exitCode } = otelElf('explain', join(folder, 'missing'), process.execPath);
    assert.equal(exitCode, 4);
    assert.match(stdout, /Stack unwinding/);
  });

  it('reads arguments and environment only when asked, and masks them', async () => {
    const env = { PATH: process.env['PATH'], SHOP_TOKEN: 'sesame', PLAIN: 'value' };
    const pid = String(
      await startProgram(process.execPath, ['-e', WAIT, '--', '--password=sesame'], env),
    );
    const plain = otelElf('explain', '--json', pid).stdout;
    assert.doesNotMatch(plain, /sesame|PLAIN/);
    const shown = otelElf('explain', '--json', '--show-args', '--show-env', pid).stdout;
    assertMatchesSchema(JSON.parse(shown), 'explain');
    const [target] = JSON.parse(shown).targets;
    assert.doesNotMatch(shown, /sesame/);
    assert.ok(target.arguments.includes('--password=********'));
    const names = target.environment.map(({ name }: { name: string }) => name);
    assert.deepEqual(names, ['PATH', 'SHOP_TOKEN', 'PLAIN']);
  });

  it('escapes what a hostile name would do to a terminal', async () => {
    const path = join(folder, 'e\x1b]0;x\x07\nv');
    copyFileSync('/bin/sleep', path);
    const pid = await startProgram('/bin/sh', ['-c', 'echo ready; exec "$0" 60', path]);
    while (readlinkSync(`/proc/${pid}/exe`) !== path) await setTimeout(10);
    const { stdout } = otelElf('explain', String(pid));
    assert.match(stdout, /\\x1b\]0;x\\x07\\nv/);
    assert.doesNotMatch(stdout, /[\x00-\x09\x0b-\x1f]/);
  });
});
