// SPDX-License-Identifier: Apache-2.0
// For the builds of tools: the demangler's WebAssembly cannot be part of a bundle that starts fast,
// so it lies beside it.
import { appendFile, copyFile, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const PACKAGE = 'gecko-profiler-demangle';
const FILE = 'demangler.wasm';

/**
 * Puts the demangler's module into `folder`, and its licence at the end of THIRD_PARTY.txt there.
 * @param {string} folder where the bundle is
 * @returns {Promise<string>} path of the module
 */
export async function copyDemangler(folder) {
  const { resolve } = createRequire(import.meta.url);
  const source = dirname(resolve(`${PACKAGE}/package.json`));
  const { name, version, license } = JSON.parse(
    await readFile(join(source, 'package.json'), 'utf8'),
  );
  const target = join(folder, FILE);
  await copyFile(join(source, 'index_bg.wasm'), target);
  const text = await readFile(join(source, 'LICENSE-MIT'), 'utf8');
  const notice = `${'='.repeat(72)}\n${name} ${version} (${license})\n\n${text.trim()}\n`;
  await appendFile(join(folder, 'THIRD_PARTY.txt'), `\n\n${notice}`);
  return target;
}
