// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { coloursOf, eventually, TEST_MS, textOf, urlHas, useBrowser } from './browser.ts';

const CANVAS = '.flame canvas';
/** A row of frames in CSS pixels. */
const ROW = 20;

describe('the flame graph', function () {
  this.timeout(TEST_MS);
  const open = useBrowser();

  it('names the hottest function first, and draws the rest', async () => {
    const { page } = await open();
    await textOf(page, 'h1', /^2\d % in parseJson/);
    await eventually(async () => assert.ok((await coloursOf(page, CANVAS)) > 8));
  });

  it('zooms by a click, shows all again by Escape, and goes back by the browser', async () => {
    const { page } = await open();
    await page.locator(CANVAS).click({ position: { x: 30, y: ROW * 5.5 } });
    await urlHas(page, 'zoom', /^[0-9a-f]{16}$/);
    await textOf(page, '.details', /parseJson.*self.*total/s);
    await page.keyboard.press('Escape');
    await urlHas(page, 'zoom', /^$/);
    await page.goBack();
    await urlHas(page, 'zoom', /^[0-9a-f]{16}$/);
    await textOf(page, '.details', /parseJson/);
  });

  it('says on hovering what a frame is', async () => {
    const { page } = await open();
    await textOf(page, 'h1', /parseJson/);
    await page.locator(CANVAS).hover({ position: { x: 30, y: ROW * 5.5 } });
    await textOf(page, '.tooltip', /shop\/cart\.parseJson.*parse\.go:\d+.*go.*self.*%.*total.*%/s);
  });

  it('is walked, zoomed and turned over by keys alone', async () => {
    const { page } = await open();
    await textOf(page, 'h1', /parseJson/);
    await page.locator(CANVAS).focus();
    for (let depth = 0; depth < 5; depth++) await page.keyboard.press('ArrowDown');
    await textOf(page, '.details', /parseJson/);
    await page.keyboard.press('Enter');
    await urlHas(page, 'zoom', /^[0-9a-f]{16}$/);
    await page.keyboard.press('s');
    await urlHas(page, 'fn', /^shop\/cart\.parseJson$/);
    await page.keyboard.press('Escape');
    await urlHas(page, 'fn', /^$/);
  });

  it('finds functions by an expression, with counts and share', async () => {
    const { page } = await open();
    await textOf(page, 'h1', /parseJson/);
    await page.keyboard.press('/');
    await page.keyboard.type('parse.*n$');
    await textOf(page, '.search output', /^1 place, 1\/\d+ functions, 3\d\.\d %$/);
    await urlHas(page, 'q', /^parse\.\*n\$$/);
    await page.keyboard.press('Enter');
    await textOf(page, '.search output', /^1\/1 place/);
    await page.keyboard.type('(');
    await textOf(page, '.search output', /Not an expression/);
  });

  it('lives with an expression of exponential time that came with a link', async () => {
    // Over each name of a C++ function it takes longer than anybody waits.
    const { page } = await open(`?q=${encodeURIComponent('^(([a-z:_/.()*A-Z]+)+)+!$')}`);
    await textOf(page, '.search output', /takes too long/);
    await textOf(page, 'h1', /parseJson/);
    await page.keyboard.press('/');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('parse.*n$');
    await textOf(page, '.search output', /^1 place, 1\/\d+ functions/);
  });

  it('shows callers and callees of a function over all its places', async () => {
    const { page } = await open('?fn=copy_to_user&module=vmlinux');
    await textOf(page, '.details', /copy_to_user.*2 places/s);
    const callers = page.getByRole('table', { name: 'Callers' });
    await eventually(async () => {
      const text = await callers.textContent();
      assert.ok(text !== null);
      assert.match(text, /tcp_recvmsg/);
      assert.match(text, /ReadCommand/);
      assert.match(text, /bufio/);
    });
    await page.getByRole('button', { name: 'Whole graph' }).click();
    await urlHas(page, 'fn', /^$/);
  });

  it('has a table beside it that says the same to a screen reader', async () => {
    const { page } = await open();
    const table = page.getByRole('table', { name: /Call tree/ });
    const snapshot = await table.ariaSnapshot();
    assert.match(snapshot, /parseJson/);
    assert.match(snapshot, /columnheader "Self"/);
    await page.getByLabel('Table').check();
    await urlHas(page, 'table', /^1$/);
    await page
      .getByRole('row', { name: /skipSpace/ })
      .getByRole('button')
      .click();
    await urlHas(page, 'zoom', /^[0-9a-f]{16}$/);
  });

  it('keeps orientation, colours and inlining in the URL', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Flame', exact: true }).click();
    await urlHas(page, 'up', /^1$/);
    await page.getByRole('combobox', { name: /^Colour/ }).selectOption('module');
    await urlHas(page, 'color', /^module$/);
    await page.getByLabel('Inlined').uncheck();
    await urlHas(page, 'inlined', /^0$/);
    await eventually(async () => assert.ok((await coloursOf(page, CANVAS)) > 8));
    await textOf(page, 'h1', /3\d % in parseJson/);
  });

  it('is saved as an SVG file that is well-formed', async () => {
    const { page } = await open('', { workload: { hostile: true } });
    await textOf(page, 'h1', /%/);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'SVG' }).click(),
    ]);
    const text = await readFile((await download.path())!, 'utf8');
    assert.match(text, /^<\?xml.*<svg.*<title>[^<]*parseJson · \d.*<\/svg>\n$/s);
    const script = `new DOMParser().parseFromString(${JSON.stringify(text)}, 'image/svg+xml')`;
    const parsed = `${script}.querySelectorAll('parsererror, script, img').length`;
    assert.equal(await page.evaluate<number>(parsed), 0);
  });
});
