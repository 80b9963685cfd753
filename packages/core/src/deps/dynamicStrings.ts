// SPDX-License-Identifier: Apache-2.0
// The names that the dynamic array holds (gABI chapter 5, "Dynamic Section"), in table order.
import { hex } from '../bytes/hex.ts';
import { DT } from '../elf/constants.ts';
import type { DynamicEntry } from '../elf/dynamic.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import type { StringTable } from '../elf/stringTable.ts';
import { LIMITS } from '../limits.ts';

/** Stands in a list of names where the string could not be read, as readelf does it. */
export const BAD_NAME = '<bad>';

/** What PT_DYNAMIC says about other files. Names are as written: no `$ORIGIN` is expanded. */
export interface DynamicStrings {
  /** DT_NEEDED in order, duplicates kept; {@link BAD_NAME} where a string cannot be read. */
  readonly needed: readonly string[];
  /** The first entry of each; undefined when absent or unreadable. */
  readonly soname: string | undefined;
  readonly rpath: string | undefined;
  readonly runpath: string | undefined;
  /** DT_AUXILIARY and DT_FILTER: libraries whose symbols go before this one's. */
  readonly auxiliary: readonly string[];
  readonly filter: readonly string[];
  /** DT_AUDIT and DT_DEPAUDIT: colon-separated rtld-audit libraries. */
  readonly audit: string | undefined;
  readonly depaudit: string | undefined;
  readonly config: string | undefined;
  /** DT_FLAGS and DT_FLAGS_1; 0 when absent. */
  readonly flags: number;
  readonly flags1: number;
}

const NO_NAMES: readonly string[] = [];
const NONE: DynamicStrings = {
  needed: NO_NAMES,
  soname: undefined,
  rpath: undefined,
  runpath: undefined,
  auxiliary: NO_NAMES,
  filter: NO_NAMES,
  audit: undefined,
  depaudit: undefined,
  config: undefined,
  flags: 0,
  flags1: 0,
};

const FIELD_NAMES = new Map<number, string>([
  [DT.NEEDED, 'DT_NEEDED'],
  [DT.SONAME, 'DT_SONAME'],
  [DT.RPATH, 'DT_RPATH'],
  [DT.RUNPATH, 'DT_RUNPATH'],
  [DT.AUXILIARY, 'DT_AUXILIARY'],
  [DT.FILTER, 'DT_FILTER'],
  [DT.AUDIT, 'DT_AUDIT'],
  [DT.DEPAUDIT, 'DT_DEPAUDIT'],
  [DT.CONFIG, 'DT_CONFIG'],
]);

// A report and a resolver both ask; damage must be told once.
const known = new WeakMap<ElfFile, DynamicStrings>();

/**
 * Reads them, once for an open file; all empty for a file without PT_DYNAMIC. Damage goes to
 * `elf.diagnostics`.
 */
export function readDynamicStrings(elf: ElfFile): DynamicStrings {
  let strings = known.get(elf);
  if (strings === undefined) {
    strings = readOnce(elf);
    known.set(elf, strings);
  }
  return strings;
}

function readOnce(elf: ElfFile): DynamicStrings {
  const dynamic = elf.dynamic;
  if (dynamic === undefined) return NONE;
  const names = new NameReader(elf, dynamic.strings);
  for (const entry of dynamic.entries) names.take(entry);
  names.report();
  const first = (tag: number): string | undefined => names.first(tag);
  return {
    needed: names.all(DT.NEEDED, BAD_NAME),
    soname: first(DT.SONAME),
    rpath: first(DT.RPATH),
    runpath: first(DT.RUNPATH),
    auxiliary: names.all(DT.AUXILIARY, BAD_NAME),
    filter: names.all(DT.FILTER, BAD_NAME),
    audit: first(DT.AUDIT),
    depaudit: first(DT.DEPAUDIT),
    config: first(DT.CONFIG),
    flags: dynamic.flags(DT.FLAGS),
    flags1: dynamic.flags(DT.FLAGS_1),
  };
}

interface Unreadable {
  readonly entry: DynamicEntry;
  readonly index: number;
}

/** Groups entries by tag, and says afterwards which of them could not be read. */
class NameReader {
  readonly #elf: ElfFile;
  readonly #strings: StringTable | undefined;
  readonly #byTag = new Map<number, (string | undefined)[]>();
  readonly #unreadable: Unreadable[] = [];
  readonly #unreadableByTag = new Map<number, number>();
  #skipped = 0;

  constructor(elf: ElfFile, strings: StringTable | undefined) {
    this.#elf = elf;
    this.#strings = strings;
  }

  take(entry: DynamicEntry): void {
    if (!FIELD_NAMES.has(entry.tag)) return;
    let list = this.#byTag.get(entry.tag);
    if (list === undefined) {
      list = [];
      this.#byTag.set(entry.tag, list);
    }
    if (list.length >= LIMITS.needed) {
      this.#skipped++;
      return;
    }
    const text = this.#strings?.at(Number(entry.value));
    if (text === undefined) this.#noteUnreadable(entry, list.length);
    list.push(text);
  }

  #noteUnreadable(entry: DynamicEntry, index: number): void {
    this.#unreadableByTag.set(entry.tag, (this.#unreadableByTag.get(entry.tag) ?? 0) + 1);
    this.#unreadable.push({ entry, index });
  }

  first(tag: number): string | undefined {
    return this.#byTag.get(tag)?.[0];
  }

  all(tag: number, unreadable: string): readonly string[] {
    const list = this.#byTag.get(tag);
    return list === undefined ? NO_NAMES : list.map((name) => name ?? unreadable);
  }

  report(): void {
    for (const bad of this.#unreadable) this.#reportUnreadable(bad);
    if (this.#skipped > 0) {
      this.#elf.diagnostics.add(
        'limit',
        'DT_NEEDED',
        `more than ${LIMITS.needed} entries of one tag; ${this.#skipped} were left out`,
      );
    }
  }

  #reportUnreadable({ entry, index }: Unreadable): void {
    const count = this.#byTag.get(entry.tag)?.length ?? 0;
    const readCount = count - (this.#unreadableByTag.get(entry.tag) ?? 0);
    const isList = entry.tag === DT.NEEDED || count > 1;
    const name = FIELD_NAMES.get(entry.tag) ?? hex(entry.tag);
    this.#elf.diagnostics.add(
      'out-of-range',
      isList ? `${name}[${index}]` : name,
      whyUnreadable(this.#strings, entry.value) + othersRead(count, readCount),
      entry.fileOffset,
    );
  }
}

function whyUnreadable(strings: StringTable | undefined, offset: bigint): string {
  if (strings === undefined) return `string offset ${hex(offset)}: there is no string table`;
  const size = hex(strings.sizeBytes);
  if (offset >= BigInt(strings.sizeBytes)) {
    return `string offset ${hex(offset)} lies past .dynstr (${size} bytes)`;
  }
  return `string at offset ${hex(offset)} is not terminated inside .dynstr (${size} bytes)`;
}

function othersRead(count: number, readCount: number): string {
  if (count < 2) return '';
  if (readCount === count - 1) {
    return count === 2
      ? '; the other entry was read'
      : `; the other ${readCount} entries were read`;
  }
  return `; ${readCount} of ${count} entries were read`;
}
