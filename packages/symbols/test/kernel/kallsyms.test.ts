// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { kernelAddressHex, kernelAddressOf } from '../../src/index.ts';
import { kernelNameAt, parseKallsyms } from '../../src/kernel/parseKallsyms.ts';

function namesOf(text: string): string[] {
  const { starts, names, owners, modules, nameBytes } = parseKallsyms(Buffer.from(text));
  return [...starts].map((start, i) => {
    const name = names[i] === 0xffffffff ? '-' : kernelNameAt(nameBytes, names[i]!);
    return `${kernelAddressHex(start)} ${name} ${modules[owners[i]!]}`.trim();
  });
}

describe('kallsyms', () => {
  it('keeps functions by address, with the modules they belong to', () => {
    const text = [
      'ffffffff81000000 T startup_64',
      'ffffffff82000000 D some_data',
      'ffffffff81000100 t local',
      'ffffffffc0000010 t late\t[ext4]',
      'ffffffffc0000000 T early\t[ext4]',
      'ffffffffc0001000 t bpf_prog_6deef7357e7b4530_x\t[bpf]',
      '',
    ].join('\n');
    assert.deepEqual(namesOf(text), [
      'ffffffff81000000 startup_64',
      'ffffffff81000100 local',
      'ffffffff82000000 -',
      'ffffffffc0000000 early ext4',
      'ffffffffc0000010 late ext4',
      'ffffffffc0001000 bpf_prog_6deef7357e7b4530_x bpf',
    ]);
  });

  it('takes the first of several names, and a function rather than data', () => {
    const at = 'ffffffff81000000';
    assert.deepEqual(namesOf(`${at} T _text\n${at} T _stext\n`), [`${at} _text`]);
    assert.deepEqual(namesOf(`${at} D data\n${at} t code\n`), [`${at} code`]);
  });

  it('leaves out absolute numbers and what is no line', () => {
    const text = '0000000000001000 A cpu_debug_store\nffffffff8100000g T bad\nffffffff81000000 T\n';
    const parsed = parseKallsyms(Buffer.from(`${text}ffffffff81000000 T good`));
    assert.equal(parsed.starts.length, 1);
    assert.equal(parsed.malformedLines, 2);
  });

  it('tells addresses that are hidden', () => {
    const hidden = parseKallsyms(Buffer.from('0000000000000000 T _text\n0000000000000000 t x\n'));
    assert.equal(hidden.isHidden, true);
    assert.equal(hidden.starts.length, 0);
  });

  it('puts kernels at low addresses in order too', () => {
    const text = '0000000000100000 T low\nffffffffc0000000 T high\t[m]\n0000000000200000 t b\n';
    const { starts } = parseKallsyms(Buffer.from(text));
    assert.deepEqual(
      [...starts],
      [...starts].sort((a, b) => a - b),
    );
    assert.equal(starts.length, 3);
  });

  it('survives any text', () => {
    const line = fc.oneof(
      fc.string(),
      fc
        .tuple(
          fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
          fc.constantFrom(...'tTwWdDaA?'),
          fc.string(),
        )
        .map(([a, t, n]) => `${a.toString(16).padStart(16, '0')} ${t} ${n}`),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 50 }), (lines) => {
        const { starts, names, nameBytes } = parseKallsyms(Buffer.from(lines.join('\n')));
        for (let i = 0; i < starts.length; i++) {
          assert.ok(i === 0 || starts[i - 1]! < starts[i]!);
          if (names[i] !== 0xffffffff) assert.ok(kernelNameAt(nameBytes, names[i]!).length > 0);
        }
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        parseKallsyms(Buffer.from(bytes));
      }),
    );
  });

  it("reads this machine's", function () {
    if (!existsSync('/proc/kallsyms')) {
      console.log('skip: this kernel has no /proc/kallsyms');
      this.skip();
    }
    const text = readFileSync('/proc/kallsyms', 'latin1');
    const expected = new Map<string, string>();
    for (const line of text.split('\n')) {
      const match = /^([0-9a-f]{16}) [tTwW] (\S+)(?:\s+\[(.*)\])?$/.exec(line);
      if (match === null || /^0+$/.test(match[1]!)) continue;
      if (!expected.has(match[1]!)) expected.set(match[1]!, match[2]!);
    }
    if (expected.size === 0) {
      console.log('skip: addresses in /proc/kallsyms are hidden, run as root');
      this.skip();
    }
    const { starts, names, nameBytes } = parseKallsyms(Buffer.from(text, 'latin1'));
    const found = new Map<string, string>();
    for (let i = 0; i < starts.length; i++) {
      if (names[i] === 0xffffffff) continue;
      found.set(kernelAddressHex(starts[i]!), kernelNameAt(nameBytes, names[i]!));
    }
    assert.equal(found.size, expected.size);
    for (const [address, name] of expected) assert.equal(found.get(address), name);
  });

  it('keeps every address exact', () => {
    for (const address of [0xffffffff81000001n, 0xffff800000000001n, 0x1000n]) {
      assert.equal(
        kernelAddressHex(kernelAddressOf(address)),
        address.toString(16).padStart(16, '0'),
      );
    }
  });
});
