// SPDX-License-Identifier: Apache-2.0
// All parts of a running tracer, wired: processes → executables → probes → records → spans → sinks.
import { existsSync } from 'node:fs';
import {
  BpfHelper,
  type GoStartReply,
  type HelperError,
  type Statistics,
} from '@otelkit/bpf-client';
import { hostResource, ProcError, type ProcessAttributes, ProcFs } from '@otelkit/core';
import { type FoundProcess, ProcessFinder } from '../discover/finder.ts';
import type { TargetChoice } from '../discover/targets.ts';
import type { SpanSink } from '../export/spanSink.ts';
import { CLAIMS_FOLDER, Claims } from '../instrument/claims.ts';
import { InstrumentManager } from '../instrument/manager.ts';
import { GO_TRACE_LIMITS } from '../limits.ts';
import { Durations } from '../metrics/durations.ts';
import { goResource } from '../resources/goResource.ts';
import { SpanPipeline } from '../spans/pipeline.ts';
import { TracedProcess } from '../spans/tracedProcess.ts';
import type { AttachSettings } from './settings.ts';

export type Tell = (level: 'debug' | 'info' | 'warning', message: string) => void;

export interface TracerOptions {
  readonly helperPath: string;
  readonly choice: TargetChoice;
  readonly settings: AttachSettings;
  readonly nodeName: string | undefined;
  readonly spans: SpanSink | undefined;
  readonly wantsMetrics: boolean;
  readonly tell: Tell;
  readonly onDeath: (error: HelperError) => void;
}

const STATS_MS = 5_000;
const REHEARSE_MS = 1_500;

/** From start to stop. */
export class Tracer {
  readonly durations: Durations | undefined;
  readonly pipeline: SpanPipeline;
  statistics: Statistics = {};
  readonly #fs: ProcFs = new ProcFs();
  readonly #options: TracerOptions;
  readonly #helper: BpfHelper;
  readonly #finder: ProcessFinder;
  readonly #claims: Claims;
  readonly #host: ProcessAttributes;
  readonly #found = new Map<number, FoundProcess>();
  readonly #traced = new Map<number, TracedProcess>();
  readonly #ended: {
    readonly pid: number;
    readonly atMs: number;
    readonly process: FoundProcess;
  }[] = [];
  #manager: InstrumentManager | undefined;
  #rehearsal: NodeJS.Timeout | undefined;

  constructor(options: TracerOptions) {
    const { helperPath, choice, settings, spans, wantsMetrics, tell, nodeName } = options;
    this.#options = options;
    this.#host = hostResource(nodeName);
    this.#claims = new Claims(this.#fs, CLAIMS_FOLDER);
    this.durations = wantsMetrics ? new Durations() : undefined;
    this.pipeline = new SpanPipeline({
      processOf: (pid, config) => this.#processOf(pid, config),
      settings: settings.describe,
      spans,
      durations: this.durations,
    });
    this.#finder = new ProcessFinder(this.#fs, choice, {
      found: (process) => this.#begin(process),
      ended: (pid) => this.#end(pid),
      missing: (pid) => tell('warning', this.#whyMissing(pid)),
    });
    this.#helper = new BpfHelper({
      path: helperPath,
      events: {
        span: this.pipeline.take,
        processEvent: (event) => this.#finder.take(event),
        statistics: (statistics) => this.#takeStatistics(statistics),
        log: ({ level, message }) => tell(level === 'warning' ? 'warning' : 'debug', message),
        died: options.onDeath,
      },
    });
    this.#finder.exclude(this.#helper.pid);
  }

  /** Executables that are attached now. */
  get manager(): InstrumentManager | undefined {
    return this.#manager;
  }

  get pids(): readonly number[] {
    return this.#finder.pids;
  }

  /** @throws HelperError */
  async start(): Promise<GoStartReply> {
    const { settings, tell, choice } = this.#options;
    const helper = this.#helper;
    await helper.hello();
    const catalog = await helper.goCatalog();
    this.#manager = new InstrumentManager({
      helper,
      catalog,
      claims: this.#claims,
      isNamed: ({ pid, path }) =>
        choice.pids.has(pid) || choice.globs.some((glob) => glob.test(path)),
      tell,
    });
    // Programs are read while the helper loads; it answers in the order in which it is asked.
    const started = helper.goStart({
      processes: true,
      statsMs: STATS_MS,
      sampler: settings.sampler,
      dbStatement: settings.describe.statements.text !== 'off',
      durations: this.durations !== undefined,
      propagate: settings.propagate,
      captureHeaders: settings.captures,
    });
    started.catch(() => {});
    await this.#finder.lookAtNamed();
    const reply = await started;
    // Whatever runs already is found by then; the helper is a Go program, too.
    this.#rehearsal = setTimeout(
      () => this.#manager?.rehearse(this.#options.helperPath),
      REHEARSE_MS,
    );
    return reply;
  }

  /** Detaches, and takes what is still on the way. */
  async stop(): Promise<void> {
    clearTimeout(this.#rehearsal);
    this.#finder.close();
    await this.#helper.stop();
    this.#claims.releaseAll();
  }

  /** At once, when somebody lost patience. */
  kill(): void {
    clearTimeout(this.#rehearsal);
    this.#claims.releaseAll();
    this.#helper.kill();
  }

  #begin(process: FoundProcess): void {
    this.#forgetEnded();
    this.#found.set(process.pid, process);
    this.#traced.delete(process.pid);
    this.#manager?.add(process);
  }

  #end(pid: number): void {
    const process = this.#found.get(pid);
    this.#manager?.remove(pid);
    // Its last records may still be in the ring.
    if (process !== undefined) this.#ended.push({ pid, atMs: performance.now(), process });
  }

  #forgetEnded(): void {
    const nowMs = performance.now();
    for (;;) {
      const [first] = this.#ended;
      if (first === undefined || nowMs - first.atMs < GO_TRACE_LIMITS.forgetExitedMs) return;
      this.#ended.shift();
      if (this.#found.get(first.pid) !== first.process) continue;
      this.#found.delete(first.pid);
      const traced = this.#traced.get(first.pid);
      if (traced !== undefined) this.durations?.forget(traced.resource);
      this.#traced.delete(first.pid);
    }
  }

  #processOf(pid: number, config: number): TracedProcess {
    const known = this.#traced.get(pid);
    if (known !== undefined) return known;
    const { settings } = this.#options;
    const executable = this.#manager?.ofConfig(config);
    const found = this.#found.get(pid) ?? this.#assumed(pid, executable?.path ?? '');
    const resource = goResource(this.#fs, found, executable?.analysis, {
      host: this.#host,
      serviceName: settings.serviceName,
      fallback: settings.fallback,
    });
    const process = new TracedProcess(this.#fs, pid, resource, executable?.analysis);
    this.#traced.set(pid, process);
    return process;
  }

  #whyMissing(pid: number): string {
    try {
      this.#fs.link(pid, 'ns/pid');
    } catch (error) {
      const isThere = error instanceof ProcError && existsSync(this.#fs.path(pid, ''));
      if (!isThere) return `there is no process ${pid}`;
    }
    return `process ${pid} is not traced: its executable cannot be read`;
  }

  /** Its span was faster than the news of it. */
  #assumed(pid: number, path: string): FoundProcess {
    return { pid, path, fileKey: '', cgroup: '', comm: '', isByPath: false };
  }

  #takeStatistics(statistics: Statistics): void {
    this.statistics = statistics;
    this.#forgetEnded();
  }
}
