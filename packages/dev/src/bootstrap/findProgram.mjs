// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} name
 * @param {string} [path] a PATH
 * @returns {string | undefined} where `name` would be run from
 */
export function findProgram(name, path = process.env['PATH'] ?? '') {
  for (const folder of path.split(':')) {
    if (folder === '') continue;
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not there, or not for us to run: the next folder.
    }
  }
  return undefined;
}
