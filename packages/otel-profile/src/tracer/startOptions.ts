// SPDX-License-Identifier: Apache-2.0
import type { StartOptions } from '@otelkit/bpf-client';
import { resolveProbe } from './probes.ts';

/** Where unwinding stops, and says so: more than any sane recursion, and what the ring can hold. */
export const MAX_USER_FRAMES = 1_024;
/** Of the stack of a process that is not known yet: 1,000 frames of 60 bytes. */
export const RAW_COPY_BYTES = 61_440;

/** What commands choose of how to sample. */
export interface SamplingSettings {
  readonly hz: number;
  readonly event: 'cpu-clock' | 'cycles';
  /** 0 to 1. */
  readonly offCpuProbability: number;
  readonly kernelStacks: boolean;
  /** Sample only processes that are named by `filter`, and their children. */
  readonly onlyListed: boolean;
  readonly idle: boolean;
  readonly probes: readonly string[];
  readonly pinCpus: readonly number[] | undefined;
  readonly mapScale: number;
  /** How long samples may wait in the kernel. */
  readonly pollMs: number;
  /** How long they may wait in the helper, once their program is known. */
  readonly deliverMs: number;
  /** Attach to kernels that are known to freeze, too. */
  readonly allowFreezing: boolean;
}

/** The helper's request of those settings. @throws ToolError (exit 2) for a probe that is none */
export function startOptions(settings: SamplingSettings): StartOptions {
  const { pinCpus, ...rest } = settings;
  return {
    ...rest,
    probes: settings.probes.map(resolveProbe),
    ...(pinCpus !== undefined && { pinCpus }),
    maxUserFrames: MAX_USER_FRAMES,
    rawCopyBytes: RAW_COPY_BYTES,
    statsMs: 1_000,
  };
}
