// SPDX-License-Identifier: Apache-2.0
// Stacks with weights → a call tree over typed arrays. A node is a path of functions; children are
// found by hashing (parent, function), so that 200,000 nodes take no object each.
import type { StoreTables } from '../store/tables.ts';

export interface StackWeights {
  readonly stacks: Uint32Array;
  readonly weights: Float64Array;
}

export interface CallTree {
  readonly count: number;
  /** -1 for the root, node 0. */
  readonly parent: Int32Array;
  /** Number of the function; -1 for the root. */
  readonly fn: Int32Array;
  readonly self: Float64Array;
  readonly total: Float64Array;
  /** The same nodes of the comparison, where there is one. */
  readonly baseSelf: Float64Array | undefined;
  readonly baseTotal: Float64Array | undefined;
}

export interface CallTreeOptions {
  /** False: inlined functions count as the one that they were inlined into. */
  readonly inlined: boolean;
  /** Nodes beyond are added to the self weight of their parents. */
  readonly mostNodes: number;
}

/** Parents stand before their children. */
export function buildCallTree(
  tables: StoreTables,
  main: StackWeights,
  base: StackWeights | undefined,
  options: CallTreeOptions,
): CallTree {
  const builder = new TreeBuilder(tables, options, base !== undefined);
  builder.add(main, false);
  if (base !== undefined) builder.add(base, true);
  return builder.finish();
}

class TreeBuilder {
  readonly #functionOf: Uint32Array;
  readonly #isInlined: Uint8Array;
  readonly #offsets: Uint32Array;
  readonly #frames: Uint32Array;
  readonly #options: CallTreeOptions;
  readonly #hasBase: boolean;
  #parent = new Int32Array(4_096);
  #fn = new Int32Array(4_096);
  #self = new Float64Array(4_096);
  #baseSelf: Float64Array;
  #slots = new Int32Array(16_384);
  #count = 1;

  constructor({ frames, stacks }: StoreTables, options: CallTreeOptions, hasBase: boolean) {
    this.#functionOf = frames.functionOf;
    this.#isInlined = frames.functions.inlined.view();
    this.#offsets = stacks.offsets;
    this.#frames = stacks.frames;
    this.#options = options;
    this.#hasBase = hasBase;
    this.#baseSelf = new Float64Array(hasBase ? 4_096 : 0);
    this.#parent[0] = -1;
    this.#fn[0] = -1;
  }

  add({ stacks, weights }: StackWeights, isBase: boolean): void {
    const { inlined, mostNodes } = this.#options;
    const [offsets, frames] = [this.#offsets, this.#frames];
    for (let i = 0; i < stacks.length; i++) {
      const stack = stacks[i]!;
      const first = stack + 1 < offsets.length ? offsets[stack]! : 0;
      const end = stack + 1 < offsets.length ? offsets[stack + 1]! : 0;
      let node = 0;
      for (let at = end - 1; at >= first; at--) {
        const fn = this.#functionOf[frames[at]!]!;
        if (!inlined && this.#isInlined[fn] === 1) continue;
        const child = this.#child(node, fn, mostNodes);
        if (child < 0) break;
        node = child;
      }
      (isBase ? this.#baseSelf : this.#self)[node]! += weights[i]!;
    }
  }

  finish(): CallTree {
    const count = this.#count;
    const [parent, fn] = [this.#parent.slice(0, count), this.#fn.slice(0, count)];
    const self = this.#self.slice(0, count);
    const baseSelf = this.#hasBase ? this.#baseSelf.slice(0, count) : undefined;
    const baseTotal = baseSelf && totals(parent, baseSelf);
    return { count, parent, fn, self, total: totals(parent, self), baseSelf, baseTotal };
  }

  /** -1 where there are too many nodes. */
  #child(parent: number, fn: number, mostNodes: number): number {
    let mask = this.#slots.length - 1;
    let slot = hashOf(parent, fn) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const node = this.#slots[slot]!;
      if (node === 0) break;
      if (this.#parent[node] === parent && this.#fn[node] === fn) return node;
    }
    if (this.#count >= mostNodes) return -1;
    if (2 * this.#count >= this.#slots.length) {
      this.#growSlots();
      mask = this.#slots.length - 1;
      slot = hashOf(parent, fn) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    }
    if (this.#count === this.#parent.length) this.#growNodes();
    const node = this.#count++;
    this.#parent[node] = parent;
    this.#fn[node] = fn;
    this.#slots[slot] = node;
    return node;
  }

  #growSlots(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let node = 1; node < this.#count; node++) {
      let slot = hashOf(this.#parent[node]!, this.#fn[node]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = node;
    }
    this.#slots = slots;
  }

  #growNodes(): void {
    const length = 2 * this.#parent.length;
    const grown = <T extends Int32Array | Float64Array>(old: T, larger: T): T => {
      larger.set(old);
      return larger;
    };
    this.#parent = grown(this.#parent, new Int32Array(length));
    this.#fn = grown(this.#fn, new Int32Array(length));
    this.#self = grown(this.#self, new Float64Array(length));
    if (this.#hasBase) this.#baseSelf = grown(this.#baseSelf, new Float64Array(length));
  }
}

function hashOf(parent: number, fn: number): number {
  let hash = Math.imul(parent, 0x9e3779b1) ^ Math.imul(fn, 0x85ebca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

/** Self weights and those of all below; parents stand before children. */
function totals(parent: Int32Array, self: Float64Array): Float64Array {
  const total = self.slice();
  for (let node = total.length - 1; node > 0; node--) total[parent[node]!]! += total[node]!;
  return total;
}

/**
 * The same tree with siblings from the heaviest, and no more than `most` nodes: the lightest ones
 * are added to their parents' self weights.
 */
export function arrangeCallTree(tree: CallTree, most: number): CallTree & { cutNodes: number } {
  const { count, parent } = tree;
  const weight = new Float64Array(count);
  for (let i = 0; i < count; i++) weight[i] = tree.total[i]! + (tree.baseTotal?.[i] ?? 0);
  const isKept = keptNodes(weight, most);
  // Weights below zero, as differences have them, could keep a child alone.
  for (let i = 1; i < count; i++) if (isKept[parent[i]!] === 0) isKept[i] = 0;
  const self = tree.self.slice();
  const baseSelf = tree.baseSelf?.slice();
  // Children of a cut node are lighter than it, or as light: what they weigh climbs step by step.
  for (let node = count - 1; node > 0; node--) {
    if (isKept[node] === 1) continue;
    self[parent[node]!]! += self[node]!;
    if (baseSelf !== undefined) baseSelf[parent[node]!]! += baseSelf[node]!;
  }
  const order = preorder(parent, weight, isKept);
  const place = new Int32Array(count).fill(-1);
  for (let i = 0; i < order.length; i++) place[order[i]!] = i;
  const pick = <T extends Float64Array | Int32Array>(values: T, into: T): T => {
    for (let i = 0; i < order.length; i++) into[i] = values[order[i]!]!;
    return into;
  };
  const weights = (values: Float64Array): Float64Array =>
    pick(values, new Float64Array(order.length));
  const arranged = pick(parent, new Int32Array(order.length));
  for (let i = 1; i < order.length; i++) arranged[i] = place[arranged[i]!]!;
  return {
    count: order.length,
    parent: arranged,
    fn: pick(tree.fn, new Int32Array(order.length)),
    self: weights(self),
    total: weights(tree.total),
    baseSelf: baseSelf && weights(baseSelf),
    baseTotal: tree.baseTotal && weights(tree.baseTotal),
    cutNodes: count - order.length,
  };
}

/** 1 for the heaviest; of equal ones those that stand first, so that parents are kept too. */
function keptNodes(weight: Float64Array, most: number): Uint8Array {
  const count = weight.length;
  if (count <= most) return new Uint8Array(count).fill(1);
  const kept = new Uint8Array(count);
  const limit = weight.slice().sort()[count - most]!;
  let left = most;
  for (let i = 0; i < count; i++) if (weight[i]! > limit) left -= kept[i] = 1;
  for (let i = 0; i < count && left > 0; i++) if (weight[i] === limit) left -= kept[i] = 1;
  kept[0] = 1;
  return kept;
}

/** Nodes so that each stands before its children, and its children from the heaviest. */
function preorder(parent: Int32Array, weight: Float64Array, isKept: Uint8Array): Int32Array {
  const nodes = new Int32Array(parent.length);
  let count = 0;
  for (let node = 1; node < parent.length; node++) if (isKept[node] === 1) nodes[count++] = node;
  const firstChild = new Int32Array(parent.length).fill(-1);
  const nextSibling = new Int32Array(parent.length).fill(-1);
  // Lightest first, of equal ones the last: each is then put in front of its siblings.
  for (const node of fromLightest(nodes.subarray(0, count), weight)) {
    nextSibling[node] = firstChild[parent[node]!]!;
    firstChild[parent[node]!] = node;
  }
  const order = new Int32Array(count + 1);
  const waiting = new Int32Array(count + 1);
  let waits = 1;
  for (let at = 0; waits > 0; at++) {
    const node = waiting[--waits]!;
    order[at] = node;
    if (nextSibling[node]! >= 0) waiting[waits++] = nextSibling[node]!;
    if (firstChild[node]! >= 0) waiting[waits++] = firstChild[node]!;
  }
  return order;
}

/** Most nodes of a large tree weigh one sample: weights are sorted once each, and nodes by them. */
function fromLightest(nodes: Int32Array, weight: Float64Array): Int32Array {
  const weights = Float64Array.from(nodes, (node) => weight[node]!).sort();
  const rankOf = new Map<number, number>();
  for (let i = 0; i < weights.length; i++) {
    if (i === 0 || weights[i] !== weights[i - 1]) rankOf.set(weights[i]!, i);
  }
  const sorted = new Int32Array(nodes.length);
  for (let i = nodes.length - 1; i >= 0; i--) {
    const rank = rankOf.get(weight[nodes[i]!]!)!;
    sorted[rank] = nodes[i]!;
    rankOf.set(weight[nodes[i]!]!, rank + 1);
  }
  return sorted;
}
