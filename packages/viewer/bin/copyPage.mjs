// SPDX-License-Identifier: Apache-2.0
// For the builds of tools: the page cannot be part of a bundle, so it lies beside it.
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../dist/page', import.meta.url));

/**
 * Puts the built page, with the licences of what is in it, into `folder`/page.
 * @param {string} folder where the bundle is
 * @returns {Promise<string>} the new folder; `index.html` in it is what `/` answers
 */
export async function copyPage(folder) {
  const target = join(folder, 'page');
  await rm(target, { recursive: true, force: true });
  await cp(PAGE, target, { recursive: true });
  return target;
}
