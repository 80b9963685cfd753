// SPDX-License-Identifier: Apache-2.0
// One address may stand for several calls, where some were inlined. Collectors and files get these
// pieces, by numbers of their own.
import type { ProfileFrame } from '@otelkit/otlp';

const FIRST_FRAMES = 4096;

/** The named pieces of all frames. */
export class PieceTable {
  readonly #plain: (frameId: number) => ProfileFrame;
  readonly #pieces: ProfileFrame[] = [];
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
