// SPDX-License-Identifier: Apache-2.0
// Samples come as columns, so that a batch is read without an object for each.

export const SampleKind = { onCpu: 1, offCpuBegins: 2, offCpu: 3, rawCopy: 4, probe: 5 } as const;

/** A batch of samples; all columns are `count` long. */
export interface SampleBatch {
  readonly count: number;
  /** CLOCK_MONOTONIC. */
  readonly timeNs: BigUint64Array;
  /** 1, or nanoseconds off the CPU. */
  readonly value: BigUint64Array;
  readonly traceId: Uint32Array;
  readonly pid: Uint32Array;
  readonly tid: Uint32Array;
  readonly nameId: Uint32Array;
  readonly cpu: Uint32Array;
  /** {@link SampleKind} in the low byte, number of the probe in the second. */
  readonly kindAndProbe: Uint32Array;
  readonly generation: Uint32Array;
}

const FIRST_COLUMN = 8;
const WIDE_COLUMNS = 2;
const NARROW_COLUMNS = 7;

const aligned = (bytes: number): number => (bytes + 7) & ~7;

/** Size of a batch's payload. */
export function sampleBatchBytes(count: number): number {
  return FIRST_COLUMN + WIDE_COLUMNS * 8 * count + NARROW_COLUMNS * aligned(4 * count);
}

/** @throws RangeError when the columns do not fit the payload */
export function parseSamples(payload: Buffer): SampleBatch {
  const count = payload.length < 4 ? 0 : payload.readUInt32LE(0);
  // The last column's padding may be left out.
  const needed = count === 0 ? 0 : sampleBatchBytes(count) - (aligned(4 * count) - 4 * count);
  if (needed > payload.length) {
    throw new RangeError(`${count} samples in ${payload.length} bytes: expected ${needed}`);
  }
  const copy = new Uint8Array(Math.max(needed, FIRST_COLUMN));
  copy.set(payload.subarray(0, needed));
  let at = FIRST_COLUMN;
  const wide = (): BigUint64Array => {
    const column = new BigUint64Array(copy.buffer, at, count);
    at += 8 * count;
    return column;
  };
  const narrow = (): Uint32Array => {
    const column = new Uint32Array(copy.buffer, at, count);
    at += aligned(4 * count);
    return column;
  };
  if (count === 0) return EMPTY;
  return {
    count,
    timeNs: wide(),
    value: wide(),
    traceId: narrow(),
    pid: narrow(),
    tid: narrow(),
    nameId: narrow(),
    cpu: narrow(),
    kindAndProbe: narrow(),
    generation: narrow(),
  };
}

const none = new Uint32Array(0);
const noneWide = new BigUint64Array(0);
const EMPTY: SampleBatch = {
  count: 0,
  timeNs: noneWide,
  value: noneWide,
  traceId: none,
  pid: none,
  tid: none,
  nameId: none,
  cpu: none,
  kindAndProbe: none,
  generation: none,
};
