// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { MAP_EXEC, MAP_READ, MAP_SHARED, MAP_WRITE } from '../../src/proc/mappingTable.ts';
import { parseMaps } from '../../src/proc/parseMaps.ts';

function parse(text: string): ReturnType<typeof parseMaps> {
  return parseMaps(Buffer.from(text));
}

describe('proc/maps', () => {
  it('reads back what the kernel wrote for this very process', () => {
    const bytes = readFileSync('/proc/self/maps');
    const table = parseMaps(bytes);
    const lines = bytes.toString('latin1').trimEnd().split('\n');
    assert.equal(table.malformedLines, 0);
    assert.equal(table.count, lines.length);
    lines.forEach((line, i) => {
      const [range, perms, offset, device, inode] = line.split(/ +/);
      const [start, end] = range!.split('-');
      assert.equal(table.start(i).toString(16).padStart(8, '0'), start);
      assert.equal(table.end(i).toString(16).padStart(8, '0'), end);
      assert.equal(table.fileOffset(i), BigInt(`0x${offset}`));
      const object = table.object(i);
      const major = object.deviceMajor.toString(16).padStart(2, '0');
      assert.equal(`${major}:${object.deviceMinor.toString(16).padStart(2, '0')}`, device);
      assert.equal(object.inode, BigInt(inode!));
      const p = table.permissions(i);
      const text =
        (p & MAP_READ ? 'r' : '-') +
        (p & MAP_WRITE ? 'w' : '-') +
        (p & MAP_EXEC ? 'x' : '-') +
        (p & MAP_SHARED ? 's' : 'p');
      assert.equal(text, perms);
      const shown = line.slice(73).trimStart();
      assert.equal(object.name + (object.isDeleted ? ' (deleted)' : ''), shown);
      assert.equal(table.find(table.start(i)), i);
      assert.equal(table.find(table.end(i) - 1n), i);
    });
  });

  it('keeps 64-bit numbers exact', () => {
    const table = parse(
      'ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]\n' +
        '7fffffffffff0000-8000000000000000 r--p fedcba9876543210 103:2a 18446744073709551615 /x\n',
    );
    assert.equal(table.start(0), 0xffffffffff600000n);
    assert.equal(table.object(0).kind, 'vsyscall');
    assert.equal(table.end(1), 0x8000000000000000n);
    assert.equal(table.fileOffset(1), 0xfedcba9876543210n);
    assert.equal(table.object(1).inode, 0xffffffffffffffffn);
    assert.equal(table.object(1).deviceMajor, 0x103);
  });

  it('says what each name is', () => {
    const names: [string, string, string, boolean][] = [
      ['/memfd:jit (deleted)', 'memfd', '/memfd:jit', true],
      ['/usr/lib/a b.so (deleted)', 'file', '/usr/lib/a b.so', true],
      ['/tmp/new\\012line', 'file', '/tmp/new\nline', false],
      ['/SYSV00000000 (deleted)', 'shared-memory', '/SYSV00000000', true],
      ['/dev/zero (deleted)', 'shared-memory', '/dev/zero', true],
      ['anon_inode:[perf_event]', 'special', 'anon_inode:[perf_event]', false],
      ['[anon:v8]', 'anonymous', '[anon:v8]', false],
      ['[anon_shmem:OTEL_CTX]', 'shared-memory', '[anon_shmem:OTEL_CTX]', false],
      ['[vdso]', 'vdso', '[vdso]', false],
      ['', 'anonymous', '', false],
    ];
    for (const [raw, kind, name, isDeleted] of names) {
      const object = parse(`1000-2000 r-xp 00000000 08:01 77 ${raw}\n`).object(0);
      assert.deepEqual([object.kind, object.name, object.isDeleted], [kind, name, isDeleted], raw);
    }
  });

  it('keeps replaced files apart that have one name', () => {
    const line = (start: number, inode: number): string =>
      `${start}000-${start}800 r-xp 00000000 08:01 ${inode} /a\n`;
    const table = parse(line(1, 7) + line(2, 8) + line(3, 7) + line(4, 8) + line(5, 9));
    const inodes = [0, 1, 2, 3, 4].map((i) => table.object(i).inode);
    assert.deepEqual(inodes, [7n, 8n, 7n, 8n, 9n]);
    assert.equal(table.objects.length, 3);
  });

  it('counts lines that the kernel would not write, and keeps the others', () => {
    const good = '1000-2000 r-xp 00000000 08:01 77 /a\n';
    const bad = [
      'nonsense',
      '2000-1000 r-xp 0 08:01 77 /a',
      '1000-1000 r-xp 0 08:01 77 /a',
      '11111111111111111-2 r-xp 0 0:0 0',
      '1000-2000 r-xp',
      '1000-2000 r-xp 0 08:01 x',
      '1000-2000 r-xp 0 08:01 999999999999999999999',
      '1000 2000 r-xp 0 08:01 1',
    ];
    for (const line of bad) {
      const table = parse(`${good}${line}\n${good}`);
      assert.deepEqual([table.count, table.malformedLines], [2, 1], line);
    }
  });

  it('does not take half a line for a line', () => {
    const text = Buffer.from(
      '1000-2000 r-xp 00000000 08:01 77 /a\n2000-3000 r-xp 00000000 08:01 7',
    );
    assert.equal(parseMaps(text, true).count, 1);
    assert.equal(parseMaps(text, true).isTruncated, true);
  });

  it('holds ten thousand mappings and finds each', () => {
    let text = '';
    for (let i = 1; i <= 10_000; i++) {
      const start = (i * 0x3000).toString(16);
      const end = (i * 0x3000 + 0x1000).toString(16);
      text += `${start}-${end} rw-p 00000000 00:00 0 ${i % 3 === 0 ? '/f' : ''}\n`;
    }
    const table = parse(text);
    assert.equal(table.count, 10_000);
    assert.equal(table.objects.length, 2);
    for (let i = 0; i < 10_000; i++) assert.equal(table.find(table.start(i) + 5n), i);
    assert.equal(table.find(0x1000n), -1);
    assert.equal(table.find(0x3000n + 0x1000n), -1);
  });

  it('never throws, and gives every line back as a row or as malformed', () => {
    const line = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constant('1000-2000 r-xp 00000000 08:01 77                         /lib/x'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const clean = lines.map((l) => l.replaceAll('\n', ''));
        const table = parse(clean.map((l) => `${l}\n`).join(''));
        assert.equal(table.count + table.malformedLines, clean.length);
      }),
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseMaps(Buffer.from(bytes))));
  });
});
