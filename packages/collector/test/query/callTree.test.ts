// SPDX-License-Identifier: Apache-2.0
// Call trees against ones that are built path by path in plain objects, question after question.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { jsonBytes } from '../../src/api/json.ts';
import { arrangeCallTree, buildCallTree, type CallTree } from '../../src/query/callTree.ts';
import { nthLargest } from '../../src/query/nthLargest.ts';
import { type FrameFacts, keyOfFrame } from '../../src/store/frameKey.ts';
import { StoreTables } from '../../src/store/tables.ts';

const MANY = 1_000;

function frameOf(name: number): FrameFacts {
  const places = { line: 0, startLine: 0, column: 0, executable: 0, address: 0n };
  const texts = { kind: 'native', functionName: `f${name}`, systemName: '', file: '' };
  return { ...texts, ...places, isInlined: name % 3 === 0 };
}

function tablesOf(stacks: readonly (readonly number[])[]): StoreTables {
  const tables = new StoreTables();
  const { frames } = tables;
  for (const stack of stacks) {
    const numbers = stack.map((name) => frames.of(keyOfFrame(frameOf(name), frames.strings)));
    tables.stacks.of(Uint32Array.from(numbers));
  }
  return tables;
}

/** Path of names, outermost first → self weight. */
function selfByPath(tables: StoreTables, tree: CallTree, self: Float64Array): Map<string, number> {
  const { functions, strings } = tables.frames;
  const nameOf = (node: number): string => strings.list[functions.name.at(tree.fn[node]!)]!;
  const found = new Map<string, number>();
  const path: string[] = [];
  for (let node = 0; node < tree.count; node++) {
    path[node] = node === 0 ? '' : `${path[tree.parent[node]!]}/${nameOf(node)}`;
    if (self[node] !== 0) found.set(path[node]!, self[node]!);
  }
  return found;
}

function expectedSelf(
  stacks: readonly (readonly number[])[],
  chosen: readonly number[],
  weights: readonly number[],
  inlined: boolean,
): Map<string, number> {
  const found = new Map<string, number>();
  chosen.forEach((stack, i) => {
    const names = (stacks[stack] ?? []).filter((name) => inlined || name % 3 !== 0);
    const path = names.toReversed().reduce((text, name) => `${text}/f${name}`, '');
    found.set(path, (found.get(path) ?? 0) + weights[i]!);
  });
  return found;
}

describe('call trees', () => {
  const stacks = fc.uniqueArray(fc.array(fc.nat(8), { maxLength: 6 }), {
    minLength: 1,
    maxLength: 30,
    selector: (stack) => stack.join(),
  });
  const question = fc.record({
    chosen: fc.uniqueArray(fc.nat(29), { maxLength: 20 }),
    inlined: fc.boolean(),
    mostNodes: fc.constantFrom(MANY, MANY, 40),
    kept: fc.constantFrom(MANY, 5),
  });

  it('weigh what was asked for, whatever was asked before', () => {
    fc.assert(
      fc.property(stacks, fc.array(question, { minLength: 1, maxLength: 6 }), (all, questions) => {
        const tables = tablesOf(all);
        for (const { chosen, inlined, mostNodes } of questions) {
          const weights = chosen.map((_, i) => i + 1);
          const main = { stacks: Uint32Array.from(chosen), weights: Float64Array.from(weights) };
          const tree = buildCallTree(tables, main, main, { inlined, mostNodes });
          const wanted = expectedSelf(all, chosen, weights, inlined);
          const sum = weights.reduce((a, b) => a + b, 0);
          assert.equal(tree.total[0], sum);
          assert.deepEqual(tree.baseTotal, tree.total);
          if (mostNodes < MANY && tree.count >= mostNodes) continue;
          assert.deepEqual(selfByPath(tables, tree, tree.self), wanted);
        }
      }),
    );
  });

  it('are arranged from the heaviest, and lose no weight where nodes are cut', () => {
    fc.assert(
      fc.property(stacks, question, (all, { chosen, inlined, kept }) => {
        const tables = tablesOf(all);
        const weights = Float64Array.from(chosen, (_, i) => (i % 4) + 1);
        const main = { stacks: Uint32Array.from(chosen), weights };
        const tree = buildCallTree(tables, main, undefined, { inlined, mostNodes: MANY });
        const arranged = arrangeCallTree(tree, kept);
        const { parent, self, total, count } = arranged;
        assert.ok(count <= Math.max(1, kept));
        assert.equal(
          self.reduce((a, b) => a + b, 0),
          weights.reduce((a, b) => a + b, 0),
        );
        const lightest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
        for (let node = 1; node < count; node++) {
          assert.ok(parent[node]! < node);
          assert.ok(total[node]! > 0 && total[node]! <= lightest[parent[node]!]!);
          lightest[parent[node]!] = total[node]!;
        }
        if (kept < MANY) return;
        assert.equal(arranged.cutNodes, 0);
        assert.deepEqual(
          selfByPath(tables, arranged, self),
          expectedSelf(all, chosen, [...weights], inlined),
        );
      }),
    );
  });

  it('follow a frame that has got another name', () => {
    const tables = tablesOf([[1, 2]]);
    const main = { stacks: Uint32Array.of(0), weights: Float64Array.of(5) };
    const options = { inlined: true, mostNodes: MANY };
    buildCallTree(tables, main, undefined, options);
    tables.frames.rename(0, { ...frameOf(1), functionName: 'found' });
    const tree = buildCallTree(tables, main, undefined, options);
    assert.deepEqual([...selfByPath(tables, tree, tree.self)], [['/f2/found', 5]]);
  });
});

describe('numbers of an answer', () => {
  it('are written as JSON writes them, and as 0 where it has no form for them', () => {
    const value = fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger(), fc.constant(2 ** 53));
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const wanted = values.map((one) => (Number.isFinite(one) ? one : 0));
        const text = String(jsonBytes(Float64Array.from(values)));
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(wanted)));
        assert.equal(
          String(jsonBytes(Int32Array.from(values))),
          JSON.stringify([...Int32Array.from(values)]),
        );
      }),
    );
  });

  it('are found by their rank', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1 }), fc.nat(), (values, place) => {
        const n = place % values.length;
        const sorted = values.toSorted((a, b) => b - a);
        assert.equal(nthLargest(Float64Array.from(values), n), sorted[n]);
      }),
    );
  });
});
