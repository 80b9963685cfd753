// SPDX-License-Identifier: Apache-2.0
// A process that was recorded once: the model has to find the same chains for ever, on any machine.
// `node --import tsx test/fixtures/saveRecording.ts test/model/recorded/x86_64.json` records anew.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { EM } from '@otelkit/core';
import {
  MAPPING_KIND,
  MemoryChain,
  ModelMappings,
  machineModel,
  openTable,
  STACK_END,
  StackCopy,
  UnwinderModel,
} from '../../src/index.ts';
import type { SavedProcess } from '../fixtures/savedProcess.ts';

const PLACE = new URL('./recorded/x86_64.json', import.meta.url);

describe('the model unwinds a process of another time', () => {
  const saved: SavedProcess = JSON.parse(readFileSync(PLACE, 'utf8'));
  const table = openTable(Buffer.from(saved.table, 'base64'));
  const model = new UnwinderModel(machineModel(EM.X86_64)!);

  it('to its end, frame by frame', () => {
    assert.ok(typeof table !== 'string', String(table));
    const { start, end } = saved;
    const kind = MAPPING_KIND.TABLE;
    const mappings = new ModelMappings([{ start, end, bias: 0, slot: 1, kind, table }]);
    for (const { registers, stacks, pcs, names } of saved.stops) {
      const memory = new MemoryChain(
        stacks.map((one) => new StackCopy(one.start, Buffer.from(one.bytes, 'base64'))),
      );
      const stack = model.unwind({
        registers: BigUint64Array.from(registers, (text) => BigInt(`0x${text}`)),
        memory,
        mappings,
      });
      assert.equal(stack.end, STACK_END.COMPLETE, names[0]);
      // A caller's address is that of the call; a trampoline's, and what it interrupted, are their own.
      const callers = pcs.map((pc, i) => (stack.vaddrs[i] === pc ? pc : pc - 1));
      assert.deepEqual([...stack.vaddrs], callers, names.join(' < '));
    }
  });

  it('through frames of every kind that compilers make, and a signal on a stack of its own', () => {
    const seen = new Set(saved.stops.flatMap(({ names }) => names));
    for (const name of ['stop_here', 'handler', 'raised', 'dynamic', 'aligned', 'deep', 'start'])
      assert.ok(seen.has(name), name);
    assert.ok(saved.stops.some(({ stacks }) => stacks.length === 2));
  });
});
