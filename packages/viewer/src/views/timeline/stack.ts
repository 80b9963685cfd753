// SPDX-License-Identifier: Apache-2.0
// Series laid on one another, for areas.
import type { Timeline } from '../../contract.ts';

export interface Stacked {
  /** Seconds, middles of the buckets: what uPlot takes for times. */
  readonly times: Float64Array;
  readonly names: readonly string[];
  /** The last series holds the sum of all: areas are drawn from the tallest. */
  readonly tops: readonly Float64Array[];
}

/** @param perUnit what a weight is divided by: nanoseconds of a bucket give CPUs */
export function stackSeries(timeline: Timeline, perUnit = 1): Stacked {
  const { startMs, bucketMs, series } = timeline;
  const count = Math.max(0, ...series.map(({ values }) => values.length));
  const times = new Float64Array(count);
  for (let bucket = 0; bucket < count; bucket++) {
    times[bucket] = (startMs + (bucket + 0.5) * bucketMs) / 1_000;
  }
  let below = new Float64Array(count);
  const tops = series.map(({ values }) => {
    const top = new Float64Array(count);
    for (let bucket = 0; bucket < count; bucket++) {
      const value = values[bucket] ?? 0;
      top[bucket] = below[bucket]! + (value > 0 && Number.isFinite(value) ? value / perUnit : 0);
    }
    below = top;
    return top;
  });
  return { times, names: series.map(({ name }) => name), tops };
}
