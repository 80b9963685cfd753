// SPDX-License-Identifier: Apache-2.0
// The mappings of a process as columns: a database or a JVM has tens of thousands of them.

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

const HOST_IS_LITTLE = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
const LOW = HOST_IS_LITTLE ? 0 : 1;
const HIGH = 1 - LOW;

/** Columns of 64-bit numbers, written as two halves and read back as one. */
class WideColumn {
  values: BigUint64Array;
  halves: Uint32Array;

  constructor(capacity: number) {
    this.values = new BigUint64Array(capacity);
    this.halves = new Uint32Array(this.values.buffer);
  }

  set(index: number, high: number, low: number): void {
    this.halves[index * 2 + LOW] = low;
    this.halves[index * 2 + HIGH] = high;
  }

  grow(capacity: number): void {
    const larger = new BigUint64Array(capacity);
    larger.set(this.values);
    this.values = larger;
    this.halves = new Uint32Array(larger.buffer);
  }
}

/** All mappings in address order. Filled by {@link parseMaps}. */
export class MappingTable {
  count = 0;
  /** Lines that were not as the kernel writes them; left out. */
  malformedLines = 0;
  /** True when there were more than LIMITS.mappings, or the file was longer than its limit. */
  isTruncated = false;
  readonly objects: MappedObject[] = [];
  #starts: WideColumn = new WideColumn(256);
  #ends: WideColumn = new WideColumn(256);
  #offsets: WideColumn = new WideColumn(256);
  #permissions: Uint8Array = new Uint8Array(256);
  #objectOf: Uint32Array = new Uint32Array(256);

  start(index: number): bigint {
    return this.#starts.values[index] ?? 0n;
  }

  /** First address after the mapping. */
  end(index: number): bigint {
    return this.#ends.values[index] ?? 0n;
  }

  fileOffset(index: number): bigint {
    return this.#offsets.values[index] ?? 0n;
  }

  permissions(index: number): number {
    return this.#permissions[index] ?? 0;
  }

  object(index: number): MappedObject {
    return this.objects[this.#objectOf[index] ?? 0]!;
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
      if (this.#objectOf[i] !== object.index) continue;
      if ((this.#permissions[i]! & permissions) === permissions) return i;
    }
    return -1;
  }

  /** All permissions that the mappings of each object have together, by object index. */
  permissionsByObject(): Uint8Array {
    const result = new Uint8Array(this.objects.length);
    for (let i = 0; i < this.count; i++) result[this.#objectOf[i]!]! |= this.#permissions[i]!;
    return result;
  }

  /** Adds a row; 64-bit numbers as halves so that no BigInt is made while parsing. */
  add(row: Readonly<RawMapping>, object: MappedObject): void {
    if (this.count === this.#permissions.length) this.#grow();
    const i = this.count++;
    this.#starts.set(i, row.startHigh, row.startLow);
    this.#ends.set(i, row.endHigh, row.endLow);
    this.#offsets.set(i, row.offsetHigh, row.offsetLow);
    this.#permissions[i] = row.permissions;
    this.#objectOf[i] = object.index;
  }

  #grow(): void {
    const capacity = this.#permissions.length * 4;
    this.#starts.grow(capacity);
    this.#ends.grow(capacity);
    this.#offsets.grow(capacity);
    const permissions = new Uint8Array(capacity);
    permissions.set(this.#permissions);
    this.#permissions = permissions;
    const objectOf = new Uint32Array(capacity);
    objectOf.set(this.#objectOf);
    this.#objectOf = objectOf;
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
