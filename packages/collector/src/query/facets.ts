// SPDX-License-Identifier: Apache-2.0
// What there is to choose in a choice of samples, and how much each weighs.
import type { Facet, Facets, Selection } from '@otelkit/viewer/contract';
import { COLLECTOR_LIMITS } from '../limits.ts';
import type { Store } from '../store/store.ts';
import type { StackWeights } from './callTree.ts';
import { keptSums, ORIGIN_SUM, type OriginColumns } from './hourSums.ts';
import { type OriginNumbers, originNumbers, samplesOf } from './selection.ts';
import { stackWeights } from './weights.ts';

export async function facetsOf(store: Store, selection: Selection): Promise<Facets> {
  const { origins } = store.tables;
  const sums = await originSums(store, selection);
  const ofStacks = await stackWeights(store, selection);
  let total = 0;
  for (const weight of sums.process.entries.values()) total += weight;
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

type OriginSums = Readonly<Record<'process' | 'thread' | 'cpu' | 'labels', Sums>>;

async function originSums(store: Store, selection: Selection): Promise<OriginSums> {
  const kept = await keptOrigins(store, selection);
  const samples = samplesOf(selection, store.tables);
  const parts = kept ?? [await store.read((connection) => ORIGIN_SUM.read(connection, samples))];
  const isChosen = chosenBy(originNumbers(selection, store.tables));
  const sums = { process: new Sums(), thread: new Sums(), cpu: new Sums(), labels: new Sums() };
  for (const [process, thread, cpu, labels, weight] of parts) {
    for (let i = 0; i < weight.length; i++) {
      if (kept && !isChosen(process[i]!, thread[i]!, cpu[i]!, labels[i]!)) continue;
      sums.process.add(process[i]!, weight[i]!);
      sums.thread.add(thread[i]!, weight[i]!);
      if (cpu[i]! >= 0) sums.cpu.add(cpu[i]!, weight[i]!);
      if (labels[i]! > 0) sums.labels.add(labels[i]!, weight[i]!);
    }
  }
  return sums;
}

/** From sums by the hour, for choices that ask for nothing of stacks and links. */
async function keptOrigins(
  store: Store,
  selection: Selection,
): Promise<readonly OriginColumns[] | undefined> {
  const { kind, trace, span } = selection;
  if ((kind ?? trace ?? span) !== undefined) return undefined;
  const parts = await keptSums(store, ORIGIN_SUM, selection);
  return parts?.map(({ columns }) => columns);
}

function chosenBy(
  numbers: OriginNumbers,
): (process: number, thread: number, cpu: number, labels: number) => boolean {
  const set = (values: readonly number[] | undefined): Set<number> | undefined =>
    values && new Set(values);
  const [processes, threads] = [set(numbers.process), set(numbers.thread)];
  const [cpus, sets] = [set(numbers.cpu), set(numbers.labels)];
  return (process, thread, cpu, labels) =>
    (processes?.has(process) ?? true) &&
    (threads?.has(thread) ?? true) &&
    (cpus?.has(cpu) ?? true) &&
    (sets?.has(labels) ?? true);
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

/** Of equal ones by name or number: the engine tells them in any order. */
function heaviest<K extends string | number>(weights: ReadonlyMap<K, number>): [K, number][] {
  return [...weights]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, COLLECTOR_LIMITS.facetValues);
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
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, COLLECTOR_LIMITS.facetValues)
    .map(([key, values]) => ({ key, values: facets(values) }));
}
