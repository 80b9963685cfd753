// SPDX-License-Identifier: Apache-2.0
import type { Profile, ProfileKind } from './profile.ts';

/** The kind that formats with one value a stack show: the first one that has samples. */
export function mainKind(profile: Profile): number {
  const seen = new Set<number>();
  for (let i = 0; i < profile.samples.count; i++) {
    seen.add(profile.samples.kind[i]!);
    if (seen.size === profile.kinds.length) break;
  }
  const found = profile.kinds.findIndex((_, kind) => seen.has(kind));
  return Math.max(0, found);
}

/** Values of a kind in time, where that is what a sample stands for; otherwise as they are. */
export interface Weighing {
  readonly unit: 'nanoseconds' | 'count';
  /** What a value is multiplied by. */
  readonly factor: number;
}

export function weighing(kind: ProfileKind): Weighing {
  if (kind.unit === 'nanoseconds') return { unit: 'nanoseconds', factor: 1 };
  const { period = 0, periodUnit } = kind;
  const isTime = periodUnit === 'nanoseconds' && period > 0;
  return isTime ? { unit: 'nanoseconds', factor: period } : { unit: 'count', factor: 1 };
}
