// SPDX-License-Identifier: Apache-2.0
// The reader of members against bytes that no compiler wrote, and against damaged ones.
import assert from 'node:assert/strict';
import { readSectionData } from '@otelkit/core';
import fc from 'fast-check';
import { readAbbreviations } from '../../src/analyze/dwarf/abbreviations.ts';
import { type StructScan, scanStructs } from '../../src/analyze/dwarf/structScan.ts';
import { NameSet } from '../../src/analyze/names.ts';
import { needProgram, withElf } from './programs.ts';

const WANTED = new NameSet(['p.T', 'bufio.Writer', 'net/url.URL', 'runtime.g']);

function uleb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest >= 0x80 ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

const text = (value: string): number[] => [...Buffer.from(value), 0];

/** Abbreviations: 1 compile unit, 2 struct, 3 member, 4 something to pass over. */
const ABBREV = Buffer.from([
  ...[1, 0x11, 1, 0x03, 0x08, 0x13, 0x0b, 0, 0],
  ...[2, 0x13, 1, 0x03, 0x08, 0x0b, 0x0f, 0, 0],
  ...[3, 0x0d, 0, 0x03, 0x08, 0x38, 0x0f, 0, 0],
  ...[4, 0x2e, 0, 0x03, 0x08, 0x11, 0x01, 0x40, 0x18, 0x1c, 0x0d, 0, 0],
  0,
]);

function unit(version: 4 | 5, entries: readonly number[], isDwarf64 = false): Buffer {
  const offset = isDwarf64 ? [0, 0, 0, 0, 0, 0, 0, 0] : [0, 0, 0, 0];
  const header = version === 5 ? [5, 0, 1, 8, ...offset] : [4, 0, ...offset, 8];
  const body = Buffer.from([...header, ...entries]);
  const length = Buffer.alloc(isDwarf64 ? 12 : 4);
  if (isDwarf64) {
    length.writeUInt32LE(0xffffffff, 0);
    length.writeBigUInt64LE(BigInt(body.length), 4);
  } else length.writeUInt32LE(body.length, 0);
  return Buffer.concat([length, body]);
}

function entriesOf(members: readonly (readonly [string, number])[], language = 0x16): number[] {
  return [
    ...[1, ...text('runtime'), language],
    ...[4, ...text('f'), ...[1, 2, 3, 4, 5, 6, 7, 8], 2, 0xaa, 0xbb, 0xff, 0x7f],
    ...[2, ...text('p.T'), ...uleb(300)],
    ...members.flatMap(([name, at]) => [3, ...text(name), ...uleb(at)]),
    ...[0, 0],
  ];
}

function membersOf(scan: StructScan): [string, number][] {
  return [...(scan.structs.get('p.T')?.members ?? [])];
}

describe('the reader of struct members', () => {
  it('reads what was written, in DWARF 4 and 5, 32- and 64-bit', () => {
    const name = fc.stringMatching(/^[a-zA-Z]\w{0,20}$/);
    const member = fc.tuple(name, fc.nat(100_000));
    const list = fc.uniqueArray(member, { selector: ([field]) => field, maxLength: 30 });
    fc.assert(
      fc.property(list, fc.constantFrom(4, 5), fc.boolean(), (members, version, isDwarf64) => {
        const info = unit(version as 4 | 5, entriesOf(members), isDwarf64);
        // One more unit keeps the header of the last one within the section.
        const whole = Buffer.concat([info, unit(5, entriesOf([]))]);
        const scan = scanStructs(whole, ABBREV, WANTED);
        assert.equal(scan.problem, undefined);
        assert.deepEqual(membersOf(scan), members);
        assert.equal(scan.structs.get('p.T')?.dwarfVersion, version);
      }),
    );
  });

  it('leaves units of other languages alone', () => {
    const c = unit(5, entriesOf([['x', 1]], 0x0c));
    const scan = scanStructs(Buffer.concat([c, unit(5, entriesOf([['y', 2]]))]), ABBREV, WANTED);
    assert.deepEqual(membersOf(scan), [['y', 2]]);
  });

  it('tells what is cut off, and takes no struct from it', () => {
    const info = unit(
      5,
      entriesOf([
        ['a', 8],
        ['b', 16],
      ]),
    );
    for (let length = 0; length < info.length; length++) {
      const scan = scanStructs(info.subarray(0, length), ABBREV, WANTED);
      assert.deepEqual(membersOf(scan), []);
    }
    const cut = Buffer.from(info);
    cut.writeUInt32LE(info.length - 4 - 6, 0);
    const scan = scanStructs(cut, ABBREV, WANTED);
    assert.deepEqual(membersOf(scan), []);
    assert.match(scan.problem ?? '', /\.debug_info at 0x/);
  });

  it('ends on any bytes at all', () => {
    const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));
    const sizes = { addressBytes: 8, offsetBytes: 4, version: 5 } as const;
    fc.assert(
      fc.property(bytes, bytes, (info, abbrev) => {
        scanStructs(info, abbrev, WANTED);
        scanStructs(Buffer.concat([unit(5, entriesOf([])), info]), abbrev, WANTED);
        readAbbreviations(abbrev, 0, sizes);
      }),
    );
  });

  it('ends on damaged DWARF of a real program, with all structs or a problem', function () {
    const path = needProgram(this, { kind: 'small' });
    const [info, abbrev] = withElf(path, (elf) =>
      ['.debug_info', '.debug_abbrev'].map((name) => readSectionData(elf, elf.section(name)!)),
    ) as [Buffer, Buffer];
    const whole = scanStructs(info, abbrev, WANTED);
    assert.equal(whole.structs.size, 3);
    const damage = fc.array(fc.tuple(fc.nat(info.length - 1), fc.nat(255)), { minLength: 1 });
    const abbrevDamage = fc.option(fc.tuple(fc.nat(abbrev.length - 1), fc.nat(255)));
    fc.assert(
      fc.property(damage, abbrevDamage, (places, other) => {
        const copy = Buffer.from(info);
        const table = Buffer.from(abbrev);
        for (const [at, byte] of places) copy[at] = byte;
        if (other !== null) table[other[0]] = other[1];
        const scan = scanStructs(copy, table, WANTED);
        for (const { members } of scan.structs.values()) {
          for (const offset of members.values()) assert.ok(Number.isSafeInteger(offset));
        }
      }),
      { numRuns: 25 },
    );
  });
});
