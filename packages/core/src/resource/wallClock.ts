// SPDX-License-Identifier: Apache-2.0
// Samples bear CLOCK_MONOTONIC, which does not tell the date and is not set. What it was at the
// epoch changes whenever somebody sets the date, so it is measured now and then.

/** Wall-clock nanoseconds since the epoch at the time 0 of CLOCK_MONOTONIC. */
export function wallClockOriginNs(): bigint {
  // Node tells the date in milliseconds: the moment when it changes is known to a microsecond.
  const before = Date.now();
  let wallMs = before;
  let monotonicNs = process.hrtime.bigint();
  while (wallMs === before) {
    monotonicNs = process.hrtime.bigint();
    wallMs = Date.now();
  }
  return BigInt(wallMs) * 1_000_000n - monotonicNs;
}

/** CLOCK_MONOTONIC as samples bear it; exact to the nanosecond for 104 days after boot. */
export function monotonicNs(): number {
  return Number(process.hrtime.bigint());
}
