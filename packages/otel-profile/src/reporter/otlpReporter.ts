// SPDX-License-Identifier: Apache-2.0
// Collects samples and hands a batch to the exporter now and then: soon after the start, so that a
// person sees something, then in the interval, a little by chance so that hosts do not all send at
// once. What comes while names are being looked up goes into a second batch: each report asks once
// for the names of each file, and a file's symbols are read no oftener.

import { monotonicNs, wallClockOriginNs } from '@otelkit/core';
import type { OtlpExporter, ProfileSample } from '@otelkit/otlp';
import { ON_CPU, ProfileBatch, type ProfileKind } from '@otelkit/otlp';
import type { SampleSink } from '../tracer/sampleSink.ts';
import type { Tables } from '../tracer/tables.ts';

export interface OtlpReporterOptions {
  readonly exporter: Pick<OtlpExporter, 'send'>;
  readonly tables: Tables;
  readonly kinds: readonly ProfileKind[];
  readonly scope: { readonly name: string; readonly version: string };
  readonly intervalMs: number;
  /** Part of the interval that varies, 0 to 1. */
  readonly jitter: number;
  readonly clockSyncMs: number;
  /** 0 to 1; `Math.random` but in tests. */
  readonly random?: () => number;
  /** After each report. Samples of the next one may wait: see {@link OtlpReporter.sendAll}. */
  readonly onReport?: () => void;
}

/** The first report waits no longer for names. */
const NAMING_MS = 2_000;
/** Later ones may: names that are late are late once, when a host is overloaded or new to us. */
const PATIENCE_MS = 10_000;
/** The first report comes so soon. */
const FIRST_REPORT_MS = 400;

/** Sends samples to a collector. */
export class OtlpReporter implements SampleSink {
  readonly #options: OtlpReporterOptions;
  #batch: ProfileBatch;
  /** The other one: empty but while its names are being looked up. */
  #sealed: ProfileBatch;
  #sealedNs = 0;
  readonly #grainNs: number;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  #startNs: number = monotonicNs();
  #syncedMs: number = performance.now();
  #originNs: bigint = wallClockOriginNs();

  constructor(options: OtlpReporterOptions) {
    this.#options = options;
    const { tables: source, kinds, scope } = options;
    this.#grainNs = grainNs(kinds[ON_CPU]?.period ?? 0);
    const batchOptions = { source, kinds, scope, timeOriginNs: this.#originNs };
    this.#batch = new ProfileBatch(batchOptions);
    this.#sealed = new ProfileBatch(batchOptions);
  }

  get pendingSamples(): number {
    return this.#sealed.sampleCount + this.#batch.sampleCount;
  }

  start(): void {
    this.#startNs = monotonicNs();
    this.#schedule(Math.min(FIRST_REPORT_MS, this.#options.intervalMs), NAMING_MS);
  }

  sample(sample: ProfileSample): void {
    const { timeNs } = sample;
    if (sample.kind === ON_CPU) sample.timeNs = timeNs - (timeNs % this.#grainNs);
    if (!this.#batch.add(sample)) {
      // Full: what has no name yet goes without.
      this.sendAll();
      this.#batch.add(sample);
    }
    // The object is not ours.
    sample.timeNs = timeNs;
  }

  /** Everything so far, with the names that come in time: nothing is sampled any more. */
  async report(namingMs: number = NAMING_MS): Promise<void> {
    await this.#options.tables.nameFrames(namingMs);
    this.sendAll();
  }

  /** Everything so far, with the names that are there. Afterwards nobody holds a number. */
  sendAll(): void {
    this.#sendSealed();
    this.#send(this.#batch, monotonicNs());
    this.#syncClock();
  }

  /** What comes meanwhile is for the next report. */
  async #reportSealed(namingMs: number): Promise<void> {
    const { tables, onReport } = this.#options;
    [this.#batch, this.#sealed] = [this.#sealed, this.#batch];
    this.#sealedNs = monotonicNs();
    this.#syncClock();
    await tables.nameKnown(namingMs);
    this.#sendSealed();
    onReport?.();
  }

  #sendSealed(): void {
    if (this.#sealed.sampleCount > 0) this.#send(this.#sealed, this.#sealedNs);
  }

  #send(batch: ProfileBatch, endNs: number): void {
    const time = { startNs: this.#wall(this.#startNs), endNs: this.#wall(endNs) };
    for (const request of batch.encode(time)) {
      this.#options.exporter.send('profiles', request.bytes, request.sampleCount);
    }
    this.#startNs = endNs;
    this.#options.tables.stacks.forgetExpansions();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(delayMs: number, patienceMs: number = PATIENCE_MS): void {
    this.#timer = setTimeout(async () => {
      await this.#reportSealed(patienceMs);
      if (this.#isStopped) return;
      const { intervalMs, jitter, random = Math.random } = this.#options;
      this.#schedule(intervalMs * (1 + jitter * (random() - 0.5)));
    }, delayMs);
  }

  #wall(timeNs: number): bigint {
    return this.#originNs + BigInt(Math.round(timeNs));
  }

  /** For a batch that begins: one batch has one origin. */
  #syncClock(): void {
    const nowMs = performance.now();
    if (nowMs - this.#syncedMs >= this.#options.clockSyncMs) {
      this.#syncedMs = nowMs;
      this.#originNs = wallClockOriginNs();
    }
    this.#batch.timeOriginNs = this.#originNs;
  }
}

/**
 * A sample stands for all of its period. Its time is told to a 64th of that, and to 65 µs at most:
 * what is beyond is noise, and a quarter of all bytes that are sent of a busy host.
 */
function grainNs(periodNs: number): number {
  if (periodNs < 64) return 1;
  return 2 ** Math.min(16, Math.floor(Math.log2(periodNs / 64)));
}
