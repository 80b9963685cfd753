// SPDX-License-Identifier: Apache-2.0
// Makes the pictures of docs/images: `node --import tsx bin/screenshots.mjs [FOLDER]`, from this
// package's folder, after a build. The samples are generated, so that pictures change only when the
// page does.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { findChromium } from '../test/fixture/findChromium.ts';
import { startFixture } from '../test/fixture/server.ts';

const FOLDER = process.argv[2] ?? fileURLToPath(new URL('../../../docs/images', import.meta.url));
const FILES = { mode: 'files', hasTimes: false };
const TRACE = '4bf92f3577b34da6a3ce929d0e0e0000';

/** @type {{ name: string, query?: string, fixture?: object, dark?: boolean, hover?: object, open?: string }[]} */
const PICTURES = [
  { name: 'flame', hover: { x: 60, y: 110 } },
  { name: 'flame-dark', query: '?up=1&q=parse', dark: true },
  { name: 'sandwich', query: '?fn=copy_to_user&module=vmlinux' },
  { name: 'top', query: '?view=top' },
  { name: 'compare', query: '?view=diff', fixture: FILES },
  { name: 'heat', query: '?view=heat&last=300&service=shop' },
  { name: 'executables', query: '?view=executables' },
  { name: 'filters', open: '#filter-menu summary' },
  { name: 'traces', query: '?view=traces' },
  { name: 'trace', query: `?view=traces&open=${TRACE}&open.span=00000000000000c2` },
  { name: 'hostile', query: '?service=hostile', fixture: { workload: { hostile: true } } },
  { name: 'empty', fixture: { isEmpty: true } },
];

await mkdir(FOLDER, { recursive: true });
const browser = await chromium.launch({
  executablePath: findChromium(),
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
try {
  for (const picture of PICTURES) await take(picture);
} finally {
  await browser.close();
}

/** @param {typeof PICTURES[number]} picture */
async function take({ name, query = '', fixture: options = {}, dark = false, hover, open }) {
  const fixture = await startFixture(options);
  const page = await browser.newPage({
    viewport: { width: 1_360, height: 800 },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
  });
  await page.goto(fixture.url + query);
  await page.locator('main h1, main h2, main table').first().waitFor();
  if (hover !== undefined) await page.locator('.flame canvas').hover({ position: hover });
  if (open !== undefined) await page.locator(open).click();
  // Two frames for the canvases, and the font.
  await page.waitForTimeout(1_000);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  console.log(`${name}.png`);
  await page.close();
  await fixture.close();
}
