// SPDX-License-Identifier: Apache-2.0
// One address may stand for several calls, where some were inlined. Collectors and files get these
// pieces, by numbers of their own.
import type { ProfileFrame } from '@otelkit/otlp';

const FIRST_FRAMES = 4096;

/** The named pieces of all frames. */
export class PieceTable {
  readonly #plain: (frameId: number) => ProfileFrame;
  #pieces: ProfileFrame[] = [];
  /** By frame: number of its first piece + 1, and how many follow. */
  #first: Int32Array = new Int32Array(FIRST_FRAMES);
  #counts: Uint16Array = new Uint16Array(FIRST_FRAMES);

  /** @param plain a frame whose name nobody has told yet */
  constructor(plain: (frameId: number) => ProfileFrame) {
    this.#plain = plain;
  }

  piece(pieceId: number): ProfileFrame {
    return this.#pieces[pieceId] ?? NOBODY;
  }

  has(frameId: number): boolean {
    return (this.#counts[frameId] ?? 0) > 0;
  }

  /** @param pieces innermost first, not empty */
  set(frameId: number, pieces: readonly ProfileFrame[]): void {
    if (frameId >= this.#first.length) this.#grow(frameId + 1);
    this.#first[frameId] = this.#pieces.length + 1;
    this.#counts[frameId] = pieces.length;
    for (const piece of pieces) this.#pieces.push(piece);
  }

  /** The pieces of a stack's frames, innermost first. */
  expand(frameIds: Int32Array): Int32Array {
    let count = 0;
    for (let i = 0; i < frameIds.length; i++) {
      const frameId = frameIds[i]!;
      // Names may still come; they take the place of this.
      if (this.#counts[frameId] === undefined || this.#counts[frameId] === 0) {
        this.set(frameId, [this.#plain(frameId)]);
      }
      count += this.#counts[frameId]!;
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

  /** Frames were numbered anew. @param renumbered new numbers by old ones; -1 for the forgotten */
  renumber(renumbered: Int32Array): void {
    const old = { pieces: this.#pieces, first: this.#first, counts: this.#counts };
    this.#pieces = [];
    this.#first = new Int32Array(FIRST_FRAMES);
    this.#counts = new Uint16Array(FIRST_FRAMES);
    for (let id = 0; id < renumbered.length && id < old.first.length; id++) {
      const count = old.counts[id]!;
      if (renumbered[id]! < 0 || count === 0) continue;
      const from = old.first[id]! - 1;
      this.set(renumbered[id]!, old.pieces.slice(from, from + count));
    }
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
