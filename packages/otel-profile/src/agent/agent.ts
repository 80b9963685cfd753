// SPDX-License-Identifier: Apache-2.0
// Everything that runs in an agent, wired together: profiler → budget → reporter → exporter.
import type { HelperError, LogMessage } from '@otelkit/bpf-client';
import { hostResource, monotonicNs, ProcFs } from '@otelkit/core';
import { type CloseResult, type OtlpExporter, profilerKinds } from '@otelkit/otlp';
import type { TableStore } from '../files/tableStore.ts';
import type { ProcessImage } from '../processes/processTable.ts';
import { isEverything, wantedBy } from '../processes/targets.ts';
import { OtlpReporter } from '../reporter/otlpReporter.ts';
import { SampleBudget } from '../reporter/sampleBudget.ts';
import { Profiler } from '../tracer/profiler.ts';
import { startOptions } from '../tracer/startOptions.ts';
import { version } from '../version.ts';
import { Governor } from './governor.ts';
import { Probabilistic } from './probabilistic.ts';
import type { AgentSettings } from './settings.ts';

export interface AgentOptions {
  readonly settings: AgentSettings;
  readonly helperPath: string;
  readonly tables: TableStore;
  readonly exporter: OtlpExporter;
  readonly nodeName: string | undefined;
  readonly tell: (message: LogMessage) => void;
  readonly onDeath: (error: HelperError) => void;
}

export const SCOPE: { readonly name: string; readonly version: string } = {
  name: 'otel-profile',
  version,
};
/** Exited processes are kept for two reports and the names that those wait for, at least. */
const MIN_KEEP_MS = 20_000;
/** Nobody sees a sample before the next report: what is known already comes that seldom. */
const MAX_DELIVER_MS = 1_000;
/** What a shutdown may take: systemd waits 90 s, Kubernetes 30 s. */
const CLOSE_MS = 10_000;
const CLOSE_AWAY_MS = 1_000;

/** A running agent. */
export class Agent {
  readonly profiler: Profiler;
  readonly reporter: OtlpReporter;
  readonly budget: SampleBudget;
  readonly governor: Governor;
  readonly #options: AgentOptions;
  readonly #probabilistic: Probabilistic;

  constructor(options: AgentOptions) {
    this.#options = options;
    const { settings, tell } = options;
    const { sampling, targets, reporterIntervalMs } = settings;
    const pids = [...targets.pids];
    const deliverMs = Math.min(MAX_DELIVER_MS, reporterIntervalMs / 2);
    this.profiler = new Profiler({
      helperPath: options.helperPath,
      start: startOptions({ ...sampling, deliverMs, onlyListed: pids.length > 0 }),
      tables: options.tables,
      resource: {
        environmentVariables: settings.environmentVariables,
        host: hostResource(options.nodeName),
        onProblem: (message) => tell({ level: 'debug', message }),
      },
      symbolize: settings.symbolize,
      debuginfodUrls: settings.debuginfodUrls,
      errorFrames: settings.errorFrames,
      isChosen: this.#isChosen(),
      isWanted: this.#isOldEnough(),
      keepExitedMs: MIN_KEEP_MS + 2 * reporterIntervalMs,
      onLog: tell,
      onFileProblem: ({ path }, reason) => tell({ level: 'debug', message: `${path}: ${reason}` }),
      onDeath: options.onDeath,
    });
    this.reporter = new OtlpReporter({
      exporter: options.exporter,
      tables: this.profiler.data,
      kinds: profilerKinds(sampling.hz),
      scope: SCOPE,
      intervalMs: reporterIntervalMs,
      jitter: settings.reporterJitter,
      clockSyncMs: settings.clockSyncMs,
      onReport: () => {
        this.budget.renew();
        const { data } = this.profiler;
        if (!data.wantsCompaction(settings.maxFrames)) return;
        this.reporter.sendAll();
        data.compact();
      },
    });
    this.budget = new SampleBudget(this.reporter, settings.maxSamplesPerProcess);
    this.profiler.addSink(this.budget);
    const rate = (hz: number): void => void this.#request('rate', { hz });
    const pause = (isPaused: boolean): void => void this.#request(isPaused ? 'pause' : 'resume');
    this.governor = new Governor({ settings, profiler: this.profiler, rate, pause, tell });
    this.#probabilistic = new Probabilistic(settings, pause, tell);
  }

  /** @throws HelperError */
  async start(): Promise<void> {
    const { targets } = this.#options.settings;
    await this.profiler.start();
    if (targets.pids.size > 0) {
      await this.profiler.helper.request('filter', { include: [...targets.pids], exclude: [] });
    }
    this.reporter.start();
    this.governor.start();
    this.#probabilistic.start();
  }

  /** Detaches; what was sampled until now is sent, or kept on disk. */
  async stop(isHelperThere: boolean): Promise<CloseResult> {
    this.reporter.stop();
    this.governor.stop();
    this.#probabilistic.stop();
    if (isHelperThere) {
      // A helper that does not answer must not keep what is here already.
      await this.profiler.flush().catch(() => {});
      await this.profiler.stop();
    }
    await this.reporter.report(CLOSE_MS / 2);
    const { exporter } = this.#options;
    // A collector that has been away is not waited for: the reports are kept.
    const isAway = exporter.statistics().failuresInARow > 0;
    const result = await exporter.close(isAway ? CLOSE_AWAY_MS : CLOSE_MS);
    await this.profiler.close();
    return result;
  }

  #isChosen(): ((image: ProcessImage) => boolean) | undefined {
    const { targets } = this.#options.settings;
    if (isEverything(targets)) return undefined;
    const parentOf = ({ parentPid, startNs }: ProcessImage): ProcessImage | undefined =>
      this.profiler.data.processes.at(parentPid, startNs);
    return wantedBy(new ProcFs(), targets, parentOf);
  }

  #isOldEnough(): ((image: ProcessImage) => boolean) | undefined {
    const { minProcessAgeMs } = this.#options.settings;
    if (minProcessAgeMs === 0) return undefined;
    return ({ startNs }) => monotonicNs() - startNs >= minProcessAgeMs * 1e6;
  }

  async #request(op: string, members: Readonly<Record<string, unknown>> = {}): Promise<void> {
    try {
      await this.profiler.helper.request(op, members);
    } catch (error) {
      this.#options.tell({ level: 'warning', message: `${op}: ${(error as Error).message}` });
    }
  }
}
