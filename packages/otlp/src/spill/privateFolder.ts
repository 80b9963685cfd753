// SPDX-License-Identifier: Apache-2.0
// Profiles tell much about a host, and what lies in the folder is sent on with the agent's
// credentials: nobody else may read it, put files there, or move it away.
import { lstatSync, mkdirSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';

const WRITABLE_BY_OTHERS = 0o022;
const ACCESSIBLE_BY_OTHERS = 0o077;
const STICKY = 0o1000;

/**
 * Makes the folder (mode 0700) where it is missing, and checks it and every folder above it.
 * @throws Error that names the component and what is wrong with it.
 */
export function preparePrivateFolder(path: string): void {
  const full = resolve(path);
  mkdirSync(full, { recursive: true, mode: 0o700 });
  const own = checked(full);
  if (own.uid !== process.geteuid?.()) throw new Error(`${full}: belongs to user ${own.uid}`);
  if ((own.mode & ACCESSIBLE_BY_OTHERS) !== 0)
    throw new Error(`${full}: others have access to it (mode ${octal(own.mode)}), 0700 is needed`);
  for (let above = dirname(full); above !== dirname(above); above = dirname(above)) {
    const stats = checked(above);
    const isShared = (stats.mode & WRITABLE_BY_OTHERS) !== 0 && (stats.mode & STICKY) === 0;
    if (isShared) throw new Error(`${above}: others can write to it (mode ${octal(stats.mode)})`);
    if (stats.uid !== 0 && stats.uid !== own.uid)
      throw new Error(`${above}: belongs to user ${stats.uid}`);
  }
}

function checked(folder: string): Stats {
  const stats = lstatSync(folder);
  if (!stats.isDirectory()) throw new Error(`${folder}: is not a directory of its own`);
  return stats;
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
