// SPDX-License-Identifier: Apache-2.0
// Text against what lies behind it: WCAG 2.2, success criterion 1.4.3.
import assert from 'node:assert/strict';
import { TEST_MS, useBrowser } from './browser.ts';

const VIEWS = ['flame', 'top', 'diff', 'heat', 'executables', 'traces'];
/** Texts below 4.5:1, with their colours; computed in the page. */
const PALE = `(() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => {
      const s = v / 255;
      return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const groundOf = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const pale = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.textContent.trim() === '' || element.closest(':disabled, option')) continue;
    if (!element.checkVisibility() || element.closest('.inside')) continue;
    const ink = getComputedStyle(element).color;
    const [one, other] = [light(parse(ink)), light(groundOf(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) pale.push(walker.currentNode.textContent + ' ' + ratio.toFixed(2) + ' ' + ink);
  }
  return pale;
})()`;

describe('contrast', function () {
  this.timeout(TEST_MS);
  const open = useBrowser();

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`of every text is at least 4.5 to 1 where the system is ${colorScheme}`, async () => {
      const { page, fixture } = await open('', {}, { colorScheme });
      for (const view of VIEWS) {
        await page.goto(`${fixture.url}?view=${view}`);
        await page.locator('main h1, main tbody').first().waitFor();
        assert.deepEqual(await page.evaluate(PALE), [], view);
      }
    });
  }
});
