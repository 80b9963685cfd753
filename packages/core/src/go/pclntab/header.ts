// SPDX-License-Identifier: Apache-2.0
// runtime.pcHeader, and the proof that what looks like one is one.
import type { ElfFile } from '../../elf/elfFile.ts';
import { GO_LIMITS } from '../limits.ts';
import { FUNC, LAYOUTS, type PclntabLayout } from './layout.ts';
import { TableBytes } from './tableBytes.ts';

/** A part of the pclntab, bytes from its start. */
export interface TablePart {
  readonly at: number;
  readonly sizeBytes: number;
}

export interface PclntabHeader {
  readonly layout: PclntabLayout;
  readonly vaddr: bigint;
  readonly fileOffset: number;
  /** Up to the end of the section or segment that holds it. */
  readonly sizeBytes: number;
  readonly pointerBytes: 4 | 8;
  /** Instruction quantum: pc deltas are counted in it. */
  readonly minLC: number;
  readonly functionCount: number;
  /** pcHeader.textStart; 0 before 1.18, since 1.26, and where it awaits a relocation. */
  readonly declaredTextStart: number;
  readonly names: TablePart;
  readonly units: TablePart;
  readonly files: TablePart;
  readonly pcs: TablePart;
  /** functab and, mixed into the same part, the _func structures that it points to. */
  readonly functions: TablePart;
  /** Where functab starts; funcoff counts from `functions.at`. */
  readonly functabAt: number;
  readonly table: TableBytes;
}

const FIXED_BYTES = 8;
const HEADER_BYTES = 72;
const SAMPLE = 16;

/**
 * The header at this place, when it is one: its fields agree with each other, with the machine
 * and with the functions that the table names first. Undefined otherwise; never a diagnostic,
 * since searches try many places.
 */
export function readPclntabHeader(
  elf: ElfFile,
  vaddr: bigint,
  fileOffset: number,
  sizeBytes: number,
): PclntabHeader | undefined {
  const table = new TableBytes(elf.source, elf.endian, fileOffset, sizeBytes);
  const bytes = Buffer.from(table.read(0, HEADER_BYTES));
  if (bytes.length < HEADER_BYTES) return undefined;
  const layout = layoutOf(elf.endian.u32(bytes, 0));
  const pointerBytes = elf.header.class === 64 ? 8 : 4;
  const minLC = bytes[6]!;
  if (layout === undefined || bytes[4] !== 0 || bytes[5] !== 0) return undefined;
  if (bytes[7] !== pointerBytes || ![1, 2, 4].includes(minLC)) return undefined;
  const word = (index: number): number =>
    pointerBytes === 8
      ? elf.endian.u64AsNumber(bytes, FIXED_BYTES + 8 * index)
      : elf.endian.u32(bytes, FIXED_BYTES + 4 * index);
  const parts = layout.hasUnits
    ? partsOf(layout, word, table.sizeBytes, FIXED_BYTES + layout.headerWords * pointerBytes)
    : wholeTable(table.sizeBytes, FIXED_BYTES + pointerBytes);
  if (parts === undefined) return undefined;
  const header: PclntabHeader = {
    layout,
    vaddr,
    fileOffset,
    sizeBytes: table.sizeBytes,
    pointerBytes,
    minLC,
    functionCount: word(0),
    declaredTextStart: layout.isTextRelative ? word(2) : 0,
    ...parts,
    table,
  };
  return hasFunctions(header) ? header : undefined;
}

export function layoutOf(magic: number): PclntabLayout | undefined {
  return LAYOUTS.find((layout) => layout.magic === magic);
}

/** Bytes of one number in functab: a pair of them is an entry. */
export function functabNumberBytes(header: PclntabHeader): number {
  return header.layout.isTextRelative ? 4 : header.pointerBytes;
}

type Parts = Pick<PclntabHeader, 'names' | 'units' | 'files' | 'pcs' | 'functions' | 'functabAt'>;

function partsOf(
  layout: PclntabLayout,
  word: (index: number) => number,
  sizeBytes: number,
  headerBytes: number,
): Parts | undefined {
  const first = layout.headerWords - 5;
  const starts = [0, 1, 2, 3, 4].map((i) => word(first + i));
  let previous = headerBytes;
  for (const start of starts) {
    if (start < previous || start >= sizeBytes) return undefined;
    previous = start;
  }
  const part = (i: number): TablePart => {
    const at = starts[i]!;
    return { at, sizeBytes: (starts[i + 1] ?? sizeBytes) - at };
  };
  return {
    names: part(0),
    units: part(1),
    files: part(2),
    pcs: part(3),
    functions: part(4),
    functabAt: starts[4]!,
  };
}

/** Go 1.2: all offsets count from the start of the table. */
function wholeTable(sizeBytes: number, functabAt: number): Parts {
  const whole = { at: 0, sizeBytes };
  return { names: whole, units: whole, files: whole, pcs: whole, functions: whole, functabAt };
}

/** The first functions must be sorted and lead to structures and names that are there. */
function hasFunctions(header: PclntabHeader): boolean {
  const { functionCount, table } = header;
  const numberBytes = functabNumberBytes(header);
  const functabBytes = (2 * functionCount + 1) * numberBytes;
  if (!(functionCount > 0) || functionCount > GO_LIMITS.functions) return false;
  if (header.functabAt + functabBytes > table.sizeBytes) return false;
  const sampled = Math.min(functionCount, SAMPLE);
  const sample = Buffer.from(table.read(header.functabAt, (2 * sampled + 1) * numberBytes));
  const numberAt = (i: number): number =>
    numberBytes === 8 ? table.endian.u64AsNumber(sample, 8 * i) : table.endian.u32(sample, 4 * i);
  const functabEnd = header.functabAt - header.functions.at + functabBytes;
  for (let i = 0; i < sampled; i++) {
    if (numberAt(2 * i) > numberAt(2 * i + 2)) return false;
    const funcOffset = numberAt(2 * i + 1);
    const isBehind = funcOffset >= functabEnd && funcOffset < header.functions.sizeBytes;
    if (!isBehind || !hasName(header, funcOffset)) return false;
  }
  return true;
}

function hasName(header: PclntabHeader, funcOffset: number): boolean {
  const entryBytes = functabNumberBytes(header);
  const at = header.functions.at + funcOffset + entryBytes + FUNC.nameOffset;
  const nameOffset = header.table.u32(at);
  if (nameOffset === undefined || nameOffset >= header.names.sizeBytes) return false;
  const name = header.table.text(header.names.at + nameOffset);
  // An empty name is legal in damaged and in assembler-only tables, control characters are not.
  return name !== undefined && !/[\x00-\x1f\x7f]/.test(name);
}
