// SPDX-License-Identifier: Apache-2.0
// What is drawn on a canvas is text too: WCAG 2.2, success criterion 1.4.3.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { changeFills, framePalette } from '../../src/draw/palette.ts';
import { framesNamed } from '../layout/generatedTree.ts';

const SHEET = readFileSync(new URL('../../src/theme/theme.css', import.meta.url), 'utf8');

function sheetColor(theme: 'light' | 'dark', name: string): string {
  const block = SHEET.split(theme === 'dark' ? ':root[data-theme="dark"] {' : ':root {')[1] ?? '';
  return new RegExp(`${name}: (#[0-9a-f]{6})`).exec(block)?.[1] ?? '';
}

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high, low] = [luminance(one), luminance(other)].sort((left, right) => right - left);
  return (high! + 0.05) / (low! + 0.05);
}

describe('colours of frames', () => {
  for (const theme of ['light', 'dark'] as const) {
    it(`leave names readable in the ${theme} theme`, () => {
      const names = Array.from({ length: 200 }, (_, index) => `module${index}`);
      const frames = { ...framesNamed(names), module: framesNamed(names).name };
      const { fills, paleFills } = framePalette(frames, 'module', theme);
      const text = sheetColor(theme, '--frame-text');
      for (const fill of [
        ...fills,
        ...paleFills,
        ...changeFills(theme),
        sheetColor(theme, '--root'),
      ]) {
        assert.ok(contrast(fill, text) >= 4.5, `${fill} ${contrast(fill, text).toFixed(2)}`);
      }
      const faded = [sheetColor(theme, '--frame-faded'), sheetColor(theme, '--frame-faded-text')];
      assert.ok(contrast(faded[0]!, faded[1]!) >= 4.5, `faded ${contrast(faded[0]!, faded[1]!)}`);
    });
  }
});
