// SPDX-License-Identifier: Apache-2.0
export const HOUR_US = 3_600_000_000;
/** Hours told apart; with more, all count as written to. */
const MOST_HOURS = 8_192;

/** Of written samples: the range of their times, and how often each hour was written into. */
export class WrittenHours {
  #writes = new Map<number, number>();
  #base = 0;
  /** Grows with each write and removal. */
  changes = 0;
  /** Of the first sample, and just behind the last one; both 0 without any. */
  firstUs = 0;
  endUs = 0;

  of(timeUs: number): number {
    return this.#base + (this.#writes.get(Math.floor(timeUs / HOUR_US)) ?? 0);
  }

  /** Samples of these times were written. */
  add(timesUs: Float64Array): void {
    this.changes++;
    let last = Number.NaN;
    const hours = new Set<number>();
    for (let i = 0; i < timesUs.length; i++) {
      const hour = Math.floor(timesUs[i]! / HOUR_US);
      if (hour !== last) hours.add(hour);
      last = hour;
      this.#extend(timesUs[i]!);
    }
    for (const hour of hours) this.#writes.set(hour, (this.#writes.get(hour) ?? 0) + 1);
    if (this.#writes.size > MOST_HOURS) this.#all();
  }

  /** What is left after a removal, or was there at the start. Every hour counts as written to. */
  reset(firstUs: number, endUs: number): void {
    this.changes++;
    this.#all();
    this.firstUs = firstUs;
    this.endUs = endUs;
  }

  #extend(timeUs: number): void {
    if (this.endUs === this.firstUs) this.firstUs = timeUs;
    this.firstUs = Math.min(this.firstUs, timeUs);
    this.endUs = Math.max(this.endUs, timeUs + 1);
  }

  /** Every hour counts as written to. */
  #all(): void {
    let most = 0;
    for (const count of this.#writes.values()) most = Math.max(most, count);
    this.#base += most + 1;
    this.#writes = new Map();
  }
}
