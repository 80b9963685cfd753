// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { coloursOf, eventually, TEST_MS, textOf, urlHas, useBrowser } from './browser.ts';

const VIEWS = ['flame', 'top', 'diff', 'heat', 'executables', 'traces'];
const GROUND = `getComputedStyle(document.body).backgroundColor`;

describe('the page', function () {
  this.timeout(TEST_MS);
  const open = useBrowser();

  it('asks no other host, and needs no exception of its Content-Security-Policy', async () => {
    const { page, fixture, urls, errors } = await open();
    for (const view of VIEWS) {
      await page.goto(`${fixture.url}?view=${view}`);
      await page.locator('main h1, main table').first().waitFor({ state: 'attached' });
    }
    const others = urls.filter((url) => !url.startsWith(fixture.url));
    assert.deepEqual(others, []);
    assert.deepEqual(errors, []);
  });

  it('shows names as text, whatever they are, and what is unseen in them', async () => {
    const hostile = { workload: { hostile: true, samples: 3_000 } };
    const { page, errors } = await open('?view=flame&table=1&service=hostile', hostile);
    const text = await textOf(page, 'main table', /alert/);
    assert.match(text, /<img src=x onerror=alert\(1\)>/);
    assert.match(text, /evil⟨U\+202E⟩gnp\.exe/);
    assert.match(text, /__proto__/);
    await page.getByRole('button', { name: 'Top functions' }).click();
    await textOf(page, 'main table', /⟨U\+202E⟩/);
    await page.getByText('+ Filter').click();
    await textOf(page, '.facet-groups', /<s>thread<\/s>/);
    assert.equal(await page.evaluate('typeof window.hacked'), 'undefined');
    assert.equal(await page.locator('main img, main script, main s, main u').count(), 0);
    assert.deepEqual(errors, []);
  });

  it('is dark where the system is, and switches and stays so', async () => {
    const { page } = await open('', {}, { colorScheme: 'dark' });
    await textOf(page, 'h1', /parseJson/);
    const dark = await page.evaluate<string>(GROUND);
    await page.keyboard.press('d');
    await eventually(async () => assert.notEqual(await page.evaluate(GROUND), dark));
    const light = await page.evaluate<string>(GROUND);
    await page.reload();
    await textOf(page, 'h1', /parseJson/);
    assert.equal(await page.evaluate(GROUND), light);
    await page.getByRole('button', { name: 'Dark colours' }).click();
    await eventually(async () => assert.equal(await page.evaluate(GROUND), dark));
    await eventually(async () => assert.ok((await coloursOf(page, '.flame canvas')) > 8));
  });

  it('shows the same again from a copied link', async () => {
    const { page } = await open('', {}, { permissions: ['clipboard-read', 'clipboard-write'] });
    await textOf(page, 'h1', /parseJson/);
    await page.getByText('+ Filter').click();
    await page.locator('.facet', { hasText: 'postgres' }).first().click();
    await textOf(page, 'h1', /in HeapTupleSatisfiesMVCC/);
    await page.getByRole('banner').getByText('Share').click();
    await page.getByRole('button', { name: 'Copy a link' }).click();
    await textOf(page, '.message', /Link copied|address bar/);
    const link = await page.evaluate<string>('navigator.clipboard.readText()');
    assert.match(link, /from=\d+&to=\d+&service=postgres/);
    const headline = await page.locator('h1').textContent();
    await page.goto('about:blank');
    await page.goto(link);
    await eventually(async () => assert.equal(await page.locator('h1').textContent(), headline));
    await textOf(page, '.chip', /service\s+postgres\s+100 %/);
  });

  it('exports what is chosen', async () => {
    const { page } = await open('?service=shop&thread=shop-gc');
    await textOf(page, 'h1', /%/);
    await page.getByRole('banner').getByText('Share').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'speedscope' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'profile.speedscope');
    assert.match(download.url(), /api\/export\?.*service=shop&thread=shop-gc&format=speedscope/);
  });

  it('takes a range by dragging over the plot, and moves it by its buttons', async () => {
    const { page } = await open();
    const plot = page.locator('.plot .u-over');
    await plot.waitFor();
    const box = (await plot.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.3, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 30, { steps: 4 });
    await page.mouse.up();
    const from = Number(await urlHas(page, 'from', /^\d+$/));
    const to = Number(await urlHas(page, 'to', /^\d+$/));
    assert.ok(Math.abs(to - from - 270_000) < 30_000, `${to - from} ms`);
    await textOf(page, '.live', /Paused/);
    await page.getByRole('button', { name: 'Later' }).click();
    await urlHas(page, 'from', new RegExp(`^${to}$`));
    await page.getByRole('button', { name: '15 min' }).click();
    await urlHas(page, 'from', /^$/);
    await textOf(page, '.live', /Live/);
  });

  it('follows new samples by itself', async () => {
    const { page, fixture } = await open();
    await textOf(page, '.status-bar', /12 000 samples/);
    const before = fixture.requests.filter((path) => path.startsWith('/api/graph')).length;
    fixture.addSamples(500);
    await textOf(page, '.status-bar', /12 500 samples/);
    await eventually(() => {
      const asked = fixture.requests.filter((path) => path.startsWith('/api/graph')).length;
      assert.ok(asked > before);
    });
  });

  it('says when the server is gone, keeps what it shows, and comes back', async () => {
    const { page, fixture } = await open();
    await textOf(page, 'h1', /parseJson/);
    fixture.failing = { pattern: /^\/api\//, status: 503 };
    fixture.addSamples(1);
    await textOf(page, '.banner', /the store is being repaired.*Wait a minute/s);
    await textOf(page, 'h1', /parseJson/);
    const statuses = () => fixture.requests.filter((path) => path === '/api/status').length;
    const before = statuses();
    // While nothing answers: later the page would find out by itself before a click comes.
    await page.getByRole('button', { name: 'Try again' }).click();
    await eventually(() => assert.ok(statuses() > before));
    fixture.failing = undefined;
    await eventually(async () => assert.equal(await page.locator('.banner').count(), 0));
  });

  it('says what to do where there is nothing', async () => {
    const { page, fixture } = await open('', { isEmpty: true });
    await textOf(page, 'main', /Waiting for the first samples.*sudo otel-profile/s);
    assert.ok(!fixture.requests.some((path) => path.startsWith('/api/graph')));
    await page.goto(`${fixture.url}?from=1&to=2`);
    await textOf(page, 'main', /Waiting for the first samples/);
  });

  it('leads out of a choice without samples', async () => {
    const { page } = await open('?from=1000&to=2000&service=shop');
    await textOf(page, 'main', /No samples are in this choice/);
    await page.getByRole('button', { name: 'Show all times' }).click();
    await textOf(page, 'h1', /parseJson/);
    await urlHas(page, 'service', /^shop$/);
  });

  it('has what was lost in sight, and the reasons by a click', async () => {
    const { page } = await open();
    await page.getByText('3 lost or cut').click();
    await textOf(page, '.status-bar', /3 samples were dropped: the queue was full/);
    await page.getByText(/% of stacks end early/).click();
    await textOf(page, 'main', /12 stacks end early: no unwind tables/);
  });

  it('changes views by number keys, and tells the keys', async () => {
    const { page } = await open();
    await textOf(page, 'h1', /parseJson/);
    await page.keyboard.press('2');
    await urlHas(page, 'view', /^top$/);
    await page.keyboard.press('4');
    await urlHas(page, 'view', /^heat$/);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('1');
    await urlHas(page, 'view', /^$/);
  });
});
