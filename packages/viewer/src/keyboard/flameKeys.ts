// SPDX-License-Identifier: Apache-2.0
// Walking a tree by keys: arrows go where the picture shows.
import { firstChildOf, type Rows } from '../layout/rows.ts';

/** @returns the next selected node, undefined for keys that mean nothing here */
export function walk(rows: Rows, node: number, key: string, up: boolean): number | undefined {
  const outer = up ? 'ArrowDown' : 'ArrowUp';
  const inner = up ? 'ArrowUp' : 'ArrowDown';
  if (key === outer) return rows.tree.parent[node]!;
  if (key === inner) return Math.max(node, firstChildOf(rows, node));
  if (key === 'ArrowRight') return neighbour(rows, node, 1);
  if (key === 'ArrowLeft') return neighbour(rows, node, -1);
  if (key === 'Home') return 0;
  return undefined;
}

function neighbour(rows: Rows, node: number, step: number): number {
  const next = node + step;
  return rows.tree.depth[next] === rows.tree.depth[node] ? next : node;
}
