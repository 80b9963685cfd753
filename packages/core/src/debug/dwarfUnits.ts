// SPDX-License-Identifier: Apache-2.0
// Unit headers of .debug_info (DWARF 5, section 7.5.1): versions and kinds, no DIE is read.
import { constants, inflateSync } from 'node:zlib';
import { SHT } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import type { SectionHeader } from '../elf/types.ts';
import { LIMITS } from '../limits.ts';
import { readSectionData, sectionCompression } from './sectionData.ts';

const DWARF64_ESCAPE = 0xffffffff;
const DW_UT_SKELETON = 4;
const DW_UT_SPLIT_COMPILE = 5;
const OLDEST_VERSION = 2;
const NEWEST_VERSION = 5;
const HEADER_BYTES = 16;
/** Enough compressed bytes for one header, and too few to blow up: zlib's ratio is below 1032. */
const ZLIB_PREFIX_BYTES = 512;
const ZLIB_PREFIX_OUTPUT_BYTES = 1_048_576;

export interface UnitHeader {
  readonly version: number;
  /** DW_UT_*; undefined before DWARF 5. */
  readonly unitType: number | undefined;
  /** Bytes to the next unit. */
  readonly sizeBytes: number;
}

/** True for a unit whose DIEs stand in a .dwo or .dwp file. */
export function isSkeleton(unit: UnitHeader): boolean {
  return unit.unitType === DW_UT_SKELETON;
}

/** True for a unit that belongs to a skeleton elsewhere. */
export function isSplitUnit(unit: UnitHeader): boolean {
  return unit.unitType === DW_UT_SPLIT_COMPILE;
}

/** The first unit header of a section that is not compressed; undefined where it makes no sense. */
export function firstUnit(elf: ElfFile, section: SectionHeader): UnitHeader | undefined {
  const wanted = Math.min(HEADER_BYTES, section.sizeBytes);
  return decodeUnit(elf, elf.source.read(section.fileOffset, wanted));
}

/**
 * Unit headers of a .debug_info or .debug_info.dwo section: all of an uncompressed one, up to
 * LIMITS.dwarfUnits; of a compressed one the first.
 */
export function unitHeaders(elf: ElfFile, section: SectionHeader): UnitHeader[] {
  if (section.type === SHT.NOBITS) return [];
  if (sectionCompression(elf, section) !== null) {
    const unit = decodeUnit(elf, compressedPrefix(elf, section));
    return unit === undefined ? [] : [unit];
  }
  const units: UnitHeader[] = [];
  for (let at = 0; at + HEADER_BYTES <= section.sizeBytes; ) {
    const unit = decodeUnit(elf, elf.source.read(section.fileOffset + at, HEADER_BYTES));
    if (unit === undefined) {
      elf.diagnostics.add('bad-value', section.name, 'no unit header', section.fileOffset + at);
      break;
    }
    units.push(unit);
    at += unit.sizeBytes;
    if (units.length >= LIMITS.dwarfUnits) {
      elf.diagnostics.add('limit', section.name, `more than ${LIMITS.dwarfUnits} units`);
      break;
    }
  }
  return units;
}

function decodeUnit(elf: ElfFile, bytes: Buffer): UnitHeader | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const length = elf.endian.u32(bytes, 0);
  const isDwarf64 = length === DWARF64_ESCAPE;
  const versionAt = isDwarf64 ? 12 : 4;
  const version = elf.endian.u16(bytes, versionAt);
  if (version < OLDEST_VERSION || version > NEWEST_VERSION) return undefined;
  return {
    version,
    unitType: version >= 5 ? bytes[versionAt + 2] : undefined,
    sizeBytes: isDwarf64 ? 12 + elf.endian.u64AsNumber(bytes, 4) : 4 + length,
  };
}

function compressedPrefix(elf: ElfFile, section: SectionHeader): Buffer {
  const compression = sectionCompression(elf, section);
  if (compression === 'zstd') {
    return readSectionData(elf, section, LIMITS.debugDataBytes) ?? Buffer.alloc(0);
  }
  const headerBytes = compression === 'zdebug' || elf.header.class === 32 ? 12 : 24;
  const wanted = Math.min(ZLIB_PREFIX_BYTES, section.sizeBytes - headerBytes);
  const packed = elf.source.read(section.fileOffset + headerBytes, wanted);
  try {
    return inflateSync(packed, {
      maxOutputLength: ZLIB_PREFIX_OUTPUT_BYTES,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
  } catch (error) {
    const message = `cannot be decompressed: ${(error as Error).message}`;
    elf.diagnostics.add('bad-value', section.name, message, section.fileOffset);
    return Buffer.alloc(0);
  }
}
