// SPDX-License-Identifier: Apache-2.0
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A worker's file beside the bundle that runs; undefined where it is not there. */
export function workerFile(name: 'tableWorker' | 'symbolWorker'): string | undefined {
  const program = process.argv[1];
  if (program === undefined) return undefined;
  try {
    const path = join(dirname(realpathSync(program)), '../dist', `${name}.cjs`);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
