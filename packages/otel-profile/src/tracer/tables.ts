// SPDX-License-Identifier: Apache-2.0
// Everything that the numbers in samples stand for, in one place that sinks can ask.
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ProcFs, ResourceOptions } from '@otelkit/core';
import type { ProfileFrame, ProfileSource, ResourceAttributes, TraceLink } from '@otelkit/otlp';
import { BackgroundSymbolizer } from '@otelkit/symbols';
import { LinkTable } from '../contexts/linkTable.ts';
import type { FileTable } from '../files/fileTable.ts';
import { PROFILE_LIMITS } from '../limits.ts';
import { GeneratedCodeTable } from '../processes/generatedCode.ts';
import { ProcessTable } from '../processes/processTable.ts';
import { ResourceTable } from '../processes/resourceTable.ts';
import { COMPLETE_ENDS, TRUNCATED } from '../traces/endReasons.ts';
import { FrameNames } from '../traces/frameNames.ts';
import { FrameTable, MARKER_SLOT } from '../traces/frameTable.ts';
import { PieceTable } from '../traces/pieceTable.ts';
import { StackTable } from '../traces/stackTable.ts';
import { ThreadNames } from '../traces/threadNames.ts';
import type { SymbolWorkerData } from '../workers/symbolWorker.ts';
import { workerFile } from '../workers/workerFile.ts';

/** What frames get beside addresses and build IDs: nothing, functions, lines and inlined calls too. */
export type Symbolizing = 'off' | 'functions' | 'lines';

export interface TablesOptions {
  readonly fs: ProcFs;
  readonly resource: ResourceOptions;
  readonly symbolize: Symbolizing;
  /** Servers that are asked for missing debug files. */
  readonly debuginfodUrls?: readonly string[];
  /** Where lines are kept from one run to the next; nowhere without. */
  readonly frameFolder?: string | undefined;
  /** Stacks that end early say why, in a frame of their own. */
  readonly errorFrames: boolean;
}

/** A thread's heap starts with 48 MB of young objects otherwise. */
const WORKER_LIMITS = { maxYoungGenerationSizeMb: 8 };
/** Names come in the background, and new frames meanwhile. */
const NAMING_STEP_MS = 100;

/** The tables of one profiler. */
export class Tables implements ProfileSource {
  readonly processes: ProcessTable = new ProcessTable();
  readonly generated: GeneratedCodeTable = new GeneratedCodeTable();
  readonly names: ThreadNames = new ThreadNames();
  readonly resources: ResourceTable;
  readonly frames: FrameTable = new FrameTable();
  readonly pieces: PieceTable;
  readonly stacks: StackTable;
  readonly links: LinkTable = new LinkTable();
  readonly #symbolizer: BackgroundSymbolizer | undefined;
  readonly #frameNames: FrameNames;
  #isCompactionDue = false;
  #framesKept = 0;

  constructor(options: TablesOptions, files: Pick<FileTable, 'ofSlot'>) {
    const { fs, resource, symbolize, errorFrames } = options;
    const { frames } = this;
    this.resources = new ResourceTable(fs, resource);
    this.#symbolizer = symbolize === 'off' ? undefined : openSymbolizer(options);
    this.pieces = new PieceTable((id) =>
      this.#frameNames.plain(frames.slotOf(id), frames.addressOf(id)),
    );
    const { pieces } = this;
    const resolver = this.#symbolizer;
    const { generated } = this;
    this.#frameNames = new FrameNames({ fs, files, frames, pieces, resolver, generated });
    generated.onNew = (slot) => this.#frameNames.expect(slot);
    this.stacks = new StackTable({
      frames,
      identity: { fileIdOf: (slot) => files.ofSlot(slot)?.fileId ?? '' },
      markerOf: (end, depth) => this.#marker(end, depth, errorFrames),
    });
  }

  /**
   * Names the frames that are there now, as far as that is done in time; the others are named later.
   * Those that are met meanwhile are not asked for: each question reads a file's symbols anew.
   */
  async nameKnown(withinMs: number): Promise<void> {
    void this.#frameNames.nameNew();
    await pause(withinMs, this.#frameNames.asked);
  }

  /** Names all frames met so far, those that are met meanwhile too, as far as that is done in time. */
  async nameFrames(withinMs: number): Promise<void> {
    const startMs = performance.now();
    void this.#frameNames.nameNew();
    for (;;) {
      const before = this.frames.count;
      await pause(NAMING_STEP_MS, this.#frameNames.settled());
      const isDone = !this.#frameNames.isBusy && this.frames.count === before;
      const passedMs = performance.now() - startMs;
      if (isDone || passedMs >= withinMs) return;
      // What is met while a large file is being read is asked for meanwhile.
      void this.#frameNames.nameNew();
    }
  }

  /** The helper numbers its traces and names anew; numbers of ours stay. */
  forgetHelper(): void {
    this.stacks.forgetTraces();
    this.names.forgetHelper();
    this.#isCompactionDue = true;
  }

  /** True when {@link compact} is worth it, and nobody is looking for names by old numbers. */
  wantsCompaction(maxFrames: number): boolean {
    const isFull =
      this.links.size > PROFILE_LIMITS.links / 4 ||
      this.stacks.count > PROFILE_LIMITS.stacks ||
      this.frames.count > Math.max(maxFrames, 2 * this.#framesKept);
    return (this.#isCompactionDue || isFull) && !this.#frameNames.isBusy;
  }

  /**
   * Forgets what has not been seen since the helper's numbers began anew: a host that runs for months
   * meets new stacks every day. Nobody may hold a number of a stack, a frame, a name or a link.
   */
  compact(): void {
    this.links.clear();
    this.#isCompactionDue = false;
    this.pieces.renumber(this.stacks.compact());
    this.names.compact();
    this.#framesKept = this.frames.count;
    this.#frameNames.restart();
  }

  /** The number of a file will mean another one. */
  forgetSlot(slot: number): void {
    this.frames.forgetSlot(slot);
    this.stacks.forgetSlot(slot);
  }

  frame(pieceId: number): ProfileFrame {
    return this.pieces.piece(pieceId);
  }

  stack(stackId: number): Int32Array {
    return this.stacks.expanded(stackId, (frames) => this.pieces.expand(frames));
  }

  resource(resourceId: number): ResourceAttributes {
    return this.resources.attributes(resourceId, performance.now());
  }

  name(nameId: number): string {
    return this.names.text(nameId);
  }

  link(linkId: number): TraceLink {
    return this.links.link(linkId) ?? NO_LINK;
  }

  /** Gives up what can be made again. */
  shed(): void {
    this.stacks.forgetExpansions();
  }

  async close(): Promise<void> {
    await this.#symbolizer?.close();
  }

  /** A stack that was cut says so in any case: it would pass for a whole one. */
  #marker(end: number, depth: number, errorFrames: boolean): number | undefined {
    if (COMPLETE_ENDS.has(end)) return undefined;
    if (end === TRUNCATED) return this.frames.idOf(MARKER_SLOT, end + 256 * depth);
    return errorFrames ? this.frames.idOf(MARKER_SLOT, end) : undefined;
  }
}

const NO_LINK: TraceLink = { traceId: new Uint8Array(16), spanId: new Uint8Array(8) };

/** Undefined where the bundle lacks its worker: frames then have addresses and build IDs. */
function openSymbolizer(options: TablesOptions): BackgroundSymbolizer | undefined {
  const { symbolize, frameFolder, debuginfodUrls = [] } = options;
  const file = workerFile('symbolWorker');
  if (file === undefined) return undefined;
  const debuginfod =
    debuginfodUrls.length === 0 || frameFolder === undefined
      ? undefined
      : { urls: debuginfodUrls, folder: join(dirname(frameFolder), 'debuginfod') };
  const workerData: SymbolWorkerData = { lines: symbolize === 'lines', frameFolder, debuginfod };
  const startWorker = (): Worker =>
    new Worker(file, { name: 'symbols', resourceLimits: WORKER_LIMITS, workerData });
  return new BackgroundSymbolizer({ startWorker, hasLines: symbolize === 'lines' });
}

/** Until the work is done, or so long. */
async function pause(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
