// SPDX-License-Identifier: Apache-2.0
// Paths of functions as a trie over typed arrays: children are found by hashing (parent, function),
// so that a million nodes take no object each.
import type { StoreTables } from '../store/tables.ts';

const FIRST_NODES = 4_096;
const UNKNOWN = -1;

/** The paths of all stacks that were asked for; node 0 is the root. */
export class CallTrie {
  readonly #tables: StoreTables;
  readonly #inlined: boolean;
  readonly #mostNodes: number;
  readonly #renames: number;
  #parent = new Int32Array(FIRST_NODES);
  #fn = new Int32Array(FIRST_NODES);
  #slots = new Int32Array(4 * FIRST_NODES);
  /** By stack: its last node. */
  #leaf = new Int32Array(FIRST_NODES).fill(UNKNOWN);
  count = 1;
  /** Some path was cut. */
  isFull = false;

  /** @param inlined false: inlined functions count as the one that they were inlined into */
  constructor(tables: StoreTables, inlined: boolean, mostNodes: number) {
    this.#tables = tables;
    this.#inlined = inlined;
    this.#mostNodes = mostNodes;
    this.#renames = tables.frames.renames;
    this.#parent[0] = -1;
    this.#fn[0] = -1;
  }

  /** Frames have got other functions since it was made. */
  get isStale(): boolean {
    return this.#renames !== this.#tables.frames.renames;
  }

  /** Of each node, views: parents stand before their children; -1 for the root. */
  get parent(): Int32Array {
    return this.#parent.subarray(0, this.count);
  }

  get fn(): Int32Array {
    return this.#fn.subarray(0, this.count);
  }

  /** The node at which a stack ends, as far as there is room. */
  leafOf(stack: number): number {
    if (stack >= this.#leaf.length) this.#growLeaves(stack);
    const known = this.#leaf[stack]!;
    if (known !== UNKNOWN) return known;
    const leaf = this.#add(stack);
    this.#leaf[stack] = leaf;
    return leaf;
  }

  #add(stack: number): number {
    const { frames: table, stacks } = this.#tables;
    const { offsets, frames } = stacks;
    if (stack + 1 >= offsets.length) return 0;
    const functionOf = table.functionOf;
    const isInlined = table.functions.inlined;
    let node = 0;
    for (let at = offsets[stack + 1]! - 1; at >= offsets[stack]!; at--) {
      const fn = functionOf[frames[at]!]!;
      if (!this.#inlined && isInlined.at(fn) === 1) continue;
      const child = this.#child(node, fn);
      if (child < 0) break;
      node = child;
    }
    return node;
  }

  /** -1 where there are too many nodes. */
  #child(parent: number, fn: number): number {
    let mask = this.#slots.length - 1;
    let slot = hashOf(parent, fn) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const node = this.#slots[slot]!;
      if (node === 0) break;
      if (this.#parent[node] === parent && this.#fn[node] === fn) return node;
    }
    if (this.count >= this.#mostNodes) {
      this.isFull = true;
      return -1;
    }
    if (2 * this.count >= this.#slots.length) {
      this.#growSlots();
      mask = this.#slots.length - 1;
      slot = hashOf(parent, fn) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    }
    if (this.count === this.#parent.length) this.#growNodes();
    const node = this.count++;
    this.#parent[node] = parent;
    this.#fn[node] = fn;
    this.#slots[slot] = node;
    return node;
  }

  #growSlots(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let node = 1; node < this.count; node++) {
      let slot = hashOf(this.#parent[node]!, this.#fn[node]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = node;
    }
    this.#slots = slots;
  }

  #growNodes(): void {
    const length = 2 * this.#parent.length;
    const grown = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(length);
      larger.set(old);
      return larger;
    };
    this.#parent = grown(this.#parent);
    this.#fn = grown(this.#fn);
  }

  #growLeaves(stack: number): void {
    const larger = new Int32Array(Math.max(stack + 1, 2 * this.#leaf.length)).fill(UNKNOWN);
    larger.set(this.#leaf);
    this.#leaf = larger;
  }
}

function hashOf(parent: number, fn: number): number {
  let hash = Math.imul(parent, 0x9e3779b1) ^ Math.imul(fn, 0x85ebca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
