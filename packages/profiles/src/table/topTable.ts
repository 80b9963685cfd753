// SPDX-License-Identifier: Apache-2.0
// The functions that cost most, as text: self is the function itself, total with what it calls.
import { aggregate } from '../model/aggregate.ts';
import { baseName, frameTexts } from '../model/frameText.ts';
import type { Profile } from '../model/profile.ts';
import { weighing } from '../model/weights.ts';

export interface TopRow {
  readonly functionName: string;
  /** Base name of the file that the code lies in; '' where there is none. */
  readonly binary: string;
  /** In the unit of the kind, or nanoseconds where a sample stands for time. */
  readonly self: number;
  readonly total: number;
}

export interface TopOptions {
  readonly kind: number;
  readonly sortBy?: 'self' | 'total';
  /** Rows at most. */
  readonly rows?: number;
}

export interface TopTable {
  readonly unit: 'nanoseconds' | 'count';
  /** All values, also of the functions that are not shown. */
  readonly sum: number;
  readonly rows: readonly TopRow[];
  /** Different functions in the profile. */
  readonly functionCount: number;
}

const DEFAULT_ROWS = 20;
const NANOSECONDS_PER_SECOND = 1e9;

/** Adds up by function. A function that is in a stack more than once counts once. */
export function topTable(profile: Profile, options: TopOptions): TopTable {
  const { samples, stacks } = profile;
  const { unit, factor } = weighing(profile.kinds[options.kind] ?? { type: '', unit: 'count' });
  const { identityOf, names } = identities(profile);
  const self = new Float64Array(names.length);
  const total = new Float64Array(names.length);
  const seenIn = new Int32Array(names.length).fill(-1);
  const rows = aggregate(profile, 'nothing');
  const sums = rows.sums[options.kind] ?? new Float64Array(rows.count);
  let sum = 0;
  for (let row = 0; row < rows.count; row++) {
    const value = sums[row]! * factor;
    if (value === 0) continue;
    sum += value;
    const stack = samples.stack[rows.sample[row]!]!;
    const first = stacks.offsets[stack]!;
    for (let i = first; i < stacks.offsets[stack + 1]!; i++) {
      const identity = identityOf[stacks.frames[i]!]!;
      if (i === first) self[identity]! += value;
      if (seenIn[identity] === row) continue;
      seenIn[identity] = row;
      total[identity]! += value;
    }
  }
  const all = names
    .map(({ functionName, binary }, i) => ({
      functionName,
      binary,
      self: self[i]!,
      total: total[i]!,
    }))
    .filter((row) => row.total > 0);
  const key = options.sortBy ?? 'self';
  const other = key === 'self' ? 'total' : 'self';
  all.sort((a, b) => b[key] - a[key] || b[other] - a[other] || compare(a, b));
  return { unit, sum, rows: all.slice(0, options.rows ?? DEFAULT_ROWS), functionCount: all.length };
}

function compare(a: TopRow, b: TopRow): number {
  return a.functionName < b.functionName ? -1 : a.functionName > b.functionName ? 1 : 0;
}

/** Frames of one function in one file have one identity. */
function identities(profile: Profile): {
  readonly identityOf: Uint32Array;
  readonly names: readonly { readonly functionName: string; readonly binary: string }[];
} {
  const { frames, mappings } = profile;
  const textOf = frameTexts(profile);
  const known = new Map<string, number>();
  const names: { functionName: string; binary: string }[] = [];
  const identityOf = new Uint32Array(frames.count);
  for (let i = 0; i < frames.count; i++) {
    const mapping = frames.mapping[i]!;
    const binary = mapping < 0 ? '' : baseName(mappings[mapping]!.fileName);
    const functionName = textOf(i);
    const key = `${binary} ${functionName}`;
    let identity = known.get(key);
    if (identity === undefined) {
      identity = names.push({ functionName, binary }) - 1;
      known.set(key, identity);
    }
    identityOf[i] = identity;
  }
  return { identityOf, names };
}

/** The table as lines; control characters of names are replaced, since a terminal would obey them. */
export function renderTop(table: TopTable): string {
  const value = (n: number): string =>
    table.unit === 'count' ? String(Math.round(n)) : `${(n / NANOSECONDS_PER_SECOND).toFixed(2)} s`;
  const share = (n: number): string =>
    table.sum === 0 ? '-' : `${((100 * n) / table.sum).toFixed(1)}%`;
  const cells = table.rows.map((row) => [
    value(row.self),
    share(row.self),
    value(row.total),
    share(row.total),
    row.binary === '' ? row.functionName : `${row.functionName}  ${row.binary}`,
  ]);
  const lines = [['self', '', 'total', '', 'function'], ...cells];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines
    .map((line) => {
      const numbers = widths.map((width, i) => line[i]!.padStart(width)).join('  ');
      return `${numbers}  ${printable(line[4]!)}\n`;
    })
    .join('');
}

function printable(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, '?');
}
