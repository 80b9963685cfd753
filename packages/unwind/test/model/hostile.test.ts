// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { openElf } from '@otelkit/core';
import fc from 'fast-check';
import {
  buildUnwindTable,
  MAPPING_KIND,
  ModelMappings,
  machineModel,
  openTable,
  STACK_END,
  StackCopy,
  UnwinderModel,
} from '../../src/index.ts';

const STACK_START = 0x7fff_0000_0000;
const WORDS = 256;
const MOST_FRAMES = 500;
const BIAS = 0x5555_0000_0000;

describe('the model and registers that make no sense', () => {
  it('comes to an end, with its reason', () => {
    const elf = openElf(process.execPath);
    const reader = openTable(buildUnwindTable(elf)!.bytes);
    const code = elf.loads.find((load) => (load.flags & 1) !== 0)!;
    elf.source.close();
    assert.ok(typeof reader !== 'string');
    const start = BIAS + Number(code.vaddr);
    const end = start + code.fileSizeBytes;
    const kinds = [MAPPING_KIND.TABLE, MAPPING_KIND.FRAME_POINTERS, MAPPING_KIND.NONE];
    const model = new UnwinderModel(machineModel(reader.machine)!, MOST_FRAMES);
    const onStack = fc.nat(WORDS * 8 + 64).map((at) => STACK_START + at);
    const inCode = fc.integer({ min: 0, max: code.fileSizeBytes - 1 }).map((at) => start + at);
    const word = fc.oneof(onStack, onStack, inCode, inCode, fc.constant(0), fc.maxSafeNat());
    const ends: readonly number[] = Object.values(STACK_END).filter(
      (one) => one !== STACK_END.NONE,
    );
    fc.assert(
      fc.property(
        fc.array(word, { minLength: WORDS, maxLength: WORDS }),
        fc.array(word, { minLength: 34, maxLength: 34 }),
        inCode,
        fc.constantFrom(...kinds),
        (words, values, pc, kind) => {
          const bytes = new Uint8Array(BigUint64Array.from(words, BigInt).buffer);
          const registers = BigUint64Array.from(values, BigInt);
          registers[reader.machine === 62 ? 16 : 32] = BigInt(pc);
          const mapping = { start, end, bias: BIAS, slot: 7, kind, table: reader };
          const stack = model.unwind({
            registers,
            memory: new StackCopy(STACK_START, bytes),
            mappings: new ModelMappings([mapping]),
          });
          assert.ok(stack.count >= 1 && stack.count <= MOST_FRAMES);
          assert.ok(ends.includes(stack.end), `end ${stack.end}`);
          assert.equal(stack.slots.length, stack.count);
        },
      ),
      { numRuns: 200 },
    );
  });
});
