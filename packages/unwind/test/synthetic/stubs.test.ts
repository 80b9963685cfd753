// SPDX-License-Identifier: Apache-2.0
// Code that nobody described: PLT stubs of lld, the sigreturn stub of a static C library, the vDSO.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type ElfFile, openElf } from '@otelkit/core';
import {
  buildUnwindTable,
  CFA,
  openTable,
  readOwnVdso,
  type TableReader,
} from '../../src/index.ts';
import { compareRows } from '../fixtures/compareRows.ts';
import { gcc, made, needsTools, scratchFile } from '../fixtures/compile.ts';
import { readelfRows } from '../fixtures/readelfRows.ts';

const CALLER_C =
  'int outside(int);\nint another(int);\nint call(int x) { return outside(x) + another(x); }';
/** Wakes up in a handler; the stub is what the C library brings. */
const SIGNAL_C = `
#include <signal.h>
static void handler(int n) { (void)n; }
int main(void) { signal(SIGUSR1, handler); return raise(SIGUSR1); }
`;
/** Brings the C library's contexts and threads along. */
const CONTEXT_C = `
#include <pthread.h>
#include <ucontext.h>
static ucontext_t context;
static void *run(void *p) { return p; }
int main(void) {
  pthread_t t;
  getcontext(&context);
  makecontext(&context, (void (*)(void))run, 0);
  return pthread_create(&t, 0, run, 0);
}
`;
/** call *%reg; mov %eax,%edi; call */
const EXIT_WITH_RESULT = /\xff[\xd0-\xd7]\x89\xc7\xe8/g;
const STUB = Buffer.from('48c7c00f0000000f05', 'hex');

function tableOf(elf: ElfFile): TableReader {
  const reader = openTable(buildUnwindTable(elf)!.bytes);
  assert.ok(typeof reader !== 'string', String(reader));
  return reader;
}

/** By the symbol table, as binutils read it; 0: no such symbol. */
function addressOf(name: string, path: string): number {
  const line = execFileSync('nm', [path], { encoding: 'utf8' })
    .split('\n')
    .find((text) => text.endsWith(` ${name}`));
  return Number.parseInt(line ?? '0', 16);
}

describe('code that nobody described', function () {
  this.timeout(120_000);

  it('PLT stubs of lld', function () {
    needsTools(this, 'zig');
    const base = ['cc', '-target', 'x86_64-linux-none', '-nostdlib', '-shared', '-fPIC', '-O1'];
    const lazy = ['-Wl,-z,lazy', '-Wl,--allow-shlib-undefined', '-o', 'out', 'main.c'];
    const command = ['zig', ...base, '-fno-sanitize=all', ...lazy] as const;
    const path = made({ sources: { 'main.c': CALLER_C }, commands: [command], output: 'out' });
    const elf = openElf(path);
    try {
      const plt = elf.section('.plt');
      assert.ok(plt !== undefined && plt.sizeBytes >= 32);
      const reader = tableOf(elf);
      const at = Number(plt.addr);
      const rules = [0, 5, 6, 15, 16, 20, 27, 32].map((offset) => {
        reader.find(at + offset);
        return [reader.cfaKind, reader.cfaOffset];
      });
      const [first, pushed, stub] = [
        [CFA.SP, 16],
        [CFA.SP, 24],
        [CFA.PLT, 11],
      ];
      assert.deepEqual(rules, [first, first, pushed, pushed, stub, stub, stub, stub]);
    } finally {
      elf.source.close();
    }
  });

  it('the sigreturn stub of musl', function () {
    needsTools(this, 'musl-gcc');
    const elf = openElf(gcc(SIGNAL_C, ['-static'], 'musl-gcc'));
    try {
      const code = elf.loads.find((load) => (load.flags & 1) !== 0)!;
      const found = elf.source.read(code.fileOffset, code.fileSizeBytes).indexOf(STUB);
      assert.ok(found > 0);
      const stub = Number(code.vaddr) + found;
      const reader = tableOf(elf);
      const kinds = [stub - 2, stub - 1, stub, stub + 8].map((at) => {
        reader.find(at);
        return reader.cfaKind;
      });
      assert.notEqual(kinds[0], CFA.SIGNAL);
      assert.deepEqual(kinds.slice(1), [CFA.SIGNAL, CFA.SIGNAL, CFA.SIGNAL]);
      reader.find(Number(elf.header.entry));
      assert.equal(reader.cfaKind, CFA.END);
    } finally {
      elf.source.close();
    }
  });

  it('where musl calls main, in programs with and without symbols', function () {
    needsTools(this, 'musl-gcc', 'nm');
    const program = gcc(SIGNAL_C, ['-static'], 'musl-gcc');
    const startMain = addressOf('__libc_start_main', program);
    const stripped = gcc(SIGNAL_C, ['-static', '-s'], 'musl-gcc');
    for (const path of [program, stripped]) {
      const elf = openElf(path);
      try {
        const code = elf.loads.find((load) => (load.flags & 1) !== 0)!;
        const bytes = elf.source.read(code.fileOffset, code.fileSizeBytes).toString('latin1');
        const places = [...bytes.matchAll(EXIT_WITH_RESULT)]
          .map(({ index }) => Number(code.vaddr) + index + 2)
          .filter((place) => Math.abs(place - startMain) < 256);
        assert.equal(places.length, 1);
        const reader = tableOf(elf);
        const kinds = [-2, -1, 0, 6, 7].map((offset) => {
          reader.find(places[0]! + offset);
          return reader.cfaKind;
        });
        assert.deepEqual(kinds, [CFA.NONE, CFA.END, CFA.END, CFA.END, CFA.NONE]);
      } finally {
        elf.source.close();
      }
    }
  });

  it('the first frame of a context, and the wait for a new thread, in glibc', function () {
    needsTools(this, 'gcc', 'nm');
    const program = gcc(CONTEXT_C, ['-static', '-pthread']);
    const elf = openElf(program);
    try {
      const reader = tableOf(elf);
      const start = addressOf('__start_context', program);
      reader.find(start - 1);
      assert.equal(reader.cfaKind, CFA.END, 'the call that never was');
      const clone = addressOf('__clone3', program);
      if (clone === 0) {
        console.log('skip: this glibc has no clone3');
        return this.skip();
      }
      const code = elf.vaddrToFileRange(BigInt(clone))!;
      const call = readFileSync(program).indexOf(Buffer.from('0f05', 'hex'), code.fileOffset);
      reader.find(clone + call - code.fileOffset + 2);
      assert.deepEqual([reader.cfaKind, reader.cfaOffset, reader.raSaved], [CFA.SP, 8, 0]);
    } finally {
      elf.source.close();
    }
  });

  it('the vDSO, as readelf reads its image', async function () {
    needsTools(this, 'readelf');
    const vdso = readOwnVdso();
    if (vdso === undefined) {
      console.log('skip: this kernel maps no vDSO');
      return this.skip();
    }
    const image = vdso.source.read(0, vdso.source.sizeBytes);
    const rows = await readelfRows(scratchFile(image, 'vdso.so'));
    const { compared, problems } = compareRows(tableOf(vdso), rows);
    assert.deepEqual(problems, []);
    assert.ok(compared > 4);
  });
});
