// SPDX-License-Identifier: Apache-2.0
// Paths below /api/ that are answered with JSON (the contract of @otelkit/viewer).
import { COLLECTOR_LIMITS } from '../limits.ts';
import { executablesOf } from '../query/executables.ts';
import { facetsOf } from '../query/facets.ts';
import { graphOf } from '../query/graph.ts';
import { parseBase, parseSelection } from '../query/selection.ts';
import { type StatusFacts, statusOf } from '../query/status.ts';
import { heatMapOf, timelineOf } from '../query/timeline.ts';
import { topOf } from '../query/top.ts';
import { tracesOf } from '../query/traces.ts';
import type { Store } from '../store/store.ts';
import { choice, integer } from './parameters.ts';

export interface Questioned {
  readonly store: Store;
  readonly facts: () => StatusFacts;
}

type Answer = (on: Questioned, parameters: URLSearchParams) => Promise<unknown>;

export const QUESTIONS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['/api/status', ({ store, facts }) => statusOf(store, facts())],
  ['/api/facets', ({ store }, parameters) => facetsOf(store, parseSelection(parameters))],
  ['/api/timeline', timeline],
  ['/api/graph', graph],
  ['/api/top', top],
  ['/api/heatmap', heatMap],
  ['/api/executables', ({ store }, parameters) => executablesOf(store, parseSelection(parameters))],
  ['/api/traces', traces],
]);

function timeline({ store }: Questioned, parameters: URLSearchParams): Promise<unknown> {
  const most = COLLECTOR_LIMITS.timelineBuckets;
  const buckets = integer(parameters, 'buckets', { least: 1, most, usual: 400 });
  const by = choice(parameters, 'by', ['none', 'service', 'kind']);
  return timelineOf(store, parseSelection(parameters), buckets, by);
}

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

function top({ store }: Questioned, parameters: URLSearchParams): Promise<unknown> {
  const selection = parseSelection(parameters);
  const most = COLLECTOR_LIMITS.topRows;
  return topOf(store, {
    selection,
    base: parseBase(parameters, selection),
    limit: integer(parameters, 'limit', { least: 1, most, usual: 500 }),
    sort: choice(parameters, 'sort', ['self', 'total', 'change']),
    buckets: integer(parameters, 'buckets', { least: 0, most: 400, usual: 40 }),
  });
}

function heatMap({ store }: Questioned, parameters: URLSearchParams): Promise<unknown> {
  const columnMs = integer(parameters, 'columnMs', { least: 10, most: 86_400_000, usual: 1_000 });
  const rows = integer(parameters, 'rows', { least: 1, most: 1_000, usual: 50 });
  return heatMapOf(store, parseSelection(parameters), columnMs, rows);
}

function traces({ store }: Questioned, parameters: URLSearchParams): Promise<unknown> {
  const { from, to } = parseSelection(parameters);
  const most = COLLECTOR_LIMITS.traces;
  return tracesOf(store, {
    from,
    to,
    service: parameters.get('service') ?? undefined,
    limit: integer(parameters, 'limit', { least: 1, most, usual: 200 }),
    onlyErrors: parameters.get('errors') === '1',
    minMs: integer(parameters, 'minMs', { least: 0, most: 86_400_000, usual: 0 }),
  });
}
