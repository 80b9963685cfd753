// SPDX-License-Identifier: Apache-2.0
// Probabilistic profiling: in each interval a number from 0 to 99 is drawn, and the host is sampled
// when the threshold is greater. In a fleet that costs a part, and shows the whole.
import type { LogMessage } from '@otelkit/bpf-client';

export interface ProbabilisticSettings {
  readonly probabilisticThreshold: number;
  readonly probabilisticIntervalMs: number;
}

const ALWAYS = 100;

/** Pauses and resumes sampling by chance. */
export class Probabilistic {
  readonly #settings: ProbabilisticSettings;
  readonly #pause: (isPaused: boolean) => void;
  readonly #tell: (message: LogMessage) => void;
  readonly #random: () => number;
  #timer: NodeJS.Timeout | undefined;
  #isPaused = false;

  constructor(
    settings: ProbabilisticSettings,
    pause: (isPaused: boolean) => void,
    tell: (message: LogMessage) => void,
    random: () => number = Math.random,
  ) {
    this.#settings = settings;
    this.#pause = pause;
    this.#tell = tell;
    this.#random = random;
  }

  start(): void {
    const { probabilisticThreshold, probabilisticIntervalMs } = this.#settings;
    if (probabilisticThreshold >= ALWAYS) return;
    this.draw();
    this.#timer = setInterval(() => this.draw(), probabilisticIntervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Decides on the next interval. */
  draw(): void {
    const isPaused = this.#settings.probabilisticThreshold <= Math.floor(this.#random() * ALWAYS);
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    this.#pause(isPaused);
    const message = isPaused ? 'not sampled in this interval' : 'sampled again';
    this.#tell({ level: 'debug', message: `probabilistic profiling: ${message}` });
  }
}
