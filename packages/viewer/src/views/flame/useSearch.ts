// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'preact/hooks';
import type { FlameModel } from '../../layout/flameModel.ts';
import { matchFunctions, type SearchResult, searchTree } from '../../search/searchTree.ts';
import { useMatches } from '../../search/useMatches.ts';

export interface Search {
  readonly result: SearchResult | undefined;
  /** 1 a node that matches; undefined without a search. */
  readonly matchingNodes: Uint8Array | undefined;
  /** Why nothing is searched for. */
  readonly problem: string;
}

export function useSearch(model: FlameModel, pattern: string): Search {
  const { hits, isPending, problem } = useMatches(model.frames.strings, pattern);
  return useMemo(() => {
    const isEmpty = isPending && !hits.includes(1);
    if (pattern === '' || problem !== '' || isEmpty) {
      return { result: undefined, matchingNodes: undefined, problem };
    }
    const { frames, functions, tree } = model;
    const matches = matchFunctions(frames, functions, hits);
    const result = searchTree(tree, functions, matches);
    return { result, matchingNodes: result.nodes, problem: '' };
  }, [model, hits, pattern, problem]);
}
