#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Everything about the library. usage: node run.mjs [--only TEXT] [--quiet]
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findZig } from '../../zig.mjs';
import { childrenTests } from './children.mjs';
import { configTests } from './config.mjs';
import { foreignTests } from './foreign.mjs';
import { check, configure, fail, finish, injectorFolder, skip, work } from './harness.mjs';
import { matrixTests } from './matrix.mjs';
import { platformTests } from './platforms.mjs';
import { makeAgents, makeEmptyLibrary, openToAll } from './programs.mjs';
import { runtimeTests } from './runtimes.mjs';
import { shapeTests } from './shape.mjs';
import { standInTests } from './standIns.mjs';
import { surroundingsTests } from './surroundings.mjs';

const args = process.argv.slice(2);
const at = args.indexOf('--only');
configure({ only: at >= 0 ? args[at + 1] : '', quiet: args.includes('--quiet') });

function zigTest(name, file, extra = []) {
  check(name, () => {
    const r = spawnSync(
      findZig(),
      ['test', join(injectorFolder, 'src', file), ...extra, '--cache-dir', join(work, 'zig-cache')],
      { encoding: 'utf8' },
    );
    if (r.status !== 0) throw new Error(r.error ? r.error.message : r.stderr.slice(-1500));
    return r.stderr.match(/All (\d+) tests passed/)?.[0];
  });
}

/** Begun beside the rest, where the whole suite is asked for; what fails is told by those who need it. */
function prefetch() {
  if (at >= 0) return { done: Promise.resolve(), stop: () => {} };
  const path = join(injectorFolder, 'test', 'prefetch.mjs');
  const child = spawn(process.execPath, [path], { stdio: ['ignore', 'inherit', 'inherit'] });
  return { done: once(child, 'close').catch(() => {}), stop: () => child.kill('SIGTERM') };
}

const material = prefetch();
try {
  zigTest('unit tests', 'root.zig');
  zigTest('fuzz, with safety checks on', 'fuzz.zig');
  if (!shapeTests()) throw new Error('nothing was built');
  if (process.arch !== 'x64' || process.platform !== 'linux') {
    skip('behaviour', `runs on x86_64 Linux, this is ${process.platform} ${process.arch}`);
  } else if (!makeEmptyLibrary()) {
    skip('behaviour', 'no compiler, install with: apt-get install gcc');
  } else {
    makeAgents();
    openToAll();
    matrixTests();
    runtimeTests();
    standInTests();
    configTests();
    childrenTests();
    surroundingsTests();
    await material.done;
    await platformTests();
    await foreignTests();
  }
} catch (error) {
  fail('driver', error);
} finally {
  material.stop();
  finish();
}
