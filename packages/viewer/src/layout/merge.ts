// SPDX-License-Identifier: Apache-2.0
// New trees from parts of one: what stands below a function wherever it occurs, what stands above
// it, and siblings that are the same function.
import { type Functions, keysOf } from './functions.ts';
import { childrenOf, orderByWeight, type Tree } from './tree.ts';

/**
 * Nodes found a parent at a time, each with the list of what it is made of: no table of all pairs is
 * needed to know siblings again.
 */
class Grouping {
  readonly #tree: Tree;
  readonly #next: Int32Array;
  /** The parent that a key was last seen below, plus 1, and its node there. */
  readonly #seenBelow: Int32Array;
  readonly #nodeOfKey: Int32Array;
  readonly #heads: number[] = [];
  readonly #tails: number[] = [];
  readonly #parent: number[] = [];
  readonly #frame: number[] = [];
  readonly #weights: readonly (readonly [of: Float64Array, sums: number[]])[];

  constructor(tree: Tree, keyCount: number, rootFrame: number) {
    this.#tree = tree;
    this.#next = new Int32Array(tree.parent.length).fill(-1);
    this.#seenBelow = new Int32Array(keyCount);
    this.#nodeOfKey = new Int32Array(keyCount);
    const { self, total, baseSelf, baseTotal } = tree;
    const columns = [self, total, ...(baseSelf && baseTotal ? [baseSelf, baseTotal] : [])];
    this.#weights = columns.map((column) => [column, []]);
    this.#push(0, rootFrame);
  }

  get count(): number {
    return this.#parent.length;
  }

  #push(parent: number, frame: number): number {
    this.#heads.push(-1);
    this.#tails.push(-1);
    this.#frame.push(frame);
    for (const [, sums] of this.#weights) sums.push(0);
    return this.#parent.push(parent) - 1;
  }

  /** One more member of a node, with its weight. */
  add(node: number, member: number): void {
    const tail = this.#tails[node]!;
    if (tail === -1) this.#heads[node] = member;
    else this.#next[tail] = member;
    this.#tails[node] = member;
    this.#next[member] = -1;
    for (const [column, sums] of this.#weights) sums[node]! += column[member]!;
  }

  /** One more member of the child of `parent` for `key`, which is made where it is new. */
  put(parent: number, key: number, frame: number, member: number): void {
    if (this.#seenBelow[key] !== parent + 1) {
      this.#seenBelow[key] = parent + 1;
      this.#nodeOfKey[key] = this.#push(parent, frame);
    }
    this.add(this.#nodeOfKey[key]!, member);
  }

  /** Calls back for each member of each node, parents first, with nodes that come meanwhile. */
  visit(use: (node: number, member: number) => void): void {
    for (let node = 0; node < this.#parent.length; node++) {
      for (let member = this.#heads[node]!; member !== -1; ) {
        // Before `use` puts it into another list.
        const next = this.#next[member]!;
        use(node, member);
        member = next;
      }
    }
  }

  finish(): Tree {
    const parent = new Int32Array(this.#parent);
    const depth = new Int32Array(parent.length);
    for (let node = 1; node < parent.length; node++) depth[node] = depth[parent[node]!]! + 1;
    const [self, total, baseSelf, baseTotal] = this.#weights.map(
      ([, sums]) => new Float64Array(sums),
    );
    return orderByWeight({
      parent,
      depth,
      frame: new Int32Array(this.#frame),
      self: self ?? this.#tree.self,
      total: total ?? this.#tree.total,
      ...(baseSelf && { baseSelf }),
      ...(baseTotal && { baseTotal }),
    });
  }
}

/**
 * One node for siblings that are the same function: lines of a function make frames of their own.
 * @param inlined per frame; an inlined call stays apart from a real one
 */
export function mergeSiblings(tree: Tree, functions: Functions, inlined: ArrayLike<number>): Tree {
  const grouping = new Grouping(tree, (functions.count + 1) * 2, -1);
  const { first, children } = childrenOf(tree.parent);
  grouping.add(0, 0);
  grouping.visit((node, member) => {
    for (let at = first[member]!; at < first[member + 1]!; at++) {
      const child = children[at]!;
      const frame = tree.frame[child]!;
      const key =
        frame < 0 ? 0 : (functions.ofFrame[frame]! + 1) * 2 + (inlined[frame] === 1 ? 1 : 0);
      grouping.put(node, key, frame, child);
    }
  });
  return grouping.count === tree.parent.length ? tree : grouping.finish();
}

/** Both trees have the function as their root, with its weight over all its occurrences. */
export interface Sandwich {
  /** Children are callers. */
  readonly callers: Tree;
  readonly callees: Tree;
  readonly occurrences: number;
}

/** @param wanted a function, by `findFunction` */
export function sandwich(tree: Tree, functions: Functions, wanted: number): Sandwich {
  const keys = keysOf(tree.frame, functions);
  const frame = functions.sample[wanted] ?? -1;
  const callees = new Grouping(tree, functions.count + 1, frame);
  const callers = new Grouping(tree, functions.count + 1, frame);
  const isInside = new Uint8Array(tree.parent.length);
  let occurrences = 0;
  for (let node = 1; node < tree.parent.length; node++) {
    if (isInside[tree.parent[node]!] === 1) isInside[node] = 1;
    else if (keys[node] === wanted) {
      isInside[node] = 1;
      occurrences++;
      callees.add(0, node);
      callers.add(0, node);
    }
  }
  const { first, children } = childrenOf(tree.parent);
  callees.visit((node, member) => {
    for (let at = first[member]!; at < first[member + 1]!; at++) {
      const child = children[at]!;
      callees.put(node, keys[child]! + 1, tree.frame[child]!, child);
    }
  });
  // Each occurrence climbs on its own way to the root.
  const above = tree.parent.slice();
  callers.visit((node, occurrence) => {
    const caller = above[occurrence]!;
    if (caller === 0) return;
    above[occurrence] = tree.parent[caller]!;
    callers.put(node, keys[caller]! + 1, tree.frame[caller]!, occurrence);
  });
  return { callers: callers.finish(), callees: callees.finish(), occurrences };
}
