// SPDX-License-Identifier: Apache-2.0
import type { StoreTables } from '../store/tables.ts';
import type { CountedStacks } from './weights.ts';

/** By function of the store. */
export interface FunctionWeights {
  readonly self: Float64Array;
  readonly total: Float64Array;
  /** Sums of squares behind self. */
  readonly selfSquares: Float64Array;
}

/** A function that is in a stack more than once counts once in its total. */
export function functionWeights(tables: StoreTables, from: CountedStacks): FunctionWeights {
  const { functionOf, functionCount } = tables.frames;
  const { offsets, frames } = tables.stacks;
  const self = new Float64Array(functionCount);
  const total = new Float64Array(functionCount);
  const selfSquares = new Float64Array(functionCount);
  const seenIn = new Int32Array(functionCount).fill(-1);
  for (let i = 0; i < from.stacks.length; i++) {
    const stack = from.stacks[i]!;
    if (stack + 1 >= offsets.length) continue;
    const [first, end] = [offsets[stack]!, offsets[stack + 1]!];
    for (let at = first; at < end; at++) {
      const fn = functionOf[frames[at]!]!;
      if (at === first) {
        self[fn]! += from.weights[i]!;
        selfSquares[fn]! += from.squares[i]!;
      }
      if (seenIn[fn] === i) continue;
      seenIn[fn] = i;
      total[fn]! += from.weights[i]!;
    }
  }
  return { self, total, selfSquares };
}
