// SPDX-License-Identifier: Apache-2.0
// The only place that knows elfy. It is given the ELF header and a run of program headers, never a
// file. Its known defects are compensated here: EI_OSABI and EI_ABIVERSION are read one byte too
// early; unknown e_type, e_machine and p_type become undefined; p_flags become names; 64-bit
// values become doubles. Those fields are taken from the bytes themselves.
import elfy from 'elfy';
import { BIG_ENDIAN, type Endian, LITTLE_ENDIAN } from '../bytes/endian.ts';
import type { ElfHeader, ProgramHeader } from './types.ts';

export const HEADER_BYTES = { 32: 52, 64: 64 } as const;
export const PROGRAM_HEADER_BYTES = { 32: 32, 64: 56 } as const;

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

/**
 * The ELF header of `bytes`, which must hold all of it (52 or 64 bytes) and have passed
 * {@link readIdent}. Counts are as they stand: extended numbering is resolved by the caller.
 */
export function parseHeader(bytes: Buffer, endian: Endian): ElfHeader {
  const parsed = new elfy.Parser().parseHeader(bytes);
  const is64 = parsed.class === '64';
  return {
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
}

/**
 * A run of program headers. `headerBytes` is the file's ELF header, `tableBytes` holds whole
 * entries only.
 */
export function parseProgramHeaders(
  headerBytes: Buffer,
  tableBytes: Buffer,
  endian: Endian,
): ProgramHeader[] {
  const parser = new elfy.Parser();
  const header = parser.parseHeader(headerBytes);
  const is64 = header.class === '64';
  const entryBytes = PROGRAM_HEADER_BYTES[is64 ? 64 : 32];
  const count = tableBytes.length / entryBytes;
  // elfy wants one buffer; an offset of zero would mean "no table" to it.
  const compact = Buffer.concat([headerBytes, tableBytes]);
  const layout = { ...header, phoff: headerBytes.length, phnum: count, phentsize: entryBytes };
  const parsed = parser.parsePrograms(compact, layout);
  const result: ProgramHeader[] = new Array(count);
  for (let i = 0; i < count; i++) {
    const at = i * entryBytes;
    const p = parsed[i]!;
    result[i] = {
      type: endian.u32(tableBytes, at),
      flags: endian.u32(tableBytes, at + (is64 ? 4 : 24)),
      fileOffset: p.offset,
      vaddr: is64 ? endian.u64(tableBytes, at + 16) : BigInt(endian.u32(tableBytes, at + 8)),
      paddr: is64 ? endian.u64(tableBytes, at + 24) : BigInt(endian.u32(tableBytes, at + 12)),
      fileSizeBytes: p.filesz,
      memSizeBytes: p.memsz,
      align: p.align,
    };
  }
  return result;
}
