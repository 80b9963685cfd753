// SPDX-License-Identifier: Apache-2.0
// The frames that are known of one file. A host that runs for months knows ten thousands of addresses
// of a large program and asks for a few: what is on disk is columns to be searched as they lie there.
// Little endian: magic, date from which it counts as absent (0: none), numbers of addresses, frames,
// strings and bytes of these; ascending addresses; for each its first frame; frames of six words; ends
// of strings; UTF-8; CRC-32 of all that.
import { crc32 } from 'node:zlib';
import type { SourceFrame } from '../frames.ts';

const MAGIC = 'OTKFRM\0\x03';
const HEADER_BYTES = 32;
const CRC_BYTES = 4;
const UNTIL_AT = 8;
const COUNTS_AT = 16;
/** Function, the linker's name, file (-1: none), line, column (0: none), 1 where it is inlined. */
const FRAME_WORDS = 6;
const NONE = -1;
/** An address that is not in columns yet, with its objects. */
const ADDED_BYTES = 320;

interface Columns {
  readonly addresses: Float64Array;
  readonly firstFrames: Uint32Array;
  readonly words: Int32Array;
  readonly stringEnds: Uint32Array;
  readonly strings: Buffer;
}

/** See the file's head. */
export class KnownFrames {
  #columns: Columns;
  readonly #added = new Map<number, readonly SourceFrame[]>();

  private constructor(columns: Columns) {
    this.#columns = columns;
  }

  static empty(): KnownFrames {
    return new KnownFrames(EMPTY);
  }

  /** Undefined for anything but what {@link encode} gave, and for what is too old. */
  static decode(bytes: Buffer, nowMs: number): KnownFrames | undefined {
    const columns = read(bytes, nowMs);
    return columns === undefined ? undefined : new KnownFrames(columns);
  }

  /** Addresses. */
  get size(): number {
    return this.#columns.addresses.length + this.#added.size;
  }

  /** Memory, about. */
  get sizeBytes(): number {
    const { addresses, words, stringEnds, strings } = this.#columns;
    const columns = 12 * addresses.length + 4 * (words.length + stringEnds.length) + strings.length;
    return columns + ADDED_BYTES * this.#added.size;
  }

  has(vaddr: number): boolean {
    return this.#added.has(vaddr) || find(this.#columns.addresses, vaddr) >= 0;
  }

  get(vaddr: number): readonly SourceFrame[] | undefined {
    const added = this.#added.get(vaddr);
    if (added !== undefined) return added;
    const i = find(this.#columns.addresses, vaddr);
    return i < 0 ? undefined : framesAt(this.#columns, i);
  }

  /** Of an address that is not known yet. */
  add(vaddr: number, frames: readonly SourceFrame[]): void {
    this.#added.set(vaddr, frames);
  }

  /** Everything, by ascending address. */
  *[Symbol.iterator](): Generator<[number, readonly SourceFrame[]]> {
    this.#merge();
    const { addresses } = this.#columns;
    for (let i = 0; i < addresses.length; i++) yield [addresses[i]!, framesAt(this.#columns, i)];
  }

  /** @param untilMs date from which it counts as absent; without, never */
  encode(untilMs: number | undefined): Buffer {
    this.#merge();
    const { addresses, firstFrames, words, stringEnds, strings } = this.#columns;
    const header = Buffer.alloc(HEADER_BYTES);
    header.write(MAGIC, 'latin1');
    header.writeDoubleLE(untilMs ?? 0, UNTIL_AT);
    const frameCount = words.length / FRAME_WORDS;
    const counts = [addresses.length, frameCount, stringEnds.length, strings.length];
    for (const [i, count] of counts.entries()) header.writeUInt32LE(count, COUNTS_AT + 4 * i);
    const columns = [addresses, firstFrames, words, stringEnds, strings].map(bytesOf);
    const crc = Buffer.alloc(CRC_BYTES);
    crc.writeUInt32LE([header, ...columns].reduce((sum, part) => crc32(part, sum), 0));
    return Buffer.concat([header, ...columns, crc]);
  }

  /** Makes columns of everything. */
  #merge(): void {
    if (this.#added.size === 0) return;
    const old = this.#columns;
    const strings = Array.from(old.stringEnds, (_, i) => textAt(old, i));
    const numbers = new Map(strings.map((text, i) => [text, i]));
    const numberOf = (text: string | undefined): number => {
      if (text === undefined) return NONE;
      const known = numbers.get(text) ?? strings.length;
      if (known === strings.length) numbers.set(text, strings.push(text) - 1);
      return known;
    };
    const added = [...this.#added].sort(([a], [b]) => a - b);
    const frameCount = added.reduce((sum, [, frames]) => sum + frames.length, 0);
    const count = old.addresses.length + added.length;
    const addresses = new Float64Array(count);
    const firstFrames = new Uint32Array(count + 1);
    const words = new Int32Array(old.words.length + FRAME_WORDS * frameCount);
    let [next, row, at] = [0, 0, 0];
    const finishRow = (vaddr: number): void => {
      addresses[row++] = vaddr;
      firstFrames[row] = at / FRAME_WORDS;
    };
    const takeBelow = (vaddr: number): void => {
      for (; next < old.addresses.length && old.addresses[next]! < vaddr; next++) {
        const [from, to] = [old.firstFrames[next]!, old.firstFrames[next + 1]!];
        for (let i = FRAME_WORDS * from; i < FRAME_WORDS * to; i++) words[at++] = old.words[i]!;
        finishRow(old.addresses[next]!);
      }
    };
    for (const [vaddr, frames] of added) {
      takeBelow(vaddr);
      for (const { functionName, systemName, file, line, column, isInlined } of frames) {
        for (const text of [functionName, systemName, file]) words[at++] = numberOf(text);
        for (const n of [line ?? 0, column ?? 0, Number(isInlined)]) words[at++] = n;
      }
      finishRow(vaddr);
    }
    takeBelow(Number.POSITIVE_INFINITY);
    this.#columns = { addresses, firstFrames, words, ...stringColumns(strings) };
    this.#added.clear();
  }
}

const EMPTY: Columns = {
  addresses: new Float64Array(0),
  firstFrames: new Uint32Array(1),
  words: new Int32Array(0),
  stringEnds: new Uint32Array(0),
  strings: Buffer.alloc(0),
};

function stringColumns(texts: readonly string[]): Pick<Columns, 'stringEnds' | 'strings'> {
  const stringEnds = new Uint32Array(texts.length);
  let end = 0;
  for (const [i, text] of texts.entries()) {
    end += Buffer.byteLength(text);
    stringEnds[i] = end;
  }
  return { stringEnds, strings: Buffer.from(texts.join('')) };
}

function read(bytes: Buffer, nowMs: number): Columns | undefined {
  const bodyBytes = bytes.length - CRC_BYTES;
  if (bodyBytes < HEADER_BYTES || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return;
  const [addresses, frames, strings, stringBytes] = [0, 1, 2, 3].map((i) =>
    bytes.readUInt32LE(COUNTS_AT + 4 * i),
  ) as [number, number, number, number];
  const words = FRAME_WORDS * frames;
  const sizes = [8 * addresses, 4 * (addresses + 1), 4 * words, 4 * strings, stringBytes];
  if (sizes.reduce((sum, size) => sum + size, HEADER_BYTES) !== bodyBytes) return;
  if (bytes.readUInt32LE(bodyBytes) !== crc32(bytes.subarray(0, bodyBytes))) return;
  const untilMs = bytes.readDoubleLE(UNTIL_AT);
  if (untilMs !== 0 && nowMs >= untilMs) return;
  // Columns of whole words: their buffer must begin at one.
  const whole = bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes);
  let at = whole.byteOffset + HEADER_BYTES;
  const place = (i: number): number => {
    at += sizes[i]!;
    return at - sizes[i]!;
  };
  const { buffer } = whole;
  return {
    addresses: new Float64Array(buffer, place(0), addresses),
    firstFrames: new Uint32Array(buffer, place(1), addresses + 1),
    words: new Int32Array(buffer, place(2), words),
    stringEnds: new Uint32Array(buffer, place(3), strings),
    strings: Buffer.from(buffer, place(4), stringBytes),
  };
}

function find(addresses: Float64Array, vaddr: number): number {
  let [low, high] = [0, addresses.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const there = addresses[middle]!;
    if (there === vaddr) return middle;
    if (there < vaddr) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function framesAt(columns: Columns, index: number): readonly SourceFrame[] {
  const { firstFrames, words } = columns;
  const frames: SourceFrame[] = [];
  for (let i = firstFrames[index]!; i < firstFrames[index + 1]!; i++) {
    const at = FRAME_WORDS * i;
    const [systemNumber, fileNumber] = [words[at + 1]!, words[at + 2]!];
    const [line, column] = [words[at + 3]!, words[at + 4]!];
    frames.push({
      functionName: textAt(columns, words[at]!),
      ...(systemNumber >= 0 && { systemName: textAt(columns, systemNumber) }),
      ...(fileNumber >= 0 && { file: textAt(columns, fileNumber) }),
      ...(line > 0 && { line }),
      ...(column > 0 && { column }),
      isInlined: words[at + 5] === 1,
    });
  }
  return frames;
}

function textAt({ stringEnds, strings }: Columns, index: number): string {
  return strings.toString('utf8', index === 0 ? 0 : stringEnds[index - 1], stringEnds[index]);
}

function bytesOf(column: NodeJS.TypedArray): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}
