// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type ElfFile, type GoPclntab, openGoPclntab } from '../../src/index.ts';
import {
  comparable,
  type GoVariant,
  goTool,
  LOCAL,
  namesByAddress,
  needProgram,
  RELEASES,
  withElf,
  withoutSections,
} from './goPrograms.ts';

const LAYOUT_OF: Readonly<Record<string, string>> = {
  '1.9.7': '1.2',
  '1.15.15': '1.2',
  '1.17.13': '1.16',
  '1.19.13': '1.18',
  '1.20.14': '1.20',
  '1.24.6': '1.20',
  '1.27.4': '1.20',
  [LOCAL]: '1.20',
};

function opened(elf: ElfFile): GoPclntab {
  const table = openGoPclntab(elf);
  assert.ok(table !== undefined, 'no pclntab was found');
  assert.deepEqual(elf.diagnostics.list, []);
  return table;
}

function functionsOf(table: GoPclntab): string[] {
  const list: string[] = [];
  for (let i = 0; i < table.functionCount; i++) {
    list.push(`${table.entryVaddr(i)} ${table.functionName(i)}`);
  }
  return list;
}

function agreesWithNm(path: string, table: GoPclntab): void {
  const names = namesByAddress(path);
  assert.ok(names.size > 100, 'go tool nm lists the functions');
  let known = 0;
  for (let i = 0; i < table.functionCount; i++) {
    const at = names.get(table.entryVaddr(i)!);
    const name = comparable(table.functionName(i)!);
    if (at === undefined) continue;
    known++;
    const isThere = at.has(name) || [...at].some((other) => name.endsWith(other));
    assert.ok(isThere, `${name} at ${table.entryVaddr(i)}: nm says ${[...at].join(' ')}`);
  }
  // C functions stand in nm only, and nm leaves out a few of the assembler's.
  assert.ok(known > table.functionCount * 0.97, `${known} of ${table.functionCount} are in nm`);
}

/** Every `step`-th function and the instruction in its middle, against `go tool addr2line`. */
function agreesWithAddr2line(path: string, table: GoPclntab, step: number): void {
  const addresses: bigint[] = [];
  for (let i = 0; i < table.functionCount; i += step) {
    addresses.push(table.entryVaddr(i)!);
    addresses.push(table.entryVaddr(i)! + BigInt(table.functionSizeBytes(i) >> 3) * 4n);
  }
  const input = addresses.map((address) => `0x${address.toString(16)}\n`).join('');
  const lines = goTool(['tool', 'addr2line', path], input).split('\n');
  const places = addresses.map((address) => {
    const place = table.fileAndLine(address);
    return place === undefined ? '?:0' : `${place.file}:${place.line}`;
  });
  // `:-1` is how addr2line says that the padding behind a function has no line.
  const expected = addresses.map((_, i) => lines[2 * i + 1]?.replace(/^:-1$/, '?:0'));
  assert.ok(expected.filter((place) => place !== '?:0').length > 50);
  assert.deepEqual(places, expected);
}

describe('pclntab: every release of Go', function () {
  this.timeout(600_000);
  for (const release of [...RELEASES, LOCAL]) {
    it(`lists the functions, files and lines of Go ${release} as its own tools do`, function () {
      const path = needProgram(this, { release });
      withElf(path, (elf) => {
        const table = opened(elf);
        assert.equal(table.layout, LAYOUT_OF[release]);
        assert.equal(table.evidence, '.gopclntab');
        assert.equal(table.text?.evidence, 'moduledata');
        agreesWithNm(path, table);
        agreesWithAddr2line(path, table, 11);
      });
    });

    it(`finds the same in Go ${release}, stripped and without section headers`, function () {
      const path = needProgram(this, { release });
      const stripped = needProgram(this, { release, ldflags: '-s -w' });
      const expected = withElf(path, (elf) => functionsOf(opened(elf)));
      assert.deepEqual(
        withElf(stripped, (elf) => functionsOf(opened(elf))),
        expected,
      );
      const bare = opened(withoutSections(stripped));
      assert.equal(bare.evidence, 'signature');
      assert.deepEqual(functionsOf(bare), expected);
    });
  }

  it('takes the text start from moduledata where Go 1.26 leaves the header zero', function () {
    const path = needProgram(this, { release: LOCAL });
    const minor = Number(/go1\.(\d+)/.exec(goTool(['version']))?.[1]);
    const table = withElf(path, opened);
    assert.equal(table.declaredTextStart === 0, minor >= 26);
    assert.ok(table.text !== undefined && table.text.start > 0n);
  });
});

const VARIANTS: readonly (readonly [string, GoVariant])[] = [
  ['position-independent', { release: LOCAL, args: ['-buildmode=pie'] }],
  ['position-independent of Go 1.17', { release: '1.17.13', args: ['-buildmode=pie'] }],
  ['for 386', { release: LOCAL, arch: '386' }],
  ['for arm64', { release: LOCAL, arch: 'arm64' }],
  ['for s390x, big-endian', { release: LOCAL, arch: 's390x' }],
  ['for s390x of Go 1.15', { release: '1.15.15', arch: 's390x' }],
  ['with cgo', { release: LOCAL, cgo: true }],
  ['with cgo, position-independent', { release: LOCAL, cgo: true, args: ['-buildmode=pie'] }],
  [
    'with cgo, position-independent of Go 1.17',
    { release: '1.17.13', cgo: true, args: ['-buildmode=pie'] },
  ],
  ['a C shared library', { release: LOCAL, cgo: true, args: ['-buildmode=c-shared'] }],
];

describe('pclntab: build modes and machines', function () {
  this.timeout(600_000);
  for (const [name, variant] of VARIANTS) {
    it(`reads a program ${name}`, function () {
      const path = needProgram(this, variant);
      withElf(path, (elf) => {
        const table = opened(elf);
        assert.equal(table.text?.evidence, 'moduledata');
        agreesWithNm(path, table);
        assert.ok(functionsOf(table).some((line) => line.endsWith(' main.main')));
      });
      const bare = opened(withoutSections(path));
      assert.equal(bare.evidence, 'signature');
      assert.deepEqual(
        functionsOf(bare),
        withElf(path, (elf) => functionsOf(opened(elf))),
      );
    });
  }
});

describe('pclntab: look-ups', function () {
  this.timeout(600_000);

  it('finds the function of every address in it, and none outside', function () {
    withElf(needProgram(this, { release: LOCAL }), (elf) => {
      const table = opened(elf);
      for (let i = 0; i < table.functionCount; i++) {
        const size = table.functionSizeBytes(i);
        if (size === 0) continue;
        assert.equal(table.findFunction(table.entryVaddr(i)!), i);
        assert.equal(table.findFunction(table.entryVaddr(i)! + BigInt(size - 1)), i);
      }
      assert.equal(table.findFunction(table.entryVaddr(0)! - 1n), -1);
      assert.equal(table.findFunction(table.entryVaddr(table.functionCount)!), -1);
      assert.equal(table.findFunction(0n), -1);
      assert.equal(table.findFunction(0xffffffffffffffffn), -1);
      assert.equal(table.entryVaddr(-1), undefined);
      assert.equal(table.functionName(table.functionCount), undefined);
    });
  });

  for (const release of ['1.19.13', '1.20.14', LOCAL]) {
    it(`resolves inlined calls of Go ${release} as the program does itself`, function () {
      if (process.arch !== 'x64' && release !== LOCAL) this.skip();
      const path = needProgram(this, { release });
      const said = spawnSync(path, { encoding: 'utf8' }).stderr;
      const pcs = [...said.matchAll(/^pc (\d+)$/gm)].map((match) => BigInt(match[1]!));
      const frames = [...said.matchAll(/^frame (.*)$/gm)].map((match) => match[1]);
      assert.ok(frames.length >= 5, said);
      withElf(path, (elf) => {
        const table = opened(elf);
        // runtime.Callers gives a pc for each logical frame, inlined ones included.
        const found: string[] = [];
        for (const pc of pcs) {
          for (const frame of table.sourceFrames(pc - 1n)) {
            const line = `${frame.functionName} ${frame.file} ${frame.line}`;
            if (!found.includes(line)) found.push(line);
          }
        }
        assert.deepEqual(found, frames);
        const inlined = table.sourceFrames(pcs[0]! - 1n).filter((frame) => frame.isInlined);
        assert.deepEqual(
          inlined.map((frame) => frame.functionName),
          ['main.leaf', 'main.middle'],
        );
      });
    });
  }

  it('says nothing about programs that are not made by Go', () => {
    withElf(process.execPath, (elf) => {
      assert.equal(openGoPclntab(elf), undefined);
      assert.deepEqual(elf.diagnostics.list, []);
    });
  });

  it('gives no addresses rather than wrong ones when no text start can be trusted', function () {
    const path = needProgram(this, { release: LOCAL, ldflags: '-s -w' });
    const elf = withoutModuledata(path);
    const table = openGoPclntab(elf);
    if (table?.declaredTextStart !== 0) this.skip();
    assert.equal(table.text, undefined);
    assert.equal(table.entryVaddr(0), undefined);
    assert.equal(table.findFunction(0x401000n), -1);
    assert.ok(table.functionName(0) !== undefined);
    assert.equal(elf.diagnostics.list[0]?.field, 'Go text start');
  });
});

/** Overwrites the pointer to the pclntab by which moduledata is found. */
function withoutModuledata(path: string): ElfFile {
  const elf = withoutSections(path);
  const { vaddr } = openGoPclntab(elf)!.moduledata!;
  elf.readVirtual(vaddr, 8).fill(0x11);
  return elf;
}
