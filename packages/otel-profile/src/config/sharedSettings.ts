// SPDX-License-Identifier: Apache-2.0
import type { SamplingSettings } from '../tracer/startOptions.ts';
import { parseDurationMs } from './duration.ts';
import { usage } from './usage.ts';

/** What the flags of `samplingFlags` hold. */
export interface SamplingFlagValues {
  readonly 'samples-per-second': number | undefined;
  readonly 'off-cpu-threshold': string | undefined;
  readonly probe: readonly string[];
  readonly kernel: boolean | undefined;
  readonly event: 'cpu-clock' | 'cycles' | undefined;
}

/** Prime to what runs a hundred times a second. */
const DEFAULT_HZ = 99;
/** Short recordings want their last samples soon. */
const POLL_MS = 100;

/** @throws ToolError (exit 2) */
export function samplingOf(flags: SamplingFlagValues): SamplingSettings {
  return {
    hz: flags['samples-per-second'] ?? DEFAULT_HZ,
    event: flags.event ?? 'cpu-clock',
    offCpuProbability: parseShare('--off-cpu-threshold', flags['off-cpu-threshold'] ?? '0'),
    kernelStacks: flags.kernel ?? true,
    onlyListed: false,
    idle: false,
    probes: flags.probe,
    pinCpus: undefined,
    mapScale: 1,
    pollMs: POLL_MS,
    deliverMs: 0,
    allowFreezing: false,
  };
}

/** A number from 0 to 1. @throws ToolError (exit 2) */
export function parseShare(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw usage(`${name} ${text}: expected a number from 0 to 1`);
}

/** Milliseconds. @throws ToolError (exit 2) */
export function durationOf(name: string, text: string): number {
  const value = parseDurationMs(text);
  if (value !== undefined && value > 0) return value;
  throw usage(`${name} ${text}: expected a duration`, 'for example 30s, 500ms or 1m30s');
}
