// SPDX-License-Identifier: Apache-2.0

const GAP = 0xffffffff;

/** Disjoint runs of addresses, each up to the next. */
export interface LatestRuns {
  readonly starts: Float64Array;
  readonly entries: Uint32Array;
  /** Index of the entry that holds an address, or 0xffffffff. */
  entryAt(address: number): number;
}

/**
 * Settles overlaps once: each address belongs to the last of the entries that cover it. A sweep
 * over starts and ends, the open entries in a heap with the latest on top, O(n log n).
 * @param ends exclusive; above the start of the same entry
 */
export function latestRuns(from: Float64Array, ends: Float64Array): LatestRuns {
  const count = from.length;
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  order.sort((a, b) => from[a]! - from[b]! || a - b);
  const starts = new Float64Array(2 * count);
  const entries = new Uint32Array(2 * count);
  let runs = 0;
  const add = (start: number, entry: number): void => {
    if (runs > 0 && entries[runs - 1] === entry) return;
    if (runs > 0 && starts[runs - 1] === start) runs--;
    starts[runs] = start;
    entries[runs++] = entry;
  };
  const open = new LatestHeap(count);
  let next = 0;
  while (next < count || open.size > 0) {
    const nextStart = next < count ? from[order[next]!]! : Number.POSITIVE_INFINITY;
    // What ended under a later entry is dropped when it comes to the top.
    while (open.size > 0 && ends[open.top]! <= nextStart) {
      const end = ends[open.top]!;
      open.pop();
      while (open.size > 0 && ends[open.top]! <= end) open.pop();
      add(end, open.size > 0 ? open.top : GAP);
    }
    if (next >= count) continue;
    while (next < count && from[order[next]!] === nextStart) open.push(order[next++]!);
    add(nextStart, open.top);
  }
  return finished(starts.slice(0, runs), entries.slice(0, runs));
}

function finished(starts: Float64Array, entries: Uint32Array): LatestRuns {
  return {
    starts,
    entries,
    entryAt: (address) => {
      let first = 0;
      let end = starts.length;
      while (first < end) {
        const middle = (first + end) >>> 1;
        if (starts[middle]! <= address) first = middle + 1;
        else end = middle;
      }
      return first === 0 ? GAP : entries[first - 1]!;
    },
  };
}

/** A binary heap of entry numbers, the highest on top. */
class LatestHeap {
  readonly #items: Uint32Array;
  size = 0;

  constructor(most: number) {
    this.#items = new Uint32Array(most);
  }

  get top(): number {
    return this.#items[0]!;
  }

  push(entry: number): void {
    const items = this.#items;
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]! >= entry) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = entry;
  }

  pop(): void {
    const items = this.#items;
    const last = items[--this.size]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && items[child + 1]! > items[child]!) child++;
      if (items[child]! <= last) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
  }
}
