// SPDX-License-Identifier: Apache-2.0
// The page with a call tree of 200,000 nodes in headless Chromium: milliseconds a frame while
// hovering, zooming, moving and searching, and from navigation to the first picture. See
// docs/viewer.md.
// With `day`: a day of a million samples in the collector, and the page on it.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const IS_DAY = process.argv[2] === 'day';
const script = IS_DAY ? './lib/viewerDay.mjs' : '../packages/viewer/bin/measure.mjs';
const args = process.argv.slice(IS_DAY ? 3 : 2);

// In a process of its own, from the viewer's folder: there its tests' TypeScript and Chromium's
// driver are found.
const path = fileURLToPath(new URL(script, import.meta.url));
const ended = spawnSync(process.execPath, ['--import', 'tsx', path, ...args], {
  cwd: fileURLToPath(new URL('../packages/viewer', import.meta.url)),
  stdio: 'inherit',
});
process.exitCode = ended.status ?? 1;
