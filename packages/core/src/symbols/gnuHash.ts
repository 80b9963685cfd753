// SPDX-License-Identifier: Apache-2.0
// DT_GNU_HASH: header of four words, a Bloom filter of class-sized words, buckets, and one chain
// word for each symbol from symoffset on. Symbols before symoffset are not hashed: those are the
// undefined ones. There is no count; it follows from the longest chain.
import { hex } from '../bytes/hex.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { LIMITS } from '../limits.ts';

const HEADER_BYTES = 16;
const BUCKETS_PER_READ = 4096;
const CHAINS_PER_READ = 1024;

export interface GnuHash {
  readonly bucketCount: number;
  /** Index of the first hashed symbol. */
  readonly symbolOffset: number;
  readonly bloomWords: number;
  readonly bloomShift: number;
  readonly bloomFileOffset: number;
  readonly bucketsFileOffset: number;
  readonly chainsFileOffset: number;
  /** Chain words that fit before the segment ends. */
  readonly chainRoom: number;
}

/** The table's header, checked against its segment; undefined when absent or unusable. */
export function readGnuHash(elf: ElfFile, address: bigint | undefined): GnuHash | undefined {
  if (address === undefined) return undefined;
  const range = elf.vaddrToFileRange(address);
  const bytes = range === undefined ? undefined : elf.source.read(range.fileOffset, HEADER_BYTES);
  if (range === undefined || bytes === undefined || bytes.length < HEADER_BYTES) {
    elf.diagnostics.add(
      'out-of-range',
      'DT_GNU_HASH',
      `address ${hex(address)} lies in no PT_LOAD or past the end of the file`,
    );
    return undefined;
  }
  const bucketCount = elf.endian.u32(bytes, 0);
  const bloomWords = elf.endian.u32(bytes, 8);
  const bloomFileOffset = range.fileOffset + HEADER_BYTES;
  const bucketsFileOffset = bloomFileOffset + bloomWords * (elf.header.class / 8);
  const chainsFileOffset = bucketsFileOffset + bucketCount * 4;
  const room = Math.min(range.fileOffset + range.sizeBytes, elf.source.sizeBytes);
  if (chainsFileOffset > room) {
    elf.diagnostics.add(
      'out-of-range',
      'DT_GNU_HASH',
      `${bloomWords} Bloom words and ${bucketCount} buckets reach past the segment`,
      range.fileOffset,
    );
    return undefined;
  }
  return {
    bucketCount,
    symbolOffset: elf.endian.u32(bytes, 4),
    bloomWords,
    bloomShift: elf.endian.u32(bytes, 12),
    bloomFileOffset,
    bucketsFileOffset,
    chainsFileOffset,
    chainRoom: Math.floor((room - chainsFileOffset) / 4),
  };
}

/** The hash function of DT_GNU_HASH (djb2 over bytes, 32 bits). */
export function gnuHashOf(name: Uint8Array): number {
  let hash = 5381;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 33) + name[i]!) >>> 0;
  return hash;
}

/** False when the Bloom filter proves that no symbol has this hash. */
export function mayContain(elf: ElfFile, table: GnuHash, hash: number): boolean {
  // The loader masks with bloomWords - 1, so only powers of two make sense; shifts of 32 and more
  // are undefined in C. Such a filter proves nothing here.
  const isPowerOfTwo = table.bloomWords > 0 && (table.bloomWords & (table.bloomWords - 1)) === 0;
  if (!isPowerOfTwo || table.bloomShift > 31) return true;
  const bits = elf.header.class;
  const index = (bits === 64 ? hash >>> 6 : hash >>> 5) & (table.bloomWords - 1);
  const word = elf.source.read(table.bloomFileOffset + index * (bits / 8), bits / 8);
  if (word.length < bits / 8) return true;
  const second = (hash >>> table.bloomShift) & (bits - 1);
  return isBitSet(elf, word, hash & (bits - 1)) && isBitSet(elf, word, second);
}

function isBitSet(elf: ElfFile, word: Uint8Array, bit: number): boolean {
  const isHigh = bit >= 32;
  const isBigEndian = elf.endian.name === 'BE';
  const at = word.length === 8 && isHigh !== isBigEndian ? 4 : 0;
  return ((elf.endian.u32(word, at) >>> (bit & 31)) & 1) === 1;
}

/**
 * Calls `visit` with each symbol index whose hash equals `hash` (its lowest bit aside), until it
 * returns true. Bounded by the room of the chain array.
 */
export function walkChain(
  elf: ElfFile,
  table: GnuHash,
  hash: number,
  visit: (symbolIndex: number) => boolean,
): void {
  if (table.bucketCount === 0 || !mayContain(elf, table, hash)) return;
  const bucket = elf.source.read(table.bucketsFileOffset + (hash % table.bucketCount) * 4, 4);
  if (bucket.length < 4) return;
  const first = elf.endian.u32(bucket, 0);
  if (first < table.symbolOffset || first === 0) return;
  let index = first - table.symbolOffset;
  const end = Math.min(table.chainRoom, index + LIMITS.hashChain);
  while (index < end) {
    const wanted = Math.min(CHAINS_PER_READ, end - index);
    const words = elf.source.read(table.chainsFileOffset + index * 4, wanted * 4);
    const got = words.length >> 2;
    for (let i = 0; i < got; i++) {
      const word = elf.endian.u32(words, i * 4);
      if ((word | 1) === (hash | 1) && visit(table.symbolOffset + index + i)) return;
      if ((word & 1) === 1) return;
    }
    if (got < wanted) return;
    index += got;
  }
}

/** True when some bucket is filled, which means that symbolOffset really parts the table. */
export function hasHashedSymbols(elf: ElfFile, table: GnuHash): boolean {
  const count = Math.min(table.bucketCount, LIMITS.symbols);
  for (let first = 0; first < count; first += BUCKETS_PER_READ) {
    const wanted = Math.min(BUCKETS_PER_READ, count - first);
    const bytes = elf.source.read(table.bucketsFileOffset + first * 4, wanted * 4);
    for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return true;
    if (bytes.length < wanted * 4) return false;
  }
  return false;
}

/**
 * The number of symbols that the table implies: the end of the chain that starts last.
 * Undefined when it hashes none and symbolOffset is the filler of an empty table (GNU ld writes 1
 * there however many undefined symbols stand before).
 */
export function countByGnuHash(elf: ElfFile, table: GnuHash): number | undefined {
  const count = Math.min(table.bucketCount, LIMITS.symbols);
  let last = 0;
  for (let first = 0; first < count; first += BUCKETS_PER_READ) {
    const wanted = Math.min(BUCKETS_PER_READ, count - first);
    const bytes = elf.source.read(table.bucketsFileOffset + first * 4, wanted * 4);
    const got = bytes.length >> 2;
    for (let i = 0; i < got; i++) {
      const start = elf.endian.u32(bytes, i * 4);
      if (start > last) last = start;
    }
    if (got < wanted) break;
  }
  if (last < table.symbolOffset || last === 0) {
    return table.symbolOffset > 1 ? table.symbolOffset : undefined;
  }
  let index = last - table.symbolOffset;
  while (index < table.chainRoom) {
    const wanted = Math.min(CHAINS_PER_READ, table.chainRoom - index);
    const words = elf.source.read(table.chainsFileOffset + index * 4, wanted * 4);
    const got = words.length >> 2;
    for (let i = 0; i < got; i++) {
      if ((elf.endian.u32(words, i * 4) & 1) === 1) return table.symbolOffset + index + i + 1;
    }
    if (got < wanted) break;
    index += got;
  }
  elf.diagnostics.add(
    'out-of-range',
    'DT_GNU_HASH',
    `the chain of symbol ${last} has no end`,
    table.chainsFileOffset,
  );
  return undefined;
}
