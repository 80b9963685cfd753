// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { LiveProgress } from '../../src/progress/liveProgress.ts';

function watch(form: 'live' | 'plain', width = 80) {
  const written: string[] = [];
  let now = 0;
  const write = (text: string): void => void written.push(text);
  const progress = new LiveProgress({ form, width, write, nowMs: () => now });
  return {
    progress,
    written,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe('progress', () => {
  it('shows nothing of work that is soon over', () => {
    const { progress, written, pass } = watch('live');
    const task = progress.begin('files', 10);
    for (let i = 0; i < 10; i++) {
      pass(10);
      task.advance('x');
    }
    task.end();
    assert.deepEqual(written, []);
  });

  it('is a line that goes away, no wider than the terminal and without foreign controls', () => {
    const { progress, written, pass } = watch('live', 40);
    const task = progress.begin('files', 10);
    pass(1000);
    task.advance(`evil\x1b[2J\n${'long '.repeat(20)}`);
    task.end();
    assert.equal(written.length, 2);
    const line = (written[0] ?? '').replace('\r\x1b[K', '');
    assert.match(line, /^1\/10 files, 1\.0\/s {2}evil\\x1b/);
    assert.ok(line.length <= 39);
    assert.equal(written[1], '\r\x1b[K');
  });

  it('adds to a log at most every five seconds', () => {
    const { progress, written, pass } = watch('plain');
    const task = progress.begin('files');
    for (let i = 0; i < 120; i++) {
      pass(100);
      task.advance();
    }
    assert.deepEqual(written, ['50 files, 10/s\n', '100 files, 10/s\n']);
  });
});
