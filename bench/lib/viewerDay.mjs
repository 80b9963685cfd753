// SPDX-License-Identifier: Apache-2.0
// A day of a million samples in the collector, and the page on it in headless Chromium: what it asks
// for, how long each answer takes, and what dragging a range costs the page's main thread. For
// bench/viewer.bench.mjs; run with `--import tsx`.
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findChromium } from '../../packages/viewer/test/fixture/findChromium.ts';
import { makeBatch, makeStacks, randoms } from './collectorLoad.mjs';
import { loadOtlp, post, startCollector } from './collectorProcess.mjs';
import { ROOT } from './measure.mjs';

const SAMPLES = 1_000_000;
const DAY_SECONDS = 86_400;
const REQUESTS = 288;
const PROCESSES = 200;

function* dayRequests(otlp, startMs) {
  const random = randoms(7);
  const stacks = makeStacks(random);
  const batch = makeBatch(otlp, stacks, startMs);
  const sample = { kind: 0, value: 1, labelsId: 0, linkId: 0 };
  const each = SAMPLES / REQUESTS;
  for (let request = 0; request < REQUESTS; request++) {
    for (let i = 0; i < each; i++) {
      const owner = 1 + Math.floor(PROCESSES * random() ** 2);
      sample.stackId = Math.floor(stacks.length ** random() - 1);
      sample.resourceId = owner;
      sample.threadId = owner * 10;
      sample.nameId = 1 + (sample.threadId % 64);
      sample.cpu = i % 16;
      sample.timeNs = ((request + i / each) / REQUESTS) * DAY_SECONDS * 1e9;
      batch.add(sample);
    }
    for (const { bytes } of batch.encode({ startNs: 0n, endNs: 0n })) {
      yield gzipSync(bytes, { level: 1 });
    }
  }
}

async function measureDay(executablePath) {
  const otlp = await loadOtlp();
  const folder = mkdtempSync(join(tmpdir(), 'otel-viewer-day-'));
  const { url, end } = await startCollector(folder);
  try {
    const startMs = Date.now() - DAY_SECONDS * 1_000;
    for (const body of dayRequests(otlp, startMs)) await post(url, body);
    await openDay(executablePath, url);
  } finally {
    await end();
  }
}

async function openDay(executablePath, url) {
  const require = createRequire(join(ROOT, 'packages/viewer/package.json'));
  const { chromium } = require('playwright-core');
  const args = ['--no-sandbox', '--disable-dev-shm-usage'];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage({ viewport: { width: 1_400, height: 1_000 } });
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const asked = recordAnswers(page);
    for (const view of ['flame', 'top', 'diff', 'heat', 'executables']) {
      await page.goto(`${url.replace(/\?.*/, '')}?view=${view}&last=86400${tokenOf(url)}`);
      await page.locator('main h1, main tbody').first().waitFor({ timeout: 120_000 });
      await page.waitForTimeout(1_000);
      for (const text of asked.splice(0)) console.log(`${view.padEnd(12)} ${text}`);
    }
    await page.goto(`${url.replace(/\?.*/, '')}?last=86400${tokenOf(url)}`);
    await page.locator('.flame canvas').waitFor({ timeout: 120_000 });
    await page.waitForTimeout(2_000);
    asked.splice(0);
    await dragRange(page, session);
    await page.locator('.range').waitFor();
    await page.waitForTimeout(3_000);
    for (const text of asked.splice(0)) console.log(`${'a range'.padEnd(12)} ${text}`);
  } finally {
    await browser.close();
  }
}

function tokenOf(url) {
  const token = new URL(url).searchParams.get('token');
  return token === null ? '' : `&token=${token}`;
}

function recordAnswers(page) {
  const asked = [];
  const startedAt = new Map();
  page.on('request', (request) => startedAt.set(request, performance.now()));
  const end = (request, how) => {
    const name = /\/api\/([a-z]+)/.exec(request.url())?.[1];
    if (name === undefined || name === 'live') return;
    const ms = performance.now() - startedAt.get(request);
    asked.push(`${name.padEnd(12)} ${ms.toFixed(0).padStart(6)} ms ${how}`);
  };
  page.on('requestfinished', (request) => end(request, ''));
  page.on('requestfailed', (request) => end(request, 'ended by the page'));
  return asked;
}

/** CPU of the page's main thread while a range is dragged over half of the day. */
async function dragRange(page, session) {
  const cpu = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1_000 * metrics.find(({ name }) => name === 'TaskDuration').value;
  };
  const box = await page.locator('.plot .u-over').boundingBox();
  await page.mouse.move(box.x + box.width * 0.2, box.y + 30);
  await page.mouse.down();
  const costs = [];
  for (let at = 1; at <= 30; at++) {
    const before = await cpu();
    await page.mouse.move(box.x + box.width * (0.2 + at / 60), box.y + 30);
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => done()))');
    costs.push((await cpu()) - before);
  }
  await page.mouse.up();
  costs.sort((left, right) => left - right);
  console.log(
    `drag a range ms of CPU a frame: p50 ${costs[15].toFixed(1)}, most ${costs[29].toFixed(1)}`,
  );
}

const executablePath = findChromium();
if (executablePath === undefined) {
  console.log('skip: no Chromium here, install with: apt-get install chromium');
} else await measureDay(executablePath);
