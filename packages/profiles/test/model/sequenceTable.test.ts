// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SequenceTable } from '../../src/model/sequenceTable.ts';

describe('sequences of numbers', () => {
  it('have one number each, whatever came before', () => {
    const sequences = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 6 }), {
      minLength: 1,
      maxLength: 400,
    });
    fc.assert(
      fc.property(sequences, (list) => {
        const table = new SequenceTable();
        const byText = new Map<string, number>();
        for (const sequence of list) {
          const number = table.of(sequence);
          assert.equal(byText.get(sequence.join()) ?? number, number);
          byText.set(sequence.join(), number);
          const [from, to] = [table.offsets.at(number), table.offsets.at(number + 1)];
          assert.deepEqual([...table.elements.view().subarray(from, to)], sequence);
        }
        assert.equal(table.count, byText.size);
      }),
      { numRuns: 100 },
    );
  });

  it('keep their numbers while the table grows', () => {
    const table = new SequenceTable();
    const of = (i: number): number => table.of([i, i >>> 1, 0xffff_ffff - i]);
    for (let i = 0; i < 5_000; i++) assert.equal(of(i), i);
    for (let i = 0; i < 5_000; i++) assert.equal(of(i), i);
  });

  it('keep their numbers where they are retained, and get new ones where they are not', () => {
    const sequence = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 5 });
    const rounds = fc.array(fc.tuple(fc.array(sequence), fc.nat(5)), { maxLength: 8 });
    fc.assert(
      fc.property(rounds, (list) => {
        const table = new SequenceTable();
        const known = new Map<string, number>();
        for (const [sequences, divisor] of list) {
          for (const one of sequences) {
            const before = table.count;
            const number = table.of(one);
            assert.equal(number, known.get(one.join()) ?? before);
            known.set(one.join(), number);
            const [from, to] = [table.offsets.at(number), table.offsets.at(number + 1)];
            assert.deepEqual([...table.elements.view().subarray(from, to)], one);
          }
          const gone = new Set(table.retain((number) => number % (divisor + 1) === 0));
          for (const [text, number] of known) {
            assert.equal(gone.has(number), number % (divisor + 1) !== 0);
            if (gone.has(number)) known.delete(text);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
