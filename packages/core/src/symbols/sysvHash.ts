// SPDX-License-Identifier: Apache-2.0
// DT_HASH (gABI chapter 5, "Hash Table"): nbucket, nchain, buckets, chains. nchain is the number
// of dynamic symbols. Words are 4 bytes, but 8 on Alpha and 64-bit S/390 (LLD writes 4 there too).
import { hex } from '../bytes/hex.ts';
import { EM } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import type { FileRange } from '../elf/types.ts';
import { LIMITS } from '../limits.ts';

const EM_ALPHA = 0x9026;

export interface SysvHash {
  readonly wordBytes: 4 | 8;
  readonly bucketCount: number;
  /** nchain: as many chain words as the table has symbols. */
  readonly symbolCount: number;
  readonly bucketsFileOffset: number;
  readonly chainsFileOffset: number;
}

/** The table's header, checked against its segment; undefined when absent or unusable. */
export function readSysvHash(elf: ElfFile, address: bigint | undefined): SysvHash | undefined {
  if (address === undefined) return undefined;
  const range = elf.vaddrToFileRange(address);
  const wordBytes = wordBytesOf(elf, range);
  const bytes = range === undefined ? undefined : elf.source.read(range.fileOffset, 2 * wordBytes);
  if (range === undefined || bytes === undefined || bytes.length < 2 * wordBytes) {
    elf.diagnostics.add(
      'out-of-range',
      'DT_HASH',
      `address ${hex(address)} lies in no PT_LOAD or past the end of the file`,
    );
    return undefined;
  }
  const bucketCount = readWord(elf, bytes, 0, wordBytes);
  const symbolCount = readWord(elf, bytes, wordBytes, wordBytes);
  const bucketsFileOffset = range.fileOffset + 2 * wordBytes;
  const chainsFileOffset = bucketsFileOffset + bucketCount * wordBytes;
  const end = chainsFileOffset + symbolCount * wordBytes;
  if (end > Math.min(range.fileOffset + range.sizeBytes, elf.source.sizeBytes)) {
    elf.diagnostics.add(
      'out-of-range',
      'DT_HASH',
      `${bucketCount} buckets and ${symbolCount} chains reach past the segment`,
      range.fileOffset,
    );
    return undefined;
  }
  return { wordBytes, bucketCount, symbolCount, bucketsFileOffset, chainsFileOffset };
}

/** Two 4-byte words read as one of 8 bytes make a count that no file could hold. */
function wordBytesOf(elf: ElfFile, range: FileRange | undefined): 4 | 8 {
  const { machine } = elf.header;
  const mayBeWide = elf.header.class === 64 && (machine === EM_ALPHA || machine === EM.S390);
  if (!mayBeWide || range === undefined) return 4;
  const first = elf.source.read(range.fileOffset, 8);
  return first.length === 8 && elf.endian.u64AsNumber(first, 0) >= 2 ** 32 ? 4 : 8;
}

function readWord(elf: ElfFile, bytes: Uint8Array, at: number, wordBytes: 4 | 8): number {
  return wordBytes === 8 ? elf.endian.u64AsNumber(bytes, at) : elf.endian.u32(bytes, at);
}

/** The hash function of DT_HASH (gABI, "Hashing Function"). */
export function sysvHashOf(name: Uint8Array): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) {
    hash = ((hash << 4) + name[i]!) >>> 0;
    const high = hash & 0xf0000000;
    hash = (hash ^ (high >>> 24)) & ~high;
  }
  return hash >>> 0;
}

/** Calls `visit` with each index of the bucket's chain, until it returns true. Cycles end. */
export function walkSysvChain(
  elf: ElfFile,
  table: SysvHash,
  hash: number,
  visit: (symbolIndex: number) => boolean,
): void {
  if (table.bucketCount === 0) return;
  const size = table.wordBytes;
  let at = table.bucketsFileOffset + (hash % table.bucketCount) * size;
  const mostSteps = Math.min(table.symbolCount, LIMITS.hashChain);
  for (let steps = 0; steps <= mostSteps; steps++) {
    const word = elf.source.read(at, size);
    if (word.length < size) return;
    const index = readWord(elf, word, 0, size);
    if (index === 0 || index >= table.symbolCount || visit(index)) return;
    at = table.chainsFileOffset + index * size;
  }
  elf.diagnostics.add('inconsistent', 'DT_HASH', 'a chain does not end', table.chainsFileOffset);
}
