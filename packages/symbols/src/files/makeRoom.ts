// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SYMBOL_LIMITS } from '../limits.ts';

/** Removes the oldest files below a folder until it holds `mostBytes`; `kept` stays. */
export function makeRoom(folder: string, kept: string, mostBytes: number): void {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .slice(0, SYMBOL_LIMITS.storedFiles)
    .flatMap((name) => {
      const path = join(folder, name);
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats === undefined || !stats.isFile()) return [];
      return [{ path, sizeBytes: stats.size, atMs: stats.mtimeMs }];
    });
  let total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  for (const { path, sizeBytes } of files.sort((a, b) => a.atMs - b.atMs)) {
    if (total <= mostBytes) return;
    if (path === kept) continue;
    rmSync(path, { force: true });
    total -= sizeBytes;
  }
}
