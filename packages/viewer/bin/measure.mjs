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
/** Every task of every thread with the CPU time that it took. */
const TRACED = {
  transferMode: 'ReportEvents',
  traceConfig: { includedCategories: ['toplevel'] },
};
const CANVAS = '.flame canvas';

const executablePath = findChromium();
if (executablePath === undefined) {
  console.log('skip: no Chromium here, install with: apt-get install chromium');
  process.exit(0);
}
/** @type {import('playwright-core').CDPSession} */
let tracer;
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
  tracer = await browser.newBrowserCDPSession();
  await page.addInitScript(recordFrames);
  await page.goto(fixture.url);
  let firstPicture;
  while (firstPicture === undefined) firstPicture = await page.evaluate('globalThis.drawnAt');
  console.log(`first picture of ${NODES} nodes  ${firstPicture.toFixed(0)} ms`);
  console.log(`  CPU of the page until then  ${(await cpuMs(session)).toFixed(0)} ms`);
  await page.waitForTimeout(1_000);
  let box = await page.locator(CANVAS).boundingBox();
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
  // The whole picture again, without a search.
  await page.goto(fixture.url);
  await page.locator(CANVAS).waitFor();
  await page.waitForTimeout(1_000);
  await report(on, 'turn over', (at) => press(page, at % 2 === 0 ? 'Flame' : 'Icicle'));
  await report(on, 'sandwich', async (at) => {
    if (at % 2 === 1) return page.keyboard.press('Escape');
    await page.mouse.move(box.x + 40 + ((at * 97) % 700), box.y + 70);
    await page.keyboard.down('Shift');
    await page.mouse.down();
    await page.mouse.up();
    await page.keyboard.up('Shift');
  });
  await report(on, 'resize', async (at) => {
    await page.setViewportSize({ width: 1_400 - 20 * (at % 10), height: 1_000 - 10 * (at % 7) });
    await page.waitForTimeout(50);
  });
  await page.setViewportSize({ width: 1_400, height: 1_000 });
  await page.waitForTimeout(500);
  box = await page.locator(CANVAS).boundingBox();
  await report(
    on,
    'live refresh',
    async () => {
      const asked = graphs();
      fixture.addSamples(3);
      while (graphs() === asked) await page.waitForTimeout(20);
      // Until the answer is read, made ready and drawn.
      await page.waitForTimeout(1_500);
    },
    Math.min(8, ACTIONS),
  );
  const heap = await page.evaluate('performance.memory.usedJSHeapSize');
  console.log(`heap  ${(heap / 1e6).toFixed(0)} MB`);
} finally {
  await browser.close();
  await fixture.close();
}

function graphs() {
  return fixture.requests.filter((path) => path.startsWith('/api/graph')).length;
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} name
 */
function press(page, name) {
  const script = `[...document.querySelectorAll('.toolbar button')].find((b) => b.textContent === '${name}').click()`;
  return page.evaluate(script);
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
 * @param {number} [actions]
 */
async function report({ page, session }, name, act, actions = ACTIONS) {
  await tracer.send('Tracing.start', TRACED);
  const costs = [];
  let pictures = 0;
  for (let at = 0; at < actions; at++) {
    const drawnBefore = await page.evaluate('globalThis.pictures');
    const before = await cpuMs(session);
    await act(at);
    // Two frames later everything that the action caused is drawn.
    await page.evaluate(TWO_FRAMES);
    costs.push((await cpuMs(session)) - before);
    pictures += (await page.evaluate('globalThis.pictures')) - drawnBefore;
  }
  const longest = await longestTaskMs();
  costs.sort((left, right) => left - right);
  const at = (share) => costs[Math.min(costs.length - 1, Math.floor(costs.length * share))];
  const text = [0.5, 0.95].map((share) => at(share).toFixed(1).padStart(6)).join(' ');
  console.log(
    `${name.padEnd(12)} p50 p95 ${text} ms of CPU in ${(pictures / actions).toFixed(1)} pictures, ` +
      `longest task ${longest.toFixed(1)} ms`,
  );
}

/** CPU time of the longest task of the page's main thread: what a person feels as a late frame. */
async function longestTaskMs() {
  const events = [];
  const take = ({ value }) => events.push(...value);
  tracer.on('Tracing.dataCollected', take);
  const complete = new Promise((done) => tracer.once('Tracing.tracingComplete', done));
  await tracer.send('Tracing.end');
  await complete;
  tracer.off('Tracing.dataCollected', take);
  const mains = events.filter(
    ({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain',
  );
  const isMain = new Set(mains.map(({ pid, tid }) => `${pid} ${tid}`));
  let longest = 0;
  for (const { ph, pid, tid, tdur = 0 } of events) {
    if (ph === 'X' && isMain.has(`${pid} ${tid}`)) longest = Math.max(longest, tdur / 1_000);
  }
  return longest;
}
