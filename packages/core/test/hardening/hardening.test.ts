// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { MemorySource } from '../../src/bytes/byteSource.ts';
import { openFile } from '../../src/bytes/fileSource.ts';
import { ElfFile } from '../../src/elf/elfFile.ts';
import type { HardeningFacts } from '../../src/hardening/hardening.ts';
import { inspectElf } from '../../src/inspect/inspectElf.ts';
import { gcc, needsTools } from '../fixtures/compile.ts';
import { type DynamicElfOptions, dynamicElf } from '../fixtures/dynamicElf.ts';

const PT_GNU_RELRO = 0x6474e552;
const DT = { BIND_NOW: 24, TEXTREL: 22, FLAGS: 30, FLAGS_1: 0x6ffffffb } as const;

function crafted(options: DynamicElfOptions): HardeningFacts {
  const elf = new ElfFile(new MemorySource('x', dynamicElf({ needed: ['libc.so.6'], ...options })));
  return inspectElf(elf).hardening;
}

function compiled(...args: readonly string[]): HardeningFacts {
  const source = openFile(gcc(args));
  const { hardening } = inspectElf(new ElfFile(source));
  source.close();
  return hardening;
}

describe('hardening/compiled', () => {
  before(function () {
    needsTools(this, 'gcc');
  });

  it('sees everything that was asked for', () => {
    const facts = compiled(
      '-O2',
      '-U_FORTIFY_SOURCE',
      '-D_FORTIFY_SOURCE=2',
      '-fstack-protector-all',
      '-pie',
      '-fPIE',
      '-Wl,-z,relro,-z,now,-z,noexecstack',
    );
    assert.deepEqual(
      [facts.relro, facts.nx, facts.pie, facts.canary, facts.fortify],
      ['full', true, true, true, true],
    );
    assert.deepEqual([facts.bti, facts.pac], [null, null]);
  });

  it('sees that nothing was', () => {
    const facts = compiled(
      '-U_FORTIFY_SOURCE',
      '-fno-stack-protector',
      '-no-pie',
      '-Wl,-z,norelro,-z,lazy,-z,execstack',
    );
    assert.deepEqual(
      [facts.relro, facts.nx, facts.pie, facts.canary, facts.fortify],
      ['none', false, false, false, false],
    );
    assert.ok(facts.writableExecutableSegments >= 0);
  });

  it('asks nothing of object files', () => {
    const facts = compiled('-c', '-fstack-protector-all');
    assert.deepEqual([facts.relro, facts.nx, facts.pie, facts.canary], [null, null, null, null]);
  });
});

describe('hardening/crafted', () => {
  const relro: DynamicElfOptions = { also: (builder) => builder.segment({ type: PT_GNU_RELRO }) };

  it('knows three ways to say that symbols are bound at start', () => {
    assert.equal(crafted({}).relro, 'none');
    assert.equal(crafted({ entries: [[DT.BIND_NOW, 0]] }).relro, 'none');
    assert.equal(crafted(relro).relro, 'partial');
    assert.equal(crafted({ ...relro, entries: [[DT.BIND_NOW, 0]] }).relro, 'full');
    assert.equal(crafted({ ...relro, entries: [[DT.FLAGS, 8]] }).relro, 'full');
    assert.equal(crafted({ ...relro, entries: [[DT.FLAGS_1, 1]] }).relro, 'full');
    assert.equal(crafted({ ...relro, entries: [[DT.FLAGS, 7]] }).relro, 'partial');
  });

  it('takes a missing PT_GNU_STACK for an executable stack', () => {
    assert.equal(crafted({}).nx, true);
    assert.equal(crafted({ stack: 'executable' }).nx, false);
    assert.equal(crafted({ stack: 'absent' }).nx, false);
  });

  it('counts segments that are writable and executable', () => {
    const also: DynamicElfOptions['also'] = (builder) => {
      for (const flags of [7, 3, 6, 5]) builder.segment({ type: 1, flags });
    };
    assert.equal(crafted({ also }).writableExecutableSegments, 2);
    assert.equal(crafted({}).writableExecutableSegments, 0);
  });

  it('finds text relocations', () => {
    assert.equal(crafted({}).textRelocations, false);
    assert.equal(crafted({ entries: [[DT.TEXTREL, 0]] }).textRelocations, true);
    assert.equal(crafted({ entries: [[DT.FLAGS, 4]] }).textRelocations, true);
  });

  it('names search paths that others may write to', () => {
    const rows: [string, string[]][] = [
      ['$ORIGIN/../lib:$ORIGIN:$'.concat('{ORIGIN}:/usr/lib'), []],
      ['', ['']],
      ['/usr/lib:', ['']],
      ['.:lib:../x', ['.', 'lib', '../x']],
      ['/tmp:/tmp/x:/var/tmp:/dev/shm/y:/tmpfs', ['/tmp', '/tmp/x', '/var/tmp', '/dev/shm/y']],
      ['$LIB/x', ['$LIB/x']],
      ['$ORIGINAL/x', ['$ORIGINAL/x']],
    ];
    for (const [runpath, dangerous] of rows) {
      assert.deepEqual(crafted({ runpath }).dangerousSearchPaths, dangerous, runpath);
      assert.deepEqual(crafted({ rpath: runpath }).dangerousSearchPaths, dangerous, runpath);
    }
  });

  it('reads control-flow protection of the machine that has it', () => {
    const property = (machine: number, type: number, bits: number): HardeningFacts =>
      crafted({
        machine,
        notes: (builder) =>
          builder.note('GNU', 5, builder.pack([4, type], [4, 4], [4, bits], [4, 0]), 8),
      });
    const x86 = property(62, 0xc0000002, 3);
    assert.deepEqual([x86.ibt, x86.shstk, x86.bti, x86.pac], [true, true, null, null]);
    const arm = property(183, 0xc0000000, 1);
    assert.deepEqual([arm.ibt, arm.shstk, arm.bti, arm.pac], [null, null, true, false]);
    const none = property(62, 0xc0000000, 3);
    assert.deepEqual([none.ibt, none.shstk], [false, false]);
    assert.equal(property(243, 0xc0000002, 3).ibt, null);
  });
});
