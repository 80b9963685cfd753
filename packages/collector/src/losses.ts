// SPDX-License-Identifier: Apache-2.0
import type { Loss } from '@otelkit/viewer/contract';

/** Different reasons that are kept apart. */
const MOST_REASONS = 64;

/** What was not taken, or not as it came: counted, and always told. */
export class Losses {
  readonly #counts = new Map<string, { count: number; text: string }>();

  /** @param text with `N` for the count */
  add(reason: string, count: number, text: string): void {
    if (count <= 0) return;
    const known = this.#counts.get(reason);
    if (known !== undefined) known.count += count;
    else if (this.#counts.size < MOST_REASONS) this.#counts.set(reason, { count, text });
  }

  list(): Loss[] {
    return [...this.#counts].map(([reason, { count, text }]) => ({
      reason,
      count,
      text: text.replace('N', count.toLocaleString('en')),
    }));
  }
}
