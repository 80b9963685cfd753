// SPDX-License-Identifier: Apache-2.0
import { COLLECTOR_LIMITS } from '../limits.ts';
import type { OriginTable } from './originTable.ts';
import type { SampleBuffer } from './sampleBuffer.ts';

/** A sample in numbers of the store; nothing keeps the object. */
export interface StoredSample {
  type: number;
  stack: number;
  process: number;
  thread: number;
  cpu: number;
  labels: number;
  link: number;
  /** In the weight's unit. */
  value: number;
  /** Nanoseconds after the start of its profile; NaN where it is not known. */
  timeNs: number;
}

/** Highest CPU of the column. */
const MOST_CPU = 32_767;
/** Names of threads whose numbers fit into a double beside a thread's. */
const THREAD_NAMES = 4_194_304;

/** Puts samples of one profile or request into a buffer, within its bounds. */
export class SampleIntake {
  readonly #buffer: SampleBuffer;
  readonly #origins: OriginTable;
  readonly #startUs: number;
  readonly #nowUs: number;
  readonly #latestUs: number;
  readonly #threads = new Map<number, number>();
  samples = 0;
  /** Left out because writes do not keep up. */
  dropped = 0;
  /** Whose clock is ahead of ours. */
  ahead = 0;
  hasTimes = true;

  /** @param startNs 0 where it is not known */
  constructor(buffer: SampleBuffer, origins: OriginTable, startNs: bigint, nowMs: number) {
    this.#buffer = buffer;
    this.#origins = origins;
    this.#nowUs = nowMs * 1_000;
    this.#startUs = startNs > 0n ? Number(startNs / 1_000n) : this.#nowUs;
    this.#latestUs = (nowMs + COLLECTOR_LIMITS.clockAheadMs) * 1_000;
  }

  /** The number of a thread. @param nameNumber of its name, the same for equal ones mostly */
  thread(tid: number, nameNumber: number, name: () => string): number {
    if (nameNumber >= THREAD_NAMES) return this.#origins.thread(tid, name());
    const key = tid * THREAD_NAMES + nameNumber;
    let number = this.#threads.get(key);
    if (number === undefined) {
      number = this.#origins.thread(tid, name());
      this.#threads.set(key, number);
    }
    return number;
  }

  add(sample: StoredSample): void {
    const buffer = this.#buffer;
    if (buffer.count >= COLLECTOR_LIMITS.pendingSamples) {
      this.dropped++;
      return;
    }
    const { timeNs } = sample;
    if (Number.isNaN(timeNs)) this.hasTimes = false;
    let timeUs = this.#startUs + Math.floor((timeNs || 0) / 1_000);
    if (!(timeUs <= this.#latestUs)) {
      timeUs = this.#nowUs;
      this.ahead++;
    }
    buffer.timeUs.push(timeUs);
    buffer.type.push(sample.type);
    buffer.stack.push(sample.stack);
    buffer.process.push(sample.process);
    buffer.thread.push(sample.thread);
    buffer.cpu.push(Math.min(sample.cpu, MOST_CPU));
    buffer.labels.push(sample.labels);
    buffer.link.push(sample.link);
    buffer.value.push(bounded(Math.round(sample.value)));
    this.samples++;
  }
}

/** Values are kept as 64-bit numbers; what has no place there is cut. */
function bounded(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.max(-9.2e18, Math.min(9.2e18, value));
}
