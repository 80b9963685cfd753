// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcFs, readStat } from '@otelkit/core';
import { Claims } from '../../src/instrument/claims.ts';

describe('instrument/claims', () => {
  const fs = new ProcFs();
  let folder: string;
  let target: ChildProcess;
  let other: ChildProcess;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'otel-go-claims-'));
    target = spawn('sleep', ['600']);
    other = spawn('sleep', ['600']);
    await Promise.all([once(target, 'spawn'), once(other, 'spawn')]);
  });
  afterEach(() => {
    target.kill('SIGKILL');
    other.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** What another tracer would have written. */
  const claimBy = (owner: number, startTicks: number): void => {
    const { startTimeTicks } = readStat(fs, target.pid!);
    writeFileSync(join(folder, `${target.pid}-${startTimeTicks}`), `${owner} ${startTicks}`);
  };

  it('tells who traces a process already', () => {
    claimBy(other.pid!, readStat(fs, other.pid!).startTimeTicks);
    assert.equal(new Claims(fs, folder).claim(target.pid!), other.pid);
  });

  it('passes over what a tracer left behind that is dead, or was another process', () => {
    claimBy(other.pid!, 1);
    const claims = new Claims(fs, folder);
    assert.equal(claims.claim(target.pid!), undefined);
    assert.equal(claims.claim(target.pid!), undefined);
    claims.releaseAll();
    claimBy(4_194_303, 1);
    assert.equal(new Claims(fs, folder).claim(target.pid!), undefined);
  });

  it('clears away what dead tracers left', () => {
    claimBy(4_194_303, 1);
    writeFileSync(join(folder, 'tracer-4194303'), '4194303 1');
    const claims = new Claims(fs, folder);
    assert.deepEqual(readdirSync(folder), []);
    claims.releaseAll();
  });

  it('passes over what is no claim', () => {
    writeFileSync(join(folder, `${target.pid}-${readStat(fs, target.pid!).startTimeTicks}`), 'x');
    assert.equal(new Claims(fs, folder).claim(target.pid!), undefined);
  });

  it('leaves nothing behind', () => {
    const claims = new Claims(fs, folder);
    claims.claim(target.pid!);
    assert.equal(readdirSync(folder).length, 2);
    const text = readFileSync(join(folder, `tracer-${process.pid}`), 'utf8');
    assert.equal(text, `${process.pid} ${readStat(fs, process.pid).startTimeTicks}`);
    claims.releaseAll();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('does without a folder that cannot be written to', () => {
    assert.equal(new Claims(fs, '/proc/none').claim(target.pid!), undefined);
  });
});
