// SPDX-License-Identifier: Apache-2.0
// What makes two samples one Sample with several timestamps: the same resource, kind, stack, thread,
// CPU, labels and link. Rows of whole numbers, found by open addressing, without an object each.
import { LIMITS } from '../limits.ts';
import type { ProfileSample } from './frame.ts';

/** Numbers in one row. */
export const ROW = 8;
export const ROW_RESOURCE = 0;
export const ROW_KIND = 1;
export const ROW_STACK = 2;
export const ROW_THREAD = 3;
export const ROW_NAME = 4;
export const ROW_CPU = 5;
export const ROW_LABELS = 6;
export const ROW_LINK = 7;

const INITIAL_ROWS = 1_024;

/** Identity → index, in the order of first appearance. */
export class IdentityTable {
  /** {@link ROW} numbers for each identity. */
  rows: Int32Array = new Int32Array(INITIAL_ROWS * ROW);
  count = 0;
  #slots: Int32Array = new Int32Array(INITIAL_ROWS * 2);

  clear(): void {
    this.count = 0;
    if (this.#slots.length <= LIMITS.batchKeptSamples) {
      this.#slots.fill(0);
      return;
    }
    this.rows = new Int32Array(INITIAL_ROWS * ROW);
    this.#slots = new Int32Array(INITIAL_ROWS * 2);
  }

  /** The index of this sample's identity. */
  indexOf(sample: ProfileSample): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hashOf(sample) & mask;
    // At most half of the slots are taken, so an empty one is always found.
    for (;;) {
      const index = slots[slot]! - 1;
      if (index < 0) return this.#insert(sample, slot);
      if (this.#isAt(index * ROW, sample)) return index;
      slot = (slot + 1) & mask;
    }
  }

  #isAt(at: number, sample: ProfileSample): boolean {
    const rows = this.rows;
    return (
      rows[at + ROW_STACK] === sample.stackId &&
      rows[at + ROW_THREAD] === sample.threadId &&
      rows[at + ROW_CPU] === sample.cpu &&
      rows[at + ROW_RESOURCE] === sample.resourceId &&
      rows[at + ROW_KIND] === sample.kind &&
      rows[at + ROW_NAME] === sample.nameId &&
      rows[at + ROW_LABELS] === sample.labelsId &&
      rows[at + ROW_LINK] === sample.linkId
    );
  }

  #insert(sample: ProfileSample, slot: number): number {
    const index = this.count++;
    const at = index * ROW;
    if (at === this.rows.length) this.rows = doubled(this.rows);
    const rows = this.rows;
    rows[at + ROW_RESOURCE] = sample.resourceId;
    rows[at + ROW_KIND] = sample.kind;
    rows[at + ROW_STACK] = sample.stackId;
    rows[at + ROW_THREAD] = sample.threadId;
    rows[at + ROW_NAME] = sample.nameId;
    rows[at + ROW_CPU] = sample.cpu;
    rows[at + ROW_LABELS] = sample.labelsId;
    rows[at + ROW_LINK] = sample.linkId;
    this.#slots[slot] = index + 1;
    if (this.count * 2 > this.#slots.length) this.#rehash();
    return index;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let index = 0; index < this.count; index++) {
      let slot = hashOfRow(this.rows, index * ROW) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.#slots = slots;
  }
}

/** A copy of twice the length, the second half zero. */
export function doubled<T extends Int32Array | Float64Array>(column: T): T {
  const copy = new (column.constructor as new (length: number) => T)(column.length * 2);
  copy.set(column);
  return copy;
}

function hashOf(sample: ProfileSample): number {
  const first = mix(sample.stackId, sample.threadId, sample.cpu, sample.resourceId);
  return mix(first, sample.kind, sample.nameId, sample.labelsId ^ (sample.linkId << 8));
}

function hashOfRow(rows: Int32Array, at: number): number {
  const first = mix(
    rows[at + ROW_STACK]!,
    rows[at + ROW_THREAD]!,
    rows[at + ROW_CPU]!,
    rows[at + ROW_RESOURCE]!,
  );
  const others = rows[at + ROW_LABELS]! ^ (rows[at + ROW_LINK]! << 8);
  return mix(first, rows[at + ROW_KIND]!, rows[at + ROW_NAME]!, others);
}

/** Multiplicative mixing with the odd constants of xxHash32. */
function mix(a: number, b: number, c: number, d: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae3d);
  hash ^= Math.imul(c, 0x27d4eb2f) ^ Math.imul(d, 0x165667b1);
  hash = Math.imul(hash ^ (hash >>> 13), 0x85ebca77);
  return hash ^ (hash >>> 16);
}
