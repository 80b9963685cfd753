// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hashPaths, nameOfPath, nodeOfPath } from '../../src/layout/pathHash.ts';
import { treeOfGraph } from '../../src/layout/tree.ts';
import { graphOfStacks, stacks } from './generatedTree.ts';

describe('names of nodes in a URL', () => {
  it('are different for different paths', () => {
    fc.assert(
      fc.property(stacks, (weighed) => {
        const graph = graphOfStacks(weighed);
        const { tree } = treeOfGraph(graph);
        const hashes = hashPaths(tree, graph.frames);
        for (let node = 0; node < tree.parent.length; node++) {
          assert.equal(nodeOfPath(hashes, nameOfPath(hashes, node)), node);
        }
      }),
    );
  });

  it('find the same place after more samples came in', () => {
    const before = graphOfStacks([[[0, 1, 2], 5]]);
    const after = graphOfStacks([
      [[3, 4], 100],
      [[0, 5], 50],
      [[0, 1, 2], 5],
    ]);
    const hashes = hashPaths(treeOfGraph(before).tree, before.frames);
    const later = treeOfGraph(after).tree;
    const node = nodeOfPath(hashPaths(later, after.frames), nameOfPath(hashes, 3));
    assert.equal(later.frame[node], 2);
    assert.equal(later.total[node], 5);
  });

  it('lead to the root where nothing bears them', () => {
    const graph = graphOfStacks([[[0], 1]]);
    const hashes = hashPaths(treeOfGraph(graph).tree, graph.frames);
    assert.equal(nodeOfPath(hashes, '0123456789abcdef'), 0);
    assert.equal(nodeOfPath(hashes, '<script>'), 0);
  });
});
