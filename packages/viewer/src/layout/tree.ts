// SPDX-License-Identifier: Apache-2.0
// A call tree as columns. Node 0 is the root; parents stand before children, siblings from the
// heaviest. What comes in is checked once, here, so that the drawing can trust it.
import type { Graph } from '../contract.ts';

/** Nodes beyond are not shown: far above what a server is asked for. */
export const MAX_NODES = 2_000_000;
/** Rows beyond are merged into the row above. */
export const MAX_DEPTH = 4_096;

export interface Tree {
  readonly parent: Int32Array;
  /** Frame id, -1 for the root. */
  readonly frame: Int32Array;
  readonly depth: Int32Array;
  readonly self: Float64Array;
  readonly total: Float64Array;
  /** Weights of the comparison's base; absent without one. */
  readonly baseSelf?: Float64Array;
  readonly baseTotal?: Float64Array;
}

/**
 * @returns the checked tree, and what was wrong with the answer ('' for nothing): nodes whose parent
 * does not stand before them hang below the root
 */
export function treeOfGraph(graph: Graph): { readonly tree: Tree; readonly problem: string } {
  const columns = [graph.parent, graph.frame, graph.self, graph.total];
  const shortest = Math.min(...columns.map((column) => column.length), MAX_NODES);
  const longest = Math.max(...columns.map((column) => column.length));
  const count = Math.max(1, shortest);
  const frameCount = graph.frames.name.length;
  const parent = new Int32Array(count);
  const frame = new Int32Array(count).fill(-1);
  let misplaced = 0;
  for (let node = 1; node < count; node++) {
    const above = graph.parent[node]!;
    const isBefore = Number.isInteger(above) && above >= 0 && above < node;
    parent[node] = isBefore ? above : 0;
    if (!isBefore) misplaced++;
    const id = graph.frame[node]!;
    frame[node] = Number.isInteger(id) && id >= 0 && id < frameCount ? id : -1;
  }
  const self = weights(graph.self, count);
  const total = weights(graph.total, count);
  const base = graph.baseTotal !== undefined && graph.baseSelf !== undefined;
  const tree = orderByWeight({
    parent,
    frame,
    depth: depthsOf(parent),
    self,
    total,
    ...(base && { baseSelf: weights(graph.baseSelf!, count) }),
    ...(base && { baseTotal: weights(graph.baseTotal!, count) }),
  });
  const problem =
    misplaced > 0
      ? `${misplaced} nodes without a parent before them`
      : longest > count
        ? `columns of ${shortest} and ${longest} nodes`
        : '';
  return { tree, problem };
}

function weights(values: readonly number[], count: number): Float64Array {
  const result = new Float64Array(count);
  for (let node = 0; node < count; node++) {
    const value = values[node] ?? 0;
    result[node] = value > 0 && Number.isFinite(value) ? value : 0;
  }
  return result;
}

function depthsOf(parent: Int32Array): Int32Array {
  const depth = new Int32Array(parent.length);
  for (let node = 1; node < parent.length; node++) depth[node] = depth[parent[node]!]! + 1;
  return depth;
}

/** First child by `first[node]` to `first[node + 1]` in `children`. */
export interface Children {
  readonly first: Int32Array;
  readonly children: Int32Array;
}

export function childrenOf(parent: Int32Array): Children {
  const count = parent.length;
  const first = new Int32Array(count + 1);
  for (let node = 1; node < count; node++) first[parent[node]! + 1]!++;
  for (let node = 0; node < count; node++) first[node + 1]! += first[node]!;
  const next = first.slice();
  const children = new Int32Array(Math.max(0, count - 1));
  for (let node = 1; node < count; node++) children[next[parent[node]!]!++] = node;
  return { first, children };
}

/** How wide a node is drawn: its weight, in a comparison the mean of both shares. */
export function widthsOf(tree: Tree): Float64Array {
  if (tree.baseTotal === undefined) return tree.total;
  const all = tree.total[0]! || 1;
  const baseAll = tree.baseTotal[0]! || 1;
  const widths = new Float64Array(tree.total.length);
  for (let node = 0; node < widths.length; node++) {
    widths[node] = (tree.total[node]! / all + tree.baseTotal[node]! / baseAll) / 2;
  }
  return widths;
}

/**
 * The same tree breadth first with siblings from the heaviest, so that the nodes of a row stand
 * together and from left to right.
 */
export function orderByWeight(tree: Tree): Tree {
  const count = tree.parent.length;
  const widths = widthsOf(tree);
  const { first, children } = childrenOf(tree.parent);
  const order = new Int32Array(count);
  const parent = new Int32Array(count);
  let filled = 1;
  for (let place = 0; place < filled; place++) {
    const begin = first[order[place]!]!;
    const end = first[order[place]! + 1]!;
    if (!isDescending(children, begin, end, widths)) {
      children.subarray(begin, end).sort((left, right) => widths[right]! - widths[left]!);
    }
    for (let at = begin; at < end; at++) {
      order[filled] = children[at]!;
      parent[filled] = place;
      filled++;
    }
  }
  return {
    parent,
    frame: permuted(tree.frame, order),
    depth: depthsOf(parent),
    self: permuted(tree.self, order),
    total: permuted(tree.total, order),
    ...(tree.baseSelf && { baseSelf: permuted(tree.baseSelf, order) }),
    ...(tree.baseTotal && { baseTotal: permuted(tree.baseTotal, order) }),
  };
}

function isDescending(
  nodes: Int32Array,
  begin: number,
  end: number,
  widths: Float64Array,
): boolean {
  for (let at = begin + 1; at < end; at++) {
    if (widths[nodes[at]!]! > widths[nodes[at - 1]!]!) return false;
  }
  return true;
}

function permuted<Column extends Int32Array | Float64Array>(
  column: Column,
  order: Int32Array,
): Column {
  const result = column.slice() as Column;
  for (let place = 0; place < order.length; place++) result[place] = column[order[place]!]!;
  return result;
}
