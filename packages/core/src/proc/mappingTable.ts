// SPDX-License-Identifier: Apache-2.0
// The mappings of a process in one array: a database or a JVM has tens of thousands of them.

/** Bits of {@link MappingTable.permissions}. */
export const MAP_READ = 1;
export const MAP_WRITE = 2;
export const MAP_EXEC = 4;
export const MAP_SHARED = 8;

/** What a mapping's name says it is. */
export type MappingKind =
  | 'file'
  | 'memfd'
  | 'anonymous'
  | 'heap'
  | 'stack'
  | 'vdso'
  | 'vvar'
  | 'vsyscall'
  | 'shared-memory'
  | 'special';

/** One distinct name with its device and inode: a mapped file, or a kind of memory. */
export interface MappedObject {
  readonly index: number;
  /** The path without ` (deleted)`; newlines decoded; `''` for nameless memory. */
  readonly name: string;
  readonly kind: MappingKind;
  /** The kernel's ` (deleted)`, which a file may also bear in its name: see openMapped.ts. */
  readonly isDeleted: boolean;
  readonly deviceMajor: number;
  readonly deviceMinor: number;
  readonly inode: bigint;
}

// One row of eight 32-bit numbers a mapping: 64-bit ones as halves, so that none becomes a BigInt
// before somebody asks for it.
const ROW = 8;
const START = 0;
const END = 2;
const OFFSET = 4;
const PERMISSIONS = 6;
const OBJECT = 7;
const FIRST_ROWS = 64;
const TWO_32 = 4294967296;

/** All mappings in address order. Filled by {@link parseMaps}. */
export class MappingTable {
  count = 0;
  /** Lines that were not as the kernel writes them; left out. */
  malformedLines = 0;
  /** True when there were more than LIMITS.mappings, or the file was longer than its limit. */
  isTruncated = false;
  readonly objects: MappedObject[] = [];
  #rows: Uint32Array = new Uint32Array(FIRST_ROWS * ROW);

  start(index: number): bigint {
    return this.#wide(index, START);
  }

  /** First address after the mapping. */
  end(index: number): bigint {
    return this.#wide(index, END);
  }

  fileOffset(index: number): bigint {
    return this.#wide(index, OFFSET);
  }

  permissions(index: number): number {
    return this.#rows[index * ROW + PERMISSIONS] ?? 0;
  }

  object(index: number): MappedObject {
    return this.objects[this.#rows[index * ROW + OBJECT] ?? 0]!;
  }

  sizeBytes(index: number): bigint {
    return this.end(index) - this.start(index);
  }

  /** Name of the entry below `/proc/PID/map_files`. */
  mapFilesName(index: number): string {
    return `${this.start(index).toString(16)}-${this.end(index).toString(16)}`;
  }

  /** Index of the mapping that holds an address, or -1. */
  find(address: bigint): number {
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (address < this.start(middle)) high = middle - 1;
      else if (address >= this.end(middle)) low = middle + 1;
      else return middle;
    }
    return -1;
  }

  /** Index of the first mapping of an object that has all of `permissions`, or -1. */
  firstOf(object: MappedObject, permissions = 0): number {
    for (let i = 0; i < this.count; i++) {
      if (this.#rows[i * ROW + OBJECT] !== object.index) continue;
      if ((this.permissions(i) & permissions) === permissions) return i;
    }
    return -1;
  }

  /** All permissions that the mappings of each object have together, by object index. */
  permissionsByObject(): Uint8Array {
    const result = new Uint8Array(this.objects.length);
    for (let at = 0; at < this.count * ROW; at += ROW) {
      result[this.#rows[at + OBJECT]!]! |= this.#rows[at + PERMISSIONS]!;
    }
    return result;
  }

  /** Adds a row; 64-bit numbers as halves so that no BigInt is made while parsing. */
  add(row: Readonly<RawMapping>, object: MappedObject): void {
    const at = this.count * ROW;
    if (at === this.#rows.length) {
      const larger = new Uint32Array(this.#rows.length * 4);
      larger.set(this.#rows);
      this.#rows = larger;
    }
    this.count++;
    const rows = this.#rows;
    rows[at + START] = row.startHigh;
    rows[at + START + 1] = row.startLow;
    rows[at + END] = row.endHigh;
    rows[at + END + 1] = row.endLow;
    rows[at + OFFSET] = row.offsetHigh;
    rows[at + OFFSET + 1] = row.offsetLow;
    rows[at + PERMISSIONS] = row.permissions;
    rows[at + OBJECT] = object.index;
  }

  #wide(index: number, column: number): bigint {
    const at = index * ROW + column;
    const high = this.#rows[at] ?? 0;
    const low = this.#rows[at + 1] ?? 0;
    // User addresses stay below 2^53, and one conversion is cheaper than three.
    return high < 0x200000 ? BigInt(high * TWO_32 + low) : (BigInt(high) << 32n) | BigInt(low);
  }
}

/** One line while it is parsed; the same object is used for all lines. */
export interface RawMapping {
  startHigh: number;
  startLow: number;
  endHigh: number;
  endLow: number;
  offsetHigh: number;
  offsetLow: number;
  permissions: number;
  deviceMajor: number;
  deviceMinor: number;
  inode: bigint;
}
