// SPDX-License-Identifier: Apache-2.0
import type { UsRange } from './range.ts';

/** Equal parts of a range. */
export interface Buckets {
  readonly startUs: number;
  readonly bucketUs: number;
  readonly count: number;
  /** They are made of whole units, from a whole one on: sums of those fill them. */
  readonly isWhole: boolean;
}

/** @param wholeFromUs buckets are of whole units from this length on */
export function bucketsOf(
  { fromUs, toUs }: UsRange,
  most: number,
  unitUs: number,
  wholeFromUs: number = unitUs,
): Buckets {
  const isWhole = toUs - fromUs >= most * wholeFromUs;
  const step = isWhole ? unitUs : 1;
  const startUs = Math.floor(fromUs / step) * step;
  const bucketUs = step * Math.max(1, Math.ceil((toUs - startUs) / most / step));
  const count = Math.min(most, Math.max(1, Math.ceil((toUs - startUs) / bucketUs)));
  return { startUs, bucketUs, count, isWhole };
}
