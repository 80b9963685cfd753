// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { traceIdOf } from '../fixture/traces.ts';
import { coloursOf, eventually, TEST_MS, textOf, urlHas, useBrowser } from './browser.ts';

describe('the views', function () {
  this.timeout(TEST_MS);
  const open = useBrowser();

  it('top functions sort, filter and lead to callers and callees', async () => {
    const { page } = await open('?view=top');
    await textOf(page, 'main tbody tr', /parseJson/);
    await page.getByRole('button', { name: 'Total', exact: true }).click();
    await urlHas(page, 'sort', /^total$/);
    await textOf(page, 'main tbody tr', /main\.main/);
    await page.getByRole('searchbox', { name: /Filter functions/ }).fill('Tuple');
    await textOf(page, 'main tbody tr', /HeapTupleSatisfiesMVCC/);
    assert.equal(await page.locator('main tbody tr').count(), 1);
    await page.locator('main tbody tr button').click();
    await urlHas(page, 'fn', /^HeapTupleSatisfiesMVCC$/);
    await textOf(page, '.details', /HeapTupleSatisfiesMVCC/);
  });

  it('comparing two files says what grew, with its error', async () => {
    const { page } = await open('?view=diff', { mode: 'files', hasTimes: false });
    await textOf(page, 'h1', /^parseJson grew from 2\d % to 3\d %$/);
    await textOf(page, '.headline p', /\+1\d\.\d pp ± \d\.\d pp/);
    const viewCount = await page.locator('nav button').count();
    await textOf(page, '.status-bar', new RegExp(`1–${viewCount} views`));
    const first = await textOf(page, '.changes tbody tr', /parseJson/);
    assert.match(first, /\+1\d\.\d pp/);
    await eventually(async () => assert.ok((await coloursOf(page, '.flame canvas')) > 4));
    await page.getByRole('button', { name: 'Swap before and after' }).click();
    await textOf(page, 'h1', /^parseJson shrank from 3\d % to 2\d %$/);
    await urlHas(page, 'base.source', /^new\.pb\.gz$/);
    await urlHas(page, 'source', /^base\.pb\.gz$/);
  });

  it('comparing takes the halves of the time where nothing else is there', async () => {
    const { page } = await open('?view=diff');
    await textOf(page, 'h1', /^parseJson grew/);
    await textOf(page, '.headline p', /first half of the time/);
    await page.getByLabel('Before: service').selectOption('postgres');
    await urlHas(page, 'base.service', /^postgres$/);
    await urlHas(page, 'base.from', /^\d+$/);
  });

  it('comparing the same with the same finds nothing', async () => {
    const { page } = await open('?view=diff&base.service=shop&service=shop');
    await textOf(page, 'h1', /^Nothing changed beyond chance$/);
  });

  it('a rectangle of the heat map is the range of the flame graph', async () => {
    const { page } = await open('?view=heat&last=60');
    await eventually(async () => assert.ok((await coloursOf(page, '.heat canvas')) > 4));
    const box = (await page.locator('.heat canvas').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.11);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.31);
    await page.mouse.up();
    const from = Number(await urlHas(page, 'from', /^\d+/));
    const to = Number(await urlHas(page, 'to', /^\d+/));
    assert.ok(to - from > 5_000 && to - from < 8_000, `${to - from} ms`);
    assert.equal(from % 1_000, 100);
    await textOf(page, 'h1', /% in/);
  });

  it('the heat map is read and chosen from by keys, and as a table', async () => {
    const { page } = await open('?view=heat&last=60');
    assert.match(
      (await page.getByRole('table', { name: /Heat map/ }).textContent()) ?? '',
      /Busiest part/,
    );
    await page.locator('.heat canvas').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const from = Number(await urlHas(page, 'from', /^\d+/));
    const to = Number(await urlHas(page, 'to', /^\d+/));
    assert.equal(to - from, 1_040);
  });

  it('an executable without names gets a file, by its button', async () => {
    const { page, fixture } = await open('?view=executables');
    await textOf(page, 'h1', /^Names are missing in libcrypto\.so\.3 and 1 more$/);
    const file = { name: 'libcrypto.so.3.debug', mimeType: '', buffer: Buffer.alloc(70_000, 1) };
    await page.getByLabel('File with symbols of libcrypto.so.3').setInputFiles(file);
    await textOf(page, '.message', /libcrypto\.so\.3: 40 frames have names now/);
    assert.deepEqual(fixture.uploads, [{ id: 'libcrypto.so.3-id', bytes: 70_000 }]);
  });

  it('a dropped file finds its executable by name', async () => {
    const { page, fixture } = await open('?view=executables');
    await textOf(page, 'h1', /missing/);
    await page.evaluate(`(() => {
      const files = new DataTransfer();
      files.items.add(new File(['abc'], 'postgres.debug'));
      const target = document.querySelector('.drop h1');
      target.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true }));
    })()`);
    await textOf(page, '.message', /postgres: 40 frames/);
    assert.deepEqual(fixture.uploads, [{ id: 'postgres-id', bytes: 3 }]);
  });

  it('traces lead to their spans, and a span to the samples inside it', async () => {
    const { page } = await open('?view=traces');
    await page.getByLabel('With errors only').check();
    await textOf(page, 'output', /^5 traces$/);
    await page.getByRole('button', { name: 'POST /checkout' }).first().click();
    await urlHas(page, 'open', /^[0-9a-f]{32}$/);
    await page.getByRole('button', { name: 'SELECT prices' }).click();
    await textOf(page, '.span-details', /error: deadline exceeded.*exception.*after 13 ms/s);
    await page.getByRole('row', { name: 'GET /cart' }).click();
    await page.getByRole('button', { name: '310 samples inside this span' }).click();
    await urlHas(page, 'span', /^00f067aa0ba902b7$/);
    await textOf(page, '.filters', /00f067aa0ba902b7/);
    await textOf(page, 'h1', /in parseJson/);
  });

  it('a trace is shown again by its link', async () => {
    const { page } = await open(`?view=traces&open=${traceIdOf(3)}&open.span=00000000000000c1`);
    await textOf(page, '.span-details h2', /^SELECT items$/);
    assert.match(
      (await page.getByRole('table', { name: 'Spans of the trace' }).textContent()) ?? '',
      /ExecSeqScan/,
    );
  });
});
