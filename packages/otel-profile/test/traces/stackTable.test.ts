// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FrameTable, GENERATED_SLOT, MARKER_SLOT } from '../../src/traces/frameTable.ts';
import { PieceTable } from '../../src/traces/pieceTable.ts';
import { StackTable } from '../../src/traces/stackTable.ts';

const TWO_32 = 4_294_967_296;

interface Frame {
  readonly slot: number;
  readonly address: number;
}

function wordsOf(frames: readonly Frame[]): Uint32Array {
  const words = new Uint32Array(2 * frames.length);
  frames.forEach(({ slot, address }, i) => {
    words[2 * i] = address % TWO_32;
    words[2 * i + 1] = ((slot << 16) | Math.floor(address / TWO_32)) >>> 0;
  });
  return words;
}

function tables(fileIds: Readonly<Record<number, string>> = {}) {
  const frames = new FrameTable();
  const stacks = new StackTable({
    frames,
    identity: { fileIdOf: (slot) => fileIds[slot] ?? '' },
    markerOf: (end, depth) => (end === 7 ? frames.idOf(MARKER_SLOT, end + 256 * depth) : undefined),
  });
  return { frames, stacks };
}

const frame = fc.record({
  slot: fc.integer({ min: 0, max: 5 }),
  address: fc.integer({ min: 0, max: 3 }),
});

describe('traces/stackTable', () => {
  it('never makes one of two different stacks, and never two of one', () => {
    fc.assert(
      fc.property(fc.array(fc.array(frame, { maxLength: 5 }), { maxLength: 40 }), (all) => {
        const { stacks } = tables();
        const numbers = new Map<string, number>();
        for (const one of all) {
          const key = JSON.stringify(one);
          const number = stacks.intern(wordsOf(one), 0, 1);
          assert.equal(numbers.get(key) ?? number, number);
          numbers.set(key, number);
        }
        assert.equal(new Set(numbers.values()).size, numbers.size);
        assert.equal(stacks.count, numbers.size);
      }),
    );
  });

  it('tells stacks apart that differ in one bit, or in the order of frames', () => {
    const { stacks } = tables();
    const base = Array.from({ length: 8 }, (_, i) => ({ slot: 1 + (i % 3), address: 4096 * i }));
    const all = [base, base.toReversed(), base.slice(1), [...base, base[0]!]];
    for (let at = 0; at < base.length; at++) {
      for (let bit = 0; bit < 48; bit++) {
        const address = Number(BigInt(base[at]!.address) ^ (1n << BigInt(bit)));
        all.push(base.with(at, { slot: base[at]!.slot, address }));
      }
    }
    const numbers = all.map((one) => stacks.intern(wordsOf(one), 0, 1));
    assert.equal(new Set(numbers).size, all.length);
  });

  it('knows a file again under another number', () => {
    const id = 'ab'.repeat(16);
    const { stacks } = tables({ 3: id, 9: id });
    const one = stacks.intern(wordsOf([{ slot: 3, address: 0x1234 }]), 0, 1);
    assert.equal(stacks.intern(wordsOf([{ slot: 9, address: 0x1234 }]), 0, 1), one);
    assert.notEqual(stacks.intern(wordsOf([{ slot: 9, address: 0x1235 }]), 0, 1), one);
  });

  it('keeps kernel and user addresses apart', () => {
    const { stacks } = tables();
    const words = wordsOf([{ slot: 0, address: 77 }]);
    assert.notEqual(stacks.intern(words, 1, 1), stacks.intern(words, 0, 1));
  });

  it('ends a cut stack with a frame that says so, with its depth', () => {
    const { frames, stacks } = tables();
    const words = wordsOf([{ slot: 1, address: 5 }]);
    const cut = stacks.frames(stacks.intern(words, 0, 7));
    assert.equal(cut.length, 2);
    assert.equal(frames.slotOf(cut[1]!), MARKER_SLOT);
    assert.equal(frames.addressOf(cut[1]!), 7 + 256);
    assert.equal(stacks.frames(stacks.intern(words, 0, 1)).length, 1);
  });

  it('forgets the numbers of traces, not the stacks', () => {
    const { stacks } = tables();
    const words = wordsOf([{ slot: 1, address: 5 }]);
    const trace = { id: 4, end: 1, flags: 0, kernelFrames: 0, userFrames: 1, words };
    stacks.add(trace);
    const stackId = stacks.ofTrace(4);
    assert.notEqual(stackId, 0);
    stacks.forgetTraces();
    assert.equal(stacks.ofTrace(4), 0);
    assert.equal(stacks.frames(stackId).length, 1);
  });
});

describe('traces/stackTable of generated code', () => {
  const words = wordsOf([
    { slot: 0, address: 0x1234 },
    { slot: 1, address: 5 },
  ]);

  it('is another stack in each process, whoever was told of it first', () => {
    const { frames, stacks } = tables();
    stacks.add({ id: 4, end: 1, flags: 0, kernelFrames: 0, userFrames: 2, words });
    const one = stacks.ofTrace(4, () => GENERATED_SLOT);
    const two = stacks.ofTrace(4, () => GENERATED_SLOT + 1);
    assert.notEqual(one, two);
    assert.equal(
      stacks.ofTrace(4, () => GENERATED_SLOT),
      one,
    );
    assert.equal(
      stacks.intern(words, 0, 1, () => GENERATED_SLOT + 1),
      two,
    );
    assert.equal(frames.slotOf(stacks.frames(two)[0]!), GENERATED_SLOT + 1);
    assert.equal(frames.slotOf(stacks.frames(two)[1]!), 1);
  });

  it('stays apart when everything is numbered anew', () => {
    const { frames, stacks } = tables();
    stacks.add({ id: 4, end: 1, flags: 0, kernelFrames: 0, userFrames: 2, words });
    for (const slot of [GENERATED_SLOT, GENERATED_SLOT + 1]) stacks.ofTrace(4, () => slot);
    stacks.compact();
    assert.deepEqual([stacks.count, frames.count], [2, 3]);
    const two = stacks.ofTrace(4, () => GENERATED_SLOT + 1);
    assert.equal(frames.slotOf(stacks.frames(two)[0]!), GENERATED_SLOT + 1);
  });
});

describe('traces/stackTable compact', () => {
  it('keeps what traces lead to, under new numbers, with its names', () => {
    const { frames, stacks } = tables();
    const pieces = new PieceTable((id) => ({ kind: 'native', address: frames.addressOf(id) }));
    const words = (address: number) => wordsOf([{ slot: 1, address }]);
    for (let address = 0; address < 100; address++) stacks.intern(words(address), 0, 1);
    stacks.add({
      id: 9,
      end: 1,
      flags: 0,
      kernelFrames: 0,
      userFrames: 1,
      words: words(42),
    });
    pieces.set(stacks.frames(stacks.ofTrace(9))[0]!, [{ kind: 'native', functionName: 'answer' }]);
    pieces.renumber(stacks.compact());
    assert.deepEqual([stacks.count, frames.count], [1, 1]);
    const stack = stacks.ofTrace(9);
    const [piece] = pieces.expand(stacks.frames(stack));
    assert.equal(pieces.piece(piece!).functionName, 'answer');
    assert.equal(stacks.intern(words(42), 0, 1), stack);
    assert.equal(stacks.intern(words(43), 0, 1), 2);
  });
});

describe('traces/pieceTable', () => {
  it('gives inlined calls as pieces of their own, and names that come late', () => {
    const pieces = new PieceTable((id) => ({ kind: 'native', address: id }));
    const stack = Int32Array.of(0, 5000);
    assert.deepEqual(
      [...pieces.expand(stack)].map((id) => pieces.piece(id).address),
      [0, 5000],
    );
    pieces.set(5000, [
      { kind: 'go', functionName: 'inner', inlined: true },
      { kind: 'go', functionName: 'outer' },
    ]);
    assert.deepEqual(
      [...pieces.expand(stack)].map((id) => pieces.piece(id).functionName),
      [undefined, 'inner', 'outer'],
    );
  });
});
