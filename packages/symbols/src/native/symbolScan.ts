// SPDX-License-Identifier: Apache-2.0
// Names of a few addresses by one pass over a symbol table as it stands in the file. A profile asks for
// some dozens of a library's functions: to sort all of them would take ten times as long.

import { readSync } from 'node:fs';
import { endianness } from 'node:os';
import { type ElfFile, FileSource, SHF, type SymbolTableLocation } from '@otelkit/core';
import { AskedAddresses, type ScannedSymbol } from './askedAddresses.ts';
import { readBriefly } from './readBriefly.ts';

/** Elf64_Sym (gABI chapter 4): st_name u32, st_info u8, st_other u8, st_shndx u16, value, size. */
const ENTRY_BYTES = 24;
const ENTRY_WORDS = 6;
const BATCH_ENTRIES = 8_192;
const STT_NOTYPE = 0;
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;
const STB_LOCAL = 0;
const STB_WEAK = 2;
const SHN_UNDEF = 0;
const SHN_COMMON = 0xfff2;
const TWO_32 = 4_294_967_296;
/** Addresses are doubles here: exact below 2^53, where every user address lies. */
const FIRST_INEXACT_HIGH = 0x200000;
const DOLLAR = 0x24;
const UNDERSCORE = 0x5f;
/** As far as core counts underscores. */
const NAME_HEAD_BYTES = 16;

let words: Uint32Array | undefined;

/** One symbol table that is read anew for each set of addresses. */
export class SymbolScan {
  readonly #elf: ElfFile;
  readonly #location: SymbolTableLocation;
  readonly #isExecutable: Uint8Array;

  private constructor(elf: ElfFile, location: SymbolTableLocation) {
    this.#elf = elf;
    this.#location = location;
    this.#isExecutable = new Uint8Array(elf.sections.length);
    for (const { index, flags } of elf.sections) {
      if ((flags & SHF.EXECINSTR) !== 0) this.#isExecutable[index] = 1;
    }
  }

  /** Undefined for tables of another form: other byte order, 32 bits, very many sections. */
  static of(elf: ElfFile, location: SymbolTableLocation): SymbolScan | undefined {
    const isPlain =
      elf.header.class === 64 &&
      elf.header.data === 'LE' &&
      endianness() === 'LE' &&
      location.extendedIndexes === undefined;
    return isPlain ? new SymbolScan(elf, location) : undefined;
  }

  /** False where it names no code at all: another table may. @throws InputError */
  hasFunctions(): boolean {
    const { count } = this.#location;
    for (let first = 1; first < count; first += BATCH_ENTRIES) {
      const wanted = Math.min(BATCH_ENTRIES, count - first);
      const read = this.#read(first, wanted);
      for (let at = 0; at < read * ENTRY_WORDS; at += ENTRY_WORDS) {
        const second = words![at + 1]!;
        const type = second & 15;
        const section = second >>> 16;
        if (section === SHN_UNDEF || section === SHN_COMMON) continue;
        if (type === STT_FUNC || type === STT_GNU_IFUNC) return true;
        if (type === STT_NOTYPE && this.#isLabel(section, words![at]!)) return true;
      }
      if (read < wanted) break;
    }
    return false;
  }

  /** Mapping symbols (`$x`, `$d`) mark kinds of content and name nothing. */
  #isLabel(section: number, nameOffset: number): boolean {
    if (this.#isExecutable[section] !== 1) return false;
    const first = this.#nameHead(nameOffset)[0] ?? 0;
    return first !== 0 && first !== DOLLAR;
  }

  /** @param addresses ascending, each once @throws InputError when the file cannot be read */
  find(addresses: Float64Array): AskedAddresses {
    const { count } = this.#location;
    const asked = new AskedAddresses(addresses, (info, nameOffset) =>
      rank(info, this.#underscores(nameOffset)),
    );
    const symbol: ScannedSymbol = { start: 0, end: 0, nameOffset: 0, info: 0, section: 0 };
    // Entry 0 is the null symbol.
    for (let first = 1; first < count && !asked.isExhausted; first += BATCH_ENTRIES) {
      const read = this.#read(first, Math.min(BATCH_ENTRIES, count - first));
      this.#scan(read, asked, symbol);
      if (read < Math.min(BATCH_ENTRIES, count - first)) break;
    }
    asked.settle();
    return asked;
  }

  #scan(entries: number, asked: AskedAddresses, symbol: ScannedSymbol): void {
    const from = words!;
    for (let at = 0; at < entries * ENTRY_WORDS; at += ENTRY_WORDS) {
      const second = from[at + 1]!;
      const type = second & 15;
      if (type !== STT_FUNC && type !== STT_GNU_IFUNC && type !== STT_NOTYPE) continue;
      const section = second >>> 16;
      if (section === SHN_UNDEF || section === SHN_COMMON) continue;
      const high = from[at + 3]!;
      if (high >= FIRST_INEXACT_HIGH) continue;
      const start = high * TWO_32 + from[at + 2]!;
      const below = asked.below(start);
      const sizeBytes = from[at + 5]! * TWO_32 + from[at + 4]!;
      if (type === STT_NOTYPE) {
        if (sizeBytes === 0 && !asked.isLabelOfUse(below, start)) continue;
        if (!this.#isLabel(section, from[at]!)) continue;
      }
      symbol.start = start;
      symbol.end = start + sizeBytes;
      symbol.nameOffset = from[at]!;
      symbol.info = second & 0xff;
      symbol.section = section;
      asked.add(below, symbol);
    }
  }

  #underscores(nameOffset: number): number {
    const head = this.#nameHead(nameOffset);
    let count = 0;
    while (count < head.length && head[count] === UNDERSCORE) count++;
    return count;
  }

  /** Few names are looked at: not worth a piece of the string table in memory. */
  #nameHead(nameOffset: number): Buffer {
    const { fileOffset, sizeBytes } = this.#location.strings;
    const lengthBytes = Math.min(NAME_HEAD_BYTES, sizeBytes - nameOffset);
    return readBriefly(this.#elf.source, fileOffset + nameOffset, lengthBytes);
  }

  /** Fills the buffer that all scans share. @returns entries that are there */
  #read(first: number, count: number): number {
    words ??= new Uint32Array(BATCH_ENTRIES * ENTRY_WORDS);
    const { source } = this.#elf;
    const fileOffset = this.#location.fileOffset + first * ENTRY_BYTES;
    const lengthBytes = count * ENTRY_BYTES;
    if (source instanceof FileSource && source.fd >= 0) {
      try {
        const n = readSync(source.fd, words, 0, lengthBytes, fileOffset);
        if (n === lengthBytes) return count;
      } catch {
        // The other way says what is wrong.
      }
    }
    const bytes = source.read(fileOffset, lengthBytes);
    new Uint8Array(words.buffer).set(bytes);
    return Math.floor(bytes.length / ENTRY_BYTES);
  }

  /** Where a label without a size ends at the latest: its section, else its segment. */
  sectionEnd(section: number, start: number): number {
    const { sections, loads } = this.#elf;
    const its = sections[section];
    if (its !== undefined) return Number(its.addr) + its.sizeBytes;
    let end = start;
    for (const { vaddr, memSizeBytes } of loads) {
      const loadStart = Number(vaddr);
      if (start >= loadStart && start < loadStart + memSizeBytes) end = loadStart + memSizeBytes;
    }
    return end;
  }
}

/** As core ranks functions: a type, seen by others, few leading underscores, global not weak. */
function rank(info: number, underscores: number): number {
  const binding = info >> 4;
  return (
    ((info & 15) === STT_NOTYPE ? 0 : 128) +
    (binding === STB_LOCAL ? 0 : 64) +
    2 * (31 - underscores) +
    (binding === STB_WEAK ? 0 : 1)
  );
}
