// SPDX-License-Identifier: Apache-2.0
// One attach for each executable, however many processes run it, and an explanation for each that
// cannot be traced.
import { type BpfHelper, type GoCatalog, HelperError } from '@otelkit/bpf-client';
import {
  attachParts,
  type GoAnalysis,
  isBuiltByUs,
  type WantedParts,
  wantedOf,
} from '../analyze/index.ts';
import type { FoundProcess } from '../discover/finder.ts';
import { GO_TRACE_LIMITS } from '../limits.ts';
import { analyzeExecutable } from './analyzeProcess.ts';
import type { Claims } from './claims.ts';
import type { Executable } from './executable.ts';

export interface ManagerOptions {
  readonly helper: BpfHelper;
  readonly catalog: GoCatalog;
  readonly claims: Claims;
  /** A process that is named is told of even where it is no Go program. */
  readonly isNamed: (process: FoundProcess) => boolean;
  readonly tell: (level: 'debug' | 'info' | 'warning', message: string) => void;
}

/** Of what is not attached. */
const NO_CONFIG = -1;

/** Executables and their processes. */
export class InstrumentManager {
  readonly #options: ManagerOptions;
  readonly #wanted: WantedParts;
  readonly #byFile = new Map<string, Executable>();
  readonly #byPid = new Map<number, Executable>();
  readonly #byConfig = new Map<number, Executable>();
  readonly #pending = new Set<Promise<void>>();
  readonly #freed: number[] = [];
  #nextConfig = 0;

  constructor(options: ManagerOptions) {
    this.#options = options;
    this.#wanted = wantedOf(options.catalog.libraries);
  }

  /** Those that probes are attached to. */
  get attached(): readonly Executable[] {
    return [...this.#byFile.values()].filter(({ state }) => state === 'attached');
  }

  /**
   * Reads a Go program for nothing, where none was read so far: the code that reads is slow the first
   * time, and the first program to come has not long to wait.
   */
  rehearse(path: string): void {
    if (this.#nextConfig === 0) analyzeExecutable(path, path, this.#wanted);
  }

  ofPid(pid: number): Executable | undefined {
    return this.#byPid.get(pid);
  }

  ofConfig(config: number): Executable | undefined {
    return this.#byConfig.get(config);
  }

  /** Resolves when everything found so far is attached or refused. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  add(process: FoundProcess): void {
    const known = this.#byFile.get(process.fileKey);
    // Most processes of a host are no Go programs: nothing is claimed for them.
    if (known?.state === 'refused') {
      this.#join(known, process);
      return;
    }
    const owner = this.#options.claims.claim(process.pid);
    if (owner !== undefined) {
      const { pid, path } = process;
      const message = `${path} (${pid}) is traced by another otel-go already, process ${owner}`;
      this.#options.tell('warning', message);
      return;
    }
    if (known !== undefined) this.#join(known, process);
    else this.#begin(process);
  }

  remove(pid: number): void {
    this.#options.claims.release(pid);
    const executable = this.#byPid.get(pid);
    if (executable === undefined) return;
    this.#byPid.delete(pid);
    executable.pids.delete(pid);
    if (executable.pids.size === 0) executable.idleSinceMs = performance.now();
    if (executable.state !== 'attached') return;
    this.#ask('goTargets', { config: executable.config, remove: [pid] }, executable);
  }

  #join(executable: Executable, process: FoundProcess): void {
    executable.pids.add(process.pid);
    executable.idleSinceMs = undefined;
    this.#byPid.set(process.pid, executable);
    if (executable.state === 'refused') this.#tellRefused(executable, process);
    if (executable.state !== 'attached') return;
    this.#ask('goTargets', { config: executable.config, add: [process.pid] }, executable);
  }

  #begin(process: FoundProcess): void {
    if (this.#byFile.size >= GO_TRACE_LIMITS.judgedFiles) this.#forgetRefused();
    const executable: Executable = {
      fileKey: process.fileKey,
      path: process.path,
      config: NO_CONFIG,
      state: 'attaching',
      reason: undefined,
      analysis: undefined,
      attached: [],
      problems: [],
      isWhole: process.isByPath,
      pids: new Set([process.pid]),
      idleSinceMs: undefined,
    };
    this.#byFile.set(process.fileKey, executable);
    this.#byPid.set(process.pid, executable);
    const link = `/proc/${process.pid}/exe`;
    const analysis = this.#analyze(link, process);
    const config = typeof analysis === 'string' ? undefined : this.#freeConfig();
    if (typeof analysis === 'string' || config === undefined) {
      const reason = typeof analysis === 'string' ? analysis : 'too many executables are traced';
      this.#refuse(executable, reason, process);
      return;
    }
    executable.config = config;
    executable.analysis = analysis;
    this.#byConfig.set(config, executable);
    this.#follow(this.#attach(executable, analysis, link, process));
  }

  /** @returns why not in place of an analysis */
  #analyze(link: string, { path }: FoundProcess): GoAnalysis | string {
    const analysis = analyzeExecutable(link, path, this.#wanted);
    if (typeof analysis === 'string' || !isBuiltByUs(analysis.ownInstrumentation)) return analysis;
    return 'otel-go build made it, so it makes these spans itself';
  }

  async #attach(
    ...[executable, analysis, path, process]: [Executable, GoAnalysis, string, FoundProcess]
  ): Promise<void> {
    const { helper, tell } = this.#options;
    const { config, isWhole } = executable;
    try {
      const reply = await helper.goAttach({
        config,
        path,
        goVersion: analysis.goVersion.text,
        ...attachParts(analysis),
        ...(isWhole ? {} : { pids: [...executable.pids] }),
      });
      executable.attached = reply.attached;
      executable.problems = reply.problems;
      if (!reply.attached.some(({ library }) => library !== 'runtime')) {
        const [first] = reply.problems;
        const reason = first === undefined ? 'it has no library that is known' : first.message;
        return this.#refuse(executable, reason, process);
      }
      executable.state = 'attached';
      const add = [...executable.pids];
      this.#ask('goTargets', { config, add }, executable);
      const libraries = [...new Set(reply.attached.map(({ library }) => library))];
      tell('info', `${executable.path}: attached in ${reply.attachMs} ms: ${libraries.join(', ')}`);
      for (const { library, message } of reply.problems) {
        tell('debug', `${executable.path}: ${library}: ${message}`);
      }
    } catch (error) {
      if (!(error instanceof HelperError)) throw error;
      this.#refuse(executable, error.message, process);
    }
  }

  #refuse(executable: Executable, reason: string, process: FoundProcess): void {
    executable.state = 'refused';
    executable.reason = reason;
    if (this.#byConfig.delete(executable.config)) this.#freed.push(executable.config);
    for (const pid of executable.pids) this.#options.claims.release(pid);
    this.#tellRefused(executable, process);
  }

  #tellRefused({ path, reason }: Executable, process: FoundProcess): void {
    const level = this.#options.isNamed(process) ? 'warning' : 'debug';
    this.#options.tell(level, `${path} (${process.pid}) is not instrumented: ${reason}`);
  }

  /** The next number, or that of the file that nobody runs for the longest time. */
  #freeConfig(): number | undefined {
    const free = this.#freed.pop();
    if (free !== undefined) return free;
    if (this.#nextConfig < GO_TRACE_LIMITS.executables) return this.#nextConfig++;
    let oldest: Executable | undefined;
    for (const executable of this.#byConfig.values()) {
      if (executable.idleSinceMs === undefined) continue;
      if (oldest === undefined || executable.idleSinceMs < (oldest.idleSinceMs ?? 0)) {
        oldest = executable;
      }
    }
    if (oldest === undefined) return undefined;
    this.#byConfig.delete(oldest.config);
    this.#byFile.delete(oldest.fileKey);
    this.#ask('goDetach', { config: oldest.config }, oldest);
    return oldest.config;
  }

  #forgetRefused(): void {
    for (const [key, { state, pids }] of this.#byFile) {
      if (state === 'refused' && pids.size === 0) this.#byFile.delete(key);
    }
  }

  #ask(op: string, members: Record<string, unknown>, { path }: Executable): void {
    const answer = this.#options.helper.request(op, members).then(
      () => {},
      (error: Error) => this.#options.tell('debug', `${path}: ${op}: ${error.message}`),
    );
    this.#follow(answer);
  }

  #follow(work: Promise<void>): void {
    this.#pending.add(work);
    work.finally(() => this.#pending.delete(work)).catch(() => {});
  }
}
