// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, TOOLCHAIN } from '../bootstrap/paths.mjs';

const MADE = [
  'dist',
  'coverage',
  'test-results',
  '.turbo',
  'zig-out',
  '.zig-cache',
  'wasm-out',
  'target',
  'tsconfig.tsbuildinfo',
];

/**
 * `clean` removes what builds and tests made; with `--all` also the tools and dependencies.
 * @param {string[]} args
 */
export async function clean(args) {
  const all = args.includes('--all');
  const names = all ? [...MADE, 'node_modules'] : MADE;
  const folders = [ROOT];
  for (const parent of ['packages', 'native']) {
    const path = join(ROOT, parent);
    if (!existsSync(path)) continue;
    for (const name of readdirSync(path)) folders.push(join(path, name));
  }
  for (const folder of folders) {
    for (const name of names) rmSync(join(folder, name), { recursive: true, force: true });
  }
  if (all) rmSync(TOOLCHAIN, { recursive: true, force: true });
  return 0;
}
