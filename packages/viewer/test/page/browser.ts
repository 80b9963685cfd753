// SPDX-License-Identifier: Apache-2.0
// The system's Chromium, headless, one for all suites of a run.
import assert from 'node:assert/strict';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findChromium } from '../fixture/findChromium.ts';
import { type Fixture, type FixtureOptions, startFixture } from '../fixture/server.ts';

/** Of one step; both cores of a machine may be busy with something else. */
const PATIENCE_MS = 150_000;
/** Of one test. */
export const TEST_MS = 600_000;

let shared: Promise<Browser> | undefined;

after(async () => {
  await (await shared)?.close();
});

export interface Opened {
  readonly page: Page;
  readonly fixture: Fixture;
  /** Everything that the page asked for. */
  readonly urls: string[];
  /** Errors of scripts, and what the Content-Security-Policy refused. */
  readonly errors: string[];
}

/** Opens pages on fixtures of their own, and closes both after each test. */
export function useBrowser(): (
  query?: string,
  options?: FixtureOptions,
  context?: BrowserContextOptions,
) => Promise<Opened> {
  const open: Opened[] = [];
  const executablePath = findChromium();
  before(function () {
    if (executablePath !== undefined) return;
    console.log('skip: no Chromium here, install with: apt-get install chromium');
    this.skip();
  });
  afterEach(async () => {
    for (const { page, fixture } of open.splice(0)) {
      await page.context().close();
      await fixture.close();
    }
  });
  return async (query = '', options = {}, contextOptions = {}) => {
    // Root has no sandbox in Chromium; what is shown is our own page.
    shared ??= chromium.launch({
      executablePath: executablePath!,
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
    });
    const browser = await shared;
    const fixture = await startFixture(options);
    const context = await browser.newContext({
      viewport: { width: 1_280, height: 800 },
      reducedMotion: 'reduce',
      timezoneId: 'UTC',
      ...contextOptions,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const opened: Opened = { page, fixture, urls: [], errors: [] };
    open.push(opened);
    page.on('request', (request) => opened.urls.push(request.url()));
    page.on('pageerror', (error) => opened.errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') opened.errors.push(message.text());
    });
    await page.goto(fixture.url + query);
    return opened;
  };
}

/** Waits until a check holds, for as long as a busy machine needs. */
export async function eventually(check: () => Promise<void> | void): Promise<void> {
  const endsAt = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > endsAt) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

export async function urlHas(page: Page, name: string, value: RegExp): Promise<string> {
  let found = '';
  await eventually(() => {
    found = new URL(page.url()).searchParams.get(name) ?? '';
    assert.match(found, value);
  });
  return found;
}

export async function textOf(page: Page, selector: string, wanted: RegExp): Promise<string> {
  let text = '';
  await eventually(async () => {
    // Thin spaces are for the eye.
    const [shown = ''] = await page.locator(selector).allInnerTexts();
    text = shown.replaceAll('\u202f', ' ');
    assert.match(text, wanted);
  });
  return text;
}

/** How many colours a canvas shows: 0 or 1 is blank. */
export async function coloursOf(page: Page, selector: string): Promise<number> {
  return page.evaluate<number>(`(() => {
    const canvas = document.querySelector(${JSON.stringify(selector)});
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const words = new Uint32Array(data.buffer);
    const seen = new Set();
    for (let at = 0; at < words.length; at += 7) seen.add(words[at]);
    return seen.size;
  })()`);
}
