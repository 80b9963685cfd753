// SPDX-License-Identifier: Apache-2.0
// The only place that knows elfy. It is given the ELF header and a run of program headers, never a
// file. Its known defects are compensated here: EI_OSABI and EI_ABIVERSION are read one byte too
// early; unknown e_type, e_machine and p_type become undefined; p_flags become names; 64-bit
// values become doubles. Those fields are taken from the bytes themselves.
import elfy from 'elfy';
import { BIG_ENDIAN, type Endian, LITTLE_ENDIAN } from '../bytes/endian.ts';
import { wideNumber } from './sectionView.ts';
import type { ElfHeader, ProgramHeader } from './types.ts';

export const HEADER_BYTES = { 32: 52, 64: 64 } as const;
export const PROGRAM_HEADER_BYTES = { 32: 32, 64: 56 } as const;

type ElfyProgram = ReturnType<InstanceType<typeof elfy.Parser>['parsePrograms']>[number];

/**
 * What elfy cuts the bytes of a program header out of. A Buffer for each entry, and one more for
 * the segment's contents, would cost ten times what the parsing does.
 */
class TableView {
  readonly view: DataView;
  readonly start: number;
  readonly length: number;

  constructor(view: DataView, start: number, length: number) {
    this.view = view;
    this.start = start;
    this.length = length;
  }

  slice(start: number, end: number): TableView {
    return end > this.length ? this : new TableView(this.view, this.start + start, end - start);
  }
}

const NO_NAMES = {};

/** elfy's parser over a {@link TableView}; it reads where the numbers stand, without a detour. */
class TableParser extends elfy.Parser {
  isLittle = true;

  // Called for every entry; the names of flags are not used.
  mapFlags(): object {
    return NO_NAMES;
  }
  readUInt32({ view, start }: TableView, at: number): number {
    return view.getUint32(start + at, this.isLittle);
  }
  readUInt64({ view, start }: TableView, at: number): number {
    return wideNumber(view, start + at, this.isLittle);
  }
}

const parser = new elfy.Parser();
const tableParser = new TableParser();

const EI_CLASS = 4;
const EI_DATA = 5;
const EI_OSABI = 7;
const EI_ABIVERSION = 8;

/** EI_CLASS and EI_DATA decoded, or undefined where either is none of the two known values. */
export function readIdent(
  bytes: Uint8Array,
): { class: 32 | 64; endian: Endian; data: 'LE' | 'BE' } | undefined {
  const elfClass = bytes[EI_CLASS];
  const data = bytes[EI_DATA];
  if ((elfClass !== 1 && elfClass !== 2) || (data !== 1 && data !== 2)) return undefined;
  return {
    class: elfClass === 2 ? 64 : 32,
    endian: data === 1 ? LITTLE_ENDIAN : BIG_ENDIAN,
    data: data === 1 ? 'LE' : 'BE',
  };
}

/** The ELF header, and the parser that has read it and can go on with the program headers. */
export interface ParsedHeader {
  readonly header: ElfHeader;
  /**
   * A run of `count` program headers that stand at `at` in `bytes`; `at` is not 0, which means
   * "no table" to elfy. The bytes must hold all of them.
   */
  programHeaders(bytes: Buffer, at: number, count: number): ProgramHeader[];
}

/**
 * The ELF header of `bytes`, which must hold all of it (52 or 64 bytes) and have passed
 * {@link readIdent}. Counts are as they stand: extended numbering is resolved by the caller.
 */
export function parseHeader(bytes: Buffer, endian: Endian): ParsedHeader {
  const parsed = parser.parseHeader(bytes);
  const is64 = parsed.class === '64';
  const entryBytes = PROGRAM_HEADER_BYTES[is64 ? 64 : 32];
  const header: ElfHeader = {
    class: is64 ? 64 : 32,
    data: endian.name,
    osabi: bytes[EI_OSABI]!,
    abiVersion: bytes[EI_ABIVERSION]!,
    elfType: endian.u16(bytes, 16),
    machine: endian.u16(bytes, 18),
    entry: is64 ? endian.u64(bytes, 24) : BigInt(endian.u32(bytes, 24)),
    phoff: parsed.phoff,
    shoff: parsed.shoff,
    flags: parsed.flags,
    ehsize: parsed.ehsize,
    phentsize: parsed.phentsize,
    phnum: parsed.phnum,
    shentsize: parsed.shentsize,
    shnum: parsed.shnum,
    shstrndx: parsed.shstrndx,
  };
  return {
    header,
    programHeaders(table, at, count) {
      const isLittle = endian === LITTLE_ENDIAN;
      tableParser.isLittle = isLittle;
      const view = new DataView(table.buffer, table.byteOffset, table.length);
      // What it looks at of the header, and no more.
      const layout = { class: parsed.class, phoff: at, phnum: count, phentsize: entryBytes };
      const programs = tableParser.parsePrograms(new TableView(view, 0, table.length), layout);
      const exact: ProgramHeader[] = [];
      for (let i = 0; i < count; i++) {
        exact.push(exactProgramHeader(programs[i]!, view, at + i * entryBytes, is64, isLittle));
      }
      return exact;
    },
  };
}

function exactProgramHeader(
  parsed: ElfyProgram,
  view: DataView,
  at: number,
  is64: boolean,
  isLittle: boolean,
): ProgramHeader {
  return {
    type: view.getUint32(at, isLittle),
    flags: view.getUint32(at + (is64 ? 4 : 24), isLittle),
    fileOffset: parsed.offset,
    vaddr: is64 ? view.getBigUint64(at + 16, isLittle) : BigInt(view.getUint32(at + 8, isLittle)),
    paddr: is64 ? view.getBigUint64(at + 24, isLittle) : BigInt(view.getUint32(at + 12, isLittle)),
    fileSizeBytes: parsed.filesz,
    memSizeBytes: parsed.memsz,
    align: parsed.align,
  };
}
