// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { functionsOf, functionWeights, keysOf } from '../../src/layout/functions.ts';
import { mergeSiblings, sandwich } from '../../src/layout/merge.ts';
import { type Tree, treeOfGraph } from '../../src/layout/tree.ts';
import { graphOfStacks, stacks, type WeighedStack } from './generatedTree.ts';

/** Weight by path from the root, `f/g/h`. */
function pathsOf(tree: Tree): Map<string, number> {
  const names = new Array<string>(tree.parent.length).fill('');
  const paths = new Map<string, number>();
  for (let node = 1; node < names.length; node++) {
    names[node] = `${names[tree.parent[node]!]}/${tree.frame[node]}`;
    paths.set(names[node]!, tree.total[node]!);
  }
  return paths;
}

/** The same from the stacks themselves. */
function expected(weighed: readonly WeighedStack[], wanted: number, above: boolean) {
  const paths = new Map<string, number>();
  let total = 0;
  for (const [stack, weight] of weighed) {
    const place = stack.indexOf(wanted);
    if (place === -1) continue;
    total += weight;
    const rest = above ? stack.slice(0, place).reverse() : stack.slice(place + 1);
    let path = '';
    for (const id of rest) {
      path += `/${id}`;
      paths.set(path, (paths.get(path) ?? 0) + weight);
    }
  }
  return { paths, total };
}

describe('a sandwich', () => {
  it('holds what every stack says about callers and callees', () => {
    fc.assert(
      fc.property(stacks, fc.nat({ max: 6 }), (weighed, wanted) => {
        const graph = graphOfStacks(weighed);
        const functions = functionsOf(graph.frames);
        const { callees, callers } = sandwich(treeOfGraph(graph).tree, functions, wanted);
        const below = expected(weighed, wanted, false);
        const above = expected(weighed, wanted, true);
        assert.deepEqual([...pathsOf(callees)].sort(), [...below.paths].sort());
        assert.deepEqual([...pathsOf(callers)].sort(), [...above.paths].sort());
        assert.equal(callees.total[0], below.total);
        assert.equal(callers.total[0], below.total);
      }),
    );
  });
});

describe('weights of functions', () => {
  it('count a function that calls itself once', () => {
    fc.assert(
      fc.property(stacks, (weighed) => {
        const graph = graphOfStacks(weighed);
        const { tree } = treeOfGraph(graph);
        const functions = functionsOf(graph.frames);
        const keys = keysOf(tree.frame, functions);
        const weights = functionWeights(tree.parent, keys, tree.self, tree.total, functions.count);
        for (let id = 0; id < functions.count; id++) {
          let self = 0;
          let total = 0;
          for (const [stack, weight] of weighed) {
            if (stack.at(-1) === id) self += weight;
            if (stack.includes(id)) total += weight;
          }
          assert.equal(weights.self[id], self);
          assert.equal(weights.total[id], total);
        }
      }),
    );
  });
});

describe('siblings that are one function', () => {
  it('are merged, lines aside, and keep their weight', () => {
    const graph = graphOfStacks([
      [[0, 1], 5],
      [[0, 2], 7],
      [[3], 1],
    ]);
    // Frames 1 and 2 are two lines of one function.
    const name = graph.frames.name.map((index, frame) => (frame === 2 ? index - 1 : index));
    const frames = { ...graph.frames, name };
    const functions = functionsOf(frames);
    const merged = mergeSiblings(treeOfGraph(graph).tree, functions, frames.inlined);
    assert.deepEqual([...pathsOf(merged)].sort(), [
      ['/0', 12],
      ['/0/2', 12],
      ['/3', 1],
    ]);
  });

  it('stay apart where one is inlined', () => {
    const graph = graphOfStacks([
      [[0, 1], 5],
      [[0, 2], 7],
    ]);
    const name = graph.frames.name.map((index, frame) => (frame === 2 ? index - 1 : index));
    const inlined = graph.frames.inlined.map((_, frame) => (frame === 2 ? 1 : 0));
    const functions = functionsOf({ ...graph.frames, name });
    assert.equal(mergeSiblings(treeOfGraph(graph).tree, functions, inlined).parent.length, 4);
  });
});
