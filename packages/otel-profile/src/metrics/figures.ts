// SPDX-License-Identifier: Apache-2.0
// The agent's figures about itself: how much it saw, what it lost and why, what it costs.
import { lostItemsOf, type OtlpExporter } from '@otelkit/otlp';
import type { Agent } from '../agent/agent.ts';

/** One figure; several with one name differ in their label. */
export interface Figure {
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge';
  readonly unit: string;
  readonly value: number;
  readonly label?: readonly [name: string, value: string];
}

/** Ends of user stacks, by the counters of docs/profile-internals.md §2. */
const ENDS = [
  'complete',
  'truncatedDepth',
  'noMapping',
  'noUnwindInfo',
  'stackUnreadable',
  'badRule',
  'badFramePointer',
  'noProgress',
  'compat32',
  'tableBounds',
  'tailCallFailed',
] as const;

/** All figures as they are now. */
export function figuresOf(agent: Agent, exporter: Pick<OtlpExporter, 'statistics'>): Figure[] {
  const { profiler, budget, governor } = agent;
  const { counters = {}, pipeDropped = 0, pipeDroppedRawCopies = 0 } = profiler.statistics;
  const sent = exporter.statistics();
  governor.usage.measure();
  const lost = lostItemsOf(sent.lost);
  const figures: Figure[] = [
    counter('samples', 'samples taken by the kernel side', counters['samples'] ?? 0),
    counter('samples_emitted', 'samples that reached the tool', profiler.counts.samples),
    counter(
      'raw_copies',
      'stacks copied because a table was not there yet',
      profiler.counts.rawCopies,
    ),
    counter(
      'raw_copies_limited',
      'stacks that were not copied because too many were: their samples lack callers',
      counters['rawCopiesLimited'] ?? 0,
    ),
    counter(
      'samples_without_process',
      'samples of processes that no record told of',
      profiler.counts.withoutProcess,
    ),
    counter(
      'task_records_lost',
      'records of processes that were lost; /proc was read again',
      profiler.statistics.tracking?.lostTaskRecords ?? 0,
    ),
    ...dropped({
      ring_full: counters['ringFull'] ?? 0,
      pipe_full: pipeDropped + pipeDroppedRawCopies,
      no_scratch: counters['noScratch'] ?? 0,
      filtered: profiler.counts.unwanted + (counters['filtered'] ?? 0),
      budget: budget.dropped,
      collector: lost,
    }),
    ...ENDS.map((name) => ({
      ...counter('stacks', 'user stacks by how they ended', counters[name] ?? 0),
      label: ['end', name] as const,
    })),
    counter('exported_samples', 'samples that the collector took', sent.sentItems),
    counter('exported_bytes', 'bytes sent, compressed', sent.sentBytes),
    counter('export_retries', 'attempts that were repeated', sum(sent.retries)),
    gauge('queued_samples', 'samples that wait for the collector', sent.queuedItems),
    gauge('queued_bytes', 'bytes that wait for the collector', sent.queuedBytes, 'By'),
    gauge('spilled_bytes', 'bytes on disk for the collector', sent.spilledBytes, 'By'),
    gauge('processes', 'processes known', profiler.data.processes.size),
    gauge('files', 'files known', profiler.files.size),
    gauge('files_failed', 'files that could not be read', failedFiles(agent)),
    gauge('stacks_kept', 'different stacks kept', profiler.data.stacks.count),
    gauge('frames_kept', 'different frames kept', profiler.data.frames.count),
    gauge('rate', 'samples a second on each CPU', governor.hz, 'Hz'),
    counter('cpu_seconds', 'CPU time of the agent', governor.usage.cpuMs / 1000, 's'),
    gauge('memory_bytes', 'memory of the agent', governor.usage.residentBytes, 'By'),
  ];
  return figures;
}

function counter(name: string, help: string, value: number, unit: string = '1'): Figure {
  return { name: `otel_profile_${name}_total`, help, kind: 'counter', unit, value };
}

function gauge(name: string, help: string, value: number, unit: string = '1'): Figure {
  return { name: `otel_profile_${name}`, help, kind: 'gauge', unit, value };
}

function dropped(reasons: Readonly<Record<string, number>>): Figure[] {
  return Object.entries(reasons).map(([reason, value]) => ({
    ...counter('dropped', 'samples that are not sent, by reason', value),
    label: ['reason', reason] as const,
  }));
}

function sum(values: Readonly<Record<string, number>>): number {
  return Object.values(values).reduce((total, value) => total + value, 0);
}

function failedFiles({ profiler }: Agent): number {
  let count = 0;
  for (const { state } of profiler.files.all()) if (state === 'failed') count++;
  return count;
}
