// SPDX-License-Identifier: Apache-2.0
import type { Profile } from '../model/profile.ts';

/** Something of an input that could not be read; the rest was. */
export interface ReadProblem {
  /** In the terms of the format: `Sample.stack_index`. */
  readonly field: string;
  readonly message: string;
  /** Bytes from the start of the (unpacked) input, or a line number for text formats. */
  readonly offset?: number;
  /** How often; the first place is the one that is told. */
  readonly count: number;
}

/** What a reader gives: always a profile, empty where nothing could be read. */
export interface ReadResult {
  readonly profile: Profile;
  readonly problems: readonly ReadProblem[];
}

/** Different problems that are kept; all are counted. */
const MOST_PROBLEMS = 32;

/** Collects problems, equal ones once with their count. */
export class ReadProblems {
  readonly #known = new Map<string, ReadProblem>();

  add(field: string, message: string, offset?: number, count = 1): void {
    const key = `${field} ${message}`;
    const known = this.#known.get(key);
    if (known !== undefined) this.#known.set(key, { ...known, count: known.count + count });
    else if (this.#known.size < MOST_PROBLEMS) {
      const place = offset === undefined ? {} : { offset };
      this.#known.set(key, { field, message, ...place, count });
    }
  }

  list(): ReadProblem[] {
    return [...this.#known.values()];
  }
}

/** One line for people. */
export function problemText({ field, message, offset, count }: ReadProblem): string {
  const place = offset === undefined ? '' : ` at ${offset}`;
  return `${field}${place}: ${message}${count > 1 ? ` (${count} times)` : ''}`;
}

/** An input of which nothing can be read: it is something else. */
export class ProfileFormatError extends Error {
  readonly field: string;

  constructor(message: string, field: string) {
    super(message);
    this.name = 'ProfileFormatError';
    this.field = field;
  }
}
