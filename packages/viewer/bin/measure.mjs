// SPDX-License-Identifier: Apache-2.0
// For bench/viewer.bench.mjs; run with `--import tsx`.
import { chromium } from 'playwright-core';
import { bigGraph, bigTimeline } from '../test/fixture/bigAnswers.ts';
import { findChromium } from '../test/fixture/findChromium.ts';
import { startFixture } from '../test/fixture/server.ts';

const NODES = 200_000;
const ACTIONS = Number(process.argv[2] ?? 30);
const TWO_FRAMES =
  'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))';
const CANVAS = '.flame canvas';

const executablePath = findChromium();
if (executablePath === undefined) {
  console.log('skip: no Chromium here, install with: apt-get install chromium');
  process.exit(0);
}
const graph = JSON.stringify(bigGraph(NODES));
const fixture = await startFixture({
  answers: { graph: () => graph, timeline: (params) => bigTimeline(params) },
});
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
try {
  const page = await browser.newPage({
    viewport: { width: 1_400, height: 1_000 },
    // One picture an action, without the glide between two of them.
    reducedMotion: 'reduce',
  });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const on = { page, session };
  await page.addInitScript(recordFrames);
  await page.goto(fixture.url);
  let firstPicture;
  while (firstPicture === undefined) firstPicture = await page.evaluate('globalThis.drawnAt');
  console.log(`first picture of ${NODES} nodes  ${firstPicture.toFixed(0)} ms`);
  console.log(`  CPU of the page until then  ${(await cpuMs(session)).toFixed(0)} ms`);
  await page.waitForTimeout(1_000);
  const box = await page.locator(CANVAS).boundingBox();
  await report(on, 'hover', (at) =>
    page.mouse.move(box.x + ((at * 37) % box.width), box.y + 10 + ((at * 53) % 600)),
  );
  await report(on, 'zoom', async (at) => {
    if (at % 2 === 0) await page.mouse.click(box.x + 40 + ((at * 97) % 700), box.y + 70);
    else await page.keyboard.press('Escape');
  });
  await page.keyboard.down('Control');
  await report(on, 'wheel zoom', (at) => page.mouse.wheel(0, at % 20 < 10 ? -120 : 120));
  await page.mouse.wheel(0, -600);
  await page.keyboard.up('Control');
  await page.mouse.down();
  await report(on, 'pan', (at) =>
    page.mouse.move(box.x + 300 + 20 * (at % 30), box.y + 200, { steps: 2 }),
  );
  await page.mouse.up();
  await report(on, 'scroll', (at) => page.mouse.wheel(0, at % 20 < 10 ? 120 : -120));
  await page.locator('input[name=q]').focus();
  await report(on, 'search', async (at) => {
    await page.keyboard.press(at % 6 < 5 ? String(at % 10) : 'Backspace');
    await page.waitForTimeout(170);
  });
  const heap = await page.evaluate('performance.memory.usedJSHeapSize');
  console.log(`heap  ${(heap / 1e6).toFixed(0)} MB`);
} finally {
  await browser.close();
  await fixture.close();
}

/** Runs in the page: counts frames, and notes when the first picture is there. */
function recordFrames() {
  const state = globalThis;
  state.pictures = 0;
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...args) {
    if (this.canvas.closest('.flame') !== null) {
      state.pictures++;
      state.drawnAt ??= performance.now();
    }
    return clear.apply(this, args);
  };
}

/**
 * CPU time of the page's main thread: what else the machine does is not counted.
 * @param {import('playwright-core').CDPSession} session
 */
async function cpuMs(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
}

/**
 * @param {{ page: import('playwright-core').Page, session: import('playwright-core').CDPSession }} on
 * @param {string} name
 * @param {(at: number) => Promise<void>} act
 */
async function report({ page, session }, name, act) {
  const costs = [];
  let pictures = 0;
  for (let at = 0; at < ACTIONS; at++) {
    const drawnBefore = await page.evaluate('globalThis.pictures');
    const before = await cpuMs(session);
    await act(at);
    // Two frames later everything that the action caused is drawn.
    await page.evaluate(TWO_FRAMES);
    costs.push((await cpuMs(session)) - before);
    pictures += (await page.evaluate('globalThis.pictures')) - drawnBefore;
  }
  costs.sort((left, right) => left - right);
  const at = (share) => costs[Math.min(costs.length - 1, Math.floor(costs.length * share))];
  const text = [0.5, 0.95].map((share) => at(share).toFixed(1).padStart(6)).join(' ');
  console.log(`${name.padEnd(12)} p50 p95 ${text} ms of CPU, ${pictures} pictures`);
}
