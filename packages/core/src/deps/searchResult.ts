// SPDX-License-Identifier: Apache-2.0
import type { FoundBy, Rejected } from './dependencyTypes.ts';
import type { SharedObject } from './sharedObject.ts';

/** What a search ended with: a file, a file on which the loader fails, or nothing. */
export interface SearchResult {
  readonly path: string | undefined;
  readonly object: SharedObject | undefined;
  readonly found: FoundBy | undefined;
  /** Candidates that were there and not taken; the last one is fatal when there is no object. */
  readonly rejected: readonly Rejected[];
}

export const NOTHING_REJECTED: readonly Rejected[] = [];
export const NOT_FOUND: SearchResult = {
  path: undefined,
  object: undefined,
  found: undefined,
  rejected: NOTHING_REJECTED,
};
