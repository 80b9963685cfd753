// SPDX-License-Identifier: Apache-2.0
import type { Selection } from '@otelkit/viewer/contract';
import type { Store } from '../store/store.ts';
import { samplesOf, wholeUs } from './selection.ts';

export interface UsRange {
  readonly fromUs: number;
  readonly toUs: number;
}

/** The range of a choice; where it leaves an end open, that of the data. */
export function rangeOf({ writes }: Store, { from, to }: Selection): UsRange {
  return {
    fromUs: from === undefined ? writes.firstUs : wholeUs(from),
    toUs: to === undefined ? writes.endUs : wholeUs(to),
  };
}

/** Samples of a choice between both ends of that range, as what follows FROM. */
export function rangedSamplesOf(store: Store, selection: Selection): string {
  const { fromUs, toUs } = rangeOf(store, selection);
  return samplesOf({ ...selection, from: fromUs / 1_000, to: toUs / 1_000 }, store.tables);
}

/** That range as far as there is data: what is asked for may be longer than time itself. */
export function dataRangeOf(store: Store, selection: Selection): UsRange {
  const { fromUs, toUs } = rangeOf(store, selection);
  const { firstUs, endUs } = store.writes;
  return { fromUs: Math.max(fromUs, firstUs), toUs: Math.min(toUs, endUs) };
}
