// SPDX-License-Identifier: Apache-2.0
// pprof has several values a sample; a profile has kinds of samples. Counts and the time that they
// stand for (`samples/count`, `cpu/nanoseconds`) are one kind with a period.
import type { ProfileKind } from '../model/profile.ts';
import { READ_LIMITS } from './limits.ts';
import type { PprofMessage } from './pprofMessage.ts';

export interface KindValue {
  readonly kind: ProfileKind;
  /** Index of the value in each sample. */
  readonly column: number;
}

/** The one that viewers are told to show first stands first. */
export function foldKinds(message: PprofMessage, text: (index: number) => string): KindValue[] {
  const { sampleTypes, periodType, period, samples, defaultType } = message;
  const types = sampleTypes
    .slice(0, READ_LIMITS.kinds)
    .map(({ type, unit }) => ({ type: text(type), unit: text(unit) || 'count' }));
  const periodOf = {
    periodType: text(periodType?.type ?? 0),
    periodUnit: text(periodType?.unit ?? 0),
    period,
  };
  const count = types.findIndex(({ unit }) => unit === 'count');
  const isTime = period > 0 && periodOf.periodUnit === 'nanoseconds';
  const time = types.findIndex(
    ({ type, unit }) => type === periodOf.periodType && unit === periodOf.periodUnit,
  );
  const isSame = ({ values }: { readonly values: readonly number[] }): boolean =>
    (values[time] ?? 0) === (values[count] ?? 0) * period;
  const isFolded = isTime && count >= 0 && time >= 0 && samples.every(isSame);
  const kinds: (KindValue & { readonly isFirst: boolean })[] = [];
  for (const [column, { type, unit }] of types.entries()) {
    if (isFolded && column === time) continue;
    const isCounted = isFolded && column === count;
    const isFirst = isCounted
      ? [type, types[time]!.type].includes(text(defaultType))
      : type === text(defaultType);
    const kind = { type: type || 'samples', unit, ...(isCounted && periodOf) };
    kinds.push({ column, kind, isFirst: defaultType > 0 && isFirst });
  }
  // Without a default viewers show the last one.
  kinds.sort((a, b) => Number(b.isFirst) - Number(a.isFirst));
  return kinds;
}
