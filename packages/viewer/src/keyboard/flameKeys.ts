// SPDX-License-Identifier: Apache-2.0
// Walking a tree by keys: arrows go where the picture shows.
import type { Rows } from '../layout/rows.ts';

/** @returns the next selected node, undefined for keys that mean nothing here */
export function walk(rows: Rows, node: number, key: string, up: boolean): number | undefined {
  const outer = up ? 'ArrowDown' : 'ArrowUp';
  const inner = up ? 'ArrowUp' : 'ArrowDown';
  if (key === outer) return rows.tree.parent[node]!;
  if (key === inner) return heaviestChild(rows, node);
  if (key === 'ArrowRight') return neighbour(rows, node, 1);
  if (key === 'ArrowLeft') return neighbour(rows, node, -1);
  if (key === 'Home') return 0;
  return undefined;
}

function heaviestChild(rows: Rows, node: number): number {
  const { depth, parent } = rows.tree;
  const row = depth[node]! + 1;
  if (row >= rows.rowCount) return node;
  // Parents of a row stand in order: the first that is not before is found by halves.
  let low = rows.first[row]!;
  let high = rows.first[row + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (parent[middle]! < node) low = middle + 1;
    else high = middle;
  }
  return low < rows.first[row + 1]! && parent[low] === node ? low : node;
}

function neighbour(rows: Rows, node: number, step: number): number {
  const next = node + step;
  return rows.tree.depth[next] === rows.tree.depth[node] ? next : node;
}
