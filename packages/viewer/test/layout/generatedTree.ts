// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import type { FrameTable, Graph } from '../../src/contract.ts';

/** A stack from the outermost, as small numbers of functions, and its weight. */
export type WeighedStack = readonly [stack: readonly number[], weight: number];

export const stacks: fc.Arbitrary<WeighedStack[]> = fc.array(
  fc.tuple(
    fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 9 }),
    fc.integer({ min: 1, max: 1_000 }),
  ),
  { minLength: 1, maxLength: 60 },
);

export function framesNamed(names: readonly string[]): FrameTable {
  const zeros = names.map(() => 0);
  const strings = ['', 'native', 'lib', ...names];
  return {
    strings,
    name: names.map((_, index) => index + 3),
    kind: names.map(() => 1),
    file: zeros,
    line: zeros,
    module: names.map(() => 2),
    inlined: zeros,
  };
}

/** The answer that a server makes of stacks. */
export function graphOfStacks(weighed: readonly WeighedStack[]): Graph {
  const parent = [0];
  const frame = [-1];
  const self = [0];
  const total = [0];
  const children = new Map<string, number>();
  for (const [stack, weight] of weighed) {
    let node = 0;
    total[0]! += weight;
    for (const id of stack) {
      const key = `${node} ${id}`;
      let child = children.get(key);
      if (child === undefined) {
        child = parent.push(node) - 1;
        frame.push(id);
        self.push(0);
        total.push(0);
        children.set(key, child);
      }
      node = child;
      total[node]! += weight;
    }
    self[node]! += weight;
  }
  const names = Array.from({ length: 7 }, (_, index) => `f${index}`);
  return {
    frames: framesNamed(names),
    parent,
    frame,
    self,
    total,
    sampleCount: weighed.length,
    stackCount: weighed.length,
    cutNodes: 0,
    incomplete: [],
  };
}
