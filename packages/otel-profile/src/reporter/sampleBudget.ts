// SPDX-License-Identifier: Apache-2.0
// One process with a thousand busy threads must not fill the reports of a host.
import type { ProfileSample } from '@otelkit/otlp';
import type { SampleSink } from '../tracer/sampleSink.ts';

/** Hands on at most so many samples of each process until it is renewed; counts the others. */
export class SampleBudget implements SampleSink {
  readonly #next: SampleSink;
  readonly #max: number;
  readonly #used = new Map<number, number>();
  dropped: number = 0;

  constructor(next: SampleSink, max: number) {
    this.#next = next;
    this.#max = max;
  }

  sample(sample: ProfileSample): void {
    if (this.#max !== Number.POSITIVE_INFINITY) {
      const used = this.#used.get(sample.resourceId) ?? 0;
      if (used >= this.#max) {
        this.dropped++;
        return;
      }
      this.#used.set(sample.resourceId, used + 1);
    }
    this.#next.sample(sample);
  }

  renew(): void {
    this.#used.clear();
  }
}
