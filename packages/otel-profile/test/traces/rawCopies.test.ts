// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { RawCopy } from '@otelkit/bpf-client';
import { newFile, type ProfiledFile } from '../../src/files/profiledFile.ts';
import { PROFILE_LIMITS } from '../../src/limits.ts';
import { ProcessTable } from '../../src/processes/processTable.ts';
import { RawCopies } from '../../src/traces/rawCopies.ts';

const NONE = Buffer.alloc(0);

/** Copies that all lead through one file without a table; what came of them, by thread. */
function rig(state: ProfiledFile['state'], stackBytes: number) {
  const file = newFile({
    ref: 1,
    key: 'i:1:1:1:0:1',
    path: '/bin/slow',
    pid: 1,
    start: '0x1000',
    end: '0x2000',
    fileOffset: 0,
  });
  const image = new ProcessTable().assume(1, 0, 'slow');
  image.endNs = 1;
  const clock = { ms: 0 };
  const whole: number[] = [];
  const cut: number[] = [];
  const copies = new RawCopies({
    files: { want: () => {} },
    unwinder: {
      unwind: () => ({
        words: new Uint32Array(0),
        end: 5,
        missing: file.state === 'ready' ? undefined : file,
      }),
    },
    nowMs: () => clock.ms,
    onStack: ({ copy }, { missing }) => (missing === undefined ? whole : cut).push(copy.tid),
  });
  const add = (tid: number): void => {
    const stack = Buffer.alloc(stackBytes);
    const copy = { tid, comm: NONE, registers: NONE, stack, link: NONE };
    copies.add(copy as unknown as RawCopy, image);
    // As its number says, whatever else happens.
    file.state = state;
  };
  return { file, clock, copies, whole, cut, add };
}

describe('traces/rawCopies', () => {
  it('wait longer for a file that is being read, and not for ever', () => {
    const { file, clock, copies, whole, cut, add } = rig('pending', 8);
    add(1);
    clock.ms = PROFILE_LIMITS.waitingCopiesMs + 1;
    copies.settleDue();
    assert.deepEqual([copies.count, cut], [1, []]);
    file.state = 'ready';
    copies.settleFor(file);
    assert.deepEqual([copies.count, whole], [0, [1]]);
    file.state = 'pending';
    add(2);
    clock.ms += PROFILE_LIMITS.waitingForFileMs + 1;
    copies.settleDue();
    assert.deepEqual([copies.count, cut], [0, [2]]);
  });

  it('wait no longer than others for what nobody reads', () => {
    const { clock, copies, cut, add } = rig('announced', 8);
    add(1);
    clock.ms = PROFILE_LIMITS.waitingCopiesMs + 1;
    copies.settleDue();
    assert.deepEqual(cut, [1]);
  });

  it('lose their place to newer ones where there is no room, none is lost', () => {
    const { clock, copies, cut, add } = rig('pending', PROFILE_LIMITS.waitingCopyBytes / 64);
    for (let tid = 1; tid <= 65; tid++) {
      clock.ms++;
      add(tid);
    }
    assert.equal(copies.count + cut.length, 65);
    assert.deepEqual(
      cut,
      Array.from({ length: 32 }, (_, i) => i + 1),
    );
  });
});
