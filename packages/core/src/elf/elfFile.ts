// SPDX-License-Identifier: Apache-2.0
import type { ByteSource } from '../bytes/byteSource.ts';
import type { Endian } from '../bytes/endian.ts';
import { openFile } from '../bytes/fileSource.ts';
import { Diagnostics } from '../diagnostics/diagnostic.ts';
import { loadSegments, vaddrToFileRange } from './addressSpace.ts';
import { SHT } from './constants.ts';
import { type DynamicTable, readDynamic } from './dynamic.ts';
import { type Note, readNotes } from './notes.ts';
import { readHeaders } from './readHeader.ts';
import { readSections, type SectionTable } from './sections.ts';
import type { ElfHeader, FileRange, ProgramHeader, SectionHeader } from './types.ts';

const EMPTY = Buffer.alloc(0);

/**
 * One ELF file or image, read on demand. Parts are parsed when first asked for and kept; what is
 * damaged is left out and noted in `diagnostics`. Close the source when done.
 */
export class ElfFile {
  readonly source: ByteSource;
  readonly header: ElfHeader;
  readonly endian: Endian;
  readonly programHeaders: readonly ProgramHeader[];
  readonly diagnostics: Diagnostics;
  readonly #loads: readonly ProgramHeader[];
  #sections: SectionTable | undefined;
  #isDebugOnly: boolean | undefined;
  #notes: readonly Note[] | undefined;
  #dynamic: DynamicTable | undefined;
  #dynamicRead = false;

  /** @throws InputError `not-elf` or `malformed` when not even the ELF header can be read. */
  constructor(source: ByteSource, diagnostics: Diagnostics = new Diagnostics()) {
    const parts = readHeaders(source, diagnostics);
    this.source = source;
    this.diagnostics = diagnostics;
    this.header = parts.header;
    this.endian = parts.endian;
    this.programHeaders = parts.programHeaders;
    this.#loads = loadSegments(parts.programHeaders);
  }

  /** PT_LOAD entries in table order. */
  get loads(): readonly ProgramHeader[] {
    return this.#loads;
  }

  /** Section headers, index 0 included; empty without any. */
  get sections(): readonly SectionHeader[] {
    return this.sectionTable.list;
  }

  /** The same with what finds one among them fast. */
  get sectionTable(): SectionTable {
    this.#sections ??= readSections(this.source, this.header, this.endian, this.diagnostics);
    return this.#sections;
  }

  /** The first section of this name. */
  section(name: string): SectionHeader | undefined {
    const { list, names } = this.sectionTable;
    if (names !== undefined && !names.mayHold(name)) return undefined;
    for (const section of list) {
      if (section.name === name) return section;
    }
    return undefined;
  }

  /** The first section of this sh_type, from index `from` on. */
  sectionOfType(type: number, from = 0): SectionHeader | undefined {
    const { list, types } = this.sectionTable;
    return list[types.indexOf(type, from)];
  }

  segments(type: number): ProgramHeader[] {
    return this.programHeaders.filter((segment) => segment.type === type);
  }

  get dynamic(): DynamicTable | undefined {
    if (!this.#dynamicRead) {
      this.#dynamicRead = true;
      this.#dynamic = readDynamic(this);
    }
    return this.#dynamic;
  }

  /** Notes of PT_NOTE segments, then of SHT_NOTE sections that no segment covers. */
  get notes(): readonly Note[] {
    this.#notes ??= readNotes(this);
    return this.#notes;
  }

  /** The first note of this owner and type. */
  note(name: string, type: number): Note | undefined {
    for (const note of this.notes) {
      if (note.type === type && note.name === name) return note;
    }
    return undefined;
  }

  /** Where a virtual address stands in the file; undefined for .bss and unmapped addresses. */
  vaddrToFileRange(vaddr: bigint): FileRange | undefined {
    return vaddrToFileRange(this.#loads, vaddr);
  }

  /** At most `lengthBytes` bytes of the image from `vaddr`; empty where the file holds none. */
  readVirtual(vaddr: bigint, lengthBytes: number): Buffer {
    const range = this.vaddrToFileRange(vaddr);
    if (range === undefined) return EMPTY;
    return this.source.read(range.fileOffset, Math.min(lengthBytes, range.sizeBytes));
  }

  /** True for a file that holds debug information only (`objcopy --only-keep-debug`). */
  get isDebugOnly(): boolean {
    this.#isDebugOnly ??= this.#lacksItsContents();
    return this.#isDebugOnly;
  }

  #lacksItsContents(): boolean {
    let section = this.sectionOfType(SHT.NOBITS);
    for (; section !== undefined; section = this.sectionOfType(SHT.NOBITS, section.index + 1)) {
      if (section.name === '.text' || section.name === '.dynamic') return true;
    }
    return false;
  }
}

/**
 * Opens an ELF file by path. The caller closes `elf.source`.
 * @throws InputError of any code.
 */
export function openElf(path: string): ElfFile {
  const source = openFile(path);
  try {
    return new ElfFile(source);
  } catch (error) {
    source.close();
    throw error;
  }
}
