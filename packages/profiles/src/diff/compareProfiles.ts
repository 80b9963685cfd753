// SPDX-License-Identifier: Apache-2.0
// Two profiles, function by function. Shares are compared, since two runs are never equally long, and
// each change has the error that sampling makes (95 %).
import type { Profile, ProfileKind } from '../model/profile.ts';
import { mainKind } from '../model/weights.ts';
import { FunctionShares, type Weight } from './functionShares.ts';

/** Of a normal distribution, both sides of 95 %. */
const TWO_SIDES_95 = 1.959964;

/** A share before and after; all are parts of 1. */
export interface Change {
  readonly base: number;
  readonly now: number;
  readonly change: number;
  /** 95 %: the real change is within `change ± error`. */
  readonly error: number;
  readonly isSignificant: boolean;
}

export interface FunctionChange {
  readonly name: string;
  readonly self: Change;
  readonly total: Change;
}

export interface Comparison {
  readonly kind: ProfileKind;
  readonly baseWeight: number;
  readonly nowWeight: number;
  /** The largest changes of self first, those that are sure before those that are not. */
  readonly functions: readonly FunctionChange[];
  readonly base: FunctionShares;
  readonly now: FunctionShares;
}

export class ComparisonError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ComparisonError';
  }
}

/**
 * @param type of samples to compare; the first one of the new profile that both have
 * @throws ComparisonError where the two have nothing in common
 */
export function compareProfiles(base: Profile, now: Profile, type?: string): Comparison {
  const [baseKind, nowKind] = commonKind(base, now, type);
  const withModules = base.mappings.length > 0 && now.mappings.length > 0;
  const shares = new FunctionShares(base, baseKind, withModules);
  const newShares = new FunctionShares(now, nowKind, withModules);
  const baseAt = new Map(shares.names.map((name, i) => [name, i]));
  const nowAt = new Map(newShares.names.map((name, i) => [name, i]));
  const functions: FunctionChange[] = [];
  for (const name of new Set([...shares.names, ...newShares.names])) {
    const [before, after] = [baseAt.get(name) ?? -1, nowAt.get(name) ?? -1];
    const change = (metric: 'self' | 'total'): Change =>
      changeOf(shares, shares[metric][before], newShares, newShares[metric][after]);
    const entry = { name, self: change('self'), total: change('total') };
    if (entry.total.base !== 0 || entry.total.now !== 0) functions.push(entry);
  }
  functions.sort(
    (a, b) =>
      Number(b.self.isSignificant) - Number(a.self.isSignificant) ||
      Math.abs(b.self.change) - Math.abs(a.self.change) ||
      Math.abs(b.total.change) - Math.abs(a.total.change) ||
      b.self.now - a.self.now ||
      b.total.now - a.total.now ||
      (a.name < b.name ? -1 : 1),
  );
  return {
    kind: now.kinds[nowKind]!,
    baseWeight: shares.all.weight,
    nowWeight: newShares.all.weight,
    functions,
    base: shares,
    now: newShares,
  };
}

const NOTHING: Weight = { weight: 0, squares: 0 };

function changeOf(
  base: FunctionShares,
  before: Weight | undefined,
  now: FunctionShares,
  after: Weight | undefined,
): Change {
  const first = base.share(before ?? NOTHING);
  const second = now.share(after ?? NOTHING);
  const change = second.share - first.share;
  const error = TWO_SIDES_95 * Math.sqrt(first.variance + second.variance);
  const isSignificant = Math.abs(change) > error;
  return { base: first.share, now: second.share, change, error, isSignificant };
}

function commonKind(base: Profile, now: Profile, type: string | undefined): [number, number] {
  const wanted = (kind: ProfileKind): boolean => type === undefined || kind.type === type;
  const main = mainKind(now);
  const order = [main, ...now.kinds.keys()].filter((kind) => kind < now.kinds.length);
  for (const kind of order) {
    const { type: name, unit } = now.kinds[kind]!;
    if (!wanted(now.kinds[kind]!)) continue;
    const same = base.kinds.findIndex((one) => one.type === name && one.unit === unit);
    if (same >= 0) return [same, kind];
  }
  // One kind each: somebody compares what two tools call differently.
  const isPlain = type === undefined && base.kinds.length === 1 && now.kinds.length === 1;
  if (isPlain && base.kinds[0]!.unit === now.kinds[0]!.unit) return [0, 0];
  const list = ({ kinds }: Profile): string =>
    kinds.map((kind) => `${kind.type}/${kind.unit}`).join(', ') || 'none';
  const asked = type === undefined ? 'no type of samples' : `no type ${type}`;
  throw new ComparisonError(`${asked} in both: ${list(base)}; ${list(now)}`);
}
