// SPDX-License-Identifier: Apache-2.0
// New trees from parts of one: what stands below a function wherever it occurs, what stands above
// it, and siblings that are the same function.
import { type Functions, keysOf, outermostOf } from './functions.ts';
import { orderByWeight, type Tree } from './tree.ts';

/** Nodes that grow one at a time, with the four weights. */
class Growing {
  readonly #keyCount: number;
  readonly #known = new Map<number, number>();
  readonly #hasBase: boolean;
  readonly parent: number[] = [];
  readonly frame: number[] = [];
  readonly self: number[] = [];
  readonly total: number[] = [];
  readonly baseSelf: number[] = [];
  readonly baseTotal: number[] = [];

  constructor(keyCount: number, hasBase: boolean, rootFrame: number) {
    this.#keyCount = keyCount;
    this.#hasBase = hasBase;
    this.#push(0, rootFrame);
  }

  #push(parent: number, frame: number): number {
    this.parent.push(parent);
    this.frame.push(frame);
    this.self.push(0);
    this.total.push(0);
    this.baseSelf.push(0);
    this.baseTotal.push(0);
    return this.parent.length - 1;
  }

  /** The child of `parent` for `key`, made where it is new. */
  child(parent: number, key: number, frame: number): number {
    const place = parent * this.#keyCount + key;
    const known = this.#known.get(place);
    if (known !== undefined) return known;
    const node = this.#push(parent, frame);
    this.#known.set(place, node);
    return node;
  }

  add(node: number, tree: Tree, from: number): void {
    this.self[node]! += tree.self[from]!;
    this.total[node]! += tree.total[from]!;
    if (!this.#hasBase) return;
    this.baseSelf[node]! += tree.baseSelf![from]!;
    this.baseTotal[node]! += tree.baseTotal![from]!;
  }

  finish(): Tree {
    const parent = Int32Array.from(this.parent);
    const depth = new Int32Array(parent.length);
    for (let node = 1; node < parent.length; node++) depth[node] = depth[parent[node]!]! + 1;
    return orderByWeight({
      parent,
      depth,
      frame: Int32Array.from(this.frame),
      self: Float64Array.from(this.self),
      total: Float64Array.from(this.total),
      ...(this.#hasBase && { baseSelf: Float64Array.from(this.baseSelf) }),
      ...(this.#hasBase && { baseTotal: Float64Array.from(this.baseTotal) }),
    });
  }
}

/**
 * One node for siblings that are the same function: lines of a function make frames of their own.
 * @param inlined per frame; an inlined call stays apart from a real one
 */
export function mergeSiblings(tree: Tree, functions: Functions, inlined: readonly number[]): Tree {
  const growing = new Growing((functions.count + 1) * 2, tree.baseTotal !== undefined, -1);
  const place = new Int32Array(tree.parent.length);
  growing.add(0, tree, 0);
  for (let node = 1; node < tree.parent.length; node++) {
    const frame = tree.frame[node]!;
    const key =
      frame < 0 ? 0 : (functions.ofFrame[frame]! + 1) * 2 + (inlined[frame] === 1 ? 1 : 0);
    place[node] = growing.child(place[tree.parent[node]!]!, key, frame);
    growing.add(place[node]!, tree, node);
  }
  if (growing.parent.length === tree.parent.length) return tree;
  return growing.finish();
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
  const outermost = outermostOf(tree.parent, keys, functions.count);
  const hasBase = tree.baseTotal !== undefined;
  const frame = functions.sample[wanted] ?? -1;
  const callees = new Growing(functions.count + 1, hasBase, frame);
  const callers = new Growing(functions.count + 1, hasBase, frame);
  const place = new Int32Array(tree.parent.length).fill(-1);
  let occurrences = 0;
  for (let node = 1; node < tree.parent.length; node++) {
    const above = place[tree.parent[node]!]!;
    if (above >= 0) {
      place[node] = callees.child(above, keys[node]! + 1, tree.frame[node]!);
      callees.add(place[node]!, tree, node);
    } else if (keys[node] === wanted && outermost[node] === 1) {
      occurrences++;
      place[node] = 0;
      callees.add(0, tree, node);
      addCallers(callers, tree, keys, node);
    }
  }
  return { callers: callers.finish(), callees: callees.finish(), occurrences };
}

function addCallers(callers: Growing, tree: Tree, keys: Int32Array, occurrence: number): void {
  let place = 0;
  callers.add(0, tree, occurrence);
  for (let node = tree.parent[occurrence]!; node !== 0; node = tree.parent[node]!) {
    place = callers.child(place, keys[node]! + 1, tree.frame[node]!);
    callers.add(place, tree, occurrence);
  }
}
