// SPDX-License-Identifier: Apache-2.0
// Which times a state means, given the data that there is.
import type { Selection, Status } from '../contract.ts';
import type { ViewState } from './viewState.ts';

/** What a live page shows first. */
export const LIVE_SECONDS = 900;
const FRESH_MS = 30_000;

/** Seconds up to now; 0 for everything. */
export function lastSeconds(state: ViewState, status: Status): number {
  if (state.last !== undefined) return state.last;
  return status.mode === 'live' ? LIVE_SECONDS : 0;
}

/** True where new samples move what is shown. */
export function follows(state: ViewState, status: Status): boolean {
  return status.mode === 'live' && state.selection.from === undefined;
}

/** The selection with the times that `last` means now. */
export function timedSelection(state: ViewState, status: Status): Selection {
  if (state.selection.from !== undefined || !status.hasTimes) return state.selection;
  const seconds = lastSeconds(state, status);
  if (seconds === 0) return state.selection;
  const { from: _from, to: _to, ...rest } = state.selection;
  // Agents send every few seconds: what did not come yet would look like a host that stands still.
  const isFresh = status.nowMs - status.endMs < FRESH_MS;
  const last = isFresh ? Math.min(status.nowMs, status.endMs + 1) : status.nowMs;
  const to = status.mode === 'live' ? last : status.endMs;
  // A store that is younger than the range fills the plot all the same.
  const from = Math.min(Math.max(status.startMs, to - seconds * 1_000), to - 1_000);
  return { ...rest, from: Math.max(0, from), to };
}

/** Times that a plot spans. */
export function plottedRange(
  selection: Selection,
  status: Status,
): { readonly from: number; readonly to: number } {
  const from = selection.from ?? status.startMs;
  return { from, to: Math.max(from + 1, selection.to ?? status.endMs) };
}

/**
 * What a comparison is of, where the person chose nothing: two files, the two newest versions, or
 * the two halves of the time.
 */
export function suggestedBase(
  status: Status,
  versions: readonly string[],
  selection: Selection,
): { readonly base: Selection; readonly selection: Selection; readonly text: string } | undefined {
  const [first, second] = status.sources;
  if (status.mode === 'files' && first !== undefined && second !== undefined) {
    return {
      base: { source: [first.id] },
      selection: { ...selection, source: [second.id] },
      text: 'the two files',
    };
  }
  if (versions.length >= 2) {
    const [older, newer] = versions.slice(0, 2).sort(byVersion) as [string, string];
    return {
      base: { version: [older] },
      selection: { ...selection, version: [newer] },
      text: 'two versions',
    };
  }
  if (!status.hasTimes || status.endMs <= status.startMs) return undefined;
  const { from, to } = plottedRange(selection, status);
  const middle = Math.round((from + to) / 2);
  return {
    base: { from: Math.floor(from), to: middle },
    selection: { ...selection, from: middle, to: Math.ceil(to) },
    text: 'the first half of the time with the second',
  };
}

function byVersion(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}
