// SPDX-License-Identifier: Apache-2.0
// Paths below /api/ that are answered with JSON (the contract of @otelkit/viewer).
import { COLLECTOR_LIMITS } from '../limits.ts';
import { graphOf } from '../query/graph.ts';
import { parseBase, parseSelection } from '../query/selection.ts';
import { type StatusFacts, statusOf } from '../query/status.ts';
import type { Store } from '../store/store.ts';
import { integer } from './parameters.ts';

export interface Questioned {
  readonly store: Store;
  readonly facts: () => StatusFacts;
}

type Answer = (on: Questioned, parameters: URLSearchParams) => Promise<unknown>;

export const QUESTIONS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['/api/status', ({ store, facts }) => statusOf(store, facts())],
  ['/api/graph', graph],
]);

function graph({ store }: Questioned, parameters: URLSearchParams): Promise<unknown> {
  const selection = parseSelection(parameters);
  const most = COLLECTOR_LIMITS.graphNodes;
  return graphOf(store, {
    selection,
    base: parseBase(parameters, selection),
    nodes: integer(parameters, 'nodes', { least: 1, most, usual: most }),
    inlined: parameters.get('inlined') !== '0',
  });
}
