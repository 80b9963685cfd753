// SPDX-License-Identifier: Apache-2.0
// Stacks with weights → a call tree over typed arrays: where stacks end in the trie is known from
// question to question, so that only weights are added up.
import { COLLECTOR_LIMITS } from '../limits.ts';
import type { StoreTables } from '../store/tables.ts';
import { CallTrie } from './callTrie.ts';
import { nthLargest } from './nthLargest.ts';

export interface StackWeights {
  readonly stacks: Uint32Array;
  readonly weights: Float64Array;
}

/** Nodes without any weight are none of the answer. */
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

/** Of each store: with inlined functions, and without. */
const kept = new WeakMap<StoreTables, Map<boolean, CallTrie>>();

/** Parents stand before their children. Columns are views, valid until the next question. */
export function buildCallTree(
  tables: StoreTables,
  main: StackWeights,
  base: StackWeights | undefined,
  { inlined, mostNodes }: CallTreeOptions,
): CallTree {
  const tries = triesOf(tables);
  let trie = tries.get(inlined);
  if (trie === undefined || trie.isStale) trie = new CallTrie(tables, inlined, mostNodes);
  let leaves = leavesOf(trie, main, base);
  if (trie.isFull) {
    // Of other questions' stacks, most likely: this one's alone have more room.
    trie = new CallTrie(tables, inlined, mostNodes);
    leaves = leavesOf(trie, main, base);
  }
  tries.set(inlined, trie);
  const { parent, fn, count } = trie;
  const self = spread(leaves.main, main.weights, count);
  const baseSelf = base && spread(leaves.base, base.weights, count);
  const baseTotal = baseSelf && totals(parent, baseSelf);
  return { count, parent, fn, self, total: totals(parent, self), baseSelf, baseTotal };
}

function triesOf(tables: StoreTables): Map<boolean, CallTrie> {
  const tries = kept.get(tables) ?? new Map<boolean, CallTrie>();
  kept.set(tables, tries);
  return tries;
}

/**
 * Adds paths of stacks, with inlined functions, before they are asked for.
 * @returns false where the tree has `most` nodes already
 */
export function addPaths(tables: StoreTables, from: number, end: number, most: number): boolean {
  const tries = triesOf(tables);
  const known = tries.get(true);
  const isOf = known !== undefined && !known.isStale;
  const trie = isOf ? known : new CallTrie(tables, true, COLLECTOR_LIMITS.graphBuildNodes);
  tries.set(true, trie);
  for (let stack = from; stack < end; stack++) {
    if (trie.count >= most) return false;
    trie.leafOf(stack);
  }
  return true;
}

function leavesOf(
  trie: CallTrie,
  main: StackWeights,
  base: StackWeights | undefined,
): { readonly main: Int32Array; readonly base: Int32Array } {
  const leaves = (stacks: Uint32Array): Int32Array => {
    const found = new Int32Array(stacks.length);
    for (let i = 0; i < stacks.length; i++) found[i] = trie.leafOf(stacks[i]!);
    return found;
  };
  return { main: leaves(main.stacks), base: leaves(base?.stacks ?? new Uint32Array(0)) };
}

function spread(leaves: Int32Array, weights: Float64Array, count: number): Float64Array {
  const self = new Float64Array(count);
  for (let i = 0; i < leaves.length; i++) self[leaves[i]!]! += weights[i]!;
  return self;
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
  const weight = bothTotals(tree);
  let weighty = 1;
  for (let i = 1; i < count; i++) if (weight[i] !== 0) weighty++;
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
    cutNodes: weighty - order.length,
  };
}

/** Not to be written to: without a comparison they are the tree's own. */
function bothTotals({ count, total, baseTotal }: CallTree): Float64Array {
  if (baseTotal === undefined) return total;
  const both = new Float64Array(count);
  for (let i = 0; i < count; i++) both[i] = total[i]! + baseTotal[i]!;
  return both;
}

/** 1 for the heaviest; of equal ones those that stand first, so that parents are kept too. */
function keptNodes(weight: Float64Array, most: number): Uint8Array {
  const kept = new Uint8Array(weight.length);
  // A loop: a typed array's own filter makes an object of each number.
  const weighty = new Float64Array(weight.length);
  let count = 0;
  for (let i = 0; i < weight.length; i++) if (weight[i] !== 0) weighty[count++] = weight[i]!;
  const isAll = count <= most;
  const limit = isAll ? Number.NEGATIVE_INFINITY : nthLargest(weighty.subarray(0, count), most);
  let left = most;
  for (let i = 0; i < weight.length; i++) {
    if (weight[i] !== 0 && weight[i]! > limit) left -= kept[i] = 1;
  }
  for (let i = 0; i < weight.length && left > 0; i++) {
    if (weight[i] !== 0 && weight[i] === limit) left -= kept[i] = 1;
  }
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

/** Most nodes of a large tree weigh one sample: different weights are few, and nodes go by them. */
function fromLightest(nodes: Int32Array, weight: Float64Array): Int32Array {
  const weights = new Float64Array(nodes.length);
  for (let i = 0; i < nodes.length; i++) weights[i] = weight[nodes[i]!]!;
  weights.sort();
  // Behind the last node of each weight that has its place so far.
  const ends = new Int32Array(nodes.length);
  let distinct = 0;
  for (let i = 0; i < weights.length; i++) {
    const isNew = distinct === 0 || weights[i] !== weights[distinct - 1];
    if (isNew) weights[distinct++] = weights[i]!;
    ends[distinct - 1] = i + 1;
  }
  const sorted = new Int32Array(nodes.length);
  for (let i = 0; i < nodes.length; i++) {
    const rank = placeOf(weight[nodes[i]!]!, weights, distinct);
    // From the end of each: of equal ones the last comes first.
    sorted[--ends[rank]!] = nodes[i]!;
  }
  return sorted;
}

/** Where a value stands among the first `count`, which are in order and have it. */
function placeOf(value: number, values: Float64Array, count: number): number {
  let [from, to] = [0, count - 1];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (values[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
