// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type ColorSituation, loadStyle, wantsColor } from '../../src/output/color.ts';

describe('colours', () => {
  const TERM = 'xterm';
  const cases: readonly (readonly [ColorSituation, boolean])[] = [
    [{ choice: 'auto', isTty: true, env: { TERM } }, true],
    [{ choice: 'auto', isTty: false, env: { TERM } }, false],
    [{ choice: 'auto', isTty: true, env: { TERM: 'dumb' } }, false],
    [{ choice: 'auto', isTty: true, env: {} }, false],
    [{ choice: 'auto', isTty: true, env: { TERM, NO_COLOR: '1' } }, false],
    [{ choice: 'auto', isTty: true, env: { TERM, NO_COLOR: '' } }, true],
    [{ choice: 'auto', isTty: false, env: { FORCE_COLOR: '1' } }, true],
    [{ choice: 'auto', isTty: true, env: { TERM, FORCE_COLOR: '0' } }, false],
    [{ choice: 'always', isTty: false, env: { NO_COLOR: '1', TERM: 'dumb' } }, true],
    [{ choice: 'never', isTty: true, env: { TERM, FORCE_COLOR: '1' } }, false],
  ];
  for (const [situation, expected] of cases) {
    it(`${JSON.stringify(situation)} → ${expected}`, () => {
      assert.equal(wantsColor(situation), expected);
    });
  }

  it('are the sixteen that follow the theme', async () => {
    const style = await loadStyle(true);
    assert.equal(style.bad('x'), '\x1b[31mx\x1b[39m');
    assert.equal((await loadStyle(false)).bad('x'), 'x');
  });
});
