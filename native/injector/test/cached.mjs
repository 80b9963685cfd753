// SPDX-License-Identifier: Apache-2.0
// What the suites fetch or build once: folders below the repository's ignored .cache, each with a
// `.pin` that says what is in it. Filled under a temporary name and renamed when complete.
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { injectorFolder } from './harness.mjs';

export const cacheFolder = resolve(injectorFolder, '../../.cache/injector');
const MINUTES = 60_000;
const execute = promisify(execFile);

/** Path of a folder that holds what `pin` says; `fill` puts it into an empty one. */
export async function cachedFolder(name, pin, fill) {
  const path = join(cacheFolder, name);
  const written = join(path, '.pin');
  const isThere = () => existsSync(written) && readFileSync(written, 'utf8') === pin;
  if (isThere()) return path;
  console.log(`note fetching ${name}, once`);
  mkdirSync(cacheFolder, { recursive: true });
  const temporary = mkdtempSync(join(cacheFolder, `.filling-${name}-`));
  // mkdtemp makes it private; suites start what is in it as other users too.
  chmodSync(temporary, 0o755);
  try {
    await fill(temporary);
    // Another suite was faster, and may be using it already.
    if (isThere()) return path;
    writeFileSync(join(temporary, '.pin'), pin);
    rmSync(path, { recursive: true, force: true });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return path;
}

/** Runs a program to its end; throws with the end of what it said. */
export async function command(program, args, options = {}) {
  try {
    const limits = { timeout: 8 * MINUTES, killSignal: 'SIGKILL', maxBuffer: 1 << 26 };
    return (await execute(program, args, { ...limits, ...options })).stdout;
  } catch (error) {
    const said = `${error.stderr ?? ''}`.trim().split('\n').at(-1);
    throw new Error(`${program} ${args.at(-1)}: ${said || error.message}`);
  }
}

/** What a preparation gives, or why there is nothing: `{ path }` or `{ reason }`. */
export async function attempt(make) {
  try {
    return { path: await make() };
  } catch (error) {
    return { reason: error.message.replaceAll('\n', ' ').slice(0, 300) };
  }
}
