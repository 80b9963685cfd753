// SPDX-License-Identifier: Apache-2.0
// Everything that the numbers in samples stand for, in one place that sinks can ask.
import type { ProcFs } from '@otelkit/core';
import type { ProfileFrame, ProfileSource, ResourceAttributes } from '@otelkit/otlp';
import { KernelSymbols } from '@otelkit/symbols';
import type { FileTable } from '../files/fileTable.ts';
import { SymbolCache } from '../files/symbolCache.ts';
import { PROFILE_LIMITS } from '../limits.ts';
import type { ResourceOptions } from '../processes/processResource.ts';
import { ProcessTable } from '../processes/processTable.ts';
import { ResourceTable } from '../processes/resourceTable.ts';
import { COMPLETE_ENDS, TRUNCATED } from '../traces/endReasons.ts';
import { FrameNames } from '../traces/frameNames.ts';
import { FrameTable, MARKER_SLOT } from '../traces/frameTable.ts';
import { PieceTable } from '../traces/pieceTable.ts';
import { StackTable } from '../traces/stackTable.ts';
import { ThreadNames } from '../traces/threadNames.ts';

export interface TablesOptions {
  readonly fs: ProcFs;
  readonly resource: ResourceOptions;
  /** False: frames get addresses and build IDs only. */
  readonly symbolize: boolean;
  /** Stacks that end early say why, in a frame of their own. */
  readonly errorFrames: boolean;
}

/** The tables of one profiler. */
export class Tables implements ProfileSource {
  readonly processes: ProcessTable = new ProcessTable();
  readonly names: ThreadNames = new ThreadNames();
  readonly kernel: KernelSymbols;
  readonly resources: ResourceTable;
  readonly frames: FrameTable;
  readonly pieces: PieceTable;
  readonly stacks: StackTable;
  readonly #symbols: SymbolCache | undefined;

  constructor(options: TablesOptions, files: Pick<FileTable, 'ofSlot'>) {
    const { fs, resource, symbolize, errorFrames } = options;
    this.kernel = new KernelSymbols({ procFs: fs });
    this.resources = new ResourceTable(fs, resource);
    this.#symbols = symbolize ? new SymbolCache(PROFILE_LIMITS.symbolBytes) : undefined;
    const names = new FrameNames({ files, symbols: this.#symbols, kernel: this.kernel });
    this.frames = new FrameTable(names);
    this.pieces = new PieceTable(this.frames);
    this.stacks = new StackTable({
      frames: this.frames,
      identity: { fileIdOf: (slot) => files.ofSlot(slot)?.fileId ?? '' },
      markerOf: (end, depth) => this.#marker(end, depth, errorFrames),
    });
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

  close(): void {
    this.#symbols?.close();
  }

  /** A stack that was cut says so in any case: it would pass for a whole one. */
  #marker(end: number, depth: number, errorFrames: boolean): number | undefined {
    if (COMPLETE_ENDS.has(end)) return undefined;
    if (end === TRUNCATED) return this.frames.idOf(MARKER_SLOT, end + 256 * depth);
    return errorFrames ? this.frames.idOf(MARKER_SLOT, end) : undefined;
  }
}
