// SPDX-License-Identifier: Apache-2.0
// A profiler for a limited time: from its start to the end of a duration, a command or by Ctrl-C.
import { findHelper, type HelperError } from '@otelkit/bpf-client';
import { hostResource, monotonicNs, ProcFs } from '@otelkit/core';
import { tableStore } from '../files/tableStore.ts';
import type { ProcessImage } from '../processes/processTable.ts';
import { isEverything, type Targets, wantedBy } from '../processes/targets.ts';
import { Profiler } from './profiler.ts';
import { type SamplingSettings, startOptions } from './startOptions.ts';
import type { Symbolizing } from './tables.ts';

export interface CaptureOptions {
  readonly sampling: SamplingSettings;
  readonly targets: Targets;
  readonly symbolize: Symbolizing;
  /** Servers that are asked for missing debug files. */
  readonly debuginfodUrls?: readonly string[];
  readonly errorFrames: boolean;
  /** A helper other than the one beside the tool. */
  readonly helper: string | undefined;
  /** A remark for the person who waits. */
  readonly tell: (message: string) => void;
}

/** What ended a capture. */
export type CaptureEnd = 'command' | 'time' | 'signal' | 'death';

/** See {@link Profiler}; with processes kept to the end, so that all samples can be explained. */
export class Capture {
  readonly profiler: Profiler;
  readonly #tell: (message: string) => void;
  readonly #died: Promise<HelperError>;
  #isDead = false;
  /** When sampling ended. */
  endNs = 0;

  /** Finds and starts the helper; nothing is attached yet. @throws HelperError */
  constructor(options: CaptureOptions) {
    const { targets, tell } = options;
    this.#tell = tell;
    let onDeath: (error: HelperError) => void = () => {};
    this.#died = new Promise((resolve) => {
      onDeath = resolve;
    });
    const parentOf = ({ parentPid, startNs }: ProcessImage): ProcessImage | undefined =>
      this.profiler.data.processes.at(parentPid, startNs);
    this.profiler = new Profiler({
      helperPath: findHelper({ given: options.helper, from: process.argv[1] ?? '.' }).path,
      start: startOptions(options.sampling),
      tables: tableStore(undefined),
      resource: { environmentVariables: [], host: hostResource(undefined) },
      symbolize: options.symbolize,
      debuginfodUrls: options.debuginfodUrls ?? [],
      errorFrames: options.errorFrames,
      isChosen: isEverything(targets) ? undefined : wantedBy(new ProcFs(), targets, parentOf),
      keepExitedMs: Number.POSITIVE_INFINITY,
      onLog: ({ level, message }) => {
        if (level !== 'debug' && level !== 'info') tell(message);
      },
      onDeath: (error) => onDeath(error),
    });
  }

  /** @throws HelperError */
  async start(): Promise<void> {
    await this.profiler.start();
  }

  /**
   * @param command resolves when the command ends
   * @param onKey calls back when a key asks for the end; returns what stops it listening
   */
  async wait(
    durationMs: number | undefined,
    command: Promise<unknown> | undefined,
    onKey?: (quit: () => void) => () => void,
  ): Promise<CaptureEnd> {
    let timer: NodeJS.Timeout | undefined;
    const onSignal: (() => void)[] = [];
    const ends: Promise<CaptureEnd>[] = [
      this.#died.then((error) => {
        this.#isDead = true;
        this.#tell(error.message);
        return 'death';
      }),
    ];
    if (durationMs !== undefined) {
      ends.push(
        new Promise((resolve) => {
          timer = setTimeout(() => resolve('time'), durationMs);
        }),
      );
    }
    // A command gets the signals itself, and its end is ours.
    if (command !== undefined) ends.push(command.then(() => 'command'));
    else ends.push(new Promise((resolve) => onSignal.push(() => resolve('signal'))));
    const handler = (): void => onSignal[0]?.();
    if (command === undefined) for (const name of SIGNALS) process.on(name, handler);
    const stopKeys = onKey?.(handler);
    const end = await Promise.race(ends);
    stopKeys?.();
    clearTimeout(timer);
    for (const name of SIGNALS) process.off(name, handler);
    return end;
  }

  /** Takes what is still to come, and detaches. */
  async finish(): Promise<void> {
    this.endNs = monotonicNs();
    if (!this.#isDead) {
      // What is still to be unwound and named takes time: none of that is to be sampled.
      await this.profiler.helper.request('pause').catch(() => {});
      await this.profiler.flush();
      await this.profiler.stop();
    }
    await this.profiler.data.nameFrames(NAMING_MS);
  }
}

/** Nobody names what was recorded later: a busy machine gets time to read symbols. */
const NAMING_MS = 60_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
