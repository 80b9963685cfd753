// SPDX-License-Identifier: Apache-2.0
// Stacks by number. The helper tells each different raw trace once; several of them may be the same
// stack (the numbers of files and traces start anew now and then), so stacks are known by a hash of
// 128 bits over the whole identity of their frames: file, address, kind and, where code has no file,
// the address alone. Two stacks of equal shape never become one.

import type { RawTrace } from '@otelkit/bpf-client';
import { type FrameTable, KERNEL_SLOT } from './frameTable.ts';
import { StackHash } from './stackHash.ts';

/** What a frame of a file is known by. */
export interface FrameIdentity {
  /** Hexadecimal file ID; '' for code without a file. */
  fileIdOf(slot: number): string;
}

export interface StackTableOptions {
  readonly frames: FrameTable;
  readonly identity: FrameIdentity;
  /** A frame that is put behind the outermost one of a stack that ended so; undefined for none. */
  readonly markerOf: (end: number, depth: number) => number | undefined;
}

const TWO_32 = 4_294_967_296;
const FILE_ID_BYTES = 16;

/** All stacks met so far. Numbers begin at 1. */
export class StackTable {
  readonly #options: StackTableOptions;
  readonly #byTrace = new Map<number, number>();
  /** Those that lead through memory without a file, which is other code in each process. */
  readonly #anonymous = new Map<number, AnonymousTrace>();
  readonly #byHash = new Map<string, number>();
  #frames: (Int32Array | undefined)[] = [undefined];
  /** Hash of each stack. */
  #hashes: string[] = [''];
  readonly #fileIds = new Map<number, FileWords>();
  readonly #hash = new StackHash();
  #expanded: (Int32Array | undefined)[] = [];

  constructor(options: StackTableOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#frames.length - 1;
  }

  /**
   * The stack of a trace; 0 when it was never told.
   * @param generatedSlot gives the number of the process that makes code; asked only where it matters
   */
  ofTrace(traceId: number, generatedSlot: () => number = NO_SLOT): number {
    const stackId = this.#byTrace.get(traceId);
    if (stackId !== undefined) return stackId;
    const trace = this.#anonymous.get(traceId);
    if (trace === undefined) return 0;
    const slot = generatedSlot();
    let ofSlot = trace.stacks.get(slot);
    if (ofSlot === undefined) {
      ofSlot = this.intern(trace.words, trace.kernelFrames, trace.end, () => slot);
      trace.stacks.set(slot, ofSlot);
    }
    return ofSlot;
  }

  /** Takes a trace of the helper; it is not kept. */
  add({ id, words, kernelFrames, end }: RawTrace): void {
    if (isAnonymous(words, kernelFrames)) {
      this.#anonymous.set(id, { words: words.slice(), kernelFrames, end, stacks: new Map() });
    } else {
      this.#byTrace.set(id, this.intern(words, kernelFrames, end));
    }
  }

  /**
   * @param words two for each frame, low half first, those of the kernel first
   * @param generatedSlot gives what stands for memory without a file; asked only where there is some
   */
  intern(
    words: Uint32Array,
    kernelFrames: number,
    end: number,
    generatedSlot: () => number = NO_SLOT,
  ): number {
    const { frames, markerOf } = this.#options;
    const count = words.length / 2;
    const marker = markerOf(end, count - kernelFrames);
    const ids = new Int32Array(marker === undefined ? count : count + 1);
    this.#hash.begin();
    for (let i = 0; i < count; i++) {
      const high = words[2 * i + 1]!;
      const slot = i < kernelFrames ? KERNEL_SLOT : high >>> 16 || generatedSlot();
      const address = (high & 0xffff) * TWO_32 + words[2 * i]!;
      ids[i] = frames.idOf(slot, address);
      this.#addIdentity(slot, address);
    }
    if (marker !== undefined) {
      ids[count] = marker;
      this.#addIdentity(frames.slotOf(marker), frames.addressOf(marker));
    }
    const key = this.#hash.key();
    const known = this.#byHash.get(key);
    if (known !== undefined) return known;
    const stackId = this.#frames.length;
    this.#frames.push(ids);
    this.#hashes.push(key);
    this.#byHash.set(key, stackId);
    return stackId;
  }

  /** Frame numbers, innermost first. */
  frames(stackId: number): Int32Array {
    return this.#frames[stackId] ?? NONE;
  }

  /** As the caller expands it, kept until {@link forgetExpansions}. */
  expanded(stackId: number, expand: (frames: Int32Array) => Int32Array): Int32Array {
    let pieces = this.#expanded[stackId];
    if (pieces === undefined) {
      pieces = expand(this.frames(stackId));
      this.#expanded[stackId] = pieces;
    }
    return pieces;
  }

  forgetExpansions(): void {
    this.#expanded = [];
  }

  /** The helper numbers its traces anew. Stacks keep their numbers. */
  forgetTraces(): void {
    this.#byTrace.clear();
    this.#anonymous.clear();
  }

  /**
   * Forgets every stack that no trace leads to; the others, and all frames, get new numbers. Nobody
   * may hold a number of either.
   * @returns new numbers of frames by old ones; -1 for the forgotten
   */
  compact(): Int32Array {
    const { frames } = this.#options;
    const isUsed = new Uint8Array(frames.count);
    const anonymous = [...this.#anonymous.values()].map(({ stacks }) => stacks);
    const live = new Set([this.#byTrace, ...anonymous].flatMap((ids) => [...ids.values()]));
    for (const stackId of live) for (const id of this.frames(stackId)) isUsed[id] = 1;
    const renumbered = frames.keep(isUsed);
    const old = { frames: this.#frames, hashes: this.#hashes };
    this.#frames = [undefined];
    this.#hashes = [''];
    this.#byHash.clear();
    const newIds = new Map<number, number>();
    for (const stackId of live) {
      newIds.set(stackId, this.#frames.length);
      this.#byHash.set(old.hashes[stackId]!, this.#frames.length);
      this.#hashes.push(old.hashes[stackId]!);
      this.#frames.push(old.frames[stackId]!.map((id) => renumbered[id]!));
    }
    for (const ids of [this.#byTrace, ...anonymous])
      for (const [key, stackId] of ids) ids.set(key, newIds.get(stackId)!);
    this.#expanded = [];
    return renumbered;
  }

  forgetSlot(slot: number): void {
    this.#fileIds.delete(slot);
  }

  #addIdentity(slot: number, address: number): void {
    let file = this.#fileIds.get(slot);
    if (file === undefined) {
      file = fileWords(this.#options.identity.fileIdOf(slot), slot);
      this.#fileIds.set(slot, file);
    }
    const { first, second, third, fourth, other } = file;
    this.#hash.add(first, second, third, fourth);
    this.#hash.add(other, file.bytes, (address % TWO_32) | 0, Math.floor(address / TWO_32));
  }
}

/** A file's ID, and how many bytes it has. */
interface FileWords {
  readonly first: number;
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
  readonly bytes: number;
  /** A file without an ID is told apart by its number. */
  readonly other: number;
}

function fileWords(fileId: string, slot: number): FileWords {
  const id = Buffer.from(fileId, 'hex');
  const padded = Buffer.alloc(FILE_ID_BYTES);
  id.copy(padded);
  const [first, second, third, fourth] = [0, 4, 8, 12].map((at) => padded.readInt32LE(at)) as [
    number,
    number,
    number,
    number,
  ];
  return { first, second, third, fourth, bytes: id.length, other: id.length === 0 ? slot : 0 };
}

/** A trace whose stack depends on the process. */
interface AnonymousTrace {
  readonly words: Uint32Array;
  readonly kernelFrames: number;
  readonly end: number;
  /** By the number of the process that makes code. */
  readonly stacks: Map<number, number>;
}

function isAnonymous(words: Uint32Array, kernelFrames: number): boolean {
  for (let i = 2 * kernelFrames + 1; i < words.length; i += 2) {
    if (words[i]! >>> 16 === 0) return true;
  }
  return false;
}

const NO_SLOT = (): number => 0;
const NONE = new Int32Array(0);
