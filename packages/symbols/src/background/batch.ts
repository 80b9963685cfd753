// SPDX-License-Identifier: Apache-2.0
// Frames of many addresses as columns, which cross from a thread to another without a copy.
import type { SourceFrame } from '../frames.ts';

const NONE = 0xffffffff;

/** The frames of addresses, in the order they were asked for. */
export interface ResolvedBatch {
  /** Frames of address `i` are offsets[i] … offsets[i + 1], innermost first. */
  readonly offsets: Uint32Array;
  /** Indexes into `strings`. */
  readonly functions: Uint32Array;
  /** Index into `strings`, or 0xffffffff where the linker's name is not another. */
  readonly systemNames: Uint32Array;
  /** Index into `strings`, or 0xffffffff. */
  readonly files: Uint32Array;
  /** 0 for none. */
  readonly lines: Uint32Array;
  /** 0 for none. */
  readonly columns: Uint32Array;
  readonly isInlined: Uint8Array;
  /** Different function names, modules and paths. */
  readonly strings: readonly string[];
  /** Why names are missing; undefined when nothing is known to be wrong. */
  readonly problem?: string;
}

/** Puts a batch together. */
export class BatchWriter {
  readonly #strings: string[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #offsets: Uint32Array;
  readonly #functions: number[] = [];
  readonly #systemNames: number[] = [];
  readonly #files: number[] = [];
  readonly #lines: number[] = [];
  readonly #columns: number[] = [];
  readonly #inlined: number[] = [];
  #done = 0;

  constructor(addressCount: number) {
    this.#offsets = new Uint32Array(addressCount + 1);
  }

  /** The frames of the next address. */
  add(frames: readonly SourceFrame[]): void {
    for (const frame of frames) {
      this.#functions.push(this.#string(frame.functionName));
      this.#systemNames.push(this.#optional(frame.systemName));
      this.#files.push(this.#optional(frame.file));
      this.#lines.push(frame.line ?? 0);
      this.#columns.push(frame.column ?? 0);
      this.#inlined.push(frame.isInlined ? 1 : 0);
    }
    this.#offsets[++this.#done] = this.#functions.length;
  }

  finish(problem?: string): ResolvedBatch {
    return {
      offsets: this.#offsets,
      functions: Uint32Array.from(this.#functions),
      systemNames: Uint32Array.from(this.#systemNames),
      files: Uint32Array.from(this.#files),
      lines: Uint32Array.from(this.#lines),
      columns: Uint32Array.from(this.#columns),
      isInlined: Uint8Array.from(this.#inlined),
      strings: this.#strings,
      ...(problem !== undefined && { problem }),
    };
  }

  #optional(text: string | undefined): number {
    return text === undefined ? NONE : this.#string(text);
  }

  #string(text: string): number {
    let index = this.#indexes.get(text);
    if (index === undefined) {
      index = this.#strings.push(text) - 1;
      this.#indexes.set(text, index);
    }
    return index;
  }
}

/** The frames of address `i` as objects. */
export function framesOfBatch(batch: ResolvedBatch, i: number): SourceFrame[] {
  const frames: SourceFrame[] = [];
  for (let at = batch.offsets[i]!; at < batch.offsets[i + 1]!; at++) {
    const systemName = batch.systemNames[at]!;
    const file = batch.files[at]!;
    const line = batch.lines[at]!;
    const column = batch.columns[at]!;
    frames.push({
      functionName: batch.strings[batch.functions[at]!]!,
      ...(systemName !== NONE && { systemName: batch.strings[systemName]! }),
      ...(file !== NONE && { file: batch.strings[file]! }),
      ...(line > 0 && { line }),
      ...(column > 0 && { column }),
      isInlined: batch.isInlined[at] === 1,
    });
  }
  return frames;
}

/** A batch without any name. */
export function emptyBatch(addressCount: number, problem: string): ResolvedBatch {
  const writer = new BatchWriter(addressCount);
  return writer.finish(problem);
}

/** What need not be copied when the batch is sent. */
export function buffersOf(batch: ResolvedBatch): ArrayBuffer[] {
  const { offsets, functions, systemNames, files, lines, columns, isInlined } = batch;
  return [offsets, functions, systemNames, files, lines, columns, isInlined].map(
    (column) => column.buffer as ArrayBuffer,
  );
}
