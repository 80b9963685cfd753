// SPDX-License-Identifier: Apache-2.0
// The dynamic array (gABI chapter 5), found by PT_DYNAMIC as the loader finds it.
import { hex } from '../bytes/hex.ts';
import { LIMITS } from '../limits.ts';
import { DT, PT, SHT } from './constants.ts';
import type { ElfFile } from './elfFile.ts';
import { StringTable } from './stringTable.ts';
import type { FileRange } from './types.ts';

export interface DynamicEntry {
  readonly tag: number;
  readonly value: bigint;
  readonly fileOffset: number;
}

/** The dynamic array and its string table. */
export class DynamicTable {
  readonly entries: readonly DynamicEntry[];
  /** DT_STRTAB, when it could be located in the file. */
  readonly strings: StringTable | undefined;
  /** False where the file ends before the array does: what is not in it may have been. */
  readonly isComplete: boolean;

  constructor(
    entries: readonly DynamicEntry[],
    strings: StringTable | undefined,
    isComplete: boolean,
  ) {
    this.entries = entries;
    this.strings = strings;
    this.isComplete = isComplete;
  }

  /** Value of the first entry with this tag. */
  value(tag: number): bigint | undefined {
    for (const entry of this.entries) {
      if (entry.tag === tag) return entry.value;
    }
    return undefined;
  }

  has(tag: number): boolean {
    return this.value(tag) !== undefined;
  }

  /** The low 32 bits of the first entry with this tag (no flag is higher); 0 when absent. */
  flags(tag: number): number {
    return Number(BigInt.asUintN(32, this.value(tag) ?? 0n));
  }
}

/** Reads the dynamic array; undefined when the file has none. */
export function readDynamic(elf: ElfFile): DynamicTable | undefined {
  const range = dynamicRange(elf);
  if (range === undefined) return undefined;
  const { entries, isComplete } = readEntries(elf, range);
  return new DynamicTable(entries, locateStrings(elf, entries), isComplete);
}

function dynamicRange(elf: ElfFile): FileRange | undefined {
  const segments = elf.segments(PT.DYNAMIC);
  const segment = segments[0];
  if (segment === undefined) return undefined;
  if (segments.length > 1) {
    elf.diagnostics.add('inconsistent', 'PT_DYNAMIC', 'stands more than once; the first was read');
  }
  return { fileOffset: segment.fileOffset, sizeBytes: segment.fileSizeBytes };
}

interface Entries {
  readonly entries: DynamicEntry[];
  readonly isComplete: boolean;
}

function readEntries(elf: ElfFile, range: FileRange): Entries {
  const is64 = elf.header.class === 64;
  const entryBytes = is64 ? 16 : 8;
  const limit = LIMITS.dynamicEntries * entryBytes;
  const bytes = elf.source.read(range.fileOffset, Math.min(range.sizeBytes, limit));
  if (bytes.length < range.sizeBytes && range.sizeBytes <= limit) {
    elf.diagnostics.add(
      'truncated',
      'PT_DYNAMIC',
      `${range.sizeBytes} bytes at ${hex(range.fileOffset)}; the file holds ${bytes.length}`,
      range.fileOffset,
    );
  }
  const entries: DynamicEntry[] = [];
  for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes) {
    const tag = is64 ? elf.endian.u64AsNumber(bytes, at) : elf.endian.u32(bytes, at);
    if (tag === DT.NULL) return { entries, isComplete: true };
    const value = is64 ? elf.endian.u64(bytes, at + 8) : BigInt(elf.endian.u32(bytes, at + 4));
    entries.push({ tag, value, fileOffset: range.fileOffset + at });
  }
  if (bytes.length > 0) {
    elf.diagnostics.add(
      'inconsistent',
      'PT_DYNAMIC',
      `no DT_NULL ends the ${entries.length} entries`,
      range.fileOffset,
    );
  }
  return { entries, isComplete: bytes.length >= range.sizeBytes };
}

function locateStrings(elf: ElfFile, entries: readonly DynamicEntry[]): StringTable | undefined {
  const address = entries.find((entry) => entry.tag === DT.STRTAB);
  const size = entries.find((entry) => entry.tag === DT.STRSZ);
  const range = address === undefined ? undefined : elf.vaddrToFileRange(address.value);
  if (range === undefined) {
    if (entries.length === 0) return undefined;
    elf.diagnostics.add(
      'out-of-range',
      'DT_STRTAB',
      address === undefined
        ? 'is missing: names of libraries cannot be read from the dynamic array'
        : `address ${hex(address.value)} lies in no PT_LOAD`,
      address?.fileOffset,
    );
    return stringsOfSection(elf);
  }
  const declared = size === undefined ? range.sizeBytes : Number(size.value);
  if (declared > range.sizeBytes) {
    elf.diagnostics.add(
      'out-of-range',
      'DT_STRSZ',
      `${hex(declared)} bytes reach past the segment, which holds ${hex(range.sizeBytes)}`,
      size?.fileOffset,
    );
  }
  return new StringTable(elf.source, range.fileOffset, Math.min(declared, range.sizeBytes));
}

/** The table that the .dynamic section links to: a help where DT_STRTAB is damaged. */
function stringsOfSection(elf: ElfFile): StringTable | undefined {
  const dynamic = elf.sections.find((section) => section.type === SHT.DYNAMIC);
  const strings = dynamic === undefined ? undefined : elf.sections[dynamic.link];
  if (strings === undefined || strings.type !== SHT.STRTAB) return undefined;
  return new StringTable(elf.source, strings.fileOffset, strings.sizeBytes);
}
