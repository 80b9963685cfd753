// SPDX-License-Identifier: Apache-2.0
import type { TableReader } from '../table/readTable.ts';

/** How a mapping is unwound, as in docs/profile-internals.md section 2. */
export const MAPPING_KIND = { NONE: 0, TABLE: 1, FRAME_POINTERS: 2, END: 3 } as const;

export interface ModelMapping {
  readonly start: number;
  readonly end: number;
  /** vaddr = pc - bias. */
  readonly bias: number;
  /** The file's number in frames; 0: none. */
  readonly slot: number;
  readonly kind: number;
  /** For kind TABLE; undefined while it is not loaded. */
  readonly table: TableReader | undefined;
}

/** The executable mappings of one process. */
export class ModelMappings {
  readonly #sorted: readonly ModelMapping[];
  #last: ModelMapping | undefined;

  constructor(mappings: readonly ModelMapping[]) {
    this.#sorted = [...mappings].sort((a, b) => a.start - b.start);
  }

  find(pc: number): ModelMapping | undefined {
    const last = this.#last;
    if (last !== undefined && pc >= last.start && pc < last.end) return last;
    let low = 0;
    let high = this.#sorted.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const mapping = this.#sorted[middle]!;
      if (pc < mapping.start) high = middle - 1;
      else if (pc >= mapping.end) low = middle + 1;
      else {
        this.#last = mapping;
        return mapping;
      }
    }
    return undefined;
  }
}
