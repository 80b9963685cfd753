// SPDX-License-Identifier: Apache-2.0
const HOUR_US = 3_600_000_000;
/** Hours told apart; with more, all count as written to. */
const MOST_HOURS = 8_192;

/** How often something was written into each hour. */
export class WrittenHours {
  #writes = new Map<number, number>();
  #base = 0;

  of(timeUs: number): number {
    return this.#base + (this.#writes.get(Math.floor(timeUs / HOUR_US)) ?? 0);
  }

  /** Samples of these times were written. */
  add(timesUs: Float64Array): void {
    let last = Number.NaN;
    const hours = new Set<number>();
    for (let i = 0; i < timesUs.length; i++) {
      const hour = Math.floor(timesUs[i]! / HOUR_US);
      if (hour !== last) hours.add(hour);
      last = hour;
    }
    for (const hour of hours) this.#writes.set(hour, (this.#writes.get(hour) ?? 0) + 1);
    if (this.#writes.size > MOST_HOURS) this.all();
  }

  /** Every hour counts as written to. */
  all(): void {
    let most = 0;
    for (const count of this.#writes.values()) most = Math.max(most, count);
    this.#base += most + 1;
    this.#writes = new Map();
  }
}
