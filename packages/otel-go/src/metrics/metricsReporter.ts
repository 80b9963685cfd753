// SPDX-License-Identifier: Apache-2.0
import { wallClockOriginNs } from '@otelkit/core';
import type { OtlpExporter } from '@otelkit/otlp';
import type { Durations } from './durations.ts';
import { encodeDurations } from './metricRequest.ts';

/** Sends the histograms now and then, and once more at the end. */
export class MetricsReporter {
  readonly #durations: Durations;
  readonly #exporter: OtlpExporter;
  readonly #timer: NodeJS.Timeout;
  readonly #startNs: bigint = wallNs();

  constructor(durations: Durations, exporter: OtlpExporter, intervalMs: number) {
    this.#durations = durations;
    this.#exporter = exporter;
    this.#timer = setInterval(() => this.send(), intervalMs);
  }

  send(): void {
    const times = { startNs: this.#startNs, timeNs: wallNs() };
    const request = encodeDurations(this.#durations.processes, times);
    if (request !== undefined) this.#exporter.send('metrics', request.bytes, request.points);
  }

  async close(deadlineMs: number): Promise<void> {
    clearInterval(this.#timer);
    this.send();
    await this.#exporter.close(deadlineMs);
  }
}

function wallNs(): bigint {
  return wallClockOriginNs() + process.hrtime.bigint();
}
