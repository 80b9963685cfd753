// SPDX-License-Identifier: Apache-2.0
// Words and pointers of a Go program's data as the runtime will see them, at load address 0: in
// place, or, in position-independent programs, from the relocations of DT_RELA.
import { type ElfFile, forEachRelativeRelocation, LITTLE_ENDIAN, readWhole } from '@otelkit/core';
import { ANALYZE_LIMITS } from '../limits.ts';

interface Segment {
  readonly start: number;
  readonly end: number;
  readonly fileOffset: number;
}

/** Reads little-endian 64-bit images, as the machines are that probes know. */
export class Image {
  readonly elf: ElfFile;
  readonly #segments: readonly Segment[];
  #relocations: Relocations | undefined;
  #held: Buffer = NOTHING;
  #heldStart = 0;

  constructor(elf: ElfFile) {
    this.elf = elf;
    this.#segments = elf.loads.map(({ vaddr, fileOffset, fileSizeBytes }) => {
      const start = Number(vaddr);
      return { start, end: start + fileSizeBytes, fileOffset };
    });
  }

  /** Reads a region as a whole, so that what is asked for in it costs no further read. */
  hold(vaddr: number, lengthBytes: number): Buffer {
    const segment = this.#segmentOf(vaddr);
    if (segment === undefined) return NOTHING;
    const length = Math.min(lengthBytes, segment.end - vaddr);
    this.#held = readWhole(this.elf.source, segment.fileOffset + vaddr - segment.start, length);
    this.#heldStart = vaddr;
    return this.#held;
  }

  /** The pointer at `vaddr`; 0 where the file holds none. */
  pointer(vaddr: number): number {
    const inPlace = this.word(vaddr);
    if (inPlace !== 0) return inPlace;
    this.#relocations ??= readRelocations(this.elf);
    return this.#relocations.at(vaddr);
  }

  /** The 64-bit number at `vaddr`, as a double; 0 where the file holds none. */
  word(vaddr: number): number {
    const bytes = this.bytes(vaddr, 8);
    return bytes.length < 8 ? 0 : LITTLE_ENDIAN.u64AsNumber(bytes, 0);
  }

  u32(vaddr: number): number {
    const bytes = this.bytes(vaddr, 4);
    return bytes.length < 4 ? 0 : LITTLE_ENDIAN.u32(bytes, 0);
  }

  /** At most so many bytes of the image; fewer at the end of what the file holds. */
  bytes(vaddr: number, lengthBytes: number): Buffer {
    const at = vaddr - this.#heldStart;
    if (at >= 0 && at + lengthBytes <= this.#held.length) {
      return this.#held.subarray(at, at + lengthBytes);
    }
    const segment = this.#segmentOf(vaddr);
    if (segment === undefined) return NOTHING;
    const length = Math.min(lengthBytes, segment.end - vaddr);
    return this.elf.source.read(segment.fileOffset + vaddr - segment.start, length);
  }

  #segmentOf(vaddr: number): Segment | undefined {
    if (!Number.isSafeInteger(vaddr)) return undefined;
    return this.#segments.find(({ start, end }) => vaddr >= start && vaddr < end);
  }
}

const NOTHING = Buffer.alloc(0);

class Relocations {
  readonly #places: Float64Array;
  readonly #values: Float64Array;

  constructor(places: Float64Array, values: Float64Array) {
    this.#places = places;
    this.#values = values;
  }

  at(vaddr: number): number {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#places[middle]! < vaddr) low = middle + 1;
      else high = middle;
    }
    return this.#places[low] === vaddr ? this.#values[low]! : 0;
  }
}

function readRelocations(elf: ElfFile): Relocations {
  let places = new Float64Array(FIRST_RELOCATIONS);
  let values = new Float64Array(FIRST_RELOCATIONS);
  let count = 0;
  let last = 0;
  let isSorted = true;
  forEachRelativeRelocation(elf, (vaddr, value) => {
    if (count >= ANALYZE_LIMITS.relocations) return;
    if (count === places.length) {
      places = twiceAsLong(places);
      values = twiceAsLong(values);
    }
    if (vaddr < last) isSorted = false;
    last = vaddr;
    places[count] = vaddr;
    values[count++] = value;
  });
  places = places.subarray(0, count);
  if (isSorted) return new Relocations(places, values);
  const order = new Uint32Array(count).map((_, i) => i).sort((a, b) => places[a]! - places[b]!);
  return new Relocations(
    new Float64Array(count).map((_, i) => places[order[i]!]!),
    new Float64Array(count).map((_, i) => values[order[i]!]!),
  );
}

const FIRST_RELOCATIONS = 65_536;

function twiceAsLong(list: Float64Array): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(2 * list.length);
  longer.set(list);
  return longer;
}
