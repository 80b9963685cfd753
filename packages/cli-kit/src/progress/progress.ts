// SPDX-License-Identifier: Apache-2.0

/** One piece of work that takes long enough to be watched. */
export interface ProgressTask {
  /** @param item what is being worked on now; shown escaped and shortened */
  advance(item?: string): void;
  /** When the total was not known at the start. */
  setTotal(total: number): void;
  end(): void;
}

/** Shows on stderr how far the work is; does nothing where nobody looks. */
export interface Progress {
  /** @param label a noun in the plural, e.g. `files` */
  begin(label: string, total?: number): ProgressTask;
}
