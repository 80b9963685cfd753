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
  /** Number in {@link links} from 1 on, 0 for none; empty where no sample has one. */
  readonly link: Uint32Array;
  /** Trace ID and span ID, {@link LINK_BYTES} each. */
  readonly links: Buffer;
}

/** Trace ID (16) and span ID (8). */
export const LINK_BYTES = 24;

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
  const [linked, links] = count === 0 ? [0, none8] : linksOf(payload, count);
  const copy = new Uint8Array(Math.max(needed, FIRST_COLUMN, linked));
  copy.set(payload.subarray(0, Math.max(needed, linked)));
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
    link: linked === 0 ? none : narrow(),
    links,
  };
}

/** Behind the columns, where samples were taken in spans: one more column, and what it counts. */
function linksOf(payload: Buffer, count: number): [columnsEnd: number, links: Buffer] {
  const columnsEnd = sampleBatchBytes(count) + aligned(4 * count);
  const bytes = payload.length - columnsEnd;
  if (bytes < LINK_BYTES) return [0, none8];
  return [
    columnsEnd,
    Buffer.from(payload.subarray(columnsEnd, columnsEnd + bytes - (bytes % LINK_BYTES))),
  ];
}

const none = new Uint32Array(0);
const none8 = Buffer.alloc(0);
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
  link: none,
  links: none8,
};
