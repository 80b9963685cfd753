// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Diagnostics, type LdCache, parseLdCache } from '../../src/index.ts';
import { outputOf } from '../fixtures/compile.ts';

const X86_64 = 0x303;
const I386 = 3;
const EXTENSION = 1n << 62n;

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly flags?: number;
  readonly hwcap?: bigint;
}

interface CacheOptions {
  readonly order?: 'LE' | 'BE';
  /** The byte that says the order; 0 says nothing. */
  readonly orderFlag?: number;
  readonly hwcapNames?: readonly string[];
}

/** A cache as ldconfig lays it out: header, entries, strings, extension. */
function newCache(entries: readonly Entry[], options: CacheOptions = {}): Buffer {
  const { order = 'LE', hwcapNames = [] } = options;
  const u32 = (value: number): Buffer => number(4, BigInt(value), order);
  const stringsAt = 48 + entries.length * 24;
  const strings = new Strings(stringsAt);
  const rows = entries.map(({ name, path, flags = X86_64, hwcap = 0n }) =>
    Buffer.concat([
      u32(flags),
      u32(strings.offsetOf(name)),
      u32(strings.offsetOf(path)),
      u32(0),
      number(8, hwcap, order),
    ]),
  );
  const nameOffsets = hwcapNames.map((name) => strings.offsetOf(name));
  const text = strings.bytes();
  const extensionAt = stringsAt + text.length;
  const list = Buffer.concat(nameOffsets.map(u32));
  const extension = [0xeaa42174, 1, 1, 0, extensionAt + 24, list.length].map(u32);
  const header = Buffer.concat([
    Buffer.from('glibc-ld.so.cache1.1'),
    u32(entries.length),
    u32(text.length),
    Buffer.of(options.orderFlag ?? (order === 'LE' ? 2 : 3), 0, 0, 0),
    u32(hwcapNames.length === 0 ? 0 : extensionAt),
    Buffer.alloc(12),
  ]);
  return Buffer.concat([header, ...rows, text, ...extension, list]);
}

/** The format of before 2002: offsets count from the end of the entries. */
function oldCache(entries: readonly Entry[]): Buffer {
  const strings = new Strings(0);
  const rows = entries.map(({ name, path, flags = X86_64 }) =>
    Buffer.concat(
      [flags, strings.offsetOf(name), strings.offsetOf(path)].map((n) =>
        number(4, BigInt(n), 'LE'),
      ),
    ),
  );
  const header = Buffer.concat([
    Buffer.from('ld.so-1.7.0\0'),
    number(4, BigInt(entries.length), 'LE'),
  ]);
  return Buffer.concat([header, ...rows, strings.bytes()]);
}

class Strings {
  readonly #from: number;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(from: number) {
    this.#from = from;
  }

  offsetOf(text: string): number {
    const at = this.#from + this.#bytes.length;
    this.#bytes = Buffer.concat([this.#bytes, Buffer.from(`${text}\0`)]);
    return at;
  }

  bytes(): Buffer {
    return Buffer.concat([this.#bytes, Buffer.alloc(-this.#bytes.length & 7)]);
  }
}

function number(sizeBytes: number, value: bigint, order: 'LE' | 'BE'): Buffer {
  const bytes = Buffer.alloc(8);
  if (order === 'LE') bytes.writeBigUInt64LE(value);
  else bytes.writeBigUInt64BE(value);
  return order === 'LE' ? bytes.subarray(0, sizeBytes) : bytes.subarray(8 - sizeBytes);
}

function parse(bytes: Buffer, data: 'LE' | 'BE' = 'LE'): LdCache {
  const diagnostics = new Diagnostics();
  const cache = parseLdCache(bytes, data, diagnostics);
  assert.deepEqual(diagnostics.list, []);
  return cache!;
}

function pathOf(
  cache: LdCache,
  name: string,
  options: { hwcaps?: readonly string[]; legacy?: readonly string[]; flags?: number } = {},
): string | undefined {
  const { hwcaps = [], legacy = [], flags = X86_64 } = options;
  const capabilities = { glibcHwcaps: hwcaps, legacy, platform: '' };
  const reader = { cacheFlags: [flags], capabilities, supportsLegacyHwcaps: legacy.length > 0 };
  return cache.lookup(name, reader)?.path;
}

describe('ld.so.cache', () => {
  it('names the same files as ldconfig -p', function () {
    const ldconfig = ['/sbin/ldconfig', '/usr/sbin/ldconfig'].find((path) => existsSync(path));
    if (ldconfig === undefined || !existsSync('/etc/ld.so.cache')) {
      console.log('skip: there is no ld.so.cache here, install with: apt-get install libc-bin');
      this.skip();
    }
    const cache = parse(readFileSync('/etc/ld.so.cache'));
    const lines = outputOf(ldconfig, ['-p']).matchAll(/^\t(\S+) \(.*\) => (.*)$/gm);
    let count = 0;
    for (const [, name = '', path = ''] of lines) {
      const paths = cache.entries(name).map((entry) => entry.path);
      assert.ok(paths.includes(path), `${name} => ${path}, ours: ${paths.join(' ')}`);
      count++;
    }
    assert.ok(count > 0);
  });

  const entries = [
    { name: 'libb.so.1', path: '/lib32/libb.so.1', flags: I386 },
    { name: 'libb.so.1', path: '/lib64/libb.so.1' },
    { name: 'liba.so.1', path: '/lib64/liba.so.1' },
  ];

  it('reads the new format in both byte orders, and the old one', () => {
    for (const [bytes, data] of [
      [newCache(entries), 'LE'],
      [newCache(entries, { orderFlag: 0 }), 'LE'],
      [newCache(entries, { order: 'BE' }), 'BE'],
      [oldCache(entries), 'LE'],
    ] as const) {
      const cache = parse(bytes, data);
      assert.equal(pathOf(cache, 'libb.so.1'), '/lib64/libb.so.1');
      assert.equal(pathOf(cache, 'libb.so.1', { flags: I386 }), '/lib32/libb.so.1');
      assert.equal(pathOf(cache, 'liba.so.1', { flags: I386 }), undefined);
      assert.equal(cache.nameCount, 2);
    }
  });

  it('finds the new format behind an old one', () => {
    const old = oldCache([]);
    const cache = parse(Buffer.concat([old, newCache(entries)]));
    assert.equal(pathOf(cache, 'liba.so.1'), '/lib64/liba.so.1');
  });

  it('takes the best glibc-hwcaps level that the processor has', () => {
    const hwcapNames = ['x86-64-v2', 'x86-64-v3'];
    const level = (index: number) => EXTENSION | (BigInt(index + 1) << 32n) | BigInt(index);
    const bytes = newCache(
      [
        { name: 'libx.so', path: '/v2', hwcap: level(0) },
        { name: 'libx.so', path: '/v3', hwcap: level(1) },
        { name: 'libx.so', path: '/plain' },
      ],
      { hwcapNames },
    );
    const cache = parse(bytes);
    assert.equal(pathOf(cache, 'libx.so', { hwcaps: ['x86-64-v3', 'x86-64-v2'] }), '/v3');
    assert.equal(pathOf(cache, 'libx.so', { hwcaps: ['x86-64-v2'] }), '/v2');
    assert.equal(pathOf(cache, 'libx.so'), '/plain');
  });

  it('takes legacy entries only where loader and processor have them', () => {
    const bytes = newCache([
      { name: 'libx.so', path: '/haswell', hwcap: 1n << 50n },
      { name: 'libx.so', path: '/unknown-bit', hwcap: 1n << 20n },
      { name: 'libx.so', path: '/plain' },
    ]);
    const cache = parse(bytes);
    assert.equal(pathOf(cache, 'libx.so', { legacy: ['tls', 'haswell'] }), '/haswell');
    assert.equal(pathOf(cache, 'libx.so', { legacy: ['tls'] }), '/plain');
    assert.equal(pathOf(cache, 'libx.so'), '/plain');
  });

  it('ignores a cache of the other byte order, as glibc does, and says so', () => {
    for (const bytes of [newCache(entries, { order: 'BE' }), newCache(entries, { orderFlag: 1 })]) {
      const diagnostics = new Diagnostics();
      assert.equal(parseLdCache(bytes, 'LE', diagnostics), undefined);
      assert.equal(diagnostics.list[0]?.field, 'ld.so.cache flags');
    }
  });

  it('reads what is left of a truncated cache, and says what is not', () => {
    const bytes = newCache(entries);
    for (let length = 0; length < bytes.length; length++) {
      const diagnostics = new Diagnostics();
      const cache = parseLdCache(bytes.subarray(0, length), 'LE', diagnostics);
      const path = cache && pathOf(cache, 'libb.so.1');
      assert.ok(path === undefined || path === '/lib64/libb.so.1');
      if (cache === undefined) assert.ok(diagnostics.list.length > 0, `at ${length}`);
    }
  });

  it('gives a cache or a diagnostic for any bytes', () => {
    const valid = newCache(entries, { hwcapNames: ['x86-64-v2'] });
    const change = fc.record({ at: fc.nat(valid.length - 1), byte: fc.nat(255) });
    const changed = fc.array(change, { maxLength: 12 }).map((changes) => {
      const bytes = Buffer.from(valid);
      for (const { at, byte } of changes) bytes[at] = byte;
      return bytes;
    });
    const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    const headed = random.map((bytes) => Buffer.concat([Buffer.from('ld.so-1.7.0\0'), bytes]));
    fc.assert(
      fc.property(fc.oneof(changed, random, headed), fc.constantFrom('LE', 'BE'), (bytes, data) => {
        const diagnostics = new Diagnostics();
        const cache = parseLdCache(bytes, data as 'LE' | 'BE', diagnostics);
        if (cache === undefined) assert.ok(diagnostics.list.length > 0);
        else pathOf(cache, 'libb.so.1', { hwcaps: ['x86-64-v2'], legacy: ['tls'] });
      }),
      { numRuns: 3000 },
    );
  });
});
