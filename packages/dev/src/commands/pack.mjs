// SPDX-License-Identifier: Apache-2.0
import { join, resolve } from 'node:path';
import { ROOT } from '../bootstrap/paths.mjs';
import { step } from '../bootstrap/progress.mjs';
import { packDistribution } from '../distribution/pack.mjs';
import { build } from './build.mjs';

/**
 * `pack [DIR]`: builds, then leaves one .tgz for each package in DIR (`.cache/packages` without).
 * @param {string[]} args
 */
export async function pack([destination]) {
  await build([]);
  const outFolder = destination === undefined ? join(ROOT, '.cache', 'packages') : destination;
  const tarballs = await step('packing', () => packDistribution(resolve(outFolder)));
  for (const tarball of tarballs) console.log(tarball);
  return 0;
}
