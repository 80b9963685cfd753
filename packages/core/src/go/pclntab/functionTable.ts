// SPDX-License-Identifier: Apache-2.0
// functab as columns: where each function starts, and where its _func stands.
import type { ElfFile } from '../../elf/elfFile.ts';
import { LIMITS } from '../../limits.ts';
import { forEachRelativeRelocation } from '../relativeRelocations.ts';
import { functabNumberBytes, type PclntabHeader } from './header.ts';

export interface FunctionTable {
  /** Ascending, from the text start (or `firstEntry`); one more than functions: the end. */
  readonly entryOffsets: Uint32Array;
  /** Of each _func, from `header.functions.at`. */
  readonly funcOffsets: Uint32Array;
  readonly isTextRelative: boolean;
  /** Address of the first function, up to Go 1.17; 0 where entries count from the text start. */
  readonly firstEntry: number;
}

/** Reads functab; undefined, with a diagnostic, when it is not sorted or does not fit its part. */
export function readFunctionTable(elf: ElfFile, header: PclntabHeader): FunctionTable | undefined {
  const count = header.functionCount;
  const funcOffsets = new Uint32Array(count);
  const { isTextRelative } = header.layout;
  // Addresses are doubles until their distance from the first one is known to fit 32 bits.
  const entries = isTextRelative ? new Uint32Array(count + 1) : new Float64Array(count + 1);
  if (!readNumbers(elf, header, entries, funcOffsets)) return damaged(elf, header, 'is cut short');
  if (!isTextRelative && entries[0] === 0) relocate(elf, header, entries);
  if (!isSorted(entries)) return damaged(elf, header, 'is not sorted by address');
  if (entries instanceof Uint32Array) {
    return { entryOffsets: entries, funcOffsets, isTextRelative, firstEntry: 0 };
  }
  const firstEntry = entries[0]!;
  if (!(entries[count]! - firstEntry <= 0xffffffff) || !Number.isSafeInteger(entries[count]!)) {
    return damaged(elf, header, 'spans more than 4 GiB of addresses');
  }
  const entryOffsets = Uint32Array.from(entries, (entry) => entry - firstEntry);
  return { entryOffsets, funcOffsets, isTextRelative, firstEntry };
}

function damaged(elf: ElfFile, header: PclntabHeader, what: string): undefined {
  const at = header.fileOffset + header.functabAt;
  elf.diagnostics.add('bad-value', 'Go functab', `${what}; no function was taken from it`, at);
  return undefined;
}

function readNumbers(
  elf: ElfFile,
  header: PclntabHeader,
  entries: Uint32Array | Float64Array,
  funcOffsets: Uint32Array,
): boolean {
  const numberBytes = functabNumberBytes(header);
  const { endian } = elf;
  const is64 = numberBytes === 8;
  const start = header.fileOffset + header.functabAt;
  const pairBytes = 2 * numberBytes;
  const perPiece = Math.floor(LIMITS.bulkReadBytes / pairBytes);
  for (let first = 0; first < entries.length; first += perPiece) {
    const pairs = Math.min(perPiece, entries.length - first);
    const bytes = elf.source.read(start + first * pairBytes, pairs * pairBytes);
    for (let i = 0; i < pairs; i++) {
      const at = i * pairBytes;
      const index = first + i;
      if (at + numberBytes > bytes.length) return false;
      entries[index] = is64 ? endian.u64AsNumber(bytes, at) : endian.u32(bytes, at);
      // The last entry is the end of the text and has no _func.
      if (index === funcOffsets.length) break;
      if (at + pairBytes > bytes.length) return false;
      const funcAt = at + numberBytes;
      const offset = is64 ? endian.u64AsNumber(bytes, funcAt) : endian.u32(bytes, funcAt);
      // Out of range stays out of range: 0xffffffff lies behind every table's end.
      funcOffsets[index] = Math.min(offset, 0xffffffff);
    }
  }
  return true;
}

/** Up to Go 1.17 functab holds addresses; a C linker leaves them to DT_RELA. */
function relocate(elf: ElfFile, header: PclntabHeader, entries: Uint32Array | Float64Array): void {
  const start = Number(header.vaddr) + header.functabAt;
  const pairBytes = 2 * header.pointerBytes;
  forEachRelativeRelocation(elf, (vaddr, value) => {
    const index = (vaddr - start) / pairBytes;
    if (index >= 0 && index < entries.length && Number.isInteger(index)) entries[index] = value;
  });
}

function isSorted(entries: Uint32Array | Float64Array): boolean {
  let previous = -1;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i]!;
    if (entry < previous) return false;
    previous = entry;
  }
  return true;
}
