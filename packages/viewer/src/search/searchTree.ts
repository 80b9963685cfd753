// SPDX-License-Identifier: Apache-2.0
// Search over functions, with the share of weight that is inside of what matches.
import type { Frames, Functions } from '../layout/functions.ts';
import type { Tree } from '../layout/tree.ts';

export interface SearchResult {
  /** 1 a function that matches. */
  readonly matches: Uint8Array;
  readonly matchingFunctions: number;
  readonly matchingNodes: number;
  /** 1 a node that matches. */
  readonly nodes: Uint8Array;
  /** Nodes that match with none above them that does. */
  readonly outermost: Int32Array;
  /** Weight below those. */
  readonly weight: number;
}

/**
 * @param hits of the answer's texts
 * @returns 1 for each function whose name, module or file matches
 */
export function matchFunctions(frames: Frames, functions: Functions, hits: Uint8Array): Uint8Array {
  const matches = new Uint8Array(functions.count);
  for (let id = 0; id < functions.count; id++) {
    const frame = functions.sample[id]!;
    const isHit = (column: ArrayLike<number>): boolean => hits[column[frame] ?? -1] === 1;
    if (isHit(frames.name) || isHit(frames.module) || isHit(frames.file)) matches[id] = 1;
  }
  return matches;
}

export function searchTree(tree: Tree, functions: Functions, matches: Uint8Array): SearchResult {
  const inside = new Uint8Array(tree.parent.length);
  const nodes = new Uint8Array(tree.parent.length);
  const outermost: number[] = [];
  const seen = new Uint8Array(functions.count);
  let weight = 0;
  let matchingNodes = 0;
  let matchingFunctions = 0;
  for (let node = 1; node < tree.parent.length; node++) {
    const frame = tree.frame[node]!;
    const id = frame < 0 ? -1 : functions.ofFrame[frame]!;
    const isMatch = id >= 0 && matches[id] === 1;
    const isInside = inside[tree.parent[node]!] === 1;
    if (isMatch) {
      nodes[node] = 1;
      matchingNodes++;
      if (seen[id] === 0) matchingFunctions++;
      seen[id] = 1;
      if (!isInside) {
        outermost.push(node);
        weight += tree.total[node]!;
      }
    }
    inside[node] = isMatch || isInside ? 1 : 0;
  }
  return {
    matches,
    matchingFunctions,
    matchingNodes,
    nodes,
    outermost: new Int32Array(outermost),
    weight,
  };
}
