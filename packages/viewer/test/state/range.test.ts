// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { Status } from '../../src/contract.ts';
import { follows, suggestedBase, timedSelection } from '../../src/state/range.ts';
import { INITIAL } from '../../src/state/viewState.ts';

const STATUS: Status = {
  contractVersion: 1,
  toolVersion: '',
  mode: 'live',
  title: '',
  nowMs: 10_000_000,
  startMs: 1_000_000,
  endMs: 9_999_000,
  hasTimes: true,
  sampleTypes: [],
  sources: [],
  sampleCount: 1,
  traceCount: 0,
  storeBytes: 0,
  losses: [],
};

describe('the range that is meant', () => {
  it('is the last 15 minutes of a live server, and everything of a file', () => {
    assert.deepEqual(timedSelection(INITIAL, STATUS), { from: 9_099_001, to: 9_999_001 });
    assert.deepEqual(timedSelection(INITIAL, { ...STATUS, mode: 'files' }), {});
  });

  it('ends with the newest sample, unless that is long ago', () => {
    const quiet = { ...STATUS, endMs: 9_900_000 };
    assert.deepEqual(timedSelection(INITIAL, quiet), { from: 9_100_000, to: 10_000_000 });
  });

  it('begins with the first sample where there is less', () => {
    const young = { ...STATUS, startMs: 9_950_000 };
    assert.deepEqual(timedSelection(INITIAL, young), { from: 9_950_000, to: 9_999_001 });
    // A sender's clock may be ahead.
    const ahead = { ...STATUS, startMs: 99_000_000 };
    assert.deepEqual(timedSelection(INITIAL, ahead), { from: 9_998_001, to: 9_999_001 });
  });

  it('stands still once it was chosen', () => {
    const state = { ...INITIAL, selection: { from: 5, to: 9 } };
    assert.deepEqual(timedSelection(state, STATUS), { from: 5, to: 9 });
    assert.equal(follows(state, STATUS), false);
    assert.equal(follows(INITIAL, STATUS), true);
  });
});

describe('what is compared without a choice', () => {
  it('is two files, else two versions with the older first, else two halves', () => {
    const sources = [
      { id: 'a', name: 'a' },
      { id: 'b', name: 'b' },
    ];
    const files = suggestedBase({ ...STATUS, mode: 'files', sources }, ['2', '1'], {});
    assert.deepEqual(files?.base, { source: ['a'] });
    assert.deepEqual(files?.selection, { source: ['b'] });
    const versions = suggestedBase(STATUS, ['1.10.0', '1.9.0'], {});
    assert.deepEqual(versions?.base, { version: ['1.9.0'] });
    assert.deepEqual(versions?.selection, { version: ['1.10.0'] });
    const halves = suggestedBase(STATUS, [], { from: 100, to: 300 });
    assert.deepEqual(halves?.base, { from: 100, to: 200 });
    assert.deepEqual(halves?.selection, { from: 200, to: 300 });
    assert.equal(suggestedBase({ ...STATUS, hasTimes: false }, [], {}), undefined);
  });
});
