// SPDX-License-Identifier: Apache-2.0
// The module that reads files in bulk, held against the readers that take everything: it says the
// same, or nothing.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { BulkScanner } from '../../src/bulk/scanner.ts';
import { type LoaderFacts, loaderFacts } from '../../src/deps/sharedObject.ts';
import { InputError } from '../../src/diagnostics/diagnostic.ts';
import { openElf } from '../../src/elf/elfFile.ts';
import { inspectElf } from '../../src/inspect/inspectElf.ts';
import {
  copyOf,
  gcc,
  LIBRARY_C,
  made,
  needsTools,
  scratchFile,
  scratchFolder,
} from '../fixtures/compile.ts';
import { mutated } from '../fixtures/mutate.ts';
import { smallCorpus } from '../fixtures/smallCorpus.ts';

const BUILD = new URL('../../../../native/elfscan/build.mjs', import.meta.url);
const MODULE = new URL('../../src/bulk/elfscanModule.ts', import.meta.url);
/** Files of the host: enough to see every kind, few enough for a busy machine. */
const HOST_FILES = 300;
const bulk = BulkScanner.load();

type Verdict = 'mine' | 'not mine' | 'no ELF file';

/** Throws where the two say different things of the file. */
function compare(path: string): Verdict {
  const file = bulk!.inspect(path);
  if (file === undefined) return 'not mine';
  if (file === 'not-elf') {
    assert.throws(
      () => openElf(path),
      (error) => {
        return error instanceof InputError && error.code === 'not-elf';
      },
    );
    return 'no ELF file';
  }
  const elf = openElf(path);
  try {
    // As text: the order of properties counts, too.
    assert.equal(JSON.stringify(file.report), JSON.stringify(inspectElf(elf)), path);
    const { header, ...facts } = loaderFacts(elf, false);
    const { class: elfClass, data, elfType, machine, flags } = header;
    const expected = { ...facts, header: { class: elfClass, data, elfType, machine, flags } };
    assert.deepEqual(plain(file.facts), expected);
    const alone = bulk!.loaderFacts(path, statSync(path).size);
    assert.deepEqual(alone && plain(alone), facts.hasDynamic ? expected : undefined);
  } finally {
    elf.source.close();
  }
  return 'mine';
}

/** Of no class. */
function plain(facts: LoaderFacts): object {
  return { ...facts, strings: { ...facts.strings } };
}

function stripped(...args: string[]): string {
  return gcc(['-O2', '-s', '-fstack-protector-all', ...args]);
}

/** Ordinary files, each with another side to it. */
const ORDINARY: Readonly<Record<string, () => string>> = {
  'a program': () => stripped(),
  'one that binds early and is fortified': () =>
    stripped('-D_FORTIFY_SOURCE=2', '-Wl,-z,relro,-z,now', '-pie', '-fPIE'),
  'one without any hardening': () =>
    gcc(['-s', '-fno-stack-protector', '-no-pie', '-Wl,-z,norelro,-z,lazy,-z,execstack']),
  'a library with a search path': () =>
    gcc(
      ['-s', '-shared', '-fPIC', '-nostdlib', '-Wl,-soname,libx.so.1,-rpath,$ORIGIN:/tmp:lib'],
      LIBRARY_C,
    ),
  'one with an old search path and a SysV hash table': () =>
    stripped('-Wl,--disable-new-dtags,-rpath,/opt/x,--hash-style=sysv'),
  'one without build ID': () => stripped('-Wl,--build-id=none'),
  'one with symbols': () => gcc(['-O2', '-fstack-protector-all']),
  'one with probes': () => gcc(['-s', '-shared', '-fPIC', '-nostdlib'], PROBES_C),
  'one with package metadata and a debug link': withPackage,
  'one with symbols and no stack protector': () => gcc(['-O2', '-fno-stack-protector']),
  'one with debug information': () => gcc(['-g', '-fno-stack-protector']),
  'one linked statically': () => gcc(['-O2', '-static', '-s']),
  'an object file': () => gcc(['-O2', '-c']),
  'an object file with debug information': () => gcc(['-g', '-c']),
  'a library with more names than are read at once': () =>
    gcc(['-s', '-shared', '-fPIC', '-nostdlib', '-O1', '-fstack-protector-all'], MANY_NAMES_C),
};

/** 400 KB of names, those of the undefined symbols first. */
const MANY_NAMES_C = Array.from({ length: 4_000 }, (_, i) => {
  const name = `f${i}_${'x'.repeat(90)}`;
  return i % 400 === 0
    ? `extern int u${name}(void); int ${name}(void) { return u${name}(); }`
    : `int ${name};`;
}).join('\n');

const PROBES_C = `
struct __attribute__((packed)) probe {
  unsigned n, d, t; char owner[8]; unsigned long pc, base, semaphore; char text[24];
};
__attribute__((used, section(".note.stapsdt"), aligned(4))) static const struct probe probes[2] = {
  {8, 48, 3, "stapsdt", 0x1000, 0x2000, 0, "lib\\0call\\0-4@%edi 8@%rsi"},
  {8, 48, 3, "stapsdt", 0x1010, 0x2000, 0x3000, "lib\\0end\\0"},
};
int answer(int x) { return x; }
`;

function withPackage(): string {
  const note =
    'const struct { int n, d, t; char o[4], x[24]; } p __attribute__((used, aligned(4), ' +
    'section(".note.package"))) = {4, 24, 0xcafe1a7e, "FDO", "{\\"type\\":\\"deb\\"}"};\n';
  return made({
    sources: { 'main.c': `${note}int main(void) { return p.n; }\n` },
    commands: [
      ['gcc', '-g', '-fstack-protector-all', '-o', 'whole', 'main.c'],
      ['objcopy', '--only-keep-debug', 'whole', 'whole.debug'],
      ['objcopy', '--strip-all', '--add-gnu-debuglink=whole.debug', 'whole', 'out'],
    ],
    output: 'out',
  });
}

describe('bulk/agreement', () => {
  before(function () {
    if (bulk !== undefined) return;
    console.log('skip: the module runs on little-endian hosts with WebAssembly only');
    this.skip();
  });

  for (const [what, make] of Object.entries(ORDINARY)) {
    it(`reads ${what}, and says what the other readers say`, function () {
      needsTools(this, 'gcc', 'objcopy');
      assert.equal(compare(make()), 'mine');
    });
  }

  it('agrees on files of this host, most of which it reads', function () {
    this.timeout(120_000);
    const counts: Record<Verdict, number> = { mine: 0, 'not mine': 0, 'no ELF file': 0 };
    const names = readdirSync('/usr/bin', { withFileTypes: true }).filter((one) => one.isFile());
    for (const { name } of names.slice(0, HOST_FILES)) counts[compare(join('/usr/bin', name))]++;
    assert.ok(counts.mine >= counts['not mine'], JSON.stringify(counts));
  });

  it('says the same of damaged files, or nothing', function () {
    this.timeout(120_000);
    needsTools(this, 'gcc');
    const ordinary = Object.values(ORDINARY).map((make) => copyOf(make()));
    const corpus = [...ordinary, ...ordinary, ...smallCorpus()];
    const path = scratchFile(Buffer.alloc(0), 'damaged');
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        writeFileSync(path, mutated(corpus, seed));
        compare(path);
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves alone what is damaged, unusual or no file', function () {
    needsTools(this, 'gcc', 'mkfifo');
    const program = copyOf(stripped());
    const fifo = join(scratchFolder(), 'bulk-fifo');
    execFileSync('mkfifo', [fifo]);
    const bigEndian = Buffer.from(program);
    bigEndian[5] = 2;
    const cut = program.subarray(0, program.length - 100);
    const files = [scratchFile(bigEndian), scratchFile(cut), scratchFile(program.subarray(0, 63))];
    for (const path of [...files, fifo, '/usr/bin', '/no/such/file']) {
      assert.equal(bulk!.inspect(path), undefined, path);
    }
    assert.equal(bulk!.inspect(scratchFile(Buffer.from('#!/bin/sh\n'))), 'not-elf');
    assert.equal(bulk!.inspect(scratchFile(Buffer.alloc(0))), 'not-elf');
    // And is none the worse for it.
    assert.equal(compare(stripped()), 'mine');
  });

  it('carries what its C source compiles to', function () {
    this.timeout(60_000);
    const args = [fileURLToPath(BUILD), '--print'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status === 2) {
      console.log('skip: zig is missing, install with: npm run build');
      this.skip();
    }
    assert.equal(stderr, '');
    assert.equal(stdout, readFileSync(MODULE, 'utf8'));
  });
});
