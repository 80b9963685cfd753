// SPDX-License-Identifier: Apache-2.0
// The dynamic array (gABI chapter 5), found by PT_DYNAMIC as the loader finds it.
import { hex } from '../bytes/hex.ts';
import { LIMITS } from '../limits.ts';
import { DT, PT, SHT } from './constants.ts';
import type { ElfFile } from './elfFile.ts';
import { wideNumber } from './sectionView.ts';
import { StringTable } from './stringTable.ts';
import type { FileRange, ProgramHeader } from './types.ts';

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
  // Beside the entries, so that looking for a tag is one call into native code.
  readonly #tags: readonly number[];

  constructor(
    entries: readonly DynamicEntry[],
    tags: readonly number[],
    strings: StringTable | undefined,
    isComplete: boolean,
  ) {
    this.entries = entries;
    this.#tags = tags;
    this.strings = strings;
    this.isComplete = isComplete;
  }

  /** Value of the first entry with this tag. */
  value(tag: number): bigint | undefined {
    return this.entries[this.#tags.indexOf(tag)]?.value;
  }

  has(tag: number): boolean {
    return this.#tags.includes(tag);
  }

  /** The low 32 bits of the first entry with this tag (no flag is higher); 0 when absent. */
  flags(tag: number): number {
    const value = this.value(tag);
    return value === undefined ? 0 : Number(BigInt.asUintN(32, value));
  }
}

/** Reads the dynamic array; undefined when the file has none. */
export function readDynamic(elf: ElfFile): DynamicTable | undefined {
  const range = dynamicRange(elf);
  if (range === undefined) return undefined;
  const { entries, tags, isComplete } = readEntries(elf, range);
  return new DynamicTable(entries, tags, locateStrings(elf, entries, tags), isComplete);
}

function dynamicRange(elf: ElfFile): FileRange | undefined {
  let segment: ProgramHeader | undefined;
  let count = 0;
  for (const candidate of elf.programHeaders) {
    if (candidate.type !== PT.DYNAMIC) continue;
    segment ??= candidate;
    count++;
  }
  if (segment === undefined) return undefined;
  if (count > 1) {
    elf.diagnostics.add('inconsistent', 'PT_DYNAMIC', 'stands more than once; the first was read');
  }
  return { fileOffset: segment.fileOffset, sizeBytes: segment.fileSizeBytes };
}

interface Entries {
  readonly entries: DynamicEntry[];
  readonly tags: number[];
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
  const tags: number[] = [];
  const isLittle = elf.header.data === 'LE';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes) {
    const tag = is64 ? wideNumber(view, at, isLittle) : view.getUint32(at, isLittle);
    if (tag === DT.NULL) return { entries, tags, isComplete: true };
    const value = is64
      ? view.getBigUint64(at + 8, isLittle)
      : BigInt(view.getUint32(at + 4, isLittle));
    tags.push(tag);
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
  return { entries, tags, isComplete: bytes.length >= range.sizeBytes };
}

function locateStrings(
  elf: ElfFile,
  entries: readonly DynamicEntry[],
  tags: readonly number[],
): StringTable | undefined {
  const address = entries[tags.indexOf(DT.STRTAB)];
  const size = entries[tags.indexOf(DT.STRSZ)];
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
