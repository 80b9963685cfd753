// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'preact/hooks';
import type { FlameModel } from '../../layout/flameModel.ts';
import {
  compilePattern,
  matchFunctions,
  type SearchResult,
  searchTree,
} from '../../layout/search.ts';

export interface Search {
  readonly result: SearchResult | undefined;
  /** 1 a node that matches; undefined without a search. */
  readonly matchingNodes: Uint8Array | undefined;
  /** Why the pattern is no expression. */
  readonly problem: string;
}

export function useSearch(model: FlameModel, pattern: string): Search {
  return useMemo(() => {
    const nothing = { result: undefined, matchingNodes: undefined };
    if (pattern === '') return { ...nothing, problem: '' };
    const expression = compilePattern(pattern);
    if (typeof expression === 'string') return { ...nothing, problem: expression };
    const { frames, functions, tree } = model;
    const matches = matchFunctions(frames, functions, expression);
    const matchingNodes = new Uint8Array(tree.parent.length);
    for (let node = 1; node < matchingNodes.length; node++) {
      const frame = tree.frame[node]!;
      if (frame >= 0) matchingNodes[node] = matches[functions.ofFrame[frame]!]!;
    }
    return { result: searchTree(tree, functions, matches), matchingNodes, problem: '' };
  }, [model, pattern]);
}
