// SPDX-License-Identifier: Apache-2.0
// What share of a profile each function has, and how sure that is.
import { aggregate } from '../model/aggregate.ts';
import { baseName, frameTexts } from '../model/frameText.ts';
import type { Profile } from '../model/profile.ts';

/** A weight and the sum of squares of the samples behind it. */
export interface Weight {
  weight: number;
  squares: number;
}

/** Stacks of one kind of samples, with the functions of each. */
export class FunctionShares {
  /** All samples. */
  readonly all: Weight = { weight: 0, squares: 0 };
  readonly names: readonly string[];
  readonly self: readonly Weight[];
  readonly total: readonly Weight[];
  readonly #stacks: { readonly functions: Uint32Array; readonly weight: Weight }[] = [];

  /** @param withModules functions of one name in two files are two */
  constructor(profile: Profile, kind: number, withModules: boolean) {
    const { functionOf, names } = functionsOf(profile, withModules);
    const { samples, stacks } = profile;
    const isCount = profile.kinds[kind]?.unit === 'count';
    const zero = (): Weight => ({ weight: 0, squares: 0 });
    const self = names.map(zero);
    const total = names.map(zero);
    const rows = aggregate(profile, 'thread');
    const sums = rows.sums[kind] ?? new Float64Array(rows.count);
    for (let row = 0; row < rows.count; row++) {
      const value = sums[row]!;
      if (value === 0) continue;
      // Counts are that many samples of weight 1; of anything else a row is one, at worst.
      const weight = { weight: value, squares: isCount ? Math.abs(value) : value * value };
      const stack = samples.stack[rows.sample[row]!]!;
      const frames = stacks.frames.subarray(stacks.offsets[stack], stacks.offsets[stack + 1]);
      const functions = Uint32Array.from(frames, (frame) => functionOf[frame]!);
      add(this.all, weight);
      if (functions.length > 0) add(self[functions[0]!]!, weight);
      for (const fn of new Set(functions)) add(total[fn]!, weight);
      this.#stacks.push({ functions, weight });
    }
    this.names = names;
    this.self = self;
    this.total = total;
  }

  /** Samples with any of these functions in them (`total`), or at their innermost end (`self`). */
  group(metric: 'self' | 'total', isChosen: (name: string) => boolean): Weight {
    const chosen = Uint8Array.from(this.names, (name) => (isChosen(name) ? 1 : 0));
    const sum: Weight = { weight: 0, squares: 0 };
    for (const { functions, weight } of this.#stacks) {
      const isIn =
        metric === 'self'
          ? functions.length > 0 && chosen[functions[0]!] === 1
          : functions.some((fn) => chosen[fn] === 1);
      if (isIn) add(sum, weight);
    }
    return sum;
  }

  /** Share of all, and its variance: that of a ratio of sums over independent samples. */
  share({ weight, squares }: Weight): { readonly share: number; readonly variance: number } {
    const { weight: sum, squares: allSquares } = this.all;
    if (sum === 0) return { share: 0, variance: 1 };
    const share = weight / sum;
    const variance = (squares * (1 - 2 * share) + share * share * allSquares) / (sum * sum);
    // Nothing seen is not nothing there: one sample more or less is always possible.
    const one = allSquares / sum / sum;
    return { share, variance: Math.max(variance, one * one) };
  }
}

function add(to: Weight, { weight, squares }: Weight): void {
  to.weight += weight;
  to.squares += squares;
}

function functionsOf(
  profile: Profile,
  withModules: boolean,
): { readonly functionOf: Uint32Array; readonly names: readonly string[] } {
  const { frames, mappings } = profile;
  const textOf = frameTexts(profile);
  const known = new Map<string, number>();
  const functionOf = new Uint32Array(frames.count);
  for (let i = 0; i < frames.count; i++) {
    const mapping = frames.mapping[i]!;
    const module = withModules && mapping >= 0 ? baseName(mappings[mapping]!.fileName) : '';
    const name = textOf(i);
    const key = module === '' || name.startsWith('[') ? name : `${name}  ${module}`;
    const number = known.get(key) ?? known.size;
    known.set(key, number);
    functionOf[i] = number;
  }
  return { functionOf, names: [...known.keys()] };
}
