// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { pathGlob } from '../../src/discover/pathGlob.ts';
import { isEverything, isWantedByPath, targetChoice } from '../../src/discover/targets.ts';

const NONE = { pid: [], exe: [], port: [], container: [], exclude: [] };
const PID = 'OTEL_GO_AUTO_TARGET_PID';
const EXE = 'OTEL_GO_AUTO_TARGET_EXE';

describe('discover/targets', () => {
  it('takes everything where nothing is chosen', () => {
    const choice = targetChoice(NONE, {});
    assert.equal(isEverything(choice), true);
    assert.equal(isWantedByPath(choice, '/srv/shop'), true);
    const but = targetChoice({ ...NONE, exclude: ['/srv/*'] }, {});
    assert.equal(isWantedByPath(but, '/srv/shop'), false);
  });

  it('lets flags outweigh variables, and PIDs executables', () => {
    const env = { [PID]: '7, 8', [EXE]: '/app/main' };
    assert.deepEqual([...targetChoice({ ...NONE, pid: [5], exe: ['/a'] }, env).pids], [5]);
    const byExe = targetChoice({ ...NONE, exe: ['/a'] }, env);
    assert.deepEqual([byExe.pids.size, isWantedByPath(byExe, '/a')], [0, true]);
    assert.equal(isWantedByPath(byExe, '/app/main'), false);
    const byEnv = targetChoice(NONE, env);
    assert.deepEqual([[...byEnv.pids], byEnv.globs.length], [[7, 8], 0]);
    assert.equal(isWantedByPath(targetChoice(NONE, { [EXE]: '/app/main' }), '/app/main'), true);
  });

  it('refuses what is no PID and no container', () => {
    assert.throws(() => targetChoice(NONE, { [PID]: 'shop' }), /OTEL_GO_AUTO_TARGET_PID shop/);
    assert.throws(() => targetChoice({ ...NONE, container: ['*'] }, {}), /--container/);
  });

  it('matches paths by shell patterns', () => {
    for (const [pattern, path, isMatch] of [
      ['/srv/*', '/srv/shop', true],
      ['/srv/*', '/srv/a/shop', false],
      ['/srv/**', '/srv/a/shop', true],
      ['/srv/sh?p', '/srv/shop', true],
      ['shop', '/srv/shop', true],
      ['shop', '/srv/workshop', false],
      ['/a.b(c)[d]', '/a.b(c)[d]', true],
      ['/a.b', '/axb', false],
      ['/srv/shop', '/srv/shop\nx', false],
    ] as const) {
      assert.equal(pathGlob(pattern).test(path), isMatch, `${pattern} ${path}`);
    }
  });
});
