// SPDX-License-Identifier: Apache-2.0
// Versions of dynamic symbols: .gnu.version holds one index per symbol, DT_VERNEED and DT_VERDEF
// the names (Linux Standard Base, "Symbol Versioning").
import { DT, SHT } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import type { FileRange } from '../elf/types.ts';
import { readVersionDefinitions, readVersionNeeds } from '../elf/versions.ts';
import { sectionOfType } from './dynamicLocation.ts';

const VERSYM_HIDDEN = 0x8000;
const VER_NDX_GLOBAL = 1;

/** Version indexes of the dynamic symbols and what they mean. */
export class SymbolVersions {
  readonly #indexes: Uint16Array;
  readonly #needed = new Map<number, string>();
  readonly #defined = new Map<number, string>();

  constructor(elf: ElfFile, indexes: Uint16Array) {
    this.#indexes = indexes;
    for (const need of readVersionNeeds(elf)) {
      this.#needed.set(need.index & ~VERSYM_HIDDEN, need.version);
    }
    for (const definition of readVersionDefinitions(elf)) {
      // The base definition names the file itself; its symbols count as unversioned.
      if (!definition.isBase) this.#defined.set(definition.index, definition.version);
    }
  }

  /** `GLIBC_2.34`, or undefined for a symbol without version. */
  version(symbolIndex: number): string | undefined {
    const index = (this.#indexes[symbolIndex] ?? 0) & ~VERSYM_HIDDEN;
    if (index <= VER_NDX_GLOBAL) return undefined;
    return this.#needed.get(index) ?? this.#defined.get(index);
  }

  /**
   * Name and version as binutils writes them. A symbol that bears its version's own name only
   * defines that version, and is shown without it.
   */
  fullName(symbolIndex: number, name: string): string {
    const version = this.version(symbolIndex);
    if (version === undefined || version === name) return name;
    return name + this.separator(symbolIndex) + version;
  }

  /** `@@` before the default version of a definition, `@` before all others. */
  separator(symbolIndex: number): '@' | '@@' {
    const raw = this.#indexes[symbolIndex] ?? 0;
    const isDefault = (raw & VERSYM_HIDDEN) === 0 && this.#defined.has(raw);
    return isDefault && !this.#needed.has(raw) ? '@@' : '@';
  }
}

/** The versions of the first `count` dynamic symbols; undefined when the file has none. */
export function readSymbolVersions(elf: ElfFile, count: number): SymbolVersions | undefined {
  const range = versymRange(elf);
  if (range === undefined) return undefined;
  const bytes = elf.source.read(range.fileOffset, Math.min(range.sizeBytes, 2 * count));
  const indexes = new Uint16Array(bytes.length >> 1);
  for (let i = 0; i < indexes.length; i++) indexes[i] = elf.endian.u16(bytes, 2 * i);
  return new SymbolVersions(elf, indexes);
}

function versymRange(elf: ElfFile): FileRange | undefined {
  const address = elf.dynamic?.value(DT.VERSYM);
  if (address !== undefined) return elf.vaddrToFileRange(address);
  return elf.dynamic === undefined ? sectionOfType(elf, SHT.GNU_VERSYM) : undefined;
}
