// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import {
  locateSymbolTable,
  openElf,
  readSymbolTable,
  SYMBOL_SECTION,
  type SymbolTableKind,
  symbolBindingName,
  symbolTypeName,
  symbolVisibilityName,
  versionsOf,
} from '../../src/index.ts';
import { copyOf, gcc, made, needsTools, scratchFile, zigLibrary } from '../fixtures/compile.ts';
import { setField } from '../fixtures/elfFields.ts';
import { readelfSymbols } from './readelfSymbols.ts';

/** A table as readelf prints it, one line a symbol. */
function linesOf(path: string, kind: SymbolTableKind): string[] | undefined {
  const elf = openElf(path);
  const location = locateSymbolTable(elf, kind);
  const table = readSymbolTable(elf, kind);
  if (location === undefined || table === undefined) return undefined;
  const versions = versionsOf(elf, location);
  const lines: string[] = [];
  for (let i = 0; i < table.count; i++) {
    const shndx = table.shndx[i]!;
    const type = symbolTypeName(table.info[i]!);
    let name = table.name(i) ?? '<unreadable>';
    if (type === 'section' && name === '') name = elf.sections[shndx]?.name ?? '';
    name = versions?.fullName(i, name) ?? name;
    const ndx =
      shndx === SYMBOL_SECTION.UNDEF
        ? 'UND'
        : shndx === SYMBOL_SECTION.ABS
          ? 'ABS'
          : shndx === SYMBOL_SECTION.COMMON
            ? 'COM'
            : String(shndx);
    lines.push(
      [
        table.value.at(i).toString(16),
        table.size.at(i),
        type,
        symbolBindingName(table.info[i]!),
        symbolVisibilityName(table.other[i]!),
        ndx,
        name,
      ].join(' '),
    );
  }
  elf.source.close();
  return lines;
}

function readelfLines(path: string): Map<SymbolTableKind, string[]> {
  const result = new Map<SymbolTableKind, string[]>();
  for (const [name, symbols] of readelfSymbols(path)) {
    const lines = symbols.map((s) =>
      [s.value.toString(16), s.size, s.type, s.binding, s.visibility, s.ndx, s.name].join(' '),
    );
    if (name === '.symtab' || name === '.dynsym') {
      result.set(name.slice(1) as SymbolTableKind, lines);
    }
  }
  return result;
}

function agrees(path: string): void {
  const expected = readelfLines(path);
  assert.ok(expected.size > 0, `${path}: readelf found no table`);
  for (const kind of ['symtab', 'dynsym'] as const) {
    const found = linesOf(path, kind);
    assert.equal(found?.length, expected.get(kind)?.length, `${path} ${kind}: count`);
    for (let i = 0; i < (found?.length ?? 0); i++) {
      assert.equal(found![i], expected.get(kind)![i], `${path} ${kind} ${i}`);
    }
  }
}

function withoutSections(path: string): string {
  const bytes = copyOf(path);
  for (const field of ['e_shoff', 'e_shnum', 'e_shstrndx']) setField(bytes, field, 0);
  return scratchFile(bytes);
}

const VERSIONED_C = `
__asm__(".symver old_f, f@V1");
__asm__(".symver new_f, f@@V2");
int old_f(void) { return 1; }
int new_f(void) { return 2; }
int plain(void) { return 3; }
`;
const VERSION_SCRIPT = 'V1 { global: f; local: *; };\nV2 { global: plain; } V1;\n';

function versionedLibrary(...args: string[]): string {
  return made({
    sources: { 'main.c': VERSIONED_C, map: VERSION_SCRIPT },
    commands: [
      ['gcc', '-shared', '-fPIC', '-o', 'out', 'main.c', '-Wl,--version-script=map', ...args],
    ],
    output: 'out',
  });
}

describe('symbol tables', () => {
  it('agree with readelf on system libraries', function () {
    needsTools(this, 'readelf');
    for (const path of [
      '/bin/ls',
      '/usr/lib/x86_64-linux-gnu/libc.so.6',
      '/usr/lib/x86_64-linux-gnu/libstdc++.so.6',
      '/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
      '/usr/lib/aarch64-linux-gnu/libc.so.6',
    ]) {
      if (existsSync(path)) agrees(path);
    }
  });

  it('agree with readelf on every kind of hash table', function () {
    needsTools(this, 'gcc', 'readelf');
    for (const style of ['sysv', 'gnu', 'both']) agrees(gcc([`-Wl,--hash-style=${style}`]));
    agrees(gcc(['-static']));
    agrees(gcc(['-c']));
    agrees(versionedLibrary());
  });

  it('agree with readelf in both classes and byte orders', function () {
    needsTools(this, 'zig', 'readelf');
    for (const target of ['x86-linux-none', 'powerpc-linux-none', 's390x-linux-none']) {
      agrees(zigLibrary(target));
    }
  });

  it('name versions as linkers do', function () {
    needsTools(this, 'gcc');
    const names = linesOf(versionedLibrary(), 'dynsym')!.map((line) => line.split(' ').at(-1));
    assert.ok(names.includes('f@V1'));
    assert.ok(names.includes('f@@V2'));
    assert.ok(names.includes('plain@@V2'));
  });

  it('are found without any section header', function () {
    needsTools(this, 'gcc');
    const undefinedOnly = gcc(['-Wl,--hash-style=gnu', '-Wl,-z,norelro']);
    for (const path of [
      gcc(['-Wl,--hash-style=sysv']),
      undefinedOnly,
      versionedLibrary('-Wl,--hash-style=gnu'),
    ]) {
      const expected = linesOf(path, 'dynsym');
      const stripped = withoutSections(path);
      assert.deepEqual(linesOf(stripped, 'dynsym'), expected);
      assert.equal(linesOf(stripped, 'symtab'), undefined);
    }
  });

  it('resolve section numbers beyond 16 bits', function () {
    this.timeout(120_000);
    needsTools(this, 'gcc', 'readelf');
    const source = Array.from({ length: 66_000 }, (_, i) => `.section .t${i},"ax"\nf${i}: ret\n`);
    const path = made({
      sources: { 'main.s': source.join('') },
      commands: [['gcc', '-c', '-o', 'out', 'main.s']],
      output: 'out',
    });
    agrees(path);
  });

  it('are cut to what the file holds, and say so', function () {
    needsTools(this, 'gcc');
    const whole = gcc([]);
    const elf = openElf(whole);
    const section = elf.section('.symtab')!;
    elf.source.close();
    const bytes = copyOf(whole);
    setField(bytes, 'sh_size', 1n << 40n, section.index);
    const damaged = openElf(scratchFile(bytes));
    const table = readSymbolTable(damaged, 'symtab')!;
    assert.ok(table.count > 10 && table.count < bytes.length / 24);
    assert.ok(damaged.diagnostics.list.some((one) => one.field === '.symtab'));
    damaged.source.close();
  });
});
