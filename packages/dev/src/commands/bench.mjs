// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { toolEnvironment } from '../bootstrap/environment.mjs';
import { withLock } from '../bootstrap/lock.mjs';
import { BUILD_LOCK, ROOT, TEST_LOCK } from '../bootstrap/paths.mjs';
import { runVisibly } from '../bootstrap/runCommand.mjs';
import { ensureToolchain } from '../bootstrap/toolchain.mjs';
import { turboBuild } from '../bootstrap/turbo.mjs';

const SUFFIX = '.bench.mjs';

/**
 * `npm run bench [-- name… [argument…]]`: every bench/<name>.bench.mjs, one after the other, on a
 * built checkout. What follows the names goes to the benchmarks as it is.
 * @param {string[]} args
 */
export async function bench(args) {
  await withLock(BUILD_LOCK, async () => {
    await ensureToolchain('bench', { zig: true });
    await turboBuild(['build', 'build:native']);
  });
  const available = listBenches();
  const firstOther = args.findIndex((arg) => !available.includes(arg));
  const names = firstOther < 0 ? args : args.slice(0, firstOther);
  const rest = args.slice(names.length);
  if (names.length === 0 && rest[0] !== undefined && !/^\d+$/.test(rest[0])) {
    console.error(`no such benchmark: ${rest[0]}; there are: ${available.join(', ')}`);
    return 2;
  }
  if (available.length === 0) console.log(`No benchmark in bench/ yet (bench/<name>${SUFFIX}).`);
  return withLock(TEST_LOCK, () => runBenches(names.length > 0 ? names : available, rest));
}

/** @returns {string[]} */
function listBenches() {
  const folder = join(ROOT, 'bench');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(SUFFIX));
  return files.map((file) => file.slice(0, -SUFFIX.length)).sort();
}

/**
 * @param {string[]} names
 * @param {string[]} rest for each of them
 */
async function runBenches(names, rest) {
  let exitCode = 0;
  for (const name of names) {
    console.log(`== ${name}`);
    const path = join(ROOT, 'bench', `${name}${SUFFIX}`);
    const options = { cwd: ROOT, env: toolEnvironment(process.env) };
    const ended = await runVisibly(process.execPath, [path, ...rest], options);
    if (ended !== 0) exitCode = 1;
  }
  return exitCode;
}
