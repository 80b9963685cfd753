// SPDX-License-Identifier: Apache-2.0
// Every view by keys alone: nobody touches a mouse here.
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { eventually, TEST_MS, textOf, urlHas, useBrowser } from './browser.ts';

const MOST_TABS = 150;

interface Focused {
  readonly name: string;
  readonly isVisible: boolean;
}

/** What has the focus, and whether a person sees it. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  const label = element.closest('label');
  const name = element.getAttribute('aria-label') ?? label?.textContent ?? element.textContent;
  const box = element.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const isOutlined = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
  const isOnScreen = box.bottom > 0 && box.top < innerHeight && box.width > 2;
  return { name: name.trim(), isVisible: isOutlined && isOnScreen };
})()`;

async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let count = 0; count < MOST_TABS; count++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<Focused>(FOCUSED);
    if (name.test(focused.name)) {
      assert.ok(focused.isVisible, `the focus on “${focused.name}” is seen`);
      return;
    }
    passed.push(focused.name.slice(0, 30));
  }
  assert.fail(`no Tab leads to ${name}: ${passed.join(' | ')}`);
}

describe('by keys alone', function () {
  this.timeout(TEST_MS);
  const open = useBrowser();

  it('the picture is reached at once, and a range is held, moved and left', async () => {
    const { page } = await open();
    await textOf(page, 'h1', /parseJson/);
    await tabTo(page, /^Skip to the picture$/);
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('document.activeElement.tagName'), 'MAIN');
    await page.keyboard.press('Shift+Tab');
    await page.locator('body').press('Home');
    await tabTo(page, /^Live$/);
    await page.keyboard.press('Enter');
    const from = Number(await urlHas(page, 'from', /^\d+$/));
    await tabTo(page, /^Shorter$/);
    await page.keyboard.press('Enter');
    await eventually(() => {
      assert.ok(Number(new URL(page.url()).searchParams.get('from')) > from);
    });
    await page.keyboard.press('l');
    await urlHas(page, 'from', /^$/);
  });

  it('the flame graph is walked, searched, shown as a table and narrowed by filters', async () => {
    const { page } = await open();
    await textOf(page, 'h1', /parseJson/);
    await tabTo(page, /^Flame graph\. all/);
    for (let depth = 0; depth < 5; depth++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await urlHas(page, 'zoom', /^[0-9a-f]{16}$/);
    await page.keyboard.press('s');
    await urlHas(page, 'fn', /parseJson/);
    await tabTo(page, /^Callees/);
    await page.keyboard.press('Escape');
    await tabTo(page, /^← Whole graph$/);
    await page.keyboard.press('Enter');
    await urlHas(page, 'fn', /^$/);
    await page.keyboard.press('/');
    await page.keyboard.type('scan');
    await urlHas(page, 'q', /^scan$/);
    await page.keyboard.press('Enter');
    await urlHas(page, 'zoom', /^[0-9a-f]{16}$/);
    await tabTo(page, /^Table$/);
    await page.keyboard.press('Space');
    await urlHas(page, 'table', /^1$/);
    await page.keyboard.press('f');
    await page.keyboard.type('postgres');
    await tabTo(page, /^postgres/);
    await page.keyboard.press('Space');
    await urlHas(page, 'service', /^postgres$/);
    await page.keyboard.press('Escape');
  });

  it('a file is saved, and functions are sorted and opened', async () => {
    const { page } = await open('?view=top');
    await textOf(page, 'main table', /parseJson/);
    await tabTo(page, /^Share$/);
    await page.keyboard.press('Enter');
    await tabTo(page, /^folded stacks$/);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.keyboard.press('Enter'),
    ]);
    assert.equal(download.suggestedFilename(), 'profile.folded');
    await tabTo(page, /^Total$/);
    await page.keyboard.press('Enter');
    await urlHas(page, 'sort', /^total$/);
    await tabTo(page, /parseJson$/);
    await page.keyboard.press('Enter');
    await urlHas(page, 'fn', /parseJson/);
  });

  it('two sides are swapped, and a part of the heat map is chosen', async () => {
    const { page } = await open('?view=diff', { mode: 'files', hasTimes: false });
    await textOf(page, 'h1', /parseJson grew/);
    await tabTo(page, /^Swap before and after$/);
    await page.keyboard.press('Enter');
    await textOf(page, 'h1', /parseJson shrank/);
    const { page: heat } = await open('?last=60');
    await textOf(heat, 'h1', /% in/);
    await heat.keyboard.press('4');
    await textOf(heat, 'h1', /^Rhythm/);
    await tabTo(heat, /^Heat map\./);
    for (const key of ['ArrowRight', 'Enter', 'ArrowRight', 'Enter'])
      await heat.keyboard.press(key);
    await urlHas(heat, 'from', /^\d+/);
  });

  it('a file with symbols is given, and a trace and its spans are opened', async () => {
    const { page } = await open('?view=executables');
    await textOf(page, 'h1', /missing/);
    let choosers = 0;
    page.on('filechooser', () => choosers++);
    await tabTo(page, /^Upload a file/);
    await page.keyboard.press('Enter');
    await eventually(() => assert.equal(choosers, 1));
    await page.keyboard.press('6');
    await textOf(page, 'main table', /checkout/);
    await tabTo(page, /^POST \/checkout$/);
    await page.keyboard.press('Enter');
    await urlHas(page, 'open', /^[0-9a-f]{32}$/);
    await tabTo(page, /^SELECT prices$/);
    await page.keyboard.press('Enter');
    await urlHas(page, 'open.span', /^[0-9a-f]{16}$/);
  });
});
