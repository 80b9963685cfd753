// SPDX-License-Identifier: Apache-2.0
// The page with a call tree of 200,000 nodes in headless Chromium: milliseconds a frame while
// hovering, zooming, moving and searching, and from navigation to the first picture. See
// docs/viewer.md.
// With `day`: a day of a million samples in the collector, and the page on it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../packages/viewer/bin/measure.mjs', import.meta.url));

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

if (process.argv[2] === 'day') {
  const { measureDay } = await import('./lib/viewerDay.mjs');
  const executable = CHROMIUM.find((path) => existsSync(path));
  if (executable === undefined)
    console.log('skip: no Chromium, install with: apt-get install chromium');
  else await measureDay(executable);
} else {
  // In a process of its own, from the viewer's folder: there its tests' TypeScript and Chromium's
  // driver are found.
  const ended = spawnSync(process.execPath, ['--import', 'tsx', SCRIPT, ...process.argv.slice(2)], {
    cwd: fileURLToPath(new URL('../packages/viewer', import.meta.url)),
    stdio: 'inherit',
  });
  process.exitCode = ended.status ?? 1;
}
