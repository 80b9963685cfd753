// SPDX-License-Identifier: Apache-2.0
import { isAscii } from 'node:buffer';
import type { ByteSource } from '../bytes/byteSource.ts';
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import type { FileRange } from '../elf/types.ts';
import { LIMITS } from '../limits.ts';

interface Piece {
  readonly bytes: Buffer;
  /** Checked once for the whole piece: names of ASCII need no look at each byte. */
  readonly isAscii: boolean;
}

const NO_PIECE: Piece = { bytes: Buffer.alloc(0), isAscii: true };
const UNDERSCORE = 0x5f;
const MOST_UNDERSCORES = 16;

/**
 * The string table of a symbol table, for many names: kept in pieces of LIMITS.bulkReadBytes, at
 * most LIMITS.symbolNameCacheBytes of them. All names decoded through it are bounded by a multiple
 * of the table's size, since overlapping names could otherwise add up without end.
 */
export class NameBytes {
  readonly #source: ByteSource;
  readonly #fileOffset: number;
  readonly #sizeBytes: number;
  readonly #pieces = new Map<number, Piece>();
  #lastIndex = -1;
  #lastPiece = NO_PIECE;
  #budgetBytes: number;

  constructor(source: ByteSource, range: FileRange) {
    this.#source = source;
    this.#fileOffset = range.fileOffset;
    const room = Math.max(0, source.sizeBytes - range.fileOffset);
    this.#sizeBytes = Math.min(range.sizeBytes, room);
    this.#budgetBytes = LIMITS.symbolNameBytes + 4 * this.#sizeBytes;
  }

  /** True when names are no longer decoded because the budget is spent. */
  get isExhausted(): boolean {
    return this.#budgetBytes <= 0;
  }

  /** The name at `offset`; undefined outside the table, unterminated, too long or out of budget. */
  at(offset: number): string | undefined {
    if (offset >= this.#sizeBytes || this.#budgetBytes <= 0) return undefined;
    const size = LIMITS.bulkReadBytes;
    const pieceIndex = Math.floor(offset / size);
    const { bytes, isAscii } = this.#piece(pieceIndex);
    const start = offset - pieceIndex * size;
    const end = bytes.indexOf(0, start);
    if (end < 0) return this.#acrossPieces(offset);
    this.#budgetBytes -= end - start + 1;
    return isAscii ? bytes.toString('latin1', start, end) : decodeBytes(bytes.subarray(start, end));
  }

  /** How many underscores the name starts with: the measure by which aliases are ranked. */
  leadingUnderscores(offset: number): number {
    let count = 0;
    while (count < MOST_UNDERSCORES && this.byteAt(offset + count) === UNDERSCORE) count++;
    return count;
  }

  /** The byte at `offset`; 0 outside the table. */
  byteAt(offset: number): number {
    if (offset >= this.#sizeBytes) return 0;
    const pieceIndex = Math.floor(offset / LIMITS.bulkReadBytes);
    return this.#piece(pieceIndex).bytes[offset - pieceIndex * LIMITS.bulkReadBytes] ?? 0;
  }

  #acrossPieces(offset: number): string | undefined {
    const longest = Math.min(this.#sizeBytes - offset, LIMITS.symbolNameLongestBytes);
    const bytes = this.#source.read(this.#fileOffset + offset, longest);
    const end = bytes.indexOf(0);
    this.#budgetBytes -= end < 0 ? bytes.length : end + 1;
    return end < 0 ? undefined : decodeBytes(bytes.subarray(0, end));
  }

  #piece(index: number): Piece {
    if (index === this.#lastIndex) return this.#lastPiece;
    let piece = this.#pieces.get(index);
    if (piece === undefined) {
      const start = index * LIMITS.bulkReadBytes;
      const wanted = Math.min(LIMITS.bulkReadBytes, this.#sizeBytes - start);
      const bytes = this.#source.read(this.#fileOffset + start, wanted);
      piece = { bytes, isAscii: isAscii(bytes) };
      this.#makeRoom();
      this.#pieces.set(index, piece);
    }
    this.#lastIndex = index;
    this.#lastPiece = piece;
    return piece;
  }

  #makeRoom(): void {
    const most = Math.floor(LIMITS.symbolNameCacheBytes / LIMITS.bulkReadBytes);
    if (this.#pieces.size < most) return;
    // Names are asked for in rising order almost always: the piece read first is needed last.
    for (const oldest of this.#pieces.keys()) {
      this.#pieces.delete(oldest);
      return;
    }
  }
}
