// SPDX-License-Identifier: Apache-2.0
// What the agent does, out of flags, variables and the configuration file.
import { cpus } from 'node:os';
import { debuginfodServers } from '../config/debuginfodServers.ts';
import { type Layers, SettingReader } from '../config/layers.ts';
import { targetsOf } from '../config/targetSettings.ts';
import { usage } from '../config/usage.ts';
import type { Targets } from '../processes/targets.ts';
import type { SamplingSettings } from '../tracer/startOptions.ts';
import type { Symbolizing } from '../tracer/tables.ts';

export interface AgentSettings {
  readonly sampling: SamplingSettings;
  readonly targets: Targets;
  readonly minProcessAgeMs: number;
  readonly probabilisticThreshold: number;
  readonly probabilisticIntervalMs: number;
  readonly reporterIntervalMs: number;
  readonly reporterJitter: number;
  readonly clockSyncMs: number;
  readonly monitorMs: number;
  readonly symbolize: Symbolizing;
  /** Servers that are asked for missing debug files. */
  readonly debuginfodUrls: readonly string[];
  readonly errorFrames: boolean;
  readonly environmentVariables: readonly string[];
  readonly maxSamplesPerProcess: number;
  /** Percent of one CPU; undefined for no limit. */
  readonly maxCpuPercent: number | undefined;
  readonly maxMemoryBytes: number | undefined;
  readonly maxFrames: number;
  readonly spillFolder: string | undefined;
  readonly spillBytes: number;
  readonly metricsListen: string | undefined;
  readonly metricsExport: boolean;
  readonly isVerbose: boolean;
  readonly helper: string | undefined;
  /** Something worth saying at the start. */
  readonly remarks: readonly string[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MB = 1_048_576;
/** Of the reference: as few as still show where the time of a host goes. */
const DEFAULT_HZ = 20;
/** A kernel buffer holds seconds of samples; each look costs some system calls. */
const POLL_MS = 200;
/** Lines cost an agent more memory than all the rest of it: who wants them says so. */
const SYMBOLIZING = { on: 'functions', off: 'off', lines: 'lines' } as const;
/** The helper makes maps no larger than this many times their usual size. */
const MAX_MAP_SCALE = 8;

/** @throws ToolError (exit 2) for what cannot be understood, with where it stands */
export function agentSettings(
  layers: Layers,
  stateFolder: string | undefined,
  debuginfodUrls?: string | undefined,
): AgentSettings {
  const read = new SettingReader(layers);
  const spill = read.text('spill-folder') ?? stateFolder;
  return {
    sampling: samplingSettings(read),
    targets: targetSettings(read),
    minProcessAgeMs: read.duration('filter-min-process-age', 0, 0, DAY_MS),
    probabilisticThreshold: read.integer('probabilistic-threshold', 1, 100) ?? 100,
    probabilisticIntervalMs: read.duration(
      'probabilistic-interval',
      MINUTE_MS,
      MINUTE_MS,
      5 * MINUTE_MS,
    ),
    reporterIntervalMs: read.duration('reporter-interval', 5_000, 100, DAY_MS),
    reporterJitter: read.share('reporter-jitter', 0.2),
    clockSyncMs: read.duration('clock-sync-interval', 3 * MINUTE_MS, 1_000, DAY_MS),
    monitorMs: read.duration('monitor-interval', 5_000, 1_000, DAY_MS),
    symbolize: SYMBOLIZING[read.choice('symbolize', ['on', 'off', 'lines']) ?? 'on'],
    debuginfodUrls: read.boolean('debuginfod', false) ? debuginfodServers(debuginfodUrls) : [],
    errorFrames: read.boolean('send-error-frames', true),
    environmentVariables: read.list('env-vars').flatMap((names) => names.split(',')),
    maxSamplesPerProcess:
      read.integer('max-samples-per-process', 1, 1_000_000) ?? Number.POSITIVE_INFINITY,
    maxCpuPercent: read.integer('max-cpu', 1, 100),
    maxMemoryBytes: bytesOf(read.integer('max-memory', 64, 1_048_576)),
    maxFrames: read.integer('frame-cache-size', 1_024, 16_777_216) ?? MB,
    spillFolder: spill === 'off' || spill === '' ? undefined : spill,
    spillBytes: (read.integer('spill-size', 1, 1_048_576) ?? 256) * MB,
    metricsListen: read.text('metrics-listen'),
    metricsExport: read.boolean('metrics-export', false),
    isVerbose: read.boolean('verbose', false),
    helper: read.text('helper'),
    remarks: tracerRemarks(read.list('tracers')),
  };
}

/** Native code and Go are always unwound. */
const ALWAYS_UNWOUND: ReadonlySet<string> = new Set(['all', 'native', 'go', 'labels']);
const INTERPRETERS: ReadonlySet<string> = new Set(
  'beam dotnet dotnet10 hotspot luajit perl php python ruby v8'.split(' '),
);

function tracerRemarks(lists: readonly string[]): string[] {
  const names = lists.flatMap((list) => list.split(',')).map((name) => name.trim());
  for (const name of names) {
    if (ALWAYS_UNWOUND.has(name) || INTERPRETERS.has(name)) continue;
    const known = [...ALWAYS_UNWOUND, ...INTERPRETERS].join(', ');
    throw usage(`tracers ${name}: there is no such tracer`, `known are ${known}`);
  }
  const missing = names.filter((name) => INTERPRETERS.has(name));
  if (missing.length === 0) return [];
  return [`tracers ${missing.join(',')}: not unwound yet, their native frames are shown`];
}

function bytesOf(megabytes: number | undefined): number | undefined {
  return megabytes === undefined ? undefined : megabytes * MB;
}

function samplingSettings(read: SettingReader): SamplingSettings {
  const pinned = read.text('pin-cpu-ids');
  return {
    hz: read.integer('samples-per-second', 1, 10_000) ?? DEFAULT_HZ,
    event: read.choice('event', ['cpu-clock', 'cycles']) ?? 'cpu-clock',
    offCpuProbability: read.share('off-cpu-threshold', 0),
    kernelStacks: read.boolean('kernel', true),
    onlyListed: false,
    idle: read.boolean('send-idle-frames', false),
    probes: [...read.list('probe'), ...read.list('probe-link')],
    pinCpus: pinned === undefined ? undefined : parseCpuList(pinned, cpus().length),
    mapScale: Math.min(MAX_MAP_SCALE, 2 ** (read.integer('map-scale-factor', 0, 8) ?? 0)),
    pollMs: POLL_MS,
    deliverMs: 0,
    // Variables and files have no `--no-…`: there the reference's own name counts.
    allowFreezing:
      !read.boolean('kernel-version-check', true) || read.boolean('no-kernel-version-check', false),
  };
}

function targetSettings(read: SettingReader): Targets {
  const pid = read.list('pid').map((text) => {
    if (/^\d{1,7}$/.test(text)) return Number(text);
    throw usage(`pid ${text}: expected the number of a process`);
  });
  const [container, cgroup] = [read.list('container'), read.list('cgroup')];
  return targetsOf({
    pid,
    container,
    cgroup,
    user: read.list('user'),
    process: read.list('process'),
  });
}

/** `0,2-3` → [0, 2, 3]. @throws ToolError (exit 2) */
export function parseCpuList(text: string, cpuCount: number): number[] {
  const result = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || last < first || last >= Math.max(cpuCount, 1) * 4) {
      throw usage(`pin-cpu-ids ${text}: expected numbers of CPUs`, 'for example 0,2-3');
    }
    for (let cpu = first; cpu <= last; cpu++) result.add(cpu);
  }
  return [...result].sort((a, b) => a - b);
}
