// SPDX-License-Identifier: Apache-2.0
// One dynamic symbol by its name, as the loader looks it up: through the hash tables only.
import { encodeBytes } from '../bytes/surrogateEscape.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { LIMITS } from '../limits.ts';
import { type DynamicSymbolLocation, locateDynamicSymbols } from './dynamicLocation.ts';
import { gnuHashOf, walkChain } from './gnuHash.ts';
import { SYMBOL_LAYOUT } from './layout.ts';
import { sysvHashOf, walkSysvChain } from './sysvHash.ts';

/** One symbol, decoded. */
export interface DynamicSymbol {
  /** Index in .dynsym. */
  readonly index: number;
  readonly value: bigint;
  readonly size: bigint;
  /** st_info, st_other and st_shndx, raw. */
  readonly info: number;
  readonly other: number;
  readonly shndx: number;
}

/**
 * The dynamic symbol of this name (without version) through DT_GNU_HASH, else DT_HASH. Symbols
 * that the file only uses are in DT_HASH but not in DT_GNU_HASH. Undefined when there is none, or
 * no usable hash table.
 */
export function findDynamicSymbol(
  elf: ElfFile,
  name: string,
  location: DynamicSymbolLocation | undefined = locateDynamicSymbols(elf),
): DynamicSymbol | undefined {
  if (location === undefined) return undefined;
  const wanted = encodeBytes(name);
  let found: DynamicSymbol | undefined;
  const visit = (index: number): boolean => {
    found = readIfNamed(elf, location, index, wanted);
    return found !== undefined;
  };
  if (location.gnuHash !== undefined) {
    walkChain(elf, location.gnuHash, gnuHashOf(wanted), visit);
  } else if (location.sysvHash !== undefined) {
    walkSysvChain(elf, location.sysvHash, sysvHashOf(wanted), visit);
  }
  return found;
}

function readIfNamed(
  elf: ElfFile,
  location: DynamicSymbolLocation,
  index: number,
  wanted: Buffer,
): DynamicSymbol | undefined {
  const layout = SYMBOL_LAYOUT[elf.header.class];
  const at = index * layout.entryBytes;
  if (index >= LIMITS.symbols || at + layout.entryBytes > location.table.sizeBytes) {
    return undefined;
  }
  const bytes = elf.source.read(location.table.fileOffset + at, layout.entryBytes);
  if (bytes.length < layout.entryBytes) return undefined;
  const { endian } = elf;
  const nameOffset = endian.u32(bytes, 0);
  if (nameOffset + wanted.length >= location.strings.sizeBytes) return undefined;
  const name = elf.source.read(location.strings.fileOffset + nameOffset, wanted.length + 1);
  if (name.length <= wanted.length || name[wanted.length] !== 0) return undefined;
  if (wanted.compare(name, 0, wanted.length) !== 0) return undefined;
  const is64 = elf.header.class === 64;
  return {
    index,
    value: is64 ? endian.u64(bytes, layout.value) : BigInt(endian.u32(bytes, layout.value)),
    size: is64 ? endian.u64(bytes, layout.size) : BigInt(endian.u32(bytes, layout.size)),
    info: bytes[layout.info]!,
    other: bytes[layout.other]!,
    shndx: endian.u16(bytes, layout.shndx),
  };
}
