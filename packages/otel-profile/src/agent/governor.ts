// SPDX-License-Identifier: Apache-2.0
// The agent's own ceilings: above that of the CPU it samples less often; above that of memory it
// gives up caches first, then stops sampling until it is below again.
import type { LogMessage } from '@otelkit/bpf-client';
import { Usage } from '../metrics/usage.ts';
import type { Profiler } from '../tracer/profiler.ts';

export interface GovernorOptions {
  readonly settings: {
    readonly sampling: { readonly hz: number };
    readonly monitorMs: number;
    readonly maxCpuPercent: number | undefined;
    readonly maxMemoryBytes: number | undefined;
  };
  readonly profiler: Pick<Profiler, 'helper' | 'data'>;
  readonly rate: (hz: number) => void;
  readonly pause: (isPaused: boolean) => void;
  readonly tell: (message: LogMessage) => void;
}

/** Measures the agent, and holds it to its ceilings. */
export class Governor {
  readonly usage: Usage;
  readonly #options: GovernorOptions;
  #hz: number;
  #isPaused = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: GovernorOptions) {
    this.#options = options;
    this.#hz = options.settings.sampling.hz;
    this.usage = new Usage(() => options.profiler.helper.pid);
  }

  /** Samples a second now. */
  get hz(): number {
    return this.#hz;
  }

  start(): void {
    this.usage.measure();
    const { maxCpuPercent, maxMemoryBytes } = this.#options.settings;
    if (maxCpuPercent === undefined && maxMemoryBytes === undefined) return;
    this.#timer = setInterval(() => this.check(), this.#options.settings.monitorMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  check(): void {
    this.usage.measure();
    const { maxCpuPercent, maxMemoryBytes } = this.#options.settings;
    if (maxCpuPercent !== undefined) this.#holdCpu(this.usage.cpuPercent, maxCpuPercent);
    if (maxMemoryBytes !== undefined) this.#holdMemory(this.usage.residentBytes, maxMemoryBytes);
  }

  #holdCpu(percent: number, max: number): void {
    const { settings, rate, tell } = this.#options;
    const wanted = settings.sampling.hz;
    let hz = this.#hz;
    if (percent > max) hz = Math.max(1, Math.floor(hz / 2));
    else if (percent < max / 3) hz = Math.min(wanted, hz * 2);
    if (hz === this.#hz) return;
    const why = `${percent.toFixed(1)} % of a CPU, at most ${max} % are allowed`;
    tell({ level: 'warning', message: `sampling at ${hz} Hz instead of ${wanted}: uses ${why}` });
    this.#hz = hz;
    rate(hz);
  }

  #holdMemory(bytes: number, max: number): void {
    const { pause, profiler, tell } = this.#options;
    const isAbove = bytes > max;
    if (isAbove) profiler.data.shed();
    if (isAbove === this.#isPaused || (this.#isPaused && bytes > 0.9 * max)) return;
    this.#isPaused = isAbove;
    const megabytes = (n: number): string => `${Math.round(n / 1_048_576)} MB`;
    const what = isAbove ? 'stops' : 'goes on';
    const message = `sampling ${what}: ${megabytes(bytes)} in use, ${megabytes(max)} are allowed`;
    tell({ level: 'warning', message });
    pause(isAbove);
  }
}
