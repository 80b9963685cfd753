// SPDX-License-Identifier: Apache-2.0
// Finds structs by name in the .debug_info of Go's units, passing over everything else. Go writes
// names in place (DW_FORM_string), so neither .debug_str nor any other section is read; and the
// linker puts all types into the unit of package runtime, so that most units are never walked.
import { ANALYZE_LIMITS } from '../limits.ts';
import { type AbbreviationTable, DW_TAG, readAbbreviations } from './abbreviations.ts';
import { type Entry, emptyEntry, nameOf, readEntry, skipEntry } from './entry.ts';
import { readUleb, type Uleb } from './leb.ts';
import { type Unit, unitsOf } from './units.ts';

export interface DwarfStruct {
  readonly name: string;
  readonly sizeBytes: number;
  /** All members, embedded ones by their type's name. */
  readonly members: ReadonlyMap<string, number>;
  readonly dwarfVersion: number;
}

export interface StructScan {
  readonly structs: ReadonlyMap<string, DwarfStruct>;
  /** Damage or a limit that ended the scan early, in words. */
  readonly problem: string | undefined;
  /** Entries looked at, a figure for benchmarks and tests. */
  readonly entries: number;
}

/** Asked with the bytes of a name, before a text is made of it. */
export interface NameFilter {
  /** By length; names of other lengths are passed over. */
  readonly lengths: ReadonlySet<number>;
  /** The name that was asked for, of a name as it stands in the program. */
  wanted(linkName: string): string | undefined;
}

const LANGUAGE_GO = 0x16;
const SLASH = 0x2f;
const VENDOR = Buffer.from('/vendor/');
/** Packages that runtime itself imports. */
const OWN_PREFIX = Buffer.from('internal/');

function isText(bytes: Buffer, at: number, text: Buffer): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}

/**
 * Members of the wanted structs.
 * @param info .debug_info, decompressed; damage gives what could be read, and `problem`.
 */
export function scanStructs(info: Buffer, abbrev: Buffer, filter: NameFilter): StructScan {
  const scan = new Scan(info, abbrev, filter);
  const { units, problem } = unitsOf(info);
  const goUnits = units.filter((unit) => scan.isGo(unit));
  const runtime = goUnits.filter((unit) => scan.nameOf(unit) === 'runtime');
  for (const unit of runtime) scan.walk(unit);
  // A linker that spreads types over the units leaves that of runtime without foreign ones.
  if (!scan.hasForeignTypes) {
    for (const unit of goUnits) if (!runtime.includes(unit)) scan.walk(unit);
  }
  return { structs: scan.found, problem: scan.problem ?? problem, entries: scan.entries };
}

class Scan {
  readonly found = new Map<string, DwarfStruct>();
  problem: string | undefined;
  entries = 0;
  hasForeignTypes = false;
  readonly #info: Buffer;
  readonly #abbrev: Buffer;
  readonly #filter: NameFilter;
  readonly #tables = new Map<string, AbbreviationTable | undefined>();
  readonly #entry = emptyEntry();
  readonly #member = emptyEntry();
  readonly #cursor: Uleb = { at: 0, value: 0 };

  constructor(info: Buffer, abbrev: Buffer, filter: NameFilter) {
    this.#info = info;
    this.#abbrev = abbrev;
    this.#filter = filter;
  }

  isGo(unit: Unit): boolean {
    return this.#readFirst(unit) && this.#entry.language === LANGUAGE_GO;
  }

  nameOf(unit: Unit): string | undefined {
    return this.#readFirst(unit) ? nameOf(this.#info, this.#entry) : undefined;
  }

  /** All entries of a unit, without their depth: where a struct stands in the tree is no matter. */
  walk(unit: Unit): void {
    const table = this.#table(unit);
    if (table === undefined) {
      this.#damaged(unit.at, 'abbreviations that cannot be read');
      return;
    }
    this.#cursor.at = unit.firstEntryAt;
    while (this.#cursor.at < unit.end && this.problem === undefined) this.#step(unit, table);
  }

  #step(unit: Unit, table: AbbreviationTable): void {
    const info = this.#info;
    const cursor = this.#cursor;
    const start = cursor.at;
    if (++this.entries > ANALYZE_LIMITS.debugEntries) this.#damaged(start, 'too many entries');
    if (!readUleb(info, cursor)) this.#damaged(start, 'a code that is cut off');
    if (cursor.value === 0) return;
    const abbreviation = table[cursor.value];
    if (abbreviation === undefined) {
      this.#damaged(start, `unknown abbreviation ${cursor.value}`);
    } else if (abbreviation.tag === DW_TAG.structureType) {
      cursor.at = readEntry(info, cursor.at, abbreviation, this.#entry);
      if (abbreviation.hasChildren && cursor.at < unit.end) this.#readStruct(unit, table);
    } else {
      cursor.at = skipEntry(info, cursor.at, abbreviation.steps);
    }
    if (cursor.at > unit.end) this.#damaged(start, 'an entry past the end of its unit');
  }

  /** The struct in #entry, when it is wanted. */
  #readStruct(unit: Unit, table: AbbreviationTable): void {
    const entry = this.#entry;
    if (entry.nameAt < 0) return;
    const bareBytes = this.#bareNameBytes(entry);
    if (!this.#filter.lengths.has(bareBytes)) return;
    const linkName = nameOf(this.#info, entry);
    const name = linkName === undefined ? undefined : this.#filter.wanted(linkName);
    if (name === undefined || this.found.has(name)) return;
    const sizeBytes = entry.byteSize;
    const members = this.#readMembers(unit, table);
    if (members === undefined) return;
    this.found.set(name, { name, sizeBytes, members, dwarfVersion: unit.version });
  }

  /** Length of the name without `…/vendor/`; notes whether it is of a package outside runtime. */
  #bareNameBytes({ nameAt, nameBytes }: Entry): number {
    const info = this.#info;
    let bareBytes = nameBytes;
    for (let i = 0; i < nameBytes; i++) {
      if (info[nameAt + i] !== SLASH) continue;
      if (i === 0 || isText(info, nameAt, OWN_PREFIX)) continue;
      this.hasForeignTypes = true;
      if (isText(info, nameAt + i, VENDOR)) bareBytes = nameBytes - i - VENDOR.length;
    }
    return bareBytes;
  }

  #readMembers(unit: Unit, table: AbbreviationTable): ReadonlyMap<string, number> | undefined {
    const members = new Map<string, number>();
    const cursor = this.#cursor;
    for (let count = 0; count <= ANALYZE_LIMITS.structMembers; count++) {
      const start = cursor.at;
      if (start >= unit.end || !readUleb(this.#info, cursor)) break;
      if (cursor.value === 0) return members;
      const abbreviation = table[cursor.value];
      if (abbreviation === undefined || abbreviation.hasChildren) break;
      cursor.at = readEntry(this.#info, cursor.at, abbreviation, this.#member);
      if (cursor.at > unit.end) break;
      if (abbreviation.tag !== DW_TAG.member) continue;
      const name = nameOf(this.#info, this.#member);
      if (name !== undefined && this.#member.memberLocation >= 0) {
        members.set(name, this.#member.memberLocation);
      }
    }
    this.#damaged(cursor.at, 'members of a struct that cannot be read');
    return undefined;
  }

  #readFirst(unit: Unit): boolean {
    const table = this.#table(unit);
    this.#cursor.at = unit.firstEntryAt;
    if (table === undefined || !readUleb(this.#info, this.#cursor)) return false;
    const abbreviation = table[this.#cursor.value];
    if (abbreviation?.tag !== DW_TAG.compileUnit) return false;
    return readEntry(this.#info, this.#cursor.at, abbreviation, this.#entry) <= unit.end;
  }

  #table(unit: Unit): AbbreviationTable | undefined {
    const { abbrevAt, version, addressBytes, offsetBytes } = unit;
    const key = `${abbrevAt} ${version} ${addressBytes} ${offsetBytes}`;
    if (!this.#tables.has(key)) {
      this.#tables.set(key, readAbbreviations(this.#abbrev, abbrevAt, unit));
    }
    return this.#tables.get(key);
  }

  #damaged(at: number, what: string): void {
    this.problem ??= `.debug_info at 0x${at.toString(16)}: ${what}`;
  }
}
