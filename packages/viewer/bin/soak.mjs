// SPDX-License-Identifier: Apache-2.0
// The page left open: hours of live refreshes in minutes, and what they leave behind.
// `node --import tsx bin/soak.mjs [REFRESHES]`, from this package's folder, after a build.
import { setTimeout as wait } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { findChromium } from '../test/fixture/findChromium.ts';
import { startFixture } from '../test/fixture/server.ts';

const REFRESHES = Number(process.argv[2] ?? 300);
/** Everything is cached by then: what comes later should stay as large. */
const WARM = 40;
const VIEWS = ['', '?view=top', '?view=heat', '?view=diff'];

const executablePath = findChromium();
if (executablePath === undefined) {
  console.log('skip: no Chromium here, install with: apt-get install chromium');
  process.exit(0);
}
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
try {
  for (const view of VIEWS) await leaveOpen(view);
} finally {
  await browser.close();
}

/** @param {string} view */
async function leaveOpen(view) {
  const fixture = await startFixture({});
  const page = await browser.newPage({ viewport: { width: 1_400, height: 900 } });
  // Two seconds between refreshes become as many hundredths.
  await page.addInitScript(() => {
    const { setTimeout: set } = globalThis;
    globalThis.setTimeout = (use, ms, ...rest) => set(use, Math.min(ms ?? 0, 20), ...rest);
  });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await page.goto(fixture.url + view);
  await page.locator('main h1, main h2, main table').first().waitFor();
  const sizes = [];
  for (let at = 0; at <= REFRESHES; at++) {
    const asked = fixture.requests.length;
    fixture.addSamples(3);
    const endsAt = Date.now() + 60_000;
    while (fixture.requests.length < asked + 2 && Date.now() < endsAt) await wait(10);
    if (at === WARM || at === REFRESHES) sizes.push(await sizeOf(session));
  }
  const [before, after] = sizes;
  const text = ({ heap, nodes, listeners }) =>
    `${(heap / 1e6).toFixed(1)} MB, ${nodes} nodes, ${listeners} listeners`;
  console.log(`${(view || 'flame graph').padEnd(12)} after ${WARM} refreshes ${text(before)}`);
  console.log(`${''.padEnd(12)} after ${REFRESHES} refreshes ${text(after)}`);
  await page.close();
  await fixture.close();
}

/** @param {import('playwright-core').CDPSession} session */
async function sizeOf(session) {
  // Twice: what a first collection finalizes a second one frees.
  for (let i = 0; i < 2; i++) await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const metric = (name) => metrics.find((one) => one.name === name)?.value ?? 0;
  return {
    heap: metric('JSHeapUsedSize'),
    nodes: metric('Nodes'),
    listeners: metric('JSEventListeners'),
  };
}
