// SPDX-License-Identifier: Apache-2.0
// /proc/PID/maps (proc_pid_maps(5)), byte by byte: `start-end perms offset major:minor inode name`.
// Only newlines are escaped in a name, as `\012`, and a backslash is not: `\012` in a name may be
// either. openMapped.ts tells by device and inode.
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import { LIMITS } from '../limits.ts';
import {
  MAP_EXEC,
  MAP_READ,
  MAP_SHARED,
  MAP_WRITE,
  type MappedObject,
  type MappingKind,
  MappingTable,
  type RawMapping,
} from './mappingTable.ts';

const NEWLINE = 0x0a;
const SPACE = 0x20;
const DASH = 0x2d;
const COLON = 0x3a;
const DELETED = ' (deleted)';

/** Parses what the kernel wrote, or a recording of it; lines that make no sense are counted. */
export function parseMaps(bytes: Buffer, isTruncated = false): MappingTable {
  const table = new MappingTable();
  table.isTruncated = isTruncated;
  const parser = new MapsParser(bytes, table);
  let at = 0;
  while (at < bytes.length) {
    let end = bytes.indexOf(NEWLINE, at);
    if (end < 0) {
      // The last line of a file that was cut lacks its end: half a line is no line.
      if (isTruncated) break;
      end = bytes.length;
    }
    if (table.count >= LIMITS.mappings) {
      table.isTruncated = true;
      break;
    }
    parser.line(at, end);
    at = end + 1;
  }
  return table;
}

class MapsParser {
  readonly #bytes: Buffer;
  readonly #table: MappingTable;
  readonly #known = new Map<string, MappedObject>();
  readonly #row: RawMapping = {
    startHigh: 0,
    startLow: 0,
    endHigh: 0,
    endLow: 0,
    offsetHigh: 0,
    offsetLow: 0,
    permissions: 0,
    deviceMajor: 0,
    deviceMinor: 0,
    inode: 0n,
  };
  #at = 0;
  #high = 0;
  #low = 0;
  #previous: MappedObject | undefined;
  #previousNameFrom = 0;
  #previousNameTo = 0;

  constructor(bytes: Buffer, table: MappingTable) {
    this.#bytes = bytes;
    this.#table = table;
  }

  line(from: number, to: number): void {
    this.#at = from;
    if (!this.#numbers(to)) {
      this.#table.malformedLines++;
      return;
    }
    let nameFrom = this.#at;
    while (nameFrom < to && this.#bytes[nameFrom] === SPACE) nameFrom++;
    this.#table.add(this.#row, this.#object(nameFrom, to));
  }

  /** Everything before the name; leaves `#at` behind the inode. */
  #numbers(to: number): boolean {
    const row = this.#row;
    if (!this.#hex(DASH)) return false;
    row.startHigh = this.#high;
    row.startLow = this.#low;
    if (!this.#hex(SPACE)) return false;
    row.endHigh = this.#high;
    row.endLow = this.#low;
    if (row.endHigh < row.startHigh) return false;
    if (row.endHigh === row.startHigh && row.endLow <= row.startLow) return false;
    if (this.#at + 5 > to) return false;
    const b = this.#bytes;
    row.permissions =
      (b[this.#at] === 0x72 ? MAP_READ : 0) |
      (b[this.#at + 1] === 0x77 ? MAP_WRITE : 0) |
      (b[this.#at + 2] === 0x78 ? MAP_EXEC : 0) |
      (b[this.#at + 3] === 0x73 ? MAP_SHARED : 0);
    if (b[this.#at + 4] !== SPACE) return false;
    this.#at += 5;
    if (!this.#hex(SPACE)) return false;
    row.offsetHigh = this.#high;
    row.offsetLow = this.#low;
    if (!this.#hex(COLON)) return false;
    row.deviceMajor = this.#low;
    if (!this.#hex(SPACE)) return false;
    row.deviceMinor = this.#low;
    return this.#inode(to);
  }

  /** Hexadecimal digits up to `terminator`, into `#high` and `#low`. */
  #hex(terminator: number): boolean {
    const bytes = this.#bytes;
    let high = 0;
    let low = 0;
    let at = this.#at;
    for (; ; at++) {
      const byte = bytes[at];
      if (byte === undefined) return false;
      if (byte === terminator) break;
      const digit = byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57;
      if (digit < 0 || digit > 15 || (byte > 0x39 && digit < 10)) return false;
      high = ((high << 4) | (low >>> 28)) >>> 0;
      low = ((low << 4) | digit) >>> 0;
    }
    const digits = at - this.#at;
    if (digits === 0 || digits > 16) return false;
    this.#high = high;
    this.#low = low;
    this.#at = at + 1;
    return true;
  }

  #inode(to: number): boolean {
    const from = this.#at;
    let at = from;
    let value = 0;
    while (at < to && this.#bytes[at]! >= 0x30 && this.#bytes[at]! <= 0x39) {
      value = value * 10 + (this.#bytes[at]! - 0x30);
      at++;
    }
    if (at === from || at - from > 20) return false;
    if (at < to && this.#bytes[at] !== SPACE) return false;
    const isExact = at - from <= 15;
    const previous = this.#row.inode;
    if (!isExact) this.#row.inode = BigInt(this.#bytes.toString('latin1', from, at));
    else if (value === 0) this.#row.inode = 0n;
    else if (Number(previous) !== value) this.#row.inode = BigInt(value);
    this.#at = at;
    return true;
  }

  #object(nameFrom: number, nameTo: number): MappedObject {
    const previous = this.#previous;
    if (previous !== undefined && this.#isSameAsPrevious(previous, nameFrom, nameTo)) {
      return previous;
    }
    const row = this.#row;
    const raw = this.#bytes.toString('latin1', nameFrom, nameTo);
    let object = this.#known.get(raw);
    if (object === undefined || !isSameFile(object, row)) {
      object = this.#another(raw, row, object !== undefined);
    }
    this.#previous = object;
    this.#previousNameFrom = nameFrom;
    this.#previousNameTo = nameTo;
    return object;
  }

  /** An object not met yet; `isNameTaken` when another file has the same name (it was replaced). */
  #another(raw: string, row: RawMapping, isNameTaken: boolean): MappedObject {
    const key = isNameTaken ? `${row.deviceMajor}:${row.deviceMinor}:${row.inode}:${raw}` : raw;
    const known = isNameTaken ? this.#known.get(key) : undefined;
    if (known !== undefined) return known;
    const object = describe(this.#table.objects.length, raw, row);
    this.#table.objects.push(object);
    this.#known.set(key, object);
    return object;
  }

  #isSameAsPrevious(previous: MappedObject, from: number, to: number): boolean {
    const row = this.#row;
    const length = this.#previousNameTo - this.#previousNameFrom;
    if (to - from !== length || !isSameFile(previous, row)) return false;
    for (let i = 0; i < length; i++) {
      if (this.#bytes[from + i] !== this.#bytes[this.#previousNameFrom + i]) return false;
    }
    return true;
  }
}

function isSameFile(object: MappedObject, row: RawMapping): boolean {
  if (object.inode !== row.inode || object.deviceMinor !== row.deviceMinor) return false;
  return object.deviceMajor === row.deviceMajor;
}

interface NameFacts {
  readonly name: string;
  readonly kind: MappingKind;
  readonly isDeleted: boolean;
}

/** What names say, remembered: an inventory meets the same libraries in every process. */
const knownNames = new Map<string, NameFacts>();
const KNOWN_NAMES_MAX = 4096;

function describe(index: number, rawName: string, row: RawMapping): MappedObject {
  let facts = knownNames.get(rawName);
  if (facts === undefined) {
    facts = nameFacts(rawName);
    if (knownNames.size >= KNOWN_NAMES_MAX) knownNames.clear();
    knownNames.set(rawName, facts);
  }
  const { deviceMajor, deviceMinor, inode } = row;
  // The name alone does not tell a file from an entry of the kernel's own.
  const isSpecial = facts.kind === 'file' && inode === 0n;
  const kind = isSpecial ? 'special' : facts.kind;
  const { name, isDeleted } = facts;
  return { index, name, kind, isDeleted, deviceMajor, deviceMinor, inode };
}

/** @param rawName one character a byte */
function nameFacts(rawName: string): NameFacts {
  const decoded = decodeBytes(Buffer.from(rawName, 'latin1'));
  const isDeleted = decoded.endsWith(DELETED);
  const bare = isDeleted ? decoded.slice(0, -DELETED.length) : decoded;
  const name = bare.includes('\\012') ? bare.replaceAll('\\012', '\n') : bare;
  return { name, kind: kindOf(bare), isDeleted };
}

const SPECIAL: Readonly<Record<string, MappingKind>> = {
  '': 'anonymous',
  '[heap]': 'heap',
  '[stack]': 'stack',
  '[vdso]': 'vdso',
  '[vvar]': 'vvar',
  '[vvar_vclock]': 'vvar',
  '[vsyscall]': 'vsyscall',
  '/dev/zero': 'shared-memory',
};

function kindOf(name: string): MappingKind {
  const special = SPECIAL[name];
  if (special !== undefined) return special;
  if (name.startsWith('/memfd:')) return 'memfd';
  if (name.startsWith('/SYSV')) return 'shared-memory';
  if (name.startsWith('/')) return 'file';
  if (name.startsWith('[anon:')) return 'anonymous';
  if (name.startsWith('[anon_shmem:')) return 'shared-memory';
  if (name.startsWith('[stack:')) return 'stack';
  return 'special';
}
