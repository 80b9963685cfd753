// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { layOut, nodeAt, visitRow, WHOLE } from '../../src/layout/rows.ts';
import { treeOfGraph } from '../../src/layout/tree.ts';
import { graphOfStacks, stacks } from './generatedTree.ts';

const TOLERANCE = 1e-6;

describe('rows of a tree', () => {
  it('stand inside their parents and do not overlap', () => {
    fc.assert(
      fc.property(stacks, (weighed) => {
        const rows = layOut(treeOfGraph(graphOfStacks(weighed)).tree);
        const { parent, depth } = rows.tree;
        for (let node = 1; node < parent.length; node++) {
          const above = parent[node]!;
          assert.equal(depth[node], depth[above]! + 1);
          assert.ok(rows.start[node]! >= rows.start[above]! - TOLERANCE);
          const right = rows.start[node]! + rows.width[node]!;
          assert.ok(right <= rows.start[above]! + rows.width[above]! + TOLERANCE);
          if (depth[node] === depth[node - 1]) {
            const before = rows.start[node - 1]! + rows.width[node - 1]!;
            assert.ok(rows.start[node]! >= before - TOLERANCE);
          }
        }
      }),
    );
  });

  it('draw all weight, from left to right, however narrow it is', () => {
    fc.assert(
      fc.property(stacks, fc.integer({ min: 3, max: 400 }), (weighed, pixels) => {
        const rows = layOut(treeOfGraph(graphOfStacks(weighed)).tree);
        for (let row = 0; row < rows.rowCount; row++) {
          let at = 0;
          const drawn: [number, number][] = [];
          visitRow(rows, row, WHOLE, pixels, 2, (_node, left, right) => {
            assert.ok(left >= at - TOLERANCE, `${left} before ${at}`);
            at = right;
            drawn.push([left, right]);
          });
          for (let node = rows.first[row]!; node < rows.first[row + 1]!; node++) {
            const middle = (rows.start[node]! + rows.width[node]! / 2) * pixels;
            const isDrawn = drawn.some(
              ([left, right]) => left - 1 <= middle && middle <= right + 1,
            );
            assert.ok(isDrawn, `node ${node} at ${middle} is blank`);
          }
        }
      }),
    );
  });

  it('draw a number of rectangles that the pixels bound, not the nodes', () => {
    const weighed = Array.from({ length: 20_000 }, (_, index) => [[index], 1] as const);
    const graph = graphOfStacks(weighed);
    const rows = layOut(treeOfGraph({ ...graph, frame: graph.frame.map(() => 0) }).tree);
    let rectangles = 0;
    visitRow(rows, 1, WHOLE, 1_000, 2, () => rectangles++);
    assert.ok(rectangles > 0 && rectangles <= 2_000, String(rectangles));
  });

  it('are found by the pointer where they are drawn', () => {
    fc.assert(
      fc.property(stacks, (weighed) => {
        const rows = layOut(treeOfGraph(graphOfStacks(weighed)).tree);
        for (let node = 0; node < rows.tree.parent.length; node++) {
          const middle = rows.start[node]! + rows.width[node]! / 2;
          assert.equal(nodeAt(rows, rows.tree.depth[node]!, middle), node);
        }
        assert.equal(nodeAt(rows, rows.rowCount, 0.5), -1);
      }),
    );
  });
});

describe('an answer that is damaged', () => {
  it('is drawn as far as it makes sense, and named', () => {
    const graph = graphOfStacks([[[0, 1], 5]]);
    const { tree, problem } = treeOfGraph({ ...graph, parent: [0, 7, -3] });
    assert.equal(tree.parent.length, 3);
    assert.match(problem, /2 nodes without a parent/);
    const short = treeOfGraph({ ...graph, total: [5] });
    assert.equal(short.tree.parent.length, 1);
    assert.match(short.problem, /columns of 1 and 3/);
  });

  it('never throws, nor lets a child leave its parent', () => {
    const numbers = fc.array(fc.oneof(fc.integer(), fc.double()), { maxLength: 30 });
    fc.assert(
      fc.property(numbers, numbers, numbers, numbers, (parent, frame, self, total) => {
        const graph = { ...graphOfStacks([[[0], 1]]), parent, frame, self, total };
        const rows = layOut(treeOfGraph(graph).tree);
        for (let node = 0; node < rows.width.length; node++) {
          assert.ok(rows.width[node]! >= 0 && rows.width[node]! <= 1 + TOLERANCE);
        }
      }),
    );
  });
});
