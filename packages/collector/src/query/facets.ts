// SPDX-License-Identifier: Apache-2.0
// What there is to choose in a choice of samples, and how much each weighs.
import type { Facet, Facets, Selection } from '@otelkit/viewer/contract';
import { COLLECTOR_LIMITS } from '../limits.ts';
import { readColumns } from '../store/readColumns.ts';
import type { Store } from '../store/store.ts';
import type { StackWeights } from './callTree.ts';
import { conditionOf } from './selection.ts';
import { stackWeights } from './weights.ts';

export async function facetsOf(store: Store, selection: Selection): Promise<Facets> {
  const where = conditionOf(selection, store.tables);
  const sql = `SELECT process, thread, cpu, labels, sum(value)::DOUBLE FROM sample_rows
    WHERE ${where} GROUP BY ALL`;
  const origin = await store.read((connection) =>
    readColumns(connection, sql, [Uint32Array, Uint32Array, Int16Array, Uint32Array, Float64Array]),
  );
  const ofStacks = await stackWeights(store, selection);
  const { origins } = store.tables;
  const [process, thread, cpu, labels, weight] = origin;
  const sums = { process: new Sums(), thread: new Sums(), cpu: new Sums(), labels: new Sums() };
  let total = 0;
  for (let i = 0; i < weight.length; i++) {
    total += weight[i]!;
    sums.process.add(process[i]!, weight[i]!);
    sums.thread.add(thread[i]!, weight[i]!);
    if (cpu[i]! >= 0) sums.cpu.add(cpu[i]!, weight[i]!);
    if (labels[i]! > 0) sums.labels.add(labels[i]!, weight[i]!);
  }
  const ofProcess = (name: 'service' | 'version' | 'host' | 'container'): Facet[] =>
    facets(sums.process.by((number) => origins.processes[number]?.[name] ?? ''));
  return {
    total,
    services: ofProcess('service'),
    versions: ofProcess('version'),
    hosts: ofProcess('host'),
    containers: ofProcess('container'),
    processes: heaviest(sums.process.entries).map(([number, processWeight]) => {
      const { pid = 0, name = '', service = '', container = '' } = origins.processes[number] ?? {};
      const label = pid === 0 ? name || 'unknown' : `${name || 'unknown'} (${pid})`;
      return { id: String(number), label, weight: processWeight, pid, service, container };
    }),
    threads: facets(sums.thread.by((number) => origins.threads[number]?.name ?? '')),
    cpus: heaviest(sums.cpu.entries)
      .sort(([a], [b]) => a - b)
      .map(([number, w]) => ({ id: String(number), label: `CPU ${number}`, weight: w })),
    kinds: kindFacets(store, ofStacks),
    labels: labelFacets(store, sums.labels),
  };
}

/** Weights by number. */
class Sums {
  readonly entries = new Map<number, number>();

  add(number: number, weight: number): void {
    this.entries.set(number, (this.entries.get(number) ?? 0) + weight);
  }

  by(textOf: (number: number) => string): Map<string, number> {
    const texts = new Map<string, number>();
    for (const [number, weight] of this.entries) {
      const text = textOf(number);
      if (text !== '') texts.set(text, (texts.get(text) ?? 0) + weight);
    }
    return texts;
  }
}

function heaviest<K>(weights: ReadonlyMap<K, number>): [K, number][] {
  return [...weights].sort((a, b) => b[1] - a[1]).slice(0, COLLECTOR_LIMITS.facetValues);
}

function facets(weights: ReadonlyMap<string, number>): Facet[] {
  return heaviest(weights).map(([text, weight]) => ({ id: text, label: text, weight }));
}

/** Of all stacks with a frame of the kind. */
function kindFacets(store: Store, { stacks, weights }: StackWeights): Facet[] {
  const { frames } = store.tables;
  const masks = new Uint32Array(stacks.length);
  for (let i = 0; i < stacks.length; i++) masks[i] = store.tables.stacks.kindsOf(stacks[i]!);
  const sums = new Map<string, number>();
  for (const kind of frames.kinds) {
    const bit = frames.bitOfKind(kind) >>> 0;
    let sum = 0;
    for (let i = 0; i < masks.length; i++) if ((masks[i]! & bit) !== 0) sum += weights[i]!;
    if (sum > 0) sums.set(kind, sum);
  }
  return facets(sums);
}

function labelFacets(store: Store, sums: Sums): Facets['labels'] {
  const byKey = new Map<string, Map<string, number>>();
  for (const [number, weight] of sums.entries) {
    for (const [key, value] of store.tables.origins.labelSets[number] ?? []) {
      const values = byKey.get(key) ?? new Map<string, number>();
      byKey.set(key, values);
      values.set(value, (values.get(value) ?? 0) + weight);
    }
  }
  return [...byKey]
    .slice(0, COLLECTOR_LIMITS.facetValues)
    .map(([key, values]) => ({ key, values: facets(values) }));
}
