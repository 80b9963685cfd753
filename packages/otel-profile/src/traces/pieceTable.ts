// SPDX-License-Identifier: Apache-2.0
// One address may stand for several calls, where some were inlined. Collectors and files get these
// pieces, by numbers of their own.
import type { ProfileFrame } from '@otelkit/otlp';
import type { FrameTable } from './frameTable.ts';

const FIRST_FRAMES = 4096;

/** The named pieces of all frames that somebody asked for. */
export class PieceTable {
  readonly #frames: FrameTable;
  readonly #pieces: ProfileFrame[] = [];
  /** By frame: number of its first piece + 1, and how many follow. */
  #first: Int32Array = new Int32Array(FIRST_FRAMES);
  #counts: Uint16Array = new Uint16Array(FIRST_FRAMES);

  constructor(frames: FrameTable) {
    this.#frames = frames;
  }

  piece(pieceId: number): ProfileFrame {
    return this.#pieces[pieceId] ?? NOBODY;
  }

  /** The pieces of a stack's frames, innermost first. */
  expand(frameIds: Int32Array): Int32Array {
    let count = 0;
    for (let i = 0; i < frameIds.length; i++) {
      this.#nameOnce(frameIds[i]!);
      count += this.#counts[frameIds[i]!]!;
    }
    const result = new Int32Array(count);
    let at = 0;
    for (let i = 0; i < frameIds.length; i++) {
      const first = this.#first[frameIds[i]!]! - 1;
      const its = this.#counts[frameIds[i]!]!;
      for (let k = 0; k < its; k++) result[at++] = first + k;
    }
    return result;
  }

  #nameOnce(frameId: number): void {
    if (frameId >= this.#first.length) this.#grow(frameId + 1);
    if (this.#first[frameId] !== 0) return;
    const pieces = this.#frames.framesOf(frameId);
    this.#first[frameId] = this.#pieces.length + 1;
    this.#counts[frameId] = pieces.length;
    this.#pieces.push(...pieces);
  }

  #grow(needed: number): void {
    const size = Math.max(needed, 2 * this.#first.length);
    const first = new Int32Array(size);
    first.set(this.#first);
    this.#first = first;
    const counts = new Uint16Array(size);
    counts.set(this.#counts);
    this.#counts = counts;
  }
}

const NOBODY: ProfileFrame = { kind: 'unknown' };
