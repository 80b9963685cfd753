// SPDX-License-Identifier: Apache-2.0
// ELF header and program headers, extended numbering included (gABI chapter 4 and 5).
import type { ByteSource } from '../bytes/byteSource.ts';
import type { Endian } from '../bytes/endian.ts';
import { hex } from '../bytes/hex.ts';
import { type Diagnostics, InputError } from '../diagnostics/diagnostic.ts';
import { LIMITS } from '../limits.ts';
import { PN_XNUM, SHN_XINDEX } from './constants.ts';
import {
  HEADER_BYTES,
  type ParsedHeader,
  PROGRAM_HEADER_BYTES,
  parseHeader,
  readIdent,
} from './elfyAdapter.ts';
import { programHeaderAt } from './programHeader.ts';
import type { ElfHeader, ProgramHeader } from './types.ts';

export const SECTION_HEADER_BYTES = { 32: 40, 64: 64 } as const;
const PROGRAM_HEADERS_PER_BATCH = 1024;
/** Headers that end before this are parsed where they stand, as in nearly every file. */
const COMPACT_PREFIX_BYTES = 4_096;

export interface HeaderParts {
  readonly header: ElfHeader;
  readonly endian: Endian;
  readonly programHeaders: readonly ProgramHeader[];
}

/** True when the bytes begin with the ELF magic. */
export function hasElfMagic(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/**
 * Header and program headers of a source.
 * @throws InputError `not-elf` without the magic, `malformed` without a readable header.
 */
export function readHeaders(source: ByteSource, diagnostics: Diagnostics): HeaderParts {
  const ident = source.read(0, HEADER_BYTES[64]);
  if (!hasElfMagic(ident)) throw notElf(source, ident);
  const kind = readIdent(ident);
  if (kind === undefined) {
    const field = ident[4] === 1 || ident[4] === 2 ? 'EI_DATA' : 'EI_CLASS';
    const at = field === 'EI_CLASS' ? 4 : 5;
    const found = ident.length > at ? String(ident[at]) : 'end of file';
    throw new InputError('malformed', source.path, `expected 1 or 2, found ${found}`, {
      field,
      fileOffset: at,
    });
  }
  const headerBytes = ident.subarray(0, HEADER_BYTES[kind.class]);
  if (headerBytes.length < HEADER_BYTES[kind.class]) {
    throw new InputError(
      'malformed',
      source.path,
      `file ends after ${headerBytes.length} bytes; the header has ${HEADER_BYTES[kind.class]}`,
      { field: 'ELF header', fileOffset: headerBytes.length },
    );
  }
  const parsed = parseHeader(headerBytes, kind.endian);
  const header = resolveExtendedNumbering(source, parsed.header, kind.endian, diagnostics);
  const programHeaders = readProgramHeaders(source, header, parsed, kind.endian, diagnostics);
  return { header, endian: kind.endian, programHeaders };
}

function notElf(source: ByteSource, bytes: Uint8Array): InputError {
  const found =
    bytes.length === 0
      ? 'an empty file'
      : `bytes ${Buffer.from(bytes.subarray(0, 4)).toString('hex')}`;
  return new InputError('not-elf', source.path, `not an ELF file: starts with ${found}`, {
    field: 'EI_MAG',
    fileOffset: 0,
  });
}

/** Section 0 carries what does not fit e_phnum, e_shnum and e_shstrndx. */
function resolveExtendedNumbering(
  source: ByteSource,
  header: ElfHeader,
  endian: Endian,
  diagnostics: Diagnostics,
): ElfHeader {
  const needsSectionZero =
    header.phnum === PN_XNUM ||
    header.shstrndx === SHN_XINDEX ||
    (header.shnum === 0 && header.shoff !== 0);
  if (!needsSectionZero) return header;
  const entryBytes = SECTION_HEADER_BYTES[header.class];
  const zero = header.shoff === 0 ? undefined : source.read(header.shoff, entryBytes);
  if (zero === undefined || zero.length < entryBytes) {
    if (header.phnum !== PN_XNUM) return header;
    diagnostics.add(
      'inconsistent',
      'e_phnum',
      'is PN_XNUM but no section 0 holds the real number; no program header was read',
      header.class === 64 ? 56 : 44,
    );
    return { ...header, phnum: 0 };
  }
  const is64 = header.class === 64;
  const size = is64 ? endian.u64AsNumber(zero, 32) : endian.u32(zero, 20);
  const link = endian.u32(zero, is64 ? 40 : 24);
  const info = endian.u32(zero, is64 ? 44 : 28);
  return {
    ...header,
    phnum: header.phnum === PN_XNUM && info !== 0 ? info : header.phnum,
    shnum: header.shnum === 0 ? size : header.shnum,
    shstrndx: header.shstrndx === SHN_XINDEX ? link : header.shstrndx,
  };
}

function readProgramHeaders(
  source: ByteSource,
  header: ElfHeader,
  parsed: ParsedHeader,
  endian: Endian,
  diagnostics: Diagnostics,
): ProgramHeader[] {
  if (header.phnum === 0 || header.phoff === 0) return [];
  const entryBytes = PROGRAM_HEADER_BYTES[header.class];
  if (header.phentsize !== entryBytes) {
    diagnostics.add(
      'bad-value',
      'e_phentsize',
      `expected ${entryBytes}, found ${header.phentsize}; no program header was read`,
      header.class === 64 ? 54 : 42,
    );
    return [];
  }
  const count = boundedCount(source, header, entryBytes, diagnostics);
  if (count === 0) return [];
  const endOfTable = header.phoff + count * entryBytes;
  if (endOfTable <= COMPACT_PREFIX_BYTES) {
    const prefix = source.read(0, endOfTable);
    // Shorter where the file was cut since it was opened: the loop below takes what is left.
    if (prefix.length === endOfTable) return parsed.programHeaders(prefix, header.phoff, count);
  }
  const result: ProgramHeader[] = [];
  for (let first = 0; first < count; first += PROGRAM_HEADERS_PER_BATCH) {
    const batch = Math.min(PROGRAM_HEADERS_PER_BATCH, count - first);
    const table = source.read(header.phoff + first * entryBytes, batch * entryBytes);
    const whole = Math.floor(table.length / entryBytes);
    for (let i = 0; i < whole; i++) {
      result.push(programHeaderAt(table, i * entryBytes, header.class, endian));
    }
    if (whole < batch) break;
  }
  return result;
}

function boundedCount(
  source: ByteSource,
  header: ElfHeader,
  entryBytes: number,
  diagnostics: Diagnostics,
): number {
  const room = Math.max(0, Math.floor((source.sizeBytes - header.phoff) / entryBytes));
  if (header.phnum > room) {
    diagnostics.add(
      'out-of-range',
      'program headers',
      `${header.phnum} entries at ${hex(header.phoff)} do not fit a file of ${source.sizeBytes} ` +
        `bytes; ${Math.min(room, LIMITS.programHeaders)} were read`,
      header.phoff,
    );
  }
  const fitting = Math.min(header.phnum, room);
  if (fitting > LIMITS.programHeaders) {
    diagnostics.add(
      'limit',
      'e_phnum',
      `${fitting} program headers; only the first ${LIMITS.programHeaders} were read`,
    );
  }
  return Math.min(fitting, LIMITS.programHeaders);
}
