// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { appendFileSync, chownSync, rmSync, writeFileSync } from 'node:fs';
import { ProcFs } from '@otelkit/core';
import fc from 'fast-check';
import { GeneratedCode, parsePerfMap } from '../../src/index.ts';
import { Workshop } from '../fixtures/build.ts';

const at = (text: string, address: number): string | undefined =>
  parsePerfMap(Buffer.from(text)).nameAt(address);

describe('perf maps', () => {
  it('name ranges of addresses', () => {
    const text = '7f0000001000 20 LazyCompile:~run /app.js:1:1\n0x7f0000002000 0x8 b\n';
    assert.equal(at(text, 0x7f0000001000), 'LazyCompile:~run /app.js:1:1');
    assert.equal(at(text, 0x7f000000101f), 'LazyCompile:~run /app.js:1:1');
    assert.equal(at(text, 0x7f0000001020), undefined);
    assert.equal(at(text, 0x7f0000002007), 'b');
    assert.equal(at(text, 0x7f0000000fff), undefined);
  });

  it('leave out what is no entry, and a line that is not finished', () => {
    const map = parsePerfMap(
      Buffer.from('x\n1000 0 empty\n1000 8\n1000 8 \n2000 8 good\n3000 8 ha'),
    );
    assert.equal(map.entryCount, 1);
    assert.equal(map.malformedLines, 4);
    assert.equal(map.nameAt(0x3000), undefined);
  });

  it('let the later of overlapping entries hold', () => {
    const text = '1000 100 old\n1040 20 new\n1050 4 newest\n10f0 20 across\n';
    const names = [0x1000, 0x1040, 0x1050, 0x1054, 0x1060, 0x10f0, 0x1100, 0x1110];
    assert.deepEqual(
      names.map((address) => at(text, address)),
      ['old', 'new', 'newest', 'new', 'old', 'across', 'across', undefined],
    );
    assert.equal(at('1040 20 small\n1000 100 large\n', 0x1050), 'large');
  });

  it('agree with a search through all entries', () => {
    const entry = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 30 }));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), (entries) => {
        const text = entries.map(([s, n], i) => `${s.toString(16)} ${n.toString(16)} f${i}\n`);
        const map = parsePerfMap(Buffer.from(text.join('')));
        for (let address = 0; address < 95; address++) {
          const last = entries.findLastIndex(([s, n]) => s <= address && address < s + n);
          assert.equal(map.nameAt(address), last < 0 ? undefined : `f${last}`);
        }
      }),
    );
  });

  it('survive any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        parsePerfMap(Buffer.from(bytes)).nameAt(0x1000);
      }),
    );
  });
});

describe('names of generated code', () => {
  let shop: Workshop;
  let nowMs: number;
  beforeEach(() => {
    shop = new Workshop();
    nowMs = 0;
    const ids = 'Uid:\t500\t500\t500\t500\nGid:\t500\t500\t500\t500\n';
    shop.write(
      'proc/42/status',
      `Name:\tx\nState:\tS\nTgid:\t42\nPid:\t42\nPPid:\t1\nTracerPid:\t0\n${ids}NSpid:\t42\t7\nThreads:\t1\nCapEff:\t0000000000000000\n`,
    );
    shop.write('proc/42/root/tmp/none', '');
  });
  afterEach(() => shop.remove());

  const code = (): GeneratedCode =>
    new GeneratedCode(42, { procFs: new ProcFs(shop.path('proc')), now: () => nowMs });

  it('come from the file in the root of the process, under its PID there', function () {
    if (process.geteuid?.() !== 0) {
      console.log('skip: the fixture must belong to root');
      this.skip();
    }
    shop.write('proc/42/root/tmp/perf-7.map', '1000 8 first\n');
    const names = code();
    assert.equal(names.nameAt(0x1000), 'first');
    shop.write('proc/42/root/tmp/perf-7.map', '1000 8 first\n2000 8 second\n');
    assert.equal(names.nameAt(0x2000), undefined);
    nowMs = 1_000;
    assert.equal(names.nameAt(0x2000), 'second');
  });

  it('are read on from where the last reading ended, and anew when the file is', function () {
    if (process.geteuid?.() !== 0) {
      console.log('skip: the fixture must belong to root');
      this.skip();
    }
    const path = shop.write('proc/42/root/tmp/perf-7.map', '1000 100 old\n');
    const names = code();
    assert.equal(names.nameAt(0x1000), 'old');
    // Not even the names that are there hold it up: what is added may lie over them.
    appendFileSync(path, '1010 8 new\n2000 8 half');
    nowMs += 1_000;
    assert.equal(names.nameAt(0x2000), undefined);
    assert.equal(names.nameAt(0x1010), 'new');
    appendFileSync(path, ' a line\n');
    nowMs += 1_000;
    assert.equal(names.nameAt(0x2000), 'half a line');
    for (let i = 0; i < 40; i++) {
      appendFileSync(path, `${(0x3000 + i).toString(16)} 1 f${i}\n`);
      nowMs += 1_000;
      assert.equal(names.nameAt(0x3000 + i), `f${i}`);
    }
    assert.equal(names.nameAt(0x1018), 'old');
    writeFileSync(path, `${'5000 8 written anew\n'.repeat(60)}6000 8 b\n`);
    nowMs += 1_000;
    assert.equal(names.nameAt(0x6000), 'b');
    assert.equal(names.nameAt(0x1018), undefined);
    rmSync(shop.path('proc'), { recursive: true });
    nowMs += 1_000;
    assert.equal(names.nameAt(0x7000), undefined);
    assert.equal(names.nameAt(0x6000), 'b');
    names.close();
  });

  it('are those that a program writes as it ends, right after it was looked at', function () {
    if (process.geteuid?.() !== 0) {
      console.log('skip: the fixture must belong to root');
      this.skip();
    }
    const path = shop.write('proc/42/root/tmp/perf-7.map', '');
    const names = code();
    names.expect();
    appendFileSync(path, '1000 8 late\n');
    rmSync(shop.path('proc'), { recursive: true });
    nowMs += 5;
    assert.equal(names.nameAt(0x1000), 'late');
    names.close();
  });

  it('are not taken from a file of another user', function () {
    if (process.geteuid?.() !== 0) {
      console.log('skip: only root gives files away');
      this.skip();
    }
    chownSync(shop.write('proc/42/root/tmp/perf-7.map', '1000 8 forged\n'), 501, 501);
    assert.equal(code().nameAt(0x1000), undefined);
    chownSync(shop.path('proc/42/root/tmp/perf-7.map'), 500, 500);
    assert.equal(code().nameAt(0x1000), 'forged');
  });

  it('say why there are none, and stay when the process ends', () => {
    const names = code();
    assert.equal(names.nameAt(0x1000), undefined);
    assert.notEqual(names.problem, undefined);
    assert.equal(new GeneratedCode(2 ** 30).nameAt(0x1000), undefined);
  });
});
