// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { functionsOf } from '../../src/layout/functions.ts';
import { treeOfGraph } from '../../src/layout/tree.ts';
import { compilePattern, matchTexts } from '../../src/search/pattern.ts';
import { matchFunctions, searchTree } from '../../src/search/searchTree.ts';
import { graphOfStacks, stacks } from '../layout/generatedTree.ts';

describe('search', () => {
  it('counts functions and the weight inside them, once for nested ones', () => {
    fc.assert(
      fc.property(stacks, fc.nat({ max: 6 }), fc.nat({ max: 6 }), (weighed, one, other) => {
        const graph = graphOfStacks(weighed);
        const functions = functionsOf(graph.frames);
        const hits = matchTexts(graph.frames.strings, `^f[${one}${other}]$`);
        const matches = matchFunctions(graph.frames, functions, hits);
        const result = searchTree(treeOfGraph(graph).tree, functions, matches);
        const wanted = new Set([one, other]);
        let weight = 0;
        const found = new Set<number>();
        for (const [stack, own] of weighed) {
          if (stack.some((id) => wanted.has(id))) weight += own;
          for (const id of stack) if (wanted.has(id)) found.add(id);
        }
        assert.equal(result.weight, weight);
        assert.equal(result.matchingFunctions, found.size);
      }),
    );
  });

  it('ignores case until the pattern has a capital letter', () => {
    const any = compilePattern('parse');
    const exact = compilePattern('Parse');
    assert.ok(any instanceof RegExp && any.test('ParseJson'));
    assert.ok(exact instanceof RegExp && !exact.test('parseJson'));
    const escaped = compilePattern('\\Wparse');
    assert.ok(escaped instanceof RegExp && escaped.test('.PARSE'));
  });

  it('says why a pattern is no expression', () => {
    assert.match(String(compilePattern('(')), /group/i);
    assert.match(String(compilePattern('a'.repeat(201))), /longer than 200/);
    fc.assert(fc.property(fc.string(), (pattern) => void compilePattern(pattern)));
  });
});
